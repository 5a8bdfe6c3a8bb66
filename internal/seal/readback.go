package seal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/letter"
)

// maxLine is the longest line a server must take, without its line end
// (RFC 5322 section 2.1.1).
const maxLine = 998

// headers are all that a message has, sorted.
func headers() []string {
	return []string{
		"Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "Content-Type", "Date",
		"From", "Message-Id", "Mime-Version", "Subject", "To",
	}
}

// readBack reads the composed bytes with another reader and compares: what was
// asked for is there, once, and nothing else is.
func readBack(data []byte, c letter.Contents, e Envelope, passphrase string) error {
	if err := checkLines(data); err != nil {
		return err
	}
	if passphrase != "" && bytes.Contains(data, []byte(passphrase)) {
		return mismatch("message", "would have carried its own passphrase")
	}
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("reading the message back: %w", err)
	}
	if err := checkHeaders(m.Header, c, e); err != nil {
		return err
	}
	return sameBodies(m, c)
}

// sameBodies wants the text and the files as they were given.
func sameBodies(m *mail.Message, c letter.Contents) error {
	text, files, err := bodies(m)
	if err != nil {
		return fmt.Errorf("reading the message back: %w", err)
	}
	same := func(a letter.Attachment, b []byte) bool { return bytes.Equal(a.Data, b) }
	if text != strings.TrimRight(c.Text, "\n") || !slices.EqualFunc(c.Attachments, files, same) {
		return mismatch("message", "reads back otherwise than it was written")
	}
	return nil
}

func checkLines(data []byte) error {
	for line := range bytes.SplitSeq(data, []byte("\r\n")) {
		if len(line) > maxLine || bytes.ContainsAny(line, "\r\n\x00") || slices.ContainsFunc(line, func(b byte) bool { return b >= 0x80 }) {
			return mismatch("message", "has a line that is too long, not ASCII or not ended by CR LF")
		}
	}
	return nil
}

func checkHeaders(h mail.Header, c letter.Contents, e Envelope) error {
	for name, values := range h {
		if !slices.Contains(headers(), name) || len(values) != 1 {
			return mismatch("message", "has a header that was not asked for, or one twice")
		}
	}
	from, fromErr := h.AddressList("From")
	to, toErr := h.AddressList("To")
	date, dateErr := h.Date()
	subject, subjectErr := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	switch {
	case fromErr != nil || len(from) != 1 || from[0].Address != e.From.Canonical() || from[0].Name != c.SenderName:
		return mismatch("sender", "reads back otherwise than it was written")
	case toErr != nil || len(to) != 1 || to[0].Address != e.To.Canonical() || to[0].Name != "":
		return mismatch("recipient", "reads back otherwise than it was written")
	case dateErr != nil || date.Unix() != e.Date.Unix():
		return mismatch("date", "reads back otherwise than it was written")
	case subjectErr != nil || subject != c.Subject:
		return mismatch("subject", "reads back otherwise than it was written")
	case h.Get("Message-ID") != e.MessageID:
		return mismatch("message identifier", "reads back otherwise than it was written")
	}
	return nil
}

// bodies gives the text, with LF line ends and without the last ones, and the
// bytes of the files in order.
func bodies(m *mail.Message) (text string, files [][]byte, err error) {
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", nil, err
	}
	if kind == "text/plain" {
		text, err = readText(quotedprintable.NewReader(m.Body))
		return text, nil, err
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for i := 0; ; i++ {
		part, err := parts.NextRawPart()
		switch {
		case err == io.EOF:
			return text, files, nil
		case err != nil:
			return "", nil, err
		case i == 0:
			if text, err = readText(quotedprintable.NewReader(part)); err != nil {
				return "", nil, err
			}
		default:
			file, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
			if err != nil {
				return "", nil, err
			}
			files = append(files, file)
		}
	}
}

func readText(r io.Reader) (string, error) {
	data, err := io.ReadAll(r)
	return strings.TrimRight(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), err
}
