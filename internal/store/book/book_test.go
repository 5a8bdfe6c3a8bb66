package book_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/book"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/storetest"
)

const (
	jones = "m.jones@marl.cheshire.sch.uk"
	slip  = "m.jnoes@marl.cheshire.sch.uk"
	twin  = "office@mar1.cheshire.sch.uk"
)

// day is noon of a day of February 2026.
func day(n int) time.Time { return time.Date(2026, 2, n, 12, 0, 0, 0, time.UTC) }

func each(t *testing.T, run func(t *testing.T, db *store.DB, b *book.Book)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, book.New(db))
	})
}

func contact(address string) pep.Contact {
	return pep.Contact{Role: pep.DesignatedTeacher, Name: "Ms Morgan Jones", Organisation: "Marl School", Email: pep.ParseAddress(address)}
}

// export takes in what an export says of a child's contacts, and said before.
func export(t *testing.T, db *store.DB, at time.Time, was, is []pep.Contact) {
	t.Helper()
	in := book.NewIntake(db.Keys, at.UnixMicro())
	in.Child("PEP-7F3K-2Q", was, is)
	if err := db.InTx(t.Context(), func(tx store.Tx) error { return in.Write(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func note(t *testing.T, db *store.DB, address string, state outbox.State, at time.Time) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx store.Tx) error {
		return book.Note(t.Context(), tx, db.Keys, pep.ParseAddress(address), state, at.UnixMicro())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func around(t *testing.T, b *book.Book, address string) addressbook.Facts {
	t.Helper()
	a := pep.ParseAddress(address)
	all, err := b.Around(t.Context(), []pep.Address{a})
	if err != nil {
		t.Fatal(err)
	}
	return all[addressbook.Key(a)]
}

func say(t *testing.T, b *book.Book, w pipeline.AddressWord) {
	t.Helper()
	if err := b.Say(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

func TestAnExportVouchesOnceAndIsRememberedByItsFirstDay(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, b *book.Book) {
		if empty, err := book.Empty(t.Context(), db.Read()); err != nil || !empty {
			t.Fatalf("a fresh book is not empty: %v", err)
		}
		export(t, db, day(2), nil, []pep.Contact{contact(jones)})
		export(t, db, day(3), nil, []pep.Contact{contact("M.Jones@marl.cheshire.sch.uk")})
		e := around(t, b, jones).Entry
		if e.Source != addressbook.FromExport || !e.FirstSeen.Equal(day(2)) || e.Organisation != "Marl School" || !e.Used.IsZero() {
			t.Errorf("%+v", e)
		}
		all, err := b.Addresses(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%d addresses: %v", len(all), err)
		}
		if empty, err := book.Empty(t.Context(), db.Read()); err != nil || empty {
			t.Errorf("a book with an address is empty: %v", err)
		}
		back, err := b.ByID(t.Context(), all[0].ID)
		if err != nil || back.Canonical() != jones {
			t.Errorf("%s %v", back.Canonical(), err)
		}
		var none *pipeline.NotFoundError
		for _, bad := range []string{"", "zz", "000000000000", all[0].ID + "00"} {
			if _, err := b.ByID(t.Context(), bad); !errors.As(err, &none) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func TestWhatBecameOfMessagesIsNoted(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, b *book.Book) {
		export(t, db, day(2), nil, []pep.Contact{contact(jones)})
		note(t, db, jones, outbox.Held, day(3))
		if e := around(t, b, jones).Entry; !e.Used.IsZero() {
			t.Errorf("a held message counts as used: %+v", e)
		}
		note(t, db, jones, outbox.Accepted, day(4))
		note(t, db, jones, outbox.Bounced, day(5))
		if e := around(t, b, jones).Entry; !e.Used.Equal(day(4)) || !e.HasBounced() {
			t.Errorf("%+v", e)
		}
		note(t, db, jones, outbox.Delivered, day(6))
		if e := around(t, b, jones).Entry; e.HasBounced() || !e.Delivered.Equal(day(6)) {
			t.Errorf("%+v", e)
		}
		// One that no export named is in the book by what left, and nobody vouches.
		note(t, db, "x@other.example", outbox.Uncertain, day(7))
		if e := around(t, b, "x@other.example").Entry; e.Source != addressbook.NoSource || !e.Used.Equal(day(7)) {
			t.Errorf("%+v", e)
		}
		note(t, db, "no address", outbox.Accepted, day(7))
	})
}

func TestTheLastWordCountsAndIsEvidence(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, b *book.Book) {
		export(t, db, day(2), nil, []pep.Contact{contact(jones)})
		to := pep.ParseAddress(jones)
		// All of one moment: each word is later than what it is about.
		for _, step := range []struct {
			word                        pipeline.AddressWord
			confirmed, refused, doubted bool
		}{
			{pipeline.AddressWord{Right: true}, true, false, false},
			{pipeline.AddressWord{}, false, true, false},
			{pipeline.AddressWord{Right: true}, true, false, false},
			{pipeline.AddressWord{Again: true}, true, false, true},
			{pipeline.AddressWord{Right: true}, true, false, false},
		} {
			step.word.Address, step.word.At, step.word.By, step.word.Why = to, day(3), "an officer", "rang"
			say(t, b, step.word)
			e := around(t, b, jones).Entry
			if e.IsConfirmed() != step.confirmed || e.IsRefused() != step.refused || e.IsDoubted() != step.doubted {
				t.Errorf("after %+v: %+v", step.word, e)
			}
		}
		// An export does not take a doubt back.
		say(t, b, pipeline.AddressWord{Address: to, Again: true, At: day(4), By: "an officer", Why: "an incident"})
		export(t, db, day(5), nil, []pep.Contact{contact(jones)})
		if !around(t, b, jones).Entry.IsDoubted() {
			t.Error("an export took a doubt back")
		}
		records, err := evidence.New(db).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, r := range records {
			if r.Action != audit.AddressJudged || len(r.Facts) != 2 || bytes.Contains([]byte(r.Facts[0].Value), []byte("@")) {
				t.Errorf("%+v", r)
			}
			words = append(words, r.Facts[1].Value)
		}
		if len(words) != 6 || words[0] != "confirmed" || words[1] != "refused" || words[3] != "to be confirmed again" {
			t.Errorf("%v", words)
		}
	})
}

func TestAnAddressInTheOldOnesPlaceIsKnownAsSuch(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, b *book.Book) {
		export(t, db, day(2), nil, []pep.Contact{contact(jones)})
		export(t, db, day(5), []pep.Contact{contact(jones)}, []pep.Contact{contact(slip)})
		others := around(t, b, slip).Others
		if len(others) == 0 || others[0].Address.Canonical() != jones {
			t.Fatalf("%+v", others)
		}
		replaced := false
		for _, o := range others {
			replaced = replaced || o.Replaced
		}
		if !replaced {
			t.Errorf("it is not known as a change: %+v", others)
		}
	})
}

func TestADomainIsMeasuredByEarlierOnesOnly(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, b *book.Book) {
		export(t, db, day(2), nil, []pep.Contact{contact(jones)})
		// A stranger that the book never saw is measured too.
		if near := around(t, b, twin).Near; len(near) != 1 || near[0].Name != "marl.cheshire.sch.uk" || !near[0].Stands {
			t.Fatalf("%+v", near)
		}
		export(t, db, day(5), nil, []pep.Contact{contact(twin)})
		if near := around(t, b, twin).Near; len(near) != 1 {
			t.Errorf("%+v", near)
		}
		if near := around(t, b, jones).Near; len(near) != 0 {
			t.Errorf("the earlier one is measured by its twin: %+v", near)
		}
	})
}

