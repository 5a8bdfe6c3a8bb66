package memory

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

// made is a delivery of a made-up child, held before anything was sealed or
// released without bytes, which is all that both outboxes take.
func made(n int, luck *rand.Rand) outbox.Delivery {
	address := pep.ParseAddress(fmt.Sprintf("head%d@nowhere.example", n%7))
	state := []outbox.State{outbox.Drafted, outbox.Approved, outbox.Held}[luck.IntN(3)]
	return outbox.Delivery{
		ID: fmt.Sprintf("d%03d", n), Key: fmt.Sprintf("key %d", n), Ref: pep.Ref(fmt.Sprintf("PEP-%d", n%5)), PlanKey: "p",
		Kind: outbox.Kinds()[luck.IntN(3)], Milestone: "form_out", Due: pep.MustDate("2026-03-02").AddDays(luck.IntN(9)),
		Recipient: outbox.Recipient{Role: pep.DesignatedTeacher, Name: "Thaddeus Example", Address: address},
		Decision: route.Decision{
			Canonical: address.Canonical(), Verdict: route.Encrypt, Method: route.MethodProtectedDocument,
			Relay: []string{"", "council", "other"}[luck.IntN(3)],
		},
		State: state, MessageID: fmt.Sprintf("<%d@democheshire.example>", n),
		Events: []outbox.Event{{At: start(), Action: outbox.Draft, To: state, By: "a test"}},
	}
}

func start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// TestTheOutboxInMemoryBehavesAsTheStoredOne: whatever is done to both, both
// answer alike and hold the same in the end.
func TestTheOutboxInMemoryBehavesAsTheStoredOne(t *testing.T) {
	for seed := range uint64(2) {
		walked(t, seed)
	}
}

func walked(t *testing.T, seed uint64) {
	t.Helper()
	stored := deliveries.New(storetest.Open(t, storetest.SQLite(t)))
	w := &walk{t: t, luck: rand.New(rand.NewPCG(seed, 26)), now: start(), both: []pipeline.Deliveries{stored, NewDeliveries(nil)}}
	for step := range 200 {
		w.now = w.now.Add(time.Duration(w.luck.IntN(40)) * time.Minute)
		w.step(step)
	}
	if w.changed < 100 {
		t.Errorf("only %d steps changed anything", w.changed)
	}
}

// walk does the same to two outboxes.
type walk struct {
	t       *testing.T
	luck    *rand.Rand
	now     time.Time
	both    []pipeline.Deliveries
	added   int
	changed int
}

// same does something to both and fails where the answers differ.
func same[T any](w *walk, what string, do func(pipeline.Deliveries) (T, error)) T {
	w.t.Helper()
	want, wantErr := do(w.both[0])
	got, gotErr := do(w.both[1])
	for _, kind := range []error{outbox.ErrConflict} {
		if errors.Is(wantErr, kind) != errors.Is(gotErr, kind) {
			w.t.Fatalf("%s: stored %v, in memory %v", what, wantErr, gotErr)
		}
	}
	if (wantErr == nil) != (gotErr == nil) {
		w.t.Fatalf("%s: stored %v, in memory %v", what, wantErr, gotErr)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Microsecond), cmp.Comparer(func(a, b pep.Address) bool { return a.Canonical() == b.Canonical() })); diff != "" {
		w.t.Fatalf("%s:\n%s", what, diff)
	}
	if wantErr == nil {
		w.changed++
	}
	return got
}

func (w *walk) step(n int) {
	ctx := w.t.Context()
	list := same(w, "list", func(x pipeline.Deliveries) ([]outbox.Delivery, error) { return x.List(ctx, w.filter()) })
	switch {
	case n%4 == 0:
		d := made(w.added-w.luck.IntN(min(w.added, 2)+1), w.luck)
		w.added++
		same(w, "add", func(x pipeline.Deliveries) (bool, error) { return x.Add(ctx, d, pipeline.Contents{}) })
	case n%4 == 1 && len(list) > 0:
		d := list[w.luck.IntN(len(list))]
		w.advance(d)
	case n%4 == 2:
		w.send()
	default:
		same(w, "relays", func(x pipeline.Deliveries) ([]string, error) { return x.Relays(ctx, w.now) })
		same(w, "next", func(x pipeline.Deliveries) (string, error) {
			at, waits, err := x.NextDue(ctx)
			if at.Unix() <= 0 {
				at = time.Time{}
			}
			return fmt.Sprint(at.UTC().Truncate(time.Millisecond), waits), err
		})
		same(w, "recover", func(x pipeline.Deliveries) ([]outbox.Delivery, error) {
			return x.Recover(ctx, "another", w.now.Add(time.Hour)) // when every lease has lapsed
		})
		for n := range 7 {
			same(w, "ever", func(x pipeline.Deliveries) (bool, error) {
				return x.EverSentTo(ctx, fmt.Sprintf("head%d@nowhere.example", n))
			})
		}
	}
}

// filter asks for everything, or for one child's or state's.
func (w *walk) filter() pipeline.Filter {
	f := []pipeline.Filter{
		{},
		{Ref: "PEP-3"},
		{Refs: []pep.Ref{"PEP-1", "PEP-2"}},
		{States: []outbox.State{outbox.Held, outbox.Approved}},
		{Kinds: []outbox.Kind{outbox.KindForm}, Refs: []pep.Ref{"PEP-0"}},
	}
	return f[w.added%len(f)]
}

// advance does any action that is allowed, sometimes from an old version.
func (w *walk) advance(d outbox.Delivery) {
	actions := slices.DeleteFunc(outbox.Actions(), func(a outbox.Action) bool {
		_, err := outbox.Next(d.State, a)
		return err != nil || a == outbox.Start
	})
	d, err := outbox.Advance(d, actions[w.luck.IntN(len(actions))], outbox.Occasion{At: w.now, By: "a test", Why: "luck"})
	if err != nil {
		return
	}
	if w.luck.IntN(5) == 0 {
		d.Version--
	}
	same(w, "save", func(x pipeline.Deliveries) (bool, error) { return true, x.Save(w.t.Context(), d) })
}

// send claims for a relay and does with each what a dispatcher may.
func (w *walk) send() {
	ctx := w.t.Context()
	ask := dispatch.Ask{Owner: "one", Relay: []string{"", "council", "other"}[w.luck.IntN(3)], Now: w.now, Lease: 30 * time.Minute, Limit: w.luck.IntN(3)}
	claimed := same(w, "claim", func(x pipeline.Deliveries) ([]outbox.Delivery, error) { return x.Claim(ctx, ask) })
	for _, d := range claimed {
		if w.luck.IntN(2) == 0 {
			d = same(w, "mark", func(x pipeline.Deliveries) (outbox.Delivery, error) { return x.MarkDot(ctx, d) })
			same(w, "mark again", func(x pipeline.Deliveries) (bool, error) {
				_, err := x.MarkDot(ctx, d)
				return true, err
			})
		}
		results := []outbox.Result{outbox.ResultAccepted, outbox.ResultDeferred, outbox.ResultRefused, outbox.ResultUncertain}
		if w.luck.IntN(5) > 0 { // else the process dies
			done, err := outbox.Conclude(d, outbox.Outcome{Result: results[w.luck.IntN(4)], Phase: outbox.PhaseReply}, outbox.Occasion{At: w.now, By: "one"})
			if err == nil {
				same(w, "conclude", func(x pipeline.Deliveries) (bool, error) { return true, x.Save(ctx, done) })
			}
		}
	}
}
