package word

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// via is how an answer's place was recognised.
type via string

// The ways, the surest first.
const (
	viaTag      via = "tag"
	viaPath     via = "path"
	viaBookmark via = "bookmark"
	viaTitle    via = "title"
	viaLabel    via = "label"
)

// weight is what an answer found in this way counts.
func (v via) weight() float64 {
	switch v {
	case viaTag, viaPath:
		return 1
	case viaBookmark:
		return 0.9
	case viaTitle:
		return 0.8
	case viaLabel:
		return 0.6
	}
	return 0
}

// found is one answer as it stands in the file.
type found struct {
	place
	via   via
	shape shape
	text  []byte
	// prompted is set while the control shows its prompt.
	prompted bool
	// locked controls are ours: nobody wrote in them with Word.
	locked bool
	// state is a box's, empty where the control is none.
	state string
	// fullDate is a date control's own idea of the day.
	fullDate string
	list     *xmltree.Node
	at       where
	// within is the enclosing answer of the same place, nil for none.
	within *found
	// mark is set for what stands between bookmarks, without a control.
	mark bool
	// begun is set once a paragraph has begun: the next begins a new line.
	begun bool
}

// where is the surroundings of a place in the file.
type where struct {
	paragraph, row, table *xmltree.Node
	// item is the control around one row of a repeating section.
	item *xmltree.Node
	// cell is the innermost table cell, nil outside tables.
	cell *cellText
}

// cellText is what one cell of a table says outside every answer of ours.
type cellText struct {
	loose []byte
	// marked stands outside every control, but inside a bookmark of ours.
	marked []byte
	// answers are how many controls and bookmarks of ours stand in the cell.
	answers int
}

// maxLoose bounds the text of a cell that belongs to no answer.
const maxLoose = 1 << 20

// scan walks a file once and gathers answers, comments and active content.
type scan struct {
	index *index
	found []*found
	open  []*found
	marks map[string]*found
	// anchors are the keys beside which comments stand, by their number.
	anchors map[string]string
	waiting []string
	tracked bool
	refused *RefusedError
	code    []string
	cell    *cellText
	// edge is set in headers and footers, where no answer stands.
	edge bool
}

func newScan(f form.Form) *scan {
	return &scan{index: newIndex(f), marks: map[string]*found{}, anchors: map[string]string{}}
}

// all walks the document and its headers and footers.
func (s *scan) all(f *file) error {
	s.children(f.main, where{})
	s.edge = true
	for _, root := range f.edges {
		clear(s.marks)
		s.children(root, where{})
	}
	if s.refused != nil {
		return s.refused
	}
	return nil
}

func (s *scan) children(n *xmltree.Node, at where) {
	for c := n.First; c != nil; c = c.Next {
		s.node(c, at)
	}
}

// node visits one element. What is deleted, hidden from readers, or repeated
// for older programs is not visited.
func (s *scan) node(n *xmltree.Node, at where) {
	if n.Space == xmltree.Compatibility && n.Local == "Fallback" {
		return
	}
	if n.Space != xmltree.Word {
		s.children(n, at)
		return
	}
	switch n.Local {
	case "del", "moveFrom":
		s.tracked = true
	case "rPr", "pPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "tcPr", "sectPr", "delText":
	case "t":
		s.emit(n.Content())
	case "p":
		at.paragraph = n
		s.newParagraph()
		s.children(n, at)
	case "r":
		s.run(n, at)
	case "sdt":
		s.control(n, at)
	case "tbl":
		at.table, at.row = n, nil
		s.children(n, at)
	case "tr":
		if !deletedRow(n) {
			at.row = n
			s.children(n, at)
		}
	case "tc":
		outer := s.cell
		s.cell = &cellText{}
		at.cell = s.cell
		s.children(n, at)
		s.cell = outer
		clear(s.marks) // a bookmark of ours never leaves its cell
	default:
		s.minor(n, at)
	}
}

// minor visits the elements that are rare or carry no text of their own.
func (s *scan) minor(n *xmltree.Node, at where) {
	switch n.Local {
	case "ins", "moveTo":
		s.tracked = true
		s.children(n, at)
	case "bookmarkStart":
		s.openMark(n, at)
	case "bookmarkEnd":
		delete(s.marks, n.Attr(xmltree.Word, "id"))
	case "commentRangeStart":
		s.anchor(n.Attr(xmltree.Word, "id"))
	case "commentRangeEnd":
		s.waiting = slices.DeleteFunc(s.waiting, func(id string) bool { return id == n.Attr(xmltree.Word, "id") })
	case "fldSimple":
		s.instruction(n.Attr(xmltree.Word, "instr"))
		s.children(n, at)
	case "altChunk":
		s.refuse(EmbeddedObject, "the document carries another document inside")
	case "object", "control":
		s.refuse(EmbeddedObject, "the document carries an embedded object")
	default:
		s.children(n, at)
	}
}

