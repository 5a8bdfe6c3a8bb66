package timetable

import (
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// chase asks for a form that is not back, step by step as the authority's
// escalation has it: whoever got the form, the setting's head, the Virtual
// School. Each step is counted from the day the form was due back, or from the
// day it left where that was later. The return ends it, and so does the meeting.
func (l *list) chase(done Progress) {
	o := l.outlook
	switch {
	case !done.Returned.IsZero():
		l.skip(ChaseDue, pep.Date{}, "the form came back on "+done.Returned.Long())
		return
	case !done.Chased.IsZero():
		l.skip(ChaseDue, pep.Date{}, "chased already on "+done.Chased.Long())
		return
	case o.ReturnDue.Due.IsZero():
		l.skip(ChaseDue, pep.Date{}, o.ReturnDue.Why...)
		return
	case meetingOver(o):
		l.skip(ChaseDue, pep.Date{}, "the meeting was on "+o.Plan.Meeting.Date.Long()+": a chaser would come too late")
		return
	}
	from := laterOf(o.ReturnDue.Due, done.FormSent)
	for n, step := range l.rules.steps() {
		if step.After.Off() {
			continue
		}
		count, err := l.dates.count(from, step.After, +1)
		if !l.step(n, step, milestone(ChaseDue, step.After, "after "+from.Long()+", with no form back", count, err)) {
			return
		}
	}
}

// step is one step of the escalation; false where it is not due yet, and so
// are those after it.
func (l *list) step(n int, step Reminder, m Milestone) bool {
	switch {
	case m.Due.IsZero():
		l.skip(ChaseDue, pep.Date{}, m.Why...)
		return false
	case m.Due.After(l.until):
		l.skip(ChaseDue, m.Due, "not due before "+m.Due.Long())
		return false
	}
	first := len(l.rows)
	late := m.Due.Before(l.outlook.AsOf)
	kind, to := KindChase, l.remind(step.To)
	switch {
	case l.rules.FormDelivery.Value == ByHandoff:
		kind, to = KindTask, []Recipient{{Role: pep.Officer, Why: []string{fmt.Sprintf("remind the %s in %s", step.To, l.rules.Portal.Value)}}}
	case len(to) == 0:
		kind, to = KindTask, []Recipient{{Role: pep.Officer, Why: []string{fmt.Sprintf("the register has no %s to remind: ring the setting", step.To)}}}
	}
	for _, one := range to {
		l.add(kind, ChaseDue, m.Due, late, one, m.Why...)
	}
	for i := range l.rows[first:] {
		if n > 0 {
			l.rows[first+i].Occasion = fmt.Sprintf("reminder %d", n+1)
		}
		l.rows[first+i].Missed = l.missed(m.Due)
	}
	return true
}

// remind are the people of one step.
func (l *list) remind(who ReminderTo) []Recipient {
	switch who {
	case RemindHead:
		return l.outlook.Heads
	case RemindVirtualSchool:
		return l.outlook.VirtualSchools
	}
	return l.outlook.Recipients
}

// reminded are the people of a role who are written to where a form is not
// back; nobody of whom the register says that they get no form.
func (r Rules) reminded(rec pep.Record, p pep.Plan, role pep.Role) []Recipient {
	g := newGathering(rec, p)
	for _, c := range rec.Contacts {
		if c.Role == role && c.ReceivesForm != pep.No {
			g.add(c, false, "a form that the setting has is not back: the "+string(role)+" is told")
		}
	}
	people, _ := g.finish()
	return people
}

// transferTo is the designated teacher whom the Virtual School confirmed: the
// one with that very address, or nobody.
func (r Rules) transferTo(rec pep.Record, c Course) []Recipient {
	if c.Transfer == nil || c.Transfer.To == "" {
		return nil
	}
	g := newGathering(rec, c.Plan)
	for _, contact := range rec.Contacts {
		if contact.Role.Designated() && contact.Email.Canonical() == c.Transfer.To {
			g.add(contact, true, "confirmed by the Virtual School for the transfer")
		}
	}
	if len(g.people) == 0 {
		return []Recipient{{Role: g.called(designated), Why: []string{"the register no longer has the address that was confirmed: held until an officer says who"}}}
	}
	return slices.Clip(g.people)
}
