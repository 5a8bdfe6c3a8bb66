package report

import (
	"cmp"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// Result is a term as seen on one day.
type Result struct {
	Term pep.Term `json:"term"`
	On   pep.Date `json:"on"`
	// Children is how many have a delivery.
	Children int                   `json:"children"`
	All      Numbers               `json:"all"`
	ByKind   []Group[outbox.Kind]  `json:"by_kind"`
	ByMethod []Group[route.Method] `json:"by_method"`
	ByRole   []Group[pep.Role]     `json:"by_role"`
	ByDay    []Day                 `json:"by_day"`
	Returns  ReturnNumbers         `json:"returns"`
	// Overdue lists the plans to ring about, the longest first.
	Overdue []Overdue `json:"overdue"`
	// WhyNot counts the reasons for what was not sent.
	WhyNot []WhyNot `json:"why_not"`
	// Rows are all deliveries by due date.
	Rows []Row `json:"deliveries"`
	// Skips are what was not planned at all, by child.
	Skips []Skip `json:"skips"`
}

// Term works out a term. The same facts, in any order, give the same result.
func Term(f Facts) Result {
	rows := f.rows()
	r := Result{
		Term: f.Term, On: f.On, Rows: rows, ByDay: f.days(), WhyNot: whyNots(rows), Skips: skips(f.Skips),
		ByKind:   groups(rows, outbox.Kinds(), func(r Row) outbox.Kind { return r.Kind }),
		ByMethod: groups(rows, route.Methods(), func(r Row) route.Method { return r.Method }),
		ByRole:   groups(rows, pep.Roles(), func(r Row) pep.Role { return r.Role }),
	}
	children := make(map[pep.Ref]bool)
	for _, row := range rows {
		r.All.add(row)
		children[row.Ref] = true
	}
	r.Children = len(children)
	r.Returns, r.Overdue = f.returns(rows)
	return r
}

// skips cleans and orders what was not planned.
func skips(given []Skip) []Skip {
	list := make([]Skip, 0, len(given))
	for _, s := range given {
		s.Why = hiding{}.all(s.Why)
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b Skip) int {
		return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Milestone, b.Milestone), cmp.Compare(a.Role, b.Role), slices.Compare(a.Why, b.Why))
	})
	return list
}

// ForAPerson lists the rows at which nothing goes on until somebody looks:
// held ones first, then those that may have been delivered, were refused or
// came back.
func (r Result) ForAPerson() []Row {
	var list []Row
	for _, state := range []outbox.State{outbox.Held, outbox.Uncertain, outbox.Bounced, outbox.Refused} {
		for _, row := range r.Rows {
			if row.State == state {
				list = append(list, row)
			}
		}
	}
	return list
}
