package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
)

// By is a person's word on a delivery: who, and why.
type By struct {
	Name string
	Why  string
}

// NeedsReasonError says that an action is not done without a reason.
type NeedsReasonError struct{ Doing string }

// Error says what to add.
func (e *NeedsReasonError) Error() string {
	return "to " + e.Doing + " give a reason"
}

// NothingSealedError says that a delivery has no bytes to release: it was held
// before anything was made.
type NothingSealedError struct {
	ID  string
	Why string // why it was held
}

// Error says what to do.
func (e *NothingSealedError) Error() string {
	return fmt.Sprintf("delivery %s has nothing to send (%s): mend the record and import it again, or post the form", e.ID, e.Why)
}

// Act does what an officer says of one delivery: approve, hold, cancel, retry,
// post, or, for one that is uncertain, what became of it. Only approving a
// draft goes without a reason.
func (r *Runner) Act(ctx context.Context, id string, action outbox.Action, by By) (outbox.Delivery, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return d, err
	}
	if !byOfficer(d.State, action) {
		return d, &outbox.NotAllowedError{State: d.State, Action: action}
	}
	if strings.TrimSpace(by.Why) == "" && !(action == outbox.Approve && d.State == outbox.Drafted) {
		return d, &NeedsReasonError{Doing: string(action) + " a delivery"}
	}
	if (action == outbox.Approve || action == outbox.Retry) && d.SHA256 == "" {
		return d, &NothingSealedError{ID: id, Why: d.Reason}
	}
	if action == outbox.Approve || action == outbox.Retry {
		if err := r.mayLeave(ctx, id, addressOf(d)); err != nil {
			return d, err
		}
	}
	if d.State != outbox.Drafted && (action == outbox.Approve || action == outbox.Retry) {
		if err := r.mayRelease(ctx, d); err != nil {
			return d, err
		}
	}
	d, err = outbox.Advance(d, action, outbox.Occasion{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why})
	if err != nil {
		return d, err
	}
	return d, r.Deliveries.Save(ctx, d)
}

// byOfficer reports whether an action is a person's at all: what relays and
// the program itself do is nobody's word, and what became of a message is said
// once it is uncertain or gone.
func byOfficer(state outbox.State, action outbox.Action) bool {
	switch action {
	case outbox.Approve, outbox.Hold, outbox.Cancel, outbox.Retry, outbox.Post:
		return true
	case outbox.Accept, outbox.Deliver, outbox.Bounce:
		return state.Gone()
	case outbox.Draft, outbox.Start, outbox.Defer, outbox.Refuse, outbox.Lose, outbox.Note:
	}
	return false
}

// Release approves every draft that waits for an officer.
func (r *Runner) Release(ctx context.Context, by By) ([]outbox.Delivery, error) {
	waiting, err := r.Deliveries.List(ctx, Filter{States: []outbox.State{outbox.Drafted}})
	if err != nil {
		return nil, fmt.Errorf("reading the drafts: %w", err)
	}
	var released []outbox.Delivery
	for _, d := range waiting {
		d, err := r.Act(ctx, d.ID, outbox.Approve, by)
		var frozen *FrozenError
		if errors.Is(err, outbox.ErrConflict) || errors.As(err, &frozen) {
			continue // somebody else decided on it meanwhile: that stands
		}
		if err != nil {
			return released, fmt.Errorf("releasing %s: %w", d.ID, err)
		}
		released = append(released, d)
	}
	return released, nil
}
