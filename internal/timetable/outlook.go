package timetable

import (
	"errors"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// MilestoneName is one thing that must happen in the life of a plan.
type MilestoneName string

// The milestones.
const (
	FormOut    MilestoneName = "form_out"
	ReturnDue  MilestoneName = "return_due"
	ChaseDue   MilestoneName = "chase"
	Initiate   MilestoneName = "initiate"
	Available  MilestoneName = "available_for_first_review"
	FinalDue   MilestoneName = "final_due"
	SetMeeting MilestoneName = "set_meeting"
)

// Milestone is one thing that must happen, by when, and why then. A zero Due
// means that the day is not known; Why says why not.
type Milestone struct {
	Name MilestoneName `json:"milestone"`
	Due  pep.Date      `json:"due"`
	Late bool          `json:"late"`
	Why  []string      `json:"why"`
}

// Skip is something that cannot be planned, and why not. An empty Milestone
// means the whole plan.
type Skip struct {
	Milestone MilestoneName `json:"milestone,omitempty"`
	Why       []string      `json:"why"`
}

// Recipient is one person who is to get something. Contact is zero where
// nobody has the role: such a recipient is held for an officer.
type Recipient struct {
	Role    pep.Role    `json:"role"`
	Contact pep.Contact `json:"contact"`
	// AskedByRegister is true where the register asked for this person beyond
	// the authority's rule.
	AskedByRegister bool `json:"asked_by_register"`
	// WithholdPlacementAddress means that this copy must not show where the
	// child lives.
	WithholdPlacementAddress bool     `json:"withhold_placement_address"`
	Why                      []string `json:"why"`
}

// Blocked is a person who was asked for and must not be written to.
type Blocked struct {
	Role    pep.Role    `json:"role"`
	Contact pep.Contact `json:"contact"`
	Why     string      `json:"why"`
}

// Outlook is everything the timetable says of one child's plan. Only Late,
// the form of a first plan and ages depend on the day it was made for.
type Outlook struct {
	Plan pep.Plan `json:"plan"`
	AsOf pep.Date `json:"as_of"`
	// Meeting is the day the meeting falls on; its Kind is empty where there is
	// no meeting or the calendar cannot tell. Any kind but a school day
	// deserves a warning.
	Meeting   calendar.Day `json:"meeting"`
	FormDue   Milestone    `json:"form_due"`
	ReturnDue Milestone    `json:"return_due"`
	FinalDue  Milestone    `json:"final_due"`
	// InitialBy10 and InitialBy20 are the clocks of a first plan, counted from
	// the day the child became looked after.
	InitialBy10 Milestone `json:"initial_by_10"`
	InitialBy20 Milestone `json:"initial_by_20"`
	// Late is true where the form should have gone out before AsOf.
	Late       bool        `json:"late"`
	Recipients []Recipient `json:"recipients"`
	Blocked    []Blocked   `json:"blocked"`
	// FinalRecipients and FinalBlocked are the same for the final plan.
	FinalRecipients []Recipient `json:"final_recipients"`
	FinalBlocked    []Blocked   `json:"final_blocked"`
	Skips           []Skip      `json:"skips"`
}

// Make works out one child's plan as seen on a day. It never fails: what
// cannot be told is left unknown, with the reason among the milestones and
// skips. A nil calendar has no dates at all.
func (r Rules) Make(rec pep.Record, cal *calendar.Calendar, asOf pep.Date) Outlook {
	o := Outlook{Plan: r.plan(rec, cal, asOf), AsOf: asOf}
	o.meeting(cal)
	if o.Plan.Phase == pep.NoPhase {
		o.skip("", o.Plan.Why...)
		return o
	}
	d := dating{rules: r, cal: cal, asOf: asOf, child: rec.Child, initial: o.Plan.Has(pep.Initial)}
	d.fill(&o)
	o.Recipients, o.Blocked = r.FormRecipients(rec, o.Plan)
	o.FinalRecipients, o.FinalBlocked = r.FinalRecipients(rec, o.Plan)
	if len(o.Recipients) == 0 {
		o.skip(FormOut, "nobody is left to get the form: an officer must say who")
	}
	return o
}

func (o *Outlook) skip(m MilestoneName, why ...string) {
	o.Skips = append(o.Skips, Skip{Milestone: m, Why: why})
}

func (o *Outlook) meeting(cal *calendar.Calendar) {
	o.Meeting.Date = o.Plan.Meeting.Date
	if cal == nil || o.Meeting.Date.IsZero() {
		return
	}
	if day, err := cal.Day(o.Meeting.Date); err == nil {
		o.Meeting = day
	}
}

// errNoCalendar stands for a calendar that is not there at all.
var errNoCalendar = errors.New("no calendar is loaded")
