package schedule_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/schedule"
)

func london(t testing.TB) *time.Location {
	t.Helper()
	where, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func TestWhatIsOwedAfterAnOutage(t *testing.T) {
	where := london(t)
	at := func(text string) time.Time { return moment(t, text).In(where) }
	hours := "0 7-18 * * 1-5"
	rows := []struct {
		name      string
		spec      string
		missed    schedule.Missed
		oldest    time.Duration
		last, now string
		runs      []string
		lapses    map[schedule.Why][]string
		gap       time.Duration
	}{
		{name: "nothing yet", spec: hours, last: "2026-03-02 08:00", now: "2026-03-02 08:59"},
		{name: "on the minute", spec: hours, last: "2026-03-02 08:00", now: "2026-03-02 09:00", runs: []string{"2026-03-02 09:00"}},
		{name: "never begun", spec: hours, now: "2026-03-02 09:00"},
		{
			name: "a morning, the newest", spec: hours, last: "2026-03-02 08:00", now: "2026-03-02 11:30", runs: []string{"2026-03-02 11:00"},
			lapses: map[schedule.Why][]string{schedule.Covered: {"2026-03-02 09:00", "2026-03-02 10:00"}},
		},
		{name: "a morning, each", spec: hours, missed: schedule.All, last: "2026-03-02 08:00", now: "2026-03-02 10:30", runs: []string{"2026-03-02 09:00", "2026-03-02 10:00"}},
		{
			name: "a morning, none", spec: hours, missed: schedule.Skip, last: "2026-03-02 08:00", now: "2026-03-02 10:30",
			lapses: map[schedule.Why][]string{schedule.Skipped: {"2026-03-02 09:00", "2026-03-02 10:00"}},
		},
		{
			name: "a digest that nobody wants in the afternoon", spec: "0 7 * * *", oldest: 4 * time.Hour, last: "2026-03-01 07:00", now: "2026-03-02 13:00",
			lapses: map[schedule.Why][]string{schedule.TooLate: {"2026-03-02 07:00"}},
		},
		{
			name: "each, as far as useful", spec: "0 7 * * *", missed: schedule.All, oldest: 30 * time.Hour, last: "2026-03-28 07:00", now: "2026-03-31 08:00",
			runs:   []string{"2026-03-30 07:00", "2026-03-31 07:00"},
			lapses: map[schedule.Why][]string{schedule.TooLate: {"2026-03-29 07:00"}},
		},
		{
			name: "a fortnight", spec: "0 7 * * 1", last: "2026-03-02 07:00", now: "2026-03-17 07:00", runs: []string{"2026-03-16 07:00"},
			lapses: map[schedule.Why][]string{schedule.TooLate: {"2026-03-09 07:00"}},
		},
		{
			name: "more than eight days", spec: "0 7 * * 1", last: "2026-03-02 07:00", now: "2026-03-17 08:00",
			lapses: map[schedule.Why][]string{schedule.TooLate: {"2026-03-09 07:00", "2026-03-16 07:00"}}, gap: 8*24*time.Hour + time.Hour,
		},
		{name: "a monthly run on time is no gap", spec: "0 7 1 * *", last: "2026-03-01 07:00", now: "2026-04-01 07:00", runs: []string{"2026-04-01 07:00"}},
	}
	for _, row := range rows {
		s := schedule.Schedule{Name: "s", Spec: spec(t, row.spec), Missed: row.missed, Oldest: row.oldest}
		var past schedule.Past
		if row.last != "" {
			past.Last = moment(t, row.last)
		}
		runs, note := schedule.Owed(s, past, at(row.now), where)
		var nominals []string
		for _, run := range runs {
			nominals = append(nominals, run.Nominal.String())
			if want := at(row.now).Sub(run.Nominal.In(where)); run.LateBy != want || run.Late != (want > 2*time.Minute) {
				t.Errorf("%s: %+v, want late by %v", row.name, run, want)
			}
		}
		lapses := map[schedule.Why][]string{}
		for _, l := range note.Lapses {
			lapses[l.Why] = append(lapses[l.Why], l.Nominal.String())
		}
		if row.lapses == nil {
			row.lapses = map[schedule.Why][]string{}
		}
		if diff := cmp.Diff(row.runs, nominals) + cmp.Diff(row.lapses, lapses); diff != "" || note.Gap != row.gap || note.More {
			t.Errorf("%s: %s%+v", row.name, diff, note)
		}
	}
}

// record plays whoever keeps the record: it claims, and knows what ran.
type record struct {
	where *time.Location
	s     schedule.Schedule
	rows  map[schedule.Moment]row
	order []schedule.Moment
	held  bool // late runs across a gap are held, as the daemon does
}

type row struct {
	state schedule.State
	ahead bool
}

func begin(s schedule.Schedule, where *time.Location, at schedule.Moment) *record {
	return &record{where: where, s: s, rows: map[schedule.Moment]row{at: {state: schedule.Begun}}}
}

func (r *record) past(now time.Time) schedule.Past {
	var p schedule.Past
	today := schedule.MomentOf(now, r.where)
	for m, was := range r.rows {
		if m > today {
			r.rows[m] = row{was.state, true}
			p.Ahead = max(p.Ahead, m)
		} else if !was.ahead {
			p.Last = max(p.Last, m)
		}
	}
	if p.Last == 0 {
		r.lapse(today-1, schedule.Begun)
	}
	return p
}

func (r *record) lapse(m schedule.Moment, state schedule.State) {
	if was, known := r.rows[m]; known {
		state = was.state
	}
	r.rows[m] = row{state: state}
}

func (r *record) claim(m schedule.Moment) bool {
	was, known := r.rows[m]
	if known && was.state == schedule.Done {
		r.rows[m] = row{state: schedule.Done}
		return false
	}
	r.rows[m] = row{state: schedule.Done}
	r.order = append(r.order, m)
	return true
}

// look does what is owed, and gives what it ran.
func (r *record) look(now time.Time) []schedule.Run {
	var ran []schedule.Run
	for more := true; more; {
		runs, note := schedule.Owed(r.s, r.past(now), now, r.where)
		for _, l := range note.Lapses {
			r.lapse(l.Nominal, schedule.Lapsed)
		}
		for _, run := range runs {
			if r.held && note.Gap > 0 && run.Late {
				r.lapse(run.Nominal, schedule.Lapsed)
			} else if r.claim(run.Nominal) {
				ran = append(ran, run)
			}
		}
		more = note.More
	}
	return ran
}

// expected is every moment after the first up to the last.
func expected(s schedule.Spec, first, last schedule.Moment) []schedule.Moment {
	var all []schedule.Moment
	for m := s.Next(first); m != 0 && m <= last; m = s.Next(m) {
		all = append(all, m)
	}
	return all
}

func specs() []string {
	return []string{
		"0 7 * * 1-5", "0 7-18 * * 1-5", "30 0 * * *", "0 2 * * *", "59 23 * * *", "@daily", "@weekly", "@monthly",
		"0 0,2-23 * * *", "*/7 0,2,3 * * *", "15 9 1,15 * *", "5 6 * MAR,OCT SUN", "0 3 25 10 *", "0 0 29 3 *",
	}
}

// TestEveryMomentOfAYearFiresOnce looks every hour of 365 days, over both
// changes of the clock.
func TestEveryMomentOfAYearFiresOnce(t *testing.T) {
	where := london(t)
	for _, text := range specs() {
		s := schedule.Schedule{Name: "s", Spec: spec(t, text), Missed: schedule.All}
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, where)
		r := begin(s, where, schedule.MomentOf(start, where))
		now := start
		for range 365 * 24 {
			now = now.Add(time.Hour)
			for _, run := range r.look(now) {
				if run.LateBy < 0 || run.LateBy >= time.Hour {
					t.Fatalf("%s: %s runs at %s", text, run.Nominal, now)
				}
			}
		}
		want := expected(s.Spec, schedule.MomentOf(start, where), schedule.MomentOf(now, where))
		if diff := cmp.Diff(want, r.order); diff != "" || len(want) == 0 {
			t.Errorf("%s: %d moments, %s", text, len(want), diff)
		}
	}
}

