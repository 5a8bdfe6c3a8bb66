package xmltree

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Namespaces of the parts that are read.
const (
	Word          = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	Word14        = "http://schemas.microsoft.com/office/word/2010/wordml"
	Word15        = "http://schemas.microsoft.com/office/word/2012/wordml"
	Relation      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	Compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
	Math          = "http://schemas.openxmlformats.org/officeDocument/2006/math"
)

// transitional maps a namespace of strict OOXML (ISO/IEC 29500-1) to the
// transitional one (29500-4), and gives known namespaces one string, so that
// comparing them is comparing pointers.
func transitional(space string) string {
	switch space {
	case Word, "http://purl.oclc.org/ooxml/wordprocessingml/main":
		return Word
	case Word14:
		return Word14
	case Word15:
		return Word15
	case Relation, "http://purl.oclc.org/ooxml/officeDocument/relationships":
		return Relation
	case Compatibility:
		return Compatibility
	case Math, "http://purl.oclc.org/ooxml/officeDocument/math":
		return Math
	}
	return space
}

// newlines are normalised as XML 1.0 section 2.11 asks.
func newlines(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// attributeSpace is the normalisation of XML 1.0 section 3.3.3.
func attributeSpace(text string) string {
	if !strings.ContainsAny(text, "\r\n\t") {
		return text
	}
	return strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ").Replace(text)
}

// decode replaces the entities of XML 1.0 and refuses all others, and what is
// no character of XML at all. The reason is empty where all is well.
func decode(text string) (decoded, reason string) {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 0x20 && c != '\t' && c != '\n' {
			return "", "there is a control character"
		} else if c == '&' {
			return decodeFrom(text, i)
		}
	}
	return text, ""
}

func decodeFrom(text string, first int) (decoded, reason string) {
	out := append(make([]byte, 0, len(text)), text[:first]...)
	for i := first; i < len(text); {
		c := text[i]
		if c < 0x20 && c != '\t' && c != '\n' {
			return "", "there is a control character"
		}
		if c != '&' {
			out = append(out, c)
			i++
			continue
		}
		end := strings.IndexByte(text[i:min(len(text), i+12)], ';')
		if end < 0 {
			return "", "an entity is broken"
		}
		r, ok := entity(text[i+1 : i+end])
		if !ok {
			return "", "an entity is not allowed"
		}
		out = utf8.AppendRune(out, r)
		i += end + 1
	}
	return string(out), ""
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	if !numeric {
		return 0, false
	}
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !Allowed(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// Allowed reports whether a character may stand in XML 1.0 (section 2.2).
func Allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
