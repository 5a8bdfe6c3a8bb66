package outbox

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func at() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

func sending(marked bool) Delivery {
	return Delivery{ID: "d", State: Sending, DotMarked: marked, LeaseOwner: "p", LeaseUntil: at().Add(time.Hour)}
}

func TestAdvanceKeepsEventsAndEndsTheLease(t *testing.T) {
	before := sending(false)
	before.Events = make([]Event, 1, 8)
	before.Events[0] = Event{Action: Start, From: Approved, To: Sending}
	o := Occasion{At: at(), By: "officer", Why: "asked to"}
	after, err := Advance(before, Hold, o)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Advance(before, Refuse, o)
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{
		{Action: Start, From: Approved, To: Sending},
		{At: at(), Action: Hold, From: Sending, To: Held, By: "officer", Why: "asked to"},
	}
	if diff := cmp.Diff(want, after.Events); diff != "" {
		t.Error(diff)
	}
	if other.Events[1].Action != Refuse || len(before.Events) != 1 {
		t.Error("two futures of one delivery share their events")
	}
	if after.Reason != "asked to" || after.LeaseOwner != "" || !after.LeaseUntil.IsZero() {
		t.Errorf("after: %+v", after)
	}
}

func TestANoteChangesNeitherStateNorReason(t *testing.T) {
	d, err := Advance(Delivery{State: Held, Reason: "look-alike"}, Note, Occasion{At: at(), Why: "rang the school"})
	if err != nil || d.State != Held || d.Reason != "look-alike" || len(d.Events) != 1 {
		t.Errorf("%+v %v", d, err)
	}
}

func TestARefusedActionLeavesTheDelivery(t *testing.T) {
	before := Delivery{ID: "d", State: Cancelled, Reason: "withdrawn"}
	for _, action := range Actions() {
		after, err := Advance(before, action, Occasion{At: at()})
		if action == Note {
			continue
		}
		var refused *NotAllowedError
		if !errors.As(err, &refused) || refused.Error() == "" {
			t.Errorf("%s: %v", action, err)
		}
		if diff := cmp.Diff(before.Events, after.Events); diff != "" {
			t.Errorf("%s: %s", action, diff)
		}
	}
}

func TestClaimNamesItsProcessAndRefusesTheMarked(t *testing.T) {
	until := at().Add(time.Hour)
	for _, state := range States() {
		d, err := Claim(Delivery{State: state}, "p", until, Occasion{At: at()})
		may := state == Approved || state == Deferred
		if (err == nil) != may {
			t.Errorf("%s: %v", state, err)
		}
		if may && (d.State != Sending || d.LeaseOwner != "p" || !d.LeaseUntil.Equal(until)) {
			t.Errorf("%s: %+v", state, d)
		}
		if _, err := Claim(Delivery{State: state, DotMarked: true}, "p", until, Occasion{At: at()}); err == nil {
			t.Errorf("%s: claimed with the marker set", state)
		}
	}
}

func TestConcludeOfEveryResultAndMarker(t *testing.T) {
	type end struct {
		state  State
		marked bool
	}
	cases := []struct {
		result Result
		phase  Phase
		marked bool
		want   end
	}{
		{ResultAccepted, PhaseReply, true, end{Accepted, true}},
		{ResultDeferred, PhaseEnvelope, false, end{Deferred, false}},
		{ResultDeferred, PhaseReply, true, end{Deferred, false}},
		{ResultDeferred, PhaseDot, true, end{Uncertain, true}},
		{ResultRefused, PhaseEnvelope, false, end{Refused, false}},
		{ResultRefused, PhaseReply, true, end{Refused, false}},
		{ResultRefused, PhaseData, true, end{Uncertain, true}},
		{ResultTooBig, PhaseEnvelope, false, end{Refused, false}},
		{ResultRouteBroken, PhaseAuth, false, end{Deferred, false}},
		{ResultTLSFault, PhaseTLS, false, end{Deferred, false}},
		{ResultUncertain, PhaseDot, true, end{Uncertain, true}},
		{ResultUncertain, PhaseDot, false, end{Uncertain, false}},
		{ResultCrashed, PhaseNone, false, end{Deferred, false}},
		{ResultCrashed, PhaseNone, true, end{Uncertain, true}},
		{"something new", PhaseReply, false, end{Uncertain, false}},
	}
	covered := map[Result]bool{}
	for _, c := range cases {
		covered[c.result] = true
		d, err := Conclude(sending(c.marked), Outcome{Result: c.result, Phase: c.phase, Code: 250, QueueID: "q", TLS: "v"}, Occasion{At: at()})
		if err != nil {
			t.Errorf("%s at %s: %v", c.result, c.phase, err)
			continue
		}
		if got := (end{d.State, d.DotMarked}); got != c.want {
			t.Errorf("%s at %q, marked %v: %+v, want %+v", c.result, c.phase, c.marked, got, c.want)
		}
		if len(d.Attempts) != 1 || d.Attempts[0].Step != c.phase || d.Attempts[0].QueueID != "q" || d.Reason == "" {
			t.Errorf("%s: the attempt was not kept: %+v", c.result, d)
		}
		if wait := d.NextAttempt.Sub(at()); (d.State == Deferred) != (wait > 0) {
			t.Errorf("%s: next attempt %v", c.result, d.NextAttempt)
		}
	}
	for _, r := range Results() {
		if !covered[r] {
			t.Errorf("%s is not covered", r)
		}
	}
	if _, err := Conclude(Delivery{State: Accepted}, Outcome{Result: ResultAccepted}, Occasion{}); err == nil {
		t.Error("a delivery that nobody is sending was concluded")
	}
}

