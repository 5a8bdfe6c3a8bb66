package canary

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/pepost/pepost/internal/route"
)

// The bounds of a message that is judged.
const (
	maxDepth   = 10
	maxParts   = 200
	maxDecoded = 64 << 20
	maxHead    = 256 << 10
)

// Prefix begins the identifier of a canary in its subject and its Message-ID.
const Prefix = "canary-"

var identifier = regexp.MustCompile(Prefix + `([a-z2-7]{16})`)

// ID finds the identifier of a canary in the headers of a message that came
// back. A report of a mail server and an automatic answer are none.
func ID(message []byte) (string, bool) {
	head := message[:min(len(message), maxHead)]
	m, err := mail.ReadMessage(bytes.NewReader(head))
	if err != nil {
		return "", false
	}
	kind, _, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if kind == "multipart/report" || strings.HasPrefix(strings.ToLower(m.Header.Get("Auto-Submitted")), "auto-replied") {
		return "", false
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	for _, text := range []string{subject, m.Header.Get("Message-Id"), m.Header.Get("References"), m.Header.Get("In-Reply-To")} {
		if found := identifier.FindStringSubmatch(text); found != nil {
			return found[1], true
		}
	}
	return "", false
}

// Verdict is what one canary that came back shows.
type Verdict struct {
	Encrypted bool
	Why       string
}

func failed(why string) Verdict { return Verdict{Why: why} }

// Judge looks at a canary that came back: none of its markers may be readable,
// and every sign must be there. What cannot be read through is not encrypted.
func Judge(message []byte, markers []string, signs route.Signs) Verdict {
	if len(markers) == 0 || signs.None() {
		return failed("nothing says how an encrypted message is known")
	}
	seen := sight{markers: markers, signs: signs, says: make([]bool, len(signs.Says))}
	seen.search(message)
	m, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return failed("it cannot be read as a message")
	}
	if err := seen.part(textproto.MIMEHeader(m.Header), m.Body, 0); err != nil {
		return failed("it cannot be read through: " + err.Error())
	}
	if seen.marked {
		return failed("it came back in clear")
	}
	return seen.compare(m.Header)
}

// sight is what was seen of a message so far.
type sight struct {
	markers    []string
	signs      route.Signs
	parts      int
	decoded    int
	marked     bool
	kind, file bool
	says       []bool
}

// search looks for the markers, and for the words that must be there.
func (s *sight) search(data []byte) {
	for _, marker := range s.markers {
		s.marked = s.marked || bytes.Contains(data, []byte(marker))
	}
}

var (
	errTooDeep = errors.New("its parts are nested too deeply")
	errTooMany = errors.New("it has too many parts")
	errTooBig  = errors.New("it is too large")
	errBroken  = errors.New("a part of it is broken")
)

// part looks through one part and all within it.
func (s *sight) part(header textproto.MIMEHeader, body io.Reader, depth int) error {
	if s.parts++; s.parts > maxParts {
		return errTooMany
	}
	if depth > maxDepth {
		return errTooDeep
	}
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	s.kind = s.kind || s.signs.Type != "" && kind == s.signs.Type
	_, disposition, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	for _, name := range []string{disposition["filename"], parameters["name"]} {
		s.file = s.file || s.signs.File != "" && strings.HasSuffix(strings.ToLower(name), s.signs.File)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return s.several(multipart.NewReader(body, parameters["boundary"]), depth)
	}
	data, err := s.decode(header.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return err
	}
	s.search(data)
	if strings.HasPrefix(kind, "text/") {
		s.read(data)
	}
	if kind == "message/rfc822" {
		inner, err := mail.ReadMessage(bytes.NewReader(data))
		if err != nil {
			return errBroken
		}
		return s.part(textproto.MIMEHeader(inner.Header), inner.Body, depth+1)
	}
	return nil
}

func (s *sight) several(parts *multipart.Reader, depth int) error {
	for {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errBroken
		}
		if err := s.part(part.Header, part, depth+1); err != nil {
			return err
		}
	}
}

// decode undoes a transfer encoding. All parts together are bounded.
func (s *sight) decode(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "", "7bit", "8bit", "binary":
	default:
		return nil, errBroken
	}
	data, err := io.ReadAll(io.LimitReader(body, int64(maxDecoded-s.decoded)+1))
	if err != nil {
		return nil, errBroken
	}
	if s.decoded += len(data); s.decoded > maxDecoded {
		return nil, errTooBig
	}
	return data, nil
}

// read looks for the words of an encrypted message.
func (s *sight) read(data []byte) {
	text := strings.ToLower(strings.Join(strings.Fields(string(data)), " "))
	for i, words := range s.signs.Says {
		s.says[i] = s.says[i] || strings.Contains(text, strings.ToLower(strings.Join(strings.Fields(words), " ")))
	}
}

// compare says which of the signs is missing.
func (s *sight) compare(h mail.Header) Verdict {
	for _, sign := range s.signs.Headers {
		if !containsFold(h[textproto.CanonicalMIMEHeaderKey(sign.Name)], sign.Value) {
			return failed("the header " + sign.Name + " of an encrypted message is missing")
		}
	}
	for i, there := range s.says {
		if !there {
			return failed("the words of an encrypted message are missing (number " + string(rune('1'+min(i, 8))) + ")")
		}
	}
	switch {
	case s.signs.Type != "" && !s.kind:
		return failed("it has no part of the type " + s.signs.Type)
	case s.signs.File != "" && !s.file:
		return failed("it has no attachment " + s.signs.File)
	}
	return Verdict{Encrypted: true, Why: "it came back encrypted"}
}

func containsFold(values []string, wanted string) bool {
	for _, value := range values {
		if strings.Contains(strings.ToLower(value), strings.ToLower(wanted)) {
			return true
		}
	}
	return false
}
