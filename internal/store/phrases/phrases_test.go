package phrases_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/phrases"
	"github.com/pepost/pepost/internal/store/storetest"
)

func at(minute int) time.Time { return time.Date(2026, 2, 2, 9, minute, 0, 0, time.UTC) }

func settling(minute int) pipeline.Settling {
	return pipeline.Settling{At: at(minute), By: "officer", Why: "they rang"}
}

const secret = "otter-maple-river-cobalt-anchor-lemon-violin"

func agreed(id string, minute int) pipeline.AgreedPhrase {
	return pipeline.AgreedPhrase{
		ID: id, Address: pep.ParseAddress("Office@nursery.example"), Name: "Robin Teacher", Organisation: "Marl Nursery", Told: at(minute), ToldBy: "officer",
	}
}

func each(t *testing.T, run func(t *testing.T, db *store.DB, x *phrases.Phrases)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, phrases.New(db))
	})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPhraseIsToldConfirmedAndReplaced(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *phrases.Phrases) {
		ctx := t.Context()
		for i, id := range []string{"a", "b"} {
			check(t, x.AddPhrase(ctx, agreed(id, i), secret+id))
		}
		if err := x.ConfirmPhrase(ctx, "a", settling(2)); !errors.Is(err, pipeline.ErrPhraseEnded) {
			t.Errorf("the one told first is still to be confirmed: %v", err)
		}
		check(t, x.ConfirmPhrase(ctx, "b", settling(3)))
		check(t, x.AddPhrase(ctx, agreed("c", 4), secret+"c"))
		if got, err := x.SecretOf(ctx, "b"); err != nil || got != secret+"b" {
			t.Errorf("the confirmed one does not stand until the next is confirmed: %v", err)
		}
		check(t, x.ConfirmPhrase(ctx, "c", settling(5)))
		all, err := x.PhrasesOf(ctx, pep.ParseAddress("office@NURSERY.example"))
		check(t, err)
		var states []string
		for _, p := range all {
			states = append(states, p.ID+" "+p.EndedWhy)
		}
		if diff := cmp.Diff([]string{"c ", "b another one was agreed", "a another one was told since"}, states); diff != "" {
			t.Error(diff)
		}
		var none *pipeline.NotFoundError
		for _, id := range []string{"a", "b", "nobody"} {
			if got, err := x.SecretOf(ctx, id); !errors.As(err, &none) || got != "" {
				t.Errorf("%s: an ended phrase is still there: %v", id, err)
			}
		}
		check(t, x.WithdrawPhrase(ctx, "c", settling(6)))
		if p, err := x.Phrase(ctx, "c"); err != nil || !p.Withdrawn || p.EndedWhy != "they rang" {
			t.Errorf("%+v %v", p, err)
		}
		if err := x.ConfirmPhrase(ctx, "c", settling(7)); !errors.Is(err, pipeline.ErrPhraseEnded) {
			t.Errorf("a withdrawn phrase was confirmed: %v", err)
		}
	})
}

func TestANumberIsConfirmedReplacedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *phrases.Phrases) {
		ctx := t.Context()
		p := pipeline.ConfirmedPhone{Address: pep.ParseAddress("office@nursery.example"), Name: "Robin Teacher", Number: "447700900123", Confirmed: at(1), ConfirmedBy: "officer"}
		check(t, x.ConfirmPhone(ctx, p))
		p.Number, p.Confirmed = "447700900456", at(2)
		check(t, x.ConfirmPhone(ctx, p))
		got, found, err := x.Phone(ctx, pep.ParseAddress("OFFICE@nursery.example"))
		if err != nil || !found || got.Number != p.Number || !got.Confirmed.Equal(at(2)) {
			t.Errorf("%+v %v %v", got, found, err)
		}
		if all, err := x.AllPhones(ctx); err != nil || len(all) != 1 {
			t.Errorf("%v %v", all, err)
		}
		check(t, x.RemovePhone(ctx, p.Address, settling(3)))
		var none *pipeline.NotFoundError
		if err := x.RemovePhone(ctx, p.Address, settling(4)); !errors.As(err, &none) {
			t.Errorf("removed twice: %v", err)
		}
		if err := x.ConfirmPhone(ctx, pipeline.ConfirmedPhone{Number: "447700900123"}); !errors.Is(err, phrases.ErrNoAddress) {
			t.Errorf("without an address: %v", err)
		}
	})
}

func TestNothingPersonalIsEvidenceAndEveryChangeIs(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *phrases.Phrases) {
		ctx := t.Context()
		check(t, x.AddPhrase(ctx, agreed("a", 1), secret))
		check(t, x.ConfirmPhrase(ctx, "a", settling(2)))
		check(t, x.WithdrawPhrase(ctx, "a", settling(3)))
		check(t, x.ConfirmPhone(ctx, pipeline.ConfirmedPhone{Address: pep.ParseAddress("office@nursery.example"), Number: "447700900123", Confirmed: at(4)}))
		check(t, x.RemovePhone(ctx, pep.ParseAddress("office@nursery.example"), settling(5)))
		all, err := evidence.New(db).All(ctx)
		check(t, err)
		var changes []string
		var written bytes.Buffer
		for _, r := range all {
			changes = append(changes, string(r.Action)+": "+r.Facts[1].Value)
			for _, f := range r.Facts {
				written.WriteString(f.Value + " ")
			}
		}
		want := []string{
			string(audit.PhraseChanged) + ": told", string(audit.PhraseChanged) + ": confirmed", string(audit.PhraseChanged) + ": withdrawn",
			string(audit.PhoneChanged) + ": confirmed", string(audit.PhoneChanged) + ": removed",
		}
		if diff := cmp.Diff(want, changes); diff != "" {
			t.Error(diff)
		}
		for _, word := range []string{"otter", "nursery", "Robin", "7700900123"} {
			if bytes.Contains(written.Bytes(), []byte(word)) {
				t.Errorf("evidence says %q", word)
			}
		}
		for _, p := range []string{secret, "Robin", "nursery"} {
			if found := inRows(t, db, p); found {
				t.Errorf("%q stands in the database in clear", p)
			}
		}
	})
}

// inRows looks for a text in the stored cells.
func inRows(t *testing.T, db *store.DB, text string) bool {
	t.Helper()
	for _, query := range []string{"SELECT sealed FROM agreed_phrases", "SELECT phrase FROM agreed_phrases", "SELECT contact_hash FROM agreed_phrases"} {
		rows, err := db.Read().QueryContext(t.Context(), query)
		check(t, err)
		defer rows.Close()
		for rows.Next() {
			var cell []byte
			check(t, rows.Scan(&cell))
			if bytes.Contains(cell, []byte(text)) {
				return true
			}
		}
		check(t, rows.Err())
	}
	return false
}
