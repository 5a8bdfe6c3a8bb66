package dispatch_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

func monday() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

// relayScript is a sender that does what it is told and counts the messages
// that left. What it was not told it accepts.
type relayScript struct {
	shelf *shelf // dies with it, where set

	mu       sync.Mutex
	outcomes map[string][]outbox.Outcome // by delivery, in turn
	sent     []string                    // identifiers in the order of the conversations
	copies   map[string]int              // messages that the other side has
	during   func(e dispatch.Envelope)   // at the start of a conversation
	atDot    func(e dispatch.Envelope)   // between marker and dot
}

func newScript() *relayScript {
	return &relayScript{outcomes: map[string][]outbox.Outcome{}, copies: map[string]int{}}
}

func accepted() outbox.Outcome {
	return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250, QueueID: "4XyZ"}
}

func (r *relayScript) next(id string) outbox.Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, id)
	if len(r.outcomes[id]) == 0 {
		return accepted()
	}
	out := r.outcomes[id][0]
	r.outcomes[id] = r.outcomes[id][1:]
	return out
}

func (r *relayScript) Send(_ context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	out := r.next(e.ID)
	if r.during != nil {
		r.during(e)
	}
	if out.Phase != outbox.PhaseDot && out.Phase != outbox.PhaseReply {
		return out
	}
	if beforeDot() != nil {
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseData}
	}
	if r.atDot != nil {
		r.atDot(e)
	}
	if r.shelf != nil && !r.shelf.alive() {
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseData}
	}
	if out.Result == outbox.ResultAccepted || out.Phase == outbox.PhaseDot {
		r.mu.Lock()
		r.copies[e.ID]++
		r.mu.Unlock()
	}
	return out
}

func (r *relayScript) conversations() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.sent)
}

// released is a delivery that a person released, with its sealed bytes.
func released(id string) (outbox.Delivery, []byte) {
	parcel := []byte("Subject: PEP-7F3K-2Q 5 January 2026\r\n\r\nto " + id + "\r\n")
	sum := sha256.Sum256(parcel)
	address := pep.ParseAddress("dt@" + id + ".example")
	return outbox.Delivery{
		ID: id, Key: "key of " + id, State: outbox.Approved, Kind: outbox.KindForm,
		Recipient: outbox.Recipient{Role: pep.DesignatedTeacher, Address: address},
		SHA256:    hex.EncodeToString(sum[:]), Size: len(parcel),
		Decision: route.Decision{
			Address: address.Raw(), Canonical: address.Canonical(), Verdict: route.Encrypt,
			Method: route.MethodProtectedDocument, Reasons: []string{"nothing matched"}, Relay: "council",
		},
	}, parcel
}

// failer is what tests and drawn tests have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// bench is a dispatcher between the doubles, with a clock that stands still
// unless it is moved.
type bench struct {
	t      failer
	shelf  *shelf
	script *relayScript
	starts int

	mu    sync.Mutex
	clock time.Time
}

func newBench(t failer, ids ...string) *bench {
	b := &bench{t: t, shelf: newShelf(), script: newScript(), clock: monday()}
	for _, id := range ids {
		b.shelf.put(released(id))
	}
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// process is a newly started one.
func (b *bench) process() *dispatch.Dispatcher {
	b.starts++
	return &dispatch.Dispatcher{
		Queue: b.shelf, Sender: b.script, Now: b.now,
		Decide: func(d outbox.Delivery) (route.Decision, bool) { return d.Decision, false },
		Owner:  fmt.Sprintf("process %d", b.starts), From: "pep@council.example",
	}
}

func (b *bench) run(x *dispatch.Dispatcher) dispatch.Tally {
	b.t.Helper()
	tally, err := x.Run(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return tally
}
