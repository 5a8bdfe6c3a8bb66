// Package consents keeps what needs two people, and who of them agreed. It
// fills the pipeline's seam for it.
//
// It takes one account's consent to one subject and stores it, sealed, together
// with its evidence; it gives back the consents to a subject that still count.
// The same account twice is one consent, and an account that is unknown or was
// disabled has none. It checks no password and decides nothing about how many
// are enough.
package consents

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Consents = (*Consents)(nil)

// Consents is the consents in one database.
type Consents struct{ db *store.DB }

// New gives the consents of a database.
func New(db *store.DB) *Consents { return &Consents{db} }

// NotAnAccountError says that a consent is nobody's: the account is unknown or
// disabled.
type NotAnAccountError struct{}

// Error says what to do.
func (*NotAnAccountError) Error() string {
	return "a consent needs an account that is in use: pepost users list shows them"
}

// SubjectError says that a subject is not of the form that may stand in
// evidence.
type SubjectError struct{ Field string }

// Error names the field, never what it holds.
func (e *SubjectError) Error() string {
	return "the " + e.Field + " of what is agreed to is no opaque identifier: it is empty, too long, or holds a blank or an @"
}

// row is one consent as stored.
type row struct {
	bun.BaseModel `bun:"table:consents"`

	SubjectHash []byte `bun:"subject_hash,pk"`
	AccountHash []byte `bun:"account_hash,pk"`
	GivenAt     int64  `bun:"given_at"`
	Sealed      []byte `bun:"sealed"`
}

const (
	subjectField store.Field = "consent subject"
	accountField store.Field = "consent account"
)

// most bounds the consents to one subject; there are as many accounts at most.
const most = 1000

func (r row) cell() store.Cell {
	return store.Cell{Table: "consents", Row: hex.EncodeToString(r.SubjectHash) + " " + hex.EncodeToString(r.AccountHash), Column: "sealed"}
}

// Give is the pipeline's.
func (x *Consents) Give(ctx context.Context, c pipeline.Consent) error {
	if err := check(c.Subject); err != nil {
		return err
	}
	name, err := x.active(ctx, c.Account)
	if err != nil {
		return err
	}
	c.Account, c.At = string(name), c.At.UTC().Truncate(time.Microsecond)
	r, err := x.keyed(c)
	if err != nil {
		return err
	}
	if r.Sealed, err = x.db.Keys.SealJSON(r.cell(), c); err != nil {
		return err
	}
	return x.db.InTx(ctx, func(tx store.Tx) error {
		done, err := tx.SQL.NewInsert().Model(&r).On("CONFLICT (subject_hash, account_hash) DO NOTHING").Exec(ctx)
		if err != nil {
			return fmt.Errorf("storing a consent: %w", err)
		}
		if rows, err := done.RowsAffected(); err != nil || rows == 0 {
			return err
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: c.At, Action: audit.ConsentGiven, By: c.Account, Why: c.Why,
			Facts: []audit.Fact{{Name: "kind", Value: string(c.Subject.Kind)}, {Name: "subject", Value: c.Subject.ID}, {Name: "digest", Value: c.Subject.Digest}},
		})
	})
}

// check keeps personal data out of what becomes evidence.
func check(s pipeline.Subject) error {
	for _, field := range []struct {
		name, text string
		may        bool // be empty
	}{{"kind", string(s.Kind), false}, {"identifier", s.ID, false}, {"digest", s.Digest, true}} {
		odd := strings.ContainsFunc(field.text, func(r rune) bool { return r == '@' || unicode.IsSpace(r) || unicode.IsControl(r) })
		if odd || len(field.text) > 200 || field.text == "" && !field.may {
			return &SubjectError{field.name}
		}
	}
	return nil
}

// active gives the account's name as it is kept, where it may sign in.
func (x *Consents) active(ctx context.Context, account string) (accounts.Name, error) {
	name, err := accounts.ParseName(account)
	if err != nil {
		return "", &NotAnAccountError{}
	}
	active, err := accounts.Of(x.db).Active(ctx, name)
	if err == nil && !active {
		err = &NotAnAccountError{}
	}
	return name, err
}

// Given is the pipeline's.
func (x *Consents) Given(ctx context.Context, s pipeline.Subject) ([]pipeline.Consent, error) {
	key, err := x.keyed(pipeline.Consent{Subject: s})
	if err != nil {
		return nil, err
	}
	var rows []row
	err = x.db.Read().NewSelect().Model(&rows).Where("subject_hash = ?", key.SubjectHash).Order("given_at", "account_hash").Limit(most).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	var given []pipeline.Consent
	for _, r := range rows {
		var c pipeline.Consent
		if err := x.db.Keys.OpenJSON(r.cell(), r.Sealed, &c); err != nil {
			return nil, err
		}
		active, err := accounts.Of(x.db).Active(ctx, accounts.Name(c.Account))
		if err != nil {
			return nil, err
		}
		if active {
			given = append(given, c)
		}
	}
	return given, nil
}

// keyed is a row by its hashes alone. The texts of a subject cannot hold a
// blank, so that no two subjects are written alike.
func (x *Consents) keyed(c pipeline.Consent) (row, error) {
	s := c.Subject
	subject, err := x.db.Keys.Lookup(subjectField, string(s.Kind)+" "+s.ID+" "+s.Digest)
	if err != nil {
		return row{}, err
	}
	account, err := x.db.Keys.Lookup(accountField, c.Account)
	return row{SubjectHash: subject, AccountHash: account, GivenAt: c.At.UnixMicro()}, err
}
