package daemon

import (
	"context"
	"errors"
	"time"

	"github.com/pepost/pepost/internal/schedule"
)

// Job is work that falls due by the civil clock. Do must do no harm when it is
// done twice, since a process may die at its end; its error is logged, so that
// it names nobody. It ends early, with nothing left half done, when its context
// does.
type Job struct {
	schedule.Schedule
	Do func(context.Context, schedule.Run) error
}

// Runs keeps the record by which each moment of a schedule is run once,
// whatever number of daemons look; package schedules has it in the database.
type Runs interface {
	Past(ctx context.Context, name string, now schedule.Moment) (schedule.Past, error)
	Claim(ctx context.Context, name string, nominal schedule.Moment, owner string, at time.Time) (bool, error)
	Finish(ctx context.Context, name string, nominal schedule.Moment, owner string, at time.Time, state schedule.State, note string) error
	Lapse(ctx context.Context, name string, nominal schedule.Moment, owner string, at time.Time, why schedule.Why) error
	Failed(ctx context.Context, name string, since schedule.Moment) ([]schedule.Record, error)
	Retry(ctx context.Context, failed schedule.Record, owner string, at time.Time) (bool, error)
	Recover(ctx context.Context, owner string) ([]schedule.Record, error)
}

// clock does what the schedules owe, one run after another.
type clock struct {
	Service
	ahead map[string]schedule.Moment // what was told of each schedule
}

// errPanic stands for a panic, whose words may be personal.
var errPanic = errors.New("the work panicked")

// failedNote is all that the record learns of a failure: it is not sealed.
const failedNote = "failed: the log says why"

