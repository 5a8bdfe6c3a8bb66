package word_test

import (
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
	"github.com/pepost/pepost/internal/word/opc"
)

// smallForm has a question of every kind.
func smallForm() form.Form {
	colours := []form.Choice{{Key: "r", Label: "Red & black"}, {Key: "g", Label: "Green"}, {Key: "b", Label: "Blue"}}
	return form.Form{ID: "small", Title: "A small form", Version: "abc123", Sections: []form.Section{{
		Key: "all", Title: "Everything", Fields: []form.Field{
			{Key: "ours", Label: "Ours", Kind: form.Text, Locked: true},
			{Key: "line", Label: "One line", Kind: form.Text},
			{Key: "long", Label: "Many lines", Kind: form.LongText},
			{Key: "day", Label: "Which day", Kind: form.Date},
			{Key: "sum", Label: "How much", Kind: form.Money},
			{Key: "one", Label: "Which colour", Kind: form.OneOf, Choices: colours},
			{Key: "many", Label: "Which colours", Kind: form.SeveralOf, Choices: colours},
			{Key: "yes", Label: "Is it so", Kind: form.YesNo},
			{Key: "people", Label: "People", Kind: form.Table, SpareRows: 2, MaxRows: 3, Columns: []form.Field{
				{Key: "name", Label: "Name", Kind: form.Text}, {Key: "came", Label: "Came", Kind: form.YesNo}, {Key: "on", Label: "On", Kind: form.Date},
			}},
			{Key: "aims", Label: "Aim", Kind: form.Table, SpareRows: 2, Cards: true, Columns: []form.Field{
				{Key: "what", Label: "What", Kind: form.LongText}, {Key: "who", Label: "Who", Kind: form.OneOf, Choices: colours},
			}},
			{
				Key: "subjects", Label: "Subjects", Kind: form.Table,
				FixedRows: []form.Choice{{Key: "maths", Label: "Maths"}, {Key: "other1", Label: "Another"}, {Key: "other2", Label: "Another"}},
				Columns: []form.Field{
					{Key: "subject", Label: "Subject", Kind: form.Text, Locked: true}, {Key: "mark", Label: "Mark", Kind: form.Number},
				},
			},
		},
	}}}
}

// smallValues answer every question of the small form.
func smallValues() form.Values {
	return form.Values{
		Fields: map[string]string{
			"ours": "Zoë Example", "line": "one & two", "long": "first\nsecond", "day": "2026-03-17", "sum": "12.50",
			"one": "r", "many": "r; b", "yes": "no",
		},
		Tables: map[string][]form.Row{
			"people":   {{"name": "Ama", "came": "yes", "on": "2026-03-01"}, {"name": "Ben", "came": "no"}},
			"aims":     {{"what": "to read\nand write", "who": "g"}, {"what": "to swim"}},
			"subjects": {{"subject": "maths", "mark": "7"}, {"subject": "other1", "mark": "8"}, {"subject": "other2"}},
		},
	}
}

// known is a form library of one form.
type known struct{ form.Form }

// ByID gives the one form.
func (k known) ByID(id string) (form.Form, bool) { return k.Form, id == k.ID }

// small is the small form as it went out.
func small(t testing.TB) []byte {
	t.Helper()
	data, err := word.Write(draw(t, smallForm(), smallValues(), document.BlankForm))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// part is the text of one part of a file.
func part(t testing.TB, data []byte, name string) string {
	t.Helper()
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	content, err := pack.Read(name)
	if err != nil {
		t.Fatal(name, err)
	}
	return string(content)
}

// edited is a file in which somebody changed one part; a change that changes
// nothing is a fault of the test.
func edited(t testing.TB, data []byte, name string, change func(string) string) []byte {
	t.Helper()
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	before := part(t, data, name)
	after := change(before)
	if after == before {
		t.Fatalf("the test changed nothing in %s", name)
	}
	out, err := pack.Changed(map[string][]byte{name: []byte(after)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	mainPart  = "word/document.xml"
	storePart = "customXml/item1.xml"
)
