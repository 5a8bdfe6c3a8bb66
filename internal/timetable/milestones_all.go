package timetable

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// milestones gathers everything of one plan, in the order in which a plan meets
// it. The clocks that the authority does not have are left out.
type milestones struct {
	dating
	plan   pep.Plan
	course Course
	done   Progress
	record pep.Record
	found  []Milestone
}

// all works every milestone out; the ones of the outlook's own fields are taken
// from there.
func (m *milestones) all(o *Outlook) []Milestone {
	m.before(o)
	m.entry(o)
	m.setting()
	m.form(o)
	m.around()
	m.after(o)
	m.review()
	m.next()
	slices.SortStableFunc(m.found, func(a, b Milestone) int { return a.Name.order() - b.Name.order() })
	return m.found
}

func (n MilestoneName) order() int { return slices.Index(MilestoneNames(), n) }

// add takes a milestone in, done or late as it is.
func (m *milestones) add(s Milestone, done pep.Date) {
	if s.Done = done; done.IsZero() {
		s.Done = m.course.Done(s.Name)
	}
	s.Late = s.Late && s.Done.IsZero() || s.Done.IsZero() && !s.Due.IsZero() && s.Due.Before(m.asOf)
	m.found = append(m.found, s)
}

// task adds somebody's own work by a clock counted forward from a day.
func (m *milestones) task(name MilestoneName, by pep.Role, clock Clock, from pep.Date, what string, done pep.Date, more ...string) {
	if clock.Off() {
		return
	}
	s := Milestone{Name: name}
	if from.IsZero() {
		s.Why = []string{clock.words() + " " + what + ": that day is not known yet"}
	} else {
		count, err := m.count(from, clock, +1)
		s = milestone(name, clock, what+" on "+from.Long(), count, err)
	}
	s.Kind, s.By, s.Why = KindTask, by, append(s.Why, more...)
	m.add(s, done)
}

// taskBefore is task, counted back from the meeting.
func (m *milestones) taskBefore(name MilestoneName, by pep.Role, clock Clock, done pep.Date, more ...string) {
	if clock.Off() {
		return
	}
	s := m.beforeMeeting(name, clock)
	s.Kind, s.By, s.Why = KindTask, by, append(s.Why, more...)
	m.add(s, done)
}

// before is what must be before a form can go: a date, and the worker's part.
func (m *milestones) before(o *Outlook) {
	if m.meeting.IsZero() || m.toBeEarlier() {
		m.add(m.setMeeting(), pep.Date{})
	}
	part := Milestone{Name: SocialWorkerPart, Due: o.FormDue.Due, Kind: KindTask, By: m.worker()}
	switch m.child.SocialWorkerPart {
	case pep.Yes:
		part.Why = []string{"the register says that it is complete"}
		m.add(part, m.asOf)
	case pep.No:
		part.Why = []string{fmt.Sprintf("the register says that the part of the %s is not complete: the form waits for it", part.By)}
		m.add(part, pep.Date{})
	}
}

// setMeeting is the task to set a date. It stands from the day the plan was
// opened, and is late once no form could go out in time for a meeting within
// the term.
func (m *milestones) setMeeting() Milestone {
	s := Milestone{Name: SetMeeting, Due: m.course.Opened, Kind: KindTask, By: m.rules.MeetingSetBy.Value}
	why := "no meeting is booked: set its date"
	switch {
	case m.course.Status == pep.MeetingCancelled:
		why = "the meeting was cancelled: set a new date"
	case m.course.Forward != pep.NotBroughtForward:
		why = fmt.Sprintf("brought forward (%s): set an early date", m.course.Forward)
	}
	s.Why = []string{why, "source: " + m.rules.MeetingSetBy.Source}
	latest, known := m.latestSetting()
	if known {
		s.Why = append(s.Why, "by "+latest.Long()+" at the latest: later the form cannot go out in time for a meeting this term")
	}
	s.Late = known && latest.Before(m.asOf)
	s.Due = laterOf(s.Due, m.forwardedOn())
	return s
}

