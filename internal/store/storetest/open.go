// Package storetest opens databases for tests: SQLite always, and PostgreSQL
// too where PEPOST_TEST_POSTGRES gives the address of a server, so that one
// suite proves both. It takes a test and gives an empty, migrated database that
// goes away with it. Nothing but tests uses it.
package storetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pepost/pepost/internal/store"
)

// Each runs a test on an empty database of every engine there is.
func Each(t *testing.T, run func(t *testing.T, o store.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t)) })
}

// SQLite gives the options of a database file in a folder of the test.
func SQLite(t testing.TB) store.Options {
	t.Helper()
	return store.Options{URL: filepath.Join(t.TempDir(), "pepost.db"), Keys: Keys(t), Lock: true}
}

// Postgres gives the options of an empty schema. Where no server is named it
// skips the test, or fails it under the build tag interop, whose runs must not
// pass for want of a server.
func Postgres(t testing.TB) store.Options {
	t.Helper()
	server := os.Getenv("PEPOST_TEST_POSTGRES")
	if server == "" && serverRequired {
		t.Fatal("PEPOST_TEST_POSTGRES names no server")
	}
	if server == "" {
		t.Skip("PEPOST_TEST_POSTGRES names no server")
	}
	schema := "pepost_test_" + strings.ToLower(rand.Text())
	statement(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { statement(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal("PEPOST_TEST_POSTGRES is not an address")
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return store.Options{URL: address.String(), Keys: Keys(t), Lock: true}
}

func statement(t testing.TB, server, text string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, text); err != nil {
		t.Fatal(err)
	}
}

// Keys makes fresh keys.
func Keys(t testing.TB) store.Keys {
	t.Helper()
	keys, err := store.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// Open opens a database and closes it when the test ends. A SQLite file that
// does not exist yet begins as a copy of one that was migrated once.
func Open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	if err := begin(o.URL); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
