package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// agreeing keeps consents in memory.
type agreeing struct{ given []pipeline.Consent }

func (a *agreeing) Give(_ context.Context, c pipeline.Consent) error {
	a.given = append(a.given, c)
	return nil
}

func (a *agreeing) Given(_ context.Context, s pipeline.Subject) (all []pipeline.Consent, _ error) {
	for _, c := range a.given {
		if c.Subject == s {
			all = append(all, c)
		}
	}
	return all, nil
}

func ask(id string, m route.Method) pipeline.RerouteAsk {
	return pipeline.RerouteAsk{ID: id, Method: m, By: pipeline.By{Name: "A. Officer", Why: "they cannot open it"}}
}

// rerouted seals the delivery of an address again.
func (s *stage) rerouted(address string, m route.Method) pipeline.Rerouted {
	s.t.Helper()
	return must(s.Reroute(s.t.Context(), ask(s.deliveryTo(address).ID, m)))(s.t)
}

func TestReroutedDeliveryIsAnotherMessageAndTheOldOneIsCancelled(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.draft(false)
	was := s.deliveryTo(trusted)
	if was.Decision.Method != route.MethodTLS {
		t.Fatalf("decided %s", was.Decision.Method)
	}
	out := s.rerouted(trusted, route.MethodProtectedDocument)
	switch {
	case out.Old.State != outbox.Cancelled || out.Old.ReplacedBy != out.New.ID || out.New.Replaces != was.ID:
		t.Errorf("not linked: %+v", out)
	case out.New.MessageID == was.MessageID || out.New.SHA256 == was.SHA256 || out.New.Key == was.Key:
		t.Error("it is the same message")
	case out.New.State != outbox.Approved || out.New.Passphrase != outbox.PassphrasePending || out.New.Decision.Verdict != route.Encrypt:
		t.Errorf("%+v", out.New)
	case !strings.Contains(out.Old.Reason, out.New.ID) || !strings.Contains(out.New.Events[0].Why, was.ID):
		t.Error("the events do not name each other")
	}
	for range 2 {
		s.send()
	}
	if len(s.relay.taken) != 1 || len(s.stored()) != 2 || !strings.Contains(string(s.relay.taken[0].Bytes), strings.Trim(out.New.MessageID, "<>")) {
		t.Errorf("%d messages, %v", len(s.relay.taken), s.list())
	}
}

func TestRerouteNeverGivesWhatTheVerdictDoesNotPermitOrCannotBeHad(t *testing.T) {
	s := newStage(t)
	s.Consents = &agreeing{}
	s.enter(child("1"), teacher(stranger))
	s.draft(false)
	d := s.deliveryTo(stranger)
	for method, why := range map[route.Method]string{
		route.MethodTLS: "not permitted", route.MethodGateway: "none is open", route.MethodOpenPGP: "no confirmed key",
		route.MethodPost: "no postal address", route.MethodNone: "no method", "pigeon": "no method",
	} {
		var refused *pipeline.RerouteError
		_, err := s.Reroute(t.Context(), ask(d.ID, method))
		if !errors.As(err, &refused) || !strings.Contains(refused.Why, why) {
			t.Errorf("%s: %v", method, err)
		}
	}
	var reason *pipeline.NeedsReasonError
	if _, err := s.Reroute(t.Context(), pipeline.RerouteAsk{ID: d.ID, Method: route.MethodProtectedDocument}); !errors.As(err, &reason) {
		t.Errorf("without a reason: %v", err)
	}
	if is := s.deliveryTo(stranger); is.Version != d.Version || len(s.stored()) != 1 {
		t.Error("something changed")
	}
}

func TestAMethodThatProtectsLessTakesTwoAccounts(t *testing.T) {
	s := newStage(t)
	consents := &agreeing{}
	s.Consents = consents
	s.enter(child("1"), teacher(trusted))
	s.draft(false)
	back := ask(s.rerouted(trusted, route.MethodProtectedDocument).New.ID, route.MethodTLS)
	for _, account := range []string{"", "anna", "anna"} {
		back.Account = account
		var two *pipeline.TwoPeopleError
		if _, err := s.Reroute(t.Context(), back); !errors.As(err, &two) {
			t.Fatalf("%q: %v", account, err)
		}
	}
	back.Account = "ben"
	out := must(s.Reroute(t.Context(), back))(t)
	if out.New.Decision.Method != route.MethodTLS || out.New.Decision.Verdict != route.Secure || len(consents.given) != 3 {
		t.Errorf("%+v", out.New.Decision)
	}
}

