package dispatch

import (
	"sync"
	"time"

	"github.com/pepost/pepost/internal/outbox"
)

// toleratedFailures is how many deliveries in a row may meet a relay that does
// not work before the others are spared.
const toleratedFailures = 3

// circuits remembers which relays do not work. The zero value trusts all.
type circuits struct {
	mu     sync.Mutex
	relays map[string]circuit
}

// circuit is one relay's record since it last worked.
type circuit struct {
	failures int       // in a row
	pauses   int       // in a row
	until    time.Time // left alone until then
	why      outbox.Result
}

// closed reports whether the relay may be tried.
func (c *circuits) closed(relay string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !now.Before(c.relays[relay].until)
}

// left tells of a relay for which something still waits.
func (c *circuits) left(relay string) Left {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.relays[relay]
	return Left{Relay: relay, Again: r.until, Why: r.why}
}

// note learns from an outcome. A relay that will not have us at all is left
// alone at once, one that cannot be reached or secured after a few failures;
// after the pause a single failure begins a longer one.
func (c *circuits) note(relay string, out outbox.Outcome, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.relays == nil {
		c.relays = make(map[string]circuit)
	}
	if out.Result == outbox.ResultCrashed || out.Result == outbox.ResultUncertain {
		return // it says nothing of the relay
	}
	if !relayFailed(out) {
		delete(c.relays, relay)
		return
	}
	r := c.relays[relay]
	r.failures++
	if out.Result == outbox.ResultRouteBroken || r.failures >= toleratedFailures {
		r.pauses++
		r.until, r.why = now.Add(outbox.Backoff(r.pauses, relay)), out.Result
	}
	c.relays[relay] = r
}

// relayFailed tells a relay that does not work from one that answered about a
// message.
func relayFailed(out outbox.Outcome) bool {
	const closing = 421 // RFC 5321 section 3.8: the relay ends the connection
	switch out.Result {
	case outbox.ResultRouteBroken, outbox.ResultTLSFault:
		return true
	case outbox.ResultDeferred:
		return out.Code == closing || out.Phase == outbox.PhaseConnect || out.Phase == outbox.PhaseTLS || out.Phase == outbox.PhaseAuth
	case outbox.ResultAccepted, outbox.ResultRefused, outbox.ResultTooBig, outbox.ResultUncertain, outbox.ResultCrashed:
	}
	return false
}
