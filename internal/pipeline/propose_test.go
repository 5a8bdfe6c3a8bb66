package pipeline_test

import (
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

func TestARefusedProtectedAttachmentProposesAnotherMethod(t *testing.T) {
	for name, c := range map[string]struct {
		outcome outbox.Outcome
		want    route.Method
	}{
		"policy":      {outbox.Outcome{Result: outbox.ResultRefused, Phase: outbox.PhaseReply, Code: 554, Enhanced: "5.7.1"}, route.MethodPost},
		"in words":    {outbox.Outcome{Result: outbox.ResultRefused, Phase: outbox.PhaseReply, Code: 550, Text: "Encrypted attachments are blocked"}, route.MethodPost},
		"no mailbox":  {outbox.Outcome{Result: outbox.ResultRefused, Phase: outbox.PhaseEnvelope, Code: 550, Enhanced: "5.1.1"}, ""},
		"it may come": {outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451, Enhanced: "4.7.1"}, ""},
	} {
		s := newStage(t)
		to := teacher(stranger)
		to.Address1, to.Postcode = "1 Marl Row", "ZZ99 1AA"
		s.enter(child("1"), to)
		s.relay.answer = func(dispatch.Envelope) outbox.Outcome { return c.outcome }
		s.send()
		if got := s.Proposed(t.Context(), s.deliveryTo(stranger)); got.Method != c.want || (got.Why == "") != (c.want == "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestABounceForTheAttachmentProposesAnotherMethodUntilItIsTaken(t *testing.T) {
	s := newStage(t)
	to := teacher(stranger)
	to.Address1, to.Postcode = "1 Marl Row", "ZZ99 1AA"
	s.enter(child("1"), to)
	s.send()
	d := must(outbox.Advance(s.deliveryTo(stranger), outbox.Bounce, outbox.Occasion{At: s.now, Why: "it came back: a mail server reports it failed with status 5.7.1"}))(t)
	if err := s.Deliveries.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if got := s.Proposed(t.Context(), s.deliveryTo(stranger)); got.Method != route.MethodPost {
		t.Fatalf("%+v", got)
	}
	out := must(s.Reroute(t.Context(), ask(d.ID, route.MethodPost)))(t)
	if out.Old.State != outbox.Bounced || out.New.Decision.Method != route.MethodPost {
		t.Errorf("%s, then %s", out.Old.State, out.New.Decision.Method)
	}
	if got := s.Proposed(t.Context(), out.Old); got.Method != "" {
		t.Errorf("still proposed: %+v", got)
	}
}

// F45: the recipient never collected it from the gateway: the next method is
// proposed.
func TestF45WhatWasNotCollectedProposesTheNextMethod(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.draft(false)
	d := s.deliveryTo(stranger)
	d.Decision.Method, d.State = route.MethodGateway, outbox.Bounced
	d.Events = append(d.Events, outbox.Event{Action: outbox.Bounce, Why: "the gateway reports: never collected by the recipient"})
	got := s.Proposed(t.Context(), d)
	if got.Method != route.MethodProtectedDocument || !strings.Contains(got.Why, "did not collect") {
		t.Errorf("%+v", got)
	}
	d.Recipient.Address = pep.ParseAddress("gone@nursery.example")
	if got := s.Proposed(t.Context(), d); got.Method != "" {
		t.Errorf("proposed to somebody who is not named any more: %+v", got)
	}
}
