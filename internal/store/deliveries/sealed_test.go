package deliveries_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

// Everything that a delivery's life writes, read as bytes by somebody who has
// the files and not the keys.
func TestNothingPersonalStandsInTheFiles(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	x := deliveries.New(db)
	add(t, x, approved(t, "d1"), drafted("d2"))
	d, err := x.MarkDot(t.Context(), claim(t, x, "one"))
	if err != nil {
		t.Fatal(err)
	}
	d, err = outbox.Conclude(d, outbox.Outcome{
		Result: outbox.ResultRefused, Phase: outbox.PhaseReply, Code: 550, Text: "5.1.1 <head.d1@nowhere.example> unknown",
	}, occasion())
	if err != nil {
		t.Fatal(err)
	}
	save(t, x, d)
	if _, err := x.Passphrase(t.Context(), "d2", pipeline.Reading{At: at(), By: "an officer", Why: "first reading"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(o.URL), "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	found := false
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(data, []byte("PEP-7F3K-2Q"))
		for _, secret := range []string{
			"head.d1", "nowhere.example", "Thaddeus", "960123", "sealed-parcel", "wibble", "rendered-form", "custody",
			"unknown-domain", "key of", "designated teacher", "an officer", "first reading", "unknown\"", "5.1.1",
		} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s has %q in clear", filepath.Base(file), secret)
			}
		}
	}
	if !found {
		t.Error("the reference, which stands in clear, was not found: the wrong files were read")
	}
}

// What somebody with the database and without the keys may try.
func TestWhatIsMovedOrForgedIsNotRead(t *testing.T) {
	swap := func(table, where, other string) string {
		return "UPDATE " + table + " SET sealed = (SELECT o.sealed FROM " + table + " o WHERE " + other + ") WHERE " + where
	}
	get := func(t *testing.T, x *deliveries.Deliveries) error { _, err := x.Get(t.Context(), "d2"); return err }
	parcel := func(t *testing.T, x *deliveries.Deliveries) error {
		_, err := x.Parcel(t.Context(), "d2")
		return err
	}
	claim := func(t *testing.T, x *deliveries.Deliveries) error {
		_, err := x.Claim(t.Context(), ask("one"))
		return err
	}
	for _, c := range []struct {
		name, statement string
		do              func(t *testing.T, x *deliveries.Deliveries) error
		sealed          bool // found because a cell does not open
	}{
		{"another delivery's cell", swap("deliveries", "id = 'd2'", "o.id = 'd1'"), get, true},
		{"another delivery's message", swap("contents", "delivery = 'd2' AND kind = 'parcel'", "o.delivery = 'd1' AND o.kind = 'parcel'"), parcel, true},
		{"the form in place of the message", swap("contents", "delivery = 'd2' AND kind = 'parcel'", "o.delivery = 'd2' AND o.kind = 'document'"), parcel, true},
		{"a draft released", "UPDATE deliveries SET state = 'approved'", claim, false},
		{"another relay", "UPDATE deliveries SET relay = 'evil'", get, false},
		{"another child", "UPDATE deliveries SET ref = 'PEP-0000-00'", get, false},
		{"a passphrase to be read again", "UPDATE deliveries SET passphrase = ''", get, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, db *store.DB, x *deliveries.Deliveries) {
				add(t, x, drafted("d1"), drafted("d2"))
				if err := c.do(t, x); err != nil {
					t.Fatal(err)
				}
				if _, err := db.Read().ExecContext(t.Context(), c.statement); err != nil {
					t.Fatal(err)
				}
				err := c.do(t, x)
				var sealed *store.SealedError
				var forged *deliveries.ForgedError
				if c.sealed && !errors.As(err, &sealed) || !c.sealed && !errors.As(err, &forged) {
					t.Errorf("not found: %v", err)
				}
			})
		})
	}
}
