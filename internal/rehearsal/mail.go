package rehearsal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// Bounds of a message that is opened: what arrives here was written by this
// program, and a mistake must still not run away.
const (
	deepest  = 6
	mostFile = 40 << 20
)

// Letter is a delivered message as the person at the other end sees it.
type Letter struct {
	From, To, Subject string
	MessageID         string
	Text              string
	Files             []File
}

// File is one attachment.
type File struct {
	Name string
	Type string
	Data []byte
}

// Form gives the attached Word file, whether or not it is protected.
func (l Letter) Form() (File, bool) {
	for _, f := range l.Files {
		if strings.HasSuffix(strings.ToLower(f.Name), ".docx") {
			return f, true
		}
	}
	return File{}, false
}

// Document gives the attached document, a Word form or a PDF, whether or not it
// is protected.
func (l Letter) Document() (File, bool) {
	for _, f := range l.Files {
		if name := strings.ToLower(f.Name); strings.HasSuffix(name, ".docx") || strings.HasSuffix(name, ".pdf") {
			return f, true
		}
	}
	return File{}, false
}

// Opened reads a delivered message (RFC 5322, MIME) with its attachments.
func Opened(message []byte) (Letter, error) {
	m, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return Letter{}, fmt.Errorf("opening a delivered message: %w", err)
	}
	l := Letter{
		From: bare(m.Header.Get("From")), To: bare(m.Header.Get("To")),
		Subject: decoded(m.Header.Get("Subject")), MessageID: m.Header.Get("Message-ID"),
	}
	if err := l.take(part{m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body}, 0); err != nil {
		return Letter{}, fmt.Errorf("opening a delivered message: %w", err)
	}
	return l, nil
}

// part is one MIME part: its type, its transfer encoding, its file name and
// what is in it.
type part struct {
	kind, encoding, name string
	body                 io.Reader
}

func (l *Letter) take(p part, depth int) error {
	kind, params, err := mime.ParseMediaType(p.kind)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		return l.takeParts(multipart.NewReader(p.body, params["boundary"]), depth)
	}
	data, err := io.ReadAll(io.LimitReader(plain(p.body, p.encoding), mostFile))
	if err != nil {
		return err
	}
	name := p.name
	if name == "" {
		name = params["name"]
	}
	switch {
	case name != "":
		l.Files = append(l.Files, File{decoded(name), kind, data})
	case kind == "text/plain":
		l.Text += string(data)
	}
	return nil
}

func (l *Letter) takeParts(parts *multipart.Reader, depth int) error {
	if depth == deepest {
		return errors.New("the message has parts within parts without end")
	}
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, disposition, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		next := part{p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), disposition["filename"], p}
		if err := l.take(next, depth+1); err != nil {
			return err
		}
	}
}

func plain(body io.Reader, encoding string) io.Reader {
	switch strings.ToLower(encoding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	default:
		return body
	}
}

func decoded(header string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return header
	}
	return text
}

func bare(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return address
	}
	return a.Address
}

// Reply is a message that a setting sends back.
type Reply struct {
	To Letter
	// From is the writer's address, and Name how they sign.
	From, Name string
	At         time.Time
	Text       string
	// File is what is attached; a reply without one has none.
	File File
}

// Bytes gives the message as the authority's mailbox gets it. The same reply
// gives the same bytes.
func (r Reply) Bytes() []byte {
	var b bytes.Buffer
	id := fmt.Sprintf("%016x", chance(r.To.MessageID+r.From).below(1<<46))
	boundary := "=_reply_" + id
	for _, line := range []string{
		"From: " + (&mail.Address{Name: r.Name, Address: r.From}).String(),
		"To: <" + r.To.From + ">",
		"Subject: " + mime.QEncoding.Encode("utf-8", "RE: "+r.To.Subject),
		"Date: " + r.At.Format(time.RFC1123Z),
		"Message-ID: <" + id + "@" + r.From[strings.LastIndexByte(r.From, '@')+1:] + ">",
		"In-Reply-To: " + r.To.MessageID,
		"References: " + r.To.MessageID,
		"MIME-Version: 1.0",
		`Content-Type: multipart/mixed; boundary="` + boundary + `"`,
	} {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n--" + boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	text := quotedprintable.NewWriter(&b)
	text.Write([]byte(r.Text)) // a bytes.Buffer takes everything
	text.Close()
	if r.File.Name != "" {
		attach(&b, boundary, r.File)
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes()
}

// attach writes one attachment in lines of 76 characters (RFC 2045 section
// 6.8).
func attach(b *bytes.Buffer, boundary string, f File) {
	fmt.Fprintf(b, "\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n", boundary, f.Type)
	fmt.Fprintf(b, "Content-Disposition: %s\r\n\r\n", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	text := base64.StdEncoding.EncodeToString(f.Data)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
}
