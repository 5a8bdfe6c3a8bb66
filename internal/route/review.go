package route

import (
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// Review is a row whose last day is gone or near.
type Review struct {
	ID       string   `json:"id"`
	Line     int      `json:"line"`
	ReviewBy pep.Date `json:"review_by"`
	// Lapsed is set where the day is past: the row holds.
	Lapsed bool `json:"lapsed"`
}

// Reviews gives the rows that hold because their day is past, and those to be
// reviewed within some days, earliest first.
func (p *Policy) Reviews(on pep.Date, within int) []Review {
	var due []Review
	if p == nil {
		return nil
	}
	for _, row := range p.rows {
		if !row.ReviewBy.IsZero() && row.ReviewBy.Before(on.AddDays(within+1)) {
			due = append(due, Review{ID: row.ID, Line: row.line, ReviewBy: row.ReviewBy, Lapsed: row.pastReview(on)})
		}
	}
	slices.SortStableFunc(due, func(a, b Review) int { return b.ReviewBy.DaysUntil(a.ReviewBy) })
	return due
}

// Alteration is what was done to a row of the file.
type Alteration string

// What may have been done.
const (
	Added   Alteration = "added"
	Altered Alteration = "changed"
	Removed Alteration = "removed"
)

// RowChange is one row in which the file on disk differs from the policy in
// force.
type RowChange struct {
	ID   string     `json:"id"`
	Line int        `json:"line"` // in the file that has the row
	What Alteration `json:"change"`
	// Waits is set where the change trusts more, today or on a day that its
	// dates name: that waits for two people. Another change counts already.
	Waits bool `json:"waits"`
}

// Changes compares the file on disk with the policy in force row by row. It
// finds out what a change means by asking both about names that the row speaks
// of.
func (g Guard) Changes(on pep.Date) []RowChange {
	if !g.rowsChanged() {
		return nil
	}
	var changes []RowChange
	before := rowsByID(g.InForce)
	for _, row := range g.OnDisk.Rows() {
		old, was := before[row.ID]
		delete(before, row.ID)
		switch {
		case !was:
			changes = append(changes, g.judged(RowChange{ID: row.ID, Line: row.line, What: Added}, on, row))
		case !sameRow(old, row):
			changes = append(changes, g.judged(RowChange{ID: row.ID, Line: row.line, What: Altered}, on, row, old))
		}
	}
	for _, row := range g.InForce.Rows() {
		if old, gone := before[row.ID]; gone {
			changes = append(changes, g.judged(RowChange{ID: row.ID, Line: row.line, What: Removed}, on, old))
		}
	}
	return changes
}

func rowsByID(p *Policy) map[string]Row {
	rows := make(map[string]Row)
	for _, row := range p.Rows() {
		rows[row.ID] = row
	}
	return rows
}

func sameRow(a, b Row) bool {
	a.line, b.line = 0, 0
	return a == b
}

// judged says of a change whether it trusts more on any day that matters.
func (g Guard) judged(c RowChange, on pep.Date, rows ...Row) RowChange {
	days := []pep.Date{on}
	for _, row := range rows {
		for _, day := range []pep.Date{row.ValidFrom, row.ReviewBy} {
			if !day.IsZero() && !day.Before(on) {
				days = append(days, day, day.AddDays(1))
			}
		}
	}
	for _, row := range rows {
		for _, name := range row.samples() {
			for _, side := range row.sides() {
				c.Waits = c.Waits || slices.ContainsFunc(days, func(day pep.Date) bool {
					return g.widens(name, day, side) && (day == on || g.saysSecure(name, day, side))
				})
			}
		}
	}
	return c
}

func (g Guard) widens(domain string, on pep.Date, side Side) bool {
	address := pep.ParseAddress("a@" + domain)
	agreed, file := g.InForce.judge(address, on, side), g.OnDisk.judge(address, on, side)
	rebound := file.verdict == Secure && agreed.verdict == Secure && file.relay != agreed.relay
	return rebound || trust(file.verdict) > trust(agreed.verdict)
}

// saysSecure looks at the days to come: what would be held then and is sealed
// instead trusts nobody more.
func (g Guard) saysSecure(domain string, on pep.Date, side Side) bool {
	return g.OnDisk.judge(pep.ParseAddress("a@"+domain), on, side).verdict == Secure
}

// samples are names that a row speaks of.
func (r Row) samples() []string {
	switch r.Kind {
	case KindExact:
		return []string{r.Pattern}
	case KindRegistryRoot:
		return []string{r.Contains + "." + r.Pattern, "a." + r.Contains + "." + r.Pattern}
	case KindDeny, KindSuffix:
	}
	return []string{r.Pattern, "a." + r.Pattern}
}
