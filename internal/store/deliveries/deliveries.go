package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

var _ pipeline.Deliveries = (*Deliveries)(nil)

// Deliveries is the outbox in one database.
type Deliveries struct {
	db   *store.DB
	jobs *store.Jobs // nil where nobody is to be woken
}

// New gives the outbox of a database.
func New(db *store.DB) *Deliveries { return &Deliveries{db: db} }

// Waking gives the same outbox, which also wakes a worker: for each delivery
// that comes to wait a [store.Wake] job is inserted in the same transaction,
// for the moment at which it is due.
func (x *Deliveries) Waking(jobs *store.Jobs) *Deliveries { return &Deliveries{db: x.db, jobs: jobs} }

// HasKey reports whether a delivery with the key is stored.
func (x *Deliveries) HasKey(ctx context.Context, key string) (bool, error) {
	hash, err := x.db.Keys.Lookup(store.DeliveryKey, key)
	if err != nil {
		return false, err
	}
	return x.exists(ctx, "key_hash = ?", hash)
}

// EverSentTo reports whether a message left, or may have left, for the
// canonical address.
func (x *Deliveries) EverSentTo(ctx context.Context, canonical string) (bool, error) {
	hash, err := x.db.Keys.Lookup(store.CanonicalAddress, canonical)
	if err != nil {
		return false, err
	}
	return x.exists(ctx, "recipient_hash = ? AND (left_at <> 0 OR dot_marked)", hash)
}

func (x *Deliveries) exists(ctx context.Context, where string, is any) (bool, error) {
	found, err := x.db.Read().NewSelect().Model((*row)(nil)).Where(where, is).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the outbox: %w", err)
	}
	return found, nil
}

// Get gives one delivery as it stands, or a [pipeline.NotFoundError].
func (x *Deliveries) Get(ctx context.Context, id string) (outbox.Delivery, error) {
	r, err := find(ctx, x.db.Read().NewSelect(), id)
	if err != nil {
		return outbox.Delivery{}, err
	}
	return read(x.db.Keys, r)
}

// find gives the row of a delivery by a query on the right connection.
func find(ctx context.Context, q *bun.SelectQuery, id string) (row, error) {
	var r row
	err := q.Model(&r).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return r, &pipeline.NotFoundError{What: pipeline.NoDelivery, Name: id}
	}
	if err != nil {
		return r, fmt.Errorf("reading delivery %s: %w", id, err)
	}
	return r, nil
}

// List gives the chosen deliveries, earliest due date first and, on one day, in
// the order of their identifiers.
func (x *Deliveries) List(ctx context.Context, f pipeline.Filter) ([]outbox.Delivery, error) {
	var rows []row
	q := x.db.Read().NewSelect().Model(&rows).Order("due", "id")
	if f.Ref != "" {
		q = q.Where("ref = ?", string(f.Ref))
	}
	if len(f.Refs) > 0 {
		q = q.Where("ref IN (?)", bun.List(f.Refs))
	}
	if len(f.States) > 0 {
		q = q.Where("state IN (?)", bun.List(f.States))
	}
	if len(f.Kinds) > 0 {
		q = q.Where("kind IN (?)", bun.List(f.Kinds))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return readAll(x.db.Keys, rows)
}

// Original gives the form last sent for a child as it was rendered, with its
// delivery, or a [pipeline.NotFoundError]. One that came back counts only where
// there is no other.
func (x *Deliveries) Original(ctx context.Context, ref pep.Ref) (outbox.Delivery, []byte, error) {
	var r row
	err := x.db.Read().NewSelect().Model(&r).Where("ref = ?", string(ref)).Where("left_at <> 0").
		Where("kind IN (?)", bun.List([]outbox.Kind{outbox.KindForm, outbox.KindChase})).
		Where("EXISTS (SELECT 1 FROM contents WHERE contents.delivery = ?TableAlias.id AND contents.kind = ?)", string(documentPart)).
		OrderExpr("CASE WHEN state = ? THEN 1 ELSE 0 END, left_at DESC, due DESC, id", string(outbox.Bounced)).
		Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return outbox.Delivery{}, nil, &pipeline.NotFoundError{What: pipeline.NoContents, Name: string(ref)}
	}
	if err != nil {
		return outbox.Delivery{}, nil, fmt.Errorf("looking for the form sent for %s: %w", ref, err)
	}
	d, err := read(x.db.Keys, r)
	if err != nil {
		return d, nil, err
	}
	document, err := x.part(ctx, x.db.Read(), r.ID, documentPart)
	return d, document, err
}

// NextDue is the moment at which something waits to be sent next; the zero
// moment where it waits for nothing, and false where nothing waits.
func (x *Deliveries) NextDue(ctx context.Context) (time.Time, bool, error) {
	var next sql.NullInt64
	err := waiting(x.db.Read().NewSelect().Model((*row)(nil))).ColumnExpr("min(next_attempt)").Scan(ctx, &next)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reading the outbox: %w", err)
	}
	return moment(next.Int64), next.Valid, nil
}
