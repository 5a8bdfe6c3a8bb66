package accounts

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// The reasons for which an account is not added, found or let in.
var (
	ErrTaken   = errors.New("an account of that name is there already, in use or disabled")
	ErrUnknown = errors.New("there is no account of that name")
	// ErrRefused says no more: not whether the name or the password was wrong.
	ErrRefused = errors.New("the name and the password do not belong together")
	ErrFull    = errors.New("there are 1,000 accounts already")
)

// maxAccounts bounds the list.
const maxAccounts = 1000

// Account is who may sign in. Disabled is zero while they may.
type Account struct {
	Name     Name      `json:"name"`
	Role     Role      `json:"role"`
	Added    time.Time `json:"added"`
	Disabled time.Time `json:"disabled,omitzero"`
	// Password is when it was given another password; zero where it has its
	// first.
	Password time.Time `json:"password_changed,omitzero"`
}

// Active reports an account that may sign in.
func (a Account) Active() bool { return a.Disabled.IsZero() }

// New is an account to be made. By is who makes it, for the evidence.
type New struct {
	Name     Name
	Role     Role
	Password string
	By       string
	At       time.Time
}

// Accounts is the accounts in one database.
type Accounts struct{ db *store.DB }

// Of gives the accounts of a database.
func Of(db *store.DB) *Accounts { return &Accounts{db} }

type row struct {
	bun.BaseModel `bun:"table:accounts"`

	NameHash []byte `bun:"name_hash,pk"`
	Sealed   []byte `bun:"sealed"`
}

// stored is the sealed cell.
type stored struct {
	Account
	Hash string `json:"hash"`
}

const nameField store.Field = "account name"

func cell(hash []byte) store.Cell {
	return store.Cell{Table: "accounts", Row: hex.EncodeToString(hash), Column: "sealed"}
}

// Add makes an account, or gives a [PasswordError], [ErrTaken] or [ErrFull].
func (a *Accounts) Add(ctx context.Context, n New) error {
	if err := checkPassword(n.Name, n.Password); err != nil {
		return err
	}
	hash, err := hashed(n.Password, usual())
	if err != nil {
		return err
	}
	made, err := a.seal(stored{Account{Name: n.Name, Role: n.Role, Added: n.At.UTC()}, hash})
	if err != nil {
		return err
	}
	return a.db.InTx(ctx, func(tx store.Tx) error {
		all, err := tx.SQL.NewSelect().Model((*row)(nil)).Count(ctx)
		if err != nil {
			return fmt.Errorf("counting the accounts: %w", err)
		}
		if all >= maxAccounts {
			return ErrFull
		}
		done, err := tx.SQL.NewInsert().Model(&made).On("CONFLICT (name_hash) DO NOTHING").Exec(ctx)
		if err != nil {
			return fmt.Errorf("storing the account: %w", err)
		}
		if rows, err := done.RowsAffected(); err != nil || rows == 0 {
			return cmp.Or(err, ErrTaken)
		}
		return evidence.AppendIn(ctx, tx, a.db.Keys, record(audit.AccountChanged, n.At, n.By, n.Name, "added as "+string(n.Role)))
	})
}

// Disable keeps an account from signing in for good, or gives [ErrUnknown].
// One that is disabled stays as it is.
func (a *Accounts) Disable(ctx context.Context, name Name, by string, at time.Time) error {
	return a.db.InTx(ctx, func(tx store.Tx) error {
		found, err := a.find(ctx, tx.SQL, name, tx.ForUpdate)
		if err != nil || !found.Active() {
			return err
		}
		found.Disabled = at.UTC()
		changed, err := a.seal(found)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewUpdate().Model(&changed).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("storing the account: %w", err)
		}
		return evidence.AppendIn(ctx, tx, a.db.Keys, record(audit.AccountChanged, at, by, name, "disabled"))
	})
}

