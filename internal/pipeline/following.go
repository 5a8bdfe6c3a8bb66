package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// mostFollowed bounds how often plans are followed again because another
// process changed them at the same time.
const mostFollowed = 20

// errPlansBusy says that other processes keep changing the same plans.
var errPlansBusy = errors.New("another process keeps changing the same plans: try again")

// storePlans stores what following changed, and follows again those plans that
// somebody else changed meanwhile. A dry run stores nothing.
func (r *Runner) storePlans(ctx context.Context, all []*child, dry bool) error {
	if dry {
		return nil
	}
	for range mostFollowed {
		changes, err := r.planChanges(all)
		if err != nil || len(changes) == 0 {
			return err
		}
		conflicts, err := r.Plans.SaveCourses(ctx, changes)
		if err != nil {
			return fmt.Errorf("storing the plans: %w", err)
		}
		if all, err = r.overtaken(ctx, all, conflicts); err != nil {
			return err
		}
	}
	if len(all) > 0 {
		return errPlansBusy
	}
	return nil
}

// planChanges are the children whose courses are not as they are stored.
func (r *Runner) planChanges(all []*child) ([]PlanChange, error) {
	var changes []PlanChange
	for _, c := range all {
		was, err := json.Marshal(c.kept.Courses)
		if err != nil {
			return nil, fmt.Errorf("writing the plans of %s: %w", c.record.Ref, err)
		}
		is, err := json.Marshal(c.courses)
		if err != nil {
			return nil, fmt.Errorf("writing the plans of %s: %w", c.record.Ref, err)
		}
		if bytes.Equal(was, is) {
			continue
		}
		changes = append(changes, PlanChange{
			Ref: c.record.Ref, Was: c.kept.Version, Courses: c.courses, At: r.Now(), By: r.Owner,
			Destroys: closedNow(c), News: newsOf(c.kept.Courses, c.courses),
		})
	}
	return changes, nil
}

// overtaken gives the children whose plans somebody else changed, read and
// followed again. The others are stored as they are now.
func (r *Runner) overtaken(ctx context.Context, all []*child, conflicts []pep.Ref) ([]*child, error) {
	var again []*child
	var records []pep.Record
	for _, c := range all {
		if slices.Contains(conflicts, c.record.Ref) {
			again, records = append(again, c), append(records, c.record)
			continue
		}
		c.kept = Kept{Courses: c.courses, Version: c.kept.Version + 1}
	}
	if len(again) == 0 {
		return nil, nil
	}
	kept, err := r.kept(ctx, records)
	if err != nil {
		return nil, err
	}
	for _, c := range again {
		c.kept = kept[c.record.Ref]
		r.follow(c)
	}
	return again, nil
}

// followChosen takes the plans of some children on to today and stores them.
func (r *Runner) followChosen(ctx context.Context, refs []pep.Ref) error {
	for some := range slices.Chunk(refs, readTogether) {
		var records []pep.Record
		err := r.Register.Chosen(ctx, some, func(record pep.Record) error {
			records = append(records, record)
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading the register: %w", err)
		}
		all, err := r.children(ctx, records)
		if err != nil {
			return err
		}
		if err := r.storePlans(ctx, all, false); err != nil {
			return err
		}
	}
	return nil
}
