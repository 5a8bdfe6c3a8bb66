package scan

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Via is how an answer's place was recognised.
type Via string

// The ways, the surest first.
const (
	ByTag      Via = "tag"
	ByPath     Via = "path"
	ByBookmark Via = "bookmark"
	ByTitle    Via = "title"
	ByLabel    Via = "label"
)

// Weight is what an answer found in this way counts.
func (v Via) Weight() float64 {
	switch v {
	case ByTag, ByPath:
		return 1
	case ByBookmark:
		return 0.9
	case ByTitle:
		return 0.8
	case ByLabel:
		return 0.6
	}
	return 0
}

// Found is one answer as it stands in the file.
type Found struct {
	place.Place
	Via   Via
	Shape place.Shape
	Text  Text
	// Prompted is set while the control shows its prompt.
	Prompted bool
	// Locked controls are ours: nobody wrote in them with Word.
	Locked bool
	// State is a box's, empty where the control is none.
	State string
	// FullDate is a date control's own idea of the day.
	FullDate string
	// List is the element with the choices of a drop-down list.
	List *xmltree.Node
	At   Where
	// Within is the enclosing answer of the same place, nil for none.
	Within *Found
	// Mark is set for what stands between bookmarks, without a control.
	Mark bool
	Signs
	// begun is set once a paragraph has begun: the next begins a new line.
	begun bool
}

// Text gathers what an answer says. One piece is the usual case, and costs
// nothing.
type Text struct {
	piece string
	more  []byte
}

// Said is a text of one piece.
func Said(text string) Text { return Text{piece: text} }

func (t *Text) add(text string) {
	switch {
	case t.more != nil:
		t.more = append(t.more, text...)
	case t.piece == "":
		t.piece = text
	default:
		t.more = append(append(make([]byte, 0, 2*(len(t.piece)+len(text))), t.piece...), text...)
	}
}

func (t *Text) empty() bool { return t.piece == "" }

// Len is its length in bytes.
func (t *Text) Len() int { return max(len(t.piece), len(t.more)) }

// String is the whole text.
func (t *Text) String() string {
	if t.more != nil {
		return string(t.more)
	}
	return t.piece
}

// Where is the surroundings of a place in the file.
type Where struct {
	Paragraph, Row, Table *xmltree.Node
	// Item is the control around one row of a repeating section.
	Item *xmltree.Node
	// Cell is the innermost table cell, nil outside tables.
	Cell *CellText
}

// CellText is what one cell of a table says outside every answer of ours.
type CellText struct {
	Loose []byte
	// Marked stands outside every control, but inside a bookmark of ours.
	Marked []byte
	// Number is the cell's position in its row, from 1.
	Number int
	Signs
}

// Signs are what stands at an answer and is no text that could be read.
type Signs struct {
	// Hidden is text that no reader of the page sees, Picture a picture, Note
	// a footnote, Odd a character that is a picture in a font of its own.
	Hidden, Picture, Note, Odd bool
}

// And joins the signs of two places.
func (s Signs) And(other Signs) Signs {
	return Signs{s.Hidden || other.Hidden, s.Picture || other.Picture, s.Note || other.Note, s.Odd || other.Odd}
}

// A form has some thousand boxes, twice as many once LibreOffice split them.
// maxGiven bounds the text that boxes within boxes are given, in bytes.
const (
	maxFound = 6000
	maxGiven = 12 << 20
)

// maxLoose bounds the text of a cell that belongs to no answer.
const maxLoose = 1 << 20

// Scan walks a file once and gathers answers and the anchors of comments.
type Scan struct {
	// Found is every answer, in the order of the document.
	Found []*Found
	// Anchors are the tags beside which comments stand, by their number.
	Anchors map[string]string
	// Tracked is set where the file holds changes that nobody accepted.
	Tracked bool

	index *index
	// shelf has room for what will be found next, cells for the next cells.
	shelf   []Found
	cells   []CellText
	open    []*Found
	marks   []mark
	waiting []string
	refused *opc.RefusedError
	code    []string
	cell    *CellText
	// joined is set where the mark at the end of the last paragraph was deleted.
	joined bool
	// column is the number of cells met in the current row.
	column int
	// given is how much text was given to answers.
	given int
	// edge is set in headers and footers, where no answer stands.
	edge bool
}

