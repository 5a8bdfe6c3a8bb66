package schedule

import "time"

// Missed is what becomes of runs that fell due while nothing ran.
type Missed string

// The ways to make up for missed runs; the empty one is Latest.
const (
	Latest Missed = "latest" // the newest is run and covers the others
	All    Missed = "all"    // each is run, the oldest first
	Skip   Missed = "skip"   // none is run
)

// Schedule is work that falls due at moments of the civil clock.
type Schedule struct {
	Name   string // as recorded; it never changes
	Spec   Spec
	Missed Missed
	// Oldest is how late a run is still useful; nought means a day.
	Oldest time.Duration
	// Gap is how long the oldest missed run may have waited before the clock
	// is to be doubted rather than the runs made up for; nought means 8 days,
	// more than a week so that a weekly run may be missed once.
	Gap time.Duration
}

const (
	oldestDefault = 24 * time.Hour
	gapDefault    = 8 * 24 * time.Hour
	// onTime is how late a run may begin and count as punctual: a look at the
	// clock is a minute after the last, and may wait for other work.
	onTime = 2 * time.Minute
	// mostRuns and mostLapses bound one answer, so that no clock, however wrong,
	// makes work without end.
	mostRuns   = 400
	mostLapses = 400
	// horizon is how far back missed runs are looked for.
	horizon Moment = 400 * 24 * 60
	// smallStep is by how much a clock may be set back without being told: what
	// time servers correct.
	smallStep Moment = 5
)

// Past is what is on record of a schedule at a moment of now.
type Past struct {
	// Last is the newest nominal moment on record that is not later than now
	// and was never found to be ahead of now.
	Last Moment
	// Ahead is the newest on record that is later, zero where there is none:
	// then the clock was ahead once, or has been set back.
	Ahead Moment
}

// Run is one run that is owed.
type Run struct {
	Nominal Moment
	// Late says that it could not begin on time; LateBy is how long after its
	// moment it begins.
	Late   bool
	LateBy time.Duration
}

// Lapse is a nominal moment that is not run.
type Lapse struct {
	Nominal Moment
	Why     Why
}

// Why is the reason for which a moment is not run.
type Why string

// The reasons.
const (
	TooLate Why = "too late to be useful"
	Covered Why = "covered by a later run"
	Skipped Why = "missed, and not made up for"
	Doubted Why = "missed for so long that the clock may be wrong"
)

// Note is what there is to tell beside the runs.
type Note struct {
	// Lapses are missed moments that are not run, oldest first: the newest of
	// them, at most 400. Unlisted counts the older ones.
	Lapses   []Lapse
	Unlisted int
	// More says that more is owed than was given: what was given comes first.
	More bool
	// Gap, where it is not nought, is how long ago the oldest missed run was
	// due: longer than the schedule allows. The machine was off for long, or
	// its clock has jumped ahead. Late runs are then better held than made.
	Gap time.Duration
	// Ahead is [Past.Ahead] where it is more than a small step ahead of now.
	Ahead Moment
}

// Owed gives what is to be run now, oldest first, and what there is to tell. A
// schedule with nothing on record owes nothing: whoever first looks at it
// records a beginning. Moments that were recorded by a clock that was ahead do
// not hold up those before them; when their time comes they are owed like any
// other, and whoever keeps the record refuses those that were run already.
func Owed(s Schedule, past Past, now time.Time, where *time.Location) ([]Run, Note) {
	today := MomentOf(now, where)
	var note Note
	if past.Ahead > today+smallStep {
		note.Ahead = past.Ahead
	}
	if past.Last == 0 {
		return nil, note
	}
	missed := missedRuns(s.Spec, max(past.Last, today-horizon), now, where)
	if len(missed) == 0 {
		return nil, note
	}
	if waited := missed[0].LateBy; waited > s.gap() {
		note.Gap = waited
	}
	var runs []Run
	for i, run := range missed {
		if why := s.judge(run, i == len(missed)-1); why != "" {
			note.Lapses = append(note.Lapses, Lapse{run.Nominal, why})
		} else {
			runs = append(runs, run)
		}
	}
	if over := len(note.Lapses) - mostLapses; over > 0 {
		note.Lapses, note.Unlisted = note.Lapses[over:], over
	}
	if len(runs) > mostRuns {
		runs, note.More = runs[:mostRuns], true
	}
	return runs, note
}

// missedRuns is every moment after last that has come.
func missedRuns(spec Spec, last Moment, now time.Time, where *time.Location) []Run {
	var all []Run
	for m := spec.Next(last); m != 0; m = spec.Next(m) {
		run := RunAt(m, now, where)
		if run.LateBy < 0 {
			break
		}
		all = append(all, run)
	}
	return all
}

// RunAt is the run of a nominal moment, begun now.
func RunAt(nominal Moment, now time.Time, where *time.Location) Run {
	late := now.Round(0).Sub(nominal.In(where)) // by the wall clock: the other stands still while a machine sleeps
	return Run{Nominal: nominal, Late: late > onTime, LateBy: late}
}

// judge says why a run is not to be made, or nothing where it is.
func (s Schedule) judge(run Run, newest bool) Why {
	switch {
	case run.LateBy > s.oldest():
		return TooLate
	case s.Missed == All:
		return ""
	case s.Missed == Skip && run.Late:
		return Skipped
	case !newest:
		return Covered
	}
	return ""
}

func (s Schedule) oldest() time.Duration {
	if s.Oldest <= 0 {
		return oldestDefault
	}
	return s.Oldest
}

func (s Schedule) gap() time.Duration {
	if s.Gap <= 0 {
		return gapDefault
	}
	return s.Gap
}

// Since is the moment before which no run is useful any more.
func (s Schedule) Since(now time.Time, where *time.Location) Moment {
	return MomentOf(now.Add(-s.oldest()), where)
}

// Useful reports whether a run of a nominal moment is still useful at a time.
func (s Schedule) Useful(nominal Moment, at time.Time, where *time.Location) bool {
	return RunAt(nominal, at, where).LateBy <= s.oldest()
}

// Again chooses, of runs that failed, those to be tried again now, and says
// when the next comes up, zero where none does. Where the newest run covers the
// others only that one is tried.
func (s Schedule) Again(failed []Record, past Past, now time.Time, where *time.Location) (again []Record, next time.Time) {
	for _, r := range failed {
		at, more := r.RetryAt()
		if !more || r.Nominal > MomentOf(now, where) || !s.Useful(r.Nominal, now, where) || s.Missed != All && r.Nominal < past.Last {
			continue
		}
		if !at.After(now) || r.Ended.After(now) { // it ended by a clock that was ahead
			again = append(again, r)
		} else if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return again, next
}

// NextAfter is when the schedule next falls due after now; false where it does
// not within five years.
func (s Schedule) NextAfter(now time.Time, where *time.Location) (time.Time, bool) {
	next := s.Spec.Next(MomentOf(now, where))
	return next.In(where), next != 0
}
