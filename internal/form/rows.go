package form

import (
	"slices"
	"strconv"
	"strings"
)

// Rows gives a table's rows in the order a form shows them: the fixed rows
// first, found by the key in the first column and made where they are not
// there, then any others; empty rows at the end are left out.
func (f Field) Rows(v Values) []Row {
	given := v.Tables[f.Key]
	var out []Row
	for _, fixed := range f.FixedRows {
		out = append(out, f.fixedRow(given, fixed.Key))
	}
	for _, row := range given {
		if len(f.FixedRows) == 0 || !f.isFixed(row) {
			out = append(out, row)
		}
	}
	for len(out) > len(f.FixedRows) && !f.Answered(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return out
}

func (f Field) fixedRow(given []Row, key string) Row {
	first := f.Columns[0].Key
	for _, row := range given {
		if row[first] == key {
			return row
		}
	}
	return Row{first: key}
}

func (f Field) isFixed(row Row) bool {
	key := row[f.Columns[0].Key]
	return slices.ContainsFunc(f.FixedRows, func(c Choice) bool { return c.Key == key })
}

// Answered reports whether a row holds anything besides the label of a fixed
// row.
func (f Field) Answered(row Row) bool {
	for i, column := range f.Columns {
		if (i > 0 || len(f.FixedRows) == 0) && row[column.Key] != "" {
			return true
		}
	}
	return false
}

// CellKey names one cell of a table: targets[2].t.outcome; rows count from 1.
func CellKey(table string, row int, column string) string {
	return RowKey(table, row) + "." + column
}

// RowKey names one row of a table: targets[2].
func RowKey(table string, row int) string { return table + "[" + strconv.Itoa(row) + "]" }

// SplitKey takes the name of a field, a row or a cell apart. Row is 0 and
// column empty where the name has none.
func SplitKey(key string) (table string, row int, column string) {
	table, rest, found := strings.Cut(key, "[")
	if !found {
		return key, 0, ""
	}
	number, column, closed := strings.Cut(rest, "]")
	row, err := strconv.Atoi(number)
	if err != nil || !closed || row < 1 {
		return key, 0, ""
	}
	return table, row, strings.TrimPrefix(column, ".")
}
