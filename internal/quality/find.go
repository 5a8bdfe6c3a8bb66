package quality

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/pepost/pepost/internal/form"
)

// Ask is one filled form to be looked at.
type Ask struct {
	Form   form.Form
	Values form.Values
	// Last are the answers accepted last term; the zero value where there are
	// none, as for a first PEP.
	Last form.Values
	// MostTargets is how many targets the authority allows; 0 is any number.
	MostTargets int
}

// Finding is one thing that an officer or the Virtual School should look at.
type Finding struct {
	Check  Check  `json:"check"`
	Weight Weight `json:"weight"`
	// Field is the key of the question; Row counts from 1 and Column is set where
	// one row or cell of a table is meant.
	Field  string `json:"field"`
	Row    int    `json:"row,omitempty"`
	Column string `json:"column,omitempty"`
	// Label is the question as the form asks it.
	Label string `json:"label"`
	// Part is the part of the form that is judged by it; empty for none.
	Part string `json:"part,omitempty"`
	// Words say what is wrong and what to do. They repeat no answer.
	Words string `json:"words"`
	// By is who fills it in.
	By []form.Filler `json:"by"`
}

// Find lists everything worth a look, in the order of the form.
func Find(a Ask, rules Rules) []Finding {
	f := finder{ask: a, rules: rules}
	f.missing()
	f.notTaken()
	f.targets()
	f.voice()
	f.texts()
	f.sort()
	return f.found
}

// finder gathers findings.
type finder struct {
	ask   Ask
	rules Rules
	found []Finding
}

// add keeps a finding about a field, a row or a cell unless its check is off or
// the same place has one of that check already.
func (f *finder) add(c Check, field form.Field, row int, column, words string) {
	weight := f.rules.weight(c)
	same := func(o Finding) bool {
		return o.Check == c && o.Field == field.Key && o.Row == row && o.Column == column
	}
	if weight == Off || slices.ContainsFunc(f.found, same) {
		return
	}
	label, at := field.Label, field.Key
	if of, ok := field.Column(column); ok {
		label, at = of.Label, field.Key+"."+column
	}
	f.found = append(f.found, Finding{
		Check: c, Weight: weight, Field: field.Key, Row: row, Column: column, Label: label, Part: f.rules.PartOf(at), Words: words, By: field.Fillers,
	})
}

// missing is every answer that the final plan needs. What makes a target
// specific and timed is told as that.
func (f *finder) missing() {
	smart := map[string]Check{"t.by_who": Who, "t.review_by": When, "t.success_measure": Measure, "t.outcome": Measure, "t.cost": Costed}
	for _, key := range form.Missing(f.ask.Form, f.ask.Values, form.ToFinalise) {
		name, row, column := form.SplitKey(key)
		field, ok := f.ask.Form.Field(name)
		if !ok || field.Locked {
			continue // what the program fills in is nobody's to mend on the form
		}
		check, special := smart[column]
		if !special || name != targetsKey {
			check = Required
		}
		f.add(check, field, row, column, missingWords(check, column))
	}
}

func missingWords(c Check, column string) string {
	switch {
	case c == Who:
		return "nobody is named: write who does it"
	case c == When:
		return "no date: write by when it is reviewed, before the next PEP"
	case c == Costed:
		return "no cost: itemise it, by session, sessions a week and weeks"
	case c == Measure && column == "t.outcome":
		return "no outcome: write what the child will be able to do"
	case c == Measure:
		return "nothing says how we will know"
	}
	return "an answer is needed before the plan is final"
}

// notTaken is every answer that is not of the shape the form asks for.
func (f *finder) notTaken() {
	for _, fault := range form.Faults(f.ask.Form, f.ask.Values) {
		name, row, column := form.SplitKey(fault.Field)
		if field, ok := f.ask.Form.Field(name); ok {
			f.add(NotTaken, field, row, column, "the form does not take the answer: "+fault.Reason)
		}
	}
}

// sort puts findings in the order of the form.
func (f *finder) sort() {
	at := map[string]int{}
	n := 0
	for field := range f.ask.Form.Fields() {
		at[field.Key] = n
		n++
	}
	slices.SortStableFunc(f.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(at[a.Field], at[b.Field]), cmp.Compare(a.Row, b.Row))
	})
}

// wholeNumber reads a canonical number that has no fraction.
func wholeNumber(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}
