package seal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/pepost/pepost/internal/letter"
)

// compose writes the message. The text is quoted-printable and files are
// base64, so that every byte is ASCII and no line is long. go-mail is used for
// composing only; its client is not.
func compose(c letter.Contents, e Envelope, random io.Reader) ([]byte, error) {
	boundary, err := drawBoundary(random)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundary), gomail.WithEncoding(gomail.EncodingQP))
	m.FromMailAddress(&mail.Address{Name: c.SenderName, Address: e.From.Canonical()})
	m.ToMailAddress(&mail.Address{Address: e.To.Canonical()})
	m.Subject(c.Subject)
	m.SetMessageIDWithValue(strings.Trim(e.MessageID, "<>"))
	m.SetDateWithValue(e.Date)
	// Every message is made by a program (RFC 3834 section 5): no machine is
	// to answer it.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", "en-GB")
	m.SetBodyString(gomail.TypeTextPlain, c.Text)
	for _, a := range c.Attachments {
		err := m.AttachReader(a.Name, bytes.NewReader(a.Data),
			gomail.WithFileContentType(gomail.ContentType(a.Type)), gomail.WithFileEncoding(gomail.EncodingB64))
		if err != nil {
			return nil, fmt.Errorf("attaching the document: %w", err)
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("composing the message: %w", err)
	}
	if !bytes.HasSuffix(b.Bytes(), []byte("\r\n")) {
		b.WriteString("\r\n")
	}
	return b.Bytes(), nil
}

// drawBoundary gives what parts the message. It has letters and digits only,
// since go-mail does not quote it.
func drawBoundary(random io.Reader) (string, error) {
	var drawn [16]byte
	if _, err := io.ReadFull(random, drawn[:]); err != nil {
		return "", fmt.Errorf("drawing a boundary: %w", err)
	}
	return "part" + hex.EncodeToString(drawn[:]), nil
}