// New is a scan for the answers of a form.
func New(f form.Form) *Scan {
	return &Scan{index: newIndex(f), Anchors: map[string]string{}}
}

// Asks reports whether the form has a question or table of that key.
func (s *Scan) Asks(key string) bool {
	_, known := s.index.fields[key]
	return known
}

// All walks the document and its headers and footers. The error is a
// *[opc.RefusedError], for content that a form may not hold.
func (s *Scan) All(f *File) error {
	s.children(f.Main, Where{})
	s.closeMarks()
	s.edge = true
	for _, root := range f.edges {
		s.children(root, Where{})
	}
	if s.refused != nil {
		return s.refused
	}
	return nil
}

func (s *Scan) children(n *xmltree.Node, at Where) {
	for c := n.First; c != nil; c = c.Next {
		s.node(c, at)
	}
}

// node visits one element. What is deleted, hidden from readers, or repeated
// for older programs is not visited.
func (s *Scan) node(n *xmltree.Node, at Where) {
	if s.refused != nil {
		return
	}
	if n.Space == xmltree.Compatibility && n.Local == "Fallback" {
		return
	}
	if n.Space != xmltree.Word {
		if n.Local == "t" && n.Space == xmltree.Math {
			s.emit(n.Content())
			return
		}
		s.children(n, at)
		return
	}
	switch n.Local {
	case "del", "moveFrom":
		s.Tracked = true
	case "rt": // how a Chinese or Japanese word is said, above it
	case "rPr", "pPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "tcPr", "sectPr", "delText":
	case "t":
		s.emit(n.Content())
	case "p":
		at.Paragraph = n
		s.newParagraph()
		s.children(n, at)
		s.joined = s.deletedMark(n)
	case "r":
		s.run(n, at)
	case "sdt":
		s.control(n, at)
	case "tbl":
		at.Table, at.Row = n, nil
		s.children(n, at)
	case "tr":
		if !Deleted(n) {
			at.Row = n
			outer := s.column
			s.column = 0
			s.children(n, at)
			s.column = outer
		}
	case "tc":
		outer := s.cell
		s.column++
		s.cell = s.newCell()
		s.cell.Number = s.column
		at.Cell = s.cell
		s.children(n, at)
		s.cell = outer
		s.closeMarks() // a bookmark of ours never leaves its cell
	default:
		s.minor(n, at)
	}
}

// minor visits the elements that are rare or carry no text of their own.
func (s *Scan) minor(n *xmltree.Node, at Where) {
	switch n.Local {
	case "ins", "moveTo":
		s.Tracked = true
		s.children(n, at)
	case "bookmarkStart":
		s.openMark(n, at)
	case "bookmarkEnd":
		s.closeMark(n.Attr(xmltree.Word, "id"))
	case "commentRangeStart":
		s.anchor(n.Attr(xmltree.Word, "id"))
	case "commentRangeEnd":
		s.waiting = slices.DeleteFunc(s.waiting, func(id string) bool { return id == n.Attr(xmltree.Word, "id") })
	case "fldSimple":
		s.instruction(n.Attr(xmltree.Word, "instr"))
		s.children(n, at)
	case "drawing", "pict":
		if !holdsText(n) {
			s.sign(Signs{Picture: true})
		}
		s.children(n, at)
	case "footnoteReference", "endnoteReference":
		s.sign(Signs{Note: true})
	case "altChunk":
		s.refuse(opc.EmbeddedObject, "the document carries another document inside")
	case "object", "control":
		s.refuse(opc.EmbeddedObject, "the document carries an embedded object")
	default:
		s.children(n, at)
	}
}

func (s *Scan) refuse(code opc.RefusalCode, detail string) {
	if s.refused == nil {
		s.refused = &opc.RefusedError{Code: code, Detail: detail}
	}
}

