package daemon_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/store/schedules"
	"github.com/pepost/pepost/internal/store/storetest"
)

// TestTwoDaemonsOnOneDatabaseRunEachScheduleOnce steps the clock of both from
// minute to minute.
func TestTwoDaemonsOnOneDatabaseRunEachScheduleOnce(t *testing.T) {
	o := storetest.Postgres(t)
	spec, err := schedule.Parse("* 7 * * *")
	if err != nil {
		t.Fatal(err)
	}
	morning, began := time.Date(2026, 3, 2, 7, 0, 30, 0, time.UTC), time.Now()
	var ahead atomic.Int64
	now := func() time.Time { return morning.Add(time.Since(began) + time.Duration(ahead.Load())) }
	var mu sync.Mutex
	count := map[schedule.Moment]int{}
	ran := make(chan struct{}, 1000)
	service := func(owner string) daemon.Service {
		db, x := open(t, o)
		s, _ := counting(db, x)
		s.Now, s.LookEvery, s.Owner, s.Where, s.Runs = now, 20*time.Millisecond, owner, time.UTC, schedules.New(db)
		s.Schedules = []daemon.Job{{Schedule: schedule.Schedule{Name: "every minute", Spec: spec}, Do: func(_ context.Context, run schedule.Run) error {
			mu.Lock()
			defer mu.Unlock()
			count[run.Nominal]++
			ran <- struct{}{}
			return nil
		}}}
		return s
	}
	first, second := start(t, service("first")), start(t, service("second"))
	const minutes = 8
	soon(t, "the run of the minute under way", ran)
	for range minutes - 1 {
		ahead.Add(int64(time.Minute))
		soon(t, "the run of a minute", ran)
	}
	first.stop()
	second.stop()
	if len(count) != minutes {
		t.Errorf("%d moments ran, want %d", len(count), minutes)
	}
	for at, n := range count {
		if n != 1 {
			t.Errorf("%s ran %d times", at, n)
		}
	}
}
