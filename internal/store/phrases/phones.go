package phrases

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// phone is one confirmed number as stored.
type phone struct {
	bun.BaseModel `bun:"table:confirmed_phones"`

	ContactHash []byte `bun:"contact_hash,pk"`
	ConfirmedAt int64  `bun:"confirmed_at"`
	Sealed      []byte `bun:"sealed"`
}

func phoneCell(hash []byte) store.Cell {
	return store.Cell{Table: "confirmed_phones", Row: hex.EncodeToString(hash), Column: "sealed"}
}

// ConfirmPhone is the pipeline's.
func (x *Phrases) ConfirmPhone(ctx context.Context, p pipeline.ConfirmedPhone) error {
	hash, err := x.contactOf(p.Address)
	if err != nil {
		return err
	}
	r := phone{ContactHash: hash, ConfirmedAt: p.Confirmed.UnixMicro()}
	if r.Sealed, err = x.db.Keys.SealJSON(phoneCell(hash), p); err != nil {
		return err
	}
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		_, err := tx.SQL.NewInsert().Model(&r).On("CONFLICT (contact_hash) DO UPDATE").
			Set("confirmed_at = EXCLUDED.confirmed_at").Set("sealed = EXCLUDED.sealed").Exec(ctx)
		if err != nil {
			return err
		}
		return x.phoneProof(ctx, tx, "confirmed", p.Number, pipeline.Settling{At: p.Confirmed, By: p.ConfirmedBy})
	})
	if err != nil {
		return fmt.Errorf("storing a confirmed number: %w", err)
	}
	return nil
}

// RemovePhone is the pipeline's.
func (x *Phrases) RemovePhone(ctx context.Context, a pep.Address, s pipeline.Settling) error {
	was, found, err := x.Phone(ctx, a)
	if err != nil {
		return err
	}
	if !found {
		return &pipeline.NotFoundError{What: pipeline.NoPhone}
	}
	hash, err := x.contactOf(a)
	if err != nil {
		return err
	}
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.SQL.NewDelete().Model((*phone)(nil)).Where("contact_hash = ?", hash).Exec(ctx); err != nil {
			return err
		}
		return x.phoneProof(ctx, tx, "removed", was.Number, s)
	})
	if err != nil {
		return fmt.Errorf("removing a confirmed number: %w", err)
	}
	return nil
}

// phoneProof leaves evidence with the last two digits of the number.
func (x *Phrases) phoneProof(ctx context.Context, tx store.Tx, what, number string, s pipeline.Settling) error {
	return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
		At: s.At, Action: audit.PhoneChanged, By: s.By, Why: s.Why,
		Facts: []audit.Fact{{Name: "number", Value: outbox.Masked(number)}, {Name: "change", Value: what}},
	})
}

// Phone is the pipeline's.
func (x *Phrases) Phone(ctx context.Context, a pep.Address) (pipeline.ConfirmedPhone, bool, error) {
	var p pipeline.ConfirmedPhone
	if a.Canonical() == "" {
		return p, false, nil
	}
	hash, err := x.contactOf(a)
	if err != nil {
		return p, false, err
	}
	var r phone
	err = x.db.Read().NewSelect().Model(&r).Where("contact_hash = ?", hash).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("reading the confirmed numbers: %w", err)
	}
	err = x.db.Keys.OpenJSON(phoneCell(hash), r.Sealed, &p)
	return p, err == nil, err
}

// AllPhones is the pipeline's.
func (x *Phrases) AllPhones(ctx context.Context) ([]pipeline.ConfirmedPhone, error) {
	var rows []phone
	if err := x.db.Read().NewSelect().Model(&rows).Order("confirmed_at DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the confirmed numbers: %w", err)
	}
	all := make([]pipeline.ConfirmedPhone, len(rows))
	for i, r := range rows {
		if err := x.db.Keys.OpenJSON(phoneCell(r.ContactHash), r.Sealed, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}
