package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store/keys"
	"github.com/pepost/pepost/internal/store/storetest"
)

// keyStage is a stage with recipients' keys, one child whose teacher is a
// stranger by mail, and a signing key.
func keyStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.Keys = keys.New(storetest.Open(t, storetest.SQLite(t)))
	own := keyringtest.New(t, keyringtest.Options{Address: sender})
	s.OpenPGP.Signer = must(keyring.ReadSigner(own.Private, nil, pep.DateOf(s.now)))(t)
	s.enter(child("100001"), teacher(stranger))
	return s
}

func (s *stage) pin(o keyringtest.Options) keyringtest.Made {
	s.t.Helper()
	if o.Address == "" {
		o.Address = stranger
	}
	made := keyringtest.New(s.t, o)
	to := pep.ParseAddress(stranger)
	added := must(s.AddKey(s.t.Context(), to, made.Public, pipeline.KeyActor{Name: "jo"}))(s.t)
	must(s.ConfirmKey(s.t.Context(), to, added.Key.Fingerprint().Grouped(), pipeline.KeyActor{Name: "ann"}))(s.t)
	return made
}

func (s *stage) only() outbox.Delivery {
	s.t.Helper()
	all := s.stored()
	if len(all) != 1 {
		s.t.Fatalf("%d deliveries", len(all))
	}
	return all[0]
}

// until ends a key on a day.
func until(day string) time.Duration {
	return pep.MustDate(day).Time().Add(12 * time.Hour).Sub(keyringtest.Start())
}

func TestD05WithNoGatewayOpenAConfirmedKeyIsUsed(t *testing.T) {
	s := keyStage(t)
	made := s.pin(keyringtest.Options{})
	s.send()
	d := s.only()
	if d.Decision.Method != route.MethodOpenPGP || d.State != outbox.Accepted || d.Passphrase != "" {
		t.Fatalf("%s by %s, %s: %v", d.State, d.Decision.Method, d.Reason, d.Decision.Reasons)
	}
	if len(s.relay.taken) != 1 || !bytes.Contains(s.relay.taken[0].Bytes, []byte("multipart/encrypted")) || bytes.Contains(s.relay.taken[0].Bytes, []byte(d.Ref)) {
		t.Fatal("no encrypted message left, or its reference stands outside")
	}
	_, cipher, _ := bytes.Cut(s.relay.taken[0].Bytes, []byte("-----BEGIN PGP MESSAGE-----"))
	opened := keyringtest.Open(t, append([]byte("-----BEGIN PGP MESSAGE-----"), cipher...), made.Entity, nil, s.now)
	if !bytes.Contains(opened.Body, []byte(d.Ref)) || !opened.Signed {
		t.Error("the recipient's key does not open it, or it is not signed")
	}
}

func TestADryRunTellsTheBytesThatAreSent(t *testing.T) {
	s := keyStage(t)
	s.pin(keyringtest.Options{RSA: 3072})
	dry := must(s.Draft(t.Context(), pep.DateOf(s.now), true))(t)
	s.send()
	if len(dry.Drafts) != 1 || dry.Drafts[0].Delivery.SHA256 == "" || dry.Drafts[0].Delivery.SHA256 != s.only().SHA256 {
		t.Errorf("told %v, sent %s", dry.Drafts, s.only().SHA256)
	}
}

func TestAKeyThatNobodyConfirmedIsNotUsed(t *testing.T) {
	s := keyStage(t)
	made := keyringtest.New(t, keyringtest.Options{Address: stranger})
	must(s.AddKey(t.Context(), pep.ParseAddress(stranger), made.Public, pipeline.KeyActor{Name: "jo"}))(t)
	s.send()
	if d := s.only(); d.Decision.Method != route.MethodProtectedDocument || d.State != outbox.Accepted {
		t.Errorf("%s by %s", d.State, d.Decision.Method)
	}
}

