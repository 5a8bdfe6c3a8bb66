package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
)

// Relays names the relays for which something is due, in order.
func (x *Deliveries) Relays(_ context.Context, now time.Time) ([]string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	names := map[string]bool{}
	for id := range x.waiting {
		if d := x.all[id]; !d.NextAttempt.After(now) {
			names[d.Decision.Relay] = true
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

// Claim moves what is due into sending, earliest due date first.
func (x *Deliveries) Claim(_ context.Context, ask dispatch.Ask) ([]outbox.Delivery, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	due := x.first(ask)
	for i, d := range due {
		claimed, err := outbox.Claim(d, ask.Owner, ask.Now.Add(ask.Lease), outbox.Occasion{At: ask.Now, By: ask.Owner})
		if err != nil {
			return nil, err
		}
		if due[i], err = x.save(claimed); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// first gives the first few that are due at a relay. A dispatcher asks for one
// at a time, so that only the few are kept in order.
func (x *Deliveries) first(ask dispatch.Ask) []outbox.Delivery {
	var due []outbox.Delivery
	for id := range x.waiting {
		d := x.all[id]
		full := len(due) >= ask.Limit
		if d.Decision.Relay != ask.Relay || d.NextAttempt.After(ask.Now) || ask.Limit <= 0 || full && earlier(due[len(due)-1], d) < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(due, d, earlier)
		due = slices.Insert(due, at, d)
		due = due[:min(len(due), ask.Limit)]
	}
	return due
}

// MarkDot stores the marker that goes before the final dot. The error is
// [outbox.ErrConflict] where the claim was lost.
func (x *Deliveries) MarkDot(_ context.Context, d outbox.Delivery) (outbox.Delivery, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	was := x.all[d.ID]
	if was.State != outbox.Sending || was.LeaseOwner != d.LeaseOwner || was.DotMarked || was.Version != d.Version {
		return d, outbox.ErrConflict
	}
	was.DotMarked = true
	return x.save(was)
}

// Recover settles what was being sent when the real outbox was read.
func (x *Deliveries) Recover(_ context.Context, owner string, now time.Time) ([]outbox.Delivery, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var settled []outbox.Delivery
	for _, id := range slices.Sorted(maps.Keys(x.all)) {
		d := x.all[id]
		if d.State != outbox.Sending || d.LeaseOwner == owner || d.LeaseUntil.After(now) {
			continue
		}
		is, err := outbox.Recover(d, outbox.Occasion{At: now, By: owner})
		if err != nil {
			return settled, err
		}
		if is, err = x.save(is); err != nil {
			return settled, err
		}
		settled = append(settled, is)
	}
	return settled, nil
}

// Parcel gives a [pipeline.NotFoundError]: there are no bytes to send.
func (x *Deliveries) Parcel(_ context.Context, id string) ([]byte, error) {
	return nil, &pipeline.NotFoundError{What: pipeline.NoContents, Name: id}
}
