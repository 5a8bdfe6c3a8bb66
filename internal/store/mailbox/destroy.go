package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// WholeMail gives the messages that are done with, came before a moment and are
// still there as they came, the first to come first.
func (x *Mailbox) WholeMail(ctx context.Context, before time.Time) ([]pipeline.Mail, error) {
	var rows []row
	err := x.db.Read().NewSelect().Model(&rows).ExcludeColumn("raw").Order("received_at", "id").
		Where("state = ?", pipeline.MailDone).Where("received_at <= ?", before.UnixMicro()).Where("length(raw) > 0").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the returned mail: %w", err)
	}
	return x.readAll(rows)
}

// DestroyMail puts nothing in the place of a message as it came, with evidence
// in the same transaction. Where it is destroyed already nothing changes. The
// sealed bytes may stand in free pages of the database's file until these are
// used again.
func (x *Mailbox) DestroyMail(ctx context.Context, id string, by pipeline.Settling) error {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		stored, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), id)
		if err != nil {
			return err
		}
		m, err := x.read(stored)
		if err != nil {
			return err
		}
		if m.State != pipeline.MailDone {
			return pipeline.ErrMailWaits
		}
		if len(stored.Raw) == 0 {
			return nil
		}
		m.Destroyed = by.At
		is, err := x.write(m)
		if err != nil {
			return err
		}
		is.Raw = []byte{}
		if _, err := tx.SQL.NewUpdate().Model(&is).Column("sealed", "raw").WherePK().Exec(ctx); err != nil {
			return err
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: by.At, Action: audit.MailDestroyed, Ref: m.Ref, Delivery: m.Delivery, By: by.By, Why: by.Why,
			Facts: []audit.Fact{{Name: "message", Value: m.ID}, {Name: "sha256", Value: m.SHA256}},
		})
	})
	if err != nil {
		return fmt.Errorf("destroying message %s: %w", id, err)
	}
	return nil
}
