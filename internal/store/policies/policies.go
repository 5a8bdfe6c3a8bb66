// Package policies keeps the delivery policy that the installation goes by. It
// fills the pipeline's seam for it.
//
// It takes the text of a policy and puts it in the place of the one before,
// counted and with evidence, in one transaction, with the relays' guarantees, where no other process was
// quicker; it gives that text back. The text is sealed: its rows may name
// people's own domains. It reads no policy and asks nobody whether one may be
// put in force.
package policies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Policies = (*Policies)(nil)

// Policies is the policy in force in one database.
type Policies struct{ db *store.DB }

// New gives the policy of a database.
func New(db *store.DB) *Policies { return &Policies{db} }

// row is the one row there is.
type row struct {
	bun.BaseModel `bun:"table:policy_in_force"`

	ID     int64  `bun:"id,pk"`
	Sealed []byte `bun:"sealed"`
}

// sealedPolicy is the sealed cell.
type sealedPolicy struct {
	Hash    string    `json:"hash"`
	Text    string    `json:"text"`
	Version int       `json:"version"`
	Since   time.Time `json:"since"`
	Relays  string    `json:"relays,omitempty"`
}

// theRow is its key: an installation goes by one policy, whatever authority
// its configuration names.
const theRow = 1

func cell() store.Cell {
	return store.Cell{Table: "policy_in_force", Row: strconv.Itoa(theRow), Column: "sealed"}
}

// Policy is the pipeline's.
func (x *Policies) Policy(ctx context.Context) (pipeline.PolicyInForce, error) {
	return x.find(ctx, x.db.Read().NewSelect())
}

func (x *Policies) find(ctx context.Context, q *bun.SelectQuery) (pipeline.PolicyInForce, error) {
	r := row{ID: theRow}
	err := q.Model(&r).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return pipeline.PolicyInForce{}, nil
	}
	if err != nil {
		return pipeline.PolicyInForce{}, fmt.Errorf("reading the policy in force: %w", err)
	}
	var s sealedPolicy
	err = x.db.Keys.OpenJSON(cell(), r.Sealed, &s)
	return pipeline.PolicyInForce(s), err
}

// TakePolicy is the pipeline's.
func (x *Policies) TakePolicy(ctx context.Context, c pipeline.PolicyChange) (taken bool, err error) {
	next := sealedPolicy{Hash: c.Policy.Hash(), Text: c.Policy.Text(), Version: c.Was + 1, Since: c.At.UTC(), Relays: c.Relays}
	r := row{ID: theRow}
	if r.Sealed, err = x.db.Keys.SealJSON(cell(), next); err != nil {
		return false, err
	}
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		before, err := x.find(ctx, tx.ForUpdate(tx.SQL.NewSelect()))
		if err != nil || before.Version != c.Was {
			return err
		}
		if taken, err = x.put(ctx, tx, r, c.Was == 0); err != nil || !taken {
			return err
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
			At: c.At, Action: audit.PolicyUsed, By: c.By, Why: c.Why,
			Facts: []audit.Fact{{Name: "policy", Value: next.Hash}, {Name: "before", Value: before.Hash}, {Name: "version", Value: strconv.Itoa(next.Version)}, {Name: "relays", Value: next.Relays}},
		})
	})
	return taken && err == nil, err
}

// put inserts the first policy, or puts a later one in its place. Two processes
// may both find none; only one of them inserts.
func (x *Policies) put(ctx context.Context, tx store.Tx, r row, isFirst bool) (bool, error) {
	var done sql.Result
	var err error
	if isFirst {
		done, err = tx.SQL.NewInsert().Model(&r).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	} else {
		done, err = tx.SQL.NewUpdate().Model(&r).WherePK().Exec(ctx)
	}
	if err != nil {
		return false, fmt.Errorf("storing the policy in force: %w", err)
	}
	rows, err := done.RowsAffected()
	return rows == 1, err
}
