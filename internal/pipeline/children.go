package pipeline

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// Registered is one child of the register with what the timetable says today:
// of the newest plan, and of every plan that goes on, oldest first.
type Registered struct {
	Record   pep.Record
	Outlook  timetable.Outlook
	Outlooks []timetable.Outlook
}

func registered(c *child) Registered {
	out := Registered{Record: c.record, Outlook: c.newest().outlook}
	for _, p := range c.open {
		out.Outlooks = append(out.Outlooks, p.outlook)
	}
	return out
}

// Next is the earliest milestone that is known and not before today; false
// where there is none.
func (c Registered) Next() (timetable.Milestone, bool) {
	var next timetable.Milestone
	for _, o := range c.Outlooks {
		for _, m := range []timetable.Milestone{o.FormDue, o.ReturnDue, o.FinalDue, o.InitialBy10, o.InitialBy20} {
			if m.Due.IsZero() || m.Due.Before(o.AsOf) {
				continue
			}
			if next.Due.IsZero() || m.Due.Before(next.Due) {
				next = m
			}
		}
	}
	return next, !next.Due.IsZero()
}

// Children calls do for every child of the register in order.
func (r *Runner) Children(ctx context.Context, do func(Registered) error) error {
	return r.eachGroup(ctx, func(all []*child) error {
		for _, c := range all {
			if err := do(registered(c)); err != nil {
				return err
			}
		}
		return nil
	})
}

// NamesShown leaves evidence that a person asked to see names.
func (r *Runner) NamesShown(ctx context.Context, by string) error {
	err := r.Evidence.Append(ctx, audit.Record{At: r.Now(), Action: audit.NamesShown, By: by})
	if err != nil {
		return fmt.Errorf("keeping evidence: %w", err)
	}
	return nil
}
