package report

import (
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// Facts are what a report is made from.
type Facts struct {
	Term pep.Term
	// On is the day on which the term is looked at.
	On pep.Date
	// Zone tells on which day a moment falls; nil means UTC.
	Zone       *time.Location
	Deliveries []outbox.Delivery
	Asked      []Asked
	Returns    []Return
	Skips      []Skip
}

// Asked is one plan whose form was to be filled in and sent back.
type Asked struct {
	Ref     pep.Ref
	PlanKey string
	// By is the last day; zero where none could be told.
	By pep.Date
}

// Return is a filled form that came back; of several for one plan the first
// counts.
type Return struct {
	Ref     pep.Ref
	PlanKey string
	On      pep.Date
}

// Skip is something that was not planned for a child, and why not. An empty
// Milestone means the whole plan, an empty Role everybody.
type Skip struct {
	Ref       pep.Ref                 `json:"ref"`
	Milestone timetable.MilestoneName `json:"milestone,omitempty"`
	Role      pep.Role                `json:"role,omitempty"`
	Why       []string                `json:"why"`
}

// day is the civil day of a moment; zero for no moment.
func (f Facts) day(at time.Time) pep.Date {
	switch {
	case at.IsZero():
		return pep.Date{}
	case f.Zone == nil:
		return pep.DateOf(at.UTC())
	}
	return pep.DateOf(at.In(f.Zone))
}
