package deliveries_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

func TestEveryStateIsClaimedOrNot(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		for _, state := range outbox.States() {
			d := drafted(string(state))
			d.State = state
			add(t, x, d)
		}
		got, err := x.Claim(t.Context(), ask("one"))
		if err != nil {
			t.Fatal(err)
		}
		want(t, "claimed", []string{string(outbox.Approved), string(outbox.Deferred)}, ids(got))
		for _, d := range got {
			if d.State != outbox.Sending || d.LeaseOwner != "one" || !d.LeaseUntil.Equal(at().Add(15*time.Minute)) {
				t.Errorf("%s: %s of %s until %s", d.ID, d.State, d.LeaseOwner, d.LeaseUntil)
			}
			want(t, "as stored", d, get(t, x, d.ID))
		}
	})
}

func TestWhatIsDueIsJudgedByTheMomentGiven(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		if _, waits, err := x.NextDue(t.Context()); err != nil || waits {
			t.Errorf("something waits in an empty outbox: %v", err)
		}
		soon, later, posted, other := approved(t, "soon"), approved(t, "later"), approved(t, "posted"), approved(t, "other")
		soon.NextAttempt, later.NextAttempt, other.NextAttempt = at().Add(time.Minute), at().Add(time.Hour), at().Add(time.Hour)
		posted.Decision.Relay, posted.Decision.Method = "", route.MethodPost
		other.Decision.Relay = "another"
		add(t, x, soon, later, posted, other)
		for _, c := range []struct {
			after  time.Duration
			relays []string
			claims []string
		}{
			{time.Minute - time.Microsecond, nil, []string{}},
			{time.Minute, []string{relay}, []string{"soon"}},
			{time.Hour, []string{"another", relay}, []string{"later"}},
		} {
			next, waits, err := x.NextDue(t.Context())
			if err != nil || !waits || next.After(at().Add(c.after+time.Microsecond)) {
				t.Errorf("next due %s: %v", next, err)
			}
			relays, err := x.Relays(t.Context(), at().Add(c.after))
			if err != nil {
				t.Fatal(err)
			}
			want(t, "relays", c.relays, relays)
			a := ask("one")
			a.Now = at().Add(c.after)
			got, err := x.Claim(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			want(t, fmt.Sprintf("claimed after %s", c.after), c.claims, ids(got))
		}
	})
}

func TestTheEarliestDueGoFirstAndTheLimitHolds(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		for i, due := range []string{"2026-03-03", "2026-03-01", "2026-03-02"} {
			d := approved(t, fmt.Sprint("d", i))
			d.Due = pep.MustDate(due)
			add(t, x, d)
		}
		for limit, wanted := range [][]string{{}, {"d1"}, {"d2", "d0"}} {
			a := ask("one")
			a.Limit = limit
			got, err := x.Claim(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			want(t, fmt.Sprintf("limit %d", limit), wanted, ids(got))
		}
	})
}

func TestF33NoTwoClaimsGiveTheSameDelivery(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		const n = 24
		for i := range n {
			add(t, x, approved(t, fmt.Sprintf("d%02d", i)))
		}
		var all sync.WaitGroup
		var guard sync.Mutex
		times := map[string]int{}
		for worker := range 4 {
			all.Go(func() {
				for {
					a := ask(fmt.Sprint("worker ", worker))
					a.Limit = 2
					got, err := x.Claim(t.Context(), a)
					if err != nil {
						t.Error(err)
					}
					if len(got) == 0 {
						return
					}
					guard.Lock()
					for _, d := range got {
						times[d.ID]++
					}
					guard.Unlock()
				}
			})
		}
		all.Wait()
		if len(times) != n {
			t.Errorf("%d of %d were claimed", len(times), n)
		}
		for id, count := range times {
			if count != 1 {
				t.Errorf("%s was claimed %d times", id, count)
			}
		}
	})
}

func TestALostClaimSendsNoDot(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		add(t, x, approved(t, "d1"))
		lost := claim(t, x, "one")
		if _, err := x.Recover(t.Context(), "two", lost.LeaseUntil); err != nil {
			t.Fatal(err)
		}
		later := ask("two")
		later.Now = lost.LeaseUntil
		if got, err := x.Claim(t.Context(), later); err != nil || len(got) != 1 {
			t.Fatalf("claimed %d: %v", len(got), err)
		}
		if _, err := x.MarkDot(t.Context(), lost); !errors.Is(err, outbox.ErrConflict) {
			t.Errorf("the first process may send: %v", err)
		}
		if get(t, x, "d1").DotMarked {
			t.Error("marked")
		}
	})
}