func (s *scan) refuse(code RefusalCode, detail string) {
	if s.refused == nil {
		s.refused = &RefusedError{Code: code, Detail: detail}
	}
}

func deletedRow(row *xmltree.Node) bool {
	properties := row.Child(xmltree.Word, "trPr")
	return properties != nil && properties.Child(xmltree.Word, "del") != nil
}

// run reads a run. Two texts side by side in one run were parted by a line
// break that LibreOffice 7.4 dropped when it saved the file: Word never
// writes them so.
func (s *scan) run(n *xmltree.Node, at where) {
	afterText := false
	for c := n.First; c != nil; c = c.Next {
		if c.Space != xmltree.Word {
			s.node(c, at)
			continue
		}
		isText := c.Local == "t"
		switch c.Local {
		case "t":
			if afterText {
				s.emit("\n")
			}
			s.emit(c.Content())
		case "br", "cr":
			s.lineBreak(c)
		case "tab", "ptab":
			s.emit("\t")
		case "noBreakHyphen":
			s.emit("-")
		case "sym":
			s.emit(symbol(c.Attr(xmltree.Word, "char")))
		case "fldChar":
			s.fieldMark(c.Attr(xmltree.Word, "fldCharType"))
		case "instrText":
			s.code = append(s.code, c.Content())
		default:
			s.node(c, at)
		}
		afterText = isText
	}
}

func (s *scan) lineBreak(n *xmltree.Node) {
	if kind := n.Attr(xmltree.Word, "type"); kind == "" || kind == "textWrapping" {
		s.emit("\n")
	}
}

// symbol is a character of the Wingdings font as one of Unicode; only boxes
// matter here.
func symbol(char string) string {
	switch strings.ToUpper(char) {
	case "F0FE", "F0FD", "F053", "F054":
		return ticked
	case "F0A8", "F06F", "F071":
		return unticked
	}
	return ""
}

// fieldMark gathers a field's instruction, which editors split over runs.
func (s *scan) fieldMark(kind string) {
	s.instruction(strings.Join(s.code, ""))
	s.code = s.code[:0]
	_ = kind
}

// instruction refuses fields that fetch something when they are updated.
func (s *scan) instruction(text string) {
	name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToUpper(name) {
	case "DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "DATABASE":
		s.refuse(ExternalContent, "the document has a field that fetches content from elsewhere")
	}
}

// emit gives text to the innermost answer, to those around it that are the
// same answer, and to bookmarks of the same answer.
func (s *scan) emit(text string) {
	switch {
	case len(s.open) > 0 || s.cell == nil || len(s.cell.loose)+len(s.cell.marked)+len(text) > maxLoose:
	case len(s.marks) > 0:
		s.cell.marked = append(s.cell.marked, text...)
	default:
		s.cell.loose = append(s.cell.loose, text...)
	}
	if len(s.open) == 0 && len(s.marks) == 0 {
		return
	}
	var inner *found
	for i := len(s.open) - 1; i >= 0; i-- {
		f := s.open[i]
		if inner == nil {
			inner = f
		} else if f.place != inner.place {
			break
		}
		f.text = append(f.text, text...)
	}
	for _, mark := range s.marks {
		if inner == nil || inner.tag() == mark.tag() {
			mark.text = append(mark.text, text...)
			mark.prompted = mark.prompted || inner != nil && inner.prompted
		}
	}
}

func (s *scan) newParagraph() {
	for _, f := range s.open {
		if f.begun && len(f.text) > 0 {
			f.text = append(f.text, '\n')
		}
		f.begun = true
	}
	for _, f := range s.marks {
		if len(f.text) > 0 {
			f.text = append(f.text, '\n')
		}
	}
	if s.cell != nil && len(s.open) == 0 && len(s.cell.loose) > 0 {
		s.cell.loose = append(s.cell.loose, '\n')
	}
}

// keep notes an answer where it stands.
func (s *scan) keep(f *found) {
	s.found = append(s.found, f)
	if f.at.cell != nil {
		f.at.cell.answers++
	}
}

// openMark begins a bookmark of ours.
func (s *scan) openMark(n *xmltree.Node, at where) {
	name := n.Attr(xmltree.Word, "name")
	if !strings.HasPrefix(name, "pep_") || len(s.marks) > 64 {
		return
	}
	p, known := s.index.byBookmark(name)
	if !known {
		return
	}
	f := &found{place: p, via: viaBookmark, mark: true, at: at}
	s.keep(f)
	s.marks[n.Attr(xmltree.Word, "id")] = f
}

func (s *scan) anchor(id string) {
	if len(s.open) > 0 {
		s.anchors[id] = s.open[len(s.open)-1].tag()
		return
	}
	if len(s.waiting) < 64 {
		s.waiting = append(s.waiting, id)
	}
}
