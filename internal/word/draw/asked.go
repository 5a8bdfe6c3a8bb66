package draw

import (
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Control is one content control of an answer as a drawn form has it, for
// those who fill in a page of another's making.
type Control struct {
	place.Place
	Shape place.Shape
	// ChoiceAt is the position of the choice that a box stands for, from 1.
	ChoiceAt int
	// Title is the control's own name.
	Title string
	// Value is the canonical answer, Shown what the control shows; both are
	// empty where there is none.
	Value, Shown string
	Choices      []form.Choice
	Locked       bool
	// Prompt is what the control says while it is empty; Narrow the same for a
	// place with little room.
	Prompt, Narrow place.Prompt
}

// AnswerControls are the controls of a question: one, or a box for each choice.
func AnswerControls(a document.Answer, final bool) []Control {
	return exported(answerQuestion(a), final)
}

// CellControls are the controls of one cell; rows count from 1, columns from 0,
// and a row may be shorter than the columns.
func CellControls(g document.Grid, cells []document.Cell, row, column int, final bool) []Control {
	return exported(cellQuestion(g, g.Columns[column], cells, row, column), final)
}

func exported(q question, final bool) []Control {
	q.final, q.locked = final, q.locked || final
	var out []Control
	for _, c := range q.controls() {
		narrow := c
		narrow.narrow = true
		out = append(out, Control{
			Place: c.Place, Shape: c.shape, ChoiceAt: c.choiceAt, Title: c.title, Value: c.value, Shown: c.shown(),
			Choices: c.choices, Locked: c.locked, Prompt: c.prompt(), Narrow: narrow.prompt(),
		})
	}
	return out
}

// RowsOf are the rows of a table as drawn, spare ones included.
func RowsOf(g document.Grid, final bool) [][]document.Cell {
	rows := g.Rows
	for range spare(g, final) {
		rows = append(rows[:len(rows):len(rows)], make([]document.Cell, len(g.Columns)))
	}
	return rows
}

// Repeats reports whether a person may add rows to a table with Word's plus
// sign.
func Repeats(g document.Grid, final bool) bool { return !final && !g.Locked && !g.FixedRows }

// Hidden are the parts of a form that nobody sees: the custom XML part that
// the controls are bound to, and the document's properties.
type Hidden struct{ Store, Core, Custom []byte }

// HiddenParts makes the hidden parts of a document. The error is a *[KeyError].
func HiddenParts(doc document.Document) (Hidden, error) {
	d := drawing{final: doc.Purpose == document.FinalCopy}
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case document.Answer:
			if _, err := d.ask(answerQuestion(b)); err != nil {
				return Hidden{}, err
			}
		case document.Grid:
			for i, cells := range RowsOf(b, d.final) {
				for j, column := range b.Columns {
					if _, err := d.ask(cellQuestion(b, column, cells, i+1, j)); err != nil {
						return Hidden{}, err
					}
				}
			}
		}
	}
	return Hidden{Store: d.record.xml(doc), Core: coreProperties(doc), Custom: customProperties(doc, len(d.record.order))}, nil
}

// Run is a run of text with a format of its own (nil for none); "\n" is a line
// break, a tab a tab.
func Run(format *xmltree.Node, text string) *xmltree.Node {
	run := element("r")
	if RightToLeft(text) {
		if format == nil {
			format = element("rPr")
		}
		if format.Child(xmltree.Word, "rtl") == nil {
			insertRTL(format)
		}
	}
	if format != nil && format.First != nil {
		run.Append(format)
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			run.Append(element("br"))
		}
		for j, piece := range strings.Split(line, "\t") {
			if j > 0 {
				run.Append(element("tab"))
			}
			if piece != "" {
				text := element("t", xmltree.NewAttr("http://www.w3.org/XML/1998/namespace", "xml", "space", "preserve"))
				text.Append(xmltree.NewText(piece))
				run.Append(text)
			}
		}
	}
	return run
}

// insertRTL puts the element where the schema has it (ECMA-376 part 1,
// 17.3.2.28).
func insertRTL(format *xmltree.Node) {
	kept := *format
	format.Clear()
	done := false
	for c := kept.First; c != nil; {
		next := c.Next
		switch c.Local {
		case "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath":
			if !done {
				format.Append(element("rtl"))
				done = true
			}
		}
		format.Append(c)
		c = next
	}
	if !done {
		format.Append(element("rtl"))
	}
}

func element(local string, attrs ...xmltree.Attr) *xmltree.Node {
	return xmltree.NewElement(xmltree.Word, "w", local, attrs...)
}

// RightToLeft reports whether a text is written from right to left.
func RightToLeft(text string) bool { return rightToLeft(text) }

// FormLine names the form and its version, for people and for the reader.
func FormLine(doc document.Document) string { return formLine(doc) }
