package document

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
)

// Why a text is left out of a copy.
const (
	whyHome  = "it would tell where or with whom the child lives"
	whyPlace = "the place may be where the child lives"
)

// answer is one question. A final copy shows no question without an answer.
func (b *builder) answer(field form.Field) ([]Block, bool) {
	value := b.allowed(field, field.Key, b.values.Fields[field.Key])
	if b.final() && value == "" {
		return nil, false
	}
	words, colour := filledBy(b.form, field.Fillers)
	out := Answer{
		Key: field.Key, Label: sentence(field.Label), Help: field.Help, Kind: field.Kind, FilledBy: words, Colour: colour,
		Required: b.needed(field), Value: value, Display: display(field, value),
		Locked: field.Locked || b.final(), Choices: field.OpenChoices(b.values), MaxLength: field.MaxLength, Lines: field.Lines,
	}
	if len(field.Fillers) > 0 {
		out.Filler = field.Fillers[0]
	}
	if b.final() {
		out.Help, out.Required, out.Choices = "", false, nil
	}
	return []Block{out}, value != ""
}

// allowed is a value that the reader may read, or nothing where it repeats a
// secret.
func (b *builder) allowed(field form.Field, key, value string) string {
	if value == "" || !repeats(field.Kind) {
		return value
	}
	named := isName(field.Key)
	if !b.secrets.foundIn(value, named) {
		return value
	}
	if field.Place {
		b.leaveOut(key, whyPlace)
		return ""
	}
	b.withheld = append(b.withheld, Withheld{
		Field: key, Why: whyHome, Holds: true, Sentence: b.secrets.sentenceWith(value, named),
	})
	return ""
}

// repeats reports whether an answer of the kind can repeat a secret at all.
func repeats(k form.Kind) bool { return k == form.Text || k == form.LongText }

// isName reports whether a key is that of a person's own name.
func isName(key string) bool { return key == nameColumn || strings.HasSuffix(key, "."+nameColumn) }

// grid is one table. Rows of persons that would tell with whom the child lives
// are left out whole; a cell that repeats a secret is emptied.
func (b *builder) grid(field form.Field) ([]Block, bool) {
	columns := b.columns(field)
	rows := b.rows(field, columns)
	if len(columns) == 0 || b.final() && !anyAnswer(field, rows) {
		return nil, false
	}
	words, colour := filledBy(b.form, field.Fillers)
	out := Grid{
		Key: field.Key, Label: sentence(field.Label), Help: field.Help, FilledBy: words, Colour: colour,
		Required: b.needed(field), Layout: Rows, Rows: cells(columns, rows), Spare: field.SpareRows,
		MaxRows: field.MaxRows, FixedRows: len(field.FixedRows) > 0, Locked: field.Locked || b.final(),
		AltText: altText(field, columns),
	}
	for _, column := range columns {
		out.Columns = append(out.Columns, b.column(field, column))
	}
	if out.FixedRows && len(out.Columns) > 0 {
		out.Columns[0].Locked = true
	}
	if field.Cards {
		out.Layout = Cards
	}
	if len(field.Fillers) > 0 {
		out.Filler = field.Fillers[0]
	}
	if b.final() {
		out.Spare, out.Help, out.Required = 0, "", false
	}
	return []Block{out}, anyAnswer(field, rows)
}

// columns are the columns that the reader may see and that are offered.
func (b *builder) columns(table form.Field) []form.Field {
	var out []form.Field
	for _, column := range table.Columns {
		switch {
		case !b.offered(column):
		case !b.sees(column):
			b.leaveOut(table.Key+"."+column.Key, "not for a "+roleWords(b.to.Role))
		default:
			out = append(out, column)
		}
	}
	return out
}

func (b *builder) column(table, column form.Field) Column {
	out := Column{
		Key: column.Key, Label: column.Label, Help: column.Help, Kind: column.Kind, Choices: column.OpenChoices(b.values),
		Width: max(column.Width, 1), Required: b.needed(column),
		Locked: column.Locked || table.Locked || b.final(), MaxLength: column.MaxLength,
	}
	if b.final() {
		out.Help, out.Required, out.Choices = "", false, nil
	}
	return out
}

// rows are the table's rows with nothing in them that the reader may not see.
// In a final copy rows without an answer are left out.
func (b *builder) rows(table form.Field, columns []form.Field) []form.Row {
	var out []form.Row
	for i, row := range table.Rows(b.values) {
		if table.People && b.tells(table, row) {
			b.leaveOut(form.RowKey(table.Key, i+1), whyHome)
			continue
		}
		clean := form.Row{}
		for _, column := range columns {
			if value := b.allowed(column, form.CellKey(table.Key, i+1, column.Key), row[column.Key]); value != "" {
				clean[column.Key] = value
			}
		}
		if b.final() && !table.Answered(clean) {
			continue
		}
		out = append(out, clean)
	}
	return out
}

// tells reports whether a row of persons is about somebody the child lives
// with: by what it repeats, or because it names a carer, however spelt, to a
// reader who may not know one. Columns that the reader does not get anyway
// because they tell of the home are no reason to leave the person out.
func (b *builder) tells(table form.Field, row form.Row) bool {
	if b.secrets.carers && row[nameColumn] != "" && (isCarer(row["role"]) || isCarer(row["relationship"])) {
		return true
	}
	return slices.ContainsFunc(table.Columns, func(column form.Field) bool {
		if b.form.Rights.Home(column.Audience) && !b.sees(column) {
			return false
		}
		return b.secrets.foundIn(row[column.Key], isName(column.Key))
	})
}

func anyAnswer(table form.Field, rows []form.Row) bool {
	for _, row := range rows {
		if table.Answered(row) {
			return true
		}
	}
	return false
}

// cells are the rows as the drawers take them. The first column of a fixed row
// holds a key of the table's own and is shown by its label.
func cells(columns []form.Field, rows []form.Row) [][]Cell {
	var out [][]Cell
	for _, row := range rows {
		line := make([]Cell, len(columns))
		for i, column := range columns {
			line[i] = Cell{Value: row[column.Key], Display: display(column, row[column.Key])}
		}
		out = append(out, line)
	}
	return out
}

func altText(table form.Field, columns []form.Field) string {
	labels := make([]string, len(columns))
	for i, column := range columns {
		labels[i] = column.Label
	}
	return table.Label + ": one row each, with " + strings.Join(labels, ", ")
}