// TestAnOutageLosesNothing: whatever the steps between two looks, each moment
// is run, in order and never early, or lapses as the policy says.
func TestAnOutageLosesNothing(t *testing.T) {
	where := london(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(specs()).Draw(t, "spec")
		parsed, err := schedule.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		s := schedule.Schedule{
			Name: "s", Spec: parsed, Missed: rapid.SampledFrom([]schedule.Missed{schedule.Latest, schedule.All, schedule.Skip}).Draw(t, "missed"),
			Oldest: time.Duration(rapid.IntRange(1, 24*40).Draw(t, "oldest")) * time.Hour,
		}
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, where).Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "start")) * time.Minute)
		r := begin(s, where, schedule.MomentOf(start, where))
		now := start
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			step := rapid.OneOf(rapid.IntRange(1, 3), rapid.IntRange(1, 600), rapid.IntRange(600, 20*24*60)).Draw(t, "minutes")
			now = now.Add(time.Duration(step) * time.Minute)
			checkLook(t, s, r.look(now), now, where)
		}
		want := expected(s.Spec, schedule.MomentOf(start, where), schedule.MomentOf(now, where))
		for _, m := range want {
			was, known := r.rows[m]
			if !known && len(want) < 400 {
				t.Fatalf("%s: %s was forgotten", text, m)
			}
			if known && s.Missed == schedule.All && was.state == schedule.Lapsed && now.Sub(m.In(where)) <= s.Oldest {
				t.Fatalf("%s: %s lapsed too soon", text, m)
			}
		}
		for m, was := range r.rows {
			if was.state != schedule.Begun && !slices.Contains(want, m) {
				t.Fatalf("%s: %s is on record and never fires", text, m)
			}
		}
		if !slices.IsSorted(r.order) || len(slices.Compact(slices.Clone(r.order))) != len(r.order) {
			t.Fatalf("%s: out of order or twice: %v", text, r.order)
		}
	})
}

