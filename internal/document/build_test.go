package document

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// answered is a form of an invented child with an answer of its own kind in
// every field that takes one; year and age say which fields are offered.
func answered(f form.Form, year, age string) form.Values {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for field := range f.Fields() {
		if field.Kind != form.Table {
			v.Fields[field.Key] = sample(field)
			continue
		}
		row := form.Row{}
		for _, column := range field.Columns {
			row[column.Key] = sample(column)
		}
		v.Tables[field.Key] = []form.Row{row}
	}
	v.Fields["child.ncy"], v.Fields["child.age"] = year, age
	return v
}

func sample(field form.Field) string {
	switch field.Kind {
	case form.Date:
		return "2026-03-17"
	case form.Number, form.Percent:
		return "2"
	case form.Money:
		return "1200.50"
	case form.OneOf, form.SeveralOf:
		return field.Choices[0].Key
	case form.YesNo:
		return "yes"
	case form.Text, form.LongText, form.ContactKind, form.Table:
	}
	return "Words about " + strings.ReplaceAll(field.Key, ".", " ")
}

func TestAFinalCopyShowsNothingEmptyAndNothingOpen(t *testing.T) {
	for _, id := range everyForm() {
		f := formByID(t, id)
		full := answered(f, "8", "13")
		for name, values := range map[string]form.Values{
			"full": full, "empty": {}, "some": {Fields: map[string]string{"views.sw": "All is well."}, Tables: map[string][]form.Row{
				"targets":        {{"t.no": "1", "t.outcome": "Reads aloud"}, {"t.no": "2"}},
				"meet.attendees": {{"name": "Jo Park"}, {"email": "jo@school.example"}, {}},
			}},
		} {
			for _, role := range pep.Roles() {
				doc, _ := Build(f, values, Reader{Role: role, Purpose: FinalCopy}, Head{Ref: "PEP-7F3K-2Q", ReturnTo: "pep@council.example"})
				for _, problem := range openOrEmpty(doc) {
					t.Errorf("%s, %s, for a %s: %s", id, name, role, problem)
				}
			}
		}
	}
}

// openOrEmpty lists what a final copy must not have.
func openOrEmpty(doc Document) []string {
	var out []string
	last := Block(nil)
	for _, block := range append(slices.Clone(doc.Blocks), PageBreak{}) {
		if heading, ok := last.(Heading); ok && heading.Level > 1 {
			switch block.(type) {
			case Heading, PageBreak:
				out = append(out, "nothing stands under the heading "+heading.Text)
			}
		}
		last = block
		switch b := block.(type) {
		case Note:
			out = append(out, "a note on filling in: "+b.Text)
		case Answer:
			if b.Value == "" || b.Display == "" || !b.Locked || b.Required || len(b.Choices) > 0 || b.Help != "" {
				out = append(out, b.Key+" is empty or open")
			}
		case Grid:
			out = append(out, openOrEmptyGrid(b)...)
		case Facts:
			for _, pair := range b.Pairs {
				if strings.HasPrefix(pair.Label, "Return") || pair.Text == "" {
					out = append(out, "asks for the return")
				}
			}
		}
	}
	return out
}

func openOrEmptyGrid(g Grid) []string {
	var out []string
	if len(g.Rows) == 0 || g.Spare > 0 || !g.Locked || g.Required || g.Help != "" {
		out = append(out, g.Key+" is empty or open")
	}
	for _, column := range g.Columns {
		if !column.Locked || column.Required || len(column.Choices) > 0 {
			out = append(out, g.Key+"."+column.Key+" is open")
		}
	}
	for _, row := range g.Rows {
		cells := row
		if g.FixedRows {
			cells = row[1:]
		}
		if !slices.ContainsFunc(cells, func(c Cell) bool { return c.Value != "" }) {
			out = append(out, g.Key+" has an empty row")
		}
	}
	return out
}

