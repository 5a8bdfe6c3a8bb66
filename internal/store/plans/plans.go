// Package plans keeps the courses of the children's plans in the database. It
// fills the pipeline's seam for them.
//
// It takes all the courses of one child as one value and gives them back by the
// child's reference, with a version: a change is stored only from the version
// that was read, together with its evidence, so that two processes never
// overwrite each other's marks. The courses are sealed. It follows no plan and
// judges no date.
package plans

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/timetable"
)

var _ pipeline.Plans = (*Plans)(nil)

// Plans is the courses in one database.
type Plans struct {
	db *store.DB
}

// New gives the courses of a database.
func New(db *store.DB) *Plans { return &Plans{db} }

// row is the courses of one child as stored.
type row struct {
	bun.BaseModel `bun:"table:plans"`

	Ref     string `bun:"ref,pk"`
	Version int64  `bun:"version"`
	Sealed  []byte `bun:"sealed"`
}

// sealedPlans is the sealed cell. The version stands in it too, so that an old
// row put in the place of a newer one does not open.
type sealedPlans struct {
	Version int64              `json:"version"`
	Courses []timetable.Course `json:"courses"`
}

// batch is how many children one statement reads or writes.
const batch = 500

func cell(ref string) store.Cell { return store.Cell{Table: "plans", Row: ref, Column: "sealed"} }

// Courses gives the stored courses of some children. A child without any is
// left out.
func (x *Plans) Courses(ctx context.Context, refs []pep.Ref) (map[pep.Ref]pipeline.Kept, error) {
	all := make(map[pep.Ref]pipeline.Kept, len(refs))
	for some := range slices.Chunk(refs, batch) {
		var rows []row
		if err := x.db.Read().NewSelect().Model(&rows).Where("ref IN (?)", bun.List(some)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("reading the plans: %w", err)
		}
		for _, stored := range rows {
			kept, err := x.open(stored)
			if err != nil {
				return nil, err
			}
			all[pep.Ref(stored.Ref)] = kept
		}
	}
	return all, nil
}

func (x *Plans) open(stored row) (pipeline.Kept, error) {
	var plain sealedPlans
	if err := x.db.Keys.OpenJSON(cell(stored.Ref), stored.Sealed, &plain); err != nil {
		return pipeline.Kept{}, err
	}
	if plain.Version != stored.Version {
		return pipeline.Kept{}, fmt.Errorf("the row of the plans of %s was changed by something else than this program: put a backup back", stored.Ref)
	}
	return pipeline.Kept{Courses: plain.Courses, Version: int(plain.Version)}, nil
}

// SaveCourses stores changes with their evidence in one transaction, and gives
// the children whose plans somebody else changed since they were read: theirs
// are left as they are.
func (x *Plans) SaveCourses(ctx context.Context, changes []pipeline.PlanChange) ([]pep.Ref, error) {
	// Everyone writes in the same order, else two processes could wait for each
	// other.
	changes = slices.SortedFunc(slices.Values(changes), func(a, b pipeline.PlanChange) int { return cmp.Compare(a.Ref, b.Ref) })
	var conflicts []pep.Ref
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		conflicts = nil
		var told []audit.Record
		var spent []string
		for some := range slices.Chunk(changes, batch) {
			done, err := x.put(ctx, tx, some)
			if err != nil {
				return err
			}
			for _, change := range some {
				if !done[string(change.Ref)] {
					conflicts = append(conflicts, change.Ref)
					continue
				}
				if change.News != "" {
					told = append(told, record(change))
				}
				spent = append(spent, change.Destroys...)
			}
		}
		if len(spent) > 0 {
			closed := outbox.Occasion{At: changes[0].At, By: changes[0].By, Why: "the plan is closed"}
			if err := deliveries.New(x.db).Destroy(ctx, tx, spent, closed); err != nil {
				return err
			}
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, told...)
	})
	if err != nil {
		return nil, fmt.Errorf("storing the plans: %w", err)
	}
	return conflicts, nil
}

func record(c pipeline.PlanChange) audit.Record {
	return audit.Record{
		At: c.At, Action: audit.PlanChanged, Ref: c.Ref, By: c.By, Why: c.Why,
		Facts: []audit.Fact{{Name: "news", Value: c.News}},
	}
}

// put writes the next versions and gives the children that were written: a row
// that is not of the version that was read is not touched.
func (x *Plans) put(ctx context.Context, tx store.Tx, changes []pipeline.PlanChange) (map[string]bool, error) {
	rows := make([]row, len(changes))
	for i, c := range changes {
		next := row{Ref: string(c.Ref), Version: int64(c.Was) + 1}
		var err error
		if next.Sealed, err = x.db.Keys.SealJSON(cell(next.Ref), sealedPlans{next.Version, c.Courses}); err != nil {
			return nil, err
		}
		rows[i] = next
	}
	var written []string
	_, err := tx.SQL.NewInsert().Model(&rows).On("CONFLICT (ref) DO UPDATE").
		Set("version = EXCLUDED.version").Set("sealed = EXCLUDED.sealed").
		Where("row.version = EXCLUDED.version - 1").Returning("ref").Exec(ctx, &written)
	if err != nil {
		return nil, err
	}
	done := make(map[string]bool, len(written))
	for _, ref := range written {
		done[ref] = true
	}
	return done, nil
}
