package deliveries_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/evidence"
)

func TestADeliveryComesBackAsItWasStored(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		d := approved(t, "d1")
		d.NextAttempt = at().Add(time.Hour + time.Microsecond)
		d.Attempts = []outbox.Attempt{{At: at(), Result: outbox.ResultDeferred, Step: outbox.PhaseEnvelope, Code: 451, Enhanced: "4.7.1", Text: "later", QueueID: "q", TLS: "TLS 1.3"}}
		add(t, x, d)
		d.Version = 1
		want(t, "delivery", d, get(t, x, "d1"))
		parcel, err := x.Parcel(t.Context(), "d1")
		if err != nil || string(parcel) != string(contents("d1").Parcel) {
			t.Errorf("parcel %q: %v", parcel, err)
		}
	})
}

func TestAKeyIsStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *deliveries.Deliveries) {
		add(t, x, drafted("d1"))
		again := drafted("d2")
		again.Key = drafted("d1").Key
		if added, err := x.Add(t.Context(), again, contents("d2")); err != nil || added {
			t.Errorf("added twice: %v", err)
		}
		for key, wanted := range map[string]bool{again.Key: true, "another": false} {
			if has, err := x.HasKey(t.Context(), key); err != nil || has != wanted {
				t.Errorf("has %q: %v %v", key, has, err)
			}
		}
		var missing *pipeline.NotFoundError
		if _, err := x.Get(t.Context(), "d2"); !errors.As(err, &missing) || missing.What != pipeline.NoDelivery {
			t.Errorf("%v", err)
		}
		records, err := evidence.New(db).All(t.Context())
		if err != nil || len(records) != 1 {
			t.Errorf("%d records: %v", len(records), err)
		}
	})
}

func TestAKeyAddedByManyAtOnceIsStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		var all sync.WaitGroup
		var added atomic.Int32
		for i := range 8 {
			all.Go(func() {
				d := drafted(string(rune('a' + i)))
				d.Key = "the same"
				ok, err := x.Add(t.Context(), d, contents(d.ID))
				if err != nil {
					t.Error(err)
				}
				if ok {
					added.Add(1)
				}
			})
		}
		all.Wait()
		if added.Load() != 1 {
			t.Errorf("added %d times", added.Load())
		}
	})
}

func TestAChangeFromAnOldVersionIsAConflict(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		add(t, x, drafted("d1"))
		old := get(t, x, "d1")
		save(t, x, advance(t, old, outbox.Approve))
		if err := x.Save(t.Context(), advance(t, old, outbox.Cancel)); !errors.Is(err, outbox.ErrConflict) {
			t.Errorf("%v", err)
		}
		if d := get(t, x, "d1"); d.State != outbox.Approved || d.Version != 2 {
			t.Errorf("%s, version %d", d.State, d.Version)
		}
	})
}

func TestSaveKeepsWhatMakesADeliveryItself(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		add(t, x, drafted("d1"))
		for name, c := range map[string]struct {
			change func(*outbox.Delivery)
			want   error
		}{
			"another key":       {func(d *outbox.Delivery) { d.Key = "x" }, deliveries.ErrIdentity},
			"another child":     {func(d *outbox.Delivery) { d.Ref = "PEP-0000-00" }, deliveries.ErrIdentity},
			"another message":   {func(d *outbox.Delivery) { d.SHA256 = "11" }, deliveries.ErrIdentity},
			"another recipient": {func(d *outbox.Delivery) { d.Decision.Canonical = "other@nowhere.example" }, deliveries.ErrIdentity},
			"an event removed":  {func(d *outbox.Delivery) { d.Events = nil }, deliveries.ErrNoEvents},
			"an event changed":  {func(d *outbox.Delivery) { d.Events[0].By = "somebody" }, deliveries.ErrNoEvents},
		} {
			d := get(t, x, "d1")
			c.change(&d)
			if err := x.Save(t.Context(), d); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := x.Add(t.Context(), outbox.Delivery{ID: "d2"}, pipeline.Contents{}); !errors.Is(err, deliveries.ErrNoEvents) {
			t.Errorf("%v", err)
		}
	})
}