func TestAPostalAddressThatChangedIsRemembered(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, b *book.Book) {
		old, moved := contact(jones), contact(jones)
		old.Address1, old.Postcode, moved.Address1, moved.Postcode = "1 Marl Row", "ZZ99 1AA", "2 Marl Row", "ZZ99 1AA"
		export(t, db, day(2), nil, []pep.Contact{old})
		if at, err := b.PostChanged(t.Context(), "PEP-7F3K-2Q", old); err != nil || !at.IsZero() {
			t.Errorf("%s %v", at, err)
		}
		export(t, db, day(5), []pep.Contact{old}, []pep.Contact{moved})
		if at, err := b.PostChanged(t.Context(), "PEP-7F3K-2Q", moved); err != nil || !at.Equal(day(5)) {
			t.Errorf("%s %v", at, err)
		}
		if at, err := b.PostChanged(t.Context(), "PEP-7F3K-2R", moved); err != nil || !at.IsZero() {
			t.Errorf("another child's: %s %v", at, err)
		}
	})
}

// Nothing of an address, an organisation or a reason stands in the file in
// clear.
func TestTheBookIsSealed(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	export(t, db, day(2), nil, []pep.Contact{contact(jones)})
	say(t, book.New(db), pipeline.AddressWord{Address: pep.ParseAddress(jones), Right: true, At: day(3), By: "Q. Tell-Tale", Why: "sentinel reason"})
	if err := db.Close(); err != nil {
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
		for _, clear := range []string{"m.jones", "marl.cheshire", "Marl School", "sentinel reason", "Tell-Tale"} {
			if bytes.Contains(data, []byte(clear)) {
				t.Errorf("%q stands in %s", clear, filepath.Base(file))
			}
		}
	}
}