func TestABlankFormHasRoomToWriteAndSaysWhoFillsIn(t *testing.T) {
	doc, _ := Build(formByID(t, "statutory"), form.Values{}, Reader{Role: pep.DesignatedTeacher, Purpose: BlankForm}, Head{
		Ref: "PEP-7F3K-2Q", ReturnBy: pep.MustDate("2026-03-12"), ReturnTo: "pep@council.example", VirtualSchool: "Invented Virtual School",
		Authority: "Invented Council", Officer: "A Officer", Phone: "01632 960100", Generated: pep.MustDate("2026-02-03"),
	})
	wantFacts := []Fact{
		{"Reference", "PEP-7F3K-2Q"},
		{"Copy for", "Designated teacher"},
		{"From", "Invented Virtual School, Invented Council"},
		{"Return by", "Thu 12 March 2026"},
		{"Return to", "pep@council.example"},
		{"Questions", "A Officer, 01632 960100"},
		{"Made on", "Tue 3 February 2026"},
	}
	if diff := cmp.Diff(doc.Blocks[1], Block(Facts{"About this copy", wantFacts})); diff != "" {
		t.Errorf("facts differ: %s", diff)
	}
	if doc.Language != "en-GB" || doc.Footer != "PEP-7F3K-2Q, made on 03/02/2026" {
		t.Errorf("language %q, footer %q", doc.Language, doc.Footer)
	}
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case Answer:
			if b.FilledBy == "" || b.Colour == "" || b.Value != "" || b.Locked != (b.Filler == form.ByProgram) {
				t.Errorf("%s: filled in by %q in %q, locked %v", b.Key, b.FilledBy, b.Colour, b.Locked)
			}
		case Grid:
			if b.FilledBy == "" || len(b.Rows)+b.Spare == 0 || b.AltText == "" {
				t.Errorf("%s: filled in by %q, %d rows, %d spare", b.Key, b.FilledBy, len(b.Rows), b.Spare)
			}
		}
	}
}

func TestLabelsBeginWithACapital(t *testing.T) {
	begins := func(text string) bool { return text != "" && strings.ToUpper(text[:1]) == text[:1] }
	for _, id := range everyForm() {
		f := formByID(t, id)
		doc, _ := Build(f, answered(f, "8", "13"), Reader{Role: pep.SocialWorker, Purpose: BlankForm}, Head{})
		for _, block := range doc.Blocks {
			switch b := block.(type) {
			case Heading:
				if !begins(b.Text) {
					t.Errorf("%s: heading %q", id, b.Text)
				}
			case Answer:
				if !begins(b.Label) || !begins(b.FilledBy) {
					t.Errorf("%s: label %q, filled by %q", id, b.Label, b.FilledBy)
				}
			case Grid:
				for _, column := range b.Columns {
					if !begins(column.Label) || !begins(b.Label) {
						t.Errorf("%s: label %q, column %q", id, b.Label, column.Label)
					}
				}
			}
		}
	}
}

func TestAnswersAreShownInWords(t *testing.T) {
	choices := []form.Choice{{Key: "a", Label: "first, best"}, {Key: "b", Label: "second"}}
	for _, c := range []struct {
		kind        form.Kind
		value, want string
	}{
		{form.Text, "as it is", "as it is"},
		{form.LongText, "two\nlines", "two\nlines"},
		{form.Date, "2026-03-17", "17/03/2026"},
		{form.Date, "in spring", "in spring"},
		{form.Number, "12.5", "12.5"},
		{form.Money, "1200.50", "£1,200.50"},
		{form.Money, "0.05", "£0.05"},
		{form.Money, "about ten", "about ten"},
		{form.Money, "1200", "1200"},
		{form.Money, "1.2.3", "1.2.3"},
		{form.Money, "1.5", "1.5"},
		{form.Percent, "96.5", "96.5%"},
		{form.YesNo, "yes", "Yes"},
		{form.YesNo, "no", "No"},
		{form.OneOf, "a", "first, best"},
		{form.OneOf, "z", "z"},
		{form.SeveralOf, "a; b", "first, best; second"},
		{form.SeveralOf, "", ""},
	} {
		if got := display(form.Field{Kind: c.kind, Choices: choices}, c.value); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.value, got, c.want)
		}
	}
}

