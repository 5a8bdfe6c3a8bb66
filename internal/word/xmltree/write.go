package xmltree

import (
	"unicode/utf8"
)

// Declaration opens every part of an Office package.
const Declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// AppendTo writes the tree below n behind to, with the names it was read under.
func (n *Node) AppendTo(to []byte) []byte {
	if n.Local == "" {
		return AppendText(to, n.Text)
	}
	to = append(append(to, '<'), n.raw...)
	for i := range n.Attrs {
		to = append(append(append(to, ' '), n.Attrs[i].raw...), '=', '"')
		to = append(AppendText(to, n.Attrs[i].Value), '"')
	}
	if n.First == nil {
		return append(to, '/', '>')
	}
	to = append(to, '>')
	for c := n.First; c != nil; c = c.Next {
		to = c.AppendTo(to)
	}
	return append(append(append(to, '<', '/'), n.raw...), '>')
}

// AppendText writes text so that it can stand in an element or in an
// attribute in double quotes. What XML cannot hold (control characters) is
// left out; broken UTF-8 becomes U+FFFD.
func AppendText(to []byte, text string) []byte {
	from := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && c != '"' {
			i++
			continue
		}
		width, instead := 1, ""
		if c < utf8.RuneSelf {
			instead = escape(c)
		} else {
			var r rune
			if r, width = utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && width == 1 {
				instead = "\uFFFD"
			} else if Allowed(r) {
				i += width
				continue
			}
		}
		to = append(append(to, text[from:i]...), instead...)
		i += width
		from = i
	}
	return append(to, text[from:]...)
}

// escape is what stands for a special byte; control characters are dropped.
func escape(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\t':
		return "&#9;"
	case '\n':
		return "&#10;"
	case '\r':
		return "&#13;"
	}
	return ""
}
