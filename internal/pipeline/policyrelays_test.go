package pipeline_test

import (
	"errors"
	"testing"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

func TestARelaysGuaranteeWaitsForTwoPeopleAsThePolicyDoes(t *testing.T) {
	s, _ := guardedStage(t)
	verdict := func() route.Verdict {
		return s.Guard.Decide(route.Question{To: pep.ParseAddress(trusted), From: s.From, On: pep.DateOf(s.now), Means: s.Means}).Verdict
	}
	relay := route.Guarantee{Name: s.Means.Relay.Name, Class: "circle", Host: "relay.council.example"}
	// The first relays that are configured count as found.
	s.Relays = []route.Guarantee{relay}
	if s.settle(s.Policy); s.Guard.Changed() {
		t.Error("the first relays wait")
	}
	relay.OnwardTLS, relay.ReviewBy = true, s.Means.Relay.ReviewBy
	s.Relays = []route.Guarantee{relay}
	if s.settle(s.Policy); verdict() != route.Encrypt || !s.Guard.Changed() {
		t.Errorf("nobody agreed: %s", verdict())
	}
	approve := func(name string) (pipeline.Approved, error) {
		return s.ApprovePolicy(t.Context(), s.Policy, s.Policy, pipeline.By{Name: name, Why: "the contract says so"}, s.now)
	}
	for range 2 {
		if out, err := approve("jo.smith"); err != nil || out.Enough {
			t.Errorf("one account: %+v %v", out, err)
		}
	}
	if s.settle(s.Policy); verdict() != route.Encrypt {
		t.Errorf("one account agreed twice: %s", verdict())
	}
	if out, err := approve("sam"); err != nil || !out.InForce {
		t.Errorf("two accounts: %+v %v", out, err)
	}
	if s.settle(s.Policy); verdict() != route.Secure || s.Guard.Changed() {
		t.Errorf("two accounts agreed: %s", verdict())
	}
	if _, err := approve("sam"); !errors.Is(err, pipeline.ErrPolicyUnchanged) {
		t.Error(err)
	}
	// Another relay is another thing to agree to.
	s.Relays = []route.Guarantee{relay, {Name: "egress", Class: "gateway", Host: "egress.example"}}
	s.settle(s.Policy)
	if s.Guard.Relays.Waits("egress") == "" || verdict() != route.Secure {
		t.Errorf("a new relay does not wait, or keeps the old one waiting: %s", verdict())
	}
}

func TestD09WhatABadKeyHeldIsMadeAnewOnceAGoodOneIsConfirmed(t *testing.T) {
	t.Run("before it was sealed", func(t *testing.T) {
		s := keyStage(t)
		at := s.now
		s.on("2026-01-20")
		s.pin(keyringOptions("2026-02-02"))
		s.now = at
		s.send()
		held := s.only()
		s.send()
		if again := s.only(); again.State != held.State || again.ID != held.ID {
			t.Fatalf("it was made anew without a good key: %s %s", again.State, again.Reason)
		}
		s.pin(keyringOptions(""))
		s.send()
		s.oneLeftAnew(held.ID)
	})
	t.Run("after it was sealed", func(t *testing.T) {
		s := keyStage(t)
		s.pin(keyringOptions("2026-02-20"))
		s.ByHand = true
		s.send()
		must(s.Release(t.Context(), pipeline.By{Name: "an officer"}))(t)
		s.pin(keyringOptions(""))
		s.ByHand = false
		s.send()
		held := s.only()
		s.send()
		s.oneLeftAnew(held.ID)
	})
}

func keyringOptions(lastDay string) keyringtest.Options {
	if lastDay == "" {
		return keyringtest.Options{}
	}
	return keyringtest.Options{Lifetime: until(lastDay)}
}

// oneLeftAnew checks that the delivery of an ID was withdrawn, and that another
// one left by OpenPGP in its place, once.
func (s *stage) oneLeftAnew(id string) {
	s.t.Helper()
	all := s.stored()
	if len(all) != 2 || len(s.relay.taken) != 1 {
		s.t.Fatalf("%d deliveries, %d left", len(all), len(s.relay.taken))
	}
	for _, d := range all {
		switch {
		case d.ID == id && d.State != outbox.Cancelled:
			s.t.Errorf("the held one is %s: %s", d.State, d.Reason)
		case d.ID != id && (d.State != outbox.Accepted || d.Decision.Method != route.MethodOpenPGP):
			s.t.Errorf("the new one is %s by %s: %s", d.State, d.Decision.Method, d.Reason)
		}
	}
}

func TestAReadingBackThatDoesNotDoLeavesEvidence(t *testing.T) {
	s := keyStage(t)
	to := pep.ParseAddress(stranger)
	added := must(s.AddKey(t.Context(), to, keyringtest.New(t, keyringtest.Options{Address: stranger}).Public, pipeline.KeyActor{Name: "jo"}))(t)
	other := keyringtest.New(t, keyringtest.Options{Address: stranger})
	wrong := must(keyring.Parse(other.Public))(t).Fingerprint()
	for _, c := range []struct{ by, typed string }{
		{"ann", wrong.Grouped()}, {"ann", "no fingerprint"}, {"jo", added.Key.Fingerprint().Grouped()},
	} {
		if _, err := s.ConfirmKey(t.Context(), to, c.typed, pipeline.KeyActor{Name: c.by}); err == nil {
			t.Errorf("%s: confirmed", c.by)
		}
	}
	var kept []audit.Record
	for _, record := range must(s.Evidence.All(t.Context()))(t) {
		if record.Action == audit.KeyNotConfirmed {
			kept = append(kept, record)
		}
	}
	if len(kept) != 3 || kept[0].By != "ann" || kept[2].By != "jo" {
		t.Fatalf("%+v", kept)
	}
	first := kept[0].Facts
	if len(first) != 2 || first[0].Value != string(added.Key.Fingerprint()) || first[1].Value != string(wrong) || len(kept[1].Facts) != 1 {
		t.Errorf("%+v %+v", first, kept[1].Facts)
	}
	must(s.ConfirmKey(t.Context(), to, added.Key.Fingerprint().Grouped(), pipeline.KeyActor{Name: "ann"}))(t)
}
