package template

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word/draw"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Error is a document that a template cannot show. It names the question and
// never repeats an answer.
type Error struct {
	Template, Field, Reason string
}

// Error is the template, the question and the reason.
func (e *Error) Error() string {
	return "the template " + e.Template + extension + ": " + e.Field + ": " + e.Reason
}

// Fill puts a document into the template and gives the bytes of the form. The
// form shows what the document has and nothing else; the same document gives
// the same bytes. The error is an *[Error] where the template has no place for
// something that the document shows.
func (t *Template) Fill(doc document.Document) ([]byte, error) {
	hidden, err := draw.HiddenParts(doc)
	if err != nil {
		return nil, err
	}
	pack, err := opc.Open(t.data)
	if err != nil {
		return nil, err
	}
	w := newFilling(t, doc)
	parts := map[string][]byte{t.store: hidden.Store, t.core: hidden.Core, t.custom: hidden.Custom}
	for name, content := range t.blanked {
		parts[name] = content
	}
	for _, page := range t.pages {
		root := page.root.Copy()
		w.edge = !page.main
		w.children(root)
		if err := w.absences(); err != nil {
			return nil, err
		}
		w.number(root)
		tidy(root)
		w.spaces(root)
		parts[page.name] = root.AppendTo([]byte(xmltree.Declaration))
	}
	if err := w.complete(); err != nil {
		return nil, err
	}
	return pack.Changed(parts)
}

// filling is one document on its way into a template.
type filling struct {
	*Template
	doc      document.Document
	final    bool
	edge     bool
	sections map[string]bool
	facts    map[string]string
	answers  map[string]document.Answer
	grids    map[string]document.Grid
	// placed are the questions that have found their place.
	placed map[string]bool
	// absent are the controls without a place in the document that stand in no
	// control of a question: their row or paragraph goes.
	absent []*xmltree.Node
	row    rowAt
	ids    place.Numbers
	// bookmarks counts them, so that no two have one number.
	bookmarks int
	failed    *Error
}

// rowAt is the row of a table that is being filled; at is zero outside.
type rowAt struct {
	grid  document.Grid
	cells []document.Cell
	at    int
}

// Numbers of our bookmarks begin above those that Word itself gives.
const firstBookmark = 100_000

func newFilling(t *Template, doc document.Document) *filling {
	w := &filling{
		Template: t, doc: doc, final: doc.Purpose == document.FinalCopy, sections: map[string]bool{}, facts: map[string]string{},
		answers: map[string]document.Answer{}, grids: map[string]document.Grid{}, placed: map[string]bool{}, ids: place.Numbers{}, bookmarks: firstBookmark,
	}
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case document.Heading:
			w.sections[b.Key] = b.Level == 2
		case document.Facts:
			for _, pair := range b.Pairs {
				w.facts[pair.Label] = pair.Text
			}
		case document.Answer:
			w.answers[b.Key] = b
		case document.Grid:
			w.grids[b.Key] = b
		}
	}
	w.facts[strings.TrimPrefix(place.FooterTag, "fact:")] = strings.TrimPrefix(doc.Footer, string(doc.Ref))
	return w
}

func (w *filling) fail(field, why string) {
	if w.failed == nil {
		w.failed = &Error{w.Name, field, why}
	}
}

// complete reports whatever the document shows and the template did not.
func (w *filling) complete() error {
	for _, block := range w.doc.Blocks {
		key := ""
		switch b := block.(type) {
		case document.Answer:
			key = b.Key
		case document.Grid:
			key = b.Key
		}
		if key != "" && !w.placed[key] {
			w.fail(key, "the template has no place for it")
		}
	}
	if w.failed != nil {
		return w.failed
	}
	return nil
}

