package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// SetMeeting records an officer's word on the meeting of a child's newest plan:
// proposed, booked, cancelled, reconvened or held. It needs a reason; what is
// not possible is a [timetable.ActionError].
func (r *Runner) SetMeeting(ctx context.Context, ref pep.Ref, to pep.MeetingStatus, m pep.Meeting, by By) (timetable.Course, error) {
	if strings.TrimSpace(by.Why) == "" {
		return timetable.Course{}, &NeedsReasonError{Doing: "change a meeting"}
	}
	event := timetable.MeetingEvent{On: r.today(), Status: to, Meeting: m, By: firstOf(by.Name, r.Owner), Why: by.Why}
	return r.changePlan(ctx, ref, by, newestPlan, func(_ *child, course timetable.Course) (timetable.Course, error) {
		return course.SetMeeting(event)
	})
}

// BringForward records that the next meeting of a child is to be held before
// its time. What is not possible is a [timetable.ActionError].
func (r *Runner) BringForward(ctx context.Context, ref pep.Ref, why pep.BringForward, by By) (timetable.Course, error) {
	return r.changePlan(ctx, ref, by, newestPlan, func(_ *child, course timetable.Course) (timetable.Course, error) {
		return course.BringForward(why, r.today())
	})
}

// AuthoriseTransfer records the Virtual School's word that the full plan goes
// to the new setting's one confirmed designated teacher, by the address. What
// is not possible is a [timetable.ActionError].
func (r *Runner) AuthoriseTransfer(ctx context.Context, ref pep.Ref, to pep.Address, by By) (timetable.Course, error) {
	return r.changePlan(ctx, ref, by, movedPlan, func(c *child, course timetable.Course) (timetable.Course, error) {
		confirmed := to.Canonical()
		for _, contact := range c.record.Contacts {
			if !strings.EqualFold(contact.Email.Canonical(), to.Canonical()) || !contact.Role.Designated() {
				continue
			}
			if _, former := c.former(contact); former {
				return course, &timetable.ActionError{What: "the address is that of the setting which the child left", Hint: "name the new setting's designated teacher"}
			}
			confirmed = contact.Email.Canonical() // as the register spells the mailbox
		}
		return course.AuthoriseTransfer(c.record, r.today(), firstOf(by.Name, r.Owner), confirmed)
	})
}

// MarkDone records that a task of a child's plan was done; a second time
// changes nothing. What is no task is a [timetable.ActionError].
func (r *Runner) MarkDone(ctx context.Context, ref pep.Ref, m timetable.MilestoneName, by By) (timetable.Course, error) {
	mark := timetable.Mark{Milestone: m, On: r.today(), By: firstOf(by.Name, r.Owner), Note: by.Why}
	which := func(c *child) (string, error) { return r.planWithTask(c, m) }
	return r.changePlan(ctx, ref, by, which, func(_ *child, course timetable.Course) (timetable.Course, error) {
		return course.MarkDone(mark)
	})
}

// newestPlan chooses the child's newest plan.
func newestPlan(c *child) (string, error) { return c.newest().outlook.Plan.Key(), nil }

// movedPlan chooses the plan in which the child changed setting, else the
// newest, which says why there is nothing to authorise.
func movedPlan(c *child) (string, error) {
	for _, p := range slices.Backward(c.open) {
		if p.outlook.Course.Transfer != nil {
			return p.outlook.Plan.Key(), nil
		}
	}
	return newestPlan(c)
}

// planWithTask chooses the oldest plan that goes on and has the task: open, or
// done already.
func (r *Runner) planWithTask(c *child, m timetable.MilestoneName) (string, error) {
	if !slices.Contains(timetable.MilestoneNames(), m) {
		return newestPlan(c) // which refuses it, with a hint
	}
	for _, p := range c.open {
		if r.isTask(p, m) || !p.outlook.Course.Done(m).IsZero() {
			return p.outlook.Plan.Key(), nil
		}
	}
	if c.newest().outlook.Plan.Phase == pep.NoPhase {
		return newestPlan(c)
	}
	return "", &timetable.ActionError{What: fmt.Sprintf("%s is no task of a plan that goes on", m), Hint: "pepost tasks lists the open ones"}
}

func (r *Runner) isTask(p prospect, m timetable.MilestoneName) bool {
	task := func(found timetable.Milestone) bool {
		return found.Name == m && found.Kind == timetable.KindTask && found.Done.IsZero()
	}
	if slices.ContainsFunc(p.outlook.Milestones, task) {
		return true
	}
	return slices.ContainsFunc(r.dueOf(p, r.today()), func(row timetable.Due) bool {
		return row.Kind == timetable.KindTask && row.Milestone == m
	})
}

// changePlan applies an officer's word to one plan and stores it with the
// evidence. Where another process changed the child's plans meanwhile, the word
// is applied to what they are now.
func (r *Runner) changePlan(ctx context.Context, ref pep.Ref, by By, which func(*child) (string, error), do func(*child, timetable.Course) (timetable.Course, error)) (timetable.Course, error) {
	record, err := r.Register.Record(ctx, ref)
	if err != nil {
		return timetable.Course{}, err
	}
	for range mostFollowed {
		c, err := r.child(ctx, record)
		if err != nil {
			return timetable.Course{}, err
		}
		key, err := which(c)
		if err != nil {
			return timetable.Course{}, err
		}
		at := slices.IndexFunc(c.courses, func(course timetable.Course) bool { return course.Plan.Key() == key })
		changed, err := do(c, c.courses[at])
		if err != nil {
			return timetable.Course{}, err
		}
		c.courses = slices.Clone(c.courses)
		c.courses[at] = changed
		if stored, err := r.storeWord(ctx, c, by); stored || err != nil {
			return changed, err
		}
	}
	return timetable.Course{}, errPlansBusy
}

// storeWord stores a child's plans as a person changed them; false where
// somebody else was first.
func (r *Runner) storeWord(ctx context.Context, c *child, by By) (bool, error) {
	changes, err := r.planChanges([]*child{c})
	if err != nil || len(changes) == 0 {
		return err == nil, err
	}
	changes[0].By, changes[0].Why = firstOf(by.Name, r.Owner), by.Why
	conflicts, err := r.Plans.SaveCourses(ctx, changes)
	if err != nil {
		return false, fmt.Errorf("storing the plans of %s: %w", c.record.Ref, err)
	}
	return len(conflicts) == 0, nil
}
