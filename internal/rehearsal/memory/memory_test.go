package memory

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

func TestNothingThatCouldBeSentIsKept(t *testing.T) {
	x := NewDeliveries(nil)
	d := outbox.Delivery{ID: "a", Key: "a", State: outbox.Approved, Events: []outbox.Event{{To: outbox.Approved}}}
	for _, c := range []pipeline.Contents{{Parcel: []byte("x")}, {Document: []byte("x")}, {Passphrase: "x"}} {
		if _, err := x.Add(t.Context(), d, c); !errors.Is(err, ErrContents) {
			t.Errorf("added with error %v", err)
		}
		if err := x.Replace(t.Context(), d, c); !errors.Is(err, ErrContents) {
			t.Errorf("replaced with error %v", err)
		}
	}
	if _, err := NewReturns(nil).AddReturn(t.Context(), pipeline.Returned{ID: "a"}, []byte("x")); !errors.Is(err, ErrContents) {
		t.Errorf("a document was added with error %v", err)
	}
	var none *pipeline.NotFoundError
	if bytes, err := NewDeliveries([]outbox.Delivery{d}).Parcel(t.Context(), "a"); len(bytes) > 0 || !errors.As(err, &none) {
		t.Errorf("%d bytes, error %v", len(bytes), err)
	}
}

func TestAPassphraseIsHandedOverOnceWithoutAReason(t *testing.T) {
	x := NewDeliveries([]outbox.Delivery{{ID: "a", State: outbox.Accepted, Passphrase: outbox.PassphrasePending}, {ID: "b", State: outbox.Accepted}})
	var read *pipeline.AlreadyReadError
	for _, row := range []struct {
		id, why string
		again   bool
	}{{"a", "", false}, {"a", "", true}, {"a", "lost", false}, {"b", "lost", true}} {
		phrase, err := x.Passphrase(t.Context(), row.id, pipeline.Reading{Why: row.why})
		if phrase != "" || errors.As(err, &read) != row.again {
			t.Errorf("%+v: %q, %v", row, phrase, err)
		}
	}
	if d, _ := x.Get(t.Context(), "a"); d.Passphrase != outbox.PassphraseHandedOver {
		t.Errorf("the passphrase is %q", d.Passphrase)
	}
}

func TestAReturnedFormGoesThroughItsStates(t *testing.T) {
	for _, was := range pipeline.ReturnStates() {
		for _, to := range pipeline.ReturnStates() {
			x := NewReturns([]pipeline.Returned{{ID: "a", Ref: "PEP-1", State: was}})
			err := x.MarkReturn(t.Context(), "a", to, pipeline.Settling{By: "an officer"})
			allowed := was == pipeline.ReturnWaiting && (to == pipeline.ReturnAccepted || to == pipeline.ReturnRejected) ||
				was == pipeline.ReturnAccepted && (to == pipeline.ReturnFinalised || to == pipeline.ReturnRejected)
			if allowed != (err == nil) || err != nil && !errors.Is(err, pipeline.ErrReturnSettled) {
				t.Errorf("%s to %s: %v", was, to, err)
			}
			got, _ := x.ListReturns(t.Context(), pipeline.ReturnFilter{States: []pipeline.ReturnState{to}})
			if want := allowed || was == to; want != (len(got) == 1) {
				t.Errorf("%s to %s: %d are %s", was, to, len(got), to)
			}
		}
	}
}

func TestTheRegisterKeepsTheOrderOfIdentifiersAndTakesNoExport(t *testing.T) {
	r := NewRegister([]pep.Record{
		{Ref: "PEP-B", Child: pep.Child{ID: "20"}}, {Ref: "PEP-A", Child: pep.Child{ID: "30"}}, {Ref: "PEP-C", Child: pep.Child{ID: "10"}},
	})
	var order []pep.Ref
	keep := func(record pep.Record) error {
		order = append(order, record.Ref)
		return nil
	}
	if err := errors.Join(r.Each(t.Context(), keep), r.Chosen(t.Context(), []pep.Ref{"PEP-A", "PEP-X"}, keep)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]pep.Ref{"PEP-C", "PEP-B", "PEP-A", "PEP-A"}, order); diff != "" {
		t.Error(diff)
	}
	var none *pipeline.NotFoundError
	if _, err := r.Record(t.Context(), "PEP-X"); !errors.As(err, &none) {
		t.Errorf("error %v", err)
	}
	if record, err := r.ByChildID(t.Context(), "20"); err != nil || record.Ref != "PEP-B" {
		t.Errorf("%s, %v", record.Ref, err)
	}
	if _, err := r.ByChildID(t.Context(), "21"); !errors.As(err, &none) {
		t.Errorf("error %v", err)
	}
	some := r.Only(map[pep.Ref]bool{"PEP-A": true, "PEP-X": true})
	if n, _ := some.Count(t.Context()); n != 1 {
		t.Errorf("%d children are seen", n)
	}
	if seen, _ := some.Records(t.Context()); len(seen) != 1 || seen[0].Ref != "PEP-A" {
		t.Errorf("%d children are seen", len(seen))
	}
	if _, err := some.Record(t.Context(), "PEP-B"); err != nil {
		t.Errorf("a child that is not seen is not found: %v", err)
	}
	if _, err := r.Import(t.Context(), pipeline.Intake{}, start()); !errors.Is(err, ErrFixed) {
		t.Errorf("error %v", err)
	}
}
