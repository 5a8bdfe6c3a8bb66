package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/addressbook"
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
		var rows []dueRow
		var addresses []pep.Address
		for _, c := range all {
			for _, p := range c.open {
				for _, row := range r.dueOf(p, until) {
					rows = append(rows, dueRow{c, p, row})
					if rows[len(rows)-1].mailed() {
						addresses = append(addresses, row.Recipient.Contact.Email)
					}
				}
			}
			for _, task := range r.postTasks(c, until) {
				if err := do(Expected{Due: task}); err != nil {
					return err
				}
			}
		}
		facts, err := r.around(ctx, addresses)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := do(r.expect(row, facts)); err != nil {
				return err
			}
		}
		return nil
	})
}

// dueRow is one row of what is due, with whose it is.
type dueRow struct {
	child *child
	plan  prospect
	timetable.Due
}

// mailed reports whether the row is somebody's mail.
func (d dueRow) mailed() bool { return !d.Skipped && d.Kind != timetable.KindTask }

// around asks the address book about many addresses at once; without a book
// there are no facts.
func (r *Runner) around(ctx context.Context, addresses []pep.Address) (map[string]addressbook.Facts, error) {
	if r.Book == nil {
		return nil, nil
	}
	facts, err := r.Book.Around(ctx, addresses)
	if err != nil {
		return nil, fmt.Errorf("asking the address book: %w", err)
	}
	return facts, nil
}

// expect adds the decision and the state to a row. A person must look where
// the timetable or the address book says so, whatever the policy says of the
// address.
func (r *Runner) expect(row dueRow, facts map[string]addressbook.Facts) Expected {
	out := Expected{Due: row.Due}
	if !row.mailed() {
		return out
	}
	e, to := r.errand(row.child, row.plan, row.Due), row.Recipient.Contact
	out.Decision = r.decide(to)
	hold := r.reasonToHold(e, out.Decision)
	if r.Book != nil && to.Email.Canonical() != "" {
		j := r.judgeBy(facts, row.child, to.Email)
		hold, _ = addressed(hold, nil, j)
		if j.Why != "" {
			out.Why = append(slices.Clone(out.Why), j.Why)
		}
	}
	if hold != "" && sealable(out.Decision) {
		out.Decision.Verdict, out.Decision.Method = route.Hold, route.MethodNone
	}
	if stored, found, err := r.stored(row.child.past, &e); found && err == nil {
		out.State = stored.State
	}
	return out
}