func checkLook(t *rapid.T, s schedule.Schedule, ran []schedule.Run, now time.Time, where *time.Location) {
	if s.Missed != schedule.All && len(ran) > 1 {
		t.Fatalf("%s made %d runs at once", s.Missed, len(ran))
	}
	for _, run := range ran {
		late := now.Sub(run.Nominal.In(where))
		if late < 0 || late > s.Oldest || late != run.LateBy {
			t.Fatalf("%s ran at %s as %+v", run.Nominal, now, run)
		}
		if s.Missed == schedule.Skip && run.Late {
			t.Fatalf("%s was made up for at %s", run.Nominal, now)
		}
	}
}

// TestAClockThatIsWrongRunsNothingTwice: it jumps back and ahead, by minutes or
// a year, and is put right; no moment is ever run twice, and once it is right
// every moment is run on time unless it was run already.
func TestAClockThatIsWrongRunsNothingTwice(t *testing.T) {
	where := london(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(specs()).Draw(t, "spec")
		parsed, err := schedule.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		s := schedule.Schedule{Name: "s", Spec: parsed, Missed: rapid.SampledFrom([]schedule.Missed{schedule.Latest, schedule.All, schedule.Skip}).Draw(t, "missed")}
		now := time.Date(2026, 3, 20, 6, 0, 0, 0, where)
		r := begin(s, where, schedule.MomentOf(now, where))
		r.held = true
		for range rapid.IntRange(1, 8).Draw(t, "jumps") {
			jump := rapid.OneOf(rapid.IntRange(-600, 600), rapid.IntRange(-500*24*60, 500*24*60)).Draw(t, "jump")
			wrong := now.Add(time.Duration(jump) * time.Minute)
			flood := r.look(wrong)
			if jump > 30*24*60 && len(flood) > 1 {
				t.Fatalf("a clock %d minutes ahead made %d runs", jump, len(flood))
			}
			r.look(wrong.Add(time.Hour))
			now = now.Add(time.Duration(rapid.IntRange(1, 5000).Draw(t, "later")) * time.Minute)
			r.look(now)
		}
		// From here on the clock is right.
		from := schedule.MomentOf(now, where)
		done := map[schedule.Moment]bool{}
		for _, m := range r.order {
			done[m] = true
		}
		for _, m := range expected(s.Spec, from, from+4*24*60) {
			r.look(m.In(where))
			if r.rows[m].state != schedule.Done {
				t.Fatalf("%s: %s is %q after the clock was put right; run before: %v", text, m, r.rows[m].state, done[m])
			}
		}
		sorted := slices.Sorted(slices.Values(r.order))
		if len(slices.Compact(sorted)) != len(r.order) {
			t.Fatalf("%s ran twice: %v", text, r.order)
		}
	})
}

