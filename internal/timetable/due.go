package timetable

import (
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// Kind is what kind of thing is due (the contract of due --json).
type Kind string

// The kinds.
const (
	KindForm     Kind = "form"
	KindChase    Kind = "chase"
	KindPack     Kind = "pack"
	KindFinal    Kind = "final"
	KindTransfer Kind = "transfer"
	KindTask     Kind = "task"
)

// Progress is what has happened to a plan already; zero dates have not.
type Progress struct {
	// FormSent is the day this program sent the form to the first recipient.
	FormSent pep.Date
	// Returned is the day a filled form came back, Chased that of the chaser.
	Returned, Chased pep.Date
	// Finalised is the day the plan was finalised, FinalSent the day it left.
	Finalised, FinalSent pep.Date
}

// Due is one thing to do for one recipient, or, where Skipped, one thing that
// is not due or not possible, with the reason.
type Due struct {
	Ref       pep.Ref       `json:"ref"`
	PlanKey   string        `json:"-"`
	Kind      Kind          `json:"kind,omitempty"`
	Milestone MilestoneName `json:"milestone,omitempty"`
	Due       pep.Date      `json:"due"`
	Role      pep.Role      `json:"recipient_role,omitempty"`
	Recipient Recipient     `json:"-"`
	Late      bool          `json:"late"`
	Skipped   bool          `json:"skipped,omitempty"`
	// Hold says why a person must look before this is done; empty where nobody
	// must.
	Hold string   `json:"-"`
	Why  []string `json:"why"`
}

// Due says what of one plan is due up to a day, to whom, and what is not and
// why. Overdue things are included. Chasers and finals follow only a form that
// was sent. Under handoff everything is a task and nothing is a form.
func (r Rules) Due(o Outlook, done Progress, cal *calendar.Calendar, until pep.Date) []Due {
	l := list{rules: r, outlook: o, until: until}
	if o.Plan.Phase == pep.NoPhase {
		l.skip("", pep.Date{}, o.Plan.Why...)
		return l.rows
	}
	if done.FormSent.IsZero() {
		l.form()
	} else {
		l.chase(done, dating{rules: r, cal: cal})
		l.final(done)
	}
	for _, b := range o.Blocked {
		l.rows = append(l.rows, Due{Ref: o.Plan.Ref, PlanKey: o.Plan.Key(), Milestone: FormOut, Role: b.Role, Skipped: true, Why: []string{b.Why}})
	}
	return l.rows
}

// list gathers the rows of one plan.
type list struct {
	rules   Rules
	outlook Outlook
	until   pep.Date
	rows    []Due
}

func (l *list) skip(m MilestoneName, due pep.Date, why ...string) {
	l.rows = append(l.rows, Due{
		Ref: l.outlook.Plan.Ref, PlanKey: l.outlook.Plan.Key(), Milestone: m, Due: due, Skipped: true, Why: why,
	})
}

func (l *list) add(kind Kind, m MilestoneName, due pep.Date, late bool, to Recipient, why ...string) {
	l.rows = append(l.rows, Due{
		Ref: l.outlook.Plan.Ref, PlanKey: l.outlook.Plan.Key(), Kind: kind, Milestone: m, Due: due,
		Role: to.Role, Recipient: to, Late: late, Why: slices.Concat(why, to.Why),
	})
}

// form is the blank form, or the task to open it in the portal, or the task to
// set a meeting where none is booked.
func (l *list) form() {
	o := l.outlook
	m := o.FormDue
	switch {
	case m.Due.IsZero():
		l.skip(FormOut, pep.Date{}, m.Why...)
		if o.Plan.Meeting.Date.IsZero() {
			l.add(KindTask, SetMeeting, o.AsOf, false, Recipient{Role: l.rules.MeetingSetBy.Value}, "no meeting is booked: set its date", "source: "+l.rules.MeetingSetBy.Source)
		}
	case m.Due.After(l.until):
		l.skip(FormOut, m.Due, slices.Concat([]string{"not due before " + m.Due.Long()}, m.Why)...)
	case len(o.Recipients) == 0:
		l.skip(FormOut, m.Due, "nobody is left to get the form: an officer must say who")
	default:
		l.sendForm(m)
	}
}

// sendForm adds the form for every recipient. One whose meeting is over is not
// lost and not sent by itself either: a person must look.
func (l *list) sendForm(m Milestone) {
	kind, why, first := KindForm, m.Why, len(l.rows)
	if l.rules.FormDelivery.Value == ByHandoff {
		kind = KindTask
		why = slices.Concat([]string{"to be opened in " + l.rules.Portal.Value + ": no form goes by mail"}, why)
	}
	for _, to := range l.outlook.Recipients {
		l.add(kind, FormOut, m.Due, m.Late, to, why...)
	}
	if !meetingOver(l.outlook) {
		return
	}
	for i := range l.rows[first:] {
		hold := fmt.Sprintf("the meeting was on %s: send the form all the same, or set a new date", l.outlook.Plan.Meeting.Date.Long())
		l.rows[first+i].Hold, l.rows[first+i].Why = hold, append(l.rows[first+i].Why, hold)
	}
}

// meetingOver reports whether the meeting was before the day of the outlook.
func meetingOver(o Outlook) bool {
	return !o.Plan.Meeting.Date.IsZero() && o.Plan.Meeting.Date.Before(o.AsOf)
}

// chase asks once for a form that is not back, the working day after it was
// due; where a form went out later than that, the working day after it left.
func (l *list) chase(done Progress, dates dating) {
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
	from := o.ReturnDue.Due
	if done.FormSent.After(from) {
		from = done.FormSent
	}
	count, err := dates.count(from, l.rules.Chase, +1)
	m := milestone(ChaseDue, l.rules.Chase, "after "+from.Long()+", with no form back", count, err)
	l.sendChase(m)
}

func (l *list) sendChase(m Milestone) {
	switch {
	case m.Due.IsZero():
		l.skip(ChaseDue, pep.Date{}, m.Why...)
	case m.Due.After(l.until):
		l.skip(ChaseDue, m.Due, "not due before "+m.Due.Long())
	default:
		for _, to := range l.outlook.Recipients {
			l.add(KindChase, ChaseDue, m.Due, m.Due.Before(l.outlook.AsOf), to, m.Why...)
		}
	}
}

// final sends the plan once it is finalised; the milestone says by when it
// should have been.
func (l *list) final(done Progress) {
	o := l.outlook
	switch {
	case !done.FinalSent.IsZero():
		l.skip(FinalDue, pep.Date{}, "the final plan left on "+done.FinalSent.Long())
	case done.Finalised.IsZero():
		l.skip(FinalDue, o.FinalDue.Due, slices.Concat([]string{"the plan is not finalised yet"}, o.FinalDue.Why)...)
	case done.Finalised.After(l.until):
		l.skip(FinalDue, done.Finalised, "not finalised before "+done.Finalised.Long())
	case len(o.FinalRecipients) == 0:
		l.skip(FinalDue, o.FinalDue.Due, "nobody is entitled to the final plan unless they ask", "source: "+l.rules.FinalTo.Source)
	default:
		late := !o.FinalDue.Due.IsZero() && done.Finalised.After(o.FinalDue.Due)
		for _, to := range o.FinalRecipients {
			l.add(KindFinal, FinalDue, done.Finalised, late, to, "finalised on "+done.Finalised.Long())
		}
	}
	for _, b := range o.FinalBlocked {
		l.rows = append(l.rows, Due{Ref: o.Plan.Ref, PlanKey: o.Plan.Key(), Milestone: FinalDue, Role: b.Role, Skipped: true, Why: []string{b.Why}})
	}
}
