package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/schedule"
)

func london(t *testing.T) *time.Location {
	t.Helper()
	where, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func daily(t *testing.T, name, spec string) schedule.Schedule {
	t.Helper()
	parsed, err := schedule.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return schedule.Schedule{Name: name, Spec: parsed}
}

// memory is a record of runs that several daemons of a test share.
type memory struct {
	mu    sync.Mutex
	rows  map[string]map[schedule.Moment]*schedule.Record
	ahead map[string]map[schedule.Moment]bool
	open  int // records that run or failed
	err   error
}

func newMemory() *memory {
	return &memory{rows: map[string]map[schedule.Moment]*schedule.Record{}, ahead: map[string]map[schedule.Moment]bool{}}
}

func (m *memory) of(name string) map[schedule.Moment]*schedule.Record {
	if m.rows[name] == nil {
		m.rows[name], m.ahead[name] = map[schedule.Moment]*schedule.Record{}, map[schedule.Moment]bool{}
	}
	return m.rows[name]
}

func (m *memory) Past(_ context.Context, name string, now schedule.Moment) (p schedule.Past, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for at := range m.of(name) {
		if at > now {
			m.ahead[name][at] = true
			p.Ahead = max(p.Ahead, at)
		} else if !m.ahead[name][at] {
			p.Last = max(p.Last, at)
		}
	}
	if p.Last == 0 {
		m.put(name, now-1, schedule.Record{State: schedule.Begun})
	}
	return p, m.err
}

func (m *memory) put(name string, at schedule.Moment, r schedule.Record) {
	r.Schedule, r.Nominal = name, at
	if m.of(name)[at] == nil {
		m.rows[name][at] = &r
	}
	delete(m.ahead[name], at)
}

func (m *memory) Claim(_ context.Context, name string, at schedule.Moment, owner string, now time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if was := m.of(name)[at]; was != nil && was.Tries > 0 {
		delete(m.ahead[name], at)
		return false, m.err
	}
	delete(m.rows[name], at)
	m.put(name, at, schedule.Record{State: schedule.Running, Tries: 1, Owner: owner, Started: now})
	m.open++
	return true, m.err
}

func (m *memory) Finish(ctx context.Context, name string, at schedule.Moment, owner string, now time.Time, state schedule.State, note string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(name)[at]
	if r.State != schedule.Running || r.Owner != owner || ctx.Err() != nil {
		return errors.New("not yours")
	}
	r.State, r.Ended, r.Note = state, now, note
	if state == schedule.Done {
		m.open--
	}
	return m.err
}

func (m *memory) Lapse(_ context.Context, name string, at schedule.Moment, owner string, now time.Time, why schedule.Why) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(name, at, schedule.Record{State: schedule.Lapsed, Owner: owner, Ended: now, Note: string(why)})
	return m.err
}

func (m *memory) Failed(_ context.Context, name string, since schedule.Moment) (all []schedule.Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == 0 {
		return nil, m.err
	}
	for _, at := range slices.Sorted(maps.Keys(m.of(name))) {
		if r := m.rows[name][at]; r.State == schedule.Failed && at >= since {
			all = append(all, *r)
		}
	}
	return all, m.err
}

func (m *memory) Retry(_ context.Context, failed schedule.Record, owner string, now time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(failed.Schedule)[failed.Nominal]
	if r.State != schedule.Failed || r.Tries != failed.Tries {
		return false, m.err
	}
	r.State, r.Owner, r.Started, r.Tries = schedule.Running, owner, now, r.Tries+1
	return true, m.err
}

func (m *memory) Recover(_ context.Context, owner string) (all []schedule.Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == 0 {
		return nil, m.err
	}
	for _, rows := range m.rows {
		for _, r := range rows {
			if r.State == schedule.Running && (r.Owner == owner || strings.HasPrefix(r.Owner, "dead")) {
				r.State, r.Ended = schedule.Failed, r.Started
				all = append(all, *r)
			}
		}
	}
	return all, m.err
}

// journal is what ran, each with the moment at which it began.
type journal struct {
	mu  sync.Mutex
	ran []string
}

func (j *journal) write(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ran = append(j.ran, fmt.Sprintf(format, args...))
}

// bench is a daemon's clock in a bubble of stepped time that begins at a
// moment of choice.
type bench struct {
	t     *testing.T
	where *time.Location
	runs  *memory
	text  *strings.Builder
	jobs  []Job
	start time.Time
	shift *atomic.Int64 // from the bubble's clock to the one of choice
	every time.Duration
}

func newBench(t *testing.T, start string) *bench {
	where := london(t)
	at, err := time.ParseInLocation("2006-01-02 15:04", start, where)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, where: where, runs: newMemory(), text: &strings.Builder{}, start: at, shift: &atomic.Int64{}, every: time.Minute}
	b.jump(time.Until(at))
	return b
}

