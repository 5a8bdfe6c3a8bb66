package document

import (
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// Build makes a form's document for one reader, and lists what was left out of
// it and why. What the reader may not see by the form's own rights is left out
// and no more said; a free text that repeats where or with whom the child
// lives, to a reader who may not know it, is left out and the copy must wait
// for a person (Holds).
func Build(f form.Form, v form.Values, to Reader, head Head) (Document, []Withheld) {
	b := builder{form: f, values: v, to: to}
	b.secrets = gather(f, v, b.sees)
	doc := Document{
		Title: f.Title, Language: firstText(head.Language, "en-GB"), Ref: head.Ref, FormID: f.ID, FormVersion: f.Version,
		Purpose: to.Purpose, OnPaper: head.OnPaper, CopyFor: sentence(to.Role.Words()), Authority: head.Authority, VirtualSchool: head.VirtualSchool,
		ReturnBy: head.ReturnBy, ReturnTo: head.ReturnTo, Generated: head.Generated,
		Header: f.Title, Footer: string(head.Ref),
	}
	if !head.Generated.IsZero() {
		doc.Footer += ", made on " + head.Generated.Slashed()
	}
	doc.Blocks = opening(doc, head)
	for _, section := range f.Sections {
		doc.Blocks = append(doc.Blocks, b.section(section)...)
	}
	return doc, b.withheld
}

// builder makes the blocks of one document.
type builder struct {
	form   form.Form
	values form.Values
	to     Reader
	// whole is set where the form is drawn for nobody: everything is in it.
	whole    bool
	secrets  secrets
	withheld []Withheld
}

// sees reports whether the reader may see a field or a column at all: whoever
// reads the mailbox in another role may have to see it too.
func (b *builder) sees(field form.Field) bool {
	if b.whole {
		return true
	}
	for _, also := range b.to.Also {
		if !b.form.Rights.MaySee(field, also, b.to.WithholdPlacementAddress) {
			return false
		}
	}
	return b.form.Rights.MaySee(field, b.to.Role, b.to.WithholdPlacementAddress)
}

// offered reports whether a field or column is on the form at all.
func (b *builder) offered(field form.Field) bool {
	return b.whole || field.Offered.Judge(b.values) != form.False
}

// needed reports whether the plan cannot be final without the answer; of a
// whole form, whether it ever cannot.
func (b *builder) needed(field form.Field) bool {
	if b.whole {
		return !field.Send.Never() || !field.Finalise.Never()
	}
	return field.Needed(form.ToFinalise, b.values)
}

// final reports whether the document is to be read and not to be filled in.
func (b *builder) final() bool { return b.to.Purpose == FinalCopy }

// opening is the head of the first page: what this is, and, for a form, how to
// fill it in and send it back.
func opening(doc Document, head Head) []Block {
	blocks := []Block{Heading{Level: 1, Key: "title", Text: doc.Title}, Facts{Label: "About this copy", Pairs: pairs(doc, head)}}
	if doc.Purpose == FinalCopy {
		return blocks
	}
	for _, note := range HowTo(head.OnPaper) {
		blocks = append(blocks, note)
	}
	return blocks
}

// HowTo are the notes that tell how a form is filled in, with Word or by hand.
func HowTo(onPaper bool) []Note {
	how := "Open this form in the desktop version of Word, fill it in, save it and send it back to the address above. " +
		"Leave the child's name out of the subject and of the file's name; the reference is enough."
	if onPaper {
		how = "Fill this form in by hand, in black ink, and post it back with the label on the last sheet. " +
			"Tick boxes with a cross. If there is not enough room, write on another sheet and put the reference and the question on it."
	}
	return []Note{
		{Tone: Important, Text: how},
		{Tone: Guidance, Text: "Who answers a question is said with it or above its table, in words and by colour. " +
			"What we already know is filled in and locked: if it is wrong, tell us when you send the form back."},
	}
}

func pairs(doc Document, head Head) []Fact {
	var all []Fact
	add := func(label, text string) {
		if text != "" {
			all = append(all, Fact{Label: label, Text: text})
		}
	}
	add(LabelReference, string(doc.Ref))
	add(LabelCopyFor, doc.CopyFor)
	add(LabelFrom, joinedText(doc.VirtualSchool, doc.Authority))
	if doc.Purpose == BlankForm {
		if !head.ReturnBy.IsZero() {
			add(LabelReturnBy, head.ReturnBy.Long())
		}
		add(LabelReturnTo, head.ReturnTo)
	}
	add(LabelQuestions, joinedText(head.Officer, head.Phone))
	if !doc.Generated.IsZero() {
		add(LabelMadeOn, doc.Generated.Long())
	}
	return all
}

// joinedText is both texts with a comma, or the one there is. An authority's
// name that the first already begins with is not said twice.
func joinedText(first, second string) string {
	switch {
	case first == "":
		return second
	case second == "" || len(first) > len(second) && first[:len(second)] == second:
		return first
	}
	return first + ", " + second
}

func firstText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// section is the blocks of one section, or none where nothing of it is for
// this reader.
func (b *builder) section(s form.Section) []Block {
	var fields []Block
	answered := false
	for _, field := range s.Fields {
		blocks, has := b.field(field)
		fields = append(fields, blocks...)
		answered = answered || has
	}
	if len(fields) == 0 || b.final() && s.Optional && !answered {
		return nil
	}
	var head []Block
	if s.NewPage && !b.final() {
		head = append(head, PageBreak{})
	}
	head = append(head, Heading{Level: 2, Key: s.Key, Text: s.Title})
	if s.Help != "" && !b.final() {
		head = append(head, Note{Tone: Guidance, Text: s.Help})
	}
	return append(head, fields...)
}

// field is the blocks of one field, and whether it has an answer.
func (b *builder) field(field form.Field) ([]Block, bool) {
	if !b.offered(field) {
		return nil, false
	}
	if !b.sees(field) {
		b.leaveOut(field.Key, "not for a "+roleWords(b.to.Role))
		return nil, false
	}
	if field.Kind == form.Table {
		return b.grid(field)
	}
	return b.answer(field)
}

func (b *builder) leaveOut(key, why string) {
	b.withheld = append(b.withheld, Withheld{Field: key, Why: why})
}

func roleWords(role pep.Role) string {
	if role == "" {
		return "reader without a role"
	}
	return role.Words()
}