// toBeEarlier reports whether the meeting on record is still the one that an
// earlier one is to take the place of. A cancelled one has no date any more.
func (m *milestones) toBeEarlier() bool {
	return m.course.Forward != pep.NotBroughtForward && m.meeting == m.course.Instead && m.meeting.After(m.asOf) &&
		m.course.Status != pep.MeetingHeld
}

// forwardedOn is the day from which an earlier meeting is asked for; zero where
// none is.
func (m *milestones) forwardedOn() pep.Date {
	if t := m.course.Transfer; t != nil && !t.Authorised.IsZero() {
		return laterOf(m.course.Forwarded, t.Authorised)
	}
	return m.course.Forwarded
}

func laterOf(a, b pep.Date) pep.Date {
	if b.After(a) {
		return b
	}
	return a
}

// latestSetting is the last day on which a meeting can be set so that its form
// goes out in time within the term: for a plan that was brought forward so many
// days after the change, by the authority's rule.
func (m *milestones) latestSetting() (pep.Date, bool) {
	if m.cal == nil {
		return pep.Date{}, false
	}
	if from := m.child.JoinedSetting; m.course.Forward == pep.NewSchool && !m.rules.Moved.Off() && !from.IsZero() {
		count, err := m.count(from, m.rules.Moved, +1)
		return count.Date, err == nil
	}
	span, err := m.cal.Term(m.course.Opened)
	if err != nil || span.Term != m.plan.Term || m.rules.FormOut.Off() {
		return pep.Date{}, false
	}
	count, err := m.count(span.To, m.rules.FormOut, -1)
	return count.Date, err == nil
}

// worker is who is responsible for the child at this age.
func (m *milestones) worker() pep.Role { return m.rules.workerAt(m.child, m.asOf).Role }

// entry are the clocks of a first plan, which run from the day the child
// became looked after, through holidays too.
func (m *milestones) entry(o *Outlook) {
	if !m.initial {
		return
	}
	initiate, available := o.InitialBy10, o.InitialBy20
	initiate.Kind, initiate.By = KindTask, m.worker()
	available.Kind, available.By = KindTask, m.worker()
	if !m.rules.Initiate.Off() {
		m.add(initiate, m.done.FormSent)
	}
	if !m.rules.Available.Off() {
		m.add(available, m.done.Finalised)
	}
	if m.rules.InitialMeeting.Off() {
		return
	}
	s := m.fromCare(InitialMeeting, m.rules.InitialMeeting)
	s.Kind, s.By = KindTask, m.rules.MeetingSetBy.Value
	if !s.Due.IsZero() && m.meeting.After(s.Due) {
		s.Late, s.Why = true, append(s.Why, "the meeting on "+m.meeting.Long()+" is later than that")
	}
	m.add(s, m.heldOn())
}

// heldOn is the day the meeting was held; zero while nobody says so.
func (m *milestones) heldOn() pep.Date {
	if m.course.Status == pep.MeetingHeld || !m.done.Finalised.IsZero() {
		return m.meeting
	}
	return pep.Date{}
}

// setting is what a change of setting, or the lack of one, asks for.
func (m *milestones) setting() {
	if since := m.course.OffRoll; m.plan.Phase == pep.Statutory && m.plan.Has(pep.NotInSetting) && !since.IsZero() {
		m.task(NewSettingPlace, pep.VirtualSchool, m.rules.NewSetting, since, "after the register first had no setting", pep.Date{},
			"a new school place, or alternative provision")
	}
	if t := m.course.Transfer; t != nil {
		s := Milestone{Name: TransferDue, Due: t.On, Kind: KindTask, By: pep.VirtualSchool, Why: []string{
			"the child changed setting within the year: the Virtual School authorises that the full plan goes to the new designated teacher",
		}}
		if !t.Authorised.IsZero() {
			s.Kind = KindTransfer
		}
		m.add(s, t.Authorised)
	}
	if elsewhere := m.rules.outOfArea(m.child.Setting); elsewhere != "" {
		m.task(TellEducationAuthority, pep.Officer, m.rules.TellEducationAuthority, m.course.Opened, "after the plan was opened", pep.Date{},
			"the setting is out of area (authority "+elsewhere+"): its education authority is told")
	}
}

