// Package invitations keeps which version of each invitation for the calendar
// was given out last. It fills the pipeline's seam for it.
//
// It takes an opaque identifier and a keyed hash of what the invitation says,
// and gives back its version, in one transaction with its evidence. It knows
// nothing of children, people or meetings, and writes no invitation.
package invitations

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

var _ pipeline.Invitations = (*Invitations)(nil)

// Invitations is the versions in one database.
type Invitations struct{ db *store.DB }

// New gives the invitations of a database.
func New(db *store.DB) *Invitations { return &Invitations{db} }

// row is one invitation as stored.
type row struct {
	bun.BaseModel `bun:"table:invitations"`

	UID       string `bun:"uid,pk"`
	Sequence  int    `bun:"sequence"`
	Details   string `bun:"details"`
	Cancelled int    `bun:"cancelled"`
	MadeAt    int64  `bun:"made_at"`
}

// Version is the pipeline's.
func (x *Invitations) Version(ctx context.Context, asked pipeline.InvitationVersion, by string) (v pipeline.InvitationVersion, known bool, err error) {
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		var was row
		found := true
		if err := tx.ForUpdate(tx.SQL.NewSelect().Model(&was).Where("uid = ?", asked.UID)).Scan(ctx); err != nil {
			if !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("reading an invitation: %w", err)
			}
			found = false
		}
		switch {
		case !found && asked.Cancelled:
			return nil // nobody was invited, so that nothing is to be taken back
		case found && was.Details == asked.Details && was.cancelled() == asked.Cancelled:
			v, known = was.version(), true
			return nil
		case found:
			asked.Sequence = was.Sequence + 1
		default:
			asked.Sequence = 0
		}
		v, known = asked, true
		return x.keep(ctx, tx, rowOf(asked), found, by)
	})
	if err != nil {
		return pipeline.InvitationVersion{}, false, err
	}
	return v, known, nil
}

func (x *Invitations) keep(ctx context.Context, tx store.Tx, r row, found bool, by string) error {
	var err error
	if found {
		_, err = tx.SQL.NewUpdate().Model(&r).WherePK().Exec(ctx)
	} else {
		_, err = tx.SQL.NewInsert().Model(&r).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("storing an invitation: %w", err)
	}
	return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
		At: time.UnixMicro(r.MadeAt).UTC(), Action: audit.InvitationMade, By: by,
		Facts: []audit.Fact{
			{Name: "invitation", Value: r.UID},
			{Name: "version", Value: strconv.Itoa(r.Sequence)},
			{Name: "cancelled", Value: strconv.FormatBool(r.cancelled())},
		},
	})
}

func rowOf(v pipeline.InvitationVersion) row {
	r := row{UID: v.UID, Sequence: v.Sequence, Details: v.Details, MadeAt: v.At.UnixMicro()}
	if v.Cancelled {
		r.Cancelled = 1
	}
	return r
}

func (r row) cancelled() bool { return r.Cancelled != 0 }

func (r row) version() pipeline.InvitationVersion {
	return pipeline.InvitationVersion{
		UID: r.UID, Sequence: r.Sequence, Details: r.Details, Cancelled: r.cancelled(), At: time.UnixMicro(r.MadeAt).UTC(),
	}
}
