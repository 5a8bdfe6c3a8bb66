package form

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// pack is one definition file of questions: the core, a phase, or a
// circumstance.
type pack struct {
	id            string
	title         string
	phase         pep.Phase
	circumstances []pep.Circumstance
	lists         map[string][]option
	sections      []part
	file          string
	line          int
}

// part is a section, or what a pack adds to a section of the core.
type part struct {
	section   Section
	after     string
	questions []question
	at        node
}

// question is a field before it is composed: its choices may be a list that
// each phase defines for itself, and a contact is still whole.
type question struct {
	field   Field
	list    string
	options []option
	fixed   string
	columns []question
	phases  []pep.Phase
	parts   []Choice
	needed  []string
	at      node
}

// option is a choice with the condition under which it is open.
type option struct {
	choice Choice
	when   Condition
}

var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// bind gives the reader of a key that holds one text of a known set.
func bind[T ~string](f file, into *T, what string, known []T) func(node) {
	return func(n node) { *into = oneOf(f, n, what, known) }
}

func oneOf[T ~string](f file, n node, what string, known []T) T {
	value := T(f.scalar(n))
	if n.kind == scalarNode && !slices.Contains(known, value) {
		names := make([]string, len(known))
		for i, k := range known {
			names[i] = string(k)
		}
		f.report(n, "unknown "+what, nearest(string(value), names))
	}
	return value
}

func bindAll[T ~string](f file, into *[]T, what string, known []T) func(node) {
	return func(n node) {
		for _, item := range f.items(n, what) {
			*into = append(*into, oneOf(f, item, what, known))
		}
	}
}

func (f file) text(into *string) func(node) { return func(n node) { *into = f.scalar(n) } }
func (f file) count(into *int) func(node)   { return func(n node) { *into = f.whole(n) } }
func (f file) yes(into *bool) func(node)    { return func(n node) { *into = f.flag(n) } }

func (f file) number(into *float64) func(node) {
	return func(n node) { *into = f.decimal(n) }
}

func (f file) condition(into *Condition) func(node) {
	return func(n node) {
		parsed, err := ParseCondition(f.scalar(n))
		if err != nil {
			f.report(n, err.Error(), "")
		}
		*into = parsed
	}
}

func (f file) need(into *Need) func(node) {
	return func(n node) {
		if f.scalar(n) == "always" {
			into.Always = true
			return
		}
		f.condition(&into.When)(n)
	}
}

func (f file) pack(root node) pack {
	p := pack{file: f.name, line: root.line, lists: map[string][]option{}}
	f.each(root, "a form definition", map[string]func(node){
		"pack":          f.text(&p.id),
		"title":         f.text(&p.title),
		"phase":         bind(f, &p.phase, "phase", []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16}),
		"circumstances": bindAll(f, &p.circumstances, "circumstance", pep.Circumstances()),
		"choices":       func(n node) { f.lists(n, p.lists) },
		"sections": func(n node) {
			for _, item := range f.items(n, "sections") {
				p.sections = append(p.sections, f.part(item))
			}
		},
	})
	if p.id == "" || p.title == "" {
		f.report(node{line: root.line, column: root.column}, "a form definition needs a pack and a title", "add pack: and title:")
	}
	return p
}

func (f file) part(n node) part {
	s := part{at: n}
	f.each(n, "a section", map[string]func(node){
		"key":      f.text(&s.section.Key),
		"title":    f.text(&s.section.Title),
		"help":     f.text(&s.section.Help),
		"after":    f.text(&s.after),
		"new_page": f.yes(&s.section.NewPage),
		"optional": f.yes(&s.section.Optional),
		"fields": func(n node) {
			for _, item := range f.items(n, "fields") {
				s.questions = append(s.questions, f.question(item))
			}
		},
	})
	if !keyPattern.MatchString(s.section.Key) {
		f.report(node{line: n.line, column: n.column, text: s.section.Key}, "a section needs a key of small letters", "")
	}
	return s
}

