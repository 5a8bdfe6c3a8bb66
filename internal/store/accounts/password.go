package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// NewPassword is another password for an account. By is the account whose own
// password proved who asks for it.
type NewPassword struct {
	Name     Name
	Password string
	By       Name
	At       time.Time
}

// SetPassword gives an account another password, with evidence of who did: its
// own person, or another. It gives a [PasswordError], or [ErrUnknown] where the
// account is not there or disabled. Wrong passwords that were tried for the name
// are forgotten, and whoever is signed in with it is signed out.
func (a *Accounts) SetPassword(ctx context.Context, n NewPassword) error {
	if err := checkPassword(n.Name, n.Password); err != nil {
		return err
	}
	hash, err := hashed(n.Password, usual())
	if err != nil {
		return err
	}
	return a.db.InTx(ctx, func(tx store.Tx) error {
		found, err := a.find(ctx, tx.SQL, n.Name, tx.ForUpdate)
		if err != nil {
			return err
		}
		if !found.Active() {
			return ErrUnknown
		}
		same, err := matches(found.Hash, n.Password)
		if err != nil {
			return err
		}
		if same {
			return &PasswordError{"it is the password that the account has"}
		}
		found.Hash, found.Password = hash, n.At.UTC()
		changed, err := a.seal(found)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewUpdate().Model(&changed).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("storing the account: %w", err)
		}
		if err := a.clear(ctx, tx, n.Name); err != nil {
			return fmt.Errorf("storing the account: %w", err)
		}
		news := "given another password by its own person"
		if n.By != n.Name {
			news = "given another password by another account"
		}
		return evidence.AppendIn(ctx, tx, a.db.Keys, record(audit.AccountChanged, n.At, string(n.By), n.Name, news))
	})
}

// StillIn reports whether an account that signed in at a moment may still be
// signed in: it is there and not disabled, and has the password it had then.
func (a *Accounts) StillIn(ctx context.Context, name Name, since time.Time) (bool, error) {
	found, err := a.find(ctx, a.db.Read(), name, nil)
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil && found.Active() && !found.Password.After(since), err
}
