package register

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/book"
)

// ErrUnknownChild says that an import speaks of a child that neither it nor
// the register has: such rows are to be refused before.
var ErrUnknownChild = errors.New("the import has rows of a child that is not in the register")

// serialCounter is the last serial number given. It is never set back, so a
// reference is never given twice.
const serialCounter = "serial"

// Import takes what exports said, all of it or nothing.
func (r *Register) Import(ctx context.Context, in pipeline.Intake, at time.Time) (pipeline.Intaken, error) {
	all := gather(in)
	var out pipeline.Intaken
	err := r.db.InTx(ctx, func(tx store.Tx) error {
		serial, err := tx.Counter(ctx, serialCounter)
		if err != nil {
			return err
		}
		run := &run{register: r, tx: tx, serial: serial.Number, at: at.UnixMicro(), first: serial.Number == 0}
		run.book = book.NewIntake(r.db.Keys, run.at)
		if err := run.beginBook(ctx); err != nil {
			return err
		}
		for part := range slices.Chunk(all, batch) {
			if err := run.take(ctx, part); err != nil {
				return err
			}
		}
		if err := run.book.Write(ctx, tx); err != nil {
			return err
		}
		out = run.out
		serial.Number = run.serial
		return tx.SetCounter(ctx, serial)
	})
	if err != nil {
		return pipeline.Intaken{}, fmt.Errorf("storing the import: %w", err)
	}
	return out, nil
}

// run is one import under way.
type run struct {
	register *Register
	tx       store.Tx
	serial   int64
	at       int64
	first    bool // no child was ever stored before this import
	book     *book.Intake
	out      pipeline.Intaken
}

// take stores one batch of children with two statements.
func (r *run) take(ctx context.Context, part []said) error {
	hashes := make([][]byte, len(part))
	for i, s := range part {
		hash, err := r.register.db.Keys.Lookup(store.ChildID, s.id)
		if err != nil {
			return err
		}
		hashes[i] = hash
	}
	stored, err := r.stored(ctx, hashes)
	if err != nil {
		return err
	}
	var changed []row
	for i, s := range part {
		before, there := stored[string(hashes[i])]
		if !there && s.child == nil {
			return ErrUnknownChild
		}
		after, differs, err := r.one(s, before, hashes[i])
		if err != nil {
			return err
		}
		if differs {
			changed = append(changed, after)
			r.out.Touched = append(r.out.Touched, pep.Ref(after.Ref))
		}
	}
	return r.write(ctx, changed)
}

func (r *run) stored(ctx context.Context, hashes [][]byte) (map[string]row, error) {
	if r.first {
		return nil, nil
	}
	var rows []row
	q := r.tx.SQL.NewSelect().Model(&rows).Where("child_hash IN (?)", bun.List(hashes))
	if err := r.tx.ForUpdate(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	byHash := make(map[string]row, len(rows))
	for _, stored := range rows {
		byHash[string(stored.ChildHash)] = stored
	}
	return byHash, nil
}

func (r *run) write(ctx context.Context, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := r.tx.SQL.NewInsert().Model(&rows).On("CONFLICT (serial) DO UPDATE").
		Set("identity = EXCLUDED.identity").Set("record = EXCLUDED.record").
		Set("import_rows = EXCLUDED.import_rows").Set("changed_at = EXCLUDED.changed_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing the register: %w", err)
	}
	return nil
}

// one gives the row of a child after the import and whether it differs from
// what is stored.
func (r *run) one(s said, before row, hash []byte) (row, bool, error) {
	was, rows, err := r.open(before)
	if err != nil {
		return row{}, false, err
	}
	is := s.apply(was.record)
	after := before
	if before.Serial == 0 {
		if after, err = r.fresh(hash); err != nil {
			return row{}, false, err
		}
		is.Ref = pep.Ref(after.Ref)
	}
	next, counts := rows.count(s.rows)
	r.add(counts)
	plain, err := json.Marshal(is)
	if err != nil {
		return row{}, false, fmt.Errorf("writing a record: %w", err)
	}
	if !slices.Equal(was.record.Contacts, is.Contacts) {
		r.book.Child(is.Ref, was.record.Contacts, is.Contacts)
	}
	sameRecord := bytes.Equal(plain, was.plain)
	if sameRecord && maps.EqualFunc(rows, next, maps.Equal) {
		return before, false, nil
	}
	if before.Serial != 0 && !sameRecord {
		if err := r.tell(was.record, is); err != nil {
			return row{}, false, err
		}
	}
	after.ChangedAt = r.at
	return after, true, r.seal(&after, is, plain, next)
}

// opened is a stored record with the bytes that it was read from.
type opened struct {
	record pep.Record
	plain  []byte
}

func (r *run) open(before row) (opened, known, error) {
	var was opened
	var rows known
	if before.Serial == 0 {
		return was, nil, nil
	}
	keys := r.register.db.Keys
	var err error
	if was.plain, err = keys.Open(cell(before.Ref, "record"), before.Record); err != nil {
		return was, nil, err
	}
	if err := json.Unmarshal(was.plain, &was.record); err != nil {
		return was, nil, fmt.Errorf("reading the record of %s: %w", before.Ref, err)
	}
	return was, rows, keys.OpenJSON(cell(before.Ref, "import_rows"), before.ImportRows, &rows)
}

// fresh gives a child that is new its place and reference.
func (r *run) fresh(hash []byte) (row, error) {
	r.serial++
	if r.serial > pep.MaxSerial {
		return row{}, errors.New("the register is full: no reference is left")
	}
	ref, err := pep.NewRef(r.register.db.Keys.RefKey(), uint32(r.serial))
	if err != nil {
		return row{}, err
	}
	return row{Serial: r.serial, Ref: string(ref), ChildHash: hash}, nil
}

func (r *run) seal(after *row, is pep.Record, plain []byte, rows known) error {
	keys := r.register.db.Keys
	var err error
	if after.Record, err = keys.Seal(cell(after.Ref, "record"), plain); err != nil {
		return err
	}
	after.Identity, err = keys.SealJSON(cell(after.Ref, "identity"), identity{is.Child.ID, is.Child.DateOfBirth})
	if err != nil {
		return err
	}
	after.ImportRows, err = keys.SealJSON(cell(after.Ref, "import_rows"), rows)
	return err
}

func (r *run) add(counts pipeline.Intaken) {
	r.out.Accepted += counts.Accepted
	r.out.Changed += counts.Changed
	r.out.Unchanged += counts.Unchanged
}

func (r *run) tell(was, is pep.Record) error {
	names, err := changedFields(was, is)
	if err != nil {
		return err
	}
	r.out.Changes = append(r.out.Changes, pipeline.Change{Ref: is.Ref, Fields: names})
	return nil
}
