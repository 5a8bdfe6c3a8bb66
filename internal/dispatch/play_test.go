package dispatch_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
)

// sketched is a bench whose delivery a was sketched: nothing was made of it.
func sketched(t *testing.T) *bench {
	b := newBench(t, "a")
	d := b.shelf.row("a")
	d.SHA256 = outbox.Sketched
	b.shelf.put(d, nil)
	return b
}

func TestASenderNeverGetsASketch(t *testing.T) {
	for _, parcel := range []string{"", outbox.Sketched, "anything"} {
		b := sketched(t)
		b.shelf.put(b.shelf.row("a"), []byte(parcel))
		if tally := b.run(b.process()); tally.Held != 1 || len(b.script.sent) != 0 {
			t.Errorf("%q: %+v, %d conversations", parcel, tally, len(b.script.sent))
		}
		if d := b.shelf.row("a"); d.State != outbox.Held || !strings.Contains(d.Reason, "not the one that was sealed") {
			t.Errorf("%q: %s, %q", parcel, d.State, d.Reason)
		}
	}
}

// TestAPlayedDeliveryEndsAsASentOneWould: by the same states, without a byte.
func TestAPlayedDeliveryEndsAsASentOneWould(t *testing.T) {
	for _, out := range []outbox.Outcome{
		accepted(),
		{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451},
		{Result: outbox.ResultRefused, Phase: outbox.PhaseEnvelope, Code: 550},
		{Result: outbox.ResultRefused, Phase: outbox.PhaseReply, Code: 554},
		{Result: outbox.ResultUncertain, Phase: outbox.PhaseDot},
	} {
		real := newBench(t, "a")
		real.script.outcomes["a"] = []outbox.Outcome{out}
		real.run(real.process())

		b := sketched(t)
		b.shelf.onParcel = func(string) { t.Error("the message of a played delivery was read") }
		x := b.process()
		x.Sender, x.Play = nil, func(outbox.Delivery) outbox.Outcome { return out }
		b.run(x)
		want, got := real.shelf.row("a"), b.shelf.row("a")
		if got.State != want.State || got.DotMarked != want.DotMarked || len(got.Attempts) != len(want.Attempts) || len(b.script.sent) != 0 {
			t.Errorf("%s at %q: %s, marked %v; sent it would be %s, marked %v", out.Result, out.Phase, got.State, got.DotMarked, want.State, want.DotMarked)
		}
	}
}

// TestADispatcherThatPlaysCannotSend: it has no sender at all, or does nothing.
func TestADispatcherThatPlaysCannotSend(t *testing.T) {
	b := sketched(t)
	x := b.process()
	x.Play = func(outbox.Delivery) outbox.Outcome { return accepted() }
	if _, err := x.Run(context.Background()); err == nil {
		t.Error("a dispatcher with a sender plays")
	}
	if d := b.shelf.row("a"); d.State != outbox.Approved {
		t.Errorf("the delivery is %s", d.State)
	}
	if _, err := (&dispatch.Dispatcher{Queue: b.shelf, Decide: x.Decide, Now: x.Now, Owner: "x", From: "y"}).Run(context.Background()); err == nil {
		t.Error("a dispatcher without a sender runs")
	}
}
