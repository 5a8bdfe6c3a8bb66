package timetable

import (
	"errors"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// MilestoneName is one thing that must happen in the life of a plan.
type MilestoneName string

// The milestones, in the order in which a plan meets them.
const (
	SetMeeting             MilestoneName = "set_meeting"
	Initiate               MilestoneName = "initiate"
	SocialWorkerPart       MilestoneName = "social_worker_part"
	InitialMeeting         MilestoneName = "initial_meeting"
	Available              MilestoneName = "available_for_first_review"
	NewSettingPlace        MilestoneName = "new_setting"
	TransferDue            MilestoneName = "transfer"
	TellEducationAuthority MilestoneName = "tell_education_authority"
	TellVirtualSchool      MilestoneName = "tell_virtual_school"
	FormOut                MilestoneName = "form_out"
	ViewsOut               MilestoneName = "views_out"
	CarerSheetOut          MilestoneName = "carer_sheet_out"
	PackOut                MilestoneName = "pack_out"
	ReturnDue              MilestoneName = "return_due"
	ChaseDue               MilestoneName = "chase"
	HoldMeeting            MilestoneName = "meeting"
	Finalise               MilestoneName = "finalise"
	FinalDue               MilestoneName = "final_due"
	ChildCopy              MilestoneName = "child_copy"
	SubmissionDue          MilestoneName = "submission"
	CurrentForReview       MilestoneName = "current_for_review"
	CopyTargets            MilestoneName = "copy_targets"
	RecordProvision        MilestoneName = "record_provision"
	NextMeeting            MilestoneName = "next_meeting"
)

// MilestoneNames lists every milestone.
func MilestoneNames() []MilestoneName {
	return []MilestoneName{
		SetMeeting, Initiate, SocialWorkerPart, InitialMeeting, Available, NewSettingPlace, TransferDue,
		TellEducationAuthority, TellVirtualSchool, FormOut, ViewsOut, CarerSheetOut, ReturnDue, ChaseDue, PackOut,
		HoldMeeting, Finalise, FinalDue, ChildCopy, SubmissionDue, CurrentForReview, CopyTargets, RecordProvision, NextMeeting,
	}
}

// Milestone is one thing that must happen, by when, and why then. A zero Due
// means that the day is not known; Why says why not.
type Milestone struct {
	Name MilestoneName `json:"milestone"`
	Due  pep.Date      `json:"due"`
	Late bool          `json:"late"`
	Why  []string      `json:"why"`
	// Kind is what this program does about it; a task is somebody's own work.
	Kind Kind `json:"kind,omitempty"`
	// By is who has to act.
	By pep.Role `json:"by,omitempty"`
	// Done is the day it was done, zero while it is open.
	Done pep.Date `json:"done"`
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
	// Also are the other roles that the same address is recorded in: the copy
	// shows only what every one of them may see.
	Also []pep.Role `json:"also,omitempty"`
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
	// PackRecipients get the meeting pack, where the authority sends one.
	PackRecipients []Recipient `json:"-"`
	// Heads and VirtualSchools are told, by later reminders, of a form that is
	// not back; TransferTo is whom the Virtual School confirmed.
	Heads          []Recipient `json:"-"`
	VirtualSchools []Recipient `json:"-"`
	TransferTo     []Recipient `json:"-"`
	Skips          []Skip      `json:"skips"`
	// Milestones are all of the plan, in the order of their names; the ones
	// above are among them.
	Milestones []Milestone `json:"milestones"`
	// Course is the plan's, as it was made from.
	Course Course `json:"-"`
}

// Make works out one child's next plan as seen on a day, as if it were opened
// on that day.
func (r Rules) Make(rec pep.Record, cal *calendar.Calendar, asOf pep.Date) Outlook {
	return r.Look(rec, r.open(rec, cal, asOf), Progress{}, cal, asOf)
}

// Look works out one plan as seen on a day, from the register, the course of
// the plan and what has happened to it. It never fails: what cannot be told is
// left unknown, with the reason among the milestones and skips. A nil calendar
// has no dates at all.
func (r Rules) Look(rec pep.Record, c Course, done Progress, cal *calendar.Calendar, asOf pep.Date) Outlook {
	o := Outlook{Plan: c.Plan, Course: c, AsOf: asOf}
	o.meeting(cal)
	if o.Plan.Phase == pep.NoPhase {
		o.skip("", o.Plan.Why...)
		return o
	}
	done = r.handedOff(c, done)
	d := r.datingOf(c, rec.Child, cal, asOf)
	d.fill(&o)
	o.Recipients, o.Blocked = r.FormRecipients(rec, o.Plan, asOf)
	o.FinalRecipients, o.FinalBlocked = r.FinalRecipients(rec, o.Plan)
	o.PackRecipients = r.packRecipients(rec, o.Plan)
	o.Heads, o.VirtualSchools, o.TransferTo = r.reminded(rec, o.Plan, pep.Head), r.reminded(rec, o.Plan, pep.VirtualSchool), r.transferTo(rec, c)
	m := milestones{dating: d, plan: o.Plan, course: c, done: done, record: rec}
	o.Milestones = m.all(&o)
	if len(o.Recipients) == 0 {
		o.skip(FormOut, "nobody is left to get the form: an officer must say who")
	}
	return o
}

// handedOff takes what an officer noted about a form in a portal for what
// happened to it; a form that goes by mail has its deliveries and returns.
func (r Rules) handedOff(c Course, done Progress) Progress {
	if r.FormDelivery.Value != ByHandoff {
		return done
	}
	done.FormSent, done.Returned, done.Finalised = c.Done(FormOut), c.Done(ReturnDue), c.Done(Finalise)
	done.FinalLeft = c.Done(FinalDue)
	return done
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
