// Package returns keeps the filled forms that came back, with what was read
// from them.
//
// It takes a returned form with its document and stores it once for each
// message and document; it gives forms back by child and state, and moves them
// from state to state with the evidence in the same transaction. Document and
// answers are sealed. It reads no document and judges no answer.
package returns

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Returns = (*Returns)(nil)

// Returns is the returned forms in one database.
type Returns struct {
	db *store.DB
}

// New gives the returned forms of a database.
func New(db *store.DB) *Returns { return &Returns{db} }

// row is one returned form as stored.
type row struct {
	bun.BaseModel `bun:"table:returns"`

	ID           string `bun:"id,pk"`
	MessageHash  []byte `bun:"message_hash"`
	DocumentHash []byte `bun:"document_hash"`
	Ref          string `bun:"ref"`
	ReceivedAt   int64  `bun:"received_at"`
	State        string `bun:"state"`
	InClear      bool   `bun:"returned_in_clear"`
	Sealed       []byte `bun:"sealed"`
	Document     []byte `bun:"document"`
}

// sealedReturn is the sealed cell. Its names are stored: they outlive the names
// in code.
type sealedReturn struct {
	Ref        pep.Ref               `json:"ref"`
	PlanKey    string                `json:"plan"`
	Form       string                `json:"form"`
	Version    string                `json:"version"`
	MessageID  string                `json:"message_id,omitempty"`
	SHA256     string                `json:"sha256"`
	At         time.Time             `json:"at"`
	State      pipeline.ReturnState  `json:"state"`
	SettledAt  time.Time             `json:"settled_at"`
	SettledBy  string                `json:"settled_by,omitempty"`
	SettledWhy string                `json:"settled_why,omitempty"`
	Fields     map[string]string     `json:"fields,omitempty"`
	Tables     map[string][]form.Row `json:"tables,omitempty"`
	Unreadable []string              `json:"unreadable,omitempty"`
	Confidence float64               `json:"confidence"`
	Delivery   string                `json:"delivery,omitempty"`
	Reasons    []string              `json:"reasons,omitempty"`
	InClear    bool                  `json:"in_clear,omitempty"`
	Told       *pipeline.Settling    `json:"told,omitempty"`
	TypedBy    string                `json:"typed_by,omitempty"`
}

func cell(id, column string) store.Cell { return store.Cell{Table: "returns", Row: id, Column: column} }

// AddReturn stores a returned form with its document once.
func (x *Returns) AddReturn(ctx context.Context, r pipeline.Returned, document []byte) (bool, error) {
	stored, err := x.write(r)
	if err != nil {
		return false, err
	}
	if stored.Document, err = x.db.Keys.Seal(cell(r.ID, "document"), document); err != nil {
		return false, err
	}
	added := false
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		result, err := tx.SQL.NewInsert().Model(&stored).On("CONFLICT (message_hash, document_hash) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		added = true
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: r.At, Action: audit.ReturnTaken, Ref: r.Ref, By: r.TypedBy, Facts: facts(r),
		})
	})
	if err != nil {
		return false, fmt.Errorf("storing returned form %s: %w", r.ID, err)
	}
	return added, nil
}

func facts(r pipeline.Returned) []audit.Fact {
	all := []audit.Fact{
		{Name: "return", Value: r.ID},
		{Name: "state", Value: string(r.State)},
		{Name: "form", Value: r.Form},
		{Name: "version", Value: r.Version},
		{Name: "sha256", Value: r.SHA256},
	}
	if r.InClear {
		all = append(all, audit.Fact{Name: "returned_in_clear", Value: "yes"})
	}
	if r.TypedBy != "" {
		all = append(all, audit.Fact{Name: "typed_from_paper_by", Value: r.TypedBy})
	}
	return all
}

// write gives the row of a returned form without its document.
func (x *Returns) write(r pipeline.Returned) (row, error) {
	message, err := x.db.Keys.Lookup(store.MessageID, r.MessageID)
	if err != nil {
		return row{}, err
	}
	digest, err := x.db.Keys.Lookup(store.DocumentDigest, r.SHA256)
	if err != nil {
		return row{}, err
	}
	sealed, err := x.db.Keys.SealJSON(cell(r.ID, "sealed"), sealedReturn{
		r.Ref, r.PlanKey, r.Form, r.Version, r.MessageID, r.SHA256, r.At, r.State, r.Settled.At, r.Settled.By, r.Settled.Why,
		r.Values.Fields, r.Values.Tables, r.Unreadable, r.Confidence,
		r.Delivery, r.Reasons, r.InClear, told(r), r.TypedBy,
	})
	return row{
		ID: r.ID, MessageHash: message, DocumentHash: digest, Ref: string(r.Ref),
		ReceivedAt: r.At.UnixMicro(), State: string(r.State), InClear: r.InClear, Sealed: sealed,
	}, err
}

