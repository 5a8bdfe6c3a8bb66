package outbox

import (
	"slices"
	"time"
)

// Occasion is when, by whom and why something is done to a delivery.
type Occasion struct {
	At  time.Time
	By  string
	Why string
	// Cause is of what came back; empty for everything else.
	Cause Cause
}

// Advance does one action: the delivery in its new state with the event
// appended, or the delivery unchanged and a [NotAllowedError]. A delivery that
// is being handed over cannot be held once the marker is set, since it may have
// left. Retry is a person's word that it is to be sent again, and at once. What
// is withdrawn before it left takes its passphrase with it: it opens nothing
// that anybody has.
func Advance(d Delivery, action Action, o Occasion) (Delivery, error) {
	to, err := Next(d.State, action)
	if err == nil && d.DotMarked && d.State == Sending && action == Hold {
		err = &NotAllowedError{State: d.State, Action: action}
	}
	if err != nil {
		return d, err
	}
	if action == Retry {
		d.DotMarked, d.NextAttempt = false, o.At
	}
	from := d.State
	d.State = to
	d.Events = append(append([]Event(nil), d.Events...),
		Event{At: o.At, Action: action, From: from, To: to, By: o.By, Why: o.Why, Cause: o.Cause})
	if action != Note {
		d.Reason = o.Why
	}
	if to != Sending {
		d.LeaseOwner, d.LeaseUntil = "", time.Time{}
	}
	if to == Cancelled && d.Passphrase.Kept() && !d.EverLeft() {
		d.Passphrase = PassphraseDestroyed
	}
	return d, nil
}

// Claim starts sending for one process: the lease names it until the moment
// given. A delivery with the marker set is never claimed.
func Claim(d Delivery, owner string, until time.Time, o Occasion) (Delivery, error) {
	if d.DotMarked {
		return d, &NotAllowedError{State: d.State, Action: Start}
	}
	d, err := Advance(d, Start, o)
	if err != nil {
		return d, err
	}
	d.LeaseOwner, d.LeaseUntil = owner, until
	return d, nil
}

// Conclude records what a relay did with a delivery that was being sent. Once
// the marker is set, only an answer of the relay can show that nothing left.
func Conclude(d Delivery, out Outcome, o Occasion) (Delivery, error) {
	if d.DotMarked && out.Phase != PhaseReply && out.Result != ResultAccepted {
		out.Result = ResultUncertain
	}
	action, why := read(out)
	if out.Result == ResultCrashed && d.crashed() {
		action, why = Hold, "the program failed twice while sending it: ask whoever looks after the program"
	}
	o.Why = why
	d, err := Advance(d, action, o)
	if err != nil {
		return d, err
	}
	d.Attempts = append(append([]Attempt(nil), d.Attempts...), Attempt{
		At: o.At, Result: out.Result, Step: out.Phase, Code: out.Code, Enhanced: out.Enhanced,
		Text: out.Text, QueueID: out.QueueID, TLS: out.TLS,
	})
	if action != Lose && action != Accept {
		d.DotMarked = false
	}
	if action == Defer {
		d.NextAttempt = d.nextAttempt(o.At)
	}
	return d, nil
}

// crashed reports whether an earlier attempt ended in a failure of the program
// itself.
func (d Delivery) crashed() bool {
	return slices.ContainsFunc(d.Attempts, func(a Attempt) bool { return a.Result == ResultCrashed })
}

func read(out Outcome) (Action, string) {
	switch out.Result {
	case ResultAccepted:
		return Accept, "accepted by the relay"
	case ResultDeferred:
		return Defer, "not taken this time"
	case ResultRouteBroken:
		return Defer, "the relay cannot be used: ask whoever runs it"
	case ResultTLSFault:
		return Defer, "verified TLS was not to be had, so nothing was sent"
	case ResultRefused:
		return Refuse, "refused by the relay: check the address and ask for a new one"
	case ResultTooBig:
		return Refuse, "too big for the relay: choose another method"
	case ResultCrashed:
		return Defer, "the program failed before the message was handed over: nothing left"
	case ResultUncertain:
		return Lose, "no answer came after the message was handed over: it may have been delivered"
	}
	return Lose, "the attempt ended in a way this program does not know"
}

// Recover settles a delivery that a dead process left in sending: before the
// marker nothing left and it waits again, after it the message may have left.
// A delivery that is not being sent is returned as it is.
func Recover(d Delivery, o Occasion) (Delivery, error) {
	if d.State != Sending {
		return d, nil
	}
	if d.DotMarked {
		o.Why = "the program stopped while the message was being handed over: it may have been delivered"
		return Advance(d, Lose, o)
	}
	o.Why = "the program stopped before the message was handed over: nothing left"
	d, err := Advance(d, Defer, o)
	d.NextAttempt = o.At
	return d, err
}