func TestRolesAreWrittenOut(t *testing.T) {
	for role, want := range map[pep.Role]string{
		pep.ReviewingOfficer: "Independent reviewing officer", pep.SENCO: "Special educational needs co-ordinator",
		pep.DesignatedTeacher: "Designated teacher", "": "",
	} {
		if doc, _ := Build(formByID(t, "statutory"), form.Values{}, Reader{Role: role}, Head{}); doc.CopyFor != want {
			t.Errorf("copy for %q, want %q", doc.CopyFor, want)
		}
	}
}

func TestBuildNeverAltersAnAnswer(t *testing.T) {
	ids := everyForm()
	for _, id := range ids {
		f := formByID(t, id)
		keys := slices.Collect(maps.Keys(answered(f, "8", "13").Fields))
		slices.Sort(keys)
		rapid.Check(t, func(t *rapid.T) {
			given := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
			for _, key := range rapid.SliceOfN(rapid.SampledFrom(keys), 0, 20).Draw(t, "keys") {
				given.Fields[key] = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"2026-03-17", "yes", "7", "1.50", "CH99 4ZZ"})).Draw(t, "answer")
			}
			for field := range f.Fields() {
				if field.Kind == form.Table && rapid.IntRange(0, 4).Draw(t, "with rows") == 0 {
					given.Tables[field.Key] = drawRows(t, field)
				}
			}
			to := Reader{
				Role: rapid.SampledFrom(append(pep.Roles(), "")).Draw(t, "role"), WithholdPlacementAddress: rapid.Bool().Draw(t, "withhold"),
				Purpose: rapid.SampledFrom([]Purpose{BlankForm, FinalCopy}).Draw(t, "purpose"),
			}
			doc, _ := Build(f, given, to, Head{})
			for _, block := range doc.Blocks {
				checkAsGiven(t, block, given)
			}
		})
	}
}

func drawRows(t *rapid.T, table form.Field) []form.Row {
	var out []form.Row
	for range rapid.IntRange(0, 3).Draw(t, "rows") {
		row := form.Row{}
		for _, column := range table.Columns {
			if text := rapid.OneOf(rapid.Just(""), rapid.StringN(0, 6, -1)).Draw(t, "cell"); text != "" {
				row[column.Key] = text
			}
		}
		for _, fixed := range table.FixedRows {
			if rapid.Bool().Draw(t, "fixed") {
				row[table.Columns[0].Key] = fixed.Key
			}
		}
		out = append(out, row)
	}
	return out
}

func checkAsGiven(t *rapid.T, block Block, given form.Values) {
	switch b := block.(type) {
	case Answer:
		if b.Value != "" && b.Value != given.Fields[b.Key] {
			t.Fatalf("%s is %q, was %q", b.Key, b.Value, given.Fields[b.Key])
		}
	case Grid:
		for _, row := range b.Rows {
			if len(row) != len(b.Columns) {
				t.Fatalf("%s: %d cells under %d columns", b.Key, len(row), len(b.Columns))
			}
			if !slices.ContainsFunc(given.Tables[b.Key], func(g form.Row) bool { return within(b, row, g) }) && !fixedAlone(b, row) {
				t.Fatalf("%s has a row that nobody gave: %q", b.Key, row)
			}
		}
	}
}

// within reports whether each cell of a row is that of the row given, or empty.
func within(g Grid, row []Cell, given form.Row) bool {
	for i, cell := range row {
		if cell.Value != "" && cell.Value != given[g.Columns[i].Key] {
			return false
		}
	}
	return true
}

func fixedAlone(g Grid, row []Cell) bool {
	return g.FixedRows && !slices.ContainsFunc(row[1:], func(c Cell) bool { return c.Value != "" })
}

func BenchmarkBuild(b *testing.B) {
	f := formByID(b, "statutory+transition")
	values := answered(f, "8", "13")
	to := Reader{Role: pep.DesignatedTeacher, WithholdPlacementAddress: true, Purpose: BlankForm}
	b.ReportAllocs()
	for b.Loop() {
		Build(f, values, to, Head{Ref: "PEP-7F3K-2Q", Generated: pep.MustDate("2026-02-03")})
	}
}
