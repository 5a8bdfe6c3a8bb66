package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/report/workload"
)

// How wide a page is where nobody says, and at the most.
const (
	usualWidth = 80
	mostWidth  = 200
)

// width is that of the terminal, else what COLUMNS says, else 80.
func (p *program) width() int {
	if file, ok := p.stdout.(*os.File); ok {
		if n, _, err := term.GetSize(int(file.Fd())); err == nil && n > 0 {
			return min(n, mostWidth)
		}
	}
	if n, err := strconv.Atoi(p.getenv("COLUMNS")); err == nil && n > 0 {
		return min(n, mostWidth)
	}
	return usualWidth
}

// tellWorkload prints a term that was played, for a person.
func (p *program) tellWorkload(t workload.Term, f simulateFlags) {
	out := p.stdout
	fmt.Fprintf(out, "%s by the rules of %s: %s to %s, %s\n\n", t.Term, t.Authority, t.From.Long(), t.To.Long(), countOf(t.Children, "child", "children"))
	p.table(workload.Table(t))
	fmt.Fprint(out, "the columns from release on are things that a person has to do\n\n")
	fmt.Fprint(out, workload.Charts(t, p.width()), workload.Legend())
	p.tellRows("late", t.Late)
	p.tellRows("held", t.Held)
	p.tellUnmade(t.Failures)
	if t.Outage != nil {
		p.tellOutage(*t.Outage, t.Totals)
	}
	fmt.Fprint(out, "\nSettings, mailboxes and officers behaved as in pepost demo. Nothing was sent or stored.\n")
	if f.svg != "" {
		fmt.Fprintf(out, "drawn into %s\n", f.svg)
	}
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// reason is one line of rows that have it in common.
type reason struct {
	text string
	refs []pep.Ref
	n    int
}

// tellRows prints what was late or held by reason, the most frequent first.
func (p *program) tellRows(word string, rows []workload.Row) {
	fmt.Fprintf(p.stdout, "\n%s: %d\n", word, len(rows))
	byReason := map[string]*reason{}
	for _, row := range rows {
		add(byReason, report.What(row.Kind)+": "+row.Why, row.Ref)
	}
	p.tellReasons(byReason)
}

func add(all map[string]*reason, text string, ref pep.Ref) {
	if all[text] == nil {
		all[text] = &reason{text: text}
	}
	r := all[text]
	r.n++
	if !slices.Contains(r.refs, ref) {
		r.refs = append(r.refs, ref)
	}
}

// mostRefs is how many references are named beside a reason; --json has all.
const mostRefs = 4

func (p *program) tellReasons(all map[string]*reason) {
	sorted := slices.SortedFunc(maps.Values(all), func(a, b *reason) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.text, b.text)) })
	for _, r := range sorted {
		slices.Sort(r.refs)
		names := make([]string, 0, mostRefs+1)
		for _, ref := range r.refs[:min(len(r.refs), mostRefs)] {
			names = append(names, string(ref))
		}
		if more := len(r.refs) - mostRefs; more > 0 {
			names = append(names, fmt.Sprintf("and %d more", more))
		}
		fmt.Fprintf(p.stdout, "%5d  %s\n       %s\n", r.n, onScreen(r.text), strings.Join(names, ", "))
	}
}

func (p *program) tellUnmade(failures []workload.Failure) {
	if len(failures) == 0 {
		return
	}
	fmt.Fprintf(p.stdout, "\ncould not be made: %d\n", len(failures))
	byReason := map[string]*reason{}
	for _, f := range failures {
		add(byReason, f.Why, f.Ref)
	}
	p.tellReasons(byReason)
}

// tellOutage prints what days without the program changed.
func (p *program) tellOutage(o workload.Outage, with workload.Totals) {
	fmt.Fprintf(p.stdout, "\nwithout the program from %s to %s, compared with the same term with it:\n", o.From.Long(), o.To.Long())
	for _, group := range []struct {
		words string
		rows  []workload.Shift
	}{
		{"left later", o.Later}, {"held because of it", o.Held}, {"did not leave because of it", o.Missing}, {"left because of it alone", o.Extra},
	} {
		fmt.Fprintf(p.stdout, "%s: %d\n", group.words, len(group.rows))
		byReason := map[string]*reason{}
		for _, s := range group.rows {
			add(byReason, shiftWords(s), s.Ref)
		}
		p.tellReasons(byReason)
	}
	was := o.Without
	p.table([][]string{
		{"", "left", "late", "held", "back", "work", "busiest day"},
		totalCells("no outage", was), totalCells("outage", with),
	})
}

func shiftWords(s workload.Shift) string {
	what := report.What(s.Kind)
	switch {
	case !s.Was.IsZero() && !s.Is.IsZero():
		return fmt.Sprintf("%s: %s", what, countOf(s.Was.DaysUntil(s.Is), "day later", "days later"))
	case s.Why != "":
		return what + ": " + s.Why
	}
	return what
}

func totalCells(name string, t workload.Totals) []string {
	return []string{
		name, fmt.Sprint(t.Sent.All()), fmt.Sprint(t.Late), fmt.Sprint(t.Held), fmt.Sprint(t.Returned), fmt.Sprint(t.Work.Total()),
		fmt.Sprintf("%s, %d", t.Busiest.Long(), t.Most),
	}
}
