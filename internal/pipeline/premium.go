package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/sheet"
)

// Premium is what one child's plan asks of the Virtual School's money.
type Premium struct {
	Ref       pep.Ref
	Plan      pep.Plan
	YearGroup string
	Setting   pep.Setting
	Return    string
	Items     []PremiumItem
	// Overall is the judgement in force, By and At whose it is and since when;
	// empty where there is none.
	Overall quality.Rating
	By      string
	At      time.Time
}

// PremiumItem is one target that is to be paid for.
type PremiumItem struct {
	Target   int
	Fund     string // as the form names it
	Purpose  string
	UnitCost pep.Pence
	Sessions string
	Weeks    string
	Cost     pep.Pence
	// Blocked is why the money waits; empty where it may be released.
	Blocked string
}

// Totals are the sums of what may be released and of what waits.
func (p Premium) Totals() (release, waits pep.Pence) {
	for _, item := range p.Items {
		if item.Blocked == "" {
			release += item.Cost
		} else {
			waits += item.Cost
		}
	}
	return release, waits
}

// Premiums calls do for every plan that goes on and asks for money of the
// Virtual School, in the order of the register. Nothing is released that no
// person of the Virtual School judged well enough, whose answers changed since,
// or whose amount is not certain.
func (r *Runner) Premiums(ctx context.Context, do func(Premium) error) error {
	return r.eachGroup(ctx, func(group []*child) error {
		refs := make([]pep.Ref, len(group))
		for i, c := range group {
			refs[i] = c.record.Ref
		}
		judged, err := r.judgements(ctx, refs)
		if err != nil {
			return err
		}
		of := map[pep.Ref][]Judgement{}
		for _, j := range judged {
			of[j.Ref] = append(of[j.Ref], j)
		}
		for _, c := range group {
			if err := r.premiumsOf(c, of[c.record.Ref], do); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Runner) premiumsOf(c *child, judged []Judgement, do func(Premium) error) error {
	for _, p := range c.open {
		key := p.outlook.Plan.Key()
		back, found := c.past.latest(func(b Returned) bool {
			of, known := r.planAnswered(c, b)
			return known && of.outlook.Plan.Key() == key
		})
		if !found {
			continue
		}
		a, err := r.assess(c, back, judged)
		if err != nil {
			return err
		}
		if premium := r.premium(a, c.record); len(premium.Items) > 0 {
			if err := do(premium); err != nil {
				return err
			}
		}
	}
	return nil
}

// premium takes the targets that are to be paid for out of one filled form.
func (r *Runner) premium(a Assessment, record pep.Record) Premium {
	out := Premium{Ref: a.Ref, Plan: a.Plan, YearGroup: a.values.Fields["child.ncy"], Setting: record.Child.Setting, Return: a.Return.ID}
	if a.Given != nil {
		out.Overall, out.By, out.At = a.Given.Overall, a.Given.Account, a.Given.At
	}
	table, ok := a.form.Field("targets")
	if !ok {
		return out
	}
	whole := r.notReleased(a)
	for i, row := range table.Rows(a.values) {
		if !quality.Funded(row) {
			continue
		}
		item := premiumItem(table, i+1, row)
		item.Blocked = firstOf(whole, a.uncertain(i+1))
		out.Items = append(out.Items, item)
	}
	return out
}

func premiumItem(table form.Field, n int, row form.Row) PremiumItem {
	column, _ := table.Column("t.funding")
	item := PremiumItem{
		Target: n, Fund: column.ChoiceLabel(row["t.funding"]), Purpose: row["t.intervention"], Sessions: row["t.sessions"], Weeks: row["t.weeks"],
	}
	item.UnitCost, _ = quality.ParsePence(row["t.unit_cost"])
	item.Cost, _ = quality.ParsePence(row["t.cost"])
	return item
}

// notReleased is why no money of the plan may be released; empty where it may.
func (r *Runner) notReleased(a Assessment) string {
	switch rules := r.QualityRules; {
	case !rules.Known():
		return "the authority has no rules for quality assurance"
	case a.Return.State == ReturnWaiting:
		return "the form waits for an officer to accept it"
	case a.Given == nil && a.Outdated:
		return "the answers changed after the Virtual School judged them"
	case a.Given == nil:
		return "not quality assured"
	case !rules.Releases(a.Given.Overall):
		return fmt.Sprintf("judged %s, released from %s", a.Given.Overall, rules.ReleaseFrom.Value)
	}
	return ""
}

// uncertain is why the amount or the fund of one target is not certain, or why
// there are too many targets; empty where nothing is.
func (a Assessment) uncertain(row int) string {
	var why []string
	for _, f := range a.Findings {
		switch f.Check {
		case quality.Costed, quality.Sum, quality.Fund:
			if f.Field == "targets" && f.Row == row {
				why = append(why, f.Words)
			}
		case quality.TooManyTargets:
			why = append(why, f.Words)
		}
	}
	return strings.Join(why, "; ")
}

// AcceptedTargets are the new targets of the form that was accepted last, in
// the shape of a case system. A form that waits for an officer gives none.
func (r *Runner) AcceptedTargets(ctx context.Context, ref pep.Ref, shape quality.Shape) (sheet.Table, error) {
	c, err := r.childOf(ctx, ref)
	if err != nil {
		return sheet.Table{}, err
	}
	back, found := c.past.latest(func(b Returned) bool { return b.State != ReturnWaiting })
	if !found {
		return sheet.Table{}, &NotFoundError{What: NoReturn, Name: "that was accepted of " + string(ref)}
	}
	a, err := r.assess(c, back, nil)
	if err != nil {
		return sheet.Table{}, err
	}
	return shape.Targets(a.form, a.values, a.Findings), nil
}