func TestD09APinnedKeyThatMayNotBeUsedHoldsWithTheReason(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *stage)
		says  string
	}{
		"expired yesterday":           {func(s *stage) { s.pin(keyringtest.Options{Lifetime: until("2026-02-02")}) }, "expired on Mon 2 February 2026"},
		"expires before the last try": {func(s *stage) { s.pin(keyringtest.Options{Lifetime: until("2026-02-06")}) }, "expires on Fri 6 February 2026"},
		"revoked since": {func(s *stage) {
			made := s.pin(keyringtest.Options{})
			s.renew(made, pep.MustDate("2026-02-01"))
		}, "revoked on Sun 1 February 2026"},
		"changed": {func(s *stage) {
			s.pin(keyringtest.Options{})
			other := keyringtest.New(s.t, keyringtest.Options{Address: stranger})
			must(s.AddKey(s.t.Context(), pep.ParseAddress(stranger), other.Public, pipeline.KeyActor{Name: "jo"}))(s.t)
		}, "another key was put on file"},
		"our own key cannot be used": {func(s *stage) {
			s.pin(keyringtest.Options{})
			s.OpenPGP.Trouble = "our own signing key: others may read it"
		}, "others may read it"},
		"unreadable": {func(s *stage) { s.Keys = brokenKeys{} }, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := keyStage(t)
			at := s.now
			s.on("2026-01-20") // while the key is good
			c.spoil(s)
			s.now = at
			s.send()
			d := s.only()
			if d.State != outbox.Held || d.SHA256 != "" || d.Decision.Method != route.MethodNone || !strings.Contains(d.Reason, c.says) {
				t.Errorf("%s by %s: %q", d.State, d.Decision.Method, d.Reason)
			}
			if len(s.relay.taken) > 0 {
				t.Error("something left")
			}
		})
	}
}

// renew revokes a key and puts its later copy on file.
func (s *stage) renew(made keyringtest.Made, on pep.Date) {
	s.t.Helper()
	revoked := keyringtest.Revoked(s.t, made, on.Time().Add(12*time.Hour))
	added := must(s.AddKey(s.t.Context(), pep.ParseAddress(stranger), revoked, pipeline.KeyActor{Name: "jo"}))(s.t)
	if added.Waits {
		s.t.Fatal("a later copy of the confirmed key waits")
	}
}

type brokenKeys struct{ pipeline.Keys }

func (brokenKeys) KeysOf(context.Context, string) (pipeline.KeysOnFile, error) {
	return pipeline.KeysOnFile{}, errors.New("broken")
}

func TestD09WhatWasSealedToAKeyIsHeldWhenTheKeyIsNoLongerGood(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *stage, made keyringtest.Made)
		says  string
	}{
		"still good":                     {func(*stage, keyringtest.Made) {}, ""},
		"revoked":                        {func(s *stage, made keyringtest.Made) { s.renew(made, pep.MustDate("2026-02-01")) }, "revoked on Sun 1 February 2026"},
		"expired":                        {func(s *stage, _ keyringtest.Made) { s.on("2026-02-20") }, "expired on Fri 20 February 2026"},
		"on its last days it still goes": {func(s *stage, _ keyringtest.Made) { s.on("2026-02-18") }, ""},
		"another waits": {func(s *stage, _ keyringtest.Made) {
			other := keyringtest.New(s.t, keyringtest.Options{Address: stranger})
			must(s.AddKey(s.t.Context(), pep.ParseAddress(stranger), other.Public, pipeline.KeyActor{Name: "jo"}))(s.t)
		}, "another key was put on file"},
		"replaced": {func(s *stage, _ keyringtest.Made) { s.pin(keyringtest.Options{}) }, "sealed to another key"},
		"removed": {func(s *stage, _ keyringtest.Made) {
			if err := s.RemoveKey(s.t.Context(), pep.ParseAddress(stranger), false, pipeline.KeyActor{Name: "jo"}, "they lost it"); err != nil {
				s.t.Fatal(err)
			}
		}, "the recipient's key is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			s := keyStage(t)
			made := s.pin(keyringtest.Options{Lifetime: until("2026-02-20")})
			s.relay.answer = func(dispatch.Envelope) outbox.Outcome {
				return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451}
			}
			s.send()
			s.relay.answer = nil
			if d := s.only(); d.State != outbox.Deferred {
				t.Fatalf("%s by %s: %s", d.State, d.Decision.Method, d.Reason)
			}
			s.now = s.now.Add(5 * time.Hour)
			c.spoil(s, made)
			s.send()
			d := s.only()
			want := outbox.Held
			if c.says == "" {
				want = outbox.Accepted
			}
			if d.State != want || !strings.Contains(d.Reason, c.says) || (len(s.relay.taken) == 0) != (want == outbox.Held) {
				t.Errorf("%s: %q, %d left", d.State, d.Reason, len(s.relay.taken))
			}
		})
	}
}

