package timetable

import (
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// dating puts the days to the milestones of one plan.
type dating struct {
	rules   Rules
	cal     *calendar.Calendar
	school  *calendar.Calendar // by which school days and weeks are counted
	whose   string             // says whose term dates those are, where it is worth saying
	asOf    pep.Date
	child   pep.Child
	meeting pep.Date
	initial bool
}

func (d dating) fill(o *Outlook) {
	o.FormDue, o.ReturnDue, o.FinalDue = d.formOut(), d.returnDue(), d.finalDue()
	o.Late = o.FormDue.Late
	if d.initial {
		o.InitialBy10 = d.fromCare(Initiate, d.rules.Initiate)
		o.InitialBy20 = d.fromCare(Available, d.rules.Available)
	}
	for _, m := range []Milestone{o.FormDue, o.ReturnDue, o.FinalDue, o.InitialBy10, o.InitialBy20} {
		if m.Name != "" && m.Due.IsZero() {
			o.skip(m.Name, m.Why...)
		}
	}
}

// formOut is when the blank form goes out: at once for a first plan, else so
// many school weeks before the meeting.
func (d dating) formOut() Milestone {
	counted := d.beforeMeeting(FormOut, d.rules.FormOut)
	if d.initial && d.rules.InitialForm.Value == InitialAtOnce {
		why := []string{"initial PEP: at once", "source: " + d.rules.InitialForm.Source}
		if !counted.Due.IsZero() {
			why = append(why, d.rules.FormOut.words()+" before the meeting is "+counted.Due.Long())
		}
		return Milestone{Name: FormOut, Due: d.asOf, Why: why}
	}
	if !counted.Due.IsZero() && counted.Due.Before(d.asOf) {
		counted.Late = true
		counted.Why = append(counted.Why, "that day is past: it goes today and says that it is late")
	}
	return counted
}

func (d dating) returnDue() Milestone {
	m := d.beforeMeeting(ReturnDue, d.rules.Return)
	m.Late = !m.Due.IsZero() && m.Due.Before(d.asOf)
	return m
}

func (d dating) finalDue() Milestone {
	if d.meeting.IsZero() {
		return d.noMeeting(FinalDue)
	}
	count, err := d.count(d.meeting, d.rules.Final, +1)
	return milestone(FinalDue, d.rules.Final, "after the meeting on "+d.meeting.Long(), count, err)
}

func (d dating) beforeMeeting(name MilestoneName, clock Clock) Milestone {
	if d.meeting.IsZero() {
		return d.noMeeting(name)
	}
	count, err := d.count(d.meeting, clock, -1)
	m := milestone(name, clock, "before the meeting on "+d.meeting.Long(), count, err)
	if d.whose != "" && bySchool(clock.Unit) {
		m.Why = append(m.Why, d.whose)
	}
	return m
}

func (d dating) noMeeting(name MilestoneName) Milestone {
	return Milestone{Name: name, Why: []string{
		fmt.Sprintf("no meeting date: the %s sets it, and then the day is known", d.rules.MeetingSetBy.Value),
	}}
}

// fromCare counts from the day the child became looked after, which is day 0.
func (d dating) fromCare(name MilestoneName, clock Clock) Milestone {
	if d.child.BecameLookedAfter.IsZero() {
		return Milestone{Name: name, Why: []string{"the register does not say when the child became looked after"}}
	}
	count, err := d.count(d.child.BecameLookedAfter, clock, +1)
	return milestone(name, clock, "after the child became looked after on "+d.child.BecameLookedAfter.Long(), count, err)
}

func (d dating) count(from pep.Date, clock Clock, direction int) (calendar.Count, error) {
	by := d.cal
	if bySchool(clock.Unit) {
		by = d.school
	}
	switch {
	case by == nil:
		return calendar.Count{}, errNoCalendar
	case clock.Unit != calendar.SchoolWeeks: // only weeks are told one by one
		date, err := dateOnly(by, direction)(from, clock.N, clock.Unit)
		return calendar.Count{Date: date}, err
	case direction < 0:
		return by.Back(from, clock.N, clock.Unit)
	}
	return by.Forward(from, clock.N, clock.Unit)
}

func dateOnly(by *calendar.Calendar, direction int) func(pep.Date, int, calendar.Unit) (pep.Date, error) {
	if direction < 0 {
		return by.BackDate
	}
	return by.ForwardDate
}

// bySchool reports whether a unit goes by term dates.
func bySchool(u calendar.Unit) bool { return u == calendar.SchoolWeeks || u == calendar.SchoolDays }

// datingOf counts for one course: school weeks and days by its setting's own
// term dates where the authority's files have them, all else by the responsible
// authority's calendar.
func (r Rules) datingOf(c Course, child pep.Child, cal *calendar.Calendar, asOf pep.Date) dating {
	d := dating{rules: r, cal: cal, school: cal, asOf: asOf, child: child, meeting: c.Plan.Meeting.Date, initial: c.Plan.Has(pep.Initial)}
	if cal == nil {
		return d
	}
	var why string
	if d.school, why = cal.For(c.Setting); d.school != cal || r.outOfArea(c.Setting) != "" {
		d.whose = why
	}
	return d
}

// milestone is the day a count led to, told in words; where the count failed
// the day is unknown and Why says what is missing.
func milestone(name MilestoneName, clock Clock, what string, count calendar.Count, err error) Milestone {
	m := Milestone{Name: name, Why: []string{clock.words() + " " + what}}
	if err != nil {
		m.Why = []string{m.Why[0] + ": " + reason(err)}
		return m
	}
	m.Due = count.Date
	for _, step := range count.Steps {
		if !step.Counted && clock.Unit == calendar.SchoolWeeks {
			m.Why = append(m.Why, "not counted: "+step.Date.Long()+", "+step.Why)
		}
	}
	m.Why = append(m.Why, "source: "+clock.Source)
	return m
}

// reason is the part of a calendar error that an officer can act on.
func reason(err error) string {
	var dates *calendar.NoTermDatesError
	if errors.As(err, &dates) {
		return dates.Error() + "; " + dates.Hint()
	}
	var outside *calendar.OutOfRangeError
	if errors.As(err, &outside) {
		return outside.Error() + "; " + outside.Hint()
	}
	return err.Error()
}
