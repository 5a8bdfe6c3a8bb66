// Package judgements keeps what the Virtual School judged of each plan's filled
// form. It fills the pipeline's seam for it.
//
// It takes one person's judgement and stores it, sealed, together with its
// evidence; it gives back the judgements of some children, the earliest first.
// None is ever changed or removed. It rates nothing, and asks no account
// whether it may.
package judgements

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Judgements = (*Judgements)(nil)

// Judgements is the judgements in one database.
type Judgements struct{ db *store.DB }

// New gives the judgements of a database.
func New(db *store.DB) *Judgements { return &Judgements{db} }

// row is one judgement as stored.
type row struct {
	bun.BaseModel `bun:"table:judgements"`

	ID      string `bun:"id,pk"`
	Ref     string `bun:"ref"`
	GivenAt int64  `bun:"given_at"`
	Sealed  []byte `bun:"sealed"`
}

// sealedJudgement is the sealed cell. Its names are stored: they outlive the
// names in code.
type sealedJudgement struct {
	Ref        pep.Ref                   `json:"ref"`
	PlanKey    string                    `json:"plan"`
	Return     string                    `json:"return"`
	Answers    string                    `json:"answers"`
	Parts      map[string]quality.Rating `json:"parts,omitempty"`
	Overall    quality.Rating            `json:"overall"`
	Overridden bool                      `json:"overridden,omitempty"`
	Account    string                    `json:"account"`
	At         time.Time                 `json:"at"`
	Why        string                    `json:"why,omitempty"`
}

func (r row) cell() store.Cell { return store.Cell{Table: "judgements", Row: r.ID, Column: "sealed"} }

// AddJudgement is the pipeline's.
func (x *Judgements) AddJudgement(ctx context.Context, j pipeline.Judgement) error {
	r := row{ID: j.ID, Ref: string(j.Ref), GivenAt: j.At.UnixMicro()}
	var err error
	r.Sealed, err = x.db.Keys.SealJSON(r.cell(), sealedJudgement{
		j.Ref, j.PlanKey, j.Return, j.Answers, j.Parts, j.Overall, j.Overridden, j.Account, j.At.UTC().Truncate(time.Microsecond), j.Why,
	})
	if err != nil {
		return err
	}
	return x.db.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.SQL.NewInsert().Model(&r).Exec(ctx); err != nil {
			return fmt.Errorf("storing a judgement: %w", err)
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: j.At, Action: audit.QualityJudged, Ref: j.Ref, By: j.Account, Why: j.Why,
			Facts: []audit.Fact{
				{Name: "judgement", Value: j.ID},
				{Name: "return", Value: j.Return},
				{Name: "overall", Value: string(j.Overall)},
				{Name: "overridden", Value: fmt.Sprint(j.Overridden)},
			},
		})
	})
}

// ListJudgements is the pipeline's.
func (x *Judgements) ListJudgements(ctx context.Context, refs []pep.Ref) ([]pipeline.Judgement, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	var rows []row
	err := x.db.Read().NewSelect().Model(&rows).Where("ref IN (?)", bun.List(refs)).Order("given_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the judgements: %w", err)
	}
	all := make([]pipeline.Judgement, len(rows))
	for i, r := range rows {
		if all[i], err = x.read(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (x *Judgements) read(r row) (pipeline.Judgement, error) {
	var s sealedJudgement
	if err := x.db.Keys.OpenJSON(r.cell(), r.Sealed, &s); err != nil {
		return pipeline.Judgement{}, err
	}
	if string(s.Ref) != r.Ref || s.At.UnixMicro() != r.GivenAt {
		return pipeline.Judgement{}, fmt.Errorf("the row of judgement %s was changed by something else than this program: put a backup back", r.ID)
	}
	return pipeline.Judgement{
		ID: r.ID, Ref: s.Ref, PlanKey: s.PlanKey, Return: s.Return, Answers: s.Answers, Parts: s.Parts, Overall: s.Overall,
		Overridden: s.Overridden, Account: s.Account, At: s.At, Why: s.Why,
	}, nil
}
