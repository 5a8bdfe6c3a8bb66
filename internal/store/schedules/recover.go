package schedules

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/store"
)

// unfinished is the note of a run whose process ended before it did.
const unfinished = "the program ended before the run did"

// Recover marks as failed, so that they are made again, the runs that a dead
// process left under way, and those that the owner itself began and whose end
// it could not record: it must be called while the owner runs none. A process
// counts as dead where that is proven: by the lock of a SQLite file, by the end
// of its session on PostgreSQL.
func (x *Schedules) Recover(ctx context.Context, owner string) ([]schedule.Record, error) {
	var recovered []row
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		var rows []row
		q := tx.SQL.NewSelect().Model(&rows).Where("state = ?", string(schedule.Running)).Order("schedule", "nominal")
		if err := tx.ForUpdateSkipping(q).Scan(ctx); err != nil {
			return err
		}
		for _, r := range rows {
			if r.Owner != owner {
				if dead, err := x.db.Dead(ctx, tx, r.Owner); err != nil || !dead {
					if err != nil {
						return err
					}
					continue
				}
			}
			// It ended no later than it is made again; when is not known.
			r.State, r.EndedAt, r.Note = string(schedule.Failed), r.StartedAt, unfinished
			if _, err := tx.SQL.NewUpdate().Model(&r).Column("state", "ended_at", "note").WherePK().Exec(ctx); err != nil {
				return err
			}
			recovered = append(recovered, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("taking up the runs of a dead process: %w", err)
	}
	return records(recovered)
}

// one reports whether a statement changed a row.
func one(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
