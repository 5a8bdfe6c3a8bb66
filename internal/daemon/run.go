package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
)

// Service is what a daemon works with.
type Service struct {
	// DB is open and, on SQLite, locked: a daemon works alone on its file.
	DB *store.DB
	// Send hands over what is due and ends. It stops early, with nothing left
	// half done, when its context does; that is no error.
	Send func(context.Context) error
	// NextDue is when something waits to be sent next; false where nothing
	// waits.
	NextDue func(context.Context) (time.Time, bool, error)
	// Now is the clock by which things are due.
	Now func() time.Time
	// Log is told what goes wrong; it never learns of whom.
	Log *slog.Logger
	// LookEvery is how long the daemon goes without looking whether something
	// is due; nought means a minute.
	LookEvery time.Duration
	// Grace is how long work that is told to stop may take; nought means 10
	// seconds, which is more than the wait for an answer to a final dot.
	Grace time.Duration
	// Schedules is the work that falls due by the civil clock, in the order in
	// which it is done where several fall due at once. Without any, Runs, Owner
	// and Where may be left out.
	Schedules []Job
	// Runs is the record of what the schedules ran.
	Runs Runs
	// Owner names this process in the record, a new name at each start.
	Owner string
	// Where is the place whose clock the schedules go by.
	Where *time.Location
	// Polls are what is looked at beside the sending, each at its own pace.
	Polls []Poll
}

// ErrUnderWay says that work had not ended when the grace was over. What it
// left is recovered at the next start, as after a crash.
var ErrUnderWay = errors.New("work was still under way")

// The engine's throughput is the number of workers by the pause between
// fetches, and its defaults allow 80 jobs a second. Workers only wait for the
// one sending pass they share, so that many cost little.
const (
	workersAtOnce = 50
	fetchPause    = 50 * time.Millisecond
)

// rescueAfter is when the engine takes a job for stuck. A pass with many
// messages over a slow relay may take hours; a job that was taken for stuck
// wrongly joins the pass under way and does no harm.
const rescueAfter = 24 * time.Hour

// Run works until ctx ends, then stops: the sending pass under way ends after
// its message, a scheduled run where it can, the workers after their jobs.
// Stopping within the grace is no error; else the error is [ErrUnderWay], and
// nothing that the work uses may be closed under it.
func Run(ctx context.Context, s Service) error {
	s, err := s.whole()
	if err != nil {
		return err
	}
	p := newPasses(ctx, s.Send, s.Log)
	jobs, err := s.jobs(p)
	if err != nil {
		return err
	}
	// The engine is stopped by Stop alone: a context would tear its work.
	if err := jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the engine: %w", err)
	}
	s.Log.Info("serving")
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx, p) })
	watching.Go(func() { s.keepTime(ctx) })
	for _, each := range s.Polls {
		watching.Go(func() { s.poll(ctx, each) })
	}
	<-ctx.Done()
	s.Log.Info("stopping", "within", s.Grace)
	return s.stop(context.WithoutCancel(ctx), jobs, &watching)
}

// stop waits for all work to end, as long as the grace lasts.
func (s Service) stop(ctx context.Context, jobs *store.Jobs, watching *sync.WaitGroup) error {
	stopping, cancel := context.WithTimeout(ctx, s.Grace)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		watching.Wait()
		close(ended)
	}()
	err := jobs.Stop(stopping)
	select {
	case <-ended:
	case <-stopping.Done():
		err = errors.Join(err, stopping.Err())
	}
	if err != nil {
		s.Log.Error("stopped before all work had ended: what is left is recovered at the next start", "after", s.Grace)
		return fmt.Errorf("stopping: %w after %v: %w", ErrUnderWay, s.Grace, err)
	}
	s.Log.Info("stopped")
	return nil
}

// whole fills in what may be left out and refuses to run without the rest.
func (s Service) whole() (Service, error) {
	if s.DB == nil || s.Send == nil || s.NextDue == nil || s.Now == nil || s.Log == nil {
		return s, errors.New("the daemon needs a database, something that sends, the next due moment, a clock and a log")
	}
	if err := s.timed(); err != nil {
		return s, err
	}
	for _, each := range s.Polls {
		if each.Name == "" || each.Every <= 0 || each.Do == nil {
			return s, fmt.Errorf("what is looked at beside the sending, %q, needs a name, a pause and something to do", each.Name)
		}
	}
	if s.LookEvery <= 0 {
		s.LookEvery = time.Minute
	}
	if s.Grace <= 0 {
		s.Grace = 10 * time.Second
	}
	return s, nil
}

// timed refuses schedules that could not be kept.
func (s Service) timed() error {
	if len(s.Schedules) > 0 && (s.Runs == nil || s.Owner == "" || s.Where == nil) {
		return errors.New("schedules need a record of their runs, the name of the process and a place whose clock they go by")
	}
	names := map[string]bool{}
	for _, job := range s.Schedules {
		if job.Name == "" || names[job.Name] || job.Do == nil {
			return fmt.Errorf("the schedule %q needs a name of its own and something to do", job.Name)
		}
		names[job.Name] = true
	}
	return nil
}

func (s Service) jobs(p *passes) (*store.Jobs, error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &waker{passes: p}); err != nil {
		return nil, fmt.Errorf("making the workers: %w", err)
	}
	return s.DB.Jobs(&river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workersAtOnce}},
		Workers:              workers,
		FetchCooldown:        fetchPause,
		JobTimeout:           -1, // a pass takes as long as its messages
		RescueStuckJobsAfter: rescueAfter,
		Logger:               s.Log,
	})
}

// watch looks at the outbox when something comes due and at least every
// LookEvery, until ctx ends.
func (s Service) watch(ctx context.Context, p *passes) {
	for ctx.Err() == nil {
		_ = p.pass() // what failed was logged, and the next look tries again
		timer := time.NewTimer(s.untilNextLook(ctx))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// untilNextLook is the wait after a pass. What is due already was left by the
// pass because its relay is to be left alone, so it gives no reason to hurry.
func (s Service) untilNextLook(ctx context.Context) time.Duration {
	next, waits, err := s.NextDue(ctx)
	if err != nil && ctx.Err() == nil {
		s.Log.Error("the outbox cannot be read", "error", err)
	}
	wait := next.Sub(s.Now())
	if err != nil || !waits || wait <= 0 {
		return s.LookEvery
	}
	return min(wait, s.LookEvery)
}

// Outbox gives the outbox of a database whose waiting deliveries wake the
// workers of the daemon, in this process or another. What a person or an
// import does beside a daemon is then sent at once.
func Outbox(db *store.DB, log *slog.Logger) (*deliveries.Deliveries, error) {
	jobs, err := db.Jobs(&river.Config{Logger: log})
	if err != nil {
		return nil, err
	}
	return deliveries.New(db).Waking(jobs), nil
}
