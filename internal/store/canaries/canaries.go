// Package canaries keeps the canaries of the encrypting gateways. It fills the
// pipeline's seam for them.
//
// It takes a canary before it is sent and what became of it later, each with
// its evidence in one transaction, and gives back the newest of a gateway. What
// failed once stays failed. It sends nothing and judges nothing.
package canaries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/canary"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Canaries = (*Canaries)(nil)

// Canaries is the canaries in one database.
type Canaries struct{ db *store.DB }

// New gives the canaries of a database.
func New(db *store.DB) *Canaries { return &Canaries{db} }

// row is one canary as stored.
type row struct {
	bun.BaseModel `bun:"table:canaries"`

	ID       string `bun:"id,pk"`
	Gateway  string `bun:"gateway"`
	SentAt   int64  `bun:"sent_at"`
	State    string `bun:"state"`
	JudgedAt int64  `bun:"judged_at"`
	Why      string `bun:"why"`
}

// most is how many of a gateway's canaries are looked at, the newest.
const most = 200

// micros writes a moment; the zero one is 0.
func micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

func rowOf(c canary.Sent) row {
	return row{ID: c.ID, Gateway: c.Gateway, SentAt: micros(c.At), State: string(c.State), JudgedAt: micros(c.Judged), Why: c.Why}
}

func (r row) sent() (canary.Sent, error) {
	c := canary.Sent{ID: r.ID, Gateway: r.Gateway, At: moment(r.SentAt), State: canary.State(r.State), Judged: moment(r.JudgedAt), Why: r.Why}
	if !slices.Contains(canary.States(), c.State) {
		return canary.Sent{}, fmt.Errorf("reading the canary %s: its state is none", r.ID)
	}
	return c, nil
}

// AddCanary is the pipeline's.
func (x *Canaries) AddCanary(ctx context.Context, c canary.Sent, by string) error {
	r := rowOf(c)
	return x.db.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.SQL.NewInsert().Model(&r).Exec(ctx); err != nil {
			return fmt.Errorf("storing a canary: %w", err)
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{At: c.At, Action: audit.CanarySent, By: by, Facts: facts(c)})
	})
}

// SettleCanary is the pipeline's.
func (x *Canaries) SettleCanary(ctx context.Context, c canary.Sent, by string) (changed bool, err error) {
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		var was row
		q := tx.SQL.NewSelect().Model(&was).Where("id = ?", c.ID)
		if err := tx.ForUpdate(q).Scan(ctx); err != nil {
			return notFound(err, c.ID)
		}
		if !settles(canary.State(was.State), c.State) {
			return nil
		}
		was.State, was.JudgedAt, was.Why, changed = string(c.State), micros(c.Judged), c.Why, true
		if _, err := tx.SQL.NewUpdate().Model(&was).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("storing what became of a canary: %w", err)
		}
		c.Gateway = was.Gateway
		return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{At: c.Judged, Action: audit.CanaryJudged, By: by, Why: c.Why, Facts: facts(c)})
	})
	return changed && err == nil, err
}

// settles reports whether a canary may come to a state. One that was taken for
// unsent can come back all the same; a second copy in clear counts, a second
// one that is encrypted heals nothing.
func settles(was, now canary.State) bool {
	switch now {
	case canary.Unsent:
		return was == canary.Out
	case canary.Encrypted:
		return was == canary.Out || was == canary.Unsent
	case canary.Failed:
		return was != canary.Failed
	case canary.Out:
	}
	return false
}

func facts(c canary.Sent) []audit.Fact {
	return []audit.Fact{{Name: "gateway", Value: c.Gateway}, {Name: "canary", Value: c.ID}, {Name: "state", Value: string(c.State)}}
}

// CanaryOf is the pipeline's.
func (x *Canaries) CanaryOf(ctx context.Context, id string) (canary.Sent, error) {
	var r row
	if err := x.db.Read().NewSelect().Model(&r).Where("id = ?", id).Scan(ctx); err != nil {
		return canary.Sent{}, notFound(err, id)
	}
	return r.sent()
}

// RecentCanaries is the pipeline's.
func (x *Canaries) RecentCanaries(ctx context.Context, gateway string) ([]canary.Sent, error) {
	var rows []row
	err := x.db.Read().NewSelect().Model(&rows).Where("gateway = ?", gateway).Order("sent_at DESC", "id").Limit(most).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading canaries: %w", err)
	}
	var all []canary.Sent
	for _, r := range rows {
		c, err := r.sent()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func notFound(err error, id string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return &pipeline.NotFoundError{What: pipeline.NoCanary, Name: id}
	}
	return fmt.Errorf("reading a canary: %w", err)
}
