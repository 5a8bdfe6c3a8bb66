package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
)

// Options say which database and how.
type Options struct {
	// URL is the path of a SQLite file or a postgres:// address.
	URL string
	// Keys open what is sealed.
	Keys Keys
	// Lock asks for proof that no other process works on the same SQLite file.
	// Whatever sends, works jobs or replaces the database needs it, so that
	// what a dead process left is recovered at once; reading, importing and
	// approving do not: their transactions keep them apart. On PostgreSQL it
	// changes nothing.
	Lock bool
}

// DB is an open database.
type DB struct {
	Keys Keys
	bun  *bun.DB
	pool *pgxpool.Pool // nil on SQLite
	path string        // of the SQLite file
	lock *fileLock     // nil unless asked for, and on PostgreSQL

	presence presence // on PostgreSQL
}

// KeyMismatchError says that the database was sealed with other keys.
type KeyMismatchError struct{}

// Error says what to do.
func (*KeyMismatchError) Error() string {
	return "the key file is not the one this database was sealed with: put the right one back"
}

// Open connects, brings the tables up to date and checks the keys. Errors are
// a [LockedError] where another process is at work, a [KeyMismatchError], or
// what the database said, without its address.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{Keys: o.Keys}
	if err := db.connect(ctx, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.checkKeys(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) connect(ctx context.Context, o Options) error {
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		return db.connectPostgres(ctx, o.URL)
	}
	return db.connectSQLite(ctx, o)
}

// busyMilliseconds is how long one process waits for another's transaction.
const busyMilliseconds = "10000"

// cacheKiB holds the indexes of a large register while an import fills them in
// no order; SQLite reads a negative number as KiB.
const cacheKiB = "-16384"

func (db *DB) connectSQLite(ctx context.Context, o Options) error {
	path, err := filepath.Abs(o.URL)
	if err != nil {
		return fmt.Errorf("the database's path: %w", err)
	}
	db.path = path
	if o.Lock {
		if db.lock, err = takeLock(path); err != nil {
			return err
		}
	}
	if err := makePrivate(path); err != nil {
		return err
	}
	address := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_busy_timeout": {busyMilliseconds},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"}, // with less a power cut can make a sent message look unsent
		"_foreign_keys": {"on"},
		"_txlock":       {"immediate"},
		"_dqs":          {"0"},
		"_pragma":       {"cache_size(" + cacheKiB + ")", "secure_delete(fast)"}, // what is destroyed is overwritten
	}.Encode()}
	connector, err := sqlite.NewConnector(address.String())
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(1)
	db.bun = bun.NewDB(pool, sqlitedialect.New())
	if err := ping(ctx, pool); err != nil {
		return fmt.Errorf("opening the database %s, which this account must be able to write, and its folder too: %w", path, err)
	}
	return nil
}

// ping opens the first connection. While another process makes a new file a
// write-ahead one, SQLite answers busy at once, without the wait it was asked
// for: so the wait is here.
func ping(ctx context.Context, pool *sql.DB) error {
	const pause, most = 50 * time.Millisecond, 200
	for try := 1; ; try++ {
		err := pool.PingContext(ctx)
		var refused *sqlite.Error
		if !errors.As(err, &refused) || refused.Code()&0xff != sqliteBusy || try == most {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// sqliteBusy is SQLITE_BUSY of SQLite's result codes.
const sqliteBusy = 5

// makePrivate makes an empty file that its owner alone may read before SQLite
// would make one that others may; SQLite gives its journals the same mode. An
// existing file is not opened here, because closing it again would drop locks
// that SQLite holds on it.
func makePrivate(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("making the database file: %w", err)
	}
	return file.Close()
}

func (db *DB) connectPostgres(ctx context.Context, address string) error {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return errors.New("the database's address is not of the form postgres://user@host/name") // the cause may quote a password
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return errors.New("the database's address cannot be used")
	}
	db.pool = pool
	db.bun = bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New())
	if err := pool.Ping(ctx); err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	return nil
}

// Alone reports whether it is proven that no other process works on the
// database.
func (db *DB) Alone() bool { return db.lock != nil }

// Close ends every connection and gives the lock up. Closing twice does no
// harm.
func (db *DB) Close() error {
	db.presence.guard.Lock()
	defer db.presence.guard.Unlock()
	closed := db.presence.end(context.Background())
	if db.bun != nil {
		closed = errors.Join(closed, db.bun.Close())
	}
	if db.pool != nil {
		db.pool.Close()
	}
	lock := db.lock
	db.lock = nil
	return errors.Join(closed, lock.release())
}

// checkKeys compares the keys with the ones the database was first opened
// with.
func (db *DB) checkKeys(ctx context.Context) error {
	hash, err := db.Keys.Lookup(keyCheck, "pepost")
	if err != nil {
		return err
	}
	mine := hex.EncodeToString(hash)
	stored := Counter{Name: keysCounter}
	err = db.bun.NewSelect().Model(&stored).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		stored, err = db.stampKeys(ctx, mine)
	}
	if err != nil {
		return fmt.Errorf("checking the keys: %w", err)
	}
	if stored.Hash != mine {
		return &KeyMismatchError{}
	}
	return nil
}

const keysCounter = "keys"

// stampKeys records which keys a new database is sealed with, unless another
// process was first.
func (db *DB) stampKeys(ctx context.Context, mine string) (Counter, error) {
	var stored Counter
	err := db.InTx(ctx, func(tx Tx) error {
		var err error
		if stored, err = tx.Counter(ctx, keysCounter); err != nil || stored.Hash != "" {
			return err
		}
		stored.Hash = mine
		return tx.SetCounter(ctx, stored)
	})
	return stored, err
}
