package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

func TestEveryOutcomeIsRecordedAndCounted(t *testing.T) {
	type counts struct{ Accepted, Deferred, Refused, Uncertain, Held int }
	rows := []struct {
		result outbox.Result
		phase  outbox.Phase
		code   int
		state  outbox.State
		counts counts
		copies int
	}{
		{outbox.ResultAccepted, outbox.PhaseReply, 250, outbox.Accepted, counts{Accepted: 1}, 1},
		{outbox.ResultDeferred, outbox.PhaseConnect, 0, outbox.Deferred, counts{Deferred: 1}, 0},
		{outbox.ResultDeferred, outbox.PhaseEnvelope, 450, outbox.Deferred, counts{Deferred: 1}, 0},
		{outbox.ResultDeferred, outbox.PhaseData, 0, outbox.Deferred, counts{Deferred: 1}, 0},
		{outbox.ResultDeferred, outbox.PhaseReply, 451, outbox.Deferred, counts{Deferred: 1}, 0},
		{outbox.ResultRefused, outbox.PhaseEnvelope, 550, outbox.Refused, counts{Refused: 1}, 0},
		{outbox.ResultRefused, outbox.PhaseReply, 554, outbox.Refused, counts{Refused: 1}, 0},
		{outbox.ResultTooBig, outbox.PhaseEnvelope, 552, outbox.Refused, counts{Refused: 1}, 0},
		{outbox.ResultRouteBroken, outbox.PhaseAuth, 535, outbox.Deferred, counts{Deferred: 1}, 0},
		{outbox.ResultTLSFault, outbox.PhaseTLS, 0, outbox.Deferred, counts{Deferred: 1}, 0},
		{outbox.ResultUncertain, outbox.PhaseDot, 0, outbox.Uncertain, counts{Uncertain: 1}, 1},
		{outbox.ResultCrashed, outbox.PhaseNone, 0, outbox.Deferred, counts{Deferred: 1}, 0},
	}
	covered := map[outbox.Result]bool{}
	for _, row := range rows {
		covered[row.result] = true
		b := newBench(t, "school")
		b.script.outcomes["school"] = []outbox.Outcome{{Result: row.result, Phase: row.phase, Code: row.code, Text: "as told"}}
		tally := b.run(b.process())
		got := counts{tally.Accepted, tally.Deferred, tally.Refused, tally.Uncertain, tally.Held}
		d := b.shelf.row("school")
		if got != row.counts || d.State != row.state || b.script.copies["school"] != row.copies {
			t.Errorf("%s at %s: %+v, %s, %d copies; want %+v, %s, %d", row.result, row.phase, got, d.State, b.script.copies["school"], row.counts, row.state, row.copies)
		}
		if len(d.Attempts) != 1 || d.Attempts[0].Text != "as told" || !d.Attempts[0].At.Equal(monday()) || d.LeaseOwner != "" {
			t.Errorf("%s at %s: attempt or lease: %+v", row.result, row.phase, d)
		}
		if wait := d.NextAttempt.Sub(monday()); (row.state == outbox.Deferred) != (wait > 40*time.Second) {
			t.Errorf("%s at %s: next attempt after %v", row.result, row.phase, wait)
		}
		again := b.run(b.process())
		if n := len(b.script.conversations()); n != 1 {
			t.Errorf("%s at %s: a second run at the same moment made it %d conversations: %+v", row.result, row.phase, n, again)
		}
	}
	for _, r := range outbox.Results() {
		if !covered[r] {
			t.Errorf("%s is not covered", r)
		}
	}
}

