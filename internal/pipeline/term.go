package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/timetable"
)

// Term gives the numbers of a term as they stand today: what was sent to whom
// and how, what came back, and what was not planned and why.
func (r *Runner) Term(ctx context.Context, term pep.Term) (report.Result, error) {
	facts := report.Facts{Term: term, On: r.today(), Zone: r.Now().Location()}
	var err error
	if facts.Deliveries, err = r.Deliveries.List(ctx, Filter{}); err != nil {
		return report.Result{}, fmt.Errorf("reading the outbox: %w", err)
	}
	facts.Deliveries = slices.DeleteFunc(facts.Deliveries, func(d outbox.Delivery) bool { return d.Kind == outbox.KindDigest })
	back, err := r.Returns.ListReturns(ctx, ReturnFilter{})
	if err != nil {
		return report.Result{}, fmt.Errorf("reading the returned forms: %w", err)
	}
	for _, b := range back {
		if b.State != ReturnRejected {
			facts.Returns = append(facts.Returns, report.Return{Ref: b.Ref, PlanKey: b.PlanKey, On: pep.DateOf(b.At.In(facts.Zone))})
		}
	}
	made := plansWith(facts.Deliveries)
	err = r.eachGroup(ctx, func(all []*child) error {
		for _, c := range all {
			facts.Asked = append(facts.Asked, r.askedOf(c, made)...)
			if newest := c.newest().outlook; !made[newest.Plan.Key()] {
				facts.Skips = append(facts.Skips, r.skipsOf(newest)...)
			}
		}
		return nil
	})
	return report.Term(facts), err
}

// plansWith are the plans that something was made for.
func plansWith(all []outbox.Delivery) map[string]bool {
	made := map[string]bool{}
	for _, d := range all {
		made[d.PlanKey] = true
	}
	return made
}

// askedOf are a child's plans, closed ones too, that something was made for.
func (r *Runner) askedOf(c *child, made map[string]bool) []report.Asked {
	var asked []report.Asked
	for _, course := range c.courses {
		if key := course.Plan.Key(); made[key] {
			p, _ := r.plan(c, key)
			asked = append(asked, report.Asked{Ref: c.record.Ref, PlanKey: key, By: p.outlook.ReturnDue.Due})
		}
	}
	return asked
}

// skipsOf is why nothing was made for a child's newest plan so far.
func (r *Runner) skipsOf(o timetable.Outlook) []report.Skip {
	var skips []report.Skip
	for _, row := range r.Rules.Due(o, timetable.Progress{}, r.Calendar, r.today()) {
		if row.Skipped {
			skips = append(skips, report.Skip{Ref: o.Plan.Ref, Milestone: row.Milestone, Role: row.Role, Why: row.Why})
		}
	}
	return skips
}
