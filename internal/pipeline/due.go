package pipeline

import (
	"context"
	"fmt"

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
	records, err := r.Register.Records(ctx)
	if err != nil {
		return fmt.Errorf("reading the register: %w", err)
	}
	for _, record := range records {
		rows, outlook, history, err := r.dueOf(ctx, record, until)
		if err != nil {
			return err
		}
		for _, row := range rows {
			expected, err := r.expect(ctx, record, outlook, history, row)
			if err != nil {
				return err
			}
			if err := do(expected); err != nil {
				return err
			}
		}
	}
	return nil
}

// expect adds the decision and the state to a row. A person must look where
// the timetable says so, whatever the policy says of the address.
func (r *Runner) expect(ctx context.Context, record pep.Record, outlook timetable.Outlook, h history, row timetable.Due) (Expected, error) {
	out := Expected{Due: row}
	if row.Skipped || row.Kind == timetable.KindTask {
		return out, nil
	}
	out.Decision = r.decide(row.Recipient.Contact)
	if hold := reasonToHold(h.errand(record, outlook, row), out.Decision); hold != "" && sealable(out.Decision) {
		out.Decision.Verdict, out.Decision.Method = route.Hold, route.MethodNone
	}
	e := h.errand(record, outlook, row)
	stored, err := r.stored(ctx, &e)
	if err == nil && stored != nil {
		out.State = stored.State
	}
	return out, err
}
