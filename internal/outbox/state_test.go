package outbox

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// allowed is the machine as the command line contract tells it, written out a
// second time so that a slip in the table shows.
func allowed() map[State]string {
	return map[State]string{
		Drafted:   "approve>approved hold>held cancel>cancelled",
		Approved:  "hold>held cancel>cancelled start>sending post>posted",
		Held:      "approve>approved cancel>cancelled post>posted",
		Sending:   "hold>held accept>accepted defer>deferred refuse>refused lose>uncertain",
		Accepted:  "deliver>delivered bounce>bounced",
		Delivered: "bounce>bounced",
		Deferred:  "hold>held cancel>cancelled start>sending retry>approved",
		Refused:   "hold>held cancel>cancelled retry>approved",
		Uncertain: "cancel>cancelled accept>accepted deliver>delivered bounce>bounced retry>approved",
		Posted:    "deliver>delivered bounce>bounced",
		Bounced:   "",
		Cancelled: "",
	}
}

func TestEveryStateAndActionIsDecided(t *testing.T) {
	for _, from := range States() {
		var got []string
		for _, action := range Actions() {
			to, err := Next(from, action)
			var refused *NotAllowedError
			switch {
			case action == Note:
				if err != nil || to != from {
					t.Errorf("a note on %s: %s %v", from, to, err)
				}
			case err == nil:
				got = append(got, string(action)+">"+string(to))
			case !errors.As(err, &refused) || to != from || refused.State != from || refused.Action != action:
				t.Errorf("%s a %s delivery: %s %v", action, from, to, err)
			}
		}
		if want := allowed()[from]; join(got) != want {
			t.Errorf("%s allows\n %s, want\n %s", from, join(got), want)
		}
	}
	if len(allowed()) != len(States()) {
		t.Error("a state is not covered")
	}
}

func join(all []string) string {
	var text string
	for i, s := range all {
		if i > 0 {
			text += " "
		}
		text += s
	}
	return text
}

func TestWaitingAndGoneOfEveryState(t *testing.T) {
	waiting := []State{Approved, Sending, Deferred}
	gone := []State{Accepted, Delivered, Uncertain, Bounced, Posted}
	for _, s := range States() {
		if s.Waiting() != slices.Contains(waiting, s) || s.Gone() != slices.Contains(gone, s) {
			t.Errorf("%s: waiting %v, gone %v", s, s.Waiting(), s.Gone())
		}
	}
}

func TestWhatLeftIsNeverSentAgainWithoutARetry(t *testing.T) {
	for _, from := range States() {
		if !from.Gone() {
			continue
		}
		reach, todo := map[State]bool{from: true}, []State{from}
		for len(todo) > 0 {
			state := todo[0]
			todo = todo[1:]
			for action, to := range table()[state] {
				if action == Retry || reach[to] {
					continue
				}
				reach[to] = true
				todo = append(todo, to)
			}
		}
		if reach[Sending] || reach[Approved] || reach[Deferred] {
			t.Errorf("a delivery that is %s can be sent again without a person's retry", from)
		}
	}
}

// TestNoWalkSendsTwice plays every order of happenings, with the process dying
// in between, and counts the messages that may have left.
func TestNoWalkSendsTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		d := Delivery{ID: "d", State: Approved}
		left, retries := 0, 0
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Minute)
			o := Occasion{At: now, By: "test"}
			events := len(d.Events)
			switch step := rapid.IntRange(0, 5).Draw(t, "step"); step {
			case 0:
				if claimed, err := Claim(d, "p", now.Add(time.Hour), o); err == nil {
					d = claimed
				}
			case 1:
				if d.State == Sending && !d.DotMarked {
					d.DotMarked, left = true, left+1
				}
			case 2:
				result := rapid.SampledFrom(Results()).Draw(t, "result")
				phase := rapid.SampledFrom([]Phase{PhaseConnect, PhaseData, PhaseDot, PhaseReply}).Draw(t, "phase")
				wasMarked := d.DotMarked
				next, err := Conclude(d, Outcome{Result: result, Phase: phase}, o)
				if err == nil && wasMarked && !next.State.Gone() {
					left-- // the relay's answer shows that it did not take it
				}
				if err == nil {
					d = next
				}
			case 3:
				d, _ = Recover(d, o)
			case 4, 5:
				action := rapid.SampledFrom(Actions()).Draw(t, "action")
				if action == Start || d.State == Sending {
					continue // these are the dispatcher's alone
				}
				next, err := Advance(d, action, o)
				if err == nil && action == Retry && d.State == Uncertain {
					retries++
				}
				if err == nil {
					d = next
				}
			}
			if len(d.Events) < events {
				t.Fatal("an event was lost")
			}
			if left > 1+retries {
				t.Fatalf("%d messages may have left after %d retries by a person: %+v", left, retries, d.Events)
			}
		}
	})
}
