package pipeline_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

func TestF26WhatWasSealedIsSentWhateverItWasMadeOfBecameOfSince(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted))
	s.enter(child("2"), teacher(stranger))
	s.send()
	drafted := s.stored()
	if len(drafted) != 2 {
		t.Fatalf("%d drafted", len(drafted))
	}
	// The forms, the fonts and the officer's name are gone or changed.
	s.Forms, s.PDF, s.Words.Officer.Name = &form.Library{}, nil, "Somebody Else"
	for _, d := range drafted {
		must(s.Act(t.Context(), d.ID, outbox.Approve, pipeline.By{Name: "O"}))(t)
	}
	must(s.Outgoing.Run(t.Context()))(t)
	if len(s.relay.taken) != 2 {
		t.Fatalf("%d left", len(s.relay.taken))
	}
	for _, e := range s.relay.taken {
		sum := sha256.Sum256(e.Bytes)
		at := slices.IndexFunc(drafted, func(d outbox.Delivery) bool { return d.ID == named(e) })
		if got := hex.EncodeToString(sum[:]); got != drafted[at].SHA256 {
			t.Errorf("%s left as %s and was sealed as %s", e.ID, got, drafted[at].SHA256)
		}
	}
}

func TestF32ADiskThatIsFullWhileSealingSendsNothingAndRecovers(t *testing.T) {
	s := newStage(t)
	for i := range 4 {
		s.enter(child(fmt.Sprint(i)), teacher(fmt.Sprintf("dt%d@marl.democheshire.sch.uk", i)))
	}
	var pages int
	must(0, s.db.Read().NewRaw("PRAGMA page_count").Scan(t.Context(), &pages))(t)
	must(s.db.Read().ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages+30)))(t)
	_, err := s.Send(t.Context(), pep.DateOf(s.now), nil)
	if err == nil || !strings.Contains(err.Error(), "full") || strings.Contains(err.Error(), "Ottoline") {
		t.Fatalf("the disk is not full: %v", err)
	}
	stored := s.stored()
	if len(stored) == 4 {
		t.Fatal("everything was stored: the disk was not full")
	}
	for _, d := range stored { // what was stored is whole
		sum := sha256.Sum256(must(s.Deliveries.Parcel(t.Context(), d.ID))(t))
		if hex.EncodeToString(sum[:]) != d.SHA256 {
			t.Errorf("%s is stored by halves", d.ID)
		}
	}
	if len(s.relay.taken) != 0 {
		t.Errorf("%d messages left of a run that broke off", len(s.relay.taken))
	}
	must(s.db.Read().ExecContext(t.Context(), "PRAGMA max_page_count = 1000000"))(t)
	s.send()
	if got := s.recipients(); len(got) != 4 || len(s.stored()) != 4 {
		t.Errorf("with room again: %d messages, %d deliveries", len(got), len(s.stored()))
	}
}

func TestF34AClockThatJumpsSendsNothingTwiceAndMakesNoStorm(t *testing.T) {
	for _, jump := range []time.Duration{-time.Hour, 24 * time.Hour} {
		s := newStage(t)
		conversations := 0
		s.relay.answer = func(e dispatch.Envelope) outbox.Outcome {
			conversations++
			if e.To == stranger {
				return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451}
			}
			s.relay.taken = append(s.relay.taken, e)
			return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250}
		}
		s.enter(child("1"), teacher(trusted))
		s.enter(child("2"), teacher(stranger))
		s.send()
		began, before := s.now, conversations
		s.now = began.Add(jump)
		for range 5 {
			s.send()
		}
		if more := conversations - before; more > 1 {
			t.Errorf("%v: %d conversations in one moment", jump, more)
		}
		s.now = began.Add(time.Minute)
		for range 5 {
			s.send()
		}
		if n := len(s.recipients()); n != 1 {
			t.Errorf("%v: %d messages, want 1", jump, n)
		}
		s.relay.answer = nil
		s.now = began.Add(48 * time.Hour)
		s.send()
		if n := len(s.recipients()); n != 2 {
			t.Errorf("%v: %d messages in the end, want 2", jump, n)
		}
	}
}
