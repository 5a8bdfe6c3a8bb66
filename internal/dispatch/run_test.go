package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

func TestAStopLeavesNothingClaimedAndLosesNothing(t *testing.T) {
	for _, when := range []string{"before", "during", "at the dot", "between"} {
		b := newBench(t, "a", "b", "c")
		ctx, cancel := context.WithCancel(context.Background())
		stop := func(e dispatch.Envelope) {
			if e.ID == "b" {
				cancel()
			}
		}
		x := b.process()
		want := map[string]outbox.State{"a": outbox.Accepted, "b": outbox.Accepted, "c": outbox.Approved}
		tallied := dispatch.Tally{Accepted: 2, Left: []dispatch.Left{{Relay: "council"}}}
		switch when {
		case "before":
			cancel()
			want = map[string]outbox.State{"a": outbox.Approved, "b": outbox.Approved, "c": outbox.Approved}
			tallied.Accepted = 0
		case "during": // the marker is refused and the claim given up
			b.script.during = stop
			want["b"] = outbox.Deferred
			tallied.Accepted, tallied.Deferred = 1, 1
		case "at the dot": // the message is completed
			b.script.atDot = stop
		case "between":
			x.Settled = func(d outbox.Delivery) { stop(dispatch.Envelope{ID: d.ID}) }
		}
		tally, err := x.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tallied, tally); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
		for _, d := range b.shelf.all() {
			if d.State != want[d.ID] || d.LeaseOwner != "" {
				t.Errorf("%s: %s is %s, lease %q; want %s", when, d.ID, d.State, d.LeaseOwner, want[d.ID])
			}
		}
		b.script.during, b.script.atDot = nil, nil
		again := b.run(b.process())
		if again.Accepted+tally.Accepted != 3 || len(again.Left) != 0 {
			t.Errorf("%s: run again at the same moment: %+v", when, again)
		}
		for id, n := range b.script.copies {
			if n != 1 {
				t.Errorf("%s: %s left %d times", when, id, n)
			}
		}
	}
}

// TestAStopNeverReachesTheQueueHalfWay: the context ends while the queue
// commits, and the answer is not lost for it.
func TestAStopNeverReachesTheQueueHalfWay(t *testing.T) {
	for method, want := range map[string]outbox.State{
		"Recover": outbox.Approved, "Claim": outbox.Deferred, "MarkDot": outbox.Accepted, "Save": outbox.Accepted, "Parcel": outbox.Deferred,
	} {
		b := newBench(t, "a")
		ctx, cancel := context.WithCancel(context.Background())
		b.shelf.onParcel = func(string) {
			if method == "Parcel" {
				cancel()
			}
		}
		b.shelf.onWrite = func(m string) {
			if method == m {
				cancel()
			}
		}
		if _, err := b.process().Run(ctx); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		d := b.shelf.row("a")
		if d.State != want || d.LeaseOwner != "" {
			t.Errorf("%s: %s, lease %q; want %s", method, d.State, d.LeaseOwner, want)
		}
		if want == outbox.Deferred && (!d.NextAttempt.Equal(monday()) || len(d.Attempts) != 0) {
			t.Errorf("%s: a claim that was given up counts as an attempt: %+v", method, d)
		}
		cancel()
	}
}

func TestEarliestDueFirstAndOneAtATimeForARelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for i, iso := range []string{"2026-02-03", "2026-01-06", "2026-01-20"} {
			for _, relay := range []string{"council", "gateway"} {
				d, parcel := released(fmt.Sprintf("%s%d", relay, i))
				d.Due, _ = pep.ParseDate(iso)
				d.Decision.Relay = relay
				b.shelf.put(d, parcel)
			}
		}
		var mu sync.Mutex
		busy, most := map[string]int{}, 0
		b.script.during = func(e dispatch.Envelope) {
			mu.Lock()
			busy[e.Relay]++
			most = max(most, busy[e.Relay])
			mu.Unlock()
			if e.Relay == "gateway" {
				time.Sleep(10 * time.Minute)
			}
			mu.Lock()
			busy[e.Relay]--
			mu.Unlock()
		}
		start, done := time.Now(), map[string]time.Duration{}
		x := b.process()
		x.Settled = func(d outbox.Delivery) {
			mu.Lock()
			defer mu.Unlock()
			done[d.Decision.Relay] = time.Since(start)
		}
		if tally := b.run(x); tally.Accepted != 6 {
			t.Errorf("%+v", tally)
		}
		if most != 1 || done["council"] != 0 || done["gateway"] != 30*time.Minute {
			t.Errorf("%d at a time, done after %v: a slow relay keeps only its own waiting", most, done)
		}
		var council []string
		for _, id := range b.script.conversations() {
			if id[0] == 'c' {
				council = append(council, id)
			}
		}
		if diff := cmp.Diff([]string{"council1", "council2", "council0"}, council); diff != "" {
			t.Error(diff)
		}
	})
}

