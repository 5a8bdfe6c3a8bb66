package quality

import (
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// targetsKey is the table of the new targets, reviewKey that of the last ones.
const (
	targetsKey = "targets"
	reviewKey  = "review.targets"
)

// The funds that the Virtual School manages (DfE, pupil premium: conditions of
// grant): pupil premium plus from Reception, early years pupil premium before,
// the post-16 grant from Year 12.
const (
	fundPlus       = "ppplus"
	fundEarlyYears = "eypp"
	fundPost16     = "post16_ppplus"
)

// Funded reports whether a target's money is the Virtual School's to release.
func Funded(row form.Row) bool {
	return slices.Contains([]string{fundPlus, fundEarlyYears, fundPost16}, row["t.funding"])
}

// targets looks at each new target.
func (f *finder) targets() {
	table, ok := f.ask.Form.Field(targetsKey)
	if !ok {
		return
	}
	answered := 0
	for i, row := range table.Rows(f.ask.Values) {
		if !table.Answered(row) {
			continue
		}
		answered++
		n := i + 1
		f.who(table, n, row)
		f.when(table, n, row)
		f.measure(table, n, row)
		f.cost(table, n, row)
		f.fund(table, n, row)
		f.copied(table, n, row)
	}
	if most := f.ask.MostTargets; most > 0 && answered > most {
		f.add(TooManyTargets, table, 0, "", fmt.Sprintf("%d targets: the authority allows %d", answered, most))
	}
}

func (f *finder) who(table form.Field, n int, row form.Row) {
	if who := row["t.by_who"]; who != "" && (isOne(who, f.rules.Nobody.Value) || isOne(who, f.rules.Placeholders.Value)) {
		f.add(Who, table, n, "t.by_who", "no person is named: write who does it, not only where")
	}
}

// when judges the day of review: after the start, and no later than the next
// PEP, or than the rules' limit where that is not known.
func (f *finder) when(table form.Field, n int, row form.Row) {
	review, err := pep.ParseDate(row["t.review_by"])
	if err != nil {
		return // missing, or told as an answer that is not taken
	}
	say := func(words string) { f.add(When, table, n, "t.review_by", words) }
	if start, err := pep.ParseDate(row["t.start"]); err == nil && review.Before(start) {
		say("the review is before the start: set it right")
		return
	}
	meeting, known := f.date("meet.date")
	if known && !review.After(meeting) {
		say("the review is not after this meeting: write a date before the next PEP")
		return
	}
	if next, set := f.date("meet.next_date"); set && (!known || next.After(meeting)) {
		if review.After(next) {
			say("the review is after the next PEP: write a date before it")
		}
		return
	}
	months := f.rules.ReviewWithinMonths.Value
	if known && review.After(pep.DateOf(meeting.Time().AddDate(0, months, 0))) {
		say(fmt.Sprintf("the review is more than %d months after this meeting: write a date before the next PEP", months))
	}
}

func (f *finder) date(key string) (pep.Date, bool) {
	d, err := pep.ParseDate(f.ask.Values.Fields[key])
	return d, err == nil && !d.IsZero()
}

// measure wants something that can be counted or seen, in the outcome or in how
// we will know.
func (f *finder) measure(table form.Field, n int, row form.Row) {
	outcome, success := row["t.outcome"], row["t.success_measure"]
	if outcome == "" || success == "" {
		return // told as missing
	}
	if !measurable(outcome+" "+success, f.rules.Measures.Value) {
		f.add(Measure, table, n, "t.success_measure", "nothing in it can be measured: write a number, a level or how often")
	}
}

// cost wants Pupil Premium itemised, and the items to make the total.
func (f *finder) cost(table form.Field, n int, row form.Row) {
	total, priced := ParsePence(row["t.cost"])
	made, itemised := Itemised(row)
	switch {
	case !itemised && Funded(row) && priced && total > 0:
		f.add(Costed, table, n, "t.unit_cost", "the cost is not itemised: write the cost of one session, sessions a week and weeks")
	case itemised && priced && made != total:
		f.add(Sum, table, n, "t.cost", fmt.Sprintf("the items make %s, the total says %s", made, total))
	case Funded(row) && priced && total == 0:
		f.add(Costed, table, n, "t.cost", "the cost is nothing, and money is asked for: write the cost, or that none is needed")
	}
}

// fund compares the money with the child's year.
func (f *finder) fund(table form.Field, n int, row form.Row) {
	spent := row["t.intervention"] + " " + row["t.outcome"]
	if Funded(row) && says(spent, f.rules.NotPayable.Value) {
		f.add(NotPayable, table, n, "t.intervention", "Pupil Premium Plus may not pay for something in it: look what it is spent on")
	}
	year, known := wholeNumber(f.ask.Values.Fields["child.ncy"])
	if !known {
		return
	}
	words := ""
	switch fund := row["t.funding"]; {
	case fund == fundEarlyYears && year >= 0:
		words = "early years pupil premium ends before Reception: it is Pupil Premium Plus"
	case fund == fundPlus && year < 0:
		words = "Pupil Premium Plus begins in Reception: before it is early years pupil premium"
	case fund == fundPlus && year > 11:
		words = "Pupil Premium Plus ends with Year 11: it is the post-16 grant"
	case fund == fundPost16 && year < 12:
		words = "the post-16 grant begins in Year 12: it is Pupil Premium Plus"
	}
	if words != "" {
		f.add(Fund, table, n, "t.funding", words)
	}
}

// copied finds a target that is last term's, word for word, unless its review
// says that it is carried forward.
func (f *finder) copied(table form.Field, n int, row form.Row) {
	outcome := plain(row["t.outcome"])
	if outcome == "" {
		return
	}
	same := func(last form.Row) bool { return plain(last["t.outcome"]) == outcome }
	carried := func(review form.Row) bool {
		return review["carry_forward"] == "yes" && plain(review["text"]) == outcome
	}
	if slices.ContainsFunc(f.ask.Last.Tables[targetsKey], same) && !slices.ContainsFunc(f.ask.Values.Tables[reviewKey], carried) {
		f.add(Unchanged, table, n, "t.outcome", "the target is last term's, word for word: if it goes on, say so in its review")
	}
}
