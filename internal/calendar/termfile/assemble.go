package termfile

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// draft is one academic year while its entries come in.
type draft struct {
	begins int
	halves [6]Span
	breaks [3]Span
	// starts and ends are what was said of a term; afterHoliday and
	// beforeHoliday what the holidays around it say.
	starts, ends                [3]Span
	afterHoliday, beforeHoliday [3]Span
	inset                       []NamedDay
	// real is false of a year of which only the first day is told.
	real bool
}

// take keeps an entry for assembling; a row that says nothing that is known is
// a fault, because a list of term dates has no such rows.
func (r *reader) take(e entry) {
	switch {
	case e.to.Before(e.from):
		r.fault(e.line, e.title, "the last day, "+e.to.Long()+", is before the first, "+e.from.Long(), "check both dates")
	case e.from.DaysUntil(e.to) > 150:
		r.fault(e.line, e.title, "more than 150 days", "check both dates")
	case classify(e).kind == unknown:
		r.fault(e.line, e.title, "it is not plain what these dates are",
			"write Autumn 1 or Autumn 2 for half a term, Autumn half-term holiday, Christmas holiday, Spring term starts, or INSET")
	default:
		r.entries = append(r.entries, e)
	}
}

// assemble makes years of the entries.
func (r *reader) assemble() {
	drafts := map[int]*draft{}
	for _, e := range r.entries {
		r.place(drafts, e)
	}
	for _, begins := range slices.Sorted(maps.Keys(drafts)) {
		switch d := drafts[begins]; {
		case d.real:
			r.finish(d)
		case !d.starts[0].From.IsZero():
			r.leave(d.starts[0].line, "first day of "+pep.Term{Year: begins}.AcademicYear(), "the rest of that year is not in the file")
		}
	}
	if len(r.faults) == 0 && len(r.file.Years) == 0 {
		r.fault(0, "", "no term dates were found in the file", "it needs the first and last day of each half of each term, or terms and holidays")
	}
}

func (r *reader) place(drafts map[int]*draft, e entry) {
	m, begins := classify(e), academicYear(e.from)
	d := of(drafts, begins)
	span := Span{e.from, e.to, e.line}
	switch m.kind {
	case half, halfTermHoliday, termEnds, wholeTerm:
		d.real = true
	}
	switch m.kind {
	case half:
		r.set(&d.halves[2*m.term+m.half], span, e.title)
	case halfTermHoliday:
		r.set(&d.breaks[m.term], span, e.title)
	case termBegins:
		r.set(&d.starts[m.term], Span{e.from, e.from, e.line}, e.title)
	case termEnds:
		r.set(&d.ends[m.term], Span{e.to, e.to, e.line}, e.title)
	case wholeTerm:
		r.set(&d.starts[m.term], Span{e.from, e.from, e.line}, e.title)
		r.set(&d.ends[m.term], Span{e.to, e.to, e.line}, e.title)
	case holiday:
		r.placeHoliday(drafts, e)
	case inset:
		r.placeINSET(d, e)
	case bankHoliday:
		r.file.Holidays = append(r.file.Holidays, NamedDay{e.from, e.title, e.line})
	}
}

func of(drafts map[int]*draft, begins int) *draft {
	if drafts[begins] == nil {
		drafts[begins] = &draft{begins: begins}
	}
	return drafts[begins]
}

func (r *reader) set(place *Span, span Span, title string) {
	if !place.From.IsZero() && (place.From != span.From || place.To != span.To) {
		r.fault(span.line, title, fmt.Sprintf("line %d says otherwise: %s to %s", place.line, place.From.Long(), place.To.Long()), "keep the right one")
		return
	}
	*place = span
}

// placeHoliday takes what a long holiday says of the terms around it: the one
// before ends on the last open day before, the next begins after.
func (r *reader) placeHoliday(drafts map[int]*draft, e entry) {
	before, after := r.openBefore(e.from), r.openAfter(e.to)
	before.line, after.line = e.line, e.line
	d := of(drafts, academicYear(e.from))
	switch e.from.Month {
	case time.December, time.January:
		d.real = true
		r.set(&d.beforeHoliday[0], before, e.title)
		r.set(&d.afterHoliday[1], after, e.title)
	case time.March, time.April:
		d.real = true
		r.set(&d.beforeHoliday[1], before, e.title)
		r.set(&d.afterHoliday[2], after, e.title)
	case time.July, time.August:
		r.set(&of(drafts, academicYear(pep.Date{Year: e.from.Year, Month: time.July, Day: 1})).beforeHoliday[2], before, e.title)
		if e.to != e.from {
			r.set(&of(drafts, e.from.Year).afterHoliday[0], after, e.title)
		}
	default:
		r.fault(e.line, e.title, "no holiday between terms lies there", "call a half-term holiday by that name")
	}
}

func (r *reader) placeINSET(d *draft, e entry) {
	if e.from.DaysUntil(e.to) > 10 {
		r.fault(e.line, e.title, "more than ten INSET days in a row", "check both dates")
		return
	}
	for on := e.from; !on.After(e.to); on = on.AddDays(1) {
		if !r.shut(on) {
			d.inset = append(d.inset, NamedDay{on, "INSET", e.line})
		}
	}
}

