// Package typed reads the answers that an officer typed from a paper form.
//
// [Read] takes a form and the text that was typed, as JSON, as CSV with the
// columns field and answer, or as lines of the kind field=answer, and gives the
// answers in canonical text together with everything that is wrong: a field
// that the form does not have, with the one that was probably meant, an answer
// of the wrong kind, a row too many. Each fault has its line. Whoever finds any
// uses none of the answers. [Blank] writes the fields to be typed. The package
// repeats no answer in a fault, touches no document and does no I/O.
package typed

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/form"
)

// The bounds of what is read.
const (
	// MaxBytes is the largest text.
	MaxBytes   = 1 << 20
	maxAnswers = 5000
	maxRow     = 500
	maxFaults  = 200
)

// Fault is one thing that is wrong with what was typed.
type Fault struct {
	// Line counts from 1; 0 where the fault is of the whole.
	Line int `json:"line"`
	// Field is the key as it was typed, cut to a readable length.
	Field  string `json:"field"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// String is the fault as one line.
func (f Fault) String() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", f.Line)
	}
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	b.WriteString(f.Reason)
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// answer is one answer as it was typed.
type answer struct {
	line      int
	key, text string
}

// Typed are the answers of a form that were typed, and where.
type Typed struct {
	Values form.Values
	lines  map[string]int
}

// Line is where the answer of a field or cell stood; 0 where there is none.
func (t Typed) Line(key string) int { return t.lines[key] }

// Read reads what was typed for a form. An answer left empty says nothing. The
// answers are not to be used where there are faults.
func Read(f form.Form, data []byte) (Typed, []Fault) {
	switch {
	case len(data) > MaxBytes:
		return Typed{}, []Fault{{Reason: "more than a form can hold"}}
	case !utf8.Valid(data):
		return Typed{}, []Fault{{Reason: "not in UTF-8: save it as “CSV UTF-8”"}}
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	answers, faults := split(data)
	r := reading{form: f, typed: Typed{Values: form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}, lines: map[string]int{}}, faults: faults}
	for _, a := range answers {
		r.take(a)
	}
	if len(r.typed.lines) == 0 && len(r.faults) == 0 {
		r.fault(answer{}, "there is no answer in it", "pepost returns enter REF --blank writes the fields to be typed")
	}
	r.judgeAll()
	return r.typed, r.faults[:min(len(r.faults), maxFaults)]
}

// split takes the text apart by what it looks like.
func split(data []byte) ([]answer, []Fault) {
	switch start := bytes.TrimSpace(data); {
	case bytes.HasPrefix(start, []byte("{")):
		return fromJSON(data)
	case isCSV(start):
		return fromCSV(data)
	}
	return fromLines(data)
}

// reading is one form's answers on their way.
type reading struct {
	form   form.Form
	typed  Typed
	faults []Fault
}

func (r *reading) fault(a answer, reason, hint string) {
	r.faults = append(r.faults, Fault{a.line, readable(a.key), reason, hint})
}

// readable is a key as a fault repeats it: what was typed in a key's place may
// be anything, so no more of it than a key is long.
func readable(key string) string {
	const most = 60
	key = strings.ToValidUTF8(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, key), "")
	if letters := []rune(key); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return key
}

// take puts one answer where it belongs.
func (r *reading) take(a answer) {
	text := strings.TrimSpace(a.text)
	if text == "" {
		return
	}
	field, row, ok := r.find(a)
	if !ok {
		return
	}
	if _, twice := r.typed.lines[a.key]; twice {
		r.fault(a, fmt.Sprintf("it was answered in line %d already", r.typed.lines[a.key]), "")
		return
	}
	canonical, err := field.Canonical(text)
	var invalid *form.InvalidAnswer
	if errors.As(err, &invalid) {
		r.fault(a, invalid.Reason, takes(field))
		return
	}
	if err != nil {
		r.fault(a, "the answer cannot be read", takes(field))
		return
	}
	r.typed.lines[a.key] = a.line
	if row == 0 {
		r.typed.Values.Fields[a.key] = canonical
		return
	}
	key, _, _ := form.SplitKey(a.key)
	table, _ := r.form.Field(key)
	rows := r.typed.Values.Tables[key]
	for len(rows) < row {
		rows = append(rows, blankRow(table, len(rows)))
	}
	rows[row-1][field.Key] = canonical
	r.typed.Values.Tables[key] = rows
}

// blankRow is a row of a table before anything is typed into it: a fixed one
// has its label.
func blankRow(table form.Field, at int) form.Row {
	if at < len(table.FixedRows) {
		return form.Row{table.Columns[0].Key: table.FixedRows[at].Key}
	}
	return form.Row{}
}

// find is the field or column that an answer belongs to, and the row; false
// where the form takes no such answer, which is then a fault.
func (r *reading) find(a answer) (field form.Field, row int, ok bool) {
	key, row, column := form.SplitKey(a.key)
	field, known := r.form.Field(key)
	if !known {
		hint := ""
		if best := r.form.Nearest(a.key); best != "" {
			hint = "did you mean " + best + "?"
		}
		r.fault(a, "the form has no such field", hint)
		return field, 0, false
	}
	if field.Kind == form.Table {
		return r.findCell(a, field, row, column)
	}
	switch {
	case row > 0:
		r.fault(a, "it is no table", "leave out the row")
	case field.Locked:
		r.fault(a, "it is printed on the form and is not the setting's to answer", "")
	default:
		return field, 0, true
	}
	return field, 0, false
}

func (r *reading) findCell(a answer, table form.Field, row int, column string) (form.Field, int, bool) {
	if row == 0 || column == "" {
		hint := ""
		if len(table.Columns) > 0 {
			hint = "name its row and column, as " + form.CellKey(table.Key, 1, table.Columns[len(table.Columns)-1].Key)
		}
		r.fault(a, "it is a table", hint)
		return form.Field{}, 0, false
	}
	cell, known := table.Column(column)
	most := min(mostRows(table), maxRow)
	switch {
	case !known:
		hint := ""
		if best := r.form.Nearest(a.key); best != "" {
			hint = "did you mean " + best + "?"
		}
		r.fault(a, "the table has no such column", hint)
	case row > most:
		r.fault(a, fmt.Sprintf("the table takes %d rows", most), "")
	case table.Locked || cell.Locked || len(table.FixedRows) > 0 && column == table.Columns[0].Key:
		r.fault(a, "it is printed on the form and is not the setting's to answer", "")
	default:
		return cell, row, true
	}
	return form.Field{}, 0, false
}

// mostRows is how many rows a table takes at most.
func mostRows(table form.Field) int {
	switch {
	case len(table.FixedRows) > 0:
		return len(table.FixedRows)
	case table.MaxRows > 0:
		return table.MaxRows
	}
	return maxRow
}

// judgeAll looks at the answers together: choices that are open only with
// another answer.
func (r *reading) judgeAll() {
	for _, fault := range form.Faults(r.form, r.typed.Values) {
		if line := r.typed.lines[fault.Field]; line > 0 {
			r.fault(answer{line: line, key: fault.Field}, fault.Reason, "")
		}
	}
}
