package schedules_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/schedules"
	"github.com/pepost/pepost/internal/store/storetest"
)

func at() time.Time { return time.Date(2026, 3, 2, 7, 0, 1, 0, time.UTC) }

func moment(t *testing.T, text string) schedule.Moment {
	t.Helper()
	m, err := schedule.ParseMoment(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bench is a record and what a test does with it.
type bench struct {
	t *testing.T
	x *schedules.Schedules
}

func each(t *testing.T, run func(b bench)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) { run(bench{t, schedules.New(storetest.Open(t, o))}) })
}

func (b bench) m(text string) schedule.Moment { return moment(b.t, text) }

func (b bench) claim(nominal, owner string, want bool) {
	b.t.Helper()
	if got, err := b.x.Claim(b.t.Context(), "digest", b.m(nominal), owner, at()); err != nil || got != want {
		b.t.Errorf("claiming %s for %s: %v %v, want %v", nominal, owner, got, err, want)
	}
}

func (b bench) finish(nominal, owner string, state schedule.State) {
	b.t.Helper()
	if err := b.x.Finish(b.t.Context(), "digest", b.m(nominal), owner, at().Add(time.Second), state, "a note"); err != nil {
		b.t.Error(err)
	}
}

func (b bench) lapse(nominal string) {
	b.t.Helper()
	if err := b.x.Lapse(b.t.Context(), "digest", b.m(nominal), "first", at(), schedule.TooLate); err != nil {
		b.t.Error(err)
	}
}

func (b bench) past(now string) (last, ahead string) {
	b.t.Helper()
	p, err := b.x.Past(b.t.Context(), "digest", b.m(now))
	if err != nil {
		b.t.Fatal(err)
	}
	return p.Last.String(), p.Ahead.String()
}

func (b bench) wantPast(now, last, ahead string) {
	b.t.Helper()
	if gotLast, gotAhead := b.past(now); gotLast != last || gotAhead != ahead {
		b.t.Errorf("at %s: last %s and ahead %s, want %s and %s", now, gotLast, gotAhead, last, ahead)
	}
}

func (b bench) states() map[string]schedule.State {
	b.t.Helper()
	all, err := b.x.List(b.t.Context(), 1)
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]schedule.State{}
	for _, r := range all {
		out[r.Nominal.String()] = r.State
	}
	return out
}

func TestARunIsTheFirstsToClaim(t *testing.T) {
	each(t, func(b bench) {
		b.claim("2026-03-02 07:00", "first", true)
		b.claim("2026-03-02 07:00", "second", false)
		b.claim("2026-03-02 07:00", "first", false)
		b.finish("2026-03-02 07:00", "first", schedule.Done)
		b.claim("2026-03-02 07:00", "second", false)
		b.claim("2026-03-03 07:00", "second", true)
		all, err := b.x.List(t.Context(), b.m("2026-03-02 07:00"))
		want := []schedule.Record{
			{Schedule: "digest", Nominal: b.m("2026-03-02 07:00"), State: schedule.Done, Tries: 1, Started: at(), Ended: at().Add(time.Second), Owner: "first", Note: "a note"},
			{Schedule: "digest", Nominal: b.m("2026-03-03 07:00"), State: schedule.Running, Tries: 1, Started: at(), Owner: "second"},
		}
		if diff := cmp.Diff(want, all); diff != "" || err != nil {
			b.t.Errorf("%s%v", diff, err)
		}
		if later, err := b.x.List(t.Context(), b.m("2026-03-02 07:01")); err != nil || len(later) != 1 {
			b.t.Errorf("%v %v", later, err)
		}
	})
}

func TestOfManyWhoClaimAtOnceOneWins(t *testing.T) {
	each(t, func(b bench) {
		const moments = 20
		var won [moments]atomic.Int32
		var all sync.WaitGroup
		for _, owner := range []string{"first", "second", "third"} {
			all.Go(func() {
				for i := range moments {
					ok, err := b.x.Claim(context.Background(), "digest", schedule.Moment(100+i), owner, at())
					if err != nil {
						b.t.Error(err)
					}
					if ok {
						won[i].Add(1)
					}
				}
			})
		}
		all.Wait()
		for i := range won {
			if n := won[i].Load(); n != 1 {
				b.t.Errorf("moment %d was claimed %d times", i, n)
			}
		}
	})
}

func TestTheFirstLookRecordsABeginning(t *testing.T) {
	each(t, func(b bench) {
		b.wantPast("2026-03-02 07:00", "never", "never")
		b.wantPast("2026-03-02 07:00", "2026-03-02 06:59", "never")
		b.claim("2026-03-02 07:00", "first", true)
		b.wantPast("2026-03-02 07:00", "2026-03-02 07:00", "never")
		if diff := cmp.Diff(map[string]schedule.State{"2026-03-02 06:59": schedule.Begun, "2026-03-02 07:00": schedule.Running}, b.states()); diff != "" {
			b.t.Error(diff)
		}
	})
}

