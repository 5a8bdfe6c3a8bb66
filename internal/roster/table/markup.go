package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// maxMarkup bounds one tag or one run of text: the 32,767 characters that a
// cell may have, each written as a character reference.
const maxMarkup = 512 << 10

var errMarkup = errors.New("a part is not sound XML")

// tag is one tag with the text that stands before it. Its slices are valid
// until the next tag.
type tag struct {
	text  []byte
	name  string // without prefix; only names that a sheet may have
	close bool
	empty bool
	attrs []byte
}

// scanner cuts XML into tags. It is some ten times as fast as encoding/xml,
// and knows only what sheets need: no document type, so no entity of a file's
// own, no encoding but UTF-8.
type scanner struct {
	from *bufio.Reader
	text []byte
	tag  []byte
}

func newScanner(r io.Reader) *scanner {
	return &scanner{from: bufio.NewReaderSize(r, 64<<10)}
}

// upTo appends what stands before the mark and takes the mark away.
func (s *scanner) upTo(mark byte, to []byte) ([]byte, error) {
	for {
		part, err := s.from.ReadSlice(mark)
		to = append(to, part...)
		switch {
		case len(to) > maxMarkup:
			return to, errMarkup
		case err == nil:
			return to[:len(to)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return to, err
		}
	}
}

// next gives the next tag, or io.EOF.
func (s *scanner) next() (tag, error) {
	s.text = s.text[:0]
	for {
		var err error
		if s.text, err = s.upTo('<', s.text); err != nil {
			return tag{}, endOf(err, len(bytes.TrimSpace(s.text)) > 0)
		}
		if err := s.readTag(); err != nil {
			return tag{}, err
		}
		if len(s.tag) == 0 {
			return tag{}, errMarkup
		}
		switch {
		case bytes.HasPrefix(s.tag, []byte("![CDATA[")):
			s.text = appendEscaped(s.text, s.tag[len("![CDATA["):len(s.tag)-len("]]")])
		case s.tag[0] == '!' && !bytes.HasPrefix(s.tag, []byte("!--")):
			return tag{}, errMarkup // a document type
		case s.tag[0] == '!' || s.tag[0] == '?':
		default:
			return s.cut(), nil
		}
	}
}

// endOf makes a fault of an end inside something.
func endOf(err error, inside bool) error {
	if errors.Is(err, io.EOF) && inside {
		return errMarkup
	}
	return err
}

// readTag reads up to the > that ends the tag, which may stand in quotes, in a
// comment or in CDATA before.
func (s *scanner) readTag() error {
	s.tag = s.tag[:0]
	var quote byte
	for {
		from := len(s.tag)
		var err error
		if s.tag, err = s.upTo('>', s.tag); err != nil {
			return endOf(err, true)
		}
		if quote = quoteAfter(quote, s.tag[from:]); s.whole(quote) {
			return nil
		}
		s.tag = append(s.tag, '>')
	}
}

// whole reports whether the tag so far ends where the > stood.
func (s *scanner) whole(quote byte) bool {
	switch {
	case bytes.HasPrefix(s.tag, []byte("!--")):
		return len(s.tag) >= len("!----") && bytes.HasSuffix(s.tag, []byte("--"))
	case bytes.HasPrefix(s.tag, []byte("![CDATA[")):
		return len(s.tag) >= len("![CDATA[]]") && bytes.HasSuffix(s.tag, []byte("]]"))
	}
	return quote == 0
}

// quoteAfter gives the quotation mark that is open after part, or 0. Between
// the marks of a tag no other may stand.
func quoteAfter(open byte, part []byte) byte {
	for _, c := range part {
		switch {
		case open == 0 && (c == '"' || c == '\''):
			open = c
		case c == open:
			open = 0
		}
	}
	return open
}

func appendEscaped(to, raw []byte) []byte {
	for _, b := range raw {
		switch b {
		case '&':
			to = append(to, "&amp;"...)
		default:
			to = append(to, b)
		}
	}
	return to
}

func (s *scanner) cut() tag {
	t := tag{text: s.text}
	body := s.tag
	if body[0] == '/' {
		t.close, body = true, body[1:]
	} else if body[len(body)-1] == '/' {
		t.empty, body = true, body[:len(body)-1]
	}
	end := bytes.IndexAny(body, " \t\r\n")
	if end < 0 {
		end = len(body)
	}
	name := body[:end]
	t.attrs = body[end:]
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	t.name = sheetName(name)
	return t
}

// sheetName gives a name that is looked for without making a string of it,
// and nothing for all others.
func sheetName(name []byte) string {
	switch string(name) {
	case "row":
		return "row"
	case "c":
		return "c"
	case "v":
		return "v"
	case "f":
		return "f"
	case "t":
		return "t"
	case "is":
		return "is"
	case "si":
		return "si"
	case "rPh":
		return "rPh"
	case "sheetData":
		return "sheetData"
	}
	return ""
}

// attr gives the value of an attribute without a prefix.
func (t tag) attr(name string) []byte {
	rest := t.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 || equals+1 >= len(rest) {
			return nil
		}
		quote := rest[equals+1]
		end := bytes.IndexByte(rest[equals+2:], quote)
		if end < 0 || quote != '"' && quote != '\'' {
			return nil
		}
		if string(rest[:equals]) == name {
			return rest[equals+2 : equals+2+end]
		}
		rest = rest[equals+2+end+1:]
	}
}

// appendText appends text with its references resolved; one that is unknown
// becomes U+FFFD, so that its cell is refused and not guessed.
func appendText(to, text []byte) []byte {
	from := len(to)
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			break
		}
		to = append(to, text[:i]...)
		text = text[i+1:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			to = utf8.AppendRune(to, utf8.RuneError)
			continue
		}
		to = utf8.AppendRune(to, reference(string(text[:end])))
		text = text[end+1:]
	}
	to = append(to, text...)
	if bytes.Contains(to[from:], []byte("_x")) {
		return append(to[:from], unescapeControls(to[from:])...)
	}
	return to
}

func reference(name string) rune {
	switch name {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if len(name) < 2 || name[0] != '#' {
		return utf8.RuneError
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return utf8.RuneError
	}
	return rune(n)
}

// unescapeControls resolves _x000D_, the way in which a workbook writes
// characters that XML cannot hold (ECMA-376 part 1, 22.9.2.19).
func unescapeControls(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for {
		i := bytes.Index(text, []byte("_x"))
		if i < 0 || len(text) < i+7 {
			return append(out, text...)
		}
		n, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16)
		if text[i+6] != '_' || err != nil {
			out = append(out, text[:i+2]...)
			text = text[i+2:]
			continue
		}
		out = utf8.AppendRune(append(out, text[:i]...), rune(n))
		text = text[i+7:]
	}
}
