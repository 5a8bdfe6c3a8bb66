package timetable

import (
	"github.com/pepost/pepost/internal/pep"
)

// review is what the next statutory review needs of the plan.
func (m *milestones) review() {
	on, why := m.nextReview()
	if on.IsZero() {
		return
	}
	for _, part := range []struct {
		name  MilestoneName
		clock Clock
		what  string
		done  pep.Date
	}{
		{CurrentForReview, m.rules.Reviews.Before, "the plan is current for the review", m.done.Finalised},
		{CopyTargets, m.rules.Reviews.CopyTargets, "the targets stand in the care plan", pep.Date{}},
	} {
		if part.clock.Off() {
			continue
		}
		count, err := m.count(on, part.clock, -1)
		s := milestone(part.name, part.clock, "before the statutory review on "+on.Long(), count, err)
		s.Kind, s.By, s.Why = KindTask, m.worker(), append(s.Why, part.what, why)
		m.add(s, part.done)
	}
}

// nextReview is the day of the next statutory review: the register's, else the
// last day that the regulations leave for it.
func (m *milestones) nextReview() (pep.Date, string) {
	if on := m.child.NextCLAReview; !on.IsZero() {
		return on, "the register names the review"
	}
	clock, from, what := m.rules.Reviews.First, m.child.BecameLookedAfter, "the first review, counted from the day the child became looked after"
	if last := m.child.Return.LastReview; !last.IsZero() && !last.Before(from) {
		clock, from, what = m.rules.Reviews.Later, last, "a later review, counted from the last one"
		if first, err := m.count(m.child.BecameLookedAfter, m.rules.Reviews.First, +1); err == nil && !last.After(first.Date) {
			clock, what = m.rules.Reviews.Second, "the second review, counted from the first"
		}
	}
	if clock.Off() || from.IsZero() {
		return pep.Date{}, ""
	}
	count, err := m.count(from, clock, +1)
	if err != nil || count.Date.Before(m.asOf) {
		return pep.Date{}, "" // past: the register does not keep the reviews
	}
	return count.Date, "the register names none: " + what + ", at most " + clock.words() + "; source: " + clock.Source
}

// next is setting the next meeting: done once the register has a later date.
func (m *milestones) next() {
	if m.meeting.IsZero() {
		return
	}
	done := pep.Date{}
	if m.child.Meeting.Date.After(m.meeting) {
		done = m.asOf
	}
	what := "the next meeting's date is set"
	if m.plan.Term.Name == pep.Summer {
		what = "in the summer term the autumn date is set"
	}
	m.task(NextMeeting, m.rules.MeetingSetBy.Value, m.rules.NextMeeting, m.meeting, "after the meeting", done, what)
}
