package receive

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // teaches the parser the character sets that mail uses
	"github.com/emersion/go-message/mail"
)

// The bounds of one message.
const (
	maxMessage = 35 << 20
	maxDecoded = 60 << 20
	maxHeader  = 256 << 10
	maxDepth   = 10
	maxParts   = 100
	maxName    = 120
)

// part is one leaf of a message.
type part struct {
	kind    string // the media type, in lower case
	name    string // for display only
	inline  bool   // shown within the text, as a signature's logo is
	nested  bool   // inside an attached message
	header  message.Header
	content []byte
	locked  bool // encrypted, and not opened
	opened  bool // it came within what was encrypted
}

// parsed is a message taken apart.
type parsed struct {
	header mail.Header
	kind   string
	params map[string]string
	parts  []part
	// subjects are those within what was encrypted.
	subjects []string
	// doubts are what opening it left open.
	doubts []Reason
	// left is how much more may be decoded, in bytes.
	left int64
}

// errTooLarge is a message beyond the bounds.
var errTooLarge = errors.New("the message is larger, deeper or has more parts than a returned form can have")

// parse takes a message apart.
func parse(data []byte) (parsed, error) {
	if len(data) > maxMessage || headerSize(data) > maxHeader || !partsBounded(data) {
		return parsed{}, errTooLarge
	}
	entity, err := message.ReadWithOptions(bytes.NewReader(data), &message.ReadOptions{MaxHeaderBytes: maxMessage})
	if err = usable(err); err != nil {
		return parsed{}, err
	}
	p := parsed{header: mail.Header{Header: entity.Header}}
	p.kind, p.params, _ = entity.Header.ContentType()
	p.kind = strings.ToLower(p.kind)
	w := walker{left: maxDecoded}
	if err := w.walk(entity, 0, false); err != nil {
		return p, err
	}
	p.parts, p.left = w.parts, w.left
	return p, nil
}

// headerSize is where the header of a message ends.
func headerSize(data []byte) int {
	end := len(data)
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if at := bytes.Index(data[:end], []byte(blank)); at >= 0 {
			end = at
		}
	}
	return end
}

// partsBounded reports whether the header of every part is as short as that of
// a message may be. The parser bounds only the first header, and a field costs
// it many times its length. A header follows a line that begins with two
// hyphens and ends at an empty line, or where the parser gives up: at a line
// that is neither a field nor the rest of one.
func partsBounded(data []byte) bool {
	size, within := 0, false
	for rest := data; len(rest) > 0; {
		line := rest
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line = rest[:end+1]
		}
		rest = rest[len(line):]
		switch {
		case bytes.HasPrefix(line, []byte("--")):
			size, within = 0, true
		case within && (bytes.IndexByte(line, ':') >= 0 || line[0] == ' ' || line[0] == '\t'):
			size += len(line)
		default:
			size, within = 0, false
		}
		if size > maxHeader {
			return false
		}
	}
	return true
}

// usable drops the errors after which a message can still be read.
func usable(err error) error {
	if message.IsUnknownCharset(err) || message.IsUnknownEncoding(err) {
		return nil
	}
	return err
}

// walker gathers the leaves of a message within the bounds.
type walker struct {
	parts []part
	left  int64
}

func (w *walker) walk(entity *message.Entity, depth int, nested bool) error {
	if depth > maxDepth || len(w.parts) >= maxParts {
		return errTooLarge
	}
	kind, _, _ := entity.Header.ContentType()
	if kind = strings.ToLower(kind); !strings.HasPrefix(kind, "multipart/") {
		return w.leaf(entity, kind, depth, nested)
	}
	reader := entity.MultipartReader()
	if reader == nil {
		return errors.New("a multipart message has no boundary")
	}
	for {
		child, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err = usable(err); err != nil {
			return err
		}
		if err := w.walk(child, depth+1, nested); err != nil {
			return err
		}
	}
}

func (w *walker) leaf(entity *message.Entity, kind string, depth int, nested bool) error {
	content, err := io.ReadAll(io.LimitReader(entity.Body, w.left+1))
	if int64(len(content)) > w.left {
		return errTooLarge
	}
	w.left -= int64(len(content))
	if err != nil && len(content) == 0 {
		return err
	}
	p := part{kind: kind, name: displayName(entity.Header), nested: nested, header: entity.Header, content: content}
	disposition, _, _ := entity.Header.ContentDisposition()
	p.inline = !strings.EqualFold(disposition, "attachment") && entity.Header.Get("Content-Id") != ""
	w.parts = append(w.parts, p)
	if kind != "message/rfc822" && kind != "message/global" {
		return nil
	}
	if headerSize(content) > maxHeader || !partsBounded(content) {
		return errTooLarge
	}
	inner, err := message.ReadWithOptions(bytes.NewReader(content), &message.ReadOptions{MaxHeaderBytes: maxMessage})
	if usable(err) != nil {
		return nil // the attached message stays one part that nobody could read
	}
	return w.walk(inner, depth+1, true)
}

// displayName is the last element of an attachment's file name, without what
// could mislead the eye.
func displayName(header message.Header) string {
	name, err := (&mail.AttachmentHeader{Header: header}).Filename()
	if err != nil || name == "" {
		return ""
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	return name
}

// maxText is how much of a sender's own words is kept.
const maxText = 20_000

// text is what the sender wrote: the first plain text that is no attachment.
func (p parsed) text() string {
	for _, part := range p.parts {
		if part.kind != "text/plain" || part.name != "" || part.nested {
			continue
		}
		text := strings.ToValidUTF8(string(part.content), "\uFFFD")
		if runes := []rune(text); len(runes) > maxText {
			text = string(runes[:maxText])
		}
		return strings.TrimSpace(text)
	}
	return ""
}
