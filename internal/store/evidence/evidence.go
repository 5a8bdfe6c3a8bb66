// Package evidence keeps the chained records of what was done.
//
// It takes records, gives each its place after the last one and stores it in
// one transaction, which may be that of the change it is evidence of. Reasons,
// names of officers and particulars are sealed; the order, the moment, the
// action and the references stand in clear, so that the chain can be counted
// without the keys. It never changes or removes a record.
package evidence

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

var _ pipeline.Evidence = (*Evidence)(nil)

// Evidence is the chain in one database.
type Evidence struct {
	db *store.DB
}

// New gives the evidence of a database.
func New(db *store.DB) *Evidence { return &Evidence{db} }

// row is one record as stored.
type row struct {
	bun.BaseModel `bun:"table:evidence"`

	Seq      int64  `bun:"seq,pk"`
	At       int64  `bun:"at"`
	Action   string `bun:"action"`
	Ref      string `bun:"ref"`
	Delivery string `bun:"delivery"`
	Prev     string `bun:"prev"`
	Hash     string `bun:"hash"`
	Sealed   []byte `bun:"sealed"`
}

// words is what of a record is sealed.
type words struct {
	By    string       `json:"by,omitempty"`
	Why   string       `json:"why,omitempty"`
	Facts []audit.Fact `json:"facts,omitempty"`
}

// head is the counter that holds the number and hash of the last record: a
// record cut off the end is missed by it, and two writers wait for each other.
const head = "evidence"

// batch is how many records one statement writes.
const batch = 500

func cell(seq int64) store.Cell {
	return store.Cell{Table: "evidence", Row: fmt.Sprint(seq), Column: "sealed"}
}

// Append chains records after what is stored, all of them or none.
func (e *Evidence) Append(ctx context.Context, records ...audit.Record) error {
	if len(records) == 0 {
		return nil
	}
	return e.db.InTx(ctx, func(tx store.Tx) error { return AppendIn(ctx, tx, e.db.Keys, records...) })
}

// AppendIn is [Evidence.Append] in a transaction that is under way, so that a
// change and its evidence are stored together. Whoever locks other rows too
// locks them before: the end of the chain is locked last by everyone.
func AppendIn(ctx context.Context, tx store.Tx, keys store.Keys, records ...audit.Record) error {
	if len(records) == 0 {
		return nil
	}
	end, err := tx.Counter(ctx, head)
	if err != nil {
		return err
	}
	last := audit.Record{Seq: end.Number, Hash: end.Hash}
	rows := make([]row, 0, min(len(records), batch))
	for i, record := range records {
		last = audit.Chain(last, record)
		sealed, err := seal(keys, last)
		if err != nil {
			return err
		}
		rows = append(rows, sealed)
		if len(rows) == batch || i == len(records)-1 {
			if _, err := tx.SQL.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return fmt.Errorf("writing evidence: %w", err)
			}
			rows = rows[:0]
		}
	}
	end.Number, end.Hash = last.Seq, last.Hash
	return tx.SetCounter(ctx, end)
}

func seal(keys store.Keys, r audit.Record) (row, error) {
	sealed, err := keys.SealJSON(cell(r.Seq), words{r.By, r.Why, r.Facts})
	return row{
		Seq: r.Seq, At: r.At.UnixMicro(), Action: string(r.Action), Ref: string(r.Ref), Delivery: r.Delivery,
		Prev: r.Prev, Hash: r.Hash, Sealed: sealed,
	}, err
}

func open(keys store.Keys, stored row) (audit.Record, error) {
	var said words
	if err := keys.OpenJSON(cell(stored.Seq), stored.Sealed, &said); err != nil {
		return audit.Record{}, err
	}
	return audit.Record{
		Seq: stored.Seq, At: time.UnixMicro(stored.At).UTC(), Action: audit.Action(stored.Action),
		Ref: pep.Ref(stored.Ref), Delivery: stored.Delivery, By: said.By, Why: said.Why, Facts: said.Facts,
		Prev: stored.Prev, Hash: stored.Hash,
	}, nil
}

// All gives every record in order. Where the last records are missing it gives
// the others with an [audit.BrokenError]; links that are broken before the end
// are for [audit.Verify] to find.
func (e *Evidence) All(ctx context.Context) ([]audit.Record, error) {
	var rows []row
	var end store.Counter
	err := e.db.InTx(ctx, func(tx store.Tx) error {
		var err error
		if end, err = tx.Counter(ctx, head); err != nil {
			return err
		}
		if err := tx.SQL.NewSelect().Model(&rows).Order("seq").Scan(ctx); err != nil {
			return fmt.Errorf("reading evidence: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	records := make([]audit.Record, 0, len(rows))
	last := store.Counter{}
	for _, stored := range rows {
		record, err := open(e.db.Keys, stored)
		if err != nil {
			return records, err
		}
		records = append(records, record)
		last.Number, last.Hash = record.Seq, record.Hash
	}
	if last.Number < end.Number {
		return records, &audit.BrokenError{Seq: last.Number + 1, Fault: audit.OutOfPlace}
	}
	return records, nil
}

// Of gives the records of one delivery in order. Whether one is missing only
// the whole chain tells.
func (e *Evidence) Of(ctx context.Context, delivery string) ([]audit.Record, error) {
	var rows []row
	if err := e.db.Read().NewSelect().Model(&rows).Where("delivery = ?", delivery).Order("seq").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the evidence of a delivery: %w", err)
	}
	records := make([]audit.Record, 0, len(rows))
	for _, stored := range rows {
		record, err := open(e.db.Keys, stored)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}
