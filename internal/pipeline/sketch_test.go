package pipeline_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/store/deliveries"
)

// TestASketchDecidesAsTheRealThing: the same deliveries in the same states for
// the same reasons, and none of them has a byte.
func TestASketchDecidesAsTheRealThing(t *testing.T) {
	entered := func(s *stage) {
		s.enter(child("1"), teacher(trusted))
		s.enter(child("2"), teacher(stranger))
		s.enter(child("3"), teacher("dt@school.invalid"))
	}
	real := newStage(t)
	entered(real)
	drawn := must(real.Draft(t.Context(), pep.DateOf(real.now), true))(t)

	s := newStage(t)
	s.Seed, s.Sketch = real.Seed, true
	entered(s)
	sketched := must(s.Draft(t.Context(), pep.DateOf(s.now), true))(t)

	if len(drawn.Drafts) != 3 || len(sketched.Drafts) != 3 {
		t.Fatalf("%d drawn, %d sketched", len(drawn.Drafts), len(sketched.Drafts))
	}
	for i := range drawn.Drafts {
		was, is := drawn.Drafts[i].Delivery, sketched.Drafts[i].Delivery
		type look struct {
			State      outbox.State
			Method     string
			Reason     string
			Passphrase outbox.PassphraseState
			Sealed     bool
			Unanswered []string
		}
		want := look{was.State, string(was.Decision.Method), was.Reason, was.Passphrase, was.SHA256 != "", drawn.Drafts[i].Unanswered}
		got := look{is.State, string(is.Decision.Method), is.Reason, is.Passphrase, is.SHA256 != "", sketched.Drafts[i].Unanswered}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if is.Size != 0 || is.SHA256 != "" && is.SHA256 != outbox.Sketched {
			t.Errorf("a sketch of %d bytes with the digest %q", is.Size, is.SHA256)
		}
	}
}

// TestASketchIsNeverStoredForReal: whoever turns a runner that works into one
// that sketches loses the run, not the outbox.
func TestASketchIsNeverStoredForReal(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.Sketch = true
	if _, err := s.Send(context.Background(), pep.DateOf(s.now), nil); !errors.Is(err, deliveries.ErrSketched) {
		t.Errorf("sent with error %v", err)
	}
	if len(s.stored()) != 0 || len(s.relay.taken) != 0 {
		t.Errorf("%d stored, %d sent", len(s.stored()), len(s.relay.taken))
	}
}