// children visits what is below a node. Filling one control in may take its
// neighbours out, so that the list of children is made beforehand.
func (w *filling) children(n *xmltree.Node) {
	var all []*xmltree.Node
	for c := n.First; c != nil; c = c.Next {
		if c.First != nil {
			all = append(all, c)
		}
	}
	for _, c := range all {
		switch {
		case c.Parent != n:
		case c.Is(xmltree.Word, "sdt"):
			w.control(c)
		default:
			w.children(c)
		}
	}
}

// control fills in one control, takes it out, or puts what is in it in its
// place.
func (w *filling) control(sdt *xmltree.Node) {
	properties, content := sdt.Child(xmltree.Word, "sdtPr"), sdt.Child(xmltree.Word, "sdtContent")
	if properties == nil || content == nil {
		w.children(sdt)
		return
	}
	tag := property(properties, "tag")
	switch kind, about := place.ParsePart(tag); kind {
	case place.Instructions:
		remove(sdt)
	case place.Section:
		w.keep(sdt, content, w.sections[about])
	case place.Only:
		w.keep(sdt, content, w.only(about))
	case place.Question:
		w.question(sdt, content, about)
	case place.Rows:
		w.rows(sdt, content, about)
	case place.Fact:
		w.fact(sdt, content, w.facts[about], about)
	case place.RowNumber:
		w.fact(sdt, content, strconv.Itoa(w.row.at), about)
	default:
		w.answer(sdt, properties, content, tag)
	}
}

// only reports whether a part is for a document of this purpose.
func (w *filling) only(tag string) bool {
	switch tag {
	case place.OnlyFinalTag:
		return w.final
	case place.OnlyPaperTag:
		return !w.final && w.doc.OnPaper
	}
	return !w.final && !w.doc.OnPaper
}

func (w *filling) keep(sdt, content *xmltree.Node, shown bool) {
	if !shown {
		remove(sdt)
		return
	}
	w.children(content)
	unwrap(sdt)
}

// question keeps a question's part where the document has it, with the words
// that are for those who fill in only where they do.
func (w *filling) question(sdt, content *xmltree.Node, key string) {
	answer, asked := w.answers[key]
	grid, table := w.grids[key]
	if asked || table {
		w.words(content, answer.Locked || grid.Locked || w.final, answer.Required || grid.Required)
	}
	w.keep(sdt, content, asked || table)
}

// words takes out of a question what its reader does not need: help and filler
// where nobody writes, and (needed) where no answer is. The columns of a table
// say for themselves whether they are needed.
func (w *filling) words(n *xmltree.Node, locked, required bool) {
	every(n, func(c *xmltree.Node) {
		switch {
		case locked && w.isGuidance(c):
			remove(c)
		case (locked || !required) && c.Is(xmltree.Word, "r") && !inRows(c):
			dropNeeded(c)
		}
	})
}

// isGuidance reports whether a paragraph helps to fill in, and holds nothing
// that is filled in itself.
func (w *filling) isGuidance(n *xmltree.Node) bool {
	return n.Is(xmltree.Word, "p") && w.guidance[styleOf(n)] && find(n, "sdt") == nil
}

// inRows reports whether a run stands in the table of rows that are repeated.
func inRows(run *xmltree.Node) bool {
	for at := run.Parent; at != nil; at = at.Parent {
		if at.Is(xmltree.Word, "tbl") {
			rows := false
			every(at, func(n *xmltree.Node) { rows = rows || n.Is(xmltree.Word15, "repeatingSection") })
			return rows || insideRows(at)
		}
	}
	return false
}

func insideRows(table *xmltree.Node) bool {
	sdt := ancestor(table, "sdt")
	return sdt != nil && sdt.Child(xmltree.Word, "sdtPr") != nil && sdt.Child(xmltree.Word, "sdtPr").Child(xmltree.Word15, "repeatingSectionItem") != nil
}

// dropNeeded takes the mark of what is needed off the end of a run.
func dropNeeded(run *xmltree.Node) {
	text := run.Child(xmltree.Word, "t")
	if text == nil {
		return
	}
	words := strings.TrimRight(text.Content(), " ")
	mark := strings.TrimSpace(draw.Needed)
	if !strings.HasSuffix(words, mark) {
		return
	}
	if words = strings.TrimRight(strings.TrimSuffix(words, mark), " "); words == "" {
		remove(run)
		return
	}
	text.Clear()
	text.Append(xmltree.NewText(words))
}