func TestWhatAClockAheadRecordedHoldsNothingUp(t *testing.T) {
	each(t, func(b bench) {
		b.claim("2026-03-02 07:00", "first", true)
		b.claim("2027-03-02 07:00", "first", true) // the clock was a year ahead
		b.lapse("2027-03-03 07:00")
		b.wantPast("2027-03-03 08:00", "2027-03-03 07:00", "never")
		b.wantPast("2026-03-02 09:00", "2026-03-02 07:00", "2027-03-03 07:00") // it was put right
		b.wantPast("2027-03-03 08:00", "2026-03-02 07:00", "never")            // and the year has passed
		b.claim("2027-03-02 07:00", "first", false)
		b.claim("2027-03-03 07:00", "first", true)
		b.wantPast("2027-03-03 08:00", "2027-03-03 07:00", "never")
	})
}

func TestWhatWasClaimedOnceCountsAgainWhenItsTimeHasCome(t *testing.T) {
	each(t, func(b bench) {
		b.claim("2026-03-02 07:00", "first", true)
		b.claim("2026-03-02 09:00", "first", true)
		b.wantPast("2026-03-02 08:00", "2026-03-02 07:00", "2026-03-02 09:00")
		b.wantPast("2026-03-02 10:00", "2026-03-02 07:00", "never")
		b.claim("2026-03-02 09:00", "second", false)
		b.wantPast("2026-03-02 10:00", "2026-03-02 09:00", "never")
	})
}

func TestALapseTakesNothingBack(t *testing.T) {
	each(t, func(b bench) {
		b.claim("2026-03-02 07:00", "first", true)
		b.lapse("2026-03-02 07:00")
		b.lapse("2026-03-03 07:00")
		if diff := cmp.Diff(map[string]schedule.State{"2026-03-02 07:00": schedule.Running, "2026-03-03 07:00": schedule.Lapsed}, b.states()); diff != "" {
			b.t.Error(diff)
		}
		b.finish("2026-03-02 07:00", "first", schedule.Done)
	})
}

func TestAFailedRunIsTriedAgainByOne(t *testing.T) {
	each(t, func(b bench) {
		b.claim("2026-03-02 07:00", "first", true)
		b.finish("2026-03-02 07:00", "first", schedule.Failed)
		failed, err := b.x.Failed(t.Context(), "digest", b.m("2026-03-02 07:00"))
		if err != nil || len(failed) != 1 || failed[0].Tries != 1 {
			b.t.Fatalf("%v %v", failed, err)
		}
		if none, err := b.x.Failed(t.Context(), "digest", b.m("2026-03-02 07:01")); err != nil || len(none) != 0 {
			b.t.Errorf("%v %v", none, err)
		}
		for i, want := range []bool{true, false} {
			if ok, err := b.x.Retry(t.Context(), failed[0], "second", at()); err != nil || ok != want {
				b.t.Errorf("retry %d: %v %v", i, ok, err)
			}
		}
		if err := b.x.Finish(t.Context(), "digest", failed[0].Nominal, "first", at(), schedule.Done, ""); !errors.Is(err, schedules.ErrLost) {
			b.t.Errorf("who lost it ends it: %v", err)
		}
		b.finish("2026-03-02 07:00", "second", schedule.Done)
	})
}

// TestARunThatADeadProcessLeftIsMadeAgain: on SQLite the lock proves that the
// other process is dead, on PostgreSQL the end of its session.
func TestARunThatADeadProcessLeftIsMadeAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		first, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		b := bench{t, schedules.New(first)}
		b.claim("2026-03-02 07:00", "first", true)
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		b.x = schedules.New(storetest.Open(t, o))
		recovered, err := b.x.Recover(t.Context(), "second")
		if err != nil || len(recovered) != 1 {
			t.Fatalf("%v %v", recovered, err)
		}
		if again, ok := recovered[0].RetryAt(); !ok || again != at().Add(time.Minute) {
			t.Errorf("again at %v %v", again, ok)
		}
		if ok, err := b.x.Retry(t.Context(), recovered[0], "second", at()); err != nil || !ok {
			t.Errorf("%v %v", ok, err)
		}
	})
}

func TestARunOfALivingProcessIsLeftAlone(t *testing.T) {
	o := storetest.Postgres(t)
	one, other := bench{t, schedules.New(storetest.Open(t, o))}, bench{t, schedules.New(storetest.Open(t, o))}
	one.claim("2026-03-02 07:00", "first", true)
	if recovered, err := other.x.Recover(t.Context(), "second"); err != nil || len(recovered) != 0 {
		t.Errorf("%v %v", recovered, err)
	}
	if recovered, err := one.x.Recover(t.Context(), "first"); err != nil || len(recovered) != 1 {
		t.Errorf("its own, whose end it could not record: %v %v", recovered, err)
	}
}
