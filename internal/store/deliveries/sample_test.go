package deliveries_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

const (
	ref   = pep.Ref("PEP-7F3K-2Q")
	relay = "council"
)

func at() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func occasion() outbox.Occasion { return outbox.Occasion{At: at(), By: "an officer"} }

// each runs a test on the outbox of an empty database of every engine.
func each(t *testing.T, run func(t *testing.T, db *store.DB, x *deliveries.Deliveries)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, deliveries.New(db))
	})
}

func contents(id string) pipeline.Contents {
	return pipeline.Contents{
		Parcel: []byte("Subject: sealed-parcel of " + id), Passphrase: "wibble-wobble-" + id, Document: []byte("rendered-form of " + id),
	}
}

// drafted is a sealed delivery that nobody has released.
func drafted(id string) outbox.Delivery {
	address := pep.ParseAddress("head." + id + "@nowhere.example")
	return outbox.Delivery{
		ID: id, Key: "key of " + id, Ref: ref, PlanKey: string(ref) + "/2025/26-spring/custody", Kind: outbox.KindForm,
		Milestone: "form out", Due: pep.MustDate("2026-03-02"),
		Recipient: outbox.Recipient{Role: pep.DesignatedTeacher, Name: "Thaddeus Example", Phone: "01632 960123", Address: address, New: true},
		Decision: route.Decision{
			Address: address.Raw(), Canonical: address.Canonical(), Verdict: route.Encrypt, Method: route.MethodProtectedDocument,
			Rule: "unknown-domain", Reasons: []string{"the domain nowhere.example is in no row"}, Policy: "sha256:00", Relay: relay,
		},
		State: outbox.Drafted, MessageID: "<" + id + "@democheshire.example>", SHA256: "00ff", Size: 31,
		Passphrase: outbox.PassphrasePending,
		Events:     []outbox.Event{{At: at(), Action: outbox.Draft, To: outbox.Drafted, By: "an officer"}},
	}
}

// approved is a delivery that waits to be sent.
func approved(t *testing.T, id string) outbox.Delivery {
	t.Helper()
	return advance(t, drafted(id), outbox.Approve)
}

func advance(t *testing.T, d outbox.Delivery, action outbox.Action) outbox.Delivery {
	t.Helper()
	is, err := outbox.Advance(d, action, occasion())
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func add(t *testing.T, x *deliveries.Deliveries, all ...outbox.Delivery) {
	t.Helper()
	for _, d := range all {
		if added, err := x.Add(t.Context(), d, contents(d.ID)); err != nil || !added {
			t.Fatalf("adding %s: %v %v", d.ID, added, err)
		}
	}
}

func get(t *testing.T, x *deliveries.Deliveries, id string) outbox.Delivery {
	t.Helper()
	d, err := x.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func save(t *testing.T, x *deliveries.Deliveries, d outbox.Delivery) outbox.Delivery {
	t.Helper()
	if err := x.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return get(t, x, d.ID)
}

func ask(owner string) dispatch.Ask {
	return dispatch.Ask{Owner: owner, Relay: relay, Now: at(), Lease: 15 * time.Minute, Limit: 10}
}

// claim gives the one delivery that the process gets.
func claim(t *testing.T, x *deliveries.Deliveries, owner string) outbox.Delivery {
	t.Helper()
	got, err := x.Claim(t.Context(), ask(owner))
	if err != nil || len(got) != 1 {
		t.Fatalf("%s claimed %d: %v", owner, len(got), err)
	}
	return got[0]
}

func ids(all []outbox.Delivery) []string {
	names := make([]string, len(all))
	for i, d := range all {
		names[i] = d.ID
	}
	return names
}

func want[T any](t *testing.T, what string, wanted, got T) {
	t.Helper()
	same := cmp.Comparer(func(a, b pep.Address) bool { return a == b })
	if diff := cmp.Diff(wanted, got, same); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}
