package timetable

import (
	"cmp"
	"slices"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// Follow takes the courses of a child's plans on to a day, oldest first: by
// what the register says now it opens, moves, brings forward and closes them.
// done tells what happened to the plan of a key. The same register and day
// change nothing the second time, and the courses given are left as they are.
func (r Rules) Follow(rec pep.Record, courses []Course, done func(key string) Progress, cal *calendar.Calendar, asOf pep.Date) []Course {
	f := following{rules: r, rec: rec, done: done, cal: cal, asOf: asOf, courses: slices.Clone(courses)}
	f.setBack()
	if why := f.ended(); why != "" {
		f.closeAll(why)
	}
	if len(f.courses) == 0 || !f.last().Open() {
		f.begin()
	}
	f.fix()
	f.meeting()
	f.setting()
	f.forward()
	f.nextTerm()
	f.offRoll()
	for i := range f.courses {
		if f.courses[i].Open() {
			f.refresh(&f.courses[i])
		}
	}
	f.retire()
	return f.courses
}

// following is one child's courses under way to a day.
type following struct {
	rules   Rules
	rec     pep.Record
	done    func(key string) Progress
	cal     *calendar.Calendar
	asOf    pep.Date
	courses []Course
}

// last is the newest course.
func (f *following) last() *Course { return &f.courses[len(f.courses)-1] }

// setBack undoes what a clock that ran ahead made of a child: what was closed
// in days to come is open, and what was opened then and never sent is gone.
func (f *following) setBack() {
	f.courses = slices.DeleteFunc(f.courses, func(c Course) bool { return c.Opened.After(f.asOf) && !c.Fixed && c.Marks == nil })
	for i := range f.courses {
		if c := &f.courses[i]; c.Closed.After(f.asOf) {
			c.Closed, c.ClosedWhy = pep.Date{}, ""
		}
	}
}

// ended is why no plan of the child goes on, whatever stage it is at; empty
// where one may. A plan that only age ends is still finished.
func (f *following) ended() string {
	switch c := f.rec.Child; {
	case leftCare(c, f.asOf):
		return "left care on " + leaving(c).Long() + ": everything is cancelled"
	case c.LegalStatus.ShortBreaks():
		return "short breaks only: no PEP any more"
	}
	return ""
}

// leaving is the day the child left care by the case system's export, else by
// the statutory return.
func leaving(c pep.Child) pep.Date {
	return cmp.Or(c.LeftCare, c.Return.LeftCare)
}

// leftCare reports whether the child is no longer looked after on a day and
// has not come back into care since. Whoever leaves care by coming of age does
// not lose the plan by it: the authority's rule for adults says what becomes of
// it.
func leftCare(c pep.Child, on pep.Date) bool {
	left := leaving(c)
	back := cmp.Or(c.BecameLookedAfter, c.Return.BecameLookedAfter)
	grown := !c.DateOfBirth.IsZero() && c.DateOfBirth.AgeOn(left) >= adulthood
	return !left.IsZero() && !grown && !left.After(on) && !back.After(left)
}

// closeAll closes what goes on, but not a course that only says why there is
// no plan.
func (f *following) closeAll(why string) {
	for i := range f.courses {
		if c := &f.courses[i]; c.Open() && c.Plan.Phase != pep.NoPhase {
			c.Closed, c.ClosedWhy = f.asOf, why
		}
	}
}

// begin opens the child's next plan.
func (f *following) begin() {
	c := f.rules.open(f.rec, f.cal, f.asOf)
	f.number(&c, len(f.courses))
	f.courses = append(f.courses, c)
}

// number tells a plan from the earlier ones of its term and variant.
func (f *following) number(c *Course, at int) {
	c.Plan.Again = 0
	for _, other := range f.courses[:at] {
		if other.Plan.Term == c.Plan.Term && other.Plan.Variant == c.Plan.Variant && other.Plan.Phase != pep.NoPhase {
			c.Plan.Again = max(other.Plan.Again, 1) + 1
		}
	}
}

// fix keeps phase, year group, variant and term of every plan whose form left,
// or was opened in a portal.
func (f *following) fix() {
	for i := range f.courses {
		c := &f.courses[i]
		if c.Plan.Phase == pep.NoPhase || c.Fixed {
			continue
		}
		opened := !c.Done(FormOut).IsZero() // in a portal
		c.Fixed = opened || !f.done(c.Plan.Key()).FormSent.IsZero()
	}
}

// offRoll notes since when the register has no setting for the child.
func (f *following) offRoll() {
	c := f.last()
	switch enrolled, _ := onRoll(f.rec.Child); {
	case enrolled:
		c.OffRoll = pep.Date{}
	case c.OffRoll.IsZero():
		c.OffRoll = f.asOf
	}
}

// refresh has a plan follow the register: the newest one whole until its form
// left, every other in the child's situation only.
func (f *following) refresh(c *Course) {
	rec := f.rec
	rec.Child.Meeting = c.Plan.Meeting
	now := f.rules.plan(rec, f.cal, f.asOf)
	if c == f.last() && !c.Fixed {
		c.Plan = now
		f.number(c, len(f.courses)-1)
		return
	}
	c.Plan.Circumstances = situations(c.Plan.Circumstances, now.Circumstances)
}

// ofThePlan are the circumstances that belong to a plan and not to what becomes
// of the child.
func ofThePlan(c pep.Circumstance) bool {
	return slices.Contains([]pep.Circumstance{pep.Initial, pep.Interim, pep.Transition, pep.Progression}, c)
}

// situations are a plan's own circumstances with the child's of today, in the
// order of the vocabulary.
func situations(was, now []pep.Circumstance) []pep.Circumstance {
	out := []pep.Circumstance{}
	for _, c := range pep.Circumstances() {
		if from := now; slices.Contains(from, c) && !ofThePlan(c) || slices.Contains(was, c) && ofThePlan(c) {
			out = append(out, c)
		}
	}
	return out
}

// nextTerm opens the plan of a new term once the last one's meeting was held;
// until then a missing date is a task of the plan before.
func (f *following) nextTerm() {
	c := f.last()
	if c.Status != pep.MeetingHeld || c.Plan.Phase == pep.NoPhase {
		return
	}
	rec := f.rec
	rec.Child.Meeting = pep.Meeting{}
	if term := f.rules.plan(rec, f.cal, f.asOf).Term; later(term, c.Plan.Term) {
		f.next(pep.Meeting{}, pep.NotBroughtForward)
	}
}

// later reports whether one term comes after another; a term whose name is not
// known is not told apart within its year.
func later(a, b pep.Term) bool {
	if a.Year != b.Year {
		return a.Year > b.Year
	}
	order := []pep.TermName{pep.Autumn, pep.Spring, pep.Summer}
	return b.Name != "" && slices.Index(order, a.Name) > slices.Index(order, b.Name)
}

// next opens the plan after the last one, with its own meeting.
func (f *following) next(m pep.Meeting, forward pep.BringForward) {
	rec := f.rec
	rec.Child.Meeting = m
	c := f.rules.open(rec, f.cal, f.asOf)
	if last := f.last(); !last.Fixed && last.Status != pep.MeetingHeld {
		last.Closed, last.ClosedWhy = f.asOf, "its meeting went by without its form: the next plan has taken its place"
	}
	c.Seen, c.OffRoll = seenIn(f.rec.Child), f.last().OffRoll
	c.Forward, c.Forwarded = forward, pep.Date{}
	if forward != pep.NotBroughtForward {
		c.Forwarded = f.asOf
	}
	f.number(&c, len(f.courses))
	f.courses = append(f.courses, c)
}

// retire closes what the next plan has overtaken: its meeting is over.
func (f *following) retire() {
	newest := f.last().Plan.Meeting.Date
	for i := range f.courses[:len(f.courses)-1] {
		if c := &f.courses[i]; c.Open() && !newest.IsZero() && newest.Before(f.asOf) {
			c.Closed, c.ClosedWhy = f.asOf, "the next plan's meeting was on "+newest.Long()
		}
	}
}
