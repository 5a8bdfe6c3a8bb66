package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
)

// Stage is what a term is played on. It is only read: each play begins with
// the same.
type Stage struct {
	// Runner is wired for an installation; its stores are not touched.
	Runner *pipeline.Runner
	Held   Held
	Term   calendar.TermSpan
	Zone   *time.Location
	// Scenario says how settings, mailboxes and officers behave.
	Scenario rehearsal.Scenario
	// Progress, where set, is told how many of all days were played.
	Progress func(done, all int)

	// whole has every run of the schedule look at every child, for tests.
	whole bool
}

// Held is what the stores of an installation hold.
type Held struct {
	Records    []pep.Record
	Deliveries []outbox.Delivery
	Returns    []pipeline.Returned
	Plans      map[pep.Ref]pipeline.Kept
}

// mostAtOnce is how many children's plans are asked for together.
const mostAtOnce = 500

// Read takes from the stores of an installation what a term begins with. It
// changes nothing in them.
func Read(ctx context.Context, r *pipeline.Runner) (Held, error) {
	held := Held{Plans: map[pep.Ref]pipeline.Kept{}}
	var err error
	if held.Records, err = r.Register.Records(ctx); err != nil {
		return held, fmt.Errorf("reading the register: %w", err)
	}
	if held.Deliveries, err = r.Deliveries.List(ctx, pipeline.Filter{}); err != nil {
		return held, fmt.Errorf("reading the outbox: %w", err)
	}
	if held.Returns, err = r.Returns.ListReturns(ctx, pipeline.ReturnFilter{}); err != nil {
		return held, fmt.Errorf("reading the returned forms: %w", err)
	}
	for at := 0; at < len(held.Records); at += mostAtOnce {
		var refs []pep.Ref
		for _, record := range held.Records[at:min(at+mostAtOnce, len(held.Records))] {
			refs = append(refs, record.Ref)
		}
		some, err := r.Plans.Courses(ctx, refs)
		if err != nil {
			return held, fmt.Errorf("reading the plans: %w", err)
		}
		for ref, kept := range some {
			held.Plans[ref] = kept
		}
	}
	return held, nil
}

// Span is some days, both ends included.
type Span struct{ From, To pep.Date }

// has reports whether a day is one of the span's; a nil span has none.
func (s *Span) has(day pep.Date) bool {
	return s != nil && !day.Before(s.From) && !day.After(s.To)
}
