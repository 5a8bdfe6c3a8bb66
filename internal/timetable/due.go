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
	// Finalised is the day the plan was finalised, FinalSent the day it left
	// for everybody, FinalLeft the day it first left for anybody.
	Finalised, FinalSent, FinalLeft pep.Date
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
	// Occasion tells one reminder of a plan from the next; the first has none.
	Occasion string `json:"-"`
	// Hold says why a person must look before this is done; empty where nobody
	// must. Missed says why nothing does it by itself any more, because its day
	// went by unattended; a person who sends may.
	Hold   string   `json:"-"`
	Missed string   `json:"-"`
	Why    []string `json:"why"`
}

// Due says what of one plan is due up to a day, to whom, and what is not and
// why. Overdue things are included. Chasers and finals follow only a form that
// was sent. Under handoff everything is a task and nothing is a form.
func (r Rules) Due(o Outlook, done Progress, cal *calendar.Calendar, until pep.Date) []Due {
	done = r.handedOff(o.Course, done)
	l := list{rules: r, outlook: o, until: until, dates: r.datingOf(o.Course, pep.Child{}, cal, o.AsOf)}
	switch {
	case !o.Course.Open():
		l.skip("", pep.Date{}, "the plan was closed on "+o.Course.Closed.Long()+": "+o.Course.ClosedWhy)
		return l.rows
	case o.Plan.Phase == pep.NoPhase:
		l.skip("", pep.Date{}, o.Plan.Why...)
		return l.rows
	}
	if done.FormSent.IsZero() {
		l.form()
	} else {
		l.chase(done)
		l.final(done)
	}
	l.pack()
	l.transfer()
	l.tasks()
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
	dates   dating
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

// form is the blank form, or the task to open it in the portal.
func (l *list) form() {
	o := l.outlook
	m := o.FormDue
	switch {
	case m.Due.IsZero():
		l.skip(FormOut, pep.Date{}, m.Why...)
	case m.Due.After(l.until):
		l.skip(FormOut, m.Due, slices.Concat([]string{"not due before " + m.Due.Long()}, m.Why)...)
	case len(o.Recipients) == 0:
		l.skip(FormOut, m.Due, "nobody is left to get the form: an officer must say who")
	default:
		l.sendForm(m)
	}
}

// sendForm adds the form for every recipient. One whose meeting is over, or
// whose social worker's part is missing, is not lost and not sent by itself
// either: a person must look.
func (l *list) sendForm(m Milestone) {
	kind, why, first := KindForm, m.Why, len(l.rows)
	if l.rules.FormDelivery.Value == ByHandoff {
		kind = KindTask
		why = slices.Concat([]string{"to be opened in " + l.rules.Portal.Value + ": no form goes by mail"}, why)
	}
	for _, to := range l.outlook.Recipients {
		l.add(kind, FormOut, m.Due, m.Late, to, why...)
	}
	hold, missed := l.holdForm(), l.missed(m.Due)
	for i := range l.rows[first:] {
		row := &l.rows[first+i]
		row.Hold, row.Missed = hold, missed
		for _, more := range []string{hold, missed} {
			if more != "" {
				row.Why = append(row.Why, more)
			}
		}
	}
}

// FormWaits is how every reason ends for which a form is held until somebody
// else has done their part.
const FormWaits = ": the form waits for it"

// Waiting is what the form of the plan waits for: the part of the child's
// worker, or the Virtual School's word on a change of setting within the year;
// empty where it waits for nothing.
func (o Outlook) Waiting() string {
	part, known := o.Milestone(SocialWorkerPart)
	switch t := o.Course.Transfer; {
	case known && part.Done.IsZero():
		return fmt.Sprintf("the %s's part is not complete%s", part.By, FormWaits)
	case t != nil && t.Authorised.IsZero():
		return "the child changed setting within the year, and the Virtual School has not authorised the transfer" + FormWaits
	}
	return ""
}

// holdForm is why the form waits for a person; empty where it need not.
func (l *list) holdForm() string {
	o := l.outlook
	switch {
	case meetingOver(o):
		return fmt.Sprintf("the meeting was on %s: send the form all the same, or set a new date", o.Plan.Meeting.Date.Long())
	case o.Waiting() != "":
		return o.Waiting()
	case o.Course.Transfer != nil && o.Course.Fixed:
		return "the form of this plan is out with the setting before: the new setting gets the next plan's"
	}
	return ""
}

// Milestone finds a milestone of the plan; false where the plan has none of the
// name.
func (o Outlook) Milestone(name MilestoneName) (Milestone, bool) {
	at := slices.IndexFunc(o.Milestones, func(m Milestone) bool { return m.Name == name })
	if at < 0 {
		return Milestone{}, false
	}
	return o.Milestones[at], true
}

// missed is why nothing is done by itself any more: its day, or the day its
// meeting became known, went by unattended so long ago that a person must say.
// Empty where it is still useful.
func (l *list) missed(due pep.Date) string {
	clock := l.rules.Useful
	if clock.Off() {
		return ""
	}
	day := laterOf(laterOf(due, l.outlook.Course.Known), l.outlook.Course.Opened)
	limit, err := l.dates.count(day, clock, +1)
	if err != nil || !l.outlook.AsOf.After(limit.Date) {
		return ""
	}
	return fmt.Sprintf("missed: its day was %s and nothing was sent by %s; a person must say whether it still goes", day.Long(), limit.Date.Long())
}

// meetingOver reports whether the meeting was before the day of the outlook.
func meetingOver(o Outlook) bool {
	return !o.Plan.Meeting.Date.IsZero() && o.Plan.Meeting.Date.Before(o.AsOf)
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
		kind, why := KindFinal, []string{"finalised on " + done.Finalised.Long()}
		if l.rules.FormDelivery.Value == ByHandoff {
			kind, why = KindTask, append(why, "the plan is in "+l.rules.Portal.Value+": given out from there")
		}
		for _, to := range o.FinalRecipients {
			l.add(kind, FinalDue, done.Finalised, late, to, why...)
		}
	}
	for _, b := range o.FinalBlocked {
		l.rows = append(l.rows, Due{Ref: o.Plan.Ref, PlanKey: o.Plan.Key(), Milestone: FinalDue, Role: b.Role, Skipped: true, Why: []string{b.Why}})
	}
}

