package scan

import (
	"strings"

	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// sign notes that something stands at the innermost answer, or in its cell.
func (s *Scan) sign(signs Signs) {
	switch {
	case len(s.open) > 0:
		f := s.open[len(s.open)-1]
		f.Signs = f.And(signs)
	case s.cell != nil:
		s.cell.Signs = s.cell.And(signs)
	}
}

// hidden reports whether the properties of a run hide it.
func hidden(properties *xmltree.Node) bool {
	n := properties.Child(xmltree.Word, "vanish")
	return n != nil && on(n.Attr(xmltree.Word, "val"))
}

// deletedMark reports whether somebody deleted the end of a paragraph, which
// joins it with the next.
func (s *Scan) deletedMark(paragraph *xmltree.Node) bool {
	properties := paragraph.Child(xmltree.Word, "pPr")
	if properties == nil || properties.First == nil {
		return false
	}
	mark := properties.Child(xmltree.Word, "rPr")
	if mark == nil || mark.Child(xmltree.Word, "del") == nil {
		return false
	}
	s.Tracked = true
	return true
}

// holdsText reports whether a drawing is a box of text.
func holdsText(n *xmltree.Node) bool {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "txbxContent") || c.Local != "" && holdsText(c) {
			return true
		}
	}
	return false
}

// symbol reads a character that is drawn by the Wingdings font: the boxes, and
// what Word makes of ":)" and "-->" while people type. Any other cannot be
// read.
func (s *Scan) symbol(char string) {
	switch strings.ToUpper(char) {
	case "F0FE", "F0FD", "F053", "F054":
		s.emit(place.Ticked)
	case "F0A8", "F06F", "F071":
		s.emit(place.Unticked)
	case "F0FC":
		s.emit("✓")
	case "F0FB":
		s.emit("✗")
	case "F04A":
		s.emit(":)")
	case "F04B":
		s.emit(":|")
	case "F04C":
		s.emit(":(")
	case "F0E0":
		s.emit("-->")
	case "F0DF":
		s.emit("<--")
	case "F0E8":
		s.emit("==>")
	case "F0F3":
		s.emit("<=>")
	default:
		s.emit("\uFFFD")
		s.sign(Signs{Odd: true})
	}
}