// Deleted reports whether somebody deleted a table's row and nobody has agreed
// yet.
func Deleted(row *xmltree.Node) bool {
	properties := row.Child(xmltree.Word, "trPr")
	return properties != nil && properties.Child(xmltree.Word, "del") != nil
}

// run reads a run. Two texts side by side in one run were parted by a line
// break that LibreOffice 7.4 dropped when it saved the file: Word never
// writes them so.
func (s *Scan) run(n *xmltree.Node, at Where) {
	if properties := n.Child(xmltree.Word, "rPr"); properties != nil && properties.First != nil && hidden(properties) {
		if VisibleText(n) != "" {
			s.sign(Signs{Hidden: true})
		}
		return
	}
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
			s.symbol(c.Attr(xmltree.Word, "char"))
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

func (s *Scan) lineBreak(n *xmltree.Node) {
	if kind := n.Attr(xmltree.Word, "type"); kind == "" || kind == "textWrapping" {
		s.emit("\n")
	}
}

// fieldMark gathers a field's instruction, which editors split over runs.
func (s *Scan) fieldMark(kind string) {
	s.instruction(strings.Join(s.code, ""))
	s.code = s.code[:0]
	_ = kind
}

// instruction refuses fields that fetch something when they are updated.
func (s *Scan) instruction(text string) {
	name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToUpper(name) {
	case "DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "DATABASE":
		s.refuse(opc.ExternalContent, "the document has a field that fetches content from elsewhere")
	}
}

// emit gives text to the innermost answer, to those around it that are the
// same answer, and to bookmarks of the same answer.
func (s *Scan) emit(text string) {
	switch {
	case len(s.open) > 0 || s.cell == nil || len(s.cell.Loose)+len(s.cell.Marked)+len(text) > maxLoose:
	case len(s.marks) > 0:
		s.cell.Marked = append(s.cell.Marked, text...)
	default:
		s.cell.Loose = append(s.cell.Loose, text...)
	}
	if len(s.open) == 0 && len(s.marks) == 0 {
		return
	}
	var inner *Found
	for i := len(s.open) - 1; i >= 0; i-- {
		f := s.open[i]
		if inner == nil {
			inner = f
		} else if f.Place != inner.Place {
			break
		}
		f.Text.add(text)
		s.given += len(text)
	}
	if s.given > maxGiven {
		s.refuse(opc.Bomb, "boxes stand within boxes deeper than a form needs")
	}
	for i := range s.marks {
		if s.marks[i].covered && s.marks[i].found == nil {
			continue
		}
		if mark := s.marked(i); inner == nil || inner.Alike(mark.Place) {
			mark.Text.add(text)
			mark.Prompted = mark.Prompted || inner != nil && inner.Prompted
		}
	}
}

func (s *Scan) newParagraph() {
	if s.joined {
		s.joined = false
		return
	}
	for _, f := range s.open {
		if f.begun && !f.Text.empty() {
			f.Text.add("\n")
		}
		f.begun = true
	}
	for _, mark := range s.marks {
		if f := mark.found; f != nil && !f.Text.empty() {
			f.Text.add("\n")
		}
	}
	if s.cell != nil && len(s.open) == 0 && len(s.cell.Loose) > 0 {
		s.cell.Loose = append(s.cell.Loose, '\n')
	}
}

// found gives room for one more answer; one that is not kept is left behind.
func (s *Scan) found() *Found {
	if len(s.Found) > maxFound {
		s.refuse(opc.Bomb, "the document has more boxes than a form needs")
	}
	if len(s.shelf) == 0 {
		s.shelf = make([]Found, 64)
	}
	f := &s.shelf[0]
	s.shelf = s.shelf[1:]
	return f
}

func (s *Scan) newCell() *CellText {
	if len(s.cells) == 0 {
		s.cells = make([]CellText, 128)
	}
	cell := &s.cells[0]
	s.cells = s.cells[1:]
	return cell
}

func (s *Scan) anchor(id string) {
	if len(s.open) > 0 {
		s.Anchors[id] = s.open[len(s.open)-1].Tag()
		return
	}
	if len(s.waiting) < 64 {
		s.waiting = append(s.waiting, id)
	}
}
