package document

import "github.com/pepost/pepost/internal/form"

// Labels of what the page says of itself; a template names its places by them.
const (
	LabelReference = "Reference"
	LabelCopyFor   = "Copy for"
	LabelFrom      = "From"
	LabelReturnBy  = "Return by"
	LabelReturnTo  = "Return to"
	LabelQuestions = "Questions"
	LabelMadeOn    = "Made on"
)

// Whole is a form for nobody: every section, question and column that it can
// ever have, in order, without an answer. It is what a template has places
// for; no reader's copy is made from it.
func Whole(f form.Form) Document {
	b := builder{form: f, values: form.Values{}, whole: true, to: Reader{Purpose: BlankForm}}
	doc := Document{Title: f.Title, Language: "en-GB", FormID: f.ID, FormVersion: f.Version, Purpose: BlankForm, Header: f.Title}
	facts := Facts{Label: "About this copy"}
	for _, label := range []string{LabelReference, LabelCopyFor, LabelFrom, LabelReturnBy, LabelReturnTo, LabelQuestions, LabelMadeOn} {
		facts.Pairs = append(facts.Pairs, Fact{Label: label, Text: label})
	}
	doc.Blocks = append(doc.Blocks, Heading{Level: 1, Key: "title", Text: doc.Title}, facts)
	for _, note := range HowTo(false) {
		doc.Blocks = append(doc.Blocks, note)
	}
	for _, section := range f.Sections {
		doc.Blocks = append(doc.Blocks, b.section(section)...)
	}
	return doc
}