// pack is the meeting pack for those invited who may have the plan's papers,
// until the meeting is over. A meeting that moves has a pack of its own.
func (l *list) pack() {
	m, has := l.outlook.Milestone(PackOut)
	switch {
	case !has:
	case meetingOver(l.outlook):
		l.skip(PackOut, m.Due, "the meeting was on "+l.outlook.Plan.Meeting.Date.Long())
	case m.Due.IsZero():
		l.skip(PackOut, pep.Date{}, m.Why...)
	case m.Due.After(l.until):
		l.skip(PackOut, m.Due, slices.Concat([]string{"not due before " + m.Due.Long()}, m.Why)...)
	default:
		first := len(l.rows)
		for _, to := range l.outlook.PackRecipients {
			l.add(KindPack, PackOut, m.Due, m.Late, to, m.Why...)
		}
		for i := range l.rows[first:] {
			l.rows[first+i].Occasion = l.outlook.Plan.Meeting.Date.String()
			l.rows[first+i].Missed = l.missed(m.Due)
		}
	}
}

// transfer is the full plan to the new setting, once the Virtual School has
// authorised it, to the one address it confirmed.
func (l *list) transfer() {
	t := l.outlook.Course.Transfer
	if t == nil || t.Authorised.IsZero() || t.Authorised.After(l.until) {
		return
	}
	for _, to := range l.outlook.TransferTo {
		l.add(KindTransfer, TransferDue, t.Authorised, false, to, "authorised by the Virtual School on "+t.Authorised.Long())
	}
}

// tasks are the milestones that are somebody's own work and still open. A form
// in a portal stands among the forms.
func (l *list) tasks() {
	for _, m := range l.outlook.Milestones {
		if m.Kind != KindTask || !m.Done.IsZero() || m.Due.IsZero() || m.Due.After(l.until) || m.Name == FormOut {
			continue
		}
		l.add(KindTask, m.Name, m.Due, m.Late, Recipient{Role: m.By}, m.Why...)
	}
}
