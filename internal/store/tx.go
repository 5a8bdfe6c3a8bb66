package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
)

// Tx is one transaction, shared by our tables and River's. SQL speaks to
// either engine.
type Tx struct {
	SQL      bun.IDB
	sqlite   *sql.Tx
	postgres pgx.Tx
}

// InTx runs work in one transaction: committed where it gives no error, undone
// where it gives one or panics. Work must use the transaction alone, since on
// SQLite there is no second connection, and must not wait for anything.
func (db *DB) InTx(ctx context.Context, work func(Tx) error) error {
	if db.pool != nil {
		return db.inPostgres(ctx, work)
	}
	tx, err := db.bun.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := work(Tx{SQL: tx, sqlite: tx.Tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// inPostgres begins on one connection that both bun and River can use: River
// wants pgx's own transaction, bun speaks database/sql on the same connection.
func (db *DB) inPostgres(ctx context.Context, work func(Tx) error) error {
	conn, err := db.bun.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close()
	var tx pgx.Tx
	if err := conn.Raw(func(driver any) error {
		std, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("the connection is not pgx's")
		}
		tx, err = std.Conn().Begin(ctx)
		return err
	}); err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := work(Tx{SQL: conn, postgres: tx}); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// Read gives what single queries are asked of, outside any transaction.
func (db *DB) Read() bun.IDB { return db.bun }

// ForUpdate makes a query lock the rows it gives until the transaction ends;
// on SQLite the transaction has locked the whole database already.
func (tx Tx) ForUpdate(q *bun.SelectQuery) *bun.SelectQuery {
	if tx.postgres == nil {
		return q
	}
	return q.For("UPDATE")
}

// ForUpdateSkipping is [Tx.ForUpdate], leaving out rows that another process
// has locked.
func (tx Tx) ForUpdateSkipping(q *bun.SelectQuery) *bun.SelectQuery {
	if tx.postgres == nil {
		return q
	}
	return q.For("UPDATE SKIP LOCKED")
}

// Counter is a number, or a hash, that the whole database has one of.
type Counter struct {
	bun.BaseModel `bun:"table:counters"`

	Name   string `bun:"name,pk"`
	Number int64  `bun:"number"`
	Hash   string `bun:"hash"`
}

// Counter reads and locks a counter; one that was never set is nought.
func (tx Tx) Counter(ctx context.Context, name string) (Counter, error) {
	c := Counter{Name: name}
	// The row must exist to be locked, else two first users would both pass.
	_, err := tx.SQL.NewInsert().Model(&c).On("CONFLICT (name) DO NOTHING").Exec(ctx)
	if err != nil {
		return c, fmt.Errorf("making the counter %s: %w", name, err)
	}
	if err := tx.ForUpdate(tx.SQL.NewSelect().Model(&c).WherePK()).Scan(ctx); err != nil {
		return c, fmt.Errorf("reading the counter %s: %w", name, err)
	}
	return c, nil
}

// SetCounter stores a counter that was read in the same transaction.
func (tx Tx) SetCounter(ctx context.Context, c Counter) error {
	if _, err := tx.SQL.NewUpdate().Model(&c).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("storing the counter %s: %w", c.Name, err)
	}
	return nil
}