// List gives every account by name.
func (a *Accounts) List(ctx context.Context) ([]Account, error) {
	var rows []row
	if err := a.db.Read().NewSelect().Model(&rows).Limit(maxAccounts).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the accounts: %w", err)
	}
	list := make([]Account, 0, len(rows))
	for _, r := range rows {
		opened, err := a.open(r)
		if err != nil {
			return nil, err
		}
		list = append(list, opened.Account)
	}
	slices.SortFunc(list, func(x, y Account) int { return cmp.Compare(x.Name, y.Name) })
	return list, nil
}

// Active reports whether an account is there and may sign in.
func (a *Accounts) Active(ctx context.Context, name Name) (bool, error) {
	found, err := a.find(ctx, a.db.Read(), name, nil)
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil && found.Active(), err
}

// Verify gives the account that a name and a password belong to, or
// [ErrRefused]. Either leaves evidence. A name that no account has is not
// written down: it may be a password typed in the wrong place. After five wrong
// passwords for a name it is [ErrLocked] for ten minutes, for every process;
// what is tried meanwhile is not looked at and leaves no evidence.
func (a *Accounts) Verify(ctx context.Context, text, password string, at time.Time) (Account, error) {
	found, told := stored{Hash: nobodys()}, Name("")
	name, err := ParseName(text)
	if err == nil {
		if err := a.charge(ctx, name, at); err != nil {
			return Account{}, err
		}
		known, err := a.find(ctx, a.db.Read(), name, nil)
		switch {
		case err == nil:
			found, told = known, name
		case !errors.Is(err, ErrUnknown):
			return Account{}, err
		}
	}
	if len(password) > maxPassword {
		password = "" // no account has it, and hashing it must not take longer
	}
	right, err := matches(found.Hash, password)
	if err != nil {
		return Account{}, err
	}
	right = right && told != "" && found.Active()
	action, news := audit.SignedIn, "signed in"
	if !right {
		action, news = audit.SignInRefused, "refused"
	}
	err = a.db.InTx(ctx, func(tx store.Tx) error {
		if right {
			if err := a.clear(ctx, tx, told); err != nil {
				return err
			}
		}
		return evidence.AppendIn(ctx, tx, a.db.Keys, record(action, at, string(told), told, news))
	})
	switch {
	case err != nil:
		return Account{}, fmt.Errorf("keeping evidence of a sign-in: %w", err)
	case !right:
		return Account{}, ErrRefused
	}
	return found.Account, nil
}

func record(action audit.Action, at time.Time, by string, name Name, news string) audit.Record {
	account := cmp.Or(string(name), "an unknown name")
	return audit.Record{At: at, Action: action, By: by, Facts: []audit.Fact{{Name: "account", Value: account}, {Name: "news", Value: news}}}
}

func (a *Accounts) find(ctx context.Context, db bun.IDB, name Name, lock func(*bun.SelectQuery) *bun.SelectQuery) (stored, error) {
	hash, err := a.db.Keys.Lookup(nameField, string(name))
	if err != nil {
		return stored{}, fmt.Errorf("looking for an account: %w", err)
	}
	r := row{NameHash: hash}
	query := db.NewSelect().Model(&r).WherePK()
	if lock != nil {
		query = lock(query)
	}
	if err := query.Scan(ctx); errors.Is(err, sql.ErrNoRows) {
		return stored{}, ErrUnknown
	} else if err != nil {
		return stored{}, fmt.Errorf("looking for an account: %w", err)
	}
	return a.open(r)
}

func (a *Accounts) open(r row) (stored, error) {
	var plain stored
	err := a.db.Keys.OpenJSON(cell(r.NameHash), r.Sealed, &plain)
	return plain, err
}

func (a *Accounts) seal(plain stored) (row, error) {
	hash, err := a.db.Keys.Lookup(nameField, string(plain.Name))
	if err != nil {
		return row{}, fmt.Errorf("sealing an account: %w", err)
	}
	sealed, err := a.db.Keys.SealJSON(cell(hash), plain)
	return row{NameHash: hash, Sealed: sealed}, err
}
