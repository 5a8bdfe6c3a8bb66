package deliveries

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/store"
)

// waiting leaves what waits to be handed to a relay; what goes by post has
// none, and what may have left is never sent by itself.
func waiting(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("state IN (?)", bun.List([]outbox.State{outbox.Approved, outbox.Deferred})).
		Where("relay <> ''").Where("NOT dot_marked")
}

// Relays names the relays for which something is due, in order.
func (x *Deliveries) Relays(ctx context.Context, now time.Time) ([]string, error) {
	var names []string
	err := waiting(x.db.Read().NewSelect().Model((*row)(nil))).Where("next_attempt <= ?", now.UnixMicro()).
		Distinct().Column("relay").Order("relay").Scan(ctx, &names)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return names, nil
}

// Claim moves what is due into sending, earliest due date first. No two claims
// ever give the same delivery.
func (x *Deliveries) Claim(ctx context.Context, ask dispatch.Ask) ([]outbox.Delivery, error) {
	if ask.Limit <= 0 || ask.Relay == "" {
		return nil, nil
	}
	if err := x.db.Present(ctx, ask.Owner); err != nil {
		return nil, err
	}
	var claimed []outbox.Delivery
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		var rows []row
		q := waiting(tx.SQL.NewSelect().Model(&rows)).Where("relay = ?", ask.Relay).
			Where("next_attempt <= ?", ask.Now.UnixMicro()).Order("due", "id").Limit(int64(ask.Limit))
		if err := tx.ForUpdateSkipping(q).Scan(ctx); err != nil {
			return err
		}
		for _, r := range rows {
			was, err := read(x.db.Keys, r)
			if err != nil {
				return err
			}
			is, err := outbox.Claim(was, ask.Owner, ask.Now.Add(ask.Lease), outbox.Occasion{At: ask.Now, By: ask.Owner})
			if err != nil {
				return err
			}
			if is, err = x.put(ctx, tx, was, is, nil); err != nil {
				return err
			}
			claimed = append(claimed, is)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming deliveries: %w", err)
	}
	return claimed, nil
}

// MarkDot commits the marker that goes before the final dot and gives the
// delivery as it then stands. The error wraps [outbox.ErrConflict] where the
// claim was lost.
func (x *Deliveries) MarkDot(ctx context.Context, d outbox.Delivery) (outbox.Delivery, error) {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		was, err := x.lock(ctx, tx, d)
		if err != nil {
			return err
		}
		if was.State != outbox.Sending || was.LeaseOwner != d.LeaseOwner || was.DotMarked {
			return outbox.ErrConflict
		}
		is := was
		is.DotMarked = true
		d, err = x.put(ctx, tx, was, is, nil)
		return err
	})
	if err != nil {
		return d, fmt.Errorf("marking delivery %s: %w", d.ID, err)
	}
	return d, nil
}

// Recover settles what dead processes left in sending and gives it as it then
// stands. Deliveries that the owner itself is sending stay. A process is dead
// where that is proven, else when its lease has lapsed.
func (x *Deliveries) Recover(ctx context.Context, owner string, now time.Time) ([]outbox.Delivery, error) {
	var settled []outbox.Delivery
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		var rows []row
		q := tx.SQL.NewSelect().Model(&rows).Where("state = ?", outbox.Sending).Where("lease_owner <> ?", owner).Order("id")
		if err := tx.ForUpdateSkipping(q).Scan(ctx); err != nil {
			return err
		}
		for _, r := range rows {
			dead, err := x.db.Dead(ctx, tx, r.LeaseOwner)
			if err != nil {
				return err
			}
			if !dead && r.LeaseUntil > now.UnixMicro() {
				continue
			}
			is, err := x.recover(ctx, tx, r, outbox.Occasion{At: now, By: owner})
			if err != nil {
				return err
			}
			settled = append(settled, is)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("recovering deliveries: %w", err)
	}
	return settled, nil
}

func (x *Deliveries) recover(ctx context.Context, tx store.Tx, r row, o outbox.Occasion) (outbox.Delivery, error) {
	was, err := read(x.db.Keys, r)
	if err != nil {
		return was, err
	}
	is, err := outbox.Recover(was, o)
	if err != nil {
		return was, errors.Join(fmt.Errorf("delivery %s", r.ID), err)
	}
	return x.put(ctx, tx, was, is, nil)
}
