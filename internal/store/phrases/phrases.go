package phrases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Phrases = (*Phrases)(nil)

// ErrNoAddress says that an agreement has no usable address.
var ErrNoAddress = errors.New("an agreement is with a contact whose address mail is sent to")

// Phrases is the agreements in one database.
type Phrases struct{ db *store.DB }

// New gives the agreements of a database.
func New(db *store.DB) *Phrases { return &Phrases{db} }

// row is one agreed phrase as stored.
type row struct {
	bun.BaseModel `bun:"table:agreed_phrases"`

	ID          string `bun:"id,pk"`
	ContactHash []byte `bun:"contact_hash"`
	ToldAt      int64  `bun:"told_at"`
	Sealed      []byte `bun:"sealed"`
	Phrase      []byte `bun:"phrase"`
}

func cell(id, column string) store.Cell {
	return store.Cell{Table: "agreed_phrases", Row: id, Column: column}
}

// contactOf is the keyed hash that a contact's agreements are found by.
func (x *Phrases) contactOf(a pep.Address) ([]byte, error) {
	if a.Canonical() == "" {
		return nil, ErrNoAddress
	}
	return x.db.Keys.Lookup(store.CanonicalAddress, strings.ToLower(a.Canonical()))
}

// AddPhrase is the pipeline's.
func (x *Phrases) AddPhrase(ctx context.Context, p pipeline.AgreedPhrase, phrase string) error {
	hash, err := x.contactOf(p.Address)
	if err != nil {
		return err
	}
	r := row{ID: p.ID, ContactHash: hash, ToldAt: p.Told.UnixMicro()}
	if r.Sealed, err = x.db.Keys.SealJSON(cell(p.ID, "sealed"), p); err != nil {
		return err
	}
	if r.Phrase, err = x.db.Keys.Seal(cell(p.ID, "phrase"), []byte(phrase)); err != nil {
		return err
	}
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		earlier, err := x.of(ctx, tx.ForUpdate(tx.SQL.NewSelect()), hash)
		if err != nil {
			return err
		}
		for _, e := range earlier {
			if e.Ended.IsZero() && e.Confirmed.IsZero() {
				if err := x.end(ctx, tx, e, pipeline.Settling{At: p.Told, By: p.ToldBy, Why: "another one was told since"}, false); err != nil {
					return err
				}
			}
		}
		if _, err := tx.SQL.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		return x.proof(ctx, tx, "told", p.ID, pipeline.Settling{At: p.Told, By: p.ToldBy})
	})
	if err != nil {
		return fmt.Errorf("storing an agreed phrase: %w", err)
	}
	return nil
}

// ConfirmPhrase is the pipeline's.
func (x *Phrases) ConfirmPhrase(ctx context.Context, id string, s pipeline.Settling) error {
	return x.change(ctx, id, func(tx store.Tx, p pipeline.AgreedPhrase, hash []byte) error {
		if !p.Confirmed.IsZero() {
			return nil
		}
		p.Confirmed, p.ConfirmedBy = s.At, s.By
		if err := x.put(ctx, tx, p); err != nil {
			return err
		}
		earlier, err := x.of(ctx, tx.ForUpdate(tx.SQL.NewSelect()), hash)
		if err != nil {
			return err
		}
		for _, e := range earlier {
			if e.ID == id || !e.Ended.IsZero() {
				continue
			}
			why := pipeline.Settling{At: s.At, By: s.By, Why: "another one was agreed"}
			if err := x.end(ctx, tx, e, why, false); err != nil {
				return err
			}
		}
		return x.proof(ctx, tx, "confirmed", id, s)
	})
}

// WithdrawPhrase is the pipeline's.
func (x *Phrases) WithdrawPhrase(ctx context.Context, id string, s pipeline.Settling) error {
	return x.change(ctx, id, func(tx store.Tx, p pipeline.AgreedPhrase, _ []byte) error {
		return x.end(ctx, tx, p, s, true)
	})
}

// change locks one phrase that has not ended and does something to it.
func (x *Phrases) change(ctx context.Context, id string, do func(store.Tx, pipeline.AgreedPhrase, []byte) error) error {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		r, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), id)
		if err != nil {
			return err
		}
		p, err := x.read(r)
		if err != nil {
			return err
		}
		if !p.Ended.IsZero() {
			return pipeline.ErrPhraseEnded
		}
		return do(tx, p, r.ContactHash)
	})
	if err != nil {
		return fmt.Errorf("changing the agreed phrase %s: %w", id, err)
	}
	return nil
}

