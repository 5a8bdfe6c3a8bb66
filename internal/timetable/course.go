package timetable

import (
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// Course is one plan from its opening to its end: what must be kept of it
// between one run and the next.
type Course struct {
	// Plan is fixed in phase, year group, variant and term once its form left;
	// until then it follows the register. Circumstances always follow it.
	Plan  pep.Plan `json:"plan"`
	Fixed bool     `json:"fixed,omitempty"`
	// Opened is the day the plan came to be, Known the day its meeting's date
	// was first known.
	Opened pep.Date `json:"opened"`
	Known  pep.Date `json:"known"`
	// OffRoll is the day on which the register first had no setting for the
	// child; zero while it has one.
	OffRoll pep.Date `json:"off_roll"`
	// Setting is the one the form is made with.
	Setting pep.Setting `json:"setting"`
	// Seen is what the register said when it was last looked at; only a change
	// in it is news.
	Seen     Seen              `json:"seen"`
	Status   pep.MeetingStatus `json:"status"`
	Meetings []MeetingEvent    `json:"meetings,omitempty"`
	// Forward is why the plan was brought forward, empty where it was not;
	// Forwarded the day on which that was known, and Instead the date of the
	// meeting that an earlier one is to take the place of.
	Forward   pep.BringForward `json:"forward,omitempty"`
	Forwarded pep.Date         `json:"forwarded,omitzero"`
	Instead   pep.Date         `json:"instead,omitzero"`
	// Transfer is set where the child changed setting within the year.
	Transfer *Transfer `json:"transfer,omitempty"`
	Marks    []Mark    `json:"marks,omitempty"`
	// Closed is the day the plan ended, with the reason; zero while it goes on.
	Closed    pep.Date `json:"closed"`
	ClosedWhy string   `json:"closed_why,omitempty"`
}

// Seen is what a register says that changes the course of a plan.
type Seen struct {
	Meeting pep.Meeting       `json:"meeting"`
	Status  pep.MeetingStatus `json:"status,omitempty"`
	Forward pep.BringForward  `json:"forward,omitempty"`
	Custody bool              `json:"custody,omitempty"`
}

// MeetingEvent is one change of a plan's meeting.
type MeetingEvent struct {
	On      pep.Date          `json:"on"`
	Status  pep.MeetingStatus `json:"status"`
	Meeting pep.Meeting       `json:"meeting"`
	By      string            `json:"by,omitempty"`
	Why     string            `json:"why,omitempty"`
}

// Transfer is a change of setting within the academic year. The full plan goes
// to the new setting's designated teacher once the Virtual School has
// authorised it and named the confirmed address.
type Transfer struct {
	On         pep.Date    `json:"on"`
	From       pep.Setting `json:"from"`
	Authorised pep.Date    `json:"authorised"`
	By         string      `json:"by,omitempty"`
	// To is the confirmed designated teacher's canonical address.
	To string `json:"to,omitempty"`
}

// Mark is a task that was done: by whom, when, and what was said about it.
type Mark struct {
	Milestone MilestoneName `json:"milestone"`
	On        pep.Date      `json:"on"`
	By        string        `json:"by"`
	Note      string        `json:"note,omitempty"`
}

// Open reports whether the plan goes on.
func (c Course) Open() bool { return c.Closed.IsZero() }

// Done is the day a task of the plan was done, zero where it was not.
func (c Course) Done(m MilestoneName) pep.Date {
	for _, mark := range c.Marks {
		if mark.Milestone == m {
			return mark.On
		}
	}
	return pep.Date{}
}

// open begins the next plan of a child as of a day.
func (r Rules) open(rec pep.Record, cal *calendar.Calendar, asOf pep.Date) Course {
	c := Course{
		Plan: r.plan(rec, cal, asOf), Opened: asOf, Setting: rec.Child.Setting, Seen: seenIn(rec.Child),
		Status: openingStatus(rec.Child, asOf), Forward: rec.Child.BringForward,
	}
	if !rec.Child.Meeting.Date.IsZero() {
		c.Known = asOf
	}
	if c.Forward != pep.NotBroughtForward {
		c.Forwarded = asOf
	}
	if enrolled, _ := onRoll(rec.Child); !enrolled {
		c.OffRoll = asOf
	}
	return c
}

// openingStatus is where the meeting of a plan that opens stands. That one was
// held is said of the plan before, unless its day is the plan's own and past.
func openingStatus(c pep.Child, asOf pep.Date) pep.MeetingStatus {
	switch status := statusOf(c); {
	case status != pep.MeetingHeld:
		return status
	case c.Meeting.Date.IsZero():
		return pep.MeetingUnknown
	case c.Meeting.Date.After(asOf):
		return pep.MeetingBooked
	default:
		return status
	}
}

// bringForward notes that an earlier meeting is wanted than the one on record.
func (c *Course) bringForward(why pep.BringForward, on pep.Date) {
	c.Forward, c.Forwarded, c.Instead = why, on, c.Plan.Meeting.Date
}

func seenIn(c pep.Child) Seen {
	return Seen{Meeting: c.Meeting, Status: c.MeetingStatus, Forward: c.BringForward, Custody: inCustody(c)}
}
