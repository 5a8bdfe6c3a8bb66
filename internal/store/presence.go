package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/jackc/pgx/v5"
)

// presence is what shows other machines that a process lives: a session of
// PostgreSQL that holds a shared advisory lock named after the process. The server
// gives the lock up when the process dies, however it dies.
type presence struct {
	guard sync.Mutex
	owner string
	conn  *pgx.Conn
}

// Present shows that the process of a name, unique for each start, lives until
// the database is closed. A session that was cut is made again; whatever was
// taken for dead meanwhile is told by its rows. On SQLite the lock file does
// this and nothing is done.
func (db *DB) Present(ctx context.Context, owner string) error {
	if db.pool == nil {
		return nil
	}
	p := &db.presence
	p.guard.Lock()
	defer p.guard.Unlock()
	if p.conn != nil && p.owner == owner && p.conn.Ping(ctx) == nil {
		return nil
	}
	if err := p.end(ctx); err != nil {
		return err
	}
	pooled, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	conn := pooled.Hijack() // it must outlive what the pool does with its own
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock_shared($1)", presenceLock(owner)); err != nil {
		return errors.Join(fmt.Errorf("showing that this process lives: %w", err), conn.Close(ctx))
	}
	p.owner, p.conn = owner, conn
	return nil
}

// end closes the session, after which the process counts as dead.
func (p *presence) end(ctx context.Context) error {
	conn := p.conn
	p.owner, p.conn = "", nil
	if conn == nil || conn.IsClosed() {
		return nil
	}
	return conn.Close(context.WithoutCancel(ctx))
}

// Dead reports whether it is certain that the process of a name lives no more.
// While the transaction lasts no process of that name can appear.
func (db *DB) Dead(ctx context.Context, tx Tx, owner string) (bool, error) {
	if tx.postgres == nil {
		return db.Alone(), nil
	}
	var free bool
	err := tx.postgres.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", presenceLock(owner)).Scan(&free)
	if err != nil {
		return false, fmt.Errorf("asking whether a process lives: %w", err)
	}
	return free, nil
}

func presenceLock(owner string) int64 {
	hash := fnv.New64a()
	hash.Write([]byte("pepost process " + owner))
	return int64(hash.Sum64())
}
