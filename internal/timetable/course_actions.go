package timetable

import (
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// ActionError says why an officer's word on a plan is not taken.
type ActionError struct{ What, Hint string }

// Error says what is wrong and what to do.
func (e *ActionError) Error() string { return e.What + "; " + e.Hint }

func (c Course) mustBeOpen() error {
	switch {
	case c.Plan.Phase == pep.NoPhase:
		return &ActionError{"no plan is made for this child", "pepost due says why"}
	case !c.Open():
		return &ActionError{"the plan is closed: " + c.ClosedWhy, "name a plan that goes on"}
	}
	return nil
}

// SetMeeting records an officer's word on the meeting; the register counts
// again as soon as it says something new. Errors are an [ActionError].
func (c Course) SetMeeting(e MeetingEvent) (Course, error) {
	if err := c.mustBeOpen(); err != nil {
		return c, err
	}
	dated := e.Status == pep.MeetingProposed || e.Status == pep.MeetingBooked || e.Status == pep.MeetingReconvened
	switch {
	case !slices.Contains(pep.MeetingStatuses(), e.Status):
		return c, &ActionError{fmt.Sprintf("%q is no state of a meeting", e.Status), "proposed, booked, cancelled, reconvened or held"}
	case dated && e.Meeting.Date.IsZero():
		return c, &ActionError{"the meeting's date is missing", "give it with --date"}
	case dated && e.Meeting.Date.Before(e.On):
		return c, &ActionError{"the meeting's date is past", "say held, or give a date to come"}
	case e.Status == pep.MeetingHeld && c.Plan.Meeting.Date.IsZero() && e.Meeting.Date.IsZero():
		return c, &ActionError{"no meeting is on record", "say with --date when it was held"}
	case e.Status == pep.MeetingHeld && e.Meeting.Date.After(e.On), e.Status == pep.MeetingHeld && e.Meeting.Date.IsZero() && c.Plan.Meeting.Date.After(e.On):
		return c, &ActionError{"the meeting's date is still to come", "say with --date when it was held"}
	case c.Status == pep.MeetingHeld && e.Status != pep.MeetingHeld:
		return c, &ActionError{"the meeting was held already", "the next one belongs to the next plan"}
	}
	if e.Status == pep.MeetingCancelled || e.Meeting.Date.IsZero() {
		e.Meeting = c.Plan.Meeting
	}
	c.note(e)
	return c, nil
}

// BringForward records that the next meeting is to be held before its time.
// Errors are an [ActionError].
func (c Course) BringForward(why pep.BringForward, on pep.Date) (Course, error) {
	if err := c.mustBeOpen(); err != nil {
		return c, err
	}
	if !slices.Contains(pep.BringForwards(), why) {
		return c, &ActionError{fmt.Sprintf("%q is no reason to bring a meeting forward", why), "see pepost plans forward --help"}
	}
	c.bringForward(why, on)
	return c, nil
}

// AuthoriseTransfer records the Virtual School's word that the full plan may go
// to the new setting: to the one designated teacher, practitioner or person
// whose canonical address is named, who must be in the register. Errors are an
// [ActionError].
func (c Course) AuthoriseTransfer(rec pep.Record, on pep.Date, by, to string) (Course, error) {
	if err := c.mustBeOpen(); err != nil {
		return c, err
	}
	if c.Transfer == nil {
		return c, &ActionError{"no change of setting within the year is on record", "import the export that names the new setting first"}
	}
	if !slices.ContainsFunc(rec.Contacts, func(p pep.Contact) bool {
		return p.Role.Designated() && p.Email.Canonical() == to && to != ""
	}) {
		return c, &ActionError{"the address is not that of a designated teacher in the register", "import the contact first, then confirm it"}
	}
	transfer := *c.Transfer
	transfer.Authorised, transfer.By, transfer.To = on, by, to
	c.Transfer = &transfer
	return c, nil
}

// MarkDone records that a task was done; a second time changes nothing. What
// is no task under the rules in force, such as a form that goes by mail, is the
// caller's to refuse. Errors are an [ActionError].
func (c Course) MarkDone(m Mark) (Course, error) {
	if err := c.mustBeOpen(); err != nil {
		return c, err
	}
	switch {
	case !slices.Contains(MilestoneNames(), m.Milestone):
		return c, &ActionError{fmt.Sprintf("%q is no milestone", m.Milestone), "pepost tasks lists what is open"}
	case slices.Contains([]MilestoneName{ChaseDue}, m.Milestone):
		return c, &ActionError{string(m.Milestone) + " is done by the deliveries and returns themselves", "pepost outbox list shows them"}
	case m.Milestone == TransferDue:
		return c, &ActionError{"a transfer is authorised, not done", "pepost plans transfer names who gets the plan"}
	case !c.Done(m.Milestone).IsZero():
		return c, nil
	}
	c.Marks = append(c.Marks[:len(c.Marks):len(c.Marks)], m)
	return c, nil
}
