package evidence_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/storetest"
)

func record(why string) audit.Record {
	return audit.Record{
		At: time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.UTC), Action: audit.DeliveryAdded, Ref: "PEP-7F3K-2Q",
		Delivery: "d1", By: "an officer", Why: why, Facts: []audit.Fact{{Name: "method", Value: "tls"}},
	}
}

func each(t *testing.T, run func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) { run(t, storetest.Open(t, o)) })
}

func TestRecordsComeBackChained(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		e := evidence.New(db)
		var want []audit.Record
		var last audit.Record
		for i := range 3 {
			batch := []audit.Record{record(fmt.Sprint("first ", i)), record(fmt.Sprint("second ", i))}
			if err := e.Append(t.Context(), batch...); err != nil {
				t.Fatal(err)
			}
			for _, r := range batch {
				last = audit.Chain(last, r)
				want = append(want, last)
			}
		}
		got, err := e.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if err := audit.Verify(got); err != nil {
			t.Error(err)
		}
	})
}

func TestManyRecordsAreOneChain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		e := evidence.New(db)
		if err := e.Append(t.Context()); err != nil {
			t.Fatal(err)
		}
		many := make([]audit.Record, 1201)
		for i := range many {
			many[i] = record("bulk")
		}
		if err := e.Append(t.Context(), many...); err != nil {
			t.Fatal(err)
		}
		got, err := e.All(t.Context())
		if err != nil || len(got) != len(many) {
			t.Fatalf("%d records: %v", len(got), err)
		}
		if err := audit.Verify(got); err != nil {
			t.Error(err)
		}
	})
}

func TestWritersAtTheSameTimeMakeOneChain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		e := evidence.New(db)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				for range 5 {
					if err := e.Append(t.Context(), record("together")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		got, err := e.All(t.Context())
		if err != nil || len(got) != 30 {
			t.Fatalf("%d records: %v", len(got), err)
		}
		if err := audit.Verify(got); err != nil {
			t.Error(err)
		}
	})
}

func TestAnUndoneChangeLeavesNoEvidence(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		errUndo := errors.New("undo")
		err := db.InTx(t.Context(), func(tx store.Tx) error {
			if err := evidence.AppendIn(t.Context(), tx, db.Keys, record("undone")); err != nil {
				return err
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
		if got, err := evidence.New(db).All(t.Context()); err != nil || len(got) != 0 {
			t.Errorf("%d records: %v", len(got), err)
		}
	})
}

// What somebody with the database and without the keys may try.
func TestTamperingIsFound(t *testing.T) {
	for _, c := range []struct {
		name, statement string
		sealed          bool  // found because a cell does not open
		at              int64 // else the record at which the chain breaks
	}{
		{"a record removed", "DELETE FROM evidence WHERE seq = 2", false, 2},
		{"the last record removed", "DELETE FROM evidence WHERE seq = 4", false, 4},
		{"all records removed", "DELETE FROM evidence", false, 1},
		{"a moment changed", "UPDATE evidence SET at = at + 1000000 WHERE seq = 3", false, 3},
		{"an action changed", "UPDATE evidence SET action = 'imported' WHERE seq = 1", false, 1},
		{"words taken from another record", "UPDATE evidence SET sealed = (SELECT sealed FROM evidence WHERE seq = 1) WHERE seq = 2", true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, db *store.DB) {
				e := evidence.New(db)
				if err := e.Append(t.Context(), record("a"), record("b"), record("c"), record("d")); err != nil {
					t.Fatal(err)
				}
				if _, err := db.Read().ExecContext(t.Context(), c.statement); err != nil {
					t.Fatal(err)
				}
				records, err := e.All(t.Context())
				if err == nil {
					err = audit.Verify(records)
				}
				var broken *audit.BrokenError
				var sealed *store.SealedError
				if c.sealed && !errors.As(err, &sealed) {
					t.Errorf("not found: %v", err)
				}
				if !c.sealed && (!errors.As(err, &broken) || broken.Seq != c.at) {
					t.Errorf("want a break at %d: %v", c.at, err)
				}
			})
		})
	}
}

func TestTheRecordsOfOneDelivery(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		e := evidence.New(db)
		other := record("another's")
		other.Delivery = "d2"
		if err := e.Append(t.Context(), record("first"), other, record("last")); err != nil {
			t.Fatal(err)
		}
		got, err := e.Of(t.Context(), "d1")
		if err != nil || len(got) != 2 || got[0].Why != "first" || got[1].Why != "last" || got[1].Seq != 3 {
			t.Errorf("%+v %v", got, err)
		}
		if got, err = e.Of(t.Context(), "none"); err != nil || len(got) != 0 {
			t.Errorf("records of a delivery that is none: %+v %v", got, err)
		}
	})
}
