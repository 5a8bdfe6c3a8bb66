package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

// mortal is a stored queue whose process dies at a step: before a change, or
// between its commit and its answer.
type mortal struct {
	dispatch.Queue
	step, killAt int
	dead         bool
}

func (m *mortal) alive() bool {
	m.dead = m.dead || m.step == m.killAt
	m.step++
	return !m.dead
}

func mortally[T any](m *mortal, do func() (T, error)) (T, error) {
	var none T
	if !m.alive() {
		return none, errDead
	}
	got, err := do()
	if err == nil && !m.alive() {
		return none, errDead
	}
	return got, err
}

func (m *mortal) Recover(ctx context.Context, owner string, now time.Time) ([]outbox.Delivery, error) {
	return mortally(m, func() ([]outbox.Delivery, error) { return m.Queue.Recover(ctx, owner, now) })
}

func (m *mortal) Relays(ctx context.Context, now time.Time) ([]string, error) {
	return mortally(m, func() ([]string, error) { return m.Queue.Relays(ctx, now) })
}

func (m *mortal) Claim(ctx context.Context, ask dispatch.Ask) ([]outbox.Delivery, error) {
	return mortally(m, func() ([]outbox.Delivery, error) { return m.Queue.Claim(ctx, ask) })
}

func (m *mortal) Parcel(ctx context.Context, id string) ([]byte, error) {
	return mortally(m, func() ([]byte, error) { return m.Queue.Parcel(ctx, id) })
}

func (m *mortal) MarkDot(ctx context.Context, d outbox.Delivery) (outbox.Delivery, error) {
	return mortally(m, func() (outbox.Delivery, error) { return m.Queue.MarkDot(ctx, d) })
}

func (m *mortal) Save(ctx context.Context, d outbox.Delivery) error {
	_, err := mortally(m, func() (struct{}, error) { return struct{}{}, m.Queue.Save(ctx, d) })
	return err
}

func (m *mortal) Get(ctx context.Context, id string) (outbox.Delivery, error) {
	return mortally(m, func() (outbox.Delivery, error) { return m.Queue.Get(ctx, id) })
}

// stored puts the deliveries of a bench into a database.
func stored(t *testing.T, db *store.DB, b *bench) *deliveries.Deliveries {
	t.Helper()
	x := deliveries.New(db)
	for _, d := range b.shelf.all() {
		d.Ref, d.Due = "PEP-7F3K-2Q", pep.MustDate("2026-01-05")
		d.Events = []outbox.Event{{At: monday(), Action: outbox.Approve, To: outbox.Approved, By: "an officer"}}
		if added, err := x.Add(t.Context(), d, pipeline.Contents{Parcel: b.shelf.parcels[d.ID]}); err != nil || !added {
			t.Fatalf("adding %s: %v %v", d.ID, added, err)
		}
	}
	return x
}

// TestTheStoredQueueLosesAndDoublesNothing kills at every step as the test on
// the double does. On PostgreSQL, where each life needs a new schema, it is
// every third step.
func TestTheStoredQueueLosesAndDoublesNothing(t *testing.T) {
	engines := map[string]struct {
		empty  func(testing.TB) store.Options
		stride int
	}{"sqlite": {storetest.SQLite, 1}, "postgres": {storetest.Postgres, 3}}
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			uncertain := 0
			for step := 0; killedAt(t, engine.empty(t), step, &uncertain); step += engine.stride {
			}
			if uncertain == 0 {
				t.Error("no kill fell between marker and answer")
			}
		})
	}
}

// killedAt plays one life that ends at a step and the lives after it, and
// reports whether it came to that step.
func killedAt(t *testing.T, o store.Options, step int, uncertain *int) bool {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b := crashing(t)
	b.script.shelf = nil
	m := &mortal{Queue: stored(t, db, b), killAt: step}
	x := b.process()
	x.Queue = m
	if _, err := x.Run(t.Context()); m.dead && !errors.Is(err, errDead) {
		t.Fatalf("killed at step %d: error %v", step, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = store.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	queue := deliveries.New(db)
	for range 3 {
		b.pass(5 * time.Hour)
		next := b.process()
		next.Queue = queue
		b.run(next)
	}
	all, err := queue.List(t.Context(), pipeline.Filter{})
	if err != nil || len(all) != 3 {
		t.Fatalf("%d deliveries, %v", len(all), err)
	}
	for _, d := range all {
		copies := b.script.copies[d.ID]
		if d.State == outbox.Uncertain {
			*uncertain++
		}
		settled := d.State == outbox.Accepted && copies == 1 || d.State == outbox.Uncertain && copies <= 1 || d.ID == "gone" && d.State == outbox.Refused && copies == 0
		if !settled {
			t.Errorf("killed at step %d: %s is %s with %d copies", step, d.ID, d.State, copies)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return m.dead
}