// TestF35RelayDownForTwoHours is F35: one clock drives the waits, as the daemon
// does, and every delivery leaves once.
func TestF35RelayDownForTwoHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for i := range 500 {
			b.shelf.put(released(fmt.Sprintf("s%03d", i)))
		}
		d, parcel := released("other")
		d.Decision.Relay = "gateway"
		b.shelf.put(d, parcel)
		start, refused := time.Now(), 0
		down := relayDown{b.script, func(e dispatch.Envelope) bool {
			if e.Relay != "council" || time.Since(start) >= 2*time.Hour {
				return false
			}
			refused++
			return true
		}}
		b.clock = start
		x := b.process()
		x.Sender, x.Now = down, time.Now
		tally := b.run(x)
		if tally.Accepted != 1 || tally.Deferred != 3 || len(tally.Left) != 1 || tally.Left[0].Relay != "council" || tally.Left[0].Why != outbox.ResultDeferred {
			t.Errorf("first run: %+v", tally)
		}
		accepted := tally.Accepted
		for range 24 * 4 {
			if len(tally.Left) > 0 && !tally.Left[0].Again.After(time.Now()) {
				t.Fatalf("left for no reason: %+v", tally)
			}
			time.Sleep(15 * time.Minute)
			tally = b.run(x)
			accepted += tally.Accepted
		}
		if accepted != 501 || refused > 12 {
			t.Errorf("%d accepted, want 501; %d conversations with a relay that is down, want few", accepted, refused)
		}
		for id, n := range b.script.copies {
			if n != 1 {
				t.Errorf("%s left %d times", id, n)
			}
		}
	})
}

// relayDown refuses connections for as long as it is told.
type relayDown struct {
	*relayScript
	down func(dispatch.Envelope) bool
}

func (r relayDown) Send(ctx context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	if r.down(e) {
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseConnect}
	}
	return r.relayScript.Send(ctx, e, beforeDot)
}

func TestWhichOutcomesSpareTheOthers(t *testing.T) {
	rows := []struct {
		name  string
		out   outbox.Outcome
		tried int // of five deliveries that would all meet it
	}{
		{"sign-in refused", outbox.Outcome{Result: outbox.ResultRouteBroken, Phase: outbox.PhaseAuth, Code: 535}, 1},
		{"no TLS", outbox.Outcome{Result: outbox.ResultTLSFault, Phase: outbox.PhaseTLS}, 3},
		{"not reached", outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseConnect}, 3},
		{"closing", outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 421}, 3},
		{"greylisted", outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 450}, 5},
		{"refused", outbox.Outcome{Result: outbox.ResultRefused, Phase: outbox.PhaseEnvelope, Code: 550}, 5},
		{"lost in the body", outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseData}, 5},
		{"uncertain", outbox.Outcome{Result: outbox.ResultUncertain, Phase: outbox.PhaseDot}, 5},
		{"crashed", outbox.Outcome{Result: outbox.ResultCrashed}, 5},
	}
	for _, row := range rows {
		ids := []string{"a", "b", "c", "d", "e"}
		b := newBench(t, ids...)
		for _, id := range ids {
			b.script.outcomes[id] = []outbox.Outcome{row.out}
		}
		tally := b.run(b.process())
		if n := len(b.script.conversations()); n != row.tried {
			t.Errorf("%s: %d tried, want %d", row.name, n, row.tried)
		}
		if spared := len(tally.Left) == 1; spared != (row.tried < 5) {
			t.Errorf("%s: left %+v", row.name, tally.Left)
		}
		for _, d := range b.shelf.all() {
			if !slices.Contains(b.script.conversations(), d.ID) && (d.State != outbox.Approved || len(d.Events) != 0) {
				t.Errorf("%s: %s was spared and yet changed: %+v", row.name, d.ID, d)
			}
		}
	}
}

func TestARelayThatWorksAgainIsTrustedAgain(t *testing.T) {
	b := newBench(t, "a", "b")
	broken := outbox.Outcome{Result: outbox.ResultRouteBroken, Phase: outbox.PhaseAuth, Code: 535}
	b.script.outcomes["a"] = []outbox.Outcome{broken, broken}
	x := b.process()
	first := b.run(x)
	b.pass(2 * time.Minute)
	second := b.run(x)
	if !second.Left[0].Again.After(first.Left[0].Again.Add(3 * time.Minute)) {
		t.Errorf("the second pause is not longer: until %v, then until %v", first.Left, second.Left)
	}
	b.pass(10 * time.Minute)
	if third := b.run(x); third.Accepted != 2 || len(third.Left) != 0 {
		t.Errorf("after the pause: %+v", third)
	}
	for _, id := range []string{"c", "d", "e"} {
		b.shelf.put(released(id))
	}
	b.script.outcomes["c"] = []outbox.Outcome{{Result: outbox.ResultDeferred, Phase: outbox.PhaseConnect}}
	if last := b.run(x); last.Accepted != 2 || last.Deferred != 1 || len(last.Left) != 0 {
		t.Errorf("one failure after it worked: %+v", last)
	}
}

func TestOneRunAtATime(t *testing.T) {
	b := newBench(t, "a")
	x := b.process()
	b.script.during = func(dispatch.Envelope) {
		if _, err := x.Run(context.Background()); !errors.Is(err, dispatch.ErrRunning) {
			t.Errorf("a run within a run: %v", err)
		}
	}
	b.run(x)
	b.script.during = nil
	b.run(x)
}

// TestF33TwoProcessesShareTheWork: between them every delivery leaves once.
func TestF33TwoProcessesShareTheWork(t *testing.T) {
	b := newBench(t)
	b.shelf.alone = false
	for i := range 60 {
		b.shelf.put(released(fmt.Sprintf("s%02d", i)))
	}
	var both sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for range 2 {
		x := b.process()
		both.Go(func() {
			tally, err := x.Run(context.Background())
			mu.Lock()
			defer mu.Unlock()
			accepted += tally.Accepted
			if err != nil || tally.Uncertain+tally.Deferred+tally.Elsewhere > 0 {
				t.Errorf("%+v %v", tally, err)
			}
		})
	}
	both.Wait()
	if accepted != 60 || len(b.script.conversations()) != 60 {
		t.Errorf("%d accepted in %d conversations, want 60 in 60", accepted, len(b.script.conversations()))
	}
}
