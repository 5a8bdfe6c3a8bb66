package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
)

// crashing gives a bench whose three deliveries meet a yes, a greylisting
// followed by a yes, and a no.
func crashing(t failer) *bench {
	b := newBench(t, "gone", "grey", "plain")
	b.script.shelf = b.shelf
	b.script.outcomes["gone"] = []outbox.Outcome{{Result: outbox.ResultRefused, Phase: outbox.PhaseEnvelope, Code: 550}}
	b.script.outcomes["grey"] = []outbox.Outcome{{Result: outbox.ResultDeferred, Phase: outbox.PhaseReply, Code: 451}}
	return b
}

// finish starts new processes until nothing waits, as time goes by.
func (b *bench) finish() {
	b.shelf.revive()
	for range 40 {
		b.run(b.process())
		b.pass(5 * time.Hour)
	}
}

// TestKilledAtEveryStepNothingIsLostOrDoubled: the steps are those before and
// after each commit, and between the marker and the dot.
func TestKilledAtEveryStepNothingIsLostOrDoubled(t *testing.T) {
	killed, uncertain := 0, 0
	for step := 0; ; step++ {
		b := crashing(t)
		b.shelf.killAt = step
		for range 3 {
			_, err := b.process().Run(context.Background())
			if b.shelf.dead && err == nil {
				t.Fatalf("killed at step %d: a queue that fails is not an error", step)
			}
			b.pass(time.Hour)
		}
		if !b.shelf.dead {
			break
		}
		killed++
		b.finish()
		for _, d := range b.shelf.all() {
			copies := b.script.copies[d.ID]
			switch {
			case copies > 1:
				t.Errorf("killed at step %d: %s left %d times", step, d.ID, copies)
			case d.State == outbox.Uncertain && d.ID != "gone":
				uncertain++
			case d.ID == "gone" && d.State == outbox.Accepted: // the script's one refusal was spent before the crash
			case d.ID == "gone" && d.State == outbox.Refused && copies == 0:
			case d.ID != "gone" && d.State == outbox.Accepted && copies == 1:
			default:
				t.Errorf("killed at step %d: %s is %s with %d copies", step, d.ID, d.State, copies)
			}
		}
	}
	if killed < 20 || uncertain == 0 || uncertain > killed {
		t.Errorf("%d kills, %d uncertain: the steps are not what they should be", killed, uncertain)
	}
}

// TestF32AnOutcomeThatCouldNotBeStoredIsStoredLater: the relay has taken the
// message and the disk is full. Only this process knows, and it remembers.
func TestF32AnOutcomeThatCouldNotBeStoredIsStoredLater(t *testing.T) {
	b := newBench(t, "school", "other")
	through, parcel := released("third")
	through.Decision.Relay = "gateway"
	b.shelf.put(through, parcel)
	x := b.process()
	full := errors.New("the disk is full")
	b.script.atDot = func(dispatch.Envelope) { b.shelf.failing["Save"] = full }
	if _, err := x.Run(context.Background()); !errors.Is(err, full) {
		t.Fatalf("error %v, want the queue's", err)
	}
	if _, err := x.Run(context.Background()); !errors.Is(err, full) {
		t.Fatalf("still full: error %v, want the queue's", err)
	}
	if n := len(b.script.conversations()); n != 2 {
		t.Fatalf("%d conversations while nothing could be stored, want one for each relay", n)
	}
	b.script.atDot = nil
	delete(b.shelf.failing, "Save")
	tally := b.run(x)
	if diff := cmp.Diff(map[string]int{"school": 1, "other": 1, "third": 1}, b.script.copies); tally.Accepted != 3 || diff != "" {
		t.Errorf("%+v, copies: %s", tally, diff)
	}
}

