package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/riverqueue/river"

	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/storetest"
)

// opened is a database that the store made from nothing, as it does outside
// tests.
func opened(t *testing.T, o store.Options) {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestOpeningTwiceFindsTheTablesAndKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		for range 2 {
			db, err := store.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		wrong := o
		wrong.Keys = storetest.Keys(t)
		var mismatch *store.KeyMismatchError
		if _, err := store.Open(t.Context(), wrong); !errors.As(err, &mismatch) {
			t.Errorf("opened with other keys: %v", err)
		}
	})
}

func TestProcessesOpenANewDatabaseTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		o.Lock = false
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				db, err := store.Open(t.Context(), o)
				var locked *store.LockedError
				if errors.As(err, &locked) {
					return // another one is making the tables
				}
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		opened(t, o)
	})
}

func TestASecondProcessIsToldWhoHasTheDatabase(t *testing.T) {
	o := storetest.SQLite(t)
	first := storetest.Open(t, o)
	var locked *store.LockedError
	_, err := store.Open(t.Context(), o)
	if !errors.As(err, &locked) || locked.Process != os.Getpid() || !strings.Contains(err.Error(), "pepost.db is in use") {
		t.Fatalf("second: %v", err)
	}
	if !first.Alone() {
		t.Error("the first is not alone")
	}
	o.Lock = false
	reader := storetest.Open(t, o)
	if reader.Alone() {
		t.Error("a reader believes that it is alone")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	o.Lock = true
	if db := storetest.Open(t, o); !db.Alone() {
		t.Error("the lock outlived its process")
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	o := storetest.SQLite(t)
	opened(t, o)
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", filepath.Base(file), info.Mode(), err)
		}
	}
}

func TestAPathWithOddCharactersOpens(t *testing.T) {
	o := storetest.SQLite(t)
	o.URL = filepath.Join(t.TempDir(), "a b?c#d%41&e.db")
	opened(t, o)
	if _, err := os.Stat(o.URL); err != nil {
		t.Error(err)
	}
}

func TestAddressesThatCannotBeUsedKeepTheirPassword(t *testing.T) {
	_, err := store.Open(context.Background(), store.Options{URL: "postgres://u:hunter2@[bad/x", Keys: storetest.Keys(t)})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

type note struct {
	ID string `json:"id"`
}

func (note) Kind() string { return "note" }

func TestJobsShareTheTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		jobs, err := db.Jobs(&river.Config{})
		if err != nil {
			t.Fatal(err)
		}
		errUndo := errors.New("undo")
		write := func(id string, end error) error {
			return db.InTx(t.Context(), func(tx store.Tx) error {
				c, err := tx.Counter(t.Context(), id)
				if err != nil {
					return err
				}
				c.Number++
				if err := tx.SetCounter(t.Context(), c); err != nil {
					return err
				}
				if _, err := jobs.Insert(t.Context(), tx, note{id}, nil); err != nil {
					return err
				}
				return end
			})
		}
		if err := write("kept", nil); err != nil {
			t.Fatal(err)
		}
		if err := write("undone", errUndo); !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = db.InTx(t.Context(), func(tx store.Tx) error {
				if _, err := jobs.Insert(t.Context(), tx, note{"panicked"}, nil); err != nil {
					t.Error(err)
				}
				panic("in a transaction")
			})
		}()
		var counters, inserted int
		count := func(query string, into *int) {
			t.Helper()
			if err := db.Read().QueryRowContext(t.Context(), query).Scan(into); err != nil {
				t.Fatal(err)
			}
		}
		count("SELECT count(*) FROM counters WHERE name IN ('kept', 'undone')", &counters)
		count("SELECT count(*) FROM river_job", &inserted)
		if counters != 1 || inserted != 1 {
			t.Errorf("%d counters and %d jobs, want 1 and 1", counters, inserted)
		}
	})
}

func TestACounterIsNeverReadTwiceAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 5 {
					if err := db.InTx(t.Context(), func(tx store.Tx) error {
						c, err := tx.Counter(t.Context(), "n")
						if err != nil {
							return err
						}
						c.Number++
						return tx.SetCounter(t.Context(), c)
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		var n int
		if err := db.Read().QueryRowContext(t.Context(), "SELECT number FROM counters WHERE name = 'n'").Scan(&n); err != nil || n != 40 {
			t.Errorf("counted to %d: %v", n, err)
		}
	})
}

func TestACancelledTransactionIsUndone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		ctx, cancel := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(tx store.Tx) error {
			if _, err := tx.Counter(ctx, "cancelled"); err != nil {
				return err
			}
			cancel()
			return nil
		})
		if err == nil {
			t.Fatal("committed after it was cancelled")
		}
		var n int
		if err := db.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM counters WHERE name = 'cancelled'").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows: %v", n, err)
		}
	})
}