// outOfArea is the code of the education authority of a setting that lies in
// another area; empty where the setting is in the area, or the register does
// not say.
func (r Rules) outOfArea(s pep.Setting) string {
	own, estab := r.LACode.Value, string(s.LAEstab)
	if len(own) != 3 || len(estab) < 3 || strings.HasPrefix(estab, own) {
		return ""
	}
	return estab[:3]
}

// form are the form, the sheets that go with it, and its way back.
func (m *milestones) form(o *Outlook) {
	out := o.FormDue
	out.Kind, out.By = KindForm, pep.Officer
	if m.handoff() {
		out.Kind = KindTask
	}
	m.add(out, m.done.FormSent)
	m.taskBefore(ViewsOut, m.called(designated), m.rules.ViewsOut, m.done.Returned, "the child's own views, gathered before the meeting")
	if m.hasCarer() {
		m.taskBefore(CarerSheetOut, m.worker(), m.rules.CarerSheetOut, m.done.Returned, "the carer's consultation sheet, back before the meeting")
	}
	back := o.ReturnDue
	back.By = m.called(designated)
	m.add(back, m.done.Returned)
	if first, ok := m.firstReminder(); ok && !o.ReturnDue.Due.IsZero() {
		count, err := m.count(laterOf(o.ReturnDue.Due, m.done.FormSent), first, +1)
		s := milestone(ChaseDue, first, "after the form was due back, with no form back", count, err)
		s.Kind, s.By = KindChase, pep.Officer
		m.add(s, m.done.Returned)
	}
	m.pack()
}

// pack is the day on which the meeting pack goes to those invited, where the
// authority has one. Under handoff the form is in a portal, and with it all
// that a pack is made of.
func (m *milestones) pack() {
	if m.rules.Pack.Off() || m.handoff() {
		return
	}
	s := m.beforeMeeting(PackOut, m.rules.Pack)
	s.Kind, s.By = KindPack, pep.Officer
	m.add(s, pep.Date{})
}

func (m *milestones) handoff() bool { return m.rules.FormDelivery.Value == ByHandoff }

// firstReminder is the clock of the first step of the escalation.
func (m *milestones) firstReminder() (Clock, bool) {
	steps := m.rules.steps()
	if len(steps) == 0 {
		return Clock{}, false
	}
	return steps[0].After, true
}

// steps are the reminders of the rules; rules without any have one, to whoever
// got the form.
func (r Rules) steps() []Reminder {
	if len(r.Reminders) > 0 || r.Chase.Off() {
		return r.Reminders
	}
	return []Reminder{{After: r.Chase, To: RemindSetting}}
}

func (m *milestones) hasCarer() bool {
	_, has := m.record.Contact(pep.FosterCarer)
	return has && m.rules.carersCount(m.child.Placement)
}

// called is the designated person as the phase calls them, or the worker where
// the child has no setting.
func (m *milestones) called(role pep.Role) pep.Role {
	if m.plan.Has(pep.NotInSetting) || m.plan.Has(pep.NotInEducation) {
		return m.worker()
	}
	g := gathering{plan: m.plan}
	return g.called(role)
}

