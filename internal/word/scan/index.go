package scan

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
)

// index finds the places of a form by every name they go under.
type index struct {
	form   form.Form
	fields map[string]form.Field
	// columns are the tables' columns, by table and column.
	columns map[[2]string]form.Field
	// stems and titles are made when first asked for: a form that nobody
	// damaged is read by tags alone.
	stems, titles map[string]place.Place
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
func (x *index) field(p place.Place) (form.Field, bool) {
	if p.Column != "" {
		column, known := x.columns[[2]string{p.Key, p.Column}]
		return column, known
	}
	field, known := x.fields[p.Key]
	return field, known && field.Kind != form.Table
}

// known reports whether the form has such a place.
func (x *index) known(p place.Place) bool {
	field, known := x.field(p)
	return known && (p.Choice == "" || choiceAt(field, p.Choice) > 0)
}

// choiceAt is the position, from 1, of the box of a choice; 0 where there is
// none.
func choiceAt(field form.Field, key string) int {
	for i, choice := range place.Boxes(field.Kind, field.Choices) {
		if choice.Key == key {
			return i + 1
		}
	}
	return 0
}

// byPath is the place of a binding path.
func (x *index) byPath(path string) (place.Place, bool) {
	b, ok := place.ParsePath(path)
	if !ok {
		return place.Place{}, false
	}
	if b.ChoiceAt > 0 {
		field, known := x.field(b.Place)
		choices := place.Boxes(field.Kind, field.Choices)
		if !known || b.ChoiceAt > len(choices) {
			return place.Place{}, false
		}
		b.Choice = choices[b.ChoiceAt-1].Key
	}
	return b.Place, x.known(b.Place)
}

// byBookmark is the place of a bookmark's name.
func (x *index) byBookmark(name string) (place.Place, bool) {
	if !strings.HasPrefix(name, "pep_") {
		return place.Place{}, false
	}
	if x.stems == nil {
		x.stems = map[string]place.Place{}
		for p := range x.places() {
			x.stems[place.BookmarkStem(p.Tag())] = p
		}
	}
	if p, found := x.stems[name]; found {
		return p, true
	}
	cut := strings.LastIndexByte(name, '_')
	p, found := x.stems[name[:cut]]
	row, err := strconv.Atoi(name[cut+1:])
	p.Row = row
	return p, found && err == nil && p.Column != ""
}

// byTitle is the place of a control's title, where only one place has it.
func (x *index) byTitle(words string) (place.Place, bool) {
	if x.titles == nil {
		x.titles = map[string]place.Place{}
		for p := range x.places() {
			field, _ := x.field(p)
			label := field.Label
			if at := choiceAt(field, p.Choice); at > 0 {
				label += ": " + place.Boxes(field.Kind, field.Choices)[at-1].Label
			}
			if _, twice := x.titles[place.Title(label)]; twice {
				p = place.Place{}
			}
			x.titles[place.Title(label)] = p
		}
	}
	p := x.titles[words]
	return p, p.Key != ""
}

// places walks every place of the form, without rows.
func (x *index) places() func(yield func(place.Place) bool) {
	return func(yield func(place.Place) bool) {
		for field := range x.form.Fields() {
			if field.Kind != form.Table {
				if !eachBox(place.Place{Key: field.Key}, field, yield) {
					return
				}
				continue
			}
			for _, column := range field.Columns {
				if !eachBox(place.Place{Key: field.Key, Column: column.Key}, column, yield) {
					return
				}
			}
		}
	}
}

func eachBox(p place.Place, field form.Field, yield func(place.Place) bool) bool {
	if !yield(p) {
		return false
	}
	for _, choice := range place.Boxes(field.Kind, field.Choices) {
		p.Choice = choice.Key
		if !yield(p) {
			return false
		}
	}
	return true
}