// end ends a phrase and destroys it: deliveries that were sealed with it have
// it still, until they are done with.
func (x *Phrases) end(ctx context.Context, tx store.Tx, p pipeline.AgreedPhrase, s pipeline.Settling, withdrawn bool) error {
	p.Ended, p.EndedWhy, p.Withdrawn = s.At, s.Why, withdrawn
	if err := x.put(ctx, tx, p); err != nil {
		return err
	}
	if _, err := tx.SQL.NewUpdate().Model((*row)(nil)).Set("phrase = ?", []byte{}).Where("id = ?", p.ID).Exec(ctx); err != nil {
		return err
	}
	what := "ended"
	if withdrawn {
		what = "withdrawn"
	}
	return x.proof(ctx, tx, what, p.ID, s)
}

func (x *Phrases) put(ctx context.Context, tx store.Tx, p pipeline.AgreedPhrase) error {
	sealed, err := x.db.Keys.SealJSON(cell(p.ID, "sealed"), p)
	if err != nil {
		return err
	}
	_, err = tx.SQL.NewUpdate().Model((*row)(nil)).Set("sealed = ?", sealed).Where("id = ?", p.ID).Exec(ctx)
	return err
}

// proof leaves evidence of a change, by the phrase's opaque name.
func (x *Phrases) proof(ctx context.Context, tx store.Tx, what, id string, s pipeline.Settling) error {
	return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
		At: s.At, Action: audit.PhraseChanged, By: s.By, Why: s.Why,
		Facts: []audit.Fact{{Name: "phrase", Value: id}, {Name: "change", Value: what}},
	})
}

func find(ctx context.Context, q *bun.SelectQuery, id string) (row, error) {
	var r row
	err := q.Model(&r).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return r, &pipeline.NotFoundError{What: pipeline.NoPhrase, Name: id}
	}
	return r, err
}

func (x *Phrases) read(r row) (pipeline.AgreedPhrase, error) {
	var p pipeline.AgreedPhrase
	err := x.db.Keys.OpenJSON(cell(r.ID, "sealed"), r.Sealed, &p)
	return p, err
}

// of gives the agreements with one contact, the newest first.
func (x *Phrases) of(ctx context.Context, q *bun.SelectQuery, hash []byte) ([]pipeline.AgreedPhrase, error) {
	var rows []row
	if err := q.Model(&rows).Where("contact_hash = ?", hash).Order("told_at DESC", "id").Scan(ctx); err != nil {
		return nil, err
	}
	return x.readAll(rows)
}

func (x *Phrases) readAll(rows []row) ([]pipeline.AgreedPhrase, error) {
	all := make([]pipeline.AgreedPhrase, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = x.read(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Phrase is the pipeline's.
func (x *Phrases) Phrase(ctx context.Context, id string) (pipeline.AgreedPhrase, error) {
	r, err := find(ctx, x.db.Read().NewSelect(), id)
	if err != nil {
		return pipeline.AgreedPhrase{}, err
	}
	return x.read(r)
}

// PhrasesOf is the pipeline's.
func (x *Phrases) PhrasesOf(ctx context.Context, a pep.Address) ([]pipeline.AgreedPhrase, error) {
	if a.Canonical() == "" {
		return nil, nil
	}
	hash, err := x.contactOf(a)
	if err != nil {
		return nil, err
	}
	all, err := x.of(ctx, x.db.Read().NewSelect(), hash)
	if err != nil {
		return nil, fmt.Errorf("reading the agreed phrases: %w", err)
	}
	return all, nil
}

// AllPhrases is the pipeline's.
func (x *Phrases) AllPhrases(ctx context.Context) ([]pipeline.AgreedPhrase, error) {
	var rows []row
	if err := x.db.Read().NewSelect().Model(&rows).Order("told_at DESC", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the agreed phrases: %w", err)
	}
	return x.readAll(rows)
}

// SecretOf is the pipeline's.
func (x *Phrases) SecretOf(ctx context.Context, id string) (string, error) {
	r, err := find(ctx, x.db.Read().NewSelect(), id)
	if err != nil {
		return "", err
	}
	if len(r.Phrase) == 0 {
		return "", &pipeline.NotFoundError{What: pipeline.NoPhrase, Name: id}
	}
	plain, err := x.db.Keys.Open(cell(id, "phrase"), r.Phrase)
	return string(plain), err
}
