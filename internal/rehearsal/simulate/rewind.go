package simulate

import (
	"slices"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
)

// before gives what the outbox and the returned forms were at a moment: a term
// that has begun already is played from its beginning, not from today.
func (h Held) before(at time.Time) Held {
	out := Held{Records: h.Records, Plans: h.Plans}
	for _, d := range h.Deliveries {
		if was, there := deliveryBefore(d, at); there {
			out.Deliveries = append(out.Deliveries, was)
		}
	}
	for _, back := range h.Returns {
		if back.At.Before(at) {
			out.Returns = append(out.Returns, returnBefore(back, at))
		}
	}
	return out
}

// deliveryBefore is a delivery as it was; false where it was not there yet. One
// that was just being handed over waits again.
func deliveryBefore(d outbox.Delivery, at time.Time) (outbox.Delivery, bool) {
	n := slices.IndexFunc(d.Events, func(e outbox.Event) bool { return !e.At.Before(at) })
	if n < 0 && d.State != outbox.Sending {
		return d, true
	}
	if n == 0 {
		return d, false
	}
	if n > 0 {
		d.Events = d.Events[:n:n]
	}
	last := d.Events[len(d.Events)-1]
	d.State, d.Reason = last.To, last.Why
	if d.State == outbox.Sending {
		d.State = outbox.Deferred
	}
	d.Attempts = slices.DeleteFunc(slices.Clone(d.Attempts), func(a outbox.Attempt) bool { return !a.At.Before(at) })
	d.LeaseOwner, d.LeaseUntil, d.NextAttempt = "", time.Time{}, time.Time{}
	d.DotMarked = d.State == outbox.Accepted || d.State == outbox.Uncertain
	if d.Passphrase == outbox.PassphraseHandedOver && !d.State.Gone() {
		d.Passphrase = outbox.PassphrasePending
	}
	return d, true
}

// returnBefore is a returned form as it was.
func returnBefore(back pipeline.Returned, at time.Time) pipeline.Returned {
	if !back.Settled.At.Before(at) {
		back.State, back.Settled = pipeline.ReturnWaiting, pipeline.Settling{}
	}
	return back
}
