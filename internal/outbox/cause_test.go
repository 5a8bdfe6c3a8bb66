package outbox_test

import (
	"slices"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
)

func TestAStatusCodeTellsTheCauseAndWhatToDo(t *testing.T) {
	for status, want := range map[string]outbox.Cause{
		"5.1.1": outbox.CauseAddress, "5.1.10": outbox.CauseAddress, "5.1.2": outbox.CauseAddress, "5.2.1": outbox.CauseAddress, "5.4.4": outbox.CauseAddress,
		"5.2.2": outbox.CauseFull, "4.2.2": outbox.CauseFull, "5.2.3": outbox.CauseSize, "5.3.4": outbox.CauseSize,
		"5.7.1": outbox.CausePolicy, "5.7.0": outbox.CausePolicy, "4.4.7": outbox.CauseOther, "5.0.0": outbox.CauseOther,
		"": outbox.CauseOther, "2.1.5": outbox.CauseOther, "5": outbox.CauseOther, "5.2.20": outbox.CauseOther,
	} {
		if got := outbox.CauseOf(status); got != want {
			t.Errorf("%q is %q, want %q", status, got, want)
		}
	}
	var told []string
	for _, cause := range outbox.Causes() {
		if cause.Advice() == "" || slices.Contains(told, cause.Advice()) {
			t.Errorf("%q: %q", cause, cause.Advice())
		}
		told = append(told, cause.Advice())
	}
}

func TestABouncedDeliveryTellsWhyItCameBackLast(t *testing.T) {
	d := outbox.Delivery{State: outbox.Accepted}
	if d.BouncedFor() != outbox.CauseNone {
		t.Errorf("an accepted delivery came back for %q", d.BouncedFor())
	}
	d, err := outbox.Advance(d, outbox.Bounce, outbox.Occasion{By: "x", Why: "it came back", Cause: outbox.CausePolicy})
	if err != nil || d.BouncedFor() != outbox.CausePolicy {
		t.Errorf("%q, %v", d.BouncedFor(), err)
	}
	d, err = outbox.Advance(d, outbox.Note, outbox.Occasion{By: "x", Why: "a note"})
	if err != nil || d.BouncedFor() != outbox.CausePolicy {
		t.Errorf("after a note %q, %v", d.BouncedFor(), err)
	}
	d.Events[0].Cause = outbox.CauseNone // stored before causes were
	if d.BouncedFor() != outbox.CauseOther {
		t.Errorf("without a stored cause %q", d.BouncedFor())
	}
}
