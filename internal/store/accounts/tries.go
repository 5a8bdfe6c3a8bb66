package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/store"
)

// ErrLocked says that too many wrong passwords were tried for a name, whether
// or not there is such an account: none is looked at for some minutes.
var ErrLocked = errors.New("too many wrong passwords were tried for this name: none is looked at for ten minutes")

const (
	// mostTries are the passwords that are looked at before a name is locked.
	mostTries = 5
	// lockedFor is how long after the first of them the next is looked at.
	lockedFor = 10 * time.Minute
)

// tries is what was tried for one name, kept until lockedFor is over.
type tries struct {
	bun.BaseModel `bun:"table:sign_in_tries"`

	NameHash []byte `bun:"name_hash,pk"`
	Tries    int64  `bun:"tries"`
	Since    int64  `bun:"since"`
}

// charge counts a try before its password is looked at, so that tries made
// side by side are counted too, or gives [ErrLocked]. What is too old, or from
// a clock that was ahead, is forgotten first, which also bounds the table: no
// more tries fit into lockedFor than hashing allows.
func (a *Accounts) charge(ctx context.Context, name Name, at time.Time) error {
	hash, err := a.db.Keys.Lookup(nameField, string(name))
	if err != nil {
		return fmt.Errorf("looking for an account: %w", err)
	}
	locked := false
	err = a.db.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.SQL.NewDelete().Model((*tries)(nil)).
			Where("since <= ? OR since > ?", at.Add(-lockedFor).UnixMicro(), at.UnixMicro()).Exec(ctx); err != nil {
			return err
		}
		t := tries{NameHash: hash, Since: at.UnixMicro()}
		if _, err := tx.SQL.NewInsert().Model(&t).On("CONFLICT (name_hash) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		if err := tx.ForUpdate(tx.SQL.NewSelect().Model(&t).WherePK()).Scan(ctx); err != nil {
			return err
		}
		if locked = t.Tries >= mostTries; locked {
			return nil
		}
		t.Tries++
		_, err := tx.SQL.NewUpdate().Model(&t).WherePK().Exec(ctx)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("counting a sign-in: %w", err)
	case locked:
		return ErrLocked
	}
	return nil
}

// clear forgets the tries for a name that got in.
func (a *Accounts) clear(ctx context.Context, tx store.Tx, name Name) error {
	hash, err := a.db.Keys.Lookup(nameField, string(name))
	if err != nil {
		return err
	}
	_, err = tx.SQL.NewDelete().Model(&tries{NameHash: hash}).WherePK().Exec(ctx)
	return err
}
