package scan

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// mark is an open bookmark of ours. It becomes an answer of its own only where
// its control is not there.
type mark struct {
	id, name string
	at       Where
	// covered is set once a control of the same answer stands inside.
	covered bool
	// found is the answer that it has become.
	found *Found
}

// maxMarks bounds the bookmarks that are open at one place.
const maxMarks = 64

// openMark begins a bookmark of ours.
func (s *Scan) openMark(n *xmltree.Node, at Where) {
	name := n.Attr(xmltree.Word, "name")
	if s.edge || !strings.HasPrefix(name, "pep_") || len(s.marks) > maxMarks {
		return
	}
	s.marks = append(s.marks, mark{id: n.Attr(xmltree.Word, "id"), name: name, at: at})
}

// marked is the answer that an open bookmark is; one that the form does not
// know is an answer to nothing.
func (s *Scan) marked(i int) *Found {
	m := &s.marks[i]
	if m.found != nil {
		return m.found
	}
	m.found = s.found()
	p, known := s.index.byBookmark(m.name)
	*m.found = Found{Place: p, Via: ByBookmark, Mark: true, At: m.at}
	if known {
		s.Found = append(s.Found, m.found)
	}
	return m.found
}

// cover notes that the control of a bookmark is there.
func (s *Scan) cover(p place.Place) {
	for i := range s.marks {
		s.marks[i].covered = s.marks[i].covered || p.Named(s.marks[i].name)
	}
}

// onlyMark is the open bookmark, where exactly one is open.
func (s *Scan) onlyMark() *Found {
	if len(s.marks) != 1 {
		return nil
	}
	if f := s.marked(0); f.Key != "" {
		return f
	}
	return nil
}

// closeMark ends a bookmark. One without a control is the place of an answer,
// though it be empty.
func (s *Scan) closeMark(id string) {
	i := slices.IndexFunc(s.marks, func(m mark) bool { return m.id == id })
	if i < 0 {
		return
	}
	if !s.marks[i].covered {
		s.marked(i)
	}
	s.marks = slices.Delete(s.marks, i, i+1)
}

func (s *Scan) closeMarks() {
	for len(s.marks) > 0 {
		s.closeMark(s.marks[0].id)
	}
}
