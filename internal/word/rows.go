package word

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
)

// table reads the rows of a table.
func (r *reader) table(field form.Field) {
	count := r.rows[field.Key]
	if count == 0 {
		return
	}
	drawn := r.drawnColumns(field, count)
	var rows []form.Row
	last := 0
	fixed := r.fixedKeys(field, count)
	for number := 1; number <= count; number++ {
		row, told := r.row(field, drawn, number, fixed[number-1])
		if told || fixed[number-1] != "" {
			last = number
		}
		rows = append(rows, row)
	}
	rows = rows[:last]
	r.lostRows(field, fixed)
	if field.MaxRows > 0 && len(rows) > field.MaxRows {
		r.problem(TooManyRows, field.Key, "the table has "+strconv.Itoa(len(rows))+" rows, "+strconv.Itoa(field.MaxRows)+" are allowed")
	}
	if len(rows) > 0 {
		r.out.Values.Tables[field.Key] = rows
	}
}

// lostRows tells of the rows that a table always has and that are gone.
func (r *reader) lostRows(field form.Field, fixed []string) {
	for _, row := range field.FixedRows {
		if slices.Contains(fixed, row.Key) {
			continue
		}
		r.problem(ControlLost, field.Key, "a row of the table is gone")
		if !slices.Contains(r.out.Unreadable, field.Key) {
			r.out.Unreadable = append(r.out.Unreadable, field.Key)
		}
		r.weights[field.Key] = append(r.weights[field.Key], 0)
	}
}

// drawnColumns are the columns that the file has: others were withheld.
func (r *reader) drawnColumns(field form.Field, count int) []form.Field {
	return slices.DeleteFunc(slices.Clone(field.Columns), func(column form.Field) bool {
		for number := 1; number <= count; number++ {
			if len(r.sites[slot{field.Key, column.Key, number}]) > 0 {
				return false
			}
		}
		return true
	})
}

// row reads one row, and reports whether anything is told in it beyond the
// label of a fixed row.
func (r *reader) row(field form.Field, drawn []form.Field, number int, fixed string) (row form.Row, told bool) {
	row = form.Row{}
	for _, column := range drawn {
		at := slot{field.Key, column.Key, number}
		if fixed != "" && column.Key == field.Columns[0].Key {
			row[column.Key] = fixed
			if sites := r.sites[at]; len(sites) > 0 {
				r.weights[field.Key] = append(r.weights[field.Key], sites[0].controls[0].Via.Weight())
			}
			continue
		}
		sites := r.sites[at]
		if len(sites) == 0 {
			r.problem(ControlLost, at.name(), "the answer's place in the form is gone")
			r.out.Unreadable = append(r.out.Unreadable, at.name())
			r.weights[field.Key] = append(r.weights[field.Key], 0)
			told = true
			continue
		}
		value, ok := r.settle(column, at, sites)
		if told = told || !ok || value != ""; value != "" {
			row[column.Key] = value
		}
	}
	return row, told
}

// fixedKeys are the keys of the rows that a table always has, by row, found by
// the label in their first column; labels may repeat, then order decides. A
// label that somebody wrote over leaves the row its place.
func (r *reader) fixedKeys(field form.Field, count int) []string {
	keys := make([]string, count)
	left := slices.Clone(field.FixedRows)
	take := func(number int, is func(form.Choice) bool) {
		if i := slices.IndexFunc(left, is); i >= 0 && keys[number-1] == "" {
			keys[number-1] = left[i].Key
			left = slices.Delete(left, i, i+1)
		}
	}
	for number := 1; number <= count && len(left) > 0; number++ {
		sites := r.sites[slot{field.Key, field.Columns[0].Key, number}]
		if len(sites) == 0 {
			continue
		}
		text, _ := sites[0].text()
		take(number, func(c form.Choice) bool { return place.Plain(c.Label) == strings.TrimSpace(text) })
	}
	for number := 1; number <= min(count, len(field.FixedRows)); number++ {
		take(number, func(c form.Choice) bool { return c.Key == field.FixedRows[number-1].Key })
	}
	return keys
}