func TestWhatLeftIsNotedAndSealedAgain(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	out := s.rerouted(trusted, route.MethodProtectedDocument)
	last := out.Old.Events[len(out.Old.Events)-1]
	if out.Old.State != outbox.Accepted || last.Action != outbox.Note || !strings.Contains(last.Why, out.New.ID) {
		t.Errorf("%s, %+v", out.Old.State, last)
	}
	s.send()
	if len(s.relay.taken) != 2 {
		t.Errorf("%d messages", len(s.relay.taken))
	}
	if _, err := s.Reroute(t.Context(), ask(out.Old.ID, route.MethodProtectedDocument)); err == nil {
		t.Error("sealed again a second time")
	}
}

func TestRerouteDoesNotReleaseWhatIsHeldForAnotherReason(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.draft(false)
	must(s.Act(t.Context(), s.deliveryTo(trusted).ID, outbox.Hold, pipeline.By{Name: "O", Why: "is it the right person?"}))(t)
	out := s.rerouted(trusted, route.MethodProtectedDocument)
	if out.New.State != outbox.Held || out.New.Reason != "is it the right person?" {
		t.Errorf("%s: %s", out.New.State, out.New.Reason)
	}
}

func TestWhatWasReroutedIsMadeAnewWhenItsMeetingMoves(t *testing.T) {
	s := newStage(t)
	c := child("1")
	s.enter(c, teacher(trusted))
	s.draft(false)
	s.rerouted(trusted, route.MethodProtectedDocument)
	s.on("2026-02-04")
	c.Meeting.Date = pep.MustDate("2026-03-04")
	s.enter(c, teacher(trusted))
	s.draft(false)
	s.draft(false)
	live := 0
	for _, d := range s.stored() {
		if d.State != outbox.Cancelled {
			live++
		}
	}
	if live != 1 || len(s.stored()) != 3 {
		t.Errorf("%d wait: %v", live, s.list())
	}
}

// D07: a protected document is the way without gateway, key and number; post is
// for who agreed to it and for whom an officer sends there. Who has no e-mail
// address but a postal one waits for the officer's word, which is proposed.
func TestD07ProtectedDocumentIsTheWayAndPostTakesAReason(t *testing.T) {
	postal := func(to pep.Contact, agreed pep.AgreedDelivery) pep.Contact {
		to.Address1, to.Postcode, to.AgreedDelivery = "1 Marl Row", "ZZ99 1AA", agreed
		return to
	}
	for name, c := range map[string]struct {
		to    pep.Contact
		asked bool
		want  route.Method
	}{
		"outside the circle":   {postal(teacher(stranger), pep.AgreedNone), false, route.MethodProtectedDocument},
		"agreed to post":       {postal(teacher(stranger), pep.AgreedPost), false, route.MethodPost},
		"an officer says post": {postal(teacher(stranger), pep.AgreedNone), true, route.MethodPost},
		"no e-mail address":    {postal(teacher(""), pep.AgreedNone), true, route.MethodPost},
	} {
		s := newStage(t)
		s.enter(child("1"), c.to)
		s.draft(false)
		d := s.stored()[0]
		if c.asked {
			if proposed := s.Proposed(t.Context(), d); d.State == outbox.Held && proposed.Method != route.MethodPost {
				t.Errorf("%s: proposed %+v", name, proposed)
			}
			d = must(s.Reroute(t.Context(), ask(d.ID, route.MethodPost)))(t).New
		}
		if d.Decision.Method != c.want {
			t.Errorf("%s: %s: %v", name, d.Decision.Method, d.Decision.Reasons)
		}
		if c.want == route.MethodPost && (d.State != outbox.Held || d.SHA256 != "") {
			t.Errorf("%s: %s with bytes %q", name, d.State, d.SHA256)
		}
	}
}

// D08: nothing is possible; it is held and the officer is told.
func TestD08NothingPossibleIsHeldAndTheOfficerIsTold(t *testing.T) {
	s := withOfficer(t, officer)
	ref := s.enter(child("1"), teacher(""))
	s.send()
	d := s.stored()[0]
	if d.State != outbox.Held || d.Decision.Method != route.MethodNone || d.Reason == "" {
		t.Errorf("%s by %s: %q", d.State, d.Decision.Method, d.Reason)
	}
	must(s.Digest(t.Context()))(t)
	must(s.Outgoing.Run(t.Context()))(t)
	if told := strings.Join(s.digests(officer), ""); !strings.Contains(told, string(ref)) {
		t.Error("nobody was told")
	}
}
