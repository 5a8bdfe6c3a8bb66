package dispatch

import (
	"time"

	"github.com/pepost/pepost/internal/outbox"
)

// Tally counts what became of the deliveries of one run, by the state they
// were left in.
type Tally struct {
	Accepted, Refused, Uncertain, Held int
	// Deferred counts what was tried and waits for another attempt, and what
	// was put back untried because the run was stopped.
	Deferred int
	// Elsewhere counts what another process or a person settled meanwhile.
	Elsewhere int
	// Left are the relays for which something due was not tried: the run was
	// stopped, or the relay does not work.
	Left []Left
}

// Left is a relay that something due still waits for.
type Left struct {
	Relay string
	// Again is when a relay that does not work will be tried again; zero
	// where the relay was not at fault.
	Again time.Time
	// Why is the failure that had it left alone.
	Why outbox.Result
}

func (t Tally) with(d outbox.Delivery) Tally {
	switch d.State {
	case outbox.Accepted:
		t.Accepted++
	case outbox.Deferred:
		t.Deferred++
	case outbox.Refused:
		t.Refused++
	case outbox.Uncertain:
		t.Uncertain++
	case outbox.Held:
		t.Held++
	case outbox.Drafted, outbox.Approved, outbox.Sending, outbox.Delivered, outbox.Bounced, outbox.Posted, outbox.Cancelled:
		t.Elsewhere++
	}
	return t
}

func (t Tally) plus(u Tally) Tally {
	t.Accepted += u.Accepted
	t.Deferred += u.Deferred
	t.Refused += u.Refused
	t.Uncertain += u.Uncertain
	t.Held += u.Held
	t.Elsewhere += u.Elsewhere
	return t
}

func (t Tally) settled() int {
	return t.Accepted + t.Deferred + t.Refused + t.Uncertain + t.Held + t.Elsewhere
}
