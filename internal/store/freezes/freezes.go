// Package freezes keeps the incidents: the addresses to which nothing may leave
// because something went to the wrong person there. It fills the pipeline's
// seam for them.
//
// It takes an incident and stores it, sealed, together with its evidence; it
// gives back whether one is open for an address, in letters of any size, and
// all there ever were. A column that says otherwise than the sealed cell is
// refused: nobody lifts a freeze by writing to the database. It holds no
// delivery and stops none itself.
package freezes

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Freezes = (*Freezes)(nil)

// Freezes is the incidents in one database.
type Freezes struct{ db *store.DB }

// New gives the incidents of a database.
func New(db *store.DB) *Freezes { return &Freezes{db} }

// row is one incident as stored.
type row struct {
	bun.BaseModel `bun:"table:freezes"`

	AddressHash []byte `bun:"address_hash,pk"`
	OpenedAt    int64  `bun:"opened_at,pk"`
	ClosedAt    int64  `bun:"closed_at"`
	Sealed      []byte `bun:"sealed"`
}

// frozenAddress is an address in lower case, as incidents are found by it.
const frozenAddress store.Field = "frozen address"

func (r row) cell() store.Cell {
	return store.Cell{Table: "freezes", Row: hex.EncodeToString(r.AddressHash) + " " + fmt.Sprint(r.OpenedAt), Column: "sealed"}
}

// micros is a moment as a column has it; nought for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

func (x *Freezes) hash(canonical string) ([]byte, error) {
	return x.db.Keys.Lookup(frozenAddress, strings.ToLower(canonical))
}

func (x *Freezes) write(f pipeline.Freeze) (row, error) {
	hash, err := x.hash(f.Canonical)
	if err != nil {
		return row{}, err
	}
	r := row{AddressHash: hash, OpenedAt: micros(f.Opened), ClosedAt: micros(f.Closed)}
	r.Sealed, err = x.db.Keys.SealJSON(r.cell(), f)
	return r, err
}

func (x *Freezes) read(r row) (pipeline.Freeze, error) {
	var f pipeline.Freeze
	if err := x.db.Keys.OpenJSON(r.cell(), r.Sealed, &f); err != nil {
		return f, err
	}
	if micros(f.Closed) != r.ClosedAt {
		return f, fmt.Errorf("the row of an incident was changed by something else than this program: put a backup back")
	}
	return f, nil
}

// Freeze is the pipeline's.
func (x *Freezes) Freeze(ctx context.Context, f pipeline.Freeze) (pipeline.Freeze, bool, error) {
	f.Known, f.Opened = utc(f.Known), utc(f.Opened)
	fresh := false
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		// Whoever opens one waits for whoever opens another, so that an address
		// never has two.
		if _, err := tx.Counter(ctx, "freezes"); err != nil {
			return err
		}
		earlier, err := x.of(ctx, tx.SQL, f.Canonical)
		if err != nil {
			return err
		}
		for _, e := range earlier {
			if e.Open() {
				f = e
				return nil
			}
			if !f.Opened.After(e.Opened) { // a clock that was set back
				f.Opened = e.Opened.Add(time.Microsecond)
			}
		}
		r, err := x.write(f)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		fresh = true
		return x.told(ctx, tx, audit.IncidentOpened, f)
	})
	if err != nil {
		return f, false, fmt.Errorf("storing an incident: %w", err)
	}
	return f, fresh, nil
}

// Thaw is the pipeline's.
func (x *Freezes) Thaw(ctx context.Context, canonical string, closed pipeline.Freeze) (pipeline.Freeze, error) {
	var f pipeline.Freeze
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.Counter(ctx, "freezes"); err != nil {
			return err
		}
		all, err := x.of(ctx, tx.SQL, canonical)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, pipeline.Freeze.Open)
		if n < 0 {
			return &pipeline.NotFoundError{What: pipeline.NoIncident, Name: closed.Delivery}
		}
		f = all[n]
		f.Closed, f.ClosedBy, f.ClosedWhy = utc(closed.Closed), closed.ClosedBy, closed.ClosedWhy
		r, err := x.write(f)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewUpdate().Model(&r).WherePK().Exec(ctx); err != nil {
			return err
		}
		return x.told(ctx, tx, audit.IncidentClosed, f)
	})
	if err != nil {
		return f, fmt.Errorf("closing an incident: %w", err)
	}
	return f, nil
}

// told leaves evidence of an incident without its address.
func (x *Freezes) told(ctx context.Context, tx store.Tx, action audit.Action, f pipeline.Freeze) error {
	recipient, err := x.db.Keys.Pseudonym(f.Canonical)
	if err != nil {
		return err
	}
	r := audit.Record{
		At: f.Opened, Action: action, Ref: f.Ref, Delivery: f.Delivery, By: f.By, Why: f.Why,
		Facts: []audit.Fact{
			{Name: "recipient", Value: recipient},
			{Name: "known", Value: f.Known.Format(time.RFC3339)},
			{Name: "tell_by", Value: f.TellBy().Format(time.RFC3339)},
		},
	}
	if action == audit.IncidentClosed {
		r.At, r.By, r.Why = f.Closed, f.ClosedBy, f.ClosedWhy
	}
	return evidence.AppendIn(ctx, tx, x.db.Keys, r)
}

// Frozen is the pipeline's.
func (x *Freezes) Frozen(ctx context.Context, canonical string) (pipeline.Freeze, bool, error) {
	all, err := x.of(ctx, x.db.Read(), canonical)
	if err != nil {
		return pipeline.Freeze{}, false, fmt.Errorf("reading the incidents: %w", err)
	}
	if n := slices.IndexFunc(all, pipeline.Freeze.Open); n >= 0 {
		return all[n], true, nil
	}
	return pipeline.Freeze{}, false, nil
}

// of gives every incident of an address, the earliest first: the sealed cell
// alone says whether one is open.
func (x *Freezes) of(ctx context.Context, from bun.IDB, canonical string) ([]pipeline.Freeze, error) {
	hash, err := x.hash(canonical)
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := from.NewSelect().Model(&rows).Where("address_hash = ?", hash).Order("opened_at").Scan(ctx); err != nil {
		return nil, err
	}
	return x.readAll(rows)
}

func (x *Freezes) readAll(rows []row) ([]pipeline.Freeze, error) {
	all := make([]pipeline.Freeze, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = x.read(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Freezes is the pipeline's.
func (x *Freezes) Freezes(ctx context.Context) ([]pipeline.Freeze, error) {
	var rows []row
	if err := x.db.Read().NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the incidents: %w", err)
	}
	all, err := x.readAll(rows)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b pipeline.Freeze) int {
		return cmp.Or(a.Closed.Compare(b.Closed), a.Known.Compare(b.Known), a.Opened.Compare(b.Opened))
	})
	return all, nil
}
