package consents_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/consents"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/storetest"
)

func at(minute int) time.Time { return time.Date(2026, 2, 2, 9, minute, 0, 0, time.UTC) }

func each(t *testing.T, run func(t *testing.T, db *store.DB, r *pipeline.Runner)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, &pipeline.Runner{Consents: consents.New(db)})
	})
}

func account(t *testing.T, db *store.DB, names ...accounts.Name) {
	t.Helper()
	for _, name := range names {
		if err := accounts.Of(db).Add(t.Context(), accounts.New{Name: name, Role: accounts.Officer, Password: "correct horse battery", By: "root", At: at(0)}); err != nil {
			t.Fatal(err)
		}
	}
}

func give(t *testing.T, r *pipeline.Runner, s pipeline.Subject, name string, minute int) {
	t.Helper()
	if err := r.Consents.Give(t.Context(), pipeline.Consent{Subject: s, Account: name, At: at(minute), Why: "a new school"}); err != nil {
		t.Fatal(err)
	}
}

func agreed(t *testing.T, r *pipeline.Runner, s pipeline.Subject) (bool, []string) {
	t.Helper()
	enough, have, err := r.Agreed(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range have {
		names = append(names, c.Account)
	}
	return enough, names
}

var subject = of(pipeline.KindPolicy, "delivery.yaml", "sha256:aa")

func of(kind pipeline.ConsentKind, id, digest string) pipeline.Subject {
	return pipeline.Subject{Kind: kind, ID: id, Digest: digest}
}

func TestTwoDifferentAccountsAreEnoughAndOneTwiceIsNot(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *pipeline.Runner) {
		account(t, db, "jo.smith", "sam", "kim")
		give(t, r, subject, "jo.smith", 1)
		give(t, r, subject, "JO.Smith", 2)
		if enough, have := agreed(t, r, subject); enough || len(have) != 1 {
			t.Fatalf("one account twice: %t %v", enough, have)
		}
		give(t, r, subject, "sam", 3)
		enough, have := agreed(t, r, subject)
		if d := cmp.Diff([]string{"jo.smith", "sam"}, have); !enough || d != "" {
			t.Errorf("%t %s", enough, d)
		}
		for _, other := range []pipeline.Subject{
			of(pipeline.KindPolicy, "delivery.yaml", "sha256:ab"), of(pipeline.KindReroute, "delivery.yaml", "sha256:aa"), of(pipeline.KindPolicy, "other", "sha256:aa"),
		} {
			if enough, have := agreed(t, r, other); enough || len(have) > 0 {
				t.Errorf("%v: agreed to without a word", other)
			}
		}
		if err := accounts.Of(db).Disable(t.Context(), "sam", "root", at(4)); err != nil {
			t.Fatal(err)
		}
		if enough, have := agreed(t, r, subject); enough || len(have) != 1 {
			t.Errorf("after one was disabled: %t %v", enough, have)
		}
		give(t, r, subject, "kim", 5)
		if enough, _ := agreed(t, r, subject); !enough {
			t.Error("a third does not take the place of the second")
		}
	})
}

func TestEachConsentIsEvidenceOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *pipeline.Runner) {
		account(t, db, "jo.smith")
		give(t, r, subject, "jo.smith", 1)
		give(t, r, subject, "jo.smith", 2)
		records, err := evidence.New(db).All(t.Context())
		if err != nil || audit.Verify(records) != nil {
			t.Fatal(err)
		}
		last := records[len(records)-1]
		want := []audit.Fact{{Name: "kind", Value: "policy"}, {Name: "subject", Value: "delivery.yaml"}, {Name: "digest", Value: "sha256:aa"}}
		if len(records) != 2 || last.Action != audit.ConsentGiven || last.By != "jo.smith" || last.Why != "a new school" || cmp.Diff(want, last.Facts) != "" {
			t.Errorf("%d records, the last %+v", len(records), last)
		}
	})
}

func TestNobodysConsentIsNotTaken(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *pipeline.Runner) {
		account(t, db, "sam", "jo.smith")
		if err := accounts.Of(db).Disable(t.Context(), "sam", "root", at(1)); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"", "sam", "nobody", "not a name"} {
			err := r.Consents.Give(t.Context(), pipeline.Consent{Subject: subject, Account: name, At: at(2)})
			var none *consents.NotAnAccountError
			if !errors.As(err, &none) {
				t.Errorf("%q: %v", name, err)
			}
		}
		for _, s := range []pipeline.Subject{{}, of("policy", "", ""), of("policy", "a@b.example", ""), of("policy", "x", "two words"), of("policy", "x\n", "")} {
			err := r.Consents.Give(t.Context(), pipeline.Consent{Subject: s, Account: "jo.smith", At: at(2)})
			var bad *consents.SubjectError
			if !errors.As(err, &bad) {
				t.Errorf("%q: %v", s, err)
			}
		}
	})
}

func TestWithoutTheSeamNothingIsAgreedTo(t *testing.T) {
	if enough, have, err := (&pipeline.Runner{}).Agreed(t.Context(), subject); enough || have != nil || err != nil {
		t.Error(enough, have, err)
	}
}

func TestConsentsAreSealedAndStayInTheirPlace(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	r := &pipeline.Runner{Consents: consents.New(db)}
	account(t, db, "jo.smith", "sam")
	give(t, r, subject, "jo.smith", 1)
	other := pipeline.Subject{Kind: pipeline.KindReroute, ID: "d1"}
	give(t, r, other, "sam", 1)
	if _, err := db.Read().ExecContext(t.Context(), "UPDATE consents SET sealed = (SELECT sealed FROM consents ORDER BY sealed LIMIT 1)"); err != nil {
		t.Fatal(err)
	}
	_, _, one := r.Agreed(t.Context(), subject)
	_, _, two := r.Agreed(t.Context(), other)
	if one == nil && two == nil {
		t.Error("a consent put in another's place counts")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil || bytes.Contains(data, []byte("jo.smith")) || bytes.Contains(data, []byte("a new school")) {
			t.Errorf("%v, or readable in %s", err, filepath.Base(path))
		}
	}
}
