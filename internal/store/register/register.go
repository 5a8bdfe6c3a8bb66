package register

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

var _ pipeline.Register = (*Register)(nil)

// Register is the children in one database.
type Register struct {
	db *store.DB
}

// New gives the register of a database.
func New(db *store.DB) *Register { return &Register{db} }

// row is one child as stored. Identity is a small part of Record, sealed apart
// so that an import need not open all of it.
type row struct {
	bun.BaseModel `bun:"table:children"`

	Serial     int64  `bun:"serial,pk"`
	Ref        string `bun:"ref"`
	ChildHash  []byte `bun:"child_hash"`
	Identity   []byte `bun:"identity"`
	Record     []byte `bun:"record"`
	ImportRows []byte `bun:"import_rows"`
	ChangedAt  int64  `bun:"changed_at"`
}

type identity struct {
	ID          string   `json:"id"`
	DateOfBirth pep.Date `json:"date_of_birth"`
}

func cell(ref, column string) store.Cell {
	return store.Cell{Table: "children", Row: ref, Column: column}
}

// batch is how many rows one statement reads or writes.
const batch = 200

// ChildIDs gives every child's identifier and date of birth.
func (r *Register) ChildIDs(ctx context.Context) (map[string]pep.Date, error) {
	ids := make(map[string]pep.Date)
	err := r.eachIdentity(ctx, func(_ int64, who identity) { ids[who.ID] = who.DateOfBirth })
	return ids, err
}

func (r *Register) eachIdentity(ctx context.Context, do func(serial int64, who identity)) error {
	rows, err := r.db.Read().QueryContext(ctx, "SELECT serial, ref, identity FROM children")
	if err != nil {
		return fmt.Errorf("reading the register: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var serial int64
		var ref string
		var sealed []byte
		if err := rows.Scan(&serial, &ref, &sealed); err != nil {
			return fmt.Errorf("reading the register: %w", err)
		}
		var who identity
		if err := r.db.Keys.OpenJSON(cell(ref, "identity"), sealed, &who); err != nil {
			return err
		}
		do(serial, who)
	}
	return rows.Err()
}

// Each calls do for every child in the order of their identifiers. Children
// are read in batches and no query is open while do runs, so that do may use
// the database.
func (r *Register) Each(ctx context.Context, do func(pep.Record) error) error {
	type place struct {
		serial int64
		id     string
	}
	var order []place
	err := r.eachIdentity(ctx, func(serial int64, who identity) { order = append(order, place{serial, who.ID}) })
	if err != nil {
		return err
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Compare(a.id, b.id) })
	for part := range slices.Chunk(order, batch) {
		serials := make([]int64, len(part))
		for i, p := range part {
			serials[i] = p.serial
		}
		records, err := r.bySerial(ctx, serials)
		if err != nil {
			return err
		}
		for _, serial := range serials {
			record, there := records[serial]
			if !there {
				continue // taken out since the order was read
			}
			if err := do(record); err != nil {
				return err
			}
		}
	}
	return nil
}

// Chosen calls do for every child of some references that there is.
func (r *Register) Chosen(ctx context.Context, refs []pep.Ref, do func(pep.Record) error) error {
	for part := range slices.Chunk(refs, batch) {
		var rows []row
		err := r.db.Read().NewSelect().Model(&rows).Column("ref", "record").Where("ref IN (?)", bun.List(part)).Order("serial").Scan(ctx)
		if err != nil {
			return fmt.Errorf("reading the register: %w", err)
		}
		for _, stored := range rows {
			record, err := r.open(stored)
			if err != nil {
				return err
			}
			if err := do(record); err != nil {
				return err
			}
		}
	}
	return nil
}

// Count is how many children there are.
func (r *Register) Count(ctx context.Context) (int, error) {
	n, err := r.db.Read().NewSelect().Model((*row)(nil)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("counting the register: %w", err)
	}
	return int(n), nil
}

func (r *Register) bySerial(ctx context.Context, serials []int64) (map[int64]pep.Record, error) {
	var rows []row
	err := r.db.Read().NewSelect().Model(&rows).Column("serial", "ref", "record").
		Where("serial IN (?)", bun.List(serials)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	records := make(map[int64]pep.Record, len(rows))
	for _, stored := range rows {
		if records[stored.Serial], err = r.open(stored); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (r *Register) open(stored row) (pep.Record, error) {
	var record pep.Record
	err := r.db.Keys.OpenJSON(cell(stored.Ref, "record"), stored.Record, &record)
	return record, err
}

// Records is every child in the order of their identifiers.
func (r *Register) Records(ctx context.Context) ([]pep.Record, error) {
	var all []pep.Record
	err := r.Each(ctx, func(record pep.Record) error {
		all = append(all, record)
		return nil
	})
	return all, err
}

// Record gives the child of a reference.
func (r *Register) Record(ctx context.Context, ref pep.Ref) (pep.Record, error) {
	return r.one(ctx, string(ref), "ref = ?", string(ref))
}

// ByChildID gives the child of a case system's identifier.
func (r *Register) ByChildID(ctx context.Context, id string) (pep.Record, error) {
	hash, err := r.db.Keys.Lookup(store.ChildID, id)
	if err != nil {
		return pep.Record{}, err
	}
	return r.one(ctx, "", "child_hash = ?", hash)
}

func (r *Register) one(ctx context.Context, name, where string, is any) (pep.Record, error) {
	var stored row
	err := r.db.Read().NewSelect().Model(&stored).Column("ref", "record").Where(where, is).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return pep.Record{}, &pipeline.NotFoundError{What: pipeline.NoChild, Name: name}
	}
	if err != nil {
		return pep.Record{}, fmt.Errorf("reading the register: %w", err)
	}
	return r.open(stored)
}

// changedFields names the fields in which two records differ: those of the
// child by their names in JSON, then contacts and targets.
func changedFields(was, is pep.Record) ([]string, error) {
	a, err := fields(was.Child)
	if err != nil {
		return nil, err
	}
	b, err := fields(is.Child)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range b {
		if string(a[name]) != string(b[name]) {
			names = append(names, name)
		}
	}
	for name := range a {
		if _, kept := b[name]; !kept {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if !slices.Equal(was.Contacts, is.Contacts) {
		names = append(names, "contacts")
	}
	if !slices.Equal(was.Targets, is.Targets) {
		names = append(names, "targets")
	}
	return names, nil
}

func fields(child pep.Child) (map[string]json.RawMessage, error) {
	data, err := json.Marshal(child)
	if err != nil {
		return nil, fmt.Errorf("writing a child: %w", err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("reading a child: %w", err)
	}
	return all, nil
}
