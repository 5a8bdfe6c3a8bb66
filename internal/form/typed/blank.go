package typed

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/form"
)

// Blank is a CSV of the fields that can be typed, with their questions and how
// they are answered, and room for the answers. It has none of anybody's. Asks
// says which fields and cells, as targets[2].t.outcome, the paper has a place
// for; a table has at most its fixed rows, or as many as were left empty for
// writing.
func Blank(f form.Form, asks func(key string) bool) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(key, question string, field form.Field) {
		// A bytes.Buffer takes everything.
		_ = w.Write([]string{key, "", question, takes(field)})
	}
	_ = w.Write([]string{fieldColumn, answerColumn, "question", "how"})
	for field := range f.Fields() {
		switch {
		case field.Locked || !asks(field.Key):
		case field.Kind != form.Table:
			write(field.Key, field.Label, field)
		default:
			for row := range rowsOf(field) {
				for at, column := range field.Columns {
					key := form.CellKey(field.Key, row+1, column.Key)
					if asks(key) && !column.Locked && (at > 0 || len(field.FixedRows) == 0) {
						write(key, question(field, row, column), column)
					}
				}
			}
		}
	}
	w.Flush()
	return b.Bytes()
}

// rowsOf is how many rows of a table are written.
func rowsOf(table form.Field) int {
	switch {
	case len(table.FixedRows) > 0:
		return len(table.FixedRows)
	case table.SpareRows > 0:
		return table.SpareRows
	}
	return 1
}

func question(table form.Field, row int, column form.Field) string {
	name := fmt.Sprintf("row %d", row+1)
	if row < len(table.FixedRows) {
		name = table.FixedRows[row].Label
	}
	return table.Label + ", " + name + ": " + column.Label
}

// takes is how a field is answered.
func takes(field form.Field) string {
	switch field.Kind {
	case form.Date:
		return "a date: 31/12/2026"
	case form.Number:
		return "a number"
	case form.Money:
		return "pounds"
	case form.Percent:
		return "a percentage"
	case form.YesNo:
		return "yes or no"
	case form.OneOf:
		return "one of: " + choices(field)
	case form.SeveralOf:
		return "any of, parted by semicolons: " + choices(field)
	case form.Text, form.LongText, form.Table, form.ContactKind:
	}
	return spelling(field.Format)
}

// spelling is how a text of a format is written; empty where any will do.
func spelling(format form.Format) string {
	switch format {
	case form.UPNFormat:
		return "a UPN: a letter and twelve digits"
	case form.ULNFormat:
		return "a ULN: ten digits"
	case form.URNFormat:
		return "a URN: six digits"
	case form.LAEstabFormat:
		return "an LAEstab: 896/1234"
	case form.UKPRNFormat:
		return "a UKPRN: eight digits"
	case form.EmailFormat:
		return "an e-mail address"
	case form.PhoneFormat:
		return "a telephone number"
	case form.PostcodeFormat:
		return "a postcode"
	case form.TimeFormat:
		return "a time: 15:30"
	case form.AnyFormat:
	}
	return ""
}

func choices(field form.Field) string {
	var keys []string
	for _, c := range field.Choices {
		keys = append(keys, c.Key)
	}
	return strings.Join(keys, ", ")
}
