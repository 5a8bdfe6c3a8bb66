package invitations_test

import (
	"testing"
	"time"

	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/invitations"
	"github.com/pepost/pepost/internal/store/storetest"
)

func TestAnInvitationGetsANewVersionOnlyWhereItSaysSomethingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		kept := invitations.New(db)
		at := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
		for i, step := range []struct {
			details   string
			cancelled bool
			sequence  int
			hours     int // of the version, after the first
			known     bool
		}{
			{"nobody was told", true, 0, 0, false},
			{"half past three", false, 0, 1, true},
			{"half past three", false, 0, 1, true}, // the version that was given out, with its moment
			{"four o'clock", false, 1, 3, true},
			{"four o'clock", true, 2, 4, true},
			{"four o'clock", true, 2, 4, true},
			{"four o'clock", false, 3, 6, true}, // booked anew
		} {
			asked := pipeline.InvitationVersion{UID: "one", Details: step.details, Cancelled: step.cancelled, At: at.Add(time.Duration(i) * time.Hour)}
			got, known, err := kept.Version(t.Context(), asked, "test")
			if err != nil || known != step.known {
				t.Fatalf("step %d: known %v, %v", i, known, err)
			}
			if known && (got.Sequence != step.sequence || !got.At.Equal(at.Add(time.Duration(step.hours)*time.Hour)) || got.Cancelled != step.cancelled) {
				t.Errorf("step %d: %+v", i, got)
			}
		}
		other, _, err := kept.Version(t.Context(), pipeline.InvitationVersion{UID: "two", Details: "four o'clock", At: at}, "test")
		if err != nil || other.Sequence != 0 {
			t.Errorf("somebody else's: %+v, %v", other, err)
		}
		if n := count(t, db); n != 5 {
			t.Errorf("%d records of evidence for five versions", n)
		}
	})
}

func count(t *testing.T, db *store.DB) int {
	t.Helper()
	all, err := evidence.New(db).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
