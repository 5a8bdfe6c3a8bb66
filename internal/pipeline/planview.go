package pipeline

import (
	"context"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// PlansOf gives all plans of one child as they stand today, closed ones too,
// oldest first.
func (r *Runner) PlansOf(ctx context.Context, ref pep.Ref) ([]timetable.Outlook, error) {
	record, err := r.Register.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return nil, err
	}
	var all []timetable.Outlook
	for _, course := range c.courses {
		all = append(all, r.prospect(c, course).outlook)
	}
	return all, nil
}

// EachPlan calls do for every plan that goes on, in the order of the register.
func (r *Runner) EachPlan(ctx context.Context, do func(timetable.Outlook) error) error {
	return r.Children(ctx, func(c Registered) error {
		for _, o := range c.Outlooks {
			if err := do(o); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tasks calls do for every open incident, whatever the day, then for every task
// that is due up to a day and not done: those of the plans, and what sending
// left to do.
func (r *Runner) Tasks(ctx context.Context, until pep.Date, do func(timetable.Due) error) error {
	incidents, err := r.IncidentTasks(ctx)
	if err != nil {
		return err
	}
	for _, task := range incidents {
		if err := do(task); err != nil {
			return err
		}
	}
	err = r.Due(ctx, until, func(e Expected) error {
		if e.Skipped || e.Kind != timetable.KindTask {
			return nil
		}
		return do(e.Due)
	})
	if err != nil {
		return err
	}
	return r.Chores(ctx, until, do)
}