// around is the meeting itself, and telling the Virtual School of it.
func (m *milestones) around() {
	if m.meeting.IsZero() {
		return
	}
	m.task(TellVirtualSchool, m.rules.MeetingSetBy.Value, m.rules.TellVirtualSchool, m.course.Known, "after its date was set", pep.Date{}, m.invitation())
	s := Milestone{Name: HoldMeeting, Due: m.meeting, Kind: KindTask, By: m.rules.MeetingSetBy.Value, Why: []string{"the meeting " + m.stands() + " " + m.meeting.Long()}}
	s.Why = append(s.Why, m.warnings()...)
	m.add(s, m.heldOn())
}

func (m *milestones) stands() string {
	switch m.course.Status {
	case pep.MeetingProposed:
		return "is proposed for"
	case pep.MeetingHeld:
		return "was held on"
	case pep.MeetingReconvened:
		return "is reconvened for"
	}
	return "is booked for"
}

// invitation says whether the Virtual School's consultant is asked because a
// key stage ends.
func (m *milestones) invitation() string {
	if slices.Contains(m.rules.KeyStageEnds.Value, m.plan.YearGroup) {
		return fmt.Sprintf("Year %d ends a key stage: the Virtual School's consultant is asked to come", m.plan.YearGroup)
	}
	return "the Virtual School is told the date"
}

// warnings are what speaks against the meeting's day and time under the
// authority's rules.
func (m *milestones) warnings() []string {
	var out []string
	if day, err := m.day(m.meeting); err == nil && day.Kind != calendar.SchoolDay && !m.rules.MeetingsInHolidays.Value {
		out = append(out, "that is no school day: "+day.Why()+"; "+m.rules.MeetingsInHolidays.Source)
	}
	minute, known := minuteOf(m.plan.Meeting.Time)
	hours := m.rules.SchoolHours.Value
	if known && !m.rules.MeetingsInSchoolHours.Value && hours.Until > 0 && minute >= hours.From && minute < hours.Until {
		out = append(out, "that is within school hours: "+m.rules.MeetingsInSchoolHours.Source)
	}
	if m.rules.NeedsChildAndCarer.Value {
		out = append(out, "it goes ahead only if the child and the carer can come: "+m.rules.NeedsChildAndCarer.Source)
	}
	return out
}

func (d dating) day(on pep.Date) (calendar.Day, error) {
	if d.cal == nil {
		return calendar.Day{}, errNoCalendar
	}
	return d.cal.Day(on)
}

// minuteOf reads the time of day that the roster writes as 15:30.
func minuteOf(text string) (int, bool) {
	var hour, minute int
	if n, err := fmt.Sscanf(text, "%d:%d", &hour, &minute); err != nil || n != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	return hour*60 + minute, true
}

// after is what follows the meeting until everybody has the plan.
func (m *milestones) after(o *Outlook) {
	m.task(Finalise, m.worker(), m.rules.Finalise, m.meeting, "after the meeting", m.done.Finalised)
	final := o.FinalDue
	final.Kind, final.By = KindFinal, pep.Officer
	m.add(final, m.done.FinalLeft)
	m.task(ChildCopy, m.worker(), m.rules.ChildCopy, m.done.FinalLeft, "after the final plan left", pep.Date{}, "makes sure that the child has a copy")
	m.task(RecordProvision, m.worker(), m.rules.RecordProvision, m.meeting, "after the meeting", pep.Date{}, "the provision stands in the case system")
	for _, s := range m.rules.Submissions {
		if s.Term == m.plan.Term && s.fits(m.plan) {
			m.add(Milestone{Name: SubmissionDue, Due: s.On, Kind: KindTask, By: m.called(designated), Why: []string{
				"the plans of " + s.Term.String() + " are submitted by " + s.On.Long(), "source: " + s.Source,
			}}, m.done.Finalised)
			return
		}
	}
}

// fits reports whether a submission day is meant for a plan.
func (s Submission) fits(p pep.Plan) bool {
	return (len(s.Phases) == 0 || slices.Contains(s.Phases, p.Phase)) && (len(s.YearGroups) == 0 || slices.Contains(s.YearGroups, p.YearGroup))
}
