package memory

import (
	"context"
	"sync"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

var _ pipeline.Plans = (*Plans)(nil)

// Plans is the courses of each child's plans. It may be used by several
// goroutines at once.
type Plans struct {
	mu   sync.Mutex
	kept map[pep.Ref]pipeline.Kept
}

// NewPlans gives the courses that a real store held.
func NewPlans(held map[pep.Ref]pipeline.Kept) *Plans {
	x := &Plans{kept: make(map[pep.Ref]pipeline.Kept, len(held))}
	for ref, kept := range held {
		x.kept[ref] = kept
	}
	return x
}

// Courses gives the courses of some children; a child without any is left out.
func (x *Plans) Courses(_ context.Context, refs []pep.Ref) (map[pep.Ref]pipeline.Kept, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := make(map[pep.Ref]pipeline.Kept, len(refs))
	for _, ref := range refs {
		if kept, known := x.kept[ref]; known {
			out[ref] = kept
		}
	}
	return out, nil
}

// SaveCourses stores changes and gives the children whose courses were changed
// since they were read.
func (x *Plans) SaveCourses(_ context.Context, changes []pipeline.PlanChange) ([]pep.Ref, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var conflicts []pep.Ref
	for _, c := range changes {
		if x.kept[c.Ref].Version != c.Was {
			conflicts = append(conflicts, c.Ref)
			continue
		}
		x.kept[c.Ref] = pipeline.Kept{Courses: c.Courses, Version: c.Was + 1}
	}
	return conflicts, nil
}
