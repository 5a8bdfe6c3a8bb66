package policies_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/policies"
	"github.com/pepost/pepost/internal/store/storetest"

	"github.com/pepost/pepost/internal/store"
)

func at() time.Time { return time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC) }

func policy(t *testing.T, domain string) *route.Policy {
	t.Helper()
	p, err := route.Parse("f", []byte("rows:\n  - id: closed\n    kind: deny\n    pattern: "+domain+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPolicyTakesThePlaceOfTheVersionItWasMadeFrom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		x := policies.New(db)
		if now, err := x.Policy(t.Context()); err != nil || now != (pipeline.PolicyInForce{}) {
			t.Fatalf("%+v %v", now, err)
		}
		one, two := policy(t, "one.example"), policy(t, "two.example")
		for _, c := range []struct {
			was   int
			p     *route.Policy
			taken bool
		}{{1, two, false}, {0, one, true}, {0, two, false}, {1, two, true}, {1, one, false}} {
			taken, err := x.TakePolicy(t.Context(), pipeline.PolicyChange{Was: c.was, Policy: c.p, At: at(), By: "test", Why: "asked"})
			if err != nil || taken != c.taken {
				t.Errorf("from version %d: %t %v", c.was, taken, err)
			}
		}
		now, err := policies.New(db).Policy(t.Context())
		if err != nil || now.Hash != two.Hash() || now.Text != two.Text() || now.Version != 2 || !now.Since.Equal(at()) {
			t.Errorf("%+v %v", now, err)
		}
		records, err := evidence.New(db).All(t.Context())
		if err != nil || len(records) != 2 || audit.Verify(records) != nil {
			t.Fatal(len(records), err)
		}
		last := records[1]
		if last.Action != audit.PolicyUsed || last.Facts[0].Value != two.Hash() || last.Facts[1].Value != one.Hash() || last.Facts[2].Value != "2" || last.Why != "asked" {
			t.Errorf("%+v", last)
		}
	})
}

func TestOfManyFirstPoliciesOneIsTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		x := policies.New(storetest.Open(t, o))
		taken := make([]bool, 6)
		var wait sync.WaitGroup
		for n := range taken {
			p := policy(t, string(rune('a'+n))+".example")
			wait.Go(func() {
				var err error
				if taken[n], err = x.TakePolicy(t.Context(), pipeline.PolicyChange{Policy: p, At: at()}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		count := 0
		for _, t := range taken {
			if t {
				count++
			}
		}
		if now, err := x.Policy(t.Context()); err != nil || count != 1 || now.Version != 1 {
			t.Errorf("%d were taken, version %d: %v", count, now.Version, err)
		}
	})
}

func TestThePolicyIsSealed(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	if _, err := policies.New(db).TakePolicy(t.Context(), pipeline.PolicyChange{Policy: policy(t, "someones-own.example"), At: at()}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, path := range files {
		if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("someones-own")) {
			t.Errorf("%v, or readable in %s", err, filepath.Base(path))
		}
	}
}
