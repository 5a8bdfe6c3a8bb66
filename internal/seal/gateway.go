package seal

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// TooBigError means that a gateway does not take the message, which is whole:
// another method must be chosen.
type TooBigError struct {
	Gateway   string
	Size, Max int
}

// Error says how big it is and how big it may be.
func (e *TooBigError) Error() string {
	return fmt.Sprintf("the message has %d bytes, and the gateway %s takes at most %d", e.Size, e.Gateway, e.Max)
}

// throughGateway is the message as it is, with the order to encrypt in it, for
// the gateway's own entrance. The subject stays readable beyond it, so nothing
// outside the document may say what it is about. Only here does a message get
// a header or a tag that orders anything.
func throughGateway(g route.Gateway) way {
	return func(c letter.Contents, e Envelope, s Secrets) ([]byte, string, error) {
		if err := c.Silent(); err != nil {
			return nil, "", fmt.Errorf("sealing a message: %w", err)
		}
		data, err := ordered(g, c, e, s)
		return data, "", err
	}
}

// ordered composes a message for a gateway and reads it back.
func ordered(g route.Gateway, c letter.Contents, e Envelope, s Secrets) ([]byte, error) {
	if !g.TakesFrom(e.From) {
		return nil, mismatch("sender", "is none that the gateway encrypts for")
	}
	c.Subject = strings.TrimSpace(strings.TrimSpace(g.SubjectPrefix) + " " + c.Subject + " " + strings.TrimSpace(g.SubjectSuffix))
	data, err := compose(c, e, s.Rand)
	if err != nil {
		return nil, err
	}
	var orders bytes.Buffer
	for _, h := range g.Headers {
		fmt.Fprintf(&orders, "%s: %s\r\n", h.Name, h.Value)
	}
	if err := readBack(data, c, e, ""); err != nil {
		return nil, err
	}
	data = slices.Concat(orders.Bytes(), data)
	if g.MaxSize > 0 && len(data) > g.MaxSize {
		return nil, &TooBigError{Gateway: g.Name, Size: len(data), Max: g.MaxSize}
	}
	return data, checkLines(data)
}

// fits reports whether the gateway is the one that was decided on.
func fits(g route.Gateway, d route.Decision) bool { return g.Name != "" && g.Name == d.Relay }

// tags are orders in square brackets at either end of a subject.
var tags = regexp.MustCompile(`^(?:\s*\[[^\[\]]*\])+\s*|\s*(?:\[[^\[\]]*\]\s*)+$`)

// WithoutOrders takes out of a subject what a gateway could take as an order:
// whatever stands in square brackets at either end, and the tags of the
// gateways given. Only sealing for a gateway puts one there.
func WithoutOrders(subject string, gateways []route.Gateway) string {
	for before := ""; before != subject; {
		before = subject
		subject = tags.ReplaceAllString(subject, "")
		for _, g := range gateways {
			subject = cutFold(subject, strings.TrimSpace(g.SubjectPrefix), strings.TrimSpace(g.SubjectSuffix))
		}
	}
	return subject
}

// cutFold takes a beginning and an end off, whatever their case.
func cutFold(text, beginning, end string) string {
	text = strings.TrimSpace(text)
	if n := len(beginning); n > 0 && len(text) >= n && strings.EqualFold(text[:n], beginning) {
		text = strings.TrimSpace(text[n:])
	}
	if n := len(end); n > 0 && len(text) >= n && strings.EqualFold(text[len(text)-n:], end) {
		text = strings.TrimSpace(text[:len(text)-n])
	}
	return text
}

// Canary is what a canary message carries: its identifier, which may be seen,
// and its markers, which nobody without a key may see.
type Canary struct {
	ID                 string
	InText, InDocument string
	SenderName         string
}

// SealCanary gives the final bytes of a canary for a gateway: they are made as
// those of a form are, and speak of nobody.
func SealCanary(g route.Gateway, k Canary, e Envelope, s Secrets) (Parcel, error) {
	switch {
	case k.ID == "" || k.InText == "" || k.InDocument == "" || k.InText == k.InDocument:
		return Parcel{}, mismatch("canary", "has no identifier or no markers")
	case s.Rand == nil:
		return Parcel{}, mismatch("randomness", "is not given")
	case e.To != g.Canary.To || e.To.Verdict() != pep.AddressGood:
		return Parcel{}, mismatch("recipient", "is not the gateway's canary mailbox")
	}
	if err := e.check(route.Decision{Canonical: e.To.Canonical()}); err != nil {
		return Parcel{}, err
	}
	document, err := marked(k.InDocument)
	if err != nil {
		return Parcel{}, err
	}
	data, err := ordered(g, letter.Contents{
		SenderName: k.SenderName, Subject: "Service message canary-" + k.ID,
		Text:        "This message shows that the mail gateway encrypts. It is about nobody and needs no answer.\n\n" + k.InText + "\n",
		Attachments: []letter.Attachment{{Name: "service-message.docx", Type: letter.Word.MediaType(), Data: document}},
	}, e, s)
	if err != nil {
		return Parcel{}, err
	}
	sum := sha256.Sum256(data)
	return Parcel{Bytes: data, SHA256: hex.EncodeToString(sum[:]), MessageID: e.MessageID, From: e.From.Canonical(), To: e.To.Canonical()}, nil
}

// marked is a small Word file whose marker stands in it uncompressed, so that
// it is seen by whoever sees the file.
func marked(marker string) ([]byte, error) {
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, file := range []struct{ name, text string }{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + marker + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(file.text))
		}
		if err != nil {
			return nil, fmt.Errorf("writing the canary's document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("writing the canary's document: %w", err)
	}
	return b.Bytes(), nil
}
