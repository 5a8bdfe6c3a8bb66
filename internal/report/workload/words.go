package workload

import (
	"fmt"
	"strings"
)

func (t Term) heading() string {
	return fmt.Sprintf("%s, %s: work day by day", t.Authority, t.Term)
}

// counts is the term in one line.
func (t Term) counts() string {
	s := t.Totals
	return fmt.Sprintf("%d children; %d messages leave, %d of them late; %d held; %d forms come back", t.Children, s.Sent.All(), s.Late, s.Held, s.Returned)
}

// shading says what the background of a day means.
func (t Term) shading() string {
	words := "shaded: no school"
	if t.Outage != nil {
		words += fmt.Sprintf("; dark with ×: the program did not run, %s to %s", t.Outage.From.Long(), t.Outage.To.Long())
	}
	return words
}

// summary is what the picture shows, for whoever cannot see it.
func (t Term) summary() string {
	parts := []string{t.counts()}
	for _, w := range Works() {
		parts = append(parts, fmt.Sprintf("%s: %d", w.Words(), t.Totals.Work.Of(w)))
	}
	if t.Totals.Most > 0 {
		parts = append(parts, "the most work is on "+t.Totals.Busiest.Long()+": "+things(t.Totals.Most))
	}
	return strings.Join(parts, "; ") + "."
}

// words is one day of one officer.
func (c column) words() string {
	day := c.day.Date.Long()
	if c.day.Why != "" {
		day += " (" + c.day.Why + ")"
	}
	if c.day.Down {
		day += ", the program did not run"
	}
	var parts []string
	for _, w := range Works() {
		if n := c.work.Of(w); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w.Words()))
		}
	}
	if len(parts) == 0 {
		return day + ": nothing to do"
	}
	return day + ": " + strings.Join(parts, ", ")
}

// monthLabel names a week by the first of its days in the term: 5 Jan.
func monthLabel(week []column) string {
	for _, c := range week {
		if !c.day.Date.IsZero() {
			return c.day.Date.Time().Format("2 Jan")
		}
	}
	return ""
}

// Table is the term as rows of cells, the heading first, a row a week and the
// sum at the end.
func Table(t Term) [][]string {
	head := []string{"week of", "left", "late", "held", "back"}
	for _, w := range Works() {
		head = append(head, string(w))
	}
	rows := [][]string{append(head, "all")}
	for _, week := range t.Weeks() {
		name := week.Monday.Time().Format("2 Jan")
		if week.Down > 0 {
			name += " x"
		}
		rows = append(rows, cells(name, week.Totals))
	}
	return append(rows, cells("term", t.Totals))
}

func cells(name string, s Totals) []string {
	row := []string{name, number(s.Sent.All()), number(s.Late), number(s.Held), number(s.Returned)}
	for _, w := range Works() {
		row = append(row, number(s.Work.Of(w)))
	}
	return append(row, number(s.Work.Total()))
}

// number leaves nought as a dot, so that the others stand out.
func number(n int) string {
	if n == 0 {
		return "."
	}
	return fmt.Sprint(n)
}
