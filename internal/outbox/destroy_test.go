package outbox

import (
	"strings"
	"testing"
	"time"
)

func TestAPassphraseIsDestroyedOnceAndByANoteThatSaysWhy(t *testing.T) {
	o := Occasion{At: time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC), By: "A. Officer", Why: "the plan is closed"}
	for state, kept := range map[PassphraseState]bool{
		PassphraseNone: false, PassphrasePending: true, PassphraseHandedOver: true, PassphraseWithheld: true, PassphraseAgreed: true, PassphraseDestroyed: false,
	} {
		for _, stands := range States() {
			is, done := DestroyPassphrase(Delivery{State: stands, Passphrase: state}, o)
			if done != kept || is.State != stands {
				t.Fatalf("%s, %s: %v, %s", stands, state, done, is.State)
			}
			if kept && (is.Passphrase != PassphraseDestroyed || len(is.Events) != 1 || !strings.HasSuffix(is.Events[0].Why, o.Why)) {
				t.Errorf("%s, %s: %s, %v", stands, state, is.Passphrase, is.Events)
			}
		}
	}
}

func TestWithdrawingDestroysThePassphraseOfWhatNeverLeftAlone(t *testing.T) {
	for _, c := range []struct {
		before Delivery
		want   PassphraseState
	}{
		{Delivery{State: Held, Passphrase: PassphrasePending}, PassphraseDestroyed},
		{Delivery{State: Drafted, Passphrase: PassphraseAgreed}, PassphraseDestroyed},
		{Delivery{State: Approved}, PassphraseNone},
		{Delivery{State: Uncertain, Passphrase: PassphrasePending, Events: []Event{{From: Sending, To: Uncertain}}}, PassphrasePending},
		{Delivery{State: Deferred, Passphrase: PassphraseHandedOver, Events: []Event{{From: Sending, To: Uncertain}, {From: Uncertain, To: Approved}}}, PassphraseHandedOver},
	} {
		is, err := Advance(c.before, Cancel, Occasion{Why: "not wanted"})
		if err != nil || is.Passphrase != c.want {
			t.Errorf("%s with %s: %s %v", c.before.State, c.before.Passphrase, is.Passphrase, err)
		}
	}
}