func TestEachFailureOfTheQueueIsAnErrorThatNamesWhatWasDone(t *testing.T) {
	broken := errors.New("broken")
	for _, method := range []string{"Recover", "Relays", "Claim", "Save"} {
		b := newBench(t, "school")
		b.shelf.failing[method] = broken
		if _, err := b.process().Run(context.Background()); !errors.Is(err, broken) || err.Error() == broken.Error() {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// TestAMarkerThatCannotBeKeptSendsNoDot also covers the commit of which only
// the answer was lost: then nobody can be sure.
func TestAMarkerThatCannotBeKeptSendsNoDot(t *testing.T) {
	b := newBench(t, "school")
	b.shelf.failing["MarkDot"] = errors.New("no room")
	tally := b.run(b.process())
	if d := b.shelf.row("school"); tally.Deferred != 1 || d.State != outbox.Deferred || b.script.copies["school"] != 0 {
		t.Errorf("%+v, %+v", tally, d)
	}
}

// TestWhatOthersDoMeanwhileStands: a person, or a process that took the
// delivery over, changes it during the conversation.
func TestWhatOthersDoMeanwhileStands(t *testing.T) {
	change := func(b *bench, do func(outbox.Delivery) outbox.Delivery) func(dispatch.Envelope) {
		return func(dispatch.Envelope) {
			d := do(b.shelf.row("school"))
			d.Version++
			b.shelf.put(d, b.shelf.parcels["school"])
		}
	}
	advance := func(action outbox.Action) func(outbox.Delivery) outbox.Delivery {
		return func(d outbox.Delivery) outbox.Delivery {
			d, err := outbox.Advance(d, action, outbox.Occasion{At: monday(), By: "a person", Why: "asked"})
			if err != nil {
				panic(err)
			}
			return d
		}
	}
	over := func(d outbox.Delivery) outbox.Delivery {
		d.LeaseOwner = "another process"
		return d
	}
	recovered := func(d outbox.Delivery) outbox.Delivery {
		d, _ = outbox.Recover(d, outbox.Occasion{At: monday(), By: "another process"})
		return d
	}
	rows := []struct {
		name   string
		dot    bool // changed between marker and dot, else before the marker
		do     func(outbox.Delivery) outbox.Delivery
		state  outbox.State
		copies int
	}{
		{"held by a person before the marker", false, advance(outbox.Hold), outbox.Held, 0},
		{"a note before the marker", false, advance(outbox.Note), outbox.Deferred, 0},
		{"a note after the marker", true, advance(outbox.Note), outbox.Accepted, 1},
		{"taken over before the marker", false, over, outbox.Sending, 0},
		{"taken for dead after the marker", true, recovered, outbox.Accepted, 1},
	}
	for _, row := range rows {
		b := newBench(t, "school")
		if row.dot {
			b.script.atDot = change(b, row.do)
		} else {
			b.script.during = change(b, row.do)
		}
		b.run(b.process())
		if d := b.shelf.row("school"); d.State != row.state || b.script.copies["school"] != row.copies {
			t.Errorf("%s: %s, %d copies; want %s, %d", row.name, d.State, b.script.copies["school"], row.state, row.copies)
		}
	}
}

// TestWhateverHappensNoMessageLeavesTwice draws outcomes, kills at random
// steps, clocks that jump both ways and people who interfere.
func TestWhateverHappensNoMessageLeavesTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(t)
		b.script.shelf = b.shelf
		b.shelf.alone = rapid.Bool().Draw(t, "alone")
		draw := rapid.Custom(func(t *rapid.T) outbox.Outcome {
			result := rapid.SampledFrom(outbox.Results()).Draw(t, "result")
			phases := []outbox.Phase{outbox.PhaseConnect, outbox.PhaseEnvelope, outbox.PhaseData, outbox.PhaseReply}
			switch result {
			case outbox.ResultAccepted:
				phases = phases[3:]
			case outbox.ResultUncertain:
				phases = []outbox.Phase{outbox.PhaseDot}
			}
			return outbox.Outcome{Result: result, Phase: rapid.SampledFrom(phases).Draw(t, "phase")}
		})
		ids := []string{"a", "b", "c", "d"}
		for i, id := range ids {
			d, parcel := released(id)
			if i%2 == 1 {
				d.Decision.Relay = "gateway"
			}
			b.shelf.put(d, parcel)
			b.script.outcomes[id] = rapid.SliceOfN(draw, 0, 4).Draw(t, "outcomes")
		}
		allowed := map[string]int{"a": 1, "b": 1, "c": 1, "d": 1}
		var x *dispatch.Dispatcher
		for range rapid.IntRange(1, 12).Draw(t, "runs") {
			if x == nil || rapid.Bool().Draw(t, "restart") {
				x = b.process()
			}
			if rapid.Bool().Draw(t, "kill") {
				b.shelf.killAt = b.shelf.step + rapid.IntRange(0, 25).Draw(t, "at")
			}
			if _, err := x.Run(context.Background()); err != nil && !errors.Is(err, errDead) {
				t.Fatal(err)
			}
			if b.shelf.dead {
				b.shelf.revive()
				x = nil
			}
			b.pass(time.Duration(rapid.IntRange(-60, 300).Draw(t, "minutes")) * time.Minute)
			interfere(t, b, allowed)
			checkCopies(t, b, allowed)
		}
		b.script.outcomes = map[string][]outbox.Outcome{}
		b.finish()
		checkCopies(t, b, allowed)
		for _, d := range b.shelf.all() {
			if d.State.Waiting() {
				t.Fatalf("%s still waits: %s", d.ID, d.State)
			}
		}
	})
}

// interfere lets a person do something that the state allows; a retry of what
// may have left is a message more.
func interfere(t *rapid.T, b *bench, allowed map[string]int) {
	if !rapid.Bool().Draw(t, "interfere") {
		return
	}
	id := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "of")
	before := b.shelf.row(id)
	if before.State == outbox.Sending {
		return
	}
	action := rapid.SampledFrom([]outbox.Action{outbox.Hold, outbox.Approve, outbox.Retry, outbox.Note}).Draw(t, "action")
	d, err := outbox.Advance(before, action, outbox.Occasion{At: b.now(), By: "a person"})
	if err != nil {
		return
	}
	if action == outbox.Retry && before.State == outbox.Uncertain {
		allowed[id]++
	}
	d.Version++
	b.shelf.put(d, b.shelf.parcels[id])
}

func checkCopies(t *rapid.T, b *bench, allowed map[string]int) {
	for _, d := range b.shelf.all() {
		copies := b.script.copies[d.ID]
		if copies > allowed[d.ID] {
			t.Fatalf("%s left %d times, %d allowed: %+v", d.ID, copies, allowed[d.ID], d.Events)
		}
		if d.State == outbox.Accepted && copies == 0 {
			t.Fatalf("%s counts as accepted and never left: %+v", d.ID, d.Events)
		}
		if allowed[d.ID] == 1 && copies == 1 && !d.State.Gone() && d.State != outbox.Sending {
			t.Fatalf("%s left and is %s: %+v", d.ID, d.State, d.Events)
		}
	}
}