func TestAWrongClockIsTold(t *testing.T) {
	where := london(t)
	s := schedule.Schedule{Name: "s", Spec: spec(t, "0 7 * * *")}
	now := time.Date(2026, 3, 20, 8, 0, 0, 0, where)
	ahead := moment(t, "2027-03-20 07:00")
	if _, note := schedule.Owed(s, schedule.Past{Last: moment(t, "2026-03-20 07:00"), Ahead: ahead}, now, where); note.Ahead != ahead {
		t.Errorf("%+v", note)
	}
	if _, note := schedule.Owed(s, schedule.Past{Last: moment(t, "2026-03-20 07:00"), Ahead: moment(t, "2026-03-20 08:04")}, now, where); note.Ahead != 0 {
		t.Errorf("a small correction is told: %+v", note)
	}
	runs, note := schedule.Owed(s, schedule.Past{Last: moment(t, "2025-03-20 07:00")}, now, where)
	if note.Gap != 364*24*time.Hour+time.Hour || len(runs) != 1 || len(note.Lapses) != 364 {
		t.Errorf("%d runs, %d lapses, gap %v", len(runs), len(note.Lapses), note.Gap)
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	where := london(t)
	now := time.Date(2026, 3, 20, 8, 0, 0, 0, where)
	s := schedule.Schedule{Name: "s", Spec: spec(t, "* 0,2-23 * * *"), Missed: schedule.All}
	runs, note := schedule.Owed(s, schedule.Past{Last: moment(t, "1990-01-01 00:00")}, now, where)
	if len(runs) != 400 || !note.More || len(note.Lapses) != 400 || note.Unlisted < 300_000 {
		t.Errorf("%d runs, more %v, %d lapses and %d", len(runs), note.More, len(note.Lapses), note.Unlisted)
	}
	if first := runs[0]; first.LateBy > 24*time.Hour || first.LateBy < 24*time.Hour-time.Hour {
		t.Errorf("the first run is late by %v", first.LateBy)
	}
}

func TestAFailedRunIsTriedThreeTimesMore(t *testing.T) {
	at := time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)
	for tries, want := range map[int]time.Duration{1: time.Minute, 2: 5 * time.Minute, 3: 15 * time.Minute} {
		again, ok := schedule.Record{State: schedule.Failed, Tries: tries, Ended: at}.RetryAt()
		if !ok || again.Sub(at) != want {
			t.Errorf("after %d: %v %v", tries, again.Sub(at), ok)
		}
	}
	for _, r := range []schedule.Record{{State: schedule.Failed, Tries: 4}, {State: schedule.Done, Tries: 1}, {State: schedule.Running, Tries: 1}, {State: schedule.Lapsed}} {
		if _, ok := r.RetryAt(); ok {
			t.Errorf("%+v is tried again", r)
		}
	}
}

// BenchmarkYear computes every moment of six schedules over a year.
func BenchmarkYear(b *testing.B) {
	where := london(b)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, where)
	var six []schedule.Schedule
	for _, text := range []string{"0 7-18 * * 1-5", "0 7 * * 1-5", "30 6 * * *", "@weekly", "*/15 7-18 * * *", "0 9 1 * *"} {
		six = append(six, schedule.Schedule{Name: text, Spec: spec(b, text), Missed: schedule.All})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range six {
			last := schedule.MomentOf(start, where)
			for day := 1; day <= 365; day++ {
				runs, _ := schedule.Owed(s, schedule.Past{Last: last}, start.AddDate(0, 0, day), where)
				if len(runs) > 0 {
					last = runs[len(runs)-1].Nominal
				}
			}
		}
	}
}
