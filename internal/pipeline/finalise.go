package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// NotThePlanError says that a returned form cannot be made the final one: no
// final plan would go to anybody.
type NotThePlanError struct {
	Ref pep.Ref
	Why string
}

// Error says why.
func (e *NotThePlanError) Error() string {
	return fmt.Sprintf("the final plan of %s cannot be made from this form: %s", e.Ref, e.Why)
}

// SettleReturn is an officer's word on a returned form: its answers are taken
// for the plan, or it is kept and not used. Both need a reason but the first
// where nothing about the form was doubtful. What asked the same setting for the
// same plan needs no passphrase any more: accepting destroys it.
func (r *Runner) SettleReturn(ctx context.Context, id string, to ReturnState, by By) error {
	back, _, err := r.Returns.GetReturn(ctx, id)
	if err != nil {
		return err
	}
	if strings.TrimSpace(by.Why) == "" && (to != ReturnAccepted || len(back.Reasons) > 0 || len(back.Unreadable) > 0) {
		return &NeedsReasonError{Doing: settling(to)}
	}
	s := Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why}
	if to == ReturnAccepted {
		if s.Destroys, err = r.answeredBy(ctx, back); err != nil {
			return err
		}
	}
	return r.Returns.MarkReturn(ctx, id, to, s)
}

// settling is a state as something that is done.
func settling(to ReturnState) string {
	switch to {
	case ReturnAccepted:
		return "accept a doubtful form"
	case ReturnRejected:
		return "reject a form"
	case ReturnFinalised:
		return "finalise a plan"
	case ReturnWaiting:
	}
	return "settle a form"
}

// Finalise makes the accepted form of a plan its final one: the next draft
// makes the final plan for everyone who is to have it.
func (r *Runner) Finalise(ctx context.Context, id string, by By) error {
	back, _, err := r.Returns.GetReturn(ctx, id)
	if err != nil {
		return err
	}
	if err := r.finalisable(ctx, back); err != nil {
		return err
	}
	err = r.Returns.MarkReturn(ctx, id, ReturnFinalised, Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why})
	if err != nil {
		return fmt.Errorf("finalising the plan: %w", err)
	}
	return nil
}

// finalisable is nil where finals will follow: the form belongs to a plan of
// the child that goes on, and that plan's form went out.
func (r *Runner) finalisable(ctx context.Context, back Returned) error {
	record, err := r.Register.Record(ctx, back.Ref)
	var none *NotFoundError
	if errors.As(err, &none) {
		return &NotThePlanError{back.Ref, "the register does not know the child"}
	}
	if err != nil {
		return err
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return err
	}
	p, found := r.plan(c, back.PlanKey)
	switch none := c.newest().outlook.Plan.Phase == pep.NoPhase; {
	case none && !(found && p.outlook.Course.Open()):
		return &NotThePlanError{back.Ref, string(noPlan)}
	case !found && back.PlanKey != "":
		return &NotThePlanError{back.Ref, string(otherPlan)}
	case !found || p.history.progress.FormSent.IsZero():
		return &NotThePlanError{back.Ref, "no form of the plan was sent from here"}
	case !p.outlook.Course.Open():
		return &NotThePlanError{back.Ref, string(closed) + ": " + p.outlook.Course.ClosedWhy}
	}
	return nil
}
