package pipeline

import (
	"context"
	"fmt"
)

// SettleReturn is an officer's word on a returned form: its answers are taken
// for the plan, or it is kept and not used. Both need a reason but the first
// where nothing about the form was doubtful.
func (r *Runner) SettleReturn(ctx context.Context, id string, to ReturnState, by By) error {
	back, _, err := r.Returns.GetReturn(ctx, id)
	if err != nil {
		return err
	}
	if by.Why == "" && (to != ReturnAccepted || len(back.Reasons) > 0 || len(back.Unreadable) > 0) {
		return &NeedsReasonError{Doing: settling(to)}
	}
	return r.Returns.MarkReturn(ctx, id, to, Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why})
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
	err := r.Returns.MarkReturn(ctx, id, ReturnFinalised, Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why})
	if err != nil {
		return fmt.Errorf("finalising the plan: %w", err)
	}
	return nil
}
