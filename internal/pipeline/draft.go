package pipeline

import (
	"context"
	"fmt"
	"slices"

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
	for _, record := range records {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if err := r.draftChild(ctx, record, until, dry, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// draftChild makes one child's deliveries. A form that cannot be made is a
// failure in the result; only a store that fails ends the run.
func (r *Runner) draftChild(ctx context.Context, record pep.Record, until pep.Date, dry bool, out *Drafted) error {
	errands, outlook, skips, err := r.errands(ctx, record, until)
	if err != nil {
		return err
	}
	out.Skips = append(out.Skips, skips...)
	for _, e := range errands {
		draft, contents, err := r.prepare(ctx, e)
		if err != nil {
			out.Failures = append(out.Failures, Failure{record.Ref, e.recipient.Role, err})
			continue
		}
		if !dry && !draft.Known {
			if _, err := r.Deliveries.Add(ctx, draft.Delivery, contents); err != nil {
				return fmt.Errorf("storing a delivery of %s: %w", record.Ref, err)
			}
		}
		out.Drafts = append(out.Drafts, draft)
	}
	if dry {
		return nil
	}
	return r.withdraw(ctx, outlook, out)
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
