package deliveries

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// Exchange stores a delivery that takes another one's place together with the
// other one as it was changed, in one transaction with the evidence of both:
// there is no moment at which both, or neither, would be sent. The error wraps
// [outbox.ErrConflict] where the old one was changed meanwhile or the new one
// is there already.
func (x *Deliveries) Exchange(ctx context.Context, old, fresh outbox.Delivery, c pipeline.Contents) error {
	switch {
	case len(fresh.Events) == 0:
		return ErrNoEvents
	case fresh.SHA256 == outbox.Sketched:
		return ErrSketched
	case fresh.Replaces != old.ID || old.ReplacedBy != fresh.ID:
		return ErrIdentity
	}
	fresh.Version = 1
	r, err := write(x.db.Keys, fresh)
	if err != nil {
		return err
	}
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		was, err := x.lock(ctx, tx, old)
		if err != nil {
			return err
		}
		if !sameDelivery(was, old) || !sameMessage(was, old) {
			return ErrIdentity
		}
		if _, err := x.put(ctx, tx, was, old, nil); err != nil {
			return err
		}
		added, err := x.insert(ctx, tx, r, fresh, c)
		if err == nil && !added {
			return fmt.Errorf("%w: it was sealed again already", outbox.ErrConflict)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("storing delivery %s in place of %s: %w", fresh.ID, old.ID, err)
	}
	return nil
}

// insert adds a delivery with its contents and its evidence, or gives false
// where its key is known already.
func (x *Deliveries) insert(ctx context.Context, tx store.Tx, r row, d outbox.Delivery, c pipeline.Contents) (bool, error) {
	result, err := tx.SQL.NewInsert().Model(&r).On("CONFLICT (key_hash) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if err := x.putContents(ctx, tx, d.ID, c); err != nil {
		return false, err
	}
	if err := x.wake(ctx, tx, "", d); err != nil {
		return false, err
	}
	records, err := proof(x.db.Keys, outbox.Delivery{}, d, c.Document)
	if err != nil {
		return false, err
	}
	return true, evidence.AppendIn(ctx, tx, x.db.Keys, records...)
}
