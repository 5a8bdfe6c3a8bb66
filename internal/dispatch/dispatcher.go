package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/route"
)

// leaseDefault is longer than a conversation with a relay can take, waits of
// RFC 5321 section 4.5.3.2 included.
const leaseDefault = 45 * time.Minute

// Dispatcher hands over what is due. Its fields are set once, before the first
// Run; Run may then be called again and again, and it remembers between runs
// which relays are to be left alone.
type Dispatcher struct {
	Queue Queue
	// Sender is used from one goroutine for each relay.
	Sender Sender
	// Play, where set, stands in for the Sender when a term is only played
	// through: it says what becomes of a sketched delivery, and the stored
	// message is not even read. A dispatcher has a Sender or Play, never both,
	// so that one that plays cannot send.
	Play func(outbox.Delivery) outbox.Outcome
	// Decide makes the decision of a delivery again, by the policy and the
	// means of now, and tells whether what was sealed may no longer go as it
	// stands; [route.Policy.Redecide] is that rule. The last reason says why.
	Decide func(outbox.Delivery) (now route.Decision, weaker bool)
	// Now is the clock by which things are due.
	Now func() time.Time
	// Owner names the process in leases and events, a new name at each start.
	Owner string
	// From is the envelope sender, the canonical form of the configured one.
	From string
	// Sign, where set, says what a delivery is called towards mail systems;
	// without it a delivery goes by its identifier and From.
	Sign func(outbox.Delivery) Signed
	// Lease is how long a claim stands without an outcome; nought means 45
	// minutes.
	Lease time.Duration
	// Settled, where set, is called after each delivery, as it was stored,
	// from one goroutine for each relay.
	Settled func(outbox.Delivery)

	mu       sync.Mutex
	running  bool
	circuits circuits
	unsaved  []unsaved
}

// ErrRunning says that Run was called while another call was at work.
var ErrRunning = errors.New("the dispatcher is already at work")

// Run settles what dead processes left, then claims and hands over what is due
// until nothing is, and counts what became of it. Relays are served side by
// side, each with one message at a time. When ctx ends, the message under way
// is finished or broken off before its final dot, and nothing more is claimed;
// that is no error. An error means that the queue could not be read or
// written; the tally counts what was settled before it.
func (x *Dispatcher) Run(ctx context.Context) (Tally, error) {
	if err := x.whole(); err != nil {
		return Tally{}, err
	}
	if !x.begin() {
		return Tally{}, ErrRunning
	}
	defer x.end()
	tally, err := x.takeUp(ctx)
	for err == nil && ctx.Err() == nil {
		var relays []string
		if relays, err = x.ready(ctx); err != nil || len(relays) == 0 {
			break
		}
		var round Tally
		round, err = x.round(ctx, relays)
		tally = tally.plus(round)
		if round.settled() == 0 {
			break
		}
	}
	left, leftErr := x.left(ctx)
	tally.Left = left
	return tally, errors.Join(err, leftErr)
}

// whole refuses to work with a part missing: there is no default for any.
func (x *Dispatcher) whole() error {
	switch {
	case x.Queue == nil || x.Sender == nil && x.Play == nil || x.Decide == nil || x.Now == nil:
		return errors.New("the dispatcher needs a queue, a sender, a decision and a clock")
	case x.Sender != nil && x.Play != nil:
		return errors.New("a dispatcher that plays a term through has no sender")
	case x.Owner == "" || x.From == "":
		return errors.New("the dispatcher needs the name of its process and the envelope sender")
	}
	return nil
}

func (x *Dispatcher) begin() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.running {
		return false
	}
	x.running = true
	return true
}

func (x *Dispatcher) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.running = false
}

// takeUp stores what an earlier run could not store, then settles what dead
// processes left.
func (x *Dispatcher) takeUp(ctx context.Context) (Tally, error) {
	var tally Tally
	kept := x.unsaved
	x.unsaved = nil
	for i, u := range kept {
		d, err := x.store(ctx, u.delivery, u.change)
		if err != nil {
			x.unsaved = append(x.unsaved, kept[i+1:]...)
			return tally, err
		}
		tally = tally.with(d)
	}
	recovered, err := x.Queue.Recover(context.WithoutCancel(ctx), x.Owner, x.Now())
	if err != nil {
		return tally, fmt.Errorf("settling what an earlier process left: %w", err)
	}
	for _, d := range recovered {
		if d.State == outbox.Uncertain {
			tally = tally.with(d)
		}
		x.tell(d)
	}
	return tally, nil
}

// ready names the relays for which something is due and which may be tried.
func (x *Dispatcher) ready(ctx context.Context) ([]string, error) {
	now := x.Now()
	waiting, err := x.Queue.Relays(context.WithoutCancel(ctx), now)
	if err != nil {
		return nil, fmt.Errorf("asking what is due: %w", err)
	}
	var open []string
	for _, relay := range waiting {
		if x.circuits.closed(relay, now) {
			open = append(open, relay)
		}
	}
	return open, nil
}

// left names the relays for which something due was not handed over.
func (x *Dispatcher) left(ctx context.Context) ([]Left, error) {
	waiting, err := x.Queue.Relays(context.WithoutCancel(ctx), x.Now())
	if err != nil {
		return nil, fmt.Errorf("asking what is still due: %w", err)
	}
	var all []Left
	for _, relay := range waiting {
		all = append(all, x.circuits.left(relay))
	}
	return all, nil
}

// round serves the relays side by side until each has nothing due, is to be
// left alone, or ctx ends.
func (x *Dispatcher) round(ctx context.Context, relays []string) (Tally, error) {
	tallies, errs := make([]Tally, len(relays)), make([]error, len(relays))
	var all sync.WaitGroup
	for i, relay := range relays {
		all.Go(func() { tallies[i], errs[i] = x.serve(ctx, relay) })
	}
	all.Wait()
	var sum Tally
	for _, t := range tallies {
		sum = sum.plus(t)
	}
	return sum, errors.Join(errs...)
}

// serve claims for one relay, one delivery at a time, so that a process that
// dies holds one claim and no more. A claim is not broken off half way: it
// would be unknown whether it was made.
func (x *Dispatcher) serve(ctx context.Context, relay string) (Tally, error) {
	var tally Tally
	for ctx.Err() == nil && x.circuits.closed(relay, x.Now()) {
		claimed, err := x.Queue.Claim(context.WithoutCancel(ctx), Ask{
			Owner: x.Owner, Relay: relay, Now: x.Now(), Lease: x.lease(), Limit: 1,
		})
		if err != nil {
			return tally, fmt.Errorf("claiming what is due for the relay %s: %w", relay, err)
		}
		if len(claimed) == 0 {
			break
		}
		for _, d := range claimed {
			settled, err := x.settle(ctx, relay, d)
			if err != nil {
				return tally, err
			}
			tally = tally.with(settled)
		}
	}
	return tally, nil
}

func (x *Dispatcher) lease() time.Duration {
	if x.Lease > 0 {
		return x.Lease
	}
	return leaseDefault
}

func (x *Dispatcher) tell(d outbox.Delivery) {
	if x.Settled != nil {
		x.Settled(d)
	}
}
