package returns

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// NoteTold records that whoever sent a form in clear was told, once.
func (x *Returns) NoteTold(ctx context.Context, id string, s pipeline.Settling) error {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		was, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), id)
		if err != nil {
			return err
		}
		r, err := x.read(was)
		if err != nil {
			return err
		}
		if !r.InClear || !r.Told.At.IsZero() {
			return pipeline.ErrReturnSettled
		}
		r.Told = s
		is, err := x.write(r)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewUpdate().Model(&is).Column("sealed").WherePK().Exec(ctx); err != nil {
			return err
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: s.At, Action: audit.ReturnTold, Ref: r.Ref, By: s.By, Why: s.Why, Facts: []audit.Fact{{Name: "return", Value: r.ID}},
		})
	})
	if err != nil {
		return fmt.Errorf("noting returned form %s: %w", id, err)
	}
	return nil
}