func (b *bench) now() time.Time { return time.Now().Add(time.Duration(b.shift.Load())).In(b.where) }

func (b *bench) jump(by time.Duration) { b.shift.Add(int64(by)) }

// play lets a daemon of a name keep time for so long.
func (b *bench) play(owner string, length time.Duration) {
	ctx, stop := context.WithTimeout(b.t.Context(), length)
	defer stop()
	Service{
		Runs: b.runs, Owner: owner, Where: b.where, Now: b.now, LookEvery: b.every, Schedules: b.jobs,
		Log: slog.New(slog.NewTextHandler(b.text, nil)),
	}.keepTime(ctx)
}

func (b *bench) states(name string) map[string]schedule.State {
	all := map[string]schedule.State{}
	for at, r := range b.runs.rows[name] {
		if r.State != schedule.Begun {
			all[at.String()] = r.State
		}
	}
	return all
}

// TestAYearOfTwoDaemonsRunsEachMomentOnce: over both changes of the clock, each
// run begins with its minute.
func TestAYearOfTwoDaemonsRunsEachMomentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-01-01 00:00")
		b.every = 3 * time.Hour // the moments themselves wake them
		var did journal
		want := []string{}
		for _, spec := range []string{"0 7 * * 1-5", "30 0 * * *", "0 2 * * *", "@monthly"} {
			s := daily(t, spec, spec)
			b.jobs = append(b.jobs, Job{s, func(_ context.Context, run schedule.Run) error {
				if run.Late || run.LateBy != 0 || b.now().Format("2006-01-02 15:04:05") != run.Nominal.String()+":00" {
					t.Errorf("%s runs %s at %s", spec, run.Nominal, b.now())
				}
				did.write("%s %s", spec, run.Nominal)
				return nil
			}})
			end := schedule.MomentOf(b.start.AddDate(1, 0, 0), b.where)
			for m := s.Spec.Next(schedule.MomentOf(b.start, b.where) - 1); m < end; m = s.Spec.Next(m) {
				want = append(want, fmt.Sprintf("%s %s", spec, m))
			}
		}
		length := b.start.AddDate(1, 0, 0).Sub(b.start) - time.Minute
		var both sync.WaitGroup
		for _, owner := range []string{"first", "second"} {
			both.Go(func() { quietly(b, owner, length) })
		}
		both.Wait()
		slices.Sort(want)
		slices.Sort(did.ran)
		if diff := cmp.Diff(want, did.ran); diff != "" || len(want) != 261+365+365+12 {
			t.Errorf("%d wanted: %s", len(want), diff)
		}
	})
}

// quietly plays without a log, which two daemons of a test cannot share.
func quietly(b *bench, owner string, length time.Duration) {
	alone := *b
	alone.text = &strings.Builder{}
	alone.play(owner, length)
}

func TestAFailedRunIsTriedAgainAndThenGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 06:55")
		var did journal
		b.jobs = []Job{{daily(t, "digest", "0 7 * * *"), func(context.Context, schedule.Run) error {
			did.write("%s", b.now().Format("15:04"))
			if len(did.ran) == 2 {
				panic("a child's name")
			}
			return errors.New("the disk is full")
		}}}
		b.play("first", 3*time.Hour)
		if diff := cmp.Diff([]string{"07:00", "07:01", "07:06", "07:21"}, did.ran); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]schedule.State{"2026-03-02 07:00": schedule.Failed}, b.states("digest")); diff != "" {
			t.Error(diff)
		}
		log := b.text.String()
		if strings.Count(log, "tried again") != 3 || strings.Count(log, "failed for good") != 1 || !strings.Contains(log, "the disk is full") || strings.Contains(log, "child") {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestNoRetryOutlivesItsUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 06:55")
		var did journal
		job := Job{daily(t, "digest", "0 7 * * *"), func(context.Context, schedule.Run) error {
			did.write("%s", b.now().Format("15:04"))
			return errors.New("the disk is full")
		}}
		job.Oldest = 10 * time.Minute
		b.jobs = []Job{job}
		b.play("first", 3*time.Hour)
		if diff := cmp.Diff([]string{"07:00", "07:01", "07:06"}, did.ran); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAMorningOffIsMadeUpForOnceAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 06:55")
		var did journal
		b.jobs = []Job{{daily(t, "forms", "0 7-18 * * *"), func(_ context.Context, run schedule.Run) error {
			did.write("%s late %v by %v", run.Nominal, run.Late, run.LateBy)
			return nil
		}}}
		b.play("first", 30*time.Minute)
		time.Sleep(3 * time.Hour)
		b.play("second", 20*time.Minute)
		want := []string{"2026-03-02 07:00 late false by 0s", "2026-03-02 10:00 late true by 25m0s"}
		if diff := cmp.Diff(want, did.ran); diff != "" {
			t.Error(diff)
		}
		if log := b.text.String(); !strings.Contains(log, "scheduled runs lapsed") || !strings.Contains(log, "runs=2") || !strings.Contains(log, "late=25m0s") {
			t.Errorf("log:\n%s", log)
		}
	})
}

