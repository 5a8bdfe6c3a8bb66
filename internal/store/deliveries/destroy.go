package deliveries

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/store"
)

// errDestroyed says that a passphrase would come back.
var errDestroyed = errors.New("a passphrase that was destroyed does not come back: cancel the delivery and make another one")

// destroys reports whether a change is the one that destroys the passphrase.
func destroys(was, is outbox.Delivery) bool {
	return is.Passphrase == outbox.PassphraseDestroyed && was.Passphrase != outbox.PassphraseDestroyed
}

// dropPassphrase deletes the stored passphrase in the transaction that says so.
func dropPassphrase(ctx context.Context, tx store.Tx, was, is outbox.Delivery) error {
	if was.Passphrase == outbox.PassphraseDestroyed && is.Passphrase != outbox.PassphraseDestroyed && was.SHA256 == is.SHA256 {
		return errDestroyed
	}
	if !destroys(was, is) {
		return nil
	}
	_, err := tx.SQL.NewDelete().Model((*content)(nil)).Where("delivery = ?", is.ID).Where("kind = ?", string(passphrasePart)).Exec(ctx)
	return err
}

// Destroy deletes the passphrases of some deliveries within a transaction that
// stores why, with the evidence of each. One that is gone already stays so. All
// rows are locked before the first evidence is written, as everywhere.
func (x *Deliveries) Destroy(ctx context.Context, tx store.Tx, ids []string, o outbox.Occasion) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []row
	q := tx.ForUpdate(tx.SQL.NewSelect().Model(&rows)).Where("id IN (?)", bun.List(ids)).Order("id")
	if err := q.Scan(ctx); err != nil {
		return fmt.Errorf("reading what to destroy: %w", err)
	}
	for _, r := range rows {
		was, err := read(x.db.Keys, r)
		if err != nil {
			return err
		}
		is, kept := outbox.DestroyPassphrase(was, o)
		if !kept || was.State == outbox.Sending {
			continue // whoever is sending it goes on from the version they have
		}
		if _, err := x.put(ctx, tx, was, is, nil); err != nil {
			return fmt.Errorf("destroying the passphrase of delivery %s: %w", r.ID, err)
		}
	}
	return nil
}