func styleOf(p *xmltree.Node) string {
	if properties := p.Child(xmltree.Word, "pPr"); properties != nil {
		return property(properties, "pStyle")
	}
	return ""
}

// fact puts a text of the page itself in the place of its control.
func (w *filling) fact(sdt, content *xmltree.Node, text, about string) {
	if text == "" {
		if w.edge || about == strings.TrimPrefix(place.FooterTag, "fact:") {
			remove(sdt)
			return
		}
		w.absent = append(w.absent, sdt)
		return
	}
	w.write(content, nil, text, false)
	unwrap(sdt)
}

// absences take out the row or paragraph of what the document does not have.
func (w *filling) absences() error {
	gone := map[*xmltree.Node]bool{}
	for _, sdt := range w.absent {
		gone[sdt] = true
	}
	for _, sdt := range w.absent {
		if attached(sdt) && !w.takeOut(sdt, gone) {
			w.fail(property(sdt.Child(xmltree.Word, "sdtPr"), "tag"), "it is withheld here, and stands in one paragraph with something that is not")
		}
	}
	w.absent = nil
	if w.failed != nil {
		return w.failed
	}
	return nil
}

// attached reports whether a node is still part of the page.
func attached(n *xmltree.Node) bool {
	for ; n.Parent != nil; n = n.Parent {
		if n.Is(xmltree.Word, "body") {
			return true
		}
	}
	return n.Is(xmltree.Word, "document") || n.Is(xmltree.Word, "hdr") || n.Is(xmltree.Word, "ftr")
}

// takeOut removes an absent control with its label: its row where nothing else
// is in it, else its cell and the label's before it, else its paragraph.
func (w *filling) takeOut(sdt *xmltree.Node, gone map[*xmltree.Node]bool) bool {
	if row := ancestor(sdt, "tr"); row != nil && onlyGone(row, gone) {
		remove(row)
		return true
	}
	if cell := ancestor(sdt, "tc"); cell != nil {
		if !onlyGone(cell, gone) {
			return false
		}
		if label := cellBefore(cell); label != nil && find(label, "sdt") == nil {
			empty(label)
		}
		empty(cell)
		return true
	}
	paragraph := ancestor(sdt, "p")
	if paragraph == nil {
		remove(sdt)
		return true
	}
	if !onlyGone(paragraph, gone) {
		return false
	}
	remove(paragraph)
	return true
}

// onlyGone reports whether every control below a node is one of those that go.
func onlyGone(n *xmltree.Node, gone map[*xmltree.Node]bool) bool {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "sdt") {
			if !gone[c] {
				return false
			}
		} else if !onlyGone(c, gone) {
			return false
		}
	}
	return true
}

func cellBefore(cell *xmltree.Node) *xmltree.Node {
	var before *xmltree.Node
	for c := cell.Parent.First; c != nil && c != cell; c = c.Next {
		if c.Is(xmltree.Word, "tc") {
			before = c
		}
	}
	return before
}

// empty leaves a cell with one empty paragraph, which it must have.
func empty(cell *xmltree.Node) {
	properties := cell.Child(xmltree.Word, "tcPr")
	cell.Clear()
	if properties != nil {
		cell.Append(properties)
	}
	cell.Append(element("p"))
}

// number gives every control a number of its own.
func (w *filling) number(root *xmltree.Node) {
	at := 0
	every(root, func(n *xmltree.Node) {
		if n.Is(xmltree.Word, "sdtPr") {
			at++
			if id := n.Child(xmltree.Word, "id"); id != nil {
				setAttr(id, "val", w.ids.Of(fmt.Sprintf("%s#%d", property(n, "tag"), at)))
			}
		}
	})
}
