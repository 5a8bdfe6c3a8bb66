package template

import (
	"slices"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/draw"
	"github.com/pepost/pepost/internal/word/place"
)

// expected is what a template of one form must have.
type expected struct {
	// controls are the answers' controls by tag.
	controls map[string]wanted
	// order are the tags of everything, as the form has them.
	order []string
	// section is the section of each question, by the question's key.
	section map[string]string
	// parts are the tags of sections, questions and rows, and of the page's own
	// texts.
	parts map[string]bool
	// required are those of the parts without which no form can be made.
	required []string
}

// wanted is one answer's control.
type wanted struct {
	draw.Control
	label string
	// labels are the words beside the boxes of the same question.
	labels []string
}

// expect lists what the whole form has places for.
func expect(f form.Form) expected {
	out := expected{controls: map[string]wanted{}, section: map[string]string{}, parts: map[string]bool{}}
	section := ""
	for _, block := range document.Whole(f).Blocks {
		switch b := block.(type) {
		case document.Heading:
			if b.Level == 2 {
				section = b.Key
				out.part(place.SectionTag(section), true)
			}
		case document.Facts:
			for _, pair := range b.Pairs {
				out.part(place.FactTag(pair.Label), pair.Label == document.LabelReturnTo || pair.Label == document.LabelReturnBy)
			}
		case document.Answer:
			out.question(b.Key, section)
			out.take(b.Label, draw.AnswerControls(b, false), b.Kind, b.Choices)
		case document.Grid:
			out.question(b.Key, section)
			out.part(place.RowsTag(b.Key), true)
			for i, column := range b.Columns {
				out.take(b.Label+": "+column.Label, draw.CellControls(b, nil, 1, i, false), column.Kind, column.Choices)
			}
		}
	}
	for _, tag := range []string{place.InstructionsTag, place.OnlyFormTag, place.OnlyPaperTag, place.OnlyFinalTag, place.RowNumberTag, place.FooterTag} {
		out.parts[tag] = true
	}
	return out
}

func (e *expected) part(tag string, required bool) {
	e.parts[tag] = true
	e.order = append(e.order, tag)
	if required {
		e.required = append(e.required, tag)
	}
}

func (e *expected) question(key, section string) {
	e.section[key] = section
	e.part(place.QuestionTag(key), false)
}

func (e *expected) take(label string, controls []draw.Control, kind form.Kind, choices []form.Choice) {
	var labels []string
	for _, choice := range place.Boxes(kind, choices) {
		labels = append(labels, place.Plain(choice.Label))
	}
	for _, c := range controls {
		e.controls[c.Tag()] = wanted{c, label, labels}
		e.order = append(e.order, c.Tag())
	}
}

// nearest is the tag of the form that is most like a misspelt one; those that
// the template still lacks come first.
func (e *expected) nearest(tag string, lacking map[string]bool) string {
	var missing []string
	for _, candidate := range e.order {
		if lacking[candidate] {
			missing = append(missing, candidate)
		}
	}
	if best := form.Closest(tag, missing); best != "" {
		return best
	}
	return form.Closest(tag, e.order)
}

// shapeWords is a kind of control as Word calls it.
func shapeWords(shape place.Shape) string {
	switch shape {
	case place.Day:
		return "a date picker"
	case place.List:
		return "a drop-down list"
	case place.Box:
		return "a check box"
	case place.Text:
		return "a plain text control that allows carriage returns"
	case place.Line:
		return "a plain text control"
	}
	return "a control of another kind"
}

// fits reports whether a control may take an answer of the wanted shape. What
// nobody writes in may be text of any kind.
func fits(want wanted, has place.Shape, multiline bool) bool {
	switch {
	case want.Locked && want.Shape != place.Day:
		return slices.Contains([]place.Shape{place.Line, place.Text}, has)
	case want.Shape == place.Text:
		return has == place.Line && multiline
	}
	return has == want.Shape
}
