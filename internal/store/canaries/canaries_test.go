package canaries_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/canary"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/canaries"
	"github.com/pepost/pepost/internal/store/storetest"
)

func TestWhatFailedOnceStaysFailedAndTheNewestComesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		kept := canaries.New(db)
		at := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
		sent := func(id string, hours int) canary.Sent {
			return canary.Sent{ID: id, Gateway: "egress", At: at.Add(time.Duration(hours) * time.Hour), State: canary.Out}
		}
		for _, c := range []canary.Sent{sent("first", 0), sent("second", 6)} {
			if err := kept.AddCanary(t.Context(), c, "test"); err != nil {
				t.Fatal(err)
			}
		}
		settle := func(state canary.State, want bool) {
			t.Helper()
			c := sent("first", 0)
			c.State, c.Judged, c.Why = state, at.Add(time.Hour), "seen"
			if changed, err := kept.SettleCanary(t.Context(), c, "test"); err != nil || changed != want {
				t.Errorf("settled as %s: changed %v, want %v, %v", state, changed, want, err)
			}
		}
		settle(canary.Encrypted, true)
		settle(canary.Encrypted, false)
		settle(canary.Failed, true) // a second copy came in clear
		settle(canary.Encrypted, false)
		recent, err := kept.RecentCanaries(t.Context(), "egress")
		if err != nil || len(recent) != 2 || recent[0].ID != "second" || recent[0].State != canary.Out || recent[1].State != canary.Failed || !recent[1].At.Equal(at) {
			t.Errorf("%+v, %v", recent, err)
		}
		if other, err := kept.RecentCanaries(t.Context(), "voltage"); err != nil || len(other) != 0 {
			t.Errorf("another gateway has %d: %v", len(other), err)
		}
		var none *pipeline.NotFoundError
		if _, err := kept.CanaryOf(t.Context(), "never"); !errors.As(err, &none) {
			t.Errorf("one that never was: %v", err)
		}
	})
}
