// Package keys keeps recipients' OpenPGP keys in the database. It fills the
// pipeline's seam for them.
//
// It takes all the keys of one address as one value and gives them back by the
// address, with a version: a change is stored only from the version that was
// read, together with its evidence. Addresses, keys and the names of whoever
// answers for them are sealed; an address is found by a keyed hash, without
// regard to the case of its letters. It judges no key, and it trusts none:
// whether one may be used is said elsewhere.
package keys

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Keys = (*Keys)(nil)

// Keys is the recipients' keys in one database.
type Keys struct{ db *store.DB }

// New gives the keys of a database.
func New(db *store.DB) *Keys { return &Keys{db} }

// row is the keys of one address as stored.
type row struct {
	bun.BaseModel `bun:"table:pgp_keys"`

	AddressHash []byte `bun:"address_hash,pk"`
	Version     int64  `bun:"version"`
	Sealed      []byte `bun:"sealed"`
}

// most bounds how many addresses are listed.
const most = 100_000

func cell(hash []byte) store.Cell {
	return store.Cell{Table: "pgp_keys", Row: hex.EncodeToString(hash), Column: "sealed"}
}

// hash is of the address in lower case: a mailbox is one however it is spelt.
func (x *Keys) hash(canonical string) ([]byte, error) {
	return x.db.Keys.Lookup(store.CanonicalAddress, strings.ToLower(canonical))
}

// KeysOf is the pipeline's.
func (x *Keys) KeysOf(ctx context.Context, canonical string) (pipeline.KeysOnFile, error) {
	hash, err := x.hash(canonical)
	if err != nil {
		return pipeline.KeysOnFile{}, err
	}
	r := row{AddressHash: hash}
	if err := x.db.Read().NewSelect().Model(&r).WherePK().Scan(ctx); errors.Is(err, sql.ErrNoRows) {
		return pipeline.KeysOnFile{}, nil
	} else if err != nil {
		return pipeline.KeysOnFile{}, fmt.Errorf("reading the keys of an address: %w", err)
	}
	return x.open(r)
}

// AllKeys is the pipeline's. An address whose keys were all removed is left
// out.
func (x *Keys) AllKeys(ctx context.Context) ([]pipeline.KeysOnFile, error) {
	var rows []row
	if err := x.db.Read().NewSelect().Model(&rows).Limit(most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the keys on file: %w", err)
	}
	var all []pipeline.KeysOnFile
	for _, r := range rows {
		onFile, err := x.open(r)
		if err != nil {
			return nil, err
		}
		if onFile.Pinned != nil || onFile.Waiting != nil {
			all = append(all, onFile)
		}
	}
	slices.SortFunc(all, func(a, b pipeline.KeysOnFile) int { return cmp.Compare(a.Address, b.Address) })
	return all, nil
}

func (x *Keys) open(r row) (pipeline.KeysOnFile, error) {
	var plain pipeline.KeysOnFile
	if err := x.db.Keys.OpenJSON(cell(r.AddressHash), r.Sealed, &plain); err != nil {
		return pipeline.KeysOnFile{}, err
	}
	if int64(plain.Version) != r.Version {
		return pipeline.KeysOnFile{}, errors.New("a row of the keys on file was changed by something else than this program: put a backup back")
	}
	return plain, nil
}

// SaveKeys is the pipeline's.
func (x *Keys) SaveKeys(ctx context.Context, change pipeline.KeyChange) error {
	hash, err := x.hash(change.Now.Address)
	if err != nil {
		return err
	}
	change.Now.Version = change.Was + 1
	next := row{AddressHash: hash, Version: int64(change.Now.Version)}
	if next.Sealed, err = x.db.Keys.SealJSON(cell(hash), change.Now); err != nil {
		return err
	}
	return x.db.InTx(ctx, func(tx store.Tx) error {
		done, err := tx.SQL.NewInsert().Model(&next).On("CONFLICT (address_hash) DO UPDATE").
			Set("version = EXCLUDED.version").Set("sealed = EXCLUDED.sealed").
			Where("row.version = EXCLUDED.version - 1").Exec(ctx)
		if err != nil {
			return fmt.Errorf("storing the keys of an address: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, pipeline.ErrKeysChanged)
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, record(hash, change))
	})
}

// hashLength is how much of a keyed hash stands in evidence.
const hashLength = 16

// record is the evidence: the address stands for itself by its keyed hash.
func record(hash []byte, c pipeline.KeyChange) audit.Record {
	return audit.Record{
		At: c.At, Action: audit.KeyChanged, By: c.By, Why: c.Why,
		Facts: []audit.Fact{{Name: "recipient", Value: hex.EncodeToString(hash[:hashLength])}, {Name: "fingerprint", Value: string(c.Fingerprint)}, {Name: "news", Value: c.News}},
	}
}
