package word_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
)

// mustRead reads what must be readable for certain.
func mustRead(t fatal, data []byte, forms word.Forms) word.Reading {
	reading, err := word.Read(data, forms)
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	if len(reading.Unreadable) > 0 || len(reading.Problems) > 0 || reading.Confidence != 1 {
		t.Fatalf("confidence %v, unreadable %v, problems %v", reading.Confidence, reading.Unreadable, reading.Problems)
	}
	return reading
}

type fatal interface {
	Fatalf(format string, args ...any)
}

// someForm draws one of the forms, all of them loaded beforehand.
func someForm(t *testing.T) *rapid.Generator[form.Form] {
	all := make([]form.Form, 0, len(formIDs()))
	for _, id := range formIDs() {
		all = append(all, formByID(t, id))
	}
	return rapid.Custom(func(rt *rapid.T) form.Form { return all[rapid.IntRange(0, len(all)-1).Draw(rt, "form")] })
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	forms, some := library(t), someForm(t)
	purposes := rapid.SampledFrom([]document.Purpose{document.BlankForm, document.FinalCopy})
	rapid.Check(t, func(rt *rapid.T) {
		f := some.Draw(rt, "form")
		sent := valuesOf(f).Draw(rt, "values")
		data, err := word.Write(draw(t, f, sent, purposes.Draw(rt, "purpose")))
		if err != nil {
			rt.Fatal(err)
		}
		reading := mustRead(rt, data, forms)
		if diff := cmp.Diff(form.Diff(f, sent, reading.Values), []form.Change(nil)); diff != "" {
			rt.Fatal(diff)
		}
		if reading.Ref != ref(t) || reading.Form != f.ID || reading.Version != f.Version {
			rt.Fatalf("identity is %q %q %q", reading.Ref, reading.Form, reading.Version)
		}
	})
}

func TestWhatASettingFillsInIsReadBack(t *testing.T) {
	forms, some := library(t), someForm(t)
	rapid.Check(t, func(rt *rapid.T) {
		f := some.Draw(rt, "form")
		sent, filled := valuesOf(f).Draw(rt, "sent"), valuesOf(f).Draw(rt, "filled")
		data, err := word.Write(draw(t, f, sent, document.BlankForm))
		if err != nil {
			rt.Fatal(err)
		}
		want := mergeOpen(f, sent, filled)
		returned, err := word.Fill(data, want)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(form.Diff(f, want, mustRead(rt, returned, forms).Values), []form.Change(nil)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// mergeOpen is what the form says once a setting has written every open
// answer: locked ones stay, and a table takes as many rows as it offers.
func mergeOpen(f form.Form, sent, filled form.Values) form.Values {
	out := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for field := range f.Fields() {
		switch {
		case field.Kind != form.Table && field.Locked:
			out.Fields[field.Key] = sent.Fields[field.Key]
		case field.Kind != form.Table:
			out.Fields[field.Key] = filled.Fields[field.Key]
		default:
			out.Tables[field.Key] = mergeRows(field, field.Rows(sent), field.Rows(filled))
		}
	}
	return out
}

func mergeRows(table form.Field, sent, filled []form.Row) []form.Row {
	if table.Locked {
		return sent
	}
	var rows []form.Row
	for i := range max(len(sent), len(filled)) {
		row := form.Row{}
		for at, column := range table.Columns {
			from := filled
			if column.Locked || at == 0 && len(table.FixedRows) > 0 {
				from = sent
			}
			row[column.Key] = ""
			if i < len(from) {
				row[column.Key] = from[i][column.Key]
			}
		}
		rows = append(rows, row)
	}
	return rows
}
