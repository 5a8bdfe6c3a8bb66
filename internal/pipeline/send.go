package pipeline

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// Sent is what one sending run did and what it leaves.
type Sent struct {
	Drafted  Drafted
	Released []outbox.Delivery
	Tally    dispatch.Tally
	// Open are the deliveries that are not done with: waiting, held, refused
	// or uncertain.
	Open []outbox.Delivery
}

// Send drafts what is due up to a day, releases the drafts where the officer
// says so, and hands over everything that is released.
func (r *Runner) Send(ctx context.Context, until pep.Date, approve *By) (Sent, error) {
	var out Sent
	var err error
	if out.Drafted, err = r.Draft(ctx, until, false); err != nil {
		return out, err
	}
	if approve != nil {
		if out.Released, err = r.Release(ctx, *approve); err != nil {
			return out, err
		}
	}
	if out.Tally, err = r.Outgoing.Run(ctx); err != nil {
		return out, fmt.Errorf("sending: %w", err)
	}
	out.Open, err = r.Open(ctx)
	return out, err
}

// Dispatcher is a new dispatcher over this runner's outbox. It remembers
// between runs which relays do not work, so whoever sends again and again
// keeps one.
func (r *Runner) Dispatcher(sender dispatch.Sender) *dispatch.Dispatcher {
	return &dispatch.Dispatcher{
		Queue: r.Deliveries, Sender: sender, Decide: r.redecide, Now: r.Now, Owner: r.Owner, From: r.From.Canonical(), Sign: r.sign,
	}
}

// Open are the deliveries that wait for a relay or for a person.
func (r *Runner) Open(ctx context.Context) ([]outbox.Delivery, error) {
	open, err := r.Deliveries.List(ctx, Filter{States: []outbox.State{
		outbox.Drafted, outbox.Approved, outbox.Held, outbox.Sending, outbox.Deferred, outbox.Refused, outbox.Uncertain,
	}})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return open, nil
}
