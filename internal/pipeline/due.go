package pipeline

import (
	"context"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// Expected is one thing that is due, or not, with how it would travel and
// where it stands already.
type Expected struct {
	timetable.Due
	// Decision is empty for tasks and for what is skipped.
	Decision route.Decision
	// State is empty where no delivery was made yet.
	State outbox.State
}

// Due says of every child what is due up to a day, to whom and how, and what
// is not and why. It changes nothing.
func (r *Runner) Due(ctx context.Context, until pep.Date, do func(Expected) error) error {
	return r.eachGroup(ctx, func(all []*child) error {
		for _, c := range all {
			for _, p := range c.open {
				if err := r.expectAll(c, p, until, do); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (r *Runner) expectAll(c *child, p prospect, until pep.Date, do func(Expected) error) error {
	for _, row := range r.dueOf(p, until) {
		expected := Expected{Due: row}
		if !row.Skipped && row.Kind != timetable.KindTask {
			expected = r.expect(c.past, r.errand(c, p, row), row)
		}
		if err := do(expected); err != nil {
			return err
		}
	}
	return nil
}

// expect adds the decision and the state to a row. A person must look where
// the timetable says so, whatever the policy says of the address.
func (r *Runner) expect(p *past, e errand, row timetable.Due) Expected {
	out := Expected{Due: row, Decision: r.decide(row.Recipient.Contact)}
	if hold := r.reasonToHold(e, out.Decision); hold != "" && sealable(out.Decision) {
		out.Decision.Verdict, out.Decision.Method = route.Hold, route.MethodNone
	}
	if stored, found, err := r.stored(p, &e); found && err == nil {
		out.State = stored.State
	}
	return out
}
