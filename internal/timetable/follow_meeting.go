package timetable

import (
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// statusOf is where a meeting stands by a register that may say only its date.
func statusOf(c pep.Child) pep.MeetingStatus {
	if c.MeetingStatus == pep.MeetingUnknown && !c.Meeting.Date.IsZero() {
		return pep.MeetingBooked
	}
	return c.MeetingStatus
}

// meeting takes the register's news of the meeting into the newest course.
func (f *following) meeting() {
	c, now := f.last(), seenIn(f.rec.Child)
	if c.Plan.Phase == pep.NoPhase {
		c.Seen, c.Plan.Meeting, c.Status = now, now.Meeting, statusOf(f.rec.Child)
		return
	}
	f.held(c)
	switch was := c.Seen; {
	case was.Meeting.Date != now.Meeting.Date:
		f.dateChanged(c, now.Meeting)
	case was.Status != now.Status:
		f.statusChanged(c)
	case was.Meeting != now.Meeting && c.Plan.Meeting.Date == now.Meeting.Date:
		c.Plan.Meeting = now.Meeting
	}
	c = f.last()
	c.Seen.Meeting, c.Seen.Status = now.Meeting, now.Status
}

// held notes that a meeting took place where the register names its day as the
// last PEP's, or the plan was made final.
func (f *following) held(c *Course) {
	date := c.Plan.Meeting.Date
	if date.IsZero() || date.After(f.asOf) || c.Status == pep.MeetingHeld {
		return
	}
	switch {
	case !f.rec.Child.PreviousPEP.IsZero() && !f.rec.Child.PreviousPEP.Before(date):
		f.note(c, pep.MeetingHeld, c.Plan.Meeting, "the register names it as the last PEP")
	case !f.done(c.Plan.Key()).Finalised.IsZero():
		f.note(c, pep.MeetingHeld, c.Plan.Meeting, "the plan was made final")
	}
}

// note puts a change of the meeting into the course. The slice is copied, since
// the courses that Follow was given stay as they are.
func (f *following) note(c *Course, status pep.MeetingStatus, m pep.Meeting, why string) {
	c.note(MeetingEvent{On: f.asOf, Status: status, Meeting: m, Why: why})
}

// note puts an event among the course's. A cancelled meeting is no meeting of
// the plan any more; the event says which it was.
func (c *Course) note(e MeetingEvent) {
	c.Meetings = append(c.Meetings[:len(c.Meetings):len(c.Meetings)], e)
	c.Status = e.Status
	if e.Status == pep.MeetingCancelled {
		c.Plan.Meeting = pep.Meeting{}
		return
	}
	if c.Plan.Meeting.Date != e.Meeting.Date {
		c.Known = e.On
	}
	c.Plan.Meeting = e.Meeting
}

// dateChanged is a new date in the register, or none any more.
func (f *following) dateChanged(c *Course, now pep.Meeting) {
	old := c.Plan.Meeting.Date
	over := !old.IsZero() && old.Before(f.asOf)
	switch {
	case now.Date == old: // an officer wrote it down before the export said it
		c.Plan.Meeting = now
	case now.Date.IsZero() && over, now.Date.IsZero() && c.Status == pep.MeetingHeld:
	case now.Date.IsZero():
		f.note(c, pep.MeetingCancelled, c.Plan.Meeting, "the register has no meeting any more")
	case c.Status == pep.MeetingHeld || over && !f.reconvened(c, now.Date):
		f.next(now, pep.NotBroughtForward)
	case over || c.Status == pep.MeetingCancelled:
		f.note(c, firstStatus(f.rec.Child.MeetingStatus, pep.MeetingReconvened), now, "the register has a new date")
	case old.IsZero():
		f.note(c, statusOf(f.rec.Child), now, "the register has a date")
	default:
		f.note(c, statusOf(f.rec.Child), now, "moved from "+old.Long())
	}
}

func firstStatus(said, otherwise pep.MeetingStatus) pep.MeetingStatus {
	if said == pep.MeetingUnknown {
		return otherwise
	}
	return said
}

// soonAfter is how many working days after a meeting that did not take place a
// date in another term is still the same plan's.
const soonAfter = 10

// reconvened reports whether a new date belongs to a meeting whose day went by
// without the register calling it held: in the same term, or soon afterwards
// before the next term's plan could be meant.
func (f *following) reconvened(c *Course, date pep.Date) bool {
	if f.rec.Child.MeetingStatus == pep.MeetingReconvened {
		return true
	}
	if f.cal == nil {
		return false
	}
	if span, err := f.cal.Term(date); err == nil && span.Term == c.Plan.Term {
		return true
	}
	count, err := f.cal.Forward(c.Plan.Meeting.Date, soonAfter, calendar.WorkingDays)
	return err == nil && !f.asOf.After(count.Date)
}

// statusChanged is the same date under another word.
func (f *following) statusChanged(c *Course) {
	if status := statusOf(f.rec.Child); c.Plan.Meeting.Date == f.rec.Child.Meeting.Date && status != c.Status {
		f.note(c, status, c.Plan.Meeting, "the register says so")
	}
}

// setting takes a change of setting into the newest course. Within the year it
// is a transfer that the Virtual School authorises.
func (f *following) setting() {
	c, now := f.last(), f.rec.Child.Setting
	if !known(now) || sameSetting(c.Setting, now) { // off roll for a while, the last setting still has the papers
		return
	}
	if known(c.Setting) && c.Plan.Phase != pep.NoPhase && c.Plan.Term.Year == academicYear(f.asOf) {
		c.Transfer = &Transfer{On: f.asOf, From: c.Setting}
	}
	c.Setting = now
}

func known(s pep.Setting) bool { return s.URN != "" || s.LAEstab != "" || s.Name != "" }

// sameSetting compares by the identifiers that both have; a corrected spelling
// is no move.
func sameSetting(a, b pep.Setting) bool {
	switch {
	case a.URN != "" && b.URN != "":
		return a.URN == b.URN
	case a.LAEstab != "" && b.LAEstab != "":
		return a.LAEstab == b.LAEstab
	}
	return a.Name == b.Name
}

// forward brings the next meeting forward: on the register's word, on a new
// custodial sentence, and once a transfer is authorised.
func (f *following) forward() {
	c, now := f.last(), seenIn(f.rec.Child)
	was := c.Seen
	c.Seen.Forward, c.Seen.Custody = now.Forward, now.Custody
	if c.Plan.Phase == pep.NoPhase {
		return
	}
	switch {
	case now.Custody && !was.Custody:
		f.bring(pep.Sentenced)
	case now.Forward != pep.NotBroughtForward && now.Forward != was.Forward:
		f.bring(now.Forward)
	case c.Transfer != nil && !c.Transfer.Authorised.IsZero() && c.Forward != pep.NewSchool:
		f.bring(pep.NewSchool)
	}
}

// bring makes an earlier meeting due: of the same plan, or of a new one where
// the form is out with somebody who does not have the child any more, or the
// meeting is over.
func (f *following) bring(why pep.BringForward) {
	c := f.last()
	elsewhere := why == pep.NewSchool || why == pep.Sentenced
	if c.Status != pep.MeetingHeld && (!c.Fixed || !elsewhere) {
		c.bringForward(why, f.asOf)
		return
	}
	c.Forward, c.Forwarded = why, f.asOf
	f.next(pep.Meeting{}, why)
}
