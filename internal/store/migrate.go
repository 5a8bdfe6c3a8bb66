package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrator brings one set of tables up to date.
type migrator struct {
	current func(context.Context) (bool, error)
	up      func(context.Context) error
}

// migrate brings our tables and River's up to date. One process does it at a
// time: on SQLite under the lock file, on PostgreSQL under an advisory lock.
func (db *DB) migrate(ctx context.Context) error {
	ours, err := db.ourMigrator()
	if err != nil {
		return err
	}
	rivers, err := db.riverMigrator()
	if err != nil {
		return err
	}
	behind := false
	for _, m := range []migrator{ours, rivers} {
		// A database without the version table answers with an error here;
		// going up tells whether anything is really wrong.
		current, err := m.current(ctx)
		behind = behind || err != nil || !current
	}
	if !behind {
		return nil
	}
	return db.alone(ctx, func() error {
		return errors.Join(ours.up(ctx), rivers.up(ctx))
	})
}

// alone runs work that two processes must not do at once.
func (db *DB) alone(ctx context.Context, work func() error) error {
	if db.pool == nil {
		if db.lock != nil {
			return work()
		}
		lock, err := takeLock(db.path)
		if err != nil {
			return err
		}
		return errors.Join(work(), lock.release())
	}
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting to migrate: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", advisoryLock); err != nil {
		return fmt.Errorf("waiting to migrate: %w", err)
	}
	err = work()
	_, unlocked := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", advisoryLock)
	return errors.Join(err, unlocked)
}

// advisoryLock names the migration lock among the database's others.
const advisoryLock int64 = 0x7065706f7374

func (db *DB) ourMigrator() (migrator, error) {
	dialect := goose.DialectSQLite3
	if db.pool != nil {
		dialect = goose.DialectPostgres
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return migrator{}, fmt.Errorf("reading the migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, db.bun.DB, files,
		// Migrations make tables that know nothing of each other: one with a lower
		// number than the last may still be missing.
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return migrator{}, fmt.Errorf("reading the migrations: %w", err)
	}
	return migrator{
		current: func(ctx context.Context) (bool, error) {
			pending, err := provider.HasPending(ctx)
			return !pending, err
		},
		up: func(ctx context.Context) error {
			if _, err := provider.Up(ctx); err != nil {
				return fmt.Errorf("migrating the database: %w", err)
			}
			return nil
		},
	}, nil
}

func (db *DB) riverMigrator() (migrator, error) {
	config := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	if db.pool != nil {
		m, err := rivermigrate.New(riverpgxv5.New(db.pool), config)
		return steps(m), err
	}
	m, err := rivermigrate.New(riversqlite.New(db.bun.DB), config)
	return steps(m), err
}

func steps[TTx any](m *rivermigrate.Migrator[TTx]) migrator {
	return migrator{
		current: func(ctx context.Context) (bool, error) {
			result, err := m.Validate(ctx, nil)
			if err != nil {
				return false, fmt.Errorf("checking the job tables: %w", err)
			}
			return result.OK, nil
		},
		up: func(ctx context.Context) error {
			if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
				return fmt.Errorf("migrating the job tables: %w", err)
			}
			return nil
		},
	}
}
