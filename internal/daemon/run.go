package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	// Grace is how long a pass that is told to stop may take; nought means 30
	// seconds, which is more than the wait for an answer to a final dot.
	Grace time.Duration
}

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
// its message, the workers after their jobs. Stopping in time is no error.
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
	s.watch(ctx, p)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	if err := jobs.Stop(stopping); err != nil {
		return fmt.Errorf("stopping: work was still under way after %v: %w", s.Grace, err)
	}
	s.Log.Info("stopped")
	return nil
}

// whole fills in what may be left out and refuses to run without the rest.
func (s Service) whole() (Service, error) {
	if s.DB == nil || s.Send == nil || s.NextDue == nil || s.Now == nil || s.Log == nil {
		return s, errors.New("the daemon needs a database, something that sends, the next due moment, a clock and a log")
	}
	if s.LookEvery <= 0 {
		s.LookEvery = time.Minute
	}
	if s.Grace <= 0 {
		s.Grace = 30 * time.Second
	}
	return s, nil
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
