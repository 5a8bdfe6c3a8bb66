package word_test

import (
	"flag"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ref is an invented reference with a right check character.
func ref(t testing.TB) pep.Ref {
	t.Helper()
	r, err := pep.NewRef(pep.RefKey{1}, 42)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func library(t testing.TB) *form.Library {
	t.Helper()
	l, err := form.Load(forms.FS)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// formIDs are the three forms, each with the packs that add most to it.
func formIDs() []string {
	return []string{"early-years", "statutory", "post-16", "statutory+transition"}
}

func formByID(t testing.TB, id string) form.Form {
	t.Helper()
	f, known := library(t).ByID(id)
	if !known {
		t.Fatalf("there is no form %s", id)
	}
	return f
}

// draw makes a document of a whole form, as room document does for a reader
// who may see everything.
func draw(t testing.TB, f form.Form, v form.Values, purpose document.Purpose) document.Document {
	t.Helper()
	doc := document.Document{
		Title: f.Title, Language: "en-GB", Ref: ref(t), FormID: f.ID, FormVersion: f.Version, Purpose: purpose,
		Header: f.Title, Footer: "In confidence",
	}
	doc.Blocks = append(doc.Blocks, document.Heading{Level: 1, Text: f.Title})
	for _, section := range f.Sections {
		doc.Blocks = append(doc.Blocks, document.Heading{Level: 2, Key: section.Key, Text: section.Title})
		for _, field := range section.Fields {
			doc.Blocks = append(doc.Blocks, block(field, v))
		}
	}
	return doc
}

func block(field form.Field, v form.Values) document.Block {
	if field.Kind != form.Table {
		value := v.Fields[field.Key]
		return document.Answer{
			Key: field.Key, Label: field.Label, Help: field.Help, Kind: field.Kind, FilledBy: "School or setting", Colour: "1B5E20",
			Value: value, Display: shown(field, value), Locked: field.Locked, Choices: field.Choices, Lines: field.Lines, MaxLength: field.MaxLength,
		}
	}
	grid := document.Grid{
		Key: field.Key, Label: field.Label, Help: field.Help, FilledBy: "School or setting", Colour: "1B5E20", Layout: document.Rows,
		Spare: field.SpareRows, MaxRows: field.MaxRows, FixedRows: len(field.FixedRows) > 0, Locked: field.Locked,
	}
	if field.Cards {
		grid.Layout = document.Cards
	}
	for i, column := range field.Columns {
		grid.Columns = append(grid.Columns, document.Column{
			Key: column.Key, Label: column.Label, Kind: column.Kind, Choices: column.Choices, Width: column.Width, MaxLength: column.MaxLength,
			Locked: column.Locked || i == 0 && grid.FixedRows,
		})
	}
	for at, row := range field.Rows(v) {
		cells := make([]document.Cell, len(field.Columns))
		for i, column := range field.Columns {
			cells[i] = document.Cell{Value: row[column.Key], Display: shown(column, row[column.Key])}
			if i == 0 && at < len(field.FixedRows) {
				cells[i].Display = field.FixedRows[at].Label
			}
		}
		grid.Rows = append(grid.Rows, cells)
	}
	return grid
}

// shown puts a canonical answer into words.
func shown(field form.Field, value string) string {
	if value == "" {
		return ""
	}
	switch field.Kind {
	case form.YesNo:
		return strings.ToUpper(value[:1]) + value[1:]
	case form.Money:
		return "£" + value
	case form.Percent:
		return value + "%"
	case form.OneOf, form.SeveralOf:
		keys := strings.Split(value, "; ")
		for i, key := range keys {
			keys[i] = field.ChoiceLabel(key)
		}
		return strings.Join(keys, "; ")
	default:
		return value
	}
}

// valuesOf generates answers of a form: anything that a person may write. One
// number stands for all of them, because a form has some two hundred.
func valuesOf(f form.Form) *rapid.Generator[form.Values] {
	return rapid.Map(rapid.Uint64(), func(seed uint64) form.Values { return chance{rand.New(rand.NewPCG(seed, 1))}.values(f) })
}

// chance draws answers.
type chance struct{ *rand.Rand }

func (c chance) values(f form.Form) form.Values {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for field := range f.Fields() {
		if field.Kind == form.Table {
			if rows := c.rows(field); len(rows) > 0 {
				v.Tables[field.Key] = rows
			}
		} else if value := c.answer(field); value != "" {
			v.Fields[field.Key] = value
		}
	}
	return v
}

func (c chance) rows(table form.Field) []form.Row {
	var rows []form.Row
	for _, fixed := range table.FixedRows {
		rows = append(rows, c.row(table, form.Row{table.Columns[0].Key: fixed.Key}))
	}
	for range c.IntN(1 + min(4, max(table.SpareRows, 1))) {
		if len(table.FixedRows) == 0 {
			rows = append(rows, c.row(table, form.Row{}))
		}
	}
	return table.Rows(form.Values{Tables: map[string][]form.Row{table.Key: rows}})
}

func (c chance) row(table form.Field, row form.Row) form.Row {
	fixed := len(row) > 0
	for i, column := range table.Columns {
		if i == 0 && fixed {
			continue
		}
		if value := c.answer(column); value != "" {
			row[column.Key] = value
		}
	}
	return row
}

// answer is a canonical answer, or none.
func (c chance) answer(field form.Field) string {
	if c.IntN(4) == 0 {
		return ""
	}
	canonical, err := field.Canonical(c.raw(field))
	if err != nil {
		return ""
	}
	return canonical
}

func (c chance) raw(field form.Field) string {
	switch field.Kind {
	case form.Date:
		return pep.MustDate("2026-03-17").AddDays(c.IntN(9900) - 9000).String()
	case form.Number, form.Money, form.Percent:
		return strconv.Itoa(c.IntN(100))
	case form.YesNo:
		return []string{"yes", "no"}[c.IntN(2)]
	case form.OneOf:
		return field.Choices[c.IntN(len(field.Choices))].Key
	case form.SeveralOf:
		var keys []string
		for _, choice := range field.Choices {
			if c.IntN(2) == 0 {
				keys = append(keys, choice.Key)
			}
		}
		return strings.Join(keys, "; ")
	default:
		return c.writing(field.Kind == form.LongText)
	}
}

// writing is text in several scripts, with what XML must escape.
func (c chance) writing(lines bool) string {
	pieces := []string{
		"Zoë Łukasz", "Ngũgĩ", "李明", "سلام", "Привіт", "A & B", "x < y > z", `"quoted"`, "it’s", "12/03/2026", "yes", "]]>", "😀", "&amp;",
	}
	if lines {
		pieces = append(pieces, "\n", "\n\n", "• one\n• two")
	}
	var out []string
	for range 1 + c.IntN(6) {
		out = append(out, pieces[c.IntN(len(pieces))])
	}
	return strings.Join(out, " ")
}

// prefilled are the answers of an invented child's form before it goes out.
func prefilled(t testing.TB, f form.Form) form.Values {
	t.Helper()
	rec := pep.Record{
		Ref: ref(t),
		Child: pep.Child{
			ID: "100001", Forename: "Zoë", Surname: "Łukasz", DateOfBirth: pep.MustDate("2014-05-06"), Sex: "F",
			LegalStatus: "C2", BecameLookedAfter: pep.MustDate("2021-02-03"), Placement: "U1", PlacementPostcode: "ZZ1 1ZZ",
			Setting: pep.Setting{Name: "Invented Primary School", URN: "100000"}, OnRoll: "yes",
			Meeting: pep.Meeting{Date: pep.MustDate("2026-02-10")},
		},
		Contacts: []pep.Contact{
			{Role: pep.SocialWorker, Name: "Ama Example", Organisation: "Invented Council", Email: pep.ParseAddress("ama@council.example"), Phone: "01632 960001"},
			{Role: pep.DesignatedTeacher, Name: "Ben Example", Organisation: "Invented Primary School", Email: pep.ParseAddress("ben@school.example")},
			{Role: pep.FosterCarer, Name: "Cy Example", Phone: "01632 960002"},
		},
		Targets: []pep.Target{{PEPDate: pep.MustDate("2025-10-10"), Number: 1, Area: "English", Text: "Read one book a week & talk about it", Baseline: "Reads with help"}},
	}
	return form.Prefill(f, rec, pep.Plan{Phase: f.Phase}, form.Known{Generated: pep.MustDate("2026-01-12"), CopyFor: "designated teacher", Authority: "Invented Council"})
}

// otherRef is another sound reference.
func otherRef(t testing.TB) string {
	t.Helper()
	r, err := pep.NewRef(pep.RefKey{1}, 43)
	if err != nil {
		t.Fatal(err)
	}
	return string(r)
}