func TestTheEnvelopeIsWhatWasDecidedAndSealed(t *testing.T) {
	b := newBench(t, "school")
	var got dispatch.Envelope
	b.script.during = func(e dispatch.Envelope) { got = e }
	b.run(b.process())
	_, parcel := released("school")
	want := dispatch.Envelope{From: "pep@council.example", To: "dt@school.example", Bytes: parcel, ID: "school", Relay: "council"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSendingAndTheMarkerAreStoredBeforeTheyAreActedOn(t *testing.T) {
	b := newBench(t, "school")
	b.shelf.failing["Get"] = errors.New("nothing is read again where nobody interferes")
	b.script.during = func(dispatch.Envelope) {
		if d := b.shelf.row("school"); d.State != outbox.Sending || d.DotMarked || d.LeaseOwner == "" || !d.LeaseUntil.After(b.now().Add(30*time.Minute)) {
			t.Errorf("at the start of the conversation: %+v", d)
		}
	}
	b.script.atDot = func(dispatch.Envelope) {
		if d := b.shelf.row("school"); d.State != outbox.Sending || !d.DotMarked {
			t.Errorf("before the dot: %+v", d)
		}
	}
	b.run(b.process())
	var story []string
	for _, e := range b.shelf.row("school").Events {
		story = append(story, string(e.To)+" by "+e.By)
	}
	if diff := cmp.Diff([]string{"sending by process 1", "accepted by process 1"}, story); diff != "" {
		t.Error(diff)
	}
}

func TestWhatMayNoLongerGoIsHeldUnsent(t *testing.T) {
	type decide = func(outbox.Delivery) (route.Decision, bool)
	now := func(change func(*route.Decision), weaker bool) decide {
		return func(d outbox.Delivery) (route.Decision, bool) {
			again := d.Decision
			change(&again)
			return again, weaker
		}
	}
	same := now(func(*route.Decision) {}, false)
	stored := func(change func(*outbox.Delivery)) func(*outbox.Delivery) { return change }
	none := stored(func(*outbox.Delivery) {})
	rows := []struct {
		name   string
		stored func(*outbox.Delivery)
		decide decide
		want   string
	}{
		{"judged weaker", none, now(func(d *route.Decision) { d.Reasons = append(d.Reasons, "the gateway is gone") }, true), "the gateway is gone"},
		{"judged weaker without a reason", none, now(func(d *route.Decision) { d.Reasons = nil }, true), "no longer stands"},
		{"now held", none, now(func(d *route.Decision) { d.Verdict = route.Hold }, false), "nothing matched"},
		{"now refused", none, now(func(d *route.Decision) { d.Verdict = route.Refuse }, false), "nothing matched"},
		{"no decision at all", none, func(outbox.Delivery) (route.Decision, bool) { return route.Decision{}, false }, "not the one that was decided on"},
		{"trusted less", stored(func(d *outbox.Delivery) { d.Decision.Verdict, d.Decision.Method = route.Secure, route.MethodTLS }), now(func(d *route.Decision) { d.Verdict = route.Encrypt }, false), "nothing matched"},
		{"decided for another address", none, now(func(d *route.Decision) { d.Canonical = "x@school.example" }, false), "not the one that was decided on"},
		{"the recipient's address changed", stored(func(d *outbox.Delivery) { d.Recipient.Address = pep.ParseAddress("new@school.example") }), same, "not the one that was decided on"},
		{"no address", stored(func(d *outbox.Delivery) { d.Recipient.Address, d.Decision.Canonical = pep.Address{}, "" }), same, "not the one that was decided on"},
		{"another relay", none, now(func(d *route.Decision) { d.Relay = "other" }, false), "another relay"},
		{"the zero verdict", stored(func(d *outbox.Delivery) { d.Decision.Verdict = "" }), same, "decided not to send"},
		{"ordinary mail without trust", stored(func(d *outbox.Delivery) { d.Decision.Method = route.MethodTLS }), same, "never permitted"},
		{"by post", stored(func(d *outbox.Delivery) { d.Decision.Method = route.MethodPost }), same, "not to be sent by mail"},
		{"by nothing", stored(func(d *outbox.Delivery) { d.Decision.Method = route.MethodNone }), same, "not to be sent by mail"},
		{"by something unknown", stored(func(d *outbox.Delivery) { d.Decision.Method = "pigeon" }), same, "not to be sent by mail"},
		{"other bytes", stored(func(d *outbox.Delivery) { d.SHA256 = strings.Repeat("0", 64) }), same, "not the one that was sealed"},
		{"no digest", stored(func(d *outbox.Delivery) { d.SHA256 = "" }), same, "not the one that was sealed"},
	}
	for _, row := range rows {
		b := newBench(t)
		d, parcel := released("school")
		row.stored(&d)
		b.shelf.put(d, parcel)
		x := b.process()
		x.Decide = row.decide
		tally := b.run(x)
		got := b.shelf.row("school")
		if got.State != outbox.Held || tally.Held != 1 || !strings.Contains(got.Reason, row.want) || len(got.Attempts) != 0 {
			t.Errorf("%s: %s (%s), %+v; want held: %s", row.name, got.State, got.Reason, tally, row.want)
		}
		if n := len(b.script.conversations()); n != 0 {
			t.Errorf("%s: a conversation was begun", row.name)
		}
	}
}

func TestAnEmptyParcelIsHeldEvenWithItsOwnDigest(t *testing.T) {
	b := newBench(t)
	d, _ := released("school")
	d.SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	b.shelf.put(d, nil)
	if tally := b.run(b.process()); tally.Held != 1 || len(b.script.conversations()) != 0 {
		t.Errorf("%+v", tally)
	}
}

func TestAStricterDecisionDoesNotKeepBackWhatIsSealed(t *testing.T) {
	b := newBench(t, "school")
	x := b.process()
	x.Decide = func(d outbox.Delivery) (route.Decision, bool) {
		again := d.Decision
		again.Verdict, again.Method, again.Relay = route.Secure, route.MethodTLS, "council"
		return again, false
	}
	if tally := b.run(x); tally.Accepted != 1 {
		t.Errorf("%+v", tally)
	}
}

func TestAParcelThatCannotBeReadIsHeldAndTheOthersGo(t *testing.T) {
	b := newBench(t, "a", "b")
	b.shelf.onParcel = func(id string) {
		b.shelf.mu.Lock()
		defer b.shelf.mu.Unlock()
		delete(b.shelf.failing, "Parcel")
		if id == "a" {
			b.shelf.failing["Parcel"] = errors.New("the seal is broken")
		}
	}
	tally := b.run(b.process())
	if tally.Held != 1 || tally.Accepted != 1 || b.shelf.row("a").State != outbox.Held {
		t.Errorf("%+v, %+v", tally, b.shelf.row("a"))
	}
}

func TestF36APanicEndsOneAttemptAndTheSecondHolds(t *testing.T) {
	for _, where := range []string{"decision", "sender", "after the marker"} {
		b := newBench(t, "good", "poison")
		x := b.process()
		blow := func(id string) {
			if id == "poison" {
				panic("the name of a child")
			}
		}
		switch where {
		case "decision":
			x.Decide = func(d outbox.Delivery) (route.Decision, bool) { blow(d.ID); return d.Decision, false }
		case "sender":
			b.script.during = func(e dispatch.Envelope) { blow(e.ID) }
		case "after the marker":
			b.script.atDot = func(e dispatch.Envelope) { blow(e.ID) }
		}
		b.run(x)
		b.pass(time.Hour)
		b.run(x)
		want := outbox.Held
		if where == "after the marker" {
			want = outbox.Uncertain
		}
		d := b.shelf.row("poison")
		if d.State != want || b.shelf.row("good").State != outbox.Accepted {
			t.Errorf("%s: %s, good %s; want %s, accepted", where, d.State, b.shelf.row("good").State, want)
		}
		if text := d.Reason + d.Attempts[0].Text; strings.Contains(text, "child") {
			t.Errorf("%s: what a panic says was kept: %s", where, text)
		}
	}
}

func TestAPartThatIsMissingIsAnError(t *testing.T) {
	good := newBench(t).process()
	for name, spoil := range map[string]func(*dispatch.Dispatcher){
		"queue":    func(x *dispatch.Dispatcher) { x.Queue = nil },
		"sender":   func(x *dispatch.Dispatcher) { x.Sender = nil },
		"decision": func(x *dispatch.Dispatcher) { x.Decide = nil },
		"clock":    func(x *dispatch.Dispatcher) { x.Now = nil },
		"owner":    func(x *dispatch.Dispatcher) { x.Owner = "" },
		"from":     func(x *dispatch.Dispatcher) { x.From = "" },
	} {
		x := &dispatch.Dispatcher{Queue: good.Queue, Sender: good.Sender, Decide: good.Decide, Now: good.Now, Owner: good.Owner, From: good.From}
		spoil(x)
		if _, err := x.Run(context.Background()); err == nil {
			t.Errorf("without %s it runs", name)
		}
	}
}
