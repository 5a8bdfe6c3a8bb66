package place

import "strings"

// The tags of a template's controls that are no answers: they say which part
// of the page stands under which condition, or what the page says of itself.
const (
	sectionPrefix  = "section:"
	questionPrefix = "question:"
	factPrefix     = "fact:"
	// InstructionsTag marks what is for the officer who changes the template
	// and is never on a form.
	InstructionsTag = "instructions"
	// OnlyFormTag, OnlyPaperTag and OnlyFinalTag mark what stands on a form to
	// be filled in with Word, by hand, and on a final copy only.
	OnlyFormTag  = "only:form"
	OnlyPaperTag = "only:paper"
	OnlyFinalTag = "only:final"
	// RowNumberTag is the number of a row that is drawn as a card.
	RowNumberTag = "row:number"
	// FooterTag is what follows the reference in the foot of the page.
	FooterTag = "fact:foot"
)

// SectionTag marks everything of one section, QuestionTag of one question,
// FactTag a text of the page itself by its label.
func SectionTag(key string) string { return sectionPrefix + key }

// QuestionTag is described at [SectionTag].
func QuestionTag(key string) string { return questionPrefix + key }

// FactTag is described at [SectionTag].
func FactTag(label string) string { return factPrefix + label }

// PartKind is what a template's control stands around.
type PartKind string

// The kinds.
const (
	// NoPart is a control that is an answer's, or nobody's.
	NoPart       PartKind = ""
	Section      PartKind = "section"
	Question     PartKind = "question"
	Fact         PartKind = "fact"
	Instructions PartKind = "instructions"
	Only         PartKind = "only"
	RowNumber    PartKind = "row number"
	// Rows is the control around the rows of a table.
	Rows PartKind = "rows"
)

// ParsePart reads the tag of a control that is no answer: its kind, and the
// section, question, table, label or purpose it is about. The condition that
// may follow a key, after a blank, is for people.
func ParsePart(tag string) (kind PartKind, about string) {
	if label, isFact := strings.CutPrefix(tag, factPrefix); isFact {
		return Fact, label
	}
	tag, _, _ = strings.Cut(tag, " ")
	switch {
	case tag == InstructionsTag:
		return Instructions, ""
	case tag == RowNumberTag:
		return RowNumber, ""
	case tag == OnlyFormTag || tag == OnlyPaperTag || tag == OnlyFinalTag:
		return Only, tag
	}
	if key, is := strings.CutPrefix(tag, sectionPrefix); is {
		return Section, key
	}
	if key, is := strings.CutPrefix(tag, questionPrefix); is {
		return Question, key
	}
	if key, is := strings.CutSuffix(tag, RowsTag("")); is {
		return Rows, key
	}
	return NoPart, ""
}

// WithCondition is a tag with the condition of what it marks, as far as Word
// takes it.
func WithCondition(tag, condition string) string {
	if condition == "" {
		return tag
	}
	runes := []rune(tag + " if " + condition)
	if len(runes) > maxTag {
		return string(runes[:maxTag-1]) + "…"
	}
	return string(runes)
}