// keepTime looks at the schedules when one comes due and at least every
// LookEvery, until ctx ends. The wait is by the clock of the service; where
// that clock ran on while the machine slept, or was put right, the next look
// is no further away than LookEvery.
func (s Service) keepTime(ctx context.Context) {
	c := clock{Service: s, ahead: map[string]schedule.Moment{}}
	for ctx.Err() == nil && len(s.Schedules) > 0 {
		wait := s.LookEvery
		if next := c.look(ctx); !next.IsZero() {
			wait = max(0, min(wait, next.Sub(s.Now())))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// look does what is owed and says when something comes up next, zero where that
// is not known.
func (c *clock) look(ctx context.Context) time.Time {
	recovered, err := c.Runs.Recover(ctx, c.Owner)
	c.complain(ctx, err)
	for _, r := range recovered {
		c.Log.Warn("a scheduled run was left unfinished and is made again", "schedule", r.Schedule, "nominal", r.Nominal)
	}
	var next time.Time
	for _, job := range c.Schedules {
		if ctx.Err() != nil {
			break
		}
		at, err := c.attend(ctx, job)
		c.complain(ctx, err)
		if err == nil {
			next = earlier(next, at)
		}
	}
	return next
}

// complain logs an error of the record; once the daemon stops there is none.
func (c *clock) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		c.Log.Error("the record of scheduled runs cannot be used", "error", err)
	}
}

// earlier is the earlier of two moments, of which the zero one is unknown.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// attend does what one schedule owes and says when it comes up next.
func (c *clock) attend(ctx context.Context, job Job) (time.Time, error) {
	for more := true; more && ctx.Err() == nil; {
		now := c.Now()
		past, err := c.Runs.Past(ctx, job.Name, schedule.MomentOf(now, c.Where))
		if err != nil {
			return time.Time{}, err
		}
		runs, note := schedule.Owed(job.Schedule, past, now, c.Where)
		c.warn(job, note)
		runs = held(runs, &note)
		if err := c.lapse(ctx, job, note); err != nil {
			return time.Time{}, err
		}
		for _, run := range runs {
			if err := c.claim(ctx, job, run.Nominal); err != nil {
				return time.Time{}, err
			}
		}
		more = note.More
	}
	again, err := c.again(ctx, job)
	next, _ := job.NextAfter(c.Now(), c.Where)
	return earlier(again, next), err
}

// held takes the late runs out where the clock is to be doubted: after a jump
// ahead, or an absence so long that nobody expects them, nothing is flushed.
func held(runs []schedule.Run, note *schedule.Note) []schedule.Run {
	if note.Gap == 0 {
		return runs
	}
	var kept []schedule.Run
	for _, run := range runs {
		if run.Late {
			note.Lapses = append(note.Lapses, schedule.Lapse{Nominal: run.Nominal, Why: schedule.Doubted})
		} else {
			kept = append(kept, run)
		}
	}
	return kept
}

// warn tells of a clock that cannot be right, once.
func (c *clock) warn(job Job, note schedule.Note) {
	if note.Ahead != 0 && note.Ahead != c.ahead[job.Name] {
		c.Log.Warn("runs are on record ahead of now: the clock was ahead or has been set back; none is made again",
			"schedule", job.Name, "newest", note.Ahead)
	}
	c.ahead[job.Name] = note.Ahead
	if note.Gap != 0 {
		c.Log.Error("nothing ran for so long that the clock may be wrong: late runs are held, the next goes on as usual",
			"schedule", job.Name, "oldest missed", note.Gap.Round(time.Minute))
	}
}

// lapse records what is not run and tells it, a line for each reason.
func (c *clock) lapse(ctx context.Context, job Job, note schedule.Note) error {
	var groups []schedule.Why
	first, last, count := map[schedule.Why]schedule.Moment{}, map[schedule.Why]schedule.Moment{}, map[schedule.Why]int{}
	for _, l := range note.Lapses {
		if err := c.Runs.Lapse(ctx, job.Name, l.Nominal, c.Owner, c.Now(), l.Why); err != nil {
			return err
		}
		if count[l.Why]++; count[l.Why] == 1 {
			groups = append(groups, l.Why)
			first[l.Why] = l.Nominal
		}
		last[l.Why] = l.Nominal
	}
	for _, why := range groups {
		c.Log.Warn("scheduled runs lapsed", "schedule", job.Name, "runs", count[why], "from", first[why], "to", last[why], "why", why)
	}
	if note.Unlisted > 0 {
		c.Log.Warn("older scheduled runs lapsed and are not on record", "schedule", job.Name, "runs", note.Unlisted)
	}
	return nil
}

// claim does a run unless it is another's.
func (c *clock) claim(ctx context.Context, job Job, nominal schedule.Moment) error {
	if ctx.Err() != nil {
		return nil
	}
	now := c.Now()
	ours, err := c.Runs.Claim(ctx, job.Name, nominal, c.Owner, now)
	if err != nil || !ours {
		return err
	}
	return c.do(ctx, job, schedule.Record{Nominal: nominal, Tries: 1}, now)
}

// again tries what failed and whose time has come, and says when the next is to
// be tried.
func (c *clock) again(ctx context.Context, job Job) (time.Time, error) {
	now := c.Now()
	failed, err := c.Runs.Failed(ctx, job.Name, job.Since(now, c.Where))
	if err != nil || len(failed) == 0 {
		return time.Time{}, err
	}
	past, err := c.Runs.Past(ctx, job.Name, schedule.MomentOf(now, c.Where))
	if err != nil {
		return time.Time{}, err
	}
	due, next := job.Again(failed, past, now, c.Where)
	for _, r := range due {
		if now = c.Now(); ctx.Err() != nil {
			break
		}
		ours, err := c.Runs.Retry(ctx, r, c.Owner, now)
		if err != nil {
			return time.Time{}, err
		}
		if ours {
			r.Tries++
			if err := c.do(ctx, job, r, now); err != nil {
				return time.Time{}, err
			}
			next = c.Now() // whatever came of it, look again
		}
	}
	return next, nil
}

// do does a run that is ours and records what came of it. A run that is broken
// off because the daemon stops stays on record as under way: the next start
// makes it again, as after a crash.
func (c *clock) do(ctx context.Context, job Job, r schedule.Record, began time.Time) error {
	run := schedule.RunAt(r.Nominal, began, c.Where)
	log := c.Log.With("schedule", job.Name, "nominal", run.Nominal, "late", run.LateBy.Round(time.Second), "try", r.Tries)
	err := attempt(ctx, job, run)
	if err != nil && ctx.Err() != nil {
		log.Info("a scheduled run was broken off and is made again after the next start")
		return nil
	}
	ended := c.Now()
	record := func(state schedule.State, note string) error {
		return c.Runs.Finish(context.WithoutCancel(ctx), job.Name, run.Nominal, c.Owner, ended, state, note)
	}
	if err == nil {
		log.Info("scheduled run done", "took", ended.Sub(began).Round(time.Millisecond))
		return record(schedule.Done, "")
	}
	r.State, r.Ended = schedule.Failed, ended
	if at, more := r.RetryAt(); more && job.Useful(r.Nominal, at, c.Where) {
		log.Error("a scheduled run failed and is tried again", "again", at, "error", err)
	} else {
		log.Error("a scheduled run failed for good", "error", err)
	}
	return record(schedule.Failed, failedNote)
}

func attempt(ctx context.Context, job Job, run schedule.Run) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return job.Do(ctx, run)
}