// told is who told the setting that its form came in clear; nil where nobody
// did.
func told(r pipeline.Returned) *pipeline.Settling {
	if r.Told.At.IsZero() {
		return nil
	}
	return &r.Told
}

func (x *Returns) read(r row) (pipeline.Returned, error) {
	var s sealedReturn
	if err := x.db.Keys.OpenJSON(cell(r.ID, "sealed"), r.Sealed, &s); err != nil {
		return pipeline.Returned{}, err
	}
	if string(s.Ref) != r.Ref || string(s.State) != r.State || s.InClear != r.InClear {
		return pipeline.Returned{}, fmt.Errorf("the row of returned form %s was changed by something else than this program: put a backup back", r.ID)
	}
	back := pipeline.Returned{
		ID: r.ID, Ref: s.Ref, PlanKey: s.PlanKey, Form: s.Form, Version: s.Version, MessageID: s.MessageID, SHA256: s.SHA256,
		At: s.At, State: s.State, Settled: pipeline.Settling{At: s.SettledAt, By: s.SettledBy, Why: s.SettledWhy},
		Values: form.Values{Fields: s.Fields, Tables: s.Tables}, Unreadable: s.Unreadable, Confidence: s.Confidence,
		Delivery: s.Delivery, Reasons: s.Reasons, InClear: s.InClear, TypedBy: s.TypedBy,
	}
	if s.Told != nil {
		back.Told = *s.Told
	}
	return back, nil
}

// ListReturns gives the chosen returned forms, the first to come first.
func (x *Returns) ListReturns(ctx context.Context, f pipeline.ReturnFilter) ([]pipeline.Returned, error) {
	var rows []row
	q := x.db.Read().NewSelect().Model(&rows).ExcludeColumn("document").Order("received_at", "id")
	if f.Ref != "" {
		q = q.Where("ref = ?", string(f.Ref))
	}
	if len(f.Refs) > 0 {
		q = q.Where("ref IN (?)", bun.List(f.Refs))
	}
	if f.InClear {
		q = q.Where("returned_in_clear")
	}
	if len(f.States) > 0 {
		q = q.Where("state IN (?)", bun.List(f.States))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the returned forms: %w", err)
	}
	all := make([]pipeline.Returned, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = x.read(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// GetReturn gives one returned form with its document, or a
// [pipeline.NotFoundError].
func (x *Returns) GetReturn(ctx context.Context, id string) (pipeline.Returned, []byte, error) {
	stored, err := find(ctx, x.db.Read().NewSelect(), id)
	if err != nil {
		return pipeline.Returned{}, nil, err
	}
	r, err := x.read(stored)
	if err != nil {
		return pipeline.Returned{}, nil, err
	}
	document, err := x.db.Keys.Open(cell(id, "document"), stored.Document)
	return r, document, err
}

func find(ctx context.Context, q *bun.SelectQuery, id string) (row, error) {
	var stored row
	err := q.Model(&stored).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return stored, &pipeline.NotFoundError{What: pipeline.NoReturn, Name: id}
	}
	if err != nil {
		return stored, fmt.Errorf("reading returned form %s: %w", id, err)
	}
	return stored, nil
}

// follows is which states may follow which.
func follows() map[pipeline.ReturnState][]pipeline.ReturnState {
	return map[pipeline.ReturnState][]pipeline.ReturnState{
		pipeline.ReturnWaiting:   {pipeline.ReturnAccepted, pipeline.ReturnRejected},
		pipeline.ReturnAccepted:  {pipeline.ReturnFinalised, pipeline.ReturnRejected},
		pipeline.ReturnRejected:  {},
		pipeline.ReturnFinalised: {},
	}
}

// MarkReturn settles a returned form.
func (x *Returns) MarkReturn(ctx context.Context, id string, to pipeline.ReturnState, s pipeline.Settling) error {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		was, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), id)
		if err != nil {
			return err
		}
		r, err := x.read(was)
		if err != nil {
			return err
		}
		if !slices.Contains(follows()[r.State], to) {
			return pipeline.ErrReturnSettled
		}
		r.State, r.Settled = to, s
		is, err := x.write(r)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewUpdate().Model(&is).Column("state", "sealed").WherePK().Exec(ctx); err != nil {
			return err
		}
		spent := outbox.Occasion{At: s.At, By: s.By, Why: "the form came back and was accepted"}
		if err := deliveries.New(x.db).Destroy(ctx, tx, s.Destroys, spent); err != nil {
			return err
		}
		action := audit.ReturnSettled
		if to == pipeline.ReturnFinalised {
			action = audit.PlanFinalised
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: s.At, Action: action, Ref: r.Ref, By: s.By, Why: s.Why, Facts: facts(r),
		})
	})
	if err != nil {
		return fmt.Errorf("settling returned form %s: %w", id, err)
	}
	return nil
}
