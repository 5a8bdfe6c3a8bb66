package word

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
)

// index finds the places of a form by every name they go under.
type index struct {
	form   form.Form
	fields map[string]form.Field
	// columns are the tables' columns, by table and column.
	columns map[[2]string]form.Field
	// stems and titles are made when first asked for: a form that nobody
	// damaged is read by tags alone.
	stems, titles map[string]place
}

func newIndex(f form.Form) *index {
	x := &index{form: f, fields: map[string]form.Field{}, columns: map[[2]string]form.Field{}}
	for field := range f.Fields() {
		x.fields[field.Key] = field
		for _, column := range field.Columns {
			x.columns[[2]string{field.Key, column.Key}] = column
		}
	}
	return x
}

// field is the question at a place: a field, or a table's column.
func (x *index) field(p place) (form.Field, bool) {
	if p.column != "" {
		column, known := x.columns[[2]string{p.key, p.column}]
		return column, known
	}
	field, known := x.fields[p.key]
	return field, known && field.Kind != form.Table
}

// known reports whether the form has such a place.
func (x *index) known(p place) bool {
	field, known := x.field(p)
	return known && (p.choice == "" || choiceAt(field, p.choice) > 0)
}

// choiceAt is the position, from 1, of the box of a choice; 0 where there is
// none.
func choiceAt(field form.Field, key string) int {
	for i, choice := range boxes(field.Kind, field.Choices) {
		if choice.Key == key {
			return i + 1
		}
	}
	return 0
}

// byPath is the place of a binding path.
func (x *index) byPath(path string) (place, bool) {
	b, ok := parsePath(path)
	if !ok {
		return place{}, false
	}
	if b.choiceAt > 0 {
		field, known := x.field(b.place)
		choices := boxes(field.Kind, field.Choices)
		if !known || b.choiceAt > len(choices) {
			return place{}, false
		}
		b.choice = choices[b.choiceAt-1].Key
	}
	return b.place, x.known(b.place)
}

// byBookmark is the place of a bookmark's name.
func (x *index) byBookmark(name string) (place, bool) {
	if !strings.HasPrefix(name, "pep_") {
		return place{}, false
	}
	if x.stems == nil {
		x.stems = map[string]place{}
		for p := range x.places() {
			x.stems[bookmarkStem(p.tag())] = p
		}
	}
	if p, found := x.stems[name]; found {
		return p, true
	}
	cut := strings.LastIndexByte(name, '_')
	p, found := x.stems[name[:cut]]
	row, err := strconv.Atoi(name[cut+1:])
	p.row = row
	return p, found && err == nil && p.column != ""
}

// byTitle is the place of a control's title, where only one place has it.
func (x *index) byTitle(words string) (place, bool) {
	if x.titles == nil {
		x.titles = map[string]place{}
		for p := range x.places() {
			field, _ := x.field(p)
			label := field.Label
			if at := choiceAt(field, p.choice); at > 0 {
				label += ": " + boxes(field.Kind, field.Choices)[at-1].Label
			}
			if _, twice := x.titles[title(label)]; twice {
				p = place{}
			}
			x.titles[title(label)] = p
		}
	}
	p := x.titles[words]
	return p, p.key != ""
}

// places walks every place of the form, without rows.
func (x *index) places() func(yield func(place) bool) {
	return func(yield func(place) bool) {
		for field := range x.form.Fields() {
			if field.Kind != form.Table {
				if !eachBox(place{key: field.Key}, field, yield) {
					return
				}
				continue
			}
			for _, column := range field.Columns {
				if !eachBox(place{key: field.Key, column: column.Key}, column, yield) {
					return
				}
			}
		}
	}
}

func eachBox(p place, field form.Field, yield func(place) bool) bool {
	if !yield(p) {
		return false
	}
	for _, choice := range boxes(field.Kind, field.Choices) {
		p.choice = choice.Key
		if !yield(p) {
			return false
		}
	}
	return true
}