func (r *reader) shut(d pep.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || r.closed(d)
}

// openBefore and openAfter look past weekends and bank holidays, of which
// there are never more than a week together.
func (r *reader) openBefore(d pep.Date) Span { return r.open(d, -1) }

func (r *reader) openAfter(d pep.Date) Span { return r.open(d, +1) }

func (r *reader) open(d pep.Date, step int) Span {
	d = d.AddDays(step)
	for range 14 {
		if !r.shut(d) {
			break
		}
		d = d.AddDays(step)
	}
	return Span{From: d, To: d}
}

// finish makes the six halves of a year, or says what is missing.
func (r *reader) finish(d *draft) {
	y := Year{Begins: d.begins, Halves: d.halves}
	before := len(r.faults)
	for term := range 3 {
		r.finishTerm(d, &y, term)
	}
	if len(r.faults) > before || !r.inOrder(&y) {
		return
	}
	r.finishINSET(d, &y)
	r.file.Years = append(r.file.Years, y)
}

func (r *reader) finishTerm(d *draft, y *Year, term int) {
	first, second := &y.Halves[2*term], &y.Halves[2*term+1]
	if !first.From.IsZero() && !second.From.IsZero() {
		return
	}
	name := fmt.Sprintf("%s %s", termNames()[term], pep.Term{Year: d.begins}.AcademicYear())
	if !first.From.IsZero() || !second.From.IsZero() {
		r.fault(max(first.line, second.line), "", "only one half of "+name+" is there", "write both halves")
		return
	}
	start := r.agree(d, d.starts[term], d.afterHoliday[term], name+" begins")
	end := r.agree(d, d.ends[term], d.beforeHoliday[term], name+" ends")
	pause := d.breaks[term]
	for what, span := range map[string]Span{"first day": start, "last day": end, "half-term holiday": pause} {
		if span.From.IsZero() {
			r.fault(0, "", "the "+what+" of "+name+" is missing", "write it in a line of its own")
		}
	}
	if start.From.IsZero() || end.From.IsZero() || pause.From.IsZero() {
		return
	}
	*first = Span{start.From, r.openBefore(pause.From).From, start.line}
	*second = Span{r.openAfter(pause.To).From, end.From, end.line}
}

// agree compares what was said of a term's end with what the holiday says.
// INSET days may lie between the two; what was said then counts.
func (r *reader) agree(d *draft, said, implied Span, what string) Span {
	if said.From.IsZero() {
		return implied
	}
	if implied.From.IsZero() || said.From == implied.From {
		return said
	}
	low, high := said.From, implied.From
	if high.Before(low) {
		low, high = high, low
	}
	for on := low; !on.After(high); on = on.AddDays(1) {
		training := slices.ContainsFunc(d.inset, func(n NamedDay) bool { return n.On == on })
		if on != said.From && !training && !r.shut(on) {
			r.fault(said.line, "", fmt.Sprintf("%s on %s, but by the holiday of line %d on %s", what, said.From.Long(), implied.line, implied.From.Long()),
				"correct one of the two, or list the INSET days between")
			break
		}
	}
	return said
}

// inOrder refuses halves that overlap, run backwards or begin on a closed day.
func (r *reader) inOrder(y *Year) bool {
	before := len(r.faults)
	for i, h := range y.Halves {
		name := HalfName(i) + " " + pep.Term{Year: y.Begins}.AcademicYear()
		switch {
		case h.To.Before(h.From):
			r.fault(h.line, "", fmt.Sprintf("%s ends on %s, before it begins on %s", name, h.To.Long(), h.From.Long()), "check both dates")
		case i > 0 && !h.From.After(y.Halves[i-1].To):
			r.fault(h.line, "", fmt.Sprintf("%s begins on %s, but the half before it ends on %s", name, h.From.Long(), y.Halves[i-1].To.Long()), "terms must not overlap: check the dates")
		case r.shut(h.From) || r.shut(h.To):
			r.fault(h.line, "", fmt.Sprintf("%s (%s to %s) begins or ends on a weekend or bank holiday", name, h.From.Long(), h.To.Long()), "a half begins and ends on a school day")
		}
	}
	return len(r.faults) == before
}

// HalfName is "autumn, first half" and so on, for 0 to 5.
func HalfName(i int) string {
	return string(termNames()[i/2]) + ", " + [2]string{"first half", "second half"}[i%2]
}

// finishINSET keeps the days within a half; outside, pupils are away already.
func (r *reader) finishINSET(d *draft, y *Year) {
	slices.SortFunc(d.inset, func(a, b NamedDay) int { return a.On.Compare(b.On) })
	d.inset = slices.CompactFunc(d.inset, func(a, b NamedDay) bool { return a.On == b.On })
	for _, day := range d.inset {
		within := slices.ContainsFunc(y.Halves[:], func(h Span) bool { return !day.On.Before(h.From) && !day.On.After(h.To) })
		if within {
			y.INSET = append(y.INSET, day)
		} else {
			r.leave(day.line, "INSET "+day.On.Long(), "outside the halves of the terms, so pupils are away already")
		}
	}
}
