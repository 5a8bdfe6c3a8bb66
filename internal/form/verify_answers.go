package form

import (
	"maps"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// answers are the answers that a question can have on any of the forms; nil
// where it is no choice.
type answers map[string][]string

// answersOf collects what every field of every pack can be answered with.
func (l *Library) answersOf() answers {
	out := answers{}
	for _, p := range l.everyPack() {
		for _, part := range p.sections {
			for _, q := range part.questions {
				out.add(l, p, q)
			}
		}
	}
	return out
}

func (a answers) add(l *Library, p pack, q question) {
	switch q.field.Kind {
	case YesNo:
		a[q.field.Key] = []string{string(pep.Yes), string(pep.No)}
	case OneOf, SeveralOf:
		for _, phase := range append(slices.Collect(maps.Values(l.phases)), p) {
			for _, o := range l.optionsOf(phase, q) {
				a[q.field.Key] = append(a[q.field.Key], o.choice.Key)
			}
		}
	default:
		for _, field := range l.fields(p, q) { // a contact is asked by its parts
			a[field.Key] = nil
		}
	}
}

// with adds the columns of a table to what its own conditions may ask.
func (a answers) with(l *Library, p pack, q question) answers {
	if len(q.columns) == 0 {
		return a
	}
	out := maps.Clone(a)
	for _, column := range q.columns {
		delete(out, column.field.Key)
		out.add(l, p, column)
	}
	return out
}

// verifyConditions reports conditions that ask a field that does not exist,
// or compare with an answer it cannot have and so would never hold.
func (l *Library) verifyConditions(f file, q question, known answers) {
	conditions := []Condition{q.field.Offered, q.field.Send.When, q.field.Finalise.When}
	for _, o := range q.options {
		conditions = append(conditions, o.when)
	}
	for _, condition := range conditions {
		for _, all := range condition.Any {
			for _, test := range all {
				known.verify(f, q, test)
			}
		}
	}
}

func (a answers) verify(f file, q question, test Test) {
	at := node{line: q.at.line, column: q.at.column, text: test.Key}
	choices, exists := a[test.Key]
	if !exists {
		f.report(at, "a condition asks a field that does not exist", nearest(test.Key, slices.Sorted(maps.Keys(a))))
		return
	}
	if len(choices) == 0 || test.Op != Is && test.Op != IsNot && test.Op != In {
		return
	}
	for _, value := range test.Values {
		if at.text = value; !slices.Contains(choices, value) {
			f.report(at, "a condition on "+test.Key+" names an answer it cannot have", nearest(value, choices))
		}
	}
}

// verifyNeeded reports rows and parts of contacts that are needed and do not
// exist.
func (l *Library) verifyNeeded(f file, p pack, q question) {
	var known []Choice
	switch {
	case len(q.needed) == 0:
		return
	case q.fixed != "":
		for _, phase := range append(slices.Collect(maps.Values(l.phases)), p) {
			rows, _ := choicesOf(l.list(phase, q.fixed))
			known = append(known, rows...)
		}
	default:
		known = q.contactParts()
	}
	for _, name := range q.needed {
		if !slices.ContainsFunc(known, func(c Choice) bool { return c.Key == name }) {
			f.report(node{line: q.at.line, column: q.at.column, text: name}, "what is needed does not exist", nearest(name, keysOf(known)))
		}
	}
}

func keysOf(choices []Choice) []string {
	out := make([]string, len(choices))
	for i, choice := range choices {
		out[i] = choice.Key
	}
	return out
}
