package outbox

import (
	"slices"
	"time"
)

// How long a released message may wait before people are told. The moments
// follow the meeting, which does not wait as long as mail servers would.
const (
	// WarnAfter is when the owner is told that a message is not away yet.
	WarnAfter = 4 * time.Hour
	// ProposeAfter is when another method is proposed for it.
	ProposeAfter = 24 * time.Hour
)

// WaitsSince is the moment since which a released delivery waits to be taken;
// false where it waits for a person, or has left.
func (d Delivery) WaitsSince() (time.Time, bool) {
	if d.State != Approved && d.State != Deferred {
		return time.Time{}, false
	}
	for _, e := range slices.Backward(d.Events) {
		if e.Action == Approve || e.Action == Retry {
			return e.At, true
		}
	}
	return time.Time{}, false
}

// nextAttempt is the moment of the next attempt after one that failed. Where
// the back-off would pass the end of the day on which the delivery is due, half
// of what is left of that day is waited instead, so that a relay that works
// again is not found out too late; never less than the first step.
func (d Delivery) nextAttempt(at time.Time) time.Time {
	next := at.Add(Backoff(len(d.Attempts), d.ID))
	if d.Due.IsZero() {
		return next
	}
	end := d.Due.AddDays(1).In(at.Location(), 0, 0)
	if !at.Before(end) || next.Before(end) {
		return next
	}
	return at.Add(max(end.Sub(at)/2, Backoff(1, d.ID)))
}
