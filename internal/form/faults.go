package form

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Fault is one answer that the field does not take, in words for an officer.
type Fault struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Faults checks every answer against its field: the kind, the bounds, choices
// that are open given the other answers, and the number of rows. An answer is
// sound where it is its own canonical text.
func Faults(f Form, v Values) []Fault {
	var out []Fault
	for field := range f.Fields() {
		if field.Kind == Table {
			out = append(out, faultsOfRows(field, v)...)
		} else if reason := field.fault(v.Fields[field.Key], v, nil); reason != "" {
			out = append(out, Fault{field.Key, reason})
		}
	}
	return out
}

func faultsOfRows(table Field, v Values) []Fault {
	var out []Fault
	rows := table.Rows(v)
	if most := table.most(); most > 0 && len(rows) > most {
		out = append(out, Fault{table.Key, "more than " + strconv.Itoa(most) + " rows"})
	}
	for i, row := range rows {
		for _, column := range table.Columns {
			if reason := column.fault(row[column.Key], v, row); reason != "" {
				out = append(out, Fault{CellKey(table.Key, i+1, column.Key), reason})
			}
		}
	}
	return out
}

// most is the largest number of rows; 0 means unbounded.
func (f Field) most() int {
	if len(f.FixedRows) > 0 {
		return len(f.FixedRows)
	}
	return f.MaxRows
}

func (f Field) fault(answer string, v Values, row Row) string {
	if answer == "" {
		return ""
	}
	canonical, err := f.Canonical(answer)
	var invalid *InvalidAnswer
	switch {
	case errors.As(err, &invalid):
		return invalid.Reason
	case canonical != answer:
		return "not in its canonical form"
	}
	for _, key := range strings.Split(answer, severalSeparator) {
		if when, ok := f.OfferedChoices[key]; ok && when.judge(scope{v, row}) == False {
			return "the choice is not open here: " + when.Text
		}
	}
	return ""
}

// OpenChoices are the choices open given the other answers; an undecided
// condition leaves a choice open.
func (f Field) OpenChoices(v Values) []Choice {
	if len(f.OfferedChoices) == 0 {
		return f.Choices
	}
	return slices.DeleteFunc(slices.Clone(f.Choices), func(c Choice) bool {
		when, ok := f.OfferedChoices[c.Key]
		return ok && when.Judge(v) == False
	})
}