func TestTheMarkerIsSetOnce(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *deliveries.Deliveries) {
		add(t, x, approved(t, "d1"))
		marked, err := x.MarkDot(t.Context(), claim(t, x, "one"))
		if err != nil || !marked.DotMarked {
			t.Fatalf("%v %v", marked.DotMarked, err)
		}
		want(t, "as stored", marked, get(t, x, "d1"))
		if _, err := x.MarkDot(t.Context(), marked); !errors.Is(err, outbox.ErrConflict) {
			t.Errorf("marked twice: %v", err)
		}
	})
}

// A process dies at each step of sending, and another one looks after it: the
// lock file tells that it is dead, so nobody waits for its lease.
func TestADeadProcessLeavesNothingBehind(t *testing.T) {
	for _, c := range []struct {
		name  string
		until func(t *testing.T, x *deliveries.Deliveries)
		state outbox.State
	}{
		{"before it claimed", func(*testing.T, *deliveries.Deliveries) {}, outbox.Approved},
		{"after it claimed", func(t *testing.T, x *deliveries.Deliveries) { claim(t, x, "dead") }, outbox.Deferred},
		{"after the marker", func(t *testing.T, x *deliveries.Deliveries) {
			if _, err := x.MarkDot(t.Context(), claim(t, x, "dead")); err != nil {
				t.Fatal(err)
			}
		}, outbox.Uncertain},
		{"after it saved", func(t *testing.T, x *deliveries.Deliveries) {
			d, err := x.MarkDot(t.Context(), claim(t, x, "dead"))
			if err != nil {
				t.Fatal(err)
			}
			save(t, x, advance(t, d, outbox.Accept))
		}, outbox.Accepted},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, o store.Options) {
				first, err := store.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				x := deliveries.New(first)
				add(t, x, approved(t, "d1"))
				c.until(t, x)
				before := get(t, x, "d1")
				if err := first.Close(); err != nil {
					t.Fatal(err)
				}

				x = deliveries.New(storetest.Open(t, o))
				settled, err := x.Recover(t.Context(), "alive", at().Add(time.Second))
				if err != nil {
					t.Fatal(err)
				}
				d := get(t, x, "d1")
				want(t, "state", c.state, d.State)
				if touched := before.State == outbox.Sending; (len(settled) == 1) != touched {
					t.Errorf("%d were settled", len(settled))
				}
				a := ask("alive")
				a.Now = at().Add(time.Second)
				got, err := x.Claim(t.Context(), a)
				if err != nil {
					t.Fatal(err)
				}
				if again := c.state == outbox.Approved || c.state == outbox.Deferred; (len(got) == 1) != again {
					t.Errorf("sent again: %v", ids(got))
				}
				if len(got) == 1 && got[0].MessageID != before.MessageID {
					t.Error("another message")
				}
			})
		})
	}
}

func TestALivingProcessKeepsItsLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		o.Lock = false
		x, y := deliveries.New(storetest.Open(t, o)), deliveries.New(storetest.Open(t, o))
		add(t, x, approved(t, "d1"))
		d := claim(t, x, "one")
		for _, owner := range []string{"one", "two"} {
			if settled, err := y.Recover(t.Context(), owner, at()); err != nil || len(settled) != 0 {
				t.Errorf("%s took %d: %v", owner, len(settled), err)
			}
		}
		if settled, err := x.Recover(t.Context(), "one", d.LeaseUntil); err != nil || len(settled) != 0 {
			t.Errorf("took its own: %v", err)
		}
		if settled, err := y.Recover(t.Context(), "two", d.LeaseUntil); err != nil || len(settled) != 1 {
			t.Errorf("a lapsed lease stays: %v", err)
		}
	})
}

func TestAWorkerIsWokenInTheTransactionThatMadeItWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		jobs, err := db.Jobs(&river.Config{})
		if err != nil {
			t.Fatal(err)
		}
		x := deliveries.New(db).Waking(jobs)
		count := func(when string, wanted int) {
			t.Helper()
			var n int
			if err := db.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'wake'").Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n != wanted {
				t.Errorf("%s: %d jobs, want %d", when, n, wanted)
			}
		}
		add(t, x, drafted("d1"))
		count("a draft", 0)
		d := get(t, x, "d1")
		save(t, x, advance(t, d, outbox.Approve))
		count("approved", 1)
		if err := x.Save(t.Context(), advance(t, d, outbox.Approve)); !errors.Is(err, outbox.ErrConflict) {
			t.Fatal(err)
		}
		count("a conflict", 1)
		repeated := approved(t, "d2")
		repeated.Key = d.Key
		if added, err := x.Add(t.Context(), repeated, contents("d2")); err != nil || added {
			t.Fatal(err)
		}
		count("a key that is there", 1)
		deferred, err := outbox.Conclude(claim(t, x, "one"), outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope}, occasion())
		if err != nil {
			t.Fatal(err)
		}
		save(t, x, deferred)
		count("deferred", 2)
	})
}
