package keys_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/keys"
	"github.com/pepost/pepost/internal/store/storetest"
)

const address = "Head@brook.example"

func at() time.Time { return time.Date(2026, 3, 12, 16, 4, 5, 0, time.UTC) }

func change(was int) pipeline.KeyChange {
	return pipeline.KeyChange{
		Was: was, At: at(), By: "jo", Why: "they rang", News: "added", Fingerprint: "ABCD",
		Now: pipeline.KeysOnFile{
			Address: address,
			Pinned:  &pipeline.KeyOnFile{Fingerprint: "ABCD", Key: []byte("sentinel key"), AddedBy: "jo", AddedAt: at(), Proved: true, ConfirmedBy: "ann", ConfirmedAt: at()},
			Waiting: &pipeline.KeyOnFile{Fingerprint: "EF01", Key: []byte("another"), AddedBy: "sam", AddedAt: at()},
		},
	}
}

func each(t *testing.T, run func(t *testing.T, db *store.DB, x *keys.Keys)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, keys.New(db))
	})
}

func TestKeysComeBackWhateverTheCaseOfTheAddress(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *keys.Keys) {
		if got, err := x.KeysOf(t.Context(), address); err != nil || got != (pipeline.KeysOnFile{}) {
			t.Errorf("nothing on file: %+v %v", got, err)
		}
		want := change(0)
		if err := x.SaveKeys(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		want.Now.Version = 1
		for _, spelt := range []string{address, strings.ToLower(address), strings.ToUpper(address)} {
			got, err := x.KeysOf(t.Context(), spelt)
			if diff := cmp.Diff(want.Now, got); diff != "" || err != nil {
				t.Errorf("%s: %v %s", spelt, err, diff)
			}
		}
		all, err := x.AllKeys(t.Context())
		if diff := cmp.Diff([]pipeline.KeysOnFile{want.Now}, all); diff != "" || err != nil {
			t.Errorf("all: %v %s", err, diff)
		}
		gone := change(1)
		gone.Now.Pinned, gone.Now.Waiting = nil, nil
		if err := x.SaveKeys(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
		if all, err := x.AllKeys(t.Context()); err != nil || len(all) > 0 {
			t.Errorf("after removing: %v %v", all, err)
		}
	})
}

func TestAChangeIsStoredOnlyFromWhatWasRead(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *keys.Keys) {
		if err := x.SaveKeys(t.Context(), change(0)); err != nil {
			t.Fatal(err)
		}
		for _, was := range []int{0, 2} {
			if err := x.SaveKeys(t.Context(), change(was)); !errors.Is(err, pipeline.ErrKeysChanged) {
				t.Errorf("from version %d: %v", was, err)
			}
		}
		all, err := evidence.New(db).All(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%d records, %v", len(all), err)
		}
		got := all[0]
		if got.Action != audit.KeyChanged || got.By != "jo" || got.Why != "they rang" || len(got.Facts) != 3 || got.Facts[1].Value != "ABCD" || got.Facts[2].Value != "added" {
			t.Errorf("evidence: %+v", got)
		}
		for _, fact := range got.Facts {
			if strings.Contains(strings.ToLower(fact.Value), "brook") {
				t.Errorf("the evidence tells the address: %+v", fact)
			}
		}
	})
}

func TestNothingOfAKeyStandsInClear(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	if err := keys.New(db).SaveKeys(t.Context(), change(0)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"sentinel key", "c2VudGluZWwga2V5", "brook.example"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %q", filepath.Base(file), secret)
			}
		}
	}
}