func TestASecondCrashHolds(t *testing.T) {
	crash := Outcome{Result: ResultCrashed, Phase: PhaseNone}
	d, err := Conclude(sending(false), crash, Occasion{At: at()})
	if err != nil || d.State != Deferred {
		t.Fatalf("first: %s %v", d.State, err)
	}
	d, err = Claim(d, "p", at(), Occasion{At: at()})
	if err != nil {
		t.Fatal(err)
	}
	if d, err = Conclude(d, crash, Occasion{At: at()}); err != nil || d.State != Held || len(d.Attempts) != 2 {
		t.Errorf("second: %s %v", d.State, err)
	}
}

func TestRecoverAsksTheMarker(t *testing.T) {
	for _, state := range States() {
		d, err := Recover(Delivery{State: state}, Occasion{At: at()})
		if err != nil {
			t.Errorf("%s: %v", state, err)
		}
		if state != Sending && (d.State != state || len(d.Events) != 0) {
			t.Errorf("%s became %s", state, d.State)
		}
	}
	if d, _ := Recover(sending(false), Occasion{At: at()}); d.State != Deferred || !d.NextAttempt.Equal(at()) || d.LeaseOwner != "" {
		t.Errorf("before the marker: %+v", d)
	}
	if d, _ := Recover(sending(true), Occasion{At: at()}); d.State != Uncertain || !d.DotMarked {
		t.Errorf("after the marker: %+v", d)
	}
}

func TestRetryByAPersonMaySendAgainAtOnce(t *testing.T) {
	d, _ := Recover(sending(true), Occasion{At: at()})
	d.NextAttempt = at().Add(48 * time.Hour)
	d, err := Advance(d, Retry, Occasion{At: at(), By: "officer", Why: "the school has nothing"})
	if err != nil || d.DotMarked || !d.NextAttempt.Equal(at()) {
		t.Fatalf("%+v %v", d, err)
	}
	if _, err = Claim(d, "p", at(), Occasion{At: at()}); err != nil {
		t.Error(err)
	}
}

func TestWhatMayBeLeavingCannotBeHeld(t *testing.T) {
	if _, err := Advance(sending(true), Hold, Occasion{At: at()}); err == nil {
		t.Error("held after the marker: a later release would send it twice")
	}
	if _, err := Advance(sending(false), Hold, Occasion{At: at()}); err != nil {
		t.Error(err)
	}
}

func TestBackoffStaysWithinAFifthOfItsStep(t *testing.T) {
	steps := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}
	rapid.Check(t, func(t *rapid.T) {
		attempts := rapid.IntRange(-1, 400).Draw(t, "attempts")
		id := rapid.String().Draw(t, "id")
		step := steps[min(max(attempts-1, 0), 6)]
		got := Backoff(attempts, id)
		if got < step*8/10 || got > step*12/10 {
			t.Fatalf("wait %v after %d attempts, step %v", got, attempts, step)
		}
		if got != Backoff(attempts, id) {
			t.Fatal("the same input gave another wait")
		}
	})
}

func TestBackoffSpreadsDeliveries(t *testing.T) {
	seen := map[time.Duration]bool{}
	for i := range 100 {
		seen[Backoff(1, string(rune('a'+i)))] = true
	}
	if len(seen) < 50 {
		t.Errorf("100 deliveries come back at %d moments", len(seen))
	}
}
