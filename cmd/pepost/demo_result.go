package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// mostReasons is how many reasons for what was not sent the result prints.
const mostReasons = 12

// everyDelivery is the file with one line for each delivery of the term.
const everyDelivery = "who-got-what.txt"

// tellTerm prints who got which form, how, and why not, and the numbers last,
// where a terminal shows them. Reminders and the copies of final plans, several
// for each child, stand in a file beside the forms.
func (p *program) tellTerm(r report.Result, story rehearsal.Story, took time.Duration, dir string) error {
	if err := writeDeliveries(filepath.Join(dir, everyDelivery), r); err != nil {
		return err
	}
	p.heading("Who got which form, how, and why not")
	table(p.stdout, deliveryRows(r.Rows, func(row report.Row) bool { return row.Kind == outbox.KindForm }))
	p.tellSkips(r)
	p.tellChanges(story)
	p.heading(fmt.Sprintf("The %s term of the made-up authority, seen on %s", r.Term, r.On.Long()))
	p.table(numberRows("what", r.ByKind, report.What, r.All))
	fmt.Fprintln(p.stdout)
	p.table(numberRows("how", r.ByMethod, func(m route.Method) string { return report.How(m) }, r.All))
	p.tellBack(r, story)
	p.tellWhyNot(r)
	fmt.Fprintf(p.stdout, "\nevery form and every message is in %s: open %s/index.html; every reminder and final copy too is listed in %s/%s\n", dir, dir, dir, everyDelivery)
	fmt.Fprintf(p.stdout, "%d school days in %.1f seconds, %d MiB at most\n", story.Days, took.Seconds(), peakMiB())
	return nil
}

// writeDeliveries leaves the whole list in a file.
func writeDeliveries(path string, r report.Result) error {
	var text bytes.Buffer
	table(&text, deliveryRows(r.Rows, func(report.Row) bool { return true }))
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		return failed(fmt.Errorf("leaving the list of deliveries: %w", err), "")
	}
	return nil
}

func deliveryRows(all []report.Row, wanted func(report.Row) bool) [][]string {
	rows := [][]string{{"reference", "what", "to", "how", "due", "left", "state", "why not"}}
	for _, row := range all {
		if wanted(row) {
			rows = append(rows, []string{
				string(row.Ref), row.What(), string(row.Role), row.How(), row.Due.String(), dash(row.Left.String()), stateOf(row), row.WhyNot,
			})
		}
	}
	return rows
}

// tellSkips lists the children for whom nothing was made, and counts those
// whose form is only due after the term.
func (p *program) tellSkips(r report.Result) {
	rows := [][]string{{"reference", "why"}}
	later := 0
	for _, skip := range r.Skips {
		if len(skip.Why) > 0 && strings.HasPrefix(skip.Why[0], "not due before") {
			later++
			continue
		}
		rows = append(rows, []string{string(skip.Ref), strings.Join(skip.Why, "; ")})
	}
	p.heading("No form, and why")
	p.table(rows)
	fmt.Fprintf(p.stdout, "and %d whose form is due after the term\n", later)
}

// tellChanges prints what the exports of the term's days changed and what came
// of it, child by child.
func (p *program) tellChanges(story rehearsal.Story) {
	rows := [][]string{{"reference", "day", "what"}}
	for _, line := range story.Changes() {
		rows = append(rows, []string{string(line.Ref), line.Day.String(), strings.TrimPrefix(line.Text, string(line.Ref)+": ")})
	}
	p.heading("What changed during the term, and what came of it")
	p.table(rows)
}

func (p *program) heading(text string) {
	fmt.Fprintf(p.stdout, "\n%s\n%s\n", text, strings.Repeat("-", len([]rune(text))))
}

func stateOf(row report.Row) string {
	state := string(row.State)
	if row.Late {
		state += ", late"
	}
	if row.Passphrase == outbox.PassphrasePending {
		state += ", " + string(row.Passphrase)
	}
	return state
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// numberRows is one line for each group, and all of them together last.
func numberRows[K ~string](title string, groups []report.Group[K], name func(K) string, all report.Numbers) [][]string {
	rows := [][]string{{title, "made", "accepted", "delivered", "posted", "on time", "late", "held", "waiting", "refused", "uncertain", "bounced", "cancelled"}}
	for _, g := range groups {
		rows = append(rows, numberRow(name(g.Of), g.Numbers))
	}
	return append(rows, numberRow("together", all))
}

func numberRow(name string, n report.Numbers) []string {
	cells := []string{name}
	for _, number := range []int{
		n.Deliveries, n.Accepted, n.Delivered, n.Posted, n.OnTime, n.LateSent, n.Held, n.Waiting, n.Refused, n.Uncertain, n.Bounced, n.Cancelled,
	} {
		cells = append(cells, fmt.Sprint(number))
	}
	return cells
}

func (p *program) tellBack(r report.Result, story rehearsal.Story) {
	fmt.Fprintf(p.stdout, "\nforms asked for: %d; back in time %d, late %d, still awaited %d, overdue %d\n",
		r.Returns.Asked, r.Returns.OnTime, r.Returns.Late, r.Returns.Awaited, r.Returns.Overdue)
	fmt.Fprintf(p.stdout, "answers accepted: %d; plans made final: %d; passphrases read over the telephone: %d, never reached: %d\n",
		story.Accepted, story.Finalised, story.Calls, story.Unreached)
}

func (p *program) tellWhyNot(r report.Result) {
	if len(r.WhyNot) == 0 {
		return
	}
	fmt.Fprintln(p.stdout)
	rows := [][]string{{"did not leave", "state", "because"}}
	for i, why := range r.WhyNot {
		if i == mostReasons {
			rows = append(rows, []string{"…", "", fmt.Sprintf("and %d more reasons above", len(r.WhyNot)-i)})
			break
		}
		rows = append(rows, []string{fmt.Sprint(why.Count), string(why.State), why.Why})
	}
	p.table(rows)
}

// peakMiB is the most memory the Go runtime held from the system.
func peakMiB() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() >> 20
}