func (f file) question(n node) question {
	q := question{at: n, field: Field{File: f.name, Line: n.line}}
	d := &q.field
	f.each(n, "a field", map[string]func(node){
		"key": f.text(&d.Key), "label": f.text(&d.Label), "help": f.text(&d.Help), "source": f.text(&d.Source),
		"kind":     bind(f, &d.Kind, "kind", Kinds()),
		"format":   bind(f, &d.Format, "format", Formats()),
		"by":       bindAll(f, &d.Fillers, "filler", Fillers()),
		"phases":   bindAll(f, &q.phases, "phase", pep.Phases()),
		"audience": func(n node) { d.Audience = Audience(f.scalar(n)) },
		"offered":  f.condition(&d.Offered),
		"send":     f.need(&d.Send),
		"finalise": f.need(&d.Finalise),
		"min":      f.number(&d.Min),
		"max":      f.number(&d.Max),
		"length":   f.count(&d.MaxLength),
		"lines":    f.count(&d.Lines),
		"width":    f.count(&d.Width),
		"spare":    f.count(&d.SpareRows),
		"most":     f.count(&d.MaxRows),
		"cards":    f.yes(&d.Cards),
		"people":   f.yes(&d.People),
		"place":    f.yes(&d.Place),
		"none":     f.yes(&d.None),
		"locked":   f.yes(&d.Locked),
		"choices":  f.choices(&q.list, &q.options),
		"rows":     f.text(&q.fixed),
		"needed":   func(n node) { q.needed = f.texts(n, "needed") },
		"parts":    func(n node) { q.parts = f.words(n, "parts") },
		"columns": func(n node) {
			for _, item := range f.items(n, "columns") {
				q.columns = append(q.columns, f.question(item))
			}
		},
	})
	f.judge(q)
	return q
}

// words reads a mapping of key to words, in order.
func (f file) words(n node, what string) []Choice {
	var out []Choice
	for _, entry := range f.pairs(n, what) {
		out = append(out, Choice{entry.key.text, f.scalar(entry.value)})
	}
	return out
}

// choices reads either the name of a list or the choices themselves.
func (f file) choices(list *string, options *[]option) func(node) {
	return func(n node) {
		if n.kind == mappingNode {
			*options = f.options(n)
			return
		}
		*list = f.scalar(n)
	}
}

func (f file) options(n node) []option {
	var out []option
	for _, entry := range f.pairs(n, "choices") {
		o := option{choice: Choice{Key: entry.key.text}}
		if entry.value.kind == mappingNode {
			f.each(entry.value, "a choice", map[string]func(node){
				"label": f.text(&o.choice.Label), "when": f.condition(&o.when),
			})
		} else {
			o.choice.Label = f.scalar(entry.value)
		}
		if o.choice.Label == "" || strings.TrimSpace(o.choice.Key) == "" || strings.ContainsAny(o.choice.Key, ";,") {
			f.report(entry.key, "a choice needs a key without commas and semicolons, and words", "write key: words")
		}
		out = append(out, o)
	}
	return out
}

func (f file) lists(n node, into map[string][]option) {
	for _, entry := range f.pairs(n, "choices") {
		into[entry.key.text] = f.options(entry.value)
	}
}

// judge reports what is wrong with one question taken by itself.
func (f file) judge(q question) {
	d := q.field
	at := node{line: q.at.line, column: q.at.column, text: d.Key}
	table, choosing := d.Kind == Table, d.Kind == OneOf || d.Kind == SeveralOf
	has := q.list != "" || len(q.options) > 0
	for _, check := range []struct {
		wrong      bool
		text, hint string
	}{
		{!keyPattern.MatchString(d.Key), "a field needs a key of small letters, digits, dots and underscores", ""},
		{d.Label == "", "the field has no label", "add label: with the words people read"},
		{d.Kind == "", "the field has no kind", "add kind: text, long text, date, yes/no, …"},
		{choosing && !has, "the field has no choices", "add choices: with a list's name or key: words"},
		{!choosing && has, "only one of and several of take choices", "remove choices:, or change the kind"},
		{table && len(q.columns) == 0, "the table has no columns", "add columns:"},
		{!table && (len(q.columns) > 0 || q.fixed != ""), "only a table takes columns and rows", ""},
		{d.Kind != ContactKind && len(q.parts) > 0, "only a contact takes parts", ""},
		{d.Format != AnyFormat && d.Kind != Text, "only a text takes a format", ""},
		{d.Min > d.Max, "min is above max", "swap them"},
	} {
		if check.wrong {
			f.report(at, check.text, check.hint)
		}
	}
	for _, column := range q.columns {
		if column.field.Kind == Table || column.field.Kind == ContactKind {
			f.report(column.at, "a column is neither a table nor a contact", "")
		}
	}
}
