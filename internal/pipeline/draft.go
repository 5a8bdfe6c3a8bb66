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
	// Failures are forms that could not be made; the others stand.
	Failures []Failure
	// Withdrawn are deliveries cancelled because the register no longer names
	// their recipient.
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
	records, err := r.Register.Records(ctx)
	if err != nil {
		return Drafted{}, fmt.Errorf("reading the register: %w", err)
	}
	var out Drafted
	done := 0
	for some := range slices.Chunk(records, childrenAtOnce) {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if err := r.draftChildren(ctx, some, until, dry, &out); err != nil {
			return out, err
		}
		if done += len(some); r.Progress != nil {
			r.Progress(done, len(records))
		}
	}
	return out, nil
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
func (r *Runner) draftChildren(ctx context.Context, records []pep.Record, until pep.Date, dry bool, out *Drafted) error {
	var all []*made
	var outlooks []timetable.Outlook
	for _, record := range records {
		errands, outlook, skips, err := r.errands(ctx, record, until)
		if err != nil {
			return err
		}
		out.Skips, outlooks = append(out.Skips, skips...), append(outlooks, outlook)
		for _, e := range errands {
			all = append(all, &made{errand: e})
		}
	}
	r.prepareAll(ctx, all)
	for _, m := range all {
		if err := r.storeDraft(ctx, m, dry, out); err != nil {
			return err
		}
	}
	for _, outlook := range outlooks {
		if dry {
			break
		}
		if err := r.withdraw(ctx, outlook, out); err != nil {
			return err
		}
	}
	return nil
}

// prepareAll draws and seals side by side: that is all the work there is, and
// no errand knows of another.
func (r *Runner) prepareAll(ctx context.Context, all []*made) {
	next := make(chan *made)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		workers.Go(func() {
			for m := range next {
				m.draft, m.contents, m.err = r.prepare(ctx, m.errand)
			}
		})
	}
	for _, m := range all {
		next <- m
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

// errands are what is to be made of one child's plan up to a day, and what is
// not due or not possible.
func (r *Runner) errands(ctx context.Context, record pep.Record, until pep.Date) ([]errand, timetable.Outlook, []timetable.Due, error) {
	rows, outlook, history, err := r.dueOf(ctx, record, until)
	var errands []errand
	var skips []timetable.Due
	for _, row := range rows {
		switch {
		case row.Skipped:
			skips = append(skips, row)
		case row.Kind != timetable.KindTask:
			errands = append(errands, history.errand(record, outlook, row))
		}
	}
	return errands, outlook, skips, err
}

// dueOf is what is due of one child's plan up to a day: its form to everyone
// who is to have it, whatever an earlier run made of it, then what follows a
// form that was sent.
func (r *Runner) dueOf(ctx context.Context, record pep.Record, until pep.Date) ([]timetable.Due, timetable.Outlook, history, error) {
	outlook := r.outlook(record)
	history, err := r.history(ctx, record.Ref, outlook.Plan)
	if err != nil {
		return nil, outlook, history, err
	}
	rows := r.Rules.Due(outlook, timetable.Progress{}, r.Calendar, until)
	if !history.progress.FormSent.IsZero() {
		rows = slices.Concat(slices.DeleteFunc(rows, settled), r.Rules.Due(outlook, history.progress, r.Calendar, until))
	}
	rows = slices.DeleteFunc(rows, func(row timetable.Due) bool { return !history.wants(row) })
	return rows, outlook, history, nil
}

// settled reports whether a row says nothing once the form left: the reasons
// why it is not due, and a form to somebody new after the meeting.
func settled(d timetable.Due) bool { return d.Skipped || d.Hold != "" }

// withdrawnWhy is the reason of a delivery withdrawn by itself.
const withdrawnWhy = "the register no longer names this recipient for the form"

// withdraw cancels what waits for somebody whom the register no longer names
// for this plan's form: the newest export decides who may be written to.
func (r *Runner) withdraw(ctx context.Context, outlook timetable.Outlook, out *Drafted) error {
	plan := outlook.Plan
	waiting, err := r.Deliveries.List(ctx, Filter{
		Ref: plan.Ref, Kinds: []outbox.Kind{outbox.KindForm},
		States: []outbox.State{outbox.Drafted, outbox.Approved, outbox.Held, outbox.Deferred},
	})
	if err != nil {
		return fmt.Errorf("reading the deliveries of %s: %w", plan.Ref, err)
	}
	for _, d := range waiting {
		if d.PlanKey != plan.Key() || named(outlook.Recipients, d.Recipient) {
			continue
		}
		cancelled, err := outbox.Advance(d, outbox.Cancel, outbox.Occasion{At: r.Now(), By: r.Owner, Why: withdrawnWhy})
		if err != nil {
			return err
		}
		if err := r.Deliveries.Save(ctx, cancelled); err != nil {
			return fmt.Errorf("withdrawing a delivery of %s: %w", plan.Ref, err)
		}
		out.Withdrawn = append(out.Withdrawn, cancelled)
	}
	return nil
}

// named reports whether the register names a delivery's recipient still.
func named(recipients []timetable.Recipient, stored outbox.Recipient) bool {
	return slices.ContainsFunc(recipients, func(now timetable.Recipient) bool {
		if canonical := stored.Address.Canonical(); canonical != "" {
			return now.Contact.Email.Canonical() == canonical
		}
		return now.Role == stored.Role && now.Contact.Name == stored.Name && now.Contact.Email.Raw() == stored.Address.Raw()
	})
}
