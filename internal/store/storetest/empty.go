package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pepost/pepost/internal/store"
)

// empty is the bytes of a migrated SQLite file that no keys belong to yet.
// Making the tables takes far longer than most tests do.
var empty = sync.OnceValues(func() (bytes []byte, err error) {
	folder, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	keys, err := store.NewKeys()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "empty.db")
	db, err := store.Open(context.Background(), store.Options{URL: path, Keys: keys})
	if err != nil {
		return nil, fmt.Errorf("making an empty database: %w", err)
	}
	err = db.InTx(context.Background(), func(tx store.Tx) error {
		_, err := tx.SQL.NewDelete().Model((*store.Counter)(nil)).Where("name = ?", "keys").Exec(context.Background())
		return err
	})
	// Closing the last connection puts the journal into the file.
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// begin lays down an empty database where a path of SQLite has none.
func begin(path string) error {
	if strings.Contains(path, "://") {
		return nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	bytes, err := empty()
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes, 0o600)
}
