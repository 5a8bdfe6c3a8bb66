package word

import (
	"github.com/pepost/pepost/internal/word/xmltree"
)

// control visits a content control: an answer of ours, a row of a table, or
// something else's.
func (s *scan) control(n *xmltree.Node, at where) {
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
		at.item = n
	}
	f := s.recognise(properties)
	if f == nil || s.edge {
		s.children(content, at)
		return
	}
	f.at, f.begun = at, at.paragraph != nil
	for _, id := range s.waiting {
		s.anchors[id] = f.tag()
	}
	s.waiting = s.waiting[:0]
	for _, outer := range s.open {
		if outer.place == f.place {
			f.within = outer
		}
	}
	s.keep(f)
	s.open = append(s.open, f)
	s.children(content, at)
	s.open = s.open[:len(s.open)-1]
}

// recognise tells whose answer a control holds, nil where nobody's.
func (s *scan) recognise(properties *xmltree.Node) *found {
	f := &found{}
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
			f.locked = c.Attr(xmltree.Word, "val") == "sdtContentLocked"
		case "showingPlcHdr":
			f.prompted = on(c.Attr(xmltree.Word, "val"))
		case "date":
			f.shape, f.fullDate = dateShape, c.Attr(xmltree.Word, "fullDate")
		case "dropDownList", "comboBox":
			f.shape, f.list = listShape, c
		case "text":
			f.shape = textShape
		case "checkbox":
			f.shape, f.state = boxShape, "0"
			if checked := c.Child(xmltree.Word14, "checked"); checked != nil && on(checked.Attr(xmltree.Word14, "val")) {
				f.state = "1"
			}
		}
	}
	if !s.locate(f, tag, path, words) {
		return nil
	}
	return f
}

// locate tries tag, binding path, the bookmark around, and the title.
func (s *scan) locate(f *found, tag, path, words string) bool {
	byPath, pathKnown := place{}, false
	if path != "" {
		byPath, pathKnown = s.index.byPath(path)
	}
	if p := parseTag(tag); tag != "" && s.index.known(p) {
		if pathKnown && byPath.tag() == p.tag() {
			p.row = byPath.row
		}
		f.place, f.via = p, viaTag
		return true
	}
	if pathKnown {
		f.place, f.via = byPath, viaPath
		return true
	}
	if mark := s.onlyMark(); mark != nil {
		f.place, f.via = mark.place, viaBookmark
		return true
	}
	p, known := s.index.byTitle(words)
	f.place, f.via = p, viaTitle
	return known
}

// onlyMark is the open bookmark, where exactly one is open.
func (s *scan) onlyMark() *found {
	if len(s.marks) != 1 {
		return nil
	}
	for _, mark := range s.marks {
		return mark
	}
	return nil
}

// on is a boolean of OOXML: an attribute left out means true.
func on(value string) bool {
	return value != "0" && value != "false" && value != "off"
}
