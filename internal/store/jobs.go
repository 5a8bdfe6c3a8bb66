package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// Jobs is River on this database, the same on both engines. Job arguments are
// stored in clear: they carry identifiers and nothing else.
type Jobs struct {
	db       *DB
	sqlite   *river.Client[*sql.Tx]
	postgres *river.Client[pgx.Tx]
}

// Jobs makes a River client; without queues and workers in the configuration
// it can insert and nothing more.
func (db *DB) Jobs(config *river.Config) (*Jobs, error) {
	j := &Jobs{db: db}
	var err error
	if db.pool != nil {
		j.postgres, err = river.NewClient(riverpgxv5.New(db.pool), config)
	} else {
		j.sqlite, err = river.NewClient(riversqlite.New(db.bun.DB), config)
	}
	if err != nil {
		return nil, fmt.Errorf("making the job client: %w", err)
	}
	return j, nil
}

// Insert adds a job in the transaction: it is there once, and only if, the
// transaction commits.
func (j *Jobs) Insert(ctx context.Context, tx Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	if j.postgres != nil {
		return j.postgres.InsertTx(ctx, tx.postgres, args, opts)
	}
	return j.sqlite.InsertTx(ctx, tx.sqlite, args, opts)
}

// Wake asks for a worker because a delivery has come to wait. It names the
// delivery and nothing else: what is due is judged by the delivery's own row,
// so that a job too many, too late or lost does no harm.
type Wake struct {
	Delivery string `json:"delivery"`
}

// Kind is the job's name in River's table.
func (Wake) Kind() string { return "wake" }

// Wake inserts the job in the transaction that made the delivery wait, to be
// worked at the moment given or, for the zero moment, at once. River judges the
// moment by its own clock.
func (j *Jobs) Wake(ctx context.Context, tx Tx, args Wake, at time.Time) error {
	if _, err := j.Insert(ctx, tx, args, &river.InsertOpts{ScheduledAt: at}); err != nil {
		return fmt.Errorf("asking for a worker: %w", err)
	}
	return nil
}

// Start lets the workers run. Where the lock file proves that no other process
// is at work, jobs that a dead process was running are taken up at once instead
// of after River's wait for them.
func (j *Jobs) Start(ctx context.Context) error {
	if j.postgres != nil {
		return j.postgres.Start(ctx)
	}
	if j.db.Alone() {
		if _, err := j.db.bun.ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'"); err != nil {
			return fmt.Errorf("taking up the jobs of a dead process: %w", err)
		}
	}
	return j.sqlite.Start(ctx)
}

// Stop lets running jobs end, until the context does.
func (j *Jobs) Stop(ctx context.Context) error {
	if j.postgres != nil {
		return j.postgres.Stop(ctx)
	}
	return j.sqlite.Stop(ctx)
}

// Subscribe gives events of the kinds until the function is called.
func (j *Jobs) Subscribe(kinds ...river.EventKind) (<-chan *river.Event, func()) {
	if j.postgres != nil {
		return j.postgres.Subscribe(kinds...)
	}
	return j.sqlite.Subscribe(kinds...)
}

// CompleteJob marks a job done in the transaction, so that its effect and its
// completion stand or fall together.
func CompleteJob[T river.JobArgs](ctx context.Context, tx Tx, job *river.Job[T]) error {
	var err error
	if tx.postgres != nil {
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx.postgres, job)
	} else {
		_, err = river.JobCompleteTx[*riversqlite.Driver](ctx, tx.sqlite, job)
	}
	return err
}