func TestWithoutASigningKeyTheReasonSaysThatItIsUnsigned(t *testing.T) {
	s := keyStage(t)
	s.OpenPGP.Signer = nil
	s.pin(keyringtest.Options{})
	s.send()
	if d := s.only(); d.State != outbox.Accepted || !strings.Contains(strings.Join(d.Decision.Reasons, "; "), "not signed") {
		t.Errorf("%s: %v", d.State, d.Decision.Reasons)
	}
}

func TestAKeyIsConfirmedByASecondPersonWithTheWholeFingerprint(t *testing.T) {
	s := keyStage(t)
	to := pep.ParseAddress(stranger)
	made := keyringtest.New(t, keyringtest.Options{Address: stranger})
	added := must(s.AddKey(t.Context(), to, made.Public, pipeline.KeyActor{Name: "Jo  Smith"}))(t)
	whole := string(added.Key.Fingerprint())
	proved := func(name string) pipeline.KeyActor { return pipeline.KeyActor{Name: name, Proved: true} }
	for name, c := range map[string]struct {
		to    string
		typed string
		by    pipeline.KeyActor
		says  string
	}{
		"the same person":           {stranger, whole, pipeline.KeyActor{Name: "jo smith"}, "second person"},
		"nobody":                    {stranger, whole, pipeline.KeyActor{Name: " "}, "without a name"},
		"a key ID":                  {stranger, whole[24:], pipeline.KeyActor{Name: "Ann"}, "whole fingerprint"},
		"another fingerprint":       {stranger, strings.Repeat("0", 40), pipeline.KeyActor{Name: "Ann"}, "not that of the key"},
		"another address":           {trusted, whole, pipeline.KeyActor{Name: "Ann"}, "no key waits"},
		"added by an unproved name": {stranger, whole, proved("ann"), "before there were accounts"},
	} {
		_, err := s.ConfirmKey(t.Context(), pep.ParseAddress(c.to), c.typed, c.by)
		var refused *pipeline.KeyError
		if !errors.As(err, &refused) || !strings.Contains(refused.Why, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.ConfirmKey(t.Context(), to, strings.ToLower(added.Key.Fingerprint().Grouped()), pipeline.KeyActor{Name: "Ann"}); err != nil {
		t.Fatal(err)
	}
	onFile := must(s.Keys.KeysOf(t.Context(), stranger))(t)
	if onFile.Waiting != nil || onFile.Pinned == nil || onFile.Pinned.AddedBy != "Jo Smith" || onFile.Pinned.ConfirmedBy != "Ann" {
		t.Errorf("on file: %+v", onFile)
	}
}

func TestAKeyThatCannotBeUsedIsNotPutOnFile(t *testing.T) {
	s := keyStage(t)
	for name, c := range map[string]struct {
		key     keyringtest.Options
		address string
		says    string
	}{
		"another address": {keyringtest.Options{Address: trusted}, stranger, "exactly this address"},
		"expired":         {keyringtest.Options{Address: stranger, Lifetime: until("2026-02-01")}, stranger, "expired on"},
		"no address":      {keyringtest.Options{Address: stranger}, "stranger", "not one that mail is sent to"},
	} {
		_, err := s.AddKey(t.Context(), pep.ParseAddress(c.address), keyringtest.New(t, c.key).Public, pipeline.KeyActor{Name: "jo"})
		var refused *pipeline.KeyError
		if !errors.As(err, &refused) || !strings.Contains(refused.Why, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := s.Keys.AllKeys(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("on file: %v %v", all, err)
	}
}

func TestARevocationIsNotTakenBack(t *testing.T) {
	s := keyStage(t)
	made := s.pin(keyringtest.Options{})
	before := bytes.Clone(made.Public)
	s.renew(made, pep.MustDate("2026-02-01"))
	_, err := s.AddKey(t.Context(), pep.ParseAddress(stranger), before, pipeline.KeyActor{Name: "jo"})
	var refused *pipeline.KeyError
	if !errors.As(err, &refused) || !strings.Contains(refused.Why, "not taken back") {
		t.Errorf("%v", err)
	}
}
