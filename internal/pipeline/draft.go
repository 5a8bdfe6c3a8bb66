package pipeline

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// Drafted is what one drafting run made of the register.
type Drafted struct {
	Drafts []Draft
	// Skips are what is not due or not possible, each with the reason.
	Skips []timetable.Due
	// Tasks are what is due and nobody's mail: people's own work.
	Tasks []timetable.Due
	// Failures are forms that could not be made; the others stand.
	Failures []Failure
	// Withdrawn are deliveries that were cancelled because the register or a
	// return says since that they are not to leave.
	Withdrawn []outbox.Delivery
}

// Failure is one form that could not be made.
type Failure struct {
	Ref  pep.Ref
	Role pep.Role
	Err  error
}

// childrenAtOnce is how many children are drafted together: enough to keep
// every processor at work, few enough to hold their forms in memory.
const childrenAtOnce = 16

// Draft makes everything that is due up to a day: one delivery for each child,
// occasion and recipient, rendered, decided on, sealed and stored, or held
// with the reason. A dry run stores nothing and gives the same values. Running
// it again makes nothing twice.
func (r *Runner) Draft(ctx context.Context, until pep.Date, dry bool) (Drafted, error) {
	var out Drafted
	count, err := r.Register.Count(ctx)
	if err != nil {
		return out, fmt.Errorf("reading the register: %w", err)
	}
	done := 0
	err = r.eachGroup(ctx, func(all []*child) error {
		if err := r.storePlans(ctx, all, dry); err != nil {
			return err
		}
		for some := range slices.Chunk(all, childrenAtOnce) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.draftChildren(ctx, some, until, dry, &out); err != nil {
				return err
			}
			if done += len(some); r.Progress != nil {
				r.Progress(done, max(done, count))
			}
		}
		return nil
	})
	return out, err
}

// made is one errand and what was prepared for it.
type made struct {
	errand   errand
	draft    Draft
	contents Contents
	err      error
}

// draftChildren makes the deliveries of some children. A form that cannot be
// made is a failure in the result; only a store that fails ends the run.
func (r *Runner) draftChildren(ctx context.Context, children []*child, until pep.Date, dry bool, out *Drafted) error {
	var all []*made
	for _, c := range children {
		some, err := r.draftChild(ctx, c, until, dry, out)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	r.prepareAll(all)
	for _, m := range all {
		if err := r.storeDraft(ctx, m, dry, out); err != nil {
			return err
		}
	}
	return nil
}

// draftChild takes back what must not leave any more, and gives what is due of
// one child: found as an earlier run left it, or still to be made.
func (r *Runner) draftChild(ctx context.Context, c *child, until pep.Date, dry bool, out *Drafted) ([]*made, error) {
	if err := r.withdraw(ctx, c, dry, out); err != nil {
		return nil, err
	}
	if err := r.destroySpent(ctx, c, dry); err != nil {
		return nil, err
	}
	var all []*made
	for _, p := range c.open {
		for _, row := range r.dueOf(p, until) {
			switch {
			case row.Skipped:
				out.Skips = append(out.Skips, row)
				continue
			case row.Kind == timetable.KindPack && !r.Unattended:
				row.Skipped, row.Why = true, append([]string{"meeting packs go out from the daemon alone; an officer makes one with pepost pack"}, row.Why...)
				out.Skips = append(out.Skips, row)
				continue
			case row.Kind == timetable.KindTask:
				out.Tasks = append(out.Tasks, row)
				continue
			}
			m, err := r.look(ctx, c, r.errand(c, p, row), dry)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(all, func(other *made) bool { return other.errand.label() == m.errand.label() }) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// look finds an errand's delivery as an earlier run left it, or says what must
// be known to make it.
func (r *Runner) look(ctx context.Context, c *child, e errand, dry bool) (*made, error) {
	frozen, err := r.frozen(ctx, e.recipient.Contact.Email.Canonical())
	if err != nil {
		return nil, err
	}
	e.hold = firstOf(frozen, e.hold)
	d, found, err := r.stored(c.past, &e)
	if err != nil {
		return &made{errand: e, err: err}, nil
	}
	why := e.hold
	if !found || d.State == outbox.Drafted {
		if e.address, err = r.judge(ctx, c, e.recipient); err != nil {
			return nil, fmt.Errorf("asking the address book for %s: %w", e.record.Ref, err)
		}
		if e.house, err = r.houseChanged(ctx, c, e.recipient.Contact); err != nil {
			return nil, fmt.Errorf("asking the address book for %s: %w", e.record.Ref, err)
		}
		why, _ = addressed(why, nil, e.address)
	}
	if !found {
		if err := r.arrangeOpening(ctx, &e); err != nil {
			return nil, err
		}
		return &made{errand: e}, r.invite(ctx, c, &e, dry)
	}
	if d, err = r.holdDraft(ctx, d, why, dry); err != nil {
		return nil, fmt.Errorf("holding a delivery of %s: %w", d.Ref, err)
	}
	return &made{errand: e, draft: Draft{Delivery: d, Known: true, Late: e.late, Why: e.why}}, nil
}

// holdDraft holds a draft that nobody has released and that a person must look
// at since, such as a form whose meeting is over.
func (r *Runner) holdDraft(ctx context.Context, d outbox.Delivery, why string, dry bool) (outbox.Delivery, error) {
	if d.State != outbox.Drafted || why == "" {
		return d, nil
	}
	held, err := outbox.Advance(d, outbox.Hold, outbox.Occasion{At: r.Now(), By: r.Owner, Why: why})
	if err != nil {
		return d, err
	}
	if saved, err := r.saveUnless(ctx, dry, held); !saved {
		return d, err
	}
	return held, nil
}

// prepareAll draws and seals side by side: that is all the work there is, and
// no errand knows of another.
func (r *Runner) prepareAll(all []*made) {
	next := make(chan *made)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		workers.Go(func() {
			for m := range next {
				m.draft, m.contents, m.err = r.prepare(m.errand)
			}
		})
	}
	for _, m := range all {
		if !m.draft.Known && m.err == nil {
			next <- m
		}
	}
	close(next)
	workers.Wait()
}

func (r *Runner) storeDraft(ctx context.Context, m *made, dry bool, out *Drafted) error {
	if m.err != nil {
		out.Failures = append(out.Failures, Failure{m.errand.record.Ref, m.errand.recipient.Role, m.err})
		return nil
	}
	if !dry && !m.draft.Known {
		if _, err := r.Deliveries.Add(ctx, m.draft.Delivery, m.contents); err != nil {
			return fmt.Errorf("storing a delivery of %s: %w", m.errand.record.Ref, err)
		}
	}
	out.Drafts = append(out.Drafts, m.draft)
	return nil
}

// dueOf is what is due of one child's plan up to a day: its form to everyone
// who is to have it, whatever an earlier run made of it, then what follows a
// form that was sent.
func (r *Runner) dueOf(p prospect, until pep.Date) []timetable.Due {
	rows := r.Rules.Due(p.outlook, timetable.Progress{}, r.Calendar, until)
	if !p.history.progress.FormSent.IsZero() {
		rows = slices.Concat(slices.DeleteFunc(rows, settled), r.Rules.Due(p.outlook, p.history.progress, r.Calendar, until))
	}
	return slices.DeleteFunc(rows, func(row timetable.Due) bool { return p.isDone(row) || !p.wants(row) })
}

// settled reports whether a row says nothing once the form left: all but the
// form itself, and a form to somebody new after the meeting.
func settled(d timetable.Due) bool {
	return d.Skipped || d.Hold != "" || d.Kind != timetable.KindForm
}