func TestWhatWasHeldIsSealedLaterUntilAttempted(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		held := drafted("d1")
		held.State, held.SHA256, held.MessageID, held.Size, held.Passphrase = outbox.Held, "", "", 0, outbox.PassphraseNone
		held.Events[0].To = outbox.Held
		if added, err := x.Add(t.Context(), held, pipeline.Contents{}); err != nil || !added {
			t.Fatal(err)
		}
		var missing *pipeline.NotFoundError
		if _, err := x.Parcel(t.Context(), "d1"); !errors.As(err, &missing) || missing.What != pipeline.NoContents {
			t.Errorf("%v", err)
		}
		d := advance(t, get(t, x, "d1"), outbox.Approve)
		d.SHA256, d.MessageID = "00ff", "<d1@democheshire.example>"
		if err := x.Replace(t.Context(), d, contents("d1")); err != nil {
			t.Fatal(err)
		}
		if err := x.Replace(t.Context(), get(t, x, "d1"), contents("d1 again")); err != nil {
			t.Fatal(err)
		}
		parcel, err := x.Parcel(t.Context(), "d1")
		if err != nil || string(parcel) != string(contents("d1 again").Parcel) {
			t.Errorf("parcel %q: %v", parcel, err)
		}
		claim(t, x, "one")
		if _, err := x.Recover(t.Context(), "two", at().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := x.Replace(t.Context(), get(t, x, "d1"), contents("other")); !errors.Is(err, deliveries.ErrAttempted) {
			t.Errorf("replaced after an attempt: %v", err)
		}
	})
}

func TestListChoosesAndOrders(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		late, chase, other := approved(t, "a"), drafted("b"), drafted("c")
		late.Due, chase.Due = pep.MustDate("2026-03-09"), pep.MustDate("2026-02-28")
		chase.Kind, other.Ref = outbox.KindChase, "PEP-0000-00"
		add(t, x, late, chase, other)
		for _, c := range []struct {
			filter pipeline.Filter
			want   []string
		}{
			{pipeline.Filter{}, []string{"b", "c", "a"}},
			{pipeline.Filter{Ref: ref}, []string{"b", "a"}},
			{pipeline.Filter{Refs: []pep.Ref{"PEP-0000-00"}}, []string{"c"}},
			{pipeline.Filter{Refs: []pep.Ref{"PEP-0000-00", ref}}, []string{"b", "c", "a"}},
			{pipeline.Filter{States: []outbox.State{outbox.Approved}}, []string{"a"}},
			{pipeline.Filter{Kinds: []outbox.Kind{outbox.KindForm, outbox.KindFinal}}, []string{"c", "a"}},
			{pipeline.Filter{Ref: ref, States: []outbox.State{outbox.Drafted}, Kinds: []outbox.Kind{outbox.KindForm}}, []string{}},
		} {
			got, err := x.List(t.Context(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "list", c.want, ids(got))
		}
	})
}

func TestAnAddressIsKnownOnceSomethingMayHaveLeft(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		add(t, x, approved(t, "d1"))
		sent := func() bool {
			t.Helper()
			got, err := x.EverSentTo(t.Context(), "head.d1@nowhere.example")
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		d := claim(t, x, "one")
		if sent() {
			t.Error("known before anything left")
		}
		d, err := x.MarkDot(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if !sent() {
			t.Error("not known though the dot may have been sent")
		}
		d = save(t, x, advance(t, d, outbox.Lose))
		d = save(t, x, advance(t, d, outbox.Retry))
		if !sent() || d.DotMarked {
			t.Error("forgotten after a person said to send it again")
		}
		if other, err := x.EverSentTo(t.Context(), "head.d2@nowhere.example"); err != nil || other {
			t.Errorf("another address: %v %v", other, err)
		}
	})
}

func TestTheOriginalIsTheFormLastSent(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		original := func() string {
			t.Helper()
			d, document, err := x.Original(t.Context(), ref)
			var missing *pipeline.NotFoundError
			if errors.As(err, &missing) {
				return ""
			}
			if err != nil || string(document) != string(contents(d.ID).Document) {
				t.Fatalf("%q: %v", document, err)
			}
			return d.ID
		}
		leave := func(d outbox.Delivery, at time.Time) outbox.Delivery {
			t.Helper()
			d.State, d.Events = outbox.Accepted, append(d.Events, outbox.Event{At: at, Action: outbox.Accept, From: outbox.Sending, To: outbox.Accepted})
			return d
		}
		final := drafted("final")
		final.Kind = outbox.KindFinal
		add(t, x, drafted("waiting"), leave(final, at().Add(3*time.Hour)))
		want(t, "before anything was sent", "", original())
		add(t, x, leave(drafted("older"), at()), leave(drafted("newer"), at().Add(time.Hour)))
		want(t, "two were sent", "newer", original())
		save(t, x, advance(t, get(t, x, "newer"), outbox.Bounce))
		want(t, "the newer one came back", "older", original())
	})
}

