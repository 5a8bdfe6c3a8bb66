package seal

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/letter"
)

// hiddenSubject is what stands outside in place of the subject (RFC 9788
// section 5.2). The message's one reference is inside with everything else.
const hiddenSubject = "[...]"

// What the two parts of an encrypted message are (RFC 3156 section 4).
const (
	versionType = "application/pgp-encrypted"
	versionBody = "Version: 1\r\n"
	cipherType  = "application/octet-stream"
	cipherName  = "encrypted.asc"
)

// encryptWhole encrypts a whole composed message, its headers with it, to the
// recipient's key, and wraps it up. Mail programs keep what they decrypted and
// show its subject, so what is inside must be as silent as any message to an
// address that is not secure.
func encryptWhole(c letter.Contents, e Envelope, s Secrets) ([]byte, string, error) {
	if err := c.Silent(); err != nil {
		return nil, "", fmt.Errorf("sealing a message: %w", err)
	}
	inner, err := compose(c, e, s.Rand)
	if err != nil {
		return nil, "", err
	}
	if err := readBack(inner, c, e, ""); err != nil {
		return nil, "", err
	}
	fields, body := cutHead(inner)
	entity := innerEntity(fields, body)
	if err := readBackEntity(entity, c); err != nil {
		return nil, "", err
	}
	sealed, err := keyring.Encrypt(entity, keyring.Sealing{
		To:     []keyring.Recipient{{Key: s.OpenPGP.Recipient, Address: e.To}},
		Escrow: s.OpenPGP.Escrow, Signer: s.OpenPGP.Signer, Rand: s.Rand, At: e.Date,
	})
	if err != nil {
		return nil, "", fmt.Errorf("encrypting to the recipient's key: %w", err)
	}
	armored := bytes.ReplaceAll(sealed.Armored, []byte("\n"), []byte("\r\n"))
	boundary, err := drawBoundary(s.Rand)
	if err != nil {
		return nil, "", err
	}
	outer := wrap(fields, armored, boundary)
	return outer, "", readBackOuter(outer, armored, c, e)
}

// field is one header field as it stands in a message: folded, without the last
// line end.
type field struct{ name, raw string }

func (f field) structural() bool {
	return strings.HasPrefix(f.name, "content-") || f.name == "mime-version"
}

// cutHead gives the header fields of a composed message and its body.
func cutHead(message []byte) ([]field, []byte) {
	head, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	var fields []field
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if last := len(fields) - 1; last >= 0 && (line[0] == ' ' || line[0] == '\t') {
			fields[last].raw += "\r\n" + line
			continue
		}
		name, _, _ := strings.Cut(line, ":")
		fields = append(fields, field{strings.ToLower(name), line})
	}
	return fields, body
}

// outside is a header field as it stands outside, if it does: all but those of
// the body, and the subject hidden.
func (f field) outside() (string, bool) {
	switch {
	case f.structural():
		return "", false
	case f.name == "subject":
		return "Subject: " + hiddenSubject, true
	}
	return f.raw, true
}

// innerEntity is the message with its headers protected: marked as such in the
// way that programs of today read and in that of RFC 9788, which also has each
// outer header repeated, so that a change to one shows.
func innerEntity(fields []field, body []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(body) + 2048)
	for _, f := range fields {
		b.WriteString(f.raw)
		if f.name == "content-type" {
			b.WriteString(";\r\n protected-headers=\"v1\"; hp=\"cipher\"")
		}
		b.WriteString("\r\n")
	}
	for _, f := range fields {
		if outside, ok := f.outside(); ok {
			b.WriteString("HP-Outer: " + outside + "\r\n")
		}
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// wrap is the message as it travels.
func wrap(fields []field, armored []byte, boundary string) []byte {
	var b bytes.Buffer
	b.Grow(len(armored) + 2048)
	for _, f := range fields {
		if outside, ok := f.outside(); ok {
			b.WriteString(outside + "\r\n")
		}
	}
	fmt.Fprintf(&b, "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol=%q;\r\n boundary=%q\r\n\r\n", versionType, boundary)
	fmt.Fprintf(&b, "--%s\r\nContent-Type: %s\r\n\r\n%s\r\n", boundary, versionType, versionBody)
	fmt.Fprintf(&b, "--%s\r\nContent-Type: %s; name=%q\r\nContent-Disposition: inline; filename=%q\r\n\r\n", boundary, cipherType, cipherName, cipherName)
	b.Write(armored)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// readBackEntity reads what will be encrypted as its reader does.
func readBackEntity(entity []byte, c letter.Contents) error {
	m, err := mail.ReadMessage(bytes.NewReader(entity))
	if err != nil {
		return fmt.Errorf("reading the inner message back: %w", err)
	}
	_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || parameters["hp"] != "cipher" || parameters["protected-headers"] != "v1" {
		return mismatch("inner message", "does not say that its headers are protected")
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != c.Subject {
		return mismatch("inner subject", "reads back otherwise than it was written")
	}
	if !slices.Contains(m.Header["Hp-Outer"], "Subject: "+hiddenSubject) {
		return mismatch("inner message", "does not repeat what stands outside")
	}
	return sameBodies(m, c)
}

// readBackOuter reads what travels: the same headers and nothing of the
// contents outside, two parts and no more, and the cipher text as it was given.
func readBackOuter(outer, armored []byte, c letter.Contents, e Envelope) error {
	if err := checkLines(outer); err != nil {
		return err
	}
	for _, ref := range c.References() {
		if bytes.Contains(outer, []byte(ref)) {
			return mismatch("message", "would have told its reference outside")
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(outer))
	if err != nil {
		return fmt.Errorf("reading the message back: %w", err)
	}
	c.Subject = hiddenSubject
	if err := checkHeaders(m.Header, c, e); err != nil {
		return err
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/encrypted" || parameters["protocol"] != versionType {
		return mismatch("message", "is not marked as an encrypted one")
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, want := range []struct{ kind, body string }{{versionType, versionBody}, {cipherType, string(armored)}} {
		part, err := parts.NextRawPart()
		if err != nil {
			return fmt.Errorf("reading the message back: %w", err)
		}
		body, err := io.ReadAll(part)
		got, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || got != want.kind || string(body) != want.body {
			return mismatch("message", "reads back otherwise than it was written")
		}
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		return mismatch("message", "has more than its two parts")
	}
	return nil
}
