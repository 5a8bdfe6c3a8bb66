package memory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

var _ pipeline.Register = (*Register)(nil)

// ErrFixed says that the register of a played term takes no export: the term
// is played with the children that it began with.
var ErrFixed = errors.New("the register of a played term takes no export")

// Register is children that do not change. It may be used by several
// goroutines at once.
type Register struct {
	records []pep.Record // in the order of the case system's identifiers
	byRef   map[pep.Ref]int
	// only, where it is not nil, are the children that Each, Records and Count
	// speak of.
	only map[pep.Ref]bool
}

// NewRegister gives a register of some children.
func NewRegister(records []pep.Record) *Register {
	r := &Register{records: slices.Clone(records), byRef: make(map[pep.Ref]int, len(records))}
	slices.SortFunc(r.records, func(a, b pep.Record) int { return cmp.Compare(a.Child.ID, b.Child.ID) })
	for i, record := range r.records {
		r.byRef[record.Ref] = i
	}
	return r
}

// Only gives the same register as whoever goes through it sees only some
// children; each child is still found by reference or identifier.
func (r *Register) Only(refs map[pep.Ref]bool) *Register {
	return &Register{records: r.records, byRef: r.byRef, only: refs}
}

func (r *Register) seen() []pep.Record {
	if r.only == nil {
		return r.records
	}
	var some []pep.Record
	for _, record := range r.records {
		if r.only[record.Ref] {
			some = append(some, record)
		}
	}
	return some
}

// Import refuses: see [ErrFixed].
func (r *Register) Import(context.Context, pipeline.Intake, time.Time) (pipeline.Intaken, error) {
	return pipeline.Intaken{}, ErrFixed
}

// ChildIDs gives every child's identifier and date of birth.
func (r *Register) ChildIDs(context.Context) (map[string]pep.Date, error) {
	ids := make(map[string]pep.Date, len(r.records))
	for _, record := range r.records {
		ids[record.Child.ID] = record.Child.DateOfBirth
	}
	return ids, nil
}

// Each calls do for every child in the order of their identifiers.
func (r *Register) Each(_ context.Context, do func(pep.Record) error) error {
	for _, record := range r.seen() {
		if err := do(record); err != nil {
			return err
		}
	}
	return nil
}

// Chosen calls do for every child of some references that there is.
func (r *Register) Chosen(_ context.Context, refs []pep.Ref, do func(pep.Record) error) error {
	for _, ref := range refs {
		if at, known := r.byRef[ref]; known {
			if err := do(r.records[at]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Count is how many children there are.
func (r *Register) Count(context.Context) (int, error) { return len(r.seen()), nil }

// Records is every child in the order of their identifiers.
func (r *Register) Records(context.Context) ([]pep.Record, error) {
	return slices.Clone(r.seen()), nil
}

// Record gives the child of a reference, or a [pipeline.NotFoundError].
func (r *Register) Record(_ context.Context, ref pep.Ref) (pep.Record, error) {
	at, known := r.byRef[ref]
	if !known {
		return pep.Record{}, &pipeline.NotFoundError{What: pipeline.NoChild, Name: string(ref)}
	}
	return r.records[at], nil
}

// ByChildID gives the child of a case system's identifier, or a
// [pipeline.NotFoundError].
func (r *Register) ByChildID(_ context.Context, id string) (pep.Record, error) {
	at, found := slices.BinarySearchFunc(r.records, id, func(record pep.Record, id string) int { return cmp.Compare(record.Child.ID, id) })
	if !found {
		return pep.Record{}, &pipeline.NotFoundError{What: pipeline.NoChild}
	}
	return r.records[at], nil
}
