package freezes_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/freezes"
	"github.com/pepost/pepost/internal/store/storetest"
)

const wrong = "Pat.Wrong@elsewhere.example"

func at(minute int) time.Time { return time.Date(2026, 3, 3, 9, minute, 0, 0, time.UTC) }

func freeze() pipeline.Freeze {
	return pipeline.Freeze{Delivery: "d1", Ref: "PEP-7F3K-2Q", Canonical: wrong, Known: at(0), Opened: at(5), By: "O", Why: "she rang: it is not hers"}
}

func each(t *testing.T, run func(t *testing.T, db *store.DB, x *freezes.Freezes)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, freezes.New(db))
	})
}

func TestAnAddressIsFrozenUntilTheIncidentIsClosed(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *freezes.Freezes) {
		ctx := t.Context()
		if _, is, err := x.Frozen(ctx, wrong); is || err != nil {
			t.Fatalf("frozen from the start: %v %v", is, err)
		}
		if _, fresh, err := x.Freeze(ctx, freeze()); !fresh || err != nil {
			t.Fatalf("%v %v", fresh, err)
		}
		again := freeze()
		again.Canonical, again.Why, again.Opened = strings.ToLower(wrong), "another", at(7)
		if got, fresh, err := x.Freeze(ctx, again); fresh || err != nil || got != freeze() {
			t.Fatalf("a second incident of one address: %+v %v %v", got, fresh, err)
		}
		for address, want := range map[string]bool{wrong: true, strings.ToUpper(wrong): true, "other@elsewhere.example": false} {
			if f, is, err := x.Frozen(ctx, address); is != want || err != nil || is && f != freeze() {
				t.Errorf("%s: %v %v %+v", address, is, err, f)
			}
		}
		closed, err := x.Thaw(ctx, wrong, pipeline.Freeze{Closed: at(30), ClosedBy: "P", ClosedWhy: "she deleted it"})
		if err != nil || closed.Open() || closed.Why != freeze().Why {
			t.Fatalf("%+v %v", closed, err)
		}
		if _, is, err := x.Frozen(ctx, wrong); is || err != nil {
			t.Fatalf("frozen though closed: %v %v", is, err)
		}
		var none *pipeline.NotFoundError
		if _, err := x.Thaw(ctx, wrong, pipeline.Freeze{}); !errors.As(err, &none) {
			t.Fatalf("closed twice: %v", err)
		}
		// By a clock that stands still or was set back the next one is another.
		if _, fresh, err := x.Freeze(ctx, freeze()); !fresh || err != nil {
			t.Fatalf("a new incident of the address: %v %v", fresh, err)
		}
		all, err := x.Freezes(ctx)
		if err != nil || len(all) != 2 || !all[0].Open() || all[1] != closed {
			t.Fatalf("%+v %v", all, err)
		}
		checkEvidence(t, db)
	})
}

func checkEvidence(t *testing.T, db *store.DB) {
	t.Helper()
	records, err := evidence.New(db).All(t.Context())
	if err != nil || len(records) != 3 || audit.Verify(records) != nil {
		t.Fatalf("%d records: %v", len(records), err)
	}
	for n, want := range []audit.Action{audit.IncidentOpened, audit.IncidentClosed, audit.IncidentOpened} {
		r := records[n]
		if r.Action != want || r.Delivery != "d1" || r.Ref != "PEP-7F3K-2Q" || len(r.Facts) != 3 || r.Facts[0].Value == "" || r.Facts[2].Value != "2026-03-06T09:00:00Z" {
			t.Errorf("record %d: %+v", n, r)
		}
	}
}

func TestManyAtOnceOpenOneIncident(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *freezes.Freezes) {
		var all sync.WaitGroup
		fresh := make([]bool, 8)
		for n := range fresh {
			all.Go(func() {
				var err error
				if _, fresh[n], err = x.Freeze(t.Context(), freeze()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		opened := 0
		for _, is := range fresh {
			if is {
				opened++
			}
		}
		if opened != 1 {
			t.Fatalf("%d incidents of one address", opened)
		}
	})
}

func TestNoFreezeIsLiftedByWritingToTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *freezes.Freezes) {
		if _, _, err := x.Freeze(t.Context(), freeze()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Read().NewUpdate().Table("freezes").Set("closed_at = 1").Where("1 = 1").Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, is, err := x.Frozen(t.Context(), wrong); err == nil {
			t.Fatalf("taken for lifted: %v", is)
		}
	})
}

func TestNothingPersonalStandsInTheFile(t *testing.T) {
	o := storetest.SQLite(t)
	x := freezes.New(storetest.Open(t, o))
	if _, _, err := x.Freeze(t.Context(), freeze()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) == 0 {
		t.Fatal("no file", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"Pat.Wrong", "pat.wrong", "she rang"} {
			if bytes.Contains(data, []byte(text)) {
				t.Errorf("%s holds %q in clear", filepath.Base(file), text)
			}
		}
	}
}
