package report

import (
	"cmp"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// ReturnNumbers count the plans whose form went out to be filled in. Each is
// in exactly one of OnTime, Late, Awaited and Overdue.
type ReturnNumbers struct {
	Asked int `json:"asked"`
	// OnTime and Late came back; without a last day, on time.
	OnTime int `json:"on_time"`
	Late   int `json:"late"`
	// Awaited still has time; Overdue has not.
	Awaited int `json:"awaited"`
	Overdue int `json:"overdue"`
}

// Overdue is one plan whose form went out and has not come back in time.
type Overdue struct {
	Ref     pep.Ref  `json:"ref"`
	PlanKey string   `json:"plan"`
	By      pep.Date `json:"by"`
	// Days counts every day since the last one, weekends too.
	Days int `json:"days"`
	// Roles got the form; Chases left since, the last one on LastChase.
	Roles     []pep.Role `json:"roles"`
	Chases    int        `json:"chases"`
	LastChase pep.Date   `json:"last_chase"`
}

// sentPlan is what left for one plan.
type sentPlan struct {
	roles     []pep.Role
	chases    int
	lastChase pep.Date
}

func sentPlans(f Facts, rows map[string]Row) map[string]sentPlan {
	sent := make(map[string]sentPlan)
	for _, d := range f.Deliveries {
		r := rows[d.ID]
		if !r.Sent() {
			continue
		}
		p := sent[d.PlanKey]
		switch d.Kind {
		case outbox.KindForm:
			if !slices.Contains(p.roles, r.Role) {
				p.roles = append(p.roles, r.Role)
			}
		case outbox.KindChase:
			p.chases++
			if r.Left.After(p.lastChase) {
				p.lastChase = r.Left
			}
		}
		sent[d.PlanKey] = p
	}
	return sent
}

// returns counts what came back of the forms that were sent, and lists those
// overdue, the longest first. What was never sent cannot come back.
func (f Facts) returns(rows []Row) (ReturnNumbers, []Overdue) {
	byID := make(map[string]Row, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	sent, back := sentPlans(f, byID), f.firstReturns()
	var n ReturnNumbers
	var overdue []Overdue
	for _, a := range f.Asked {
		p := sent[a.PlanKey]
		on, returned := back[a.PlanKey]
		if len(p.roles) == 0 && !returned {
			continue
		}
		n.Asked++
		switch {
		case returned && !a.By.IsZero() && on.After(a.By):
			n.Late++
		case returned:
			n.OnTime++
		case a.By.IsZero() || !f.On.After(a.By):
			n.Awaited++
		default:
			n.Overdue++
			slices.Sort(p.roles)
			overdue = append(overdue, Overdue{Ref: a.Ref, PlanKey: a.PlanKey, By: a.By, Days: a.By.DaysUntil(f.On), Roles: p.roles, Chases: p.chases, LastChase: p.lastChase})
		}
	}
	slices.SortFunc(overdue, func(a, b Overdue) int { return cmp.Or(a.By.Compare(b.By), cmp.Compare(a.Ref, b.Ref)) })
	return n, overdue
}

func (f Facts) firstReturns() map[string]pep.Date {
	back := make(map[string]pep.Date)
	for _, r := range f.Returns {
		if first, known := back[r.PlanKey]; !known || r.On.Before(first) {
			back[r.PlanKey] = r.On
		}
	}
	return back
}