// TestAMachineThatSleptLooksWithinAMinute: the clock on the wall ran on while
// the timer stood still.
func TestAMachineThatSleptLooksWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 04:00")
		var did journal
		b.jobs = []Job{{daily(t, "digest", "0 7 * * *"), func(_ context.Context, run schedule.Run) error {
			did.write("%v", run.LateBy <= time.Hour+time.Minute)
			return nil
		}}}
		go func() {
			time.Sleep(10*time.Minute + 10*time.Second)
			b.jump(4*time.Hour - 10*time.Minute)
		}()
		b.play("first", 12*time.Minute)
		if diff := cmp.Diff([]string{"true"}, did.ran); diff != "" {
			t.Error(diff)
		}
	})
}

// TestAClockAYearAheadFloodsNobodyAndHoldsNothingUp: it is ahead for an hour
// and put right.
func TestAClockAYearAheadFloodsNobodyAndHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 07:30")
		var did journal
		job := Job{daily(t, "digest", "0 7,8,10 * * *"), func(_ context.Context, run schedule.Run) error {
			did.write("%s", run.Nominal)
			return nil
		}}
		job.Missed = schedule.All
		b.jobs = []Job{job}
		b.play("first", time.Hour)
		year := 365*24*time.Hour - 40*time.Minute
		b.jump(year)
		b.play("second", 20*time.Minute) // it is ten to eight, in a year
		b.jump(-year)
		b.play("third", 3*time.Hour)
		if diff := cmp.Diff([]string{"2026-03-02 08:00", "2027-03-02 08:00", "2026-03-02 10:00"}, did.ran); diff != "" {
			t.Error(diff)
		}
		log := b.text.String()
		for _, told := range []string{"the clock may be wrong", "that the clock may be wrong: late runs are held", "runs are on record ahead of now", "newest=\"2027-03-02 08:00\""} {
			if !strings.Contains(log, told) {
				t.Errorf("%q is not told:\n%s", told, log)
			}
		}
		if n := strings.Count(log, "ahead of now"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

func TestWhatAStopBrokeOffIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 06:59")
		var did journal
		b.jobs = []Job{{daily(t, "digest", "0 7 * * *"), func(ctx context.Context, run schedule.Run) error {
			did.write("%s", run.Nominal)
			if len(did.ran) > 1 {
				return nil
			}
			<-ctx.Done()
			return fmt.Errorf("writing: %w", ctx.Err())
		}}}
		b.play("dead one", 2*time.Minute)
		if diff := cmp.Diff(map[string]schedule.State{"2026-03-02 07:00": schedule.Running}, b.states("digest")); diff != "" {
			t.Error(diff)
		}
		b.play("second", 2*time.Minute)
		if diff := cmp.Diff(map[string]schedule.State{"2026-03-02 07:00": schedule.Done}, b.states("digest")); diff != "" || len(did.ran) != 2 {
			t.Errorf("%s%v", diff, did.ran)
		}
		if log := b.text.String(); strings.Contains(log, "level=ERROR") || !strings.Contains(log, "broken off") || !strings.Contains(log, "left unfinished") {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestARecordThatCannotBeReadIsToldAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "2026-03-02 06:58")
		b.runs.err = errors.New("the database is locked")
		var did journal
		b.jobs = []Job{{daily(t, "digest", "0 7 * * *"), func(context.Context, schedule.Run) error { did.write("x"); return nil }}}
		go func() {
			time.Sleep(90 * time.Second)
			b.runs.mu.Lock()
			defer b.runs.mu.Unlock()
			b.runs.err = nil
		}()
		b.play("first", 5*time.Minute)
		if log := b.text.String(); len(did.ran) != 1 || strings.Count(log, "level=ERROR") != 4 {
			t.Errorf("%v\n%s", did.ran, log)
		}
	})
}

func TestSchedulesThatCannotBeKeptAreRefused(t *testing.T) {
	do := func(context.Context, schedule.Run) error { return nil }
	good := Service{Runs: newMemory(), Owner: "first", Where: time.UTC, Schedules: []Job{{daily(t, "a", "@daily"), do}}}
	if err := good.timed(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Service){
		"no record": func(s *Service) { s.Runs = nil },
		"no owner":  func(s *Service) { s.Owner = "" },
		"no place":  func(s *Service) { s.Where = nil },
		"no name":   func(s *Service) { s.Schedules = []Job{{daily(t, "", "@daily"), do}} },
		"no work":   func(s *Service) { s.Schedules = []Job{{daily(t, "a", "@daily"), nil}} },
		"one twice": func(s *Service) { s.Schedules = []Job{s.Schedules[0], s.Schedules[0]} },
	} {
		s := good
		spoil(&s)
		if s.timed() == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
}
