// Package schedules keeps the record of scheduled runs: which were made, which
// failed and which lapsed.
//
// It takes a schedule's name and the nominal moment of a run and gives the run
// to the first process that claims it, and to no other; it gives back what is
// on record, and what a dead process left unfinished. It decides nothing about
// what is due and keeps nothing about whom a run was for.
package schedules

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/store"
)

// Schedules is the record in one database.
type Schedules struct {
	db *store.DB
}

// New gives the record of a database.
func New(db *store.DB) *Schedules { return &Schedules{db} }

// ErrLost says that a run is another process's meanwhile.
var ErrLost = errors.New("the run was taken over by another process")

// row is one nominal moment as stored.
type row struct {
	bun.BaseModel `bun:"table:schedule_run,alias:run"`

	Schedule  string `bun:"schedule,pk"`
	Nominal   string `bun:"nominal,pk"`
	State     string `bun:"state"`
	Tries     int    `bun:"tries"`
	StartedAt int64  `bun:"started_at"`
	EndedAt   int64  `bun:"ended_at"`
	Owner     string `bun:"owner"`
	Note      string `bun:"note"`
	Ahead     bool   `bun:"ahead"`
}

func (r row) record() (schedule.Record, error) {
	nominal, err := schedule.ParseMoment(r.Nominal)
	if err != nil {
		return schedule.Record{}, fmt.Errorf("a run of %s: %w", r.Schedule, err)
	}
	return schedule.Record{
		Schedule: r.Schedule, Nominal: nominal, State: schedule.State(r.State), Tries: r.Tries,
		Started: fromMicro(r.StartedAt), Ended: fromMicro(r.EndedAt), Owner: r.Owner, Note: r.Note,
	}, nil
}

func fromMicro(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}

func records(rows []row) ([]schedule.Record, error) {
	all := make([]schedule.Record, 0, len(rows))
	for _, r := range rows {
		record, err := r.record()
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	return all, nil
}

// Past gives what is on record of a schedule at the moment of now. Where
// nothing is that counts, it records a beginning just before now: from there on
// nothing is missed.
func (x *Schedules) Past(ctx context.Context, name string, now schedule.Moment) (schedule.Past, error) {
	past, unmarked, err := x.past(ctx, name, now)
	if err == nil && unmarked {
		if err = x.distrust(ctx, name, now); err == nil {
			past, _, err = x.past(ctx, name, now)
		}
	}
	if err == nil && past.Last == 0 {
		err = x.insert(ctx, name, now-1, schedule.Begun, "", time.Time{}, "")
	}
	if err != nil {
		return schedule.Past{}, fmt.Errorf("reading the runs of %s: %w", name, err)
	}
	return past, nil
}

// past also says whether moments ahead of now are still to be marked as such.
func (x *Schedules) past(ctx context.Context, name string, now schedule.Moment) (p schedule.Past, unmarked bool, err error) {
	var found struct {
		Last, Ahead string
		Unmarked    int
	}
	err = x.db.Read().NewSelect().Model((*row)(nil)).
		ColumnExpr("COALESCE(MAX(CASE WHEN nominal <= ? AND NOT ahead THEN nominal END), '') AS last", now.String()).
		ColumnExpr("COALESCE(MAX(CASE WHEN nominal > ? THEN nominal END), '') AS ahead", now.String()).
		ColumnExpr("COUNT(CASE WHEN nominal > ? AND NOT ahead THEN 1 END) AS unmarked", now.String()).
		Where("schedule = ?", name).Scan(ctx, &found)
	if err != nil {
		return p, false, err
	}
	for text, into := range map[string]*schedule.Moment{found.Last: &p.Last, found.Ahead: &p.Ahead} {
		if text != "" {
			if *into, err = schedule.ParseMoment(text); err != nil {
				return p, false, err
			}
		}
	}
	return p, found.Unmarked > 0, nil
}

// distrust marks what was recorded ahead of now: by a clock that was ahead, or
// that has been set back since. Either way it is no measure of what was seen.
func (x *Schedules) distrust(ctx context.Context, name string, now schedule.Moment) error {
	return x.db.InTx(ctx, func(tx store.Tx) error {
		_, err := tx.SQL.ExecContext(ctx, "UPDATE schedule_run SET ahead = TRUE WHERE schedule = ? AND nominal > ?", name, now.String())
		return err
	})
}

// insert records a moment that is not run, unless it is on record; where it is,
// its time has come now.
func (x *Schedules) insert(ctx context.Context, name string, nominal schedule.Moment, state schedule.State, owner string, at time.Time, note string) error {
	ended := int64(0)
	if !at.IsZero() {
		ended = at.UnixMicro()
	}
	return x.db.InTx(ctx, func(tx store.Tx) error {
		_, err := tx.SQL.ExecContext(ctx, `INSERT INTO schedule_run
			(schedule, nominal, state, tries, started_at, ended_at, owner, note, ahead) VALUES (?, ?, ?, 0, 0, ?, ?, ?, FALSE)
			ON CONFLICT (schedule, nominal) DO UPDATE SET ahead = FALSE`,
			name, nominal.String(), string(state), ended, owner, note)
		return err
	})
}

// Claim begins a run for a process, named anew at each start, and reports
// whether it is that process's. A run that was begun before is nobody's to
// claim; one that lapsed was never begun.
func (x *Schedules) Claim(ctx context.Context, name string, nominal schedule.Moment, owner string, at time.Time) (bool, error) {
	if err := x.db.Present(ctx, owner); err != nil {
		return false, err
	}
	claimed := false
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		result, err := tx.SQL.ExecContext(ctx, `INSERT INTO schedule_run
			(schedule, nominal, state, tries, started_at, ended_at, owner, note, ahead) VALUES (?, ?, ?, 1, ?, 0, ?, '', FALSE)
			ON CONFLICT (schedule, nominal) DO UPDATE SET state = excluded.state, tries = 1, started_at = excluded.started_at,
				ended_at = 0, owner = excluded.owner, note = '', ahead = FALSE
			WHERE schedule_run.state IN (?, ?)`,
			name, nominal.String(), string(schedule.Running), at.UnixMicro(), owner, string(schedule.Lapsed), string(schedule.Begun))
		if claimed, err = one(result, err); err != nil || claimed {
			return err
		}
		_, err = tx.SQL.ExecContext(ctx, "UPDATE schedule_run SET ahead = FALSE WHERE schedule = ? AND nominal = ? AND ahead", name, nominal.String())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claiming %s of %s: %w", name, nominal, err)
	}
	return claimed, nil
}

