package simulate

import (
	"testing"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// lived is a delivery that was drafted, held, let go, sent and delivered, a
// day each.
func lived() (outbox.Delivery, []time.Time) {
	d := outbox.Delivery{ID: "a", State: outbox.Drafted, Passphrase: outbox.PassphraseHandedOver}
	var at []time.Time
	for i, step := range []struct {
		action outbox.Action
		to     outbox.State
	}{
		{outbox.Draft, outbox.Drafted},
		{outbox.Hold, outbox.Held},
		{outbox.Approve, outbox.Approved},
		{outbox.Start, outbox.Sending},
		{outbox.Accept, outbox.Accepted},
		{outbox.Deliver, outbox.Delivered},
	} {
		at = append(at, time.Date(2026, 1, 5+i, 9, 0, 0, 0, time.UTC))
		d.Events = append(d.Events, outbox.Event{At: at[i], Action: step.action, From: d.State, To: step.to, Why: string(step.to)})
		d.State = step.to
	}
	d.Attempts = []outbox.Attempt{{At: at[3], Code: 250}}
	d.DotMarked = true
	return d, at
}

func TestATermThatHasBegunIsPlayedFromItsBeginning(t *testing.T) {
	d, at := lived()
	for i, want := range []struct {
		state    outbox.State
		attempts int
	}{{"", 0}, {outbox.Drafted, 0}, {outbox.Held, 0}, {outbox.Approved, 0}, {outbox.Deferred, 1}, {outbox.Accepted, 1}, {outbox.Delivered, 1}} {
		moment := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
		if i < len(at) {
			moment = at[i]
		}
		was, there := deliveryBefore(d, moment)
		if there != (want.state != "") {
			t.Errorf("%d: there is %v", i, there)
		}
		if !there {
			continue
		}
		if was.State != want.state || len(was.Events) != i || len(was.Attempts) != want.attempts {
			t.Errorf("%d: %s with %d events and %d attempts", i, was.State, len(was.Events), len(was.Attempts))
		}
		if was.DotMarked && !was.State.Gone() {
			t.Errorf("%d: %s, and marked as if it may have left", i, was.State)
		}
		if was.Passphrase == outbox.PassphraseHandedOver && !was.State.Gone() {
			t.Errorf("%d: the passphrase of what never left is handed over", i)
		}
	}
	if len(d.Events) != 6 || len(d.Attempts) != 1 {
		t.Error("the delivery itself was changed")
	}
}

func TestAReturnedFormIsNotSettledBeforeItWas(t *testing.T) {
	came, settled := time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC), time.Date(2026, 1, 9, 9, 0, 0, 0, time.UTC)
	held := Held{Returns: []pipeline.Returned{{ID: "a", At: came, State: pipeline.ReturnAccepted, Settled: pipeline.Settling{At: settled, By: "O"}}}}
	for day, want := range map[string]pipeline.ReturnState{"2026-01-06": "", "2026-01-08": pipeline.ReturnWaiting, "2026-01-10": pipeline.ReturnAccepted} {
		var got pipeline.ReturnState
		if was := held.before(pep.MustDate(day).In(time.UTC, 0, 0)); len(was.Returns) == 1 {
			got = was.Returns[0].State
		}
		if got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}
