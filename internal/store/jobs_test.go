package store_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/storetest"
)

// counting is a worker whose effect and completion are one transaction.
type counting struct {
	river.WorkerDefaults[store.Wake]

	db *store.DB
}

func (w *counting) Work(ctx context.Context, job *river.Job[store.Wake]) error {
	return w.db.InTx(ctx, func(tx store.Tx) error {
		c, err := tx.Counter(ctx, "woken "+job.Args.Delivery)
		if err != nil {
			return err
		}
		c.Number++
		if err := tx.SetCounter(ctx, c); err != nil {
			return err
		}
		return store.CompleteJob(ctx, tx, job)
	})
}

func working(t *testing.T, db *store.DB) *store.Jobs {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, &counting{db: db})
	jobs, err := db.Jobs(&river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}}, Workers: workers,
		FetchCooldown: 10 * time.Millisecond, FetchPollInterval: 50 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

// complete lets the workers run until so many jobs are done.
func complete(t *testing.T, jobs *store.Jobs, n int) {
	t.Helper()
	done, stop := jobs.Subscribe(river.EventKindJobCompleted)
	defer stop()
	if err := jobs.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	late := time.After(30 * time.Second)
	for range n {
		select {
		case <-done:
		case <-late:
			t.Error("the workers did not come to it")
		}
	}
	if err := jobs.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func wake(t *testing.T, db *store.DB, jobs *store.Jobs, id string, at time.Time) {
	t.Helper()
	if err := db.InTx(t.Context(), func(tx store.Tx) error {
		return jobs.Wake(t.Context(), tx, store.Wake{Delivery: id}, at)
	}); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, db *store.DB, query string) int {
	t.Helper()
	var n int
	if err := db.Read().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAJobIsDoneOnceWithItsEffect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		jobs := working(t, db)
		wake(t, db, jobs, "d1", time.Time{})
		wake(t, db, jobs, "d2", time.Time{})
		wake(t, db, jobs, "later", time.Now().Add(time.Hour))
		complete(t, jobs, 2)
		if got := number(t, db, "SELECT count(*) FROM river_job WHERE state = 'completed'"); got != 2 {
			t.Errorf("%d jobs are done, want 2", got)
		}
		if got := number(t, db, "SELECT sum(number) FROM counters WHERE name LIKE 'woken d%'"); got != 2 {
			t.Errorf("%d effects, want 2", got)
		}
		if got := number(t, db, "SELECT count(*) FROM river_job WHERE state = 'scheduled'"); got != 1 {
			t.Errorf("%d jobs wait for their moment, want 1", got)
		}
	})
}

func TestJobsOfADeadProcessAreTakenUpAtOnce(t *testing.T) {
	db := storetest.Open(t, storetest.SQLite(t))
	jobs := working(t, db)
	wake(t, db, jobs, "d1", time.Time{})
	_, err := db.Read().ExecContext(t.Context(), "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = created_at, attempted_by = '[\"dead\"]'")
	if err != nil {
		t.Fatal(err)
	}
	complete(t, jobs, 1)
	if got := number(t, db, "SELECT number FROM counters WHERE name = 'woken d1'"); got != 1 {
		t.Errorf("%d effects, want 1", got)
	}
}
