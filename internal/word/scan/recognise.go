package scan

import (
	"strings"

	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// control visits a content control: an answer of ours, a row of a table, or
// something else's.
func (s *Scan) control(n *xmltree.Node, at Where) {
	content := n.Child(xmltree.Word, "sdtContent")
	if content == nil {
		return
	}
	properties := n.Child(xmltree.Word, "sdtPr")
	if properties == nil {
		s.children(content, at)
		return
	}
	if properties.Child(xmltree.Word15, "repeatingSectionItem") != nil {
		at.Item = n
	}
	var f *Found
	if !s.edge {
		f = s.recognise(properties)
	}
	if f == nil {
		s.children(content, at)
		return
	}
	f.At, f.begun = at, at.Paragraph != nil
	for _, id := range s.waiting {
		s.Anchors[id] = f.Tag()
	}
	s.waiting = s.waiting[:0]
	for _, outer := range s.open {
		if outer.Place == f.Place {
			f.Within = outer
		}
	}
	s.cover(f.Place)
	s.Found = append(s.Found, f)
	s.open = append(s.open, f)
	s.children(content, at)
	s.open = s.open[:len(s.open)-1]
}

// recognise tells whose answer a control holds, nil where nobody's.
func (s *Scan) recognise(properties *xmltree.Node) *Found {
	f := s.found()
	tag, path, words := "", "", ""
	for c := properties.First; c != nil; c = c.Next {
		switch c.Local {
		case "tag":
			tag = c.Attr(xmltree.Word, "val")
		case "alias":
			words = c.Attr(xmltree.Word, "val")
		case "dataBinding":
			if c.Space == xmltree.Word {
				path = c.Attr(xmltree.Word, "xpath")
			}
		case "lock":
			f.Locked = c.Attr(xmltree.Word, "val") == "sdtContentLocked"
		case "showingPlcHdr":
			f.Prompted = on(c.Attr(xmltree.Word, "val"))
		case "date":
			f.Shape, f.FullDate = place.Day, c.Attr(xmltree.Word, "fullDate")
		case "dropDownList", "comboBox":
			f.Shape, f.List = place.List, c
		case "text":
			f.Shape = place.Text
		case "checkbox":
			f.Shape, f.State = place.Box, "0"
			if checked := c.Child(xmltree.Word14, "checked"); checked != nil && on(checked.Attr(xmltree.Word14, "val")) {
				f.State = "1"
			}
		}
	}
	if !s.locate(f, tag, path, words) {
		return nil
	}
	return f
}

// locate tries tag, binding path, the bookmark around, and the title.
func (s *Scan) locate(f *Found, tag, path, words string) bool {
	byPath, pathKnown := place.Place{}, false
	if path != "" {
		byPath, pathKnown = s.index.byPath(path)
	}
	if p := place.ParseTag(tag); tag != "" && s.index.known(p) {
		if pathKnown && byPath.Alike(p) {
			p.Row = byPath.Row
		}
		f.Place, f.Via = p, ByTag
		return true
	}
	if pathKnown {
		f.Place, f.Via = byPath, ByPath
		return true
	}
	if mark := s.onlyMark(); mark != nil {
		f.Place, f.Via = mark.Place, ByBookmark
		return true
	}
	if words == "" || strings.HasSuffix(tag, place.RowsTag("")) {
		return false
	}
	p, known := s.index.byTitle(words)
	f.Place, f.Via = p, ByTitle
	return known
}

// on is a boolean of OOXML: an attribute left out means true.
func on(value string) bool {
	return value != "0" && value != "false" && value != "off"
}