// Lapse records a moment that is not run, with the reason; one on record stays
// as it is.
func (x *Schedules) Lapse(ctx context.Context, name string, nominal schedule.Moment, owner string, at time.Time, why schedule.Why) error {
	if err := x.insert(ctx, name, nominal, schedule.Lapsed, owner, at, string(why)); err != nil {
		return fmt.Errorf("recording that %s of %s lapsed: %w", name, nominal, err)
	}
	return nil
}

// Retry begins a failed run again, as it was read, and reports whether it is
// this process's.
func (x *Schedules) Retry(ctx context.Context, failed schedule.Record, owner string, at time.Time) (bool, error) {
	if err := x.db.Present(ctx, owner); err != nil {
		return false, err
	}
	return x.update(ctx, failed, `UPDATE schedule_run SET state = ?, tries = tries + 1, started_at = ?, ended_at = 0, owner = ?, note = ''
		WHERE schedule = ? AND nominal = ? AND state = ? AND tries = ?`,
		string(schedule.Running), at.UnixMicro(), owner, failed.Schedule, failed.Nominal.String(), string(schedule.Failed), failed.Tries)
}

// Finish records how a run ended, done or failed; [ErrLost] where it is another
// process's meanwhile.
func (x *Schedules) Finish(ctx context.Context, name string, nominal schedule.Moment, owner string, at time.Time, state schedule.State, note string) error {
	ours, err := x.update(ctx, schedule.Record{Schedule: name, Nominal: nominal}, `UPDATE schedule_run SET state = ?, ended_at = ?, note = ?
		WHERE schedule = ? AND nominal = ? AND state = ? AND owner = ?`,
		string(state), at.UnixMicro(), note, name, nominal.String(), string(schedule.Running), owner)
	if err == nil && !ours {
		err = fmt.Errorf("ending %s of %s: %w", name, nominal, ErrLost)
	}
	return err
}

func (x *Schedules) update(ctx context.Context, r schedule.Record, query string, args ...any) (changed bool, err error) {
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		result, err := tx.SQL.ExecContext(ctx, query, args...)
		changed, err = one(result, err)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("recording %s of %s: %w", r.Schedule, r.Nominal, err)
	}
	return changed, nil
}

// Failed gives the runs of a schedule that failed, from a moment on, oldest
// first.
func (x *Schedules) Failed(ctx context.Context, name string, since schedule.Moment) ([]schedule.Record, error) {
	var rows []row
	err := x.db.Read().NewSelect().Model(&rows).Where("schedule = ?", name).Where("state = ?", string(schedule.Failed)).
		Where("nominal >= ?", since.String()).Order("nominal").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the failed runs of %s: %w", name, err)
	}
	return records(rows)
}

// List gives every record from a moment on, by moment and name.
func (x *Schedules) List(ctx context.Context, since schedule.Moment) ([]schedule.Record, error) {
	var rows []row
	if err := x.db.Read().NewSelect().Model(&rows).Where("nominal >= ?", since.String()).Order("nominal", "schedule").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the scheduled runs: %w", err)
	}
	return records(rows)
}