func TestAPassphraseIsReadOnceUnlessThereIsAReason(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *deliveries.Deliveries) {
		plain := drafted("plain")
		plain.Passphrase = outbox.PassphraseNone
		add(t, x, drafted("d1"))
		if _, err := x.Add(t.Context(), plain, pipeline.Contents{Parcel: []byte("p")}); err != nil {
			t.Fatal(err)
		}
		by := pipeline.Reading{At: at(), By: "an officer"}
		phrase, err := x.Passphrase(t.Context(), "d1", by)
		if err != nil || phrase != "wibble-wobble-d1" {
			t.Fatalf("%v", err)
		}
		want(t, "state", outbox.PassphraseHandedOver, get(t, x, "d1").Passphrase)
		var read *pipeline.AlreadyReadError
		if phrase, err := x.Passphrase(t.Context(), "d1", by); !errors.As(err, &read) || phrase != "" {
			t.Errorf("read a second time: %v", err)
		}
		by.Why = "the line was cut"
		if phrase, err := x.Passphrase(t.Context(), "d1", by); err != nil || phrase != "wibble-wobble-d1" {
			t.Errorf("with a reason: %v", err)
		}
		d := get(t, x, "d1")
		d.Passphrase = outbox.PassphraseWithheld
		save(t, x, d)
		if phrase, err := x.Passphrase(t.Context(), "d1", by); !errors.As(err, &read) || phrase != "" {
			t.Errorf("read though withheld: %v", err)
		}
		var missing *pipeline.NotFoundError
		if _, err := x.Passphrase(t.Context(), "plain", by); !errors.As(err, &missing) {
			t.Errorf("%v", err)
		}
		want(t, "actions", []audit.Action{audit.DeliveryAdded, audit.DeliveryAdded, audit.PassphraseRead, audit.PassphraseRead}, actions(t, db))
	})
}

func actions(t *testing.T, db *store.DB) []audit.Action {
	t.Helper()
	records, err := evidence.New(db).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := audit.Verify(records); err != nil {
		t.Error(err)
	}
	var all []audit.Action
	for _, r := range records {
		all = append(all, r.Action)
	}
	return all
}

func TestEveryEventIsEvidence(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *deliveries.Deliveries) {
		typed := approved(t, "d1")
		typed.Recipient.Address, typed.Form = pep.ParseAddress("Head.D1@NOWHERE.example"), "statutory 1a2b"
		typed.Decision.Canonical = typed.Recipient.Address.Canonical()
		add(t, x, typed)
		d, err := x.MarkDot(t.Context(), claim(t, x, "one"))
		if err != nil {
			t.Fatal(err)
		}
		d, err = outbox.Conclude(d, outbox.Outcome{
			Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250, Text: "ok <head.d1@nowhere.example>", QueueID: "q77", TLS: "TLS 1.3",
		}, occasion())
		if err != nil {
			t.Fatal(err)
		}
		d = save(t, x, d)
		records, err := evidence.New(db).All(t.Context())
		if err != nil || len(records) != len(d.Events) {
			t.Fatalf("%d records of %d events: %v", len(records), len(d.Events), err)
		}
		for i, r := range records {
			facts := map[string]string{}
			for _, f := range r.Facts {
				facts[f.Name] = f.Value
				if f.Value == "ok <head.d1@nowhere.example>" {
					t.Error("evidence quotes an address")
				}
			}
			if r.Delivery != "d1" || r.Ref != ref || facts["action"] != string(d.Events[i].Action) || facts["to"] != string(d.Events[i].To) {
				t.Errorf("record %d: %+v", i, r)
			}
			if added := i == 0; added != (facts["sha256"] == "00ff" && facts["policy"] == "sha256:00") {
				t.Errorf("record %d: particulars %v", i, facts)
			}
			if i == 0 && (facts["form"] != d.Form || facts["recipient"] == "" || facts["recipient"] == facts["recipient_as_typed"] ||
				facts["document_sha256"] == "" || facts["reason"] != "the domain nowhere.example is in no row" || facts["rule"] != "unknown-domain") {
				t.Errorf("the particulars lack something: %v", facts)
			}
			if last := i == len(records)-1; last != (facts["queue_id"] == "q77" && facts["tls"] == "TLS 1.3" && facts["text"] == "ok [address]") {
				t.Errorf("record %d: conversation %v", i, facts)
			}
		}
	})
}

func TestPhrasesOfAChildAreFoundByDelivery(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		older, newer, other := drafted("older"), drafted("newer"), drafted("other")
		newer.Due, other.Ref = pep.MustDate("2026-03-09"), "PEP-0000-00"
		add(t, x, newer, older, other)
		plain := drafted("plain")
		if _, err := x.Add(t.Context(), plain, pipeline.Contents{Parcel: []byte("p")}); err != nil {
			t.Fatal(err)
		}
		got, err := x.Phrases(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "phrases", map[string]string{newer.ID: "wibble-wobble-newer", older.ID: "wibble-wobble-older"}, got)
		want(t, "state", outbox.PassphrasePending, get(t, x, "newer").Passphrase)
	})
}
