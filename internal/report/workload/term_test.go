package workload

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

var update = flag.Bool("update", false, "write the golden files anew")

// springTerm is a made-up term of two teams with an outage in March.
func springTerm() Term {
	t := Term{
		Term: "spring 2025/26", Authority: "Democheshire", Children: 300, Officers: []string{"north & west", "everybody else"},
		From: pep.MustDate("2026-01-05"), To: pep.MustDate("2026-04-01"),
		Outage: &Outage{From: pep.MustDate("2026-03-02"), To: pep.MustDate("2026-03-06")},
	}
	for n, day := 0, t.From; !day.After(t.To); n, day = n+1, day.AddDays(1) {
		d := Day{Date: day, Kind: calendar.SchoolDay, Why: "school day", Officers: make([]Amounts, 2)}
		switch {
		case !weekday(day):
			d.Kind, d.Why = calendar.Weekend, "weekend"
		case !day.Before(pep.MustDate("2026-02-16")) && day.Before(pep.MustDate("2026-02-21")):
			d.Kind, d.Why = calendar.SchoolHoliday, "half-term"
		}
		d.Down = !day.Before(t.Outage.From) && !day.After(t.Outage.To)
		if weekday(day) && !d.Down {
			d.Sent = Sent{Forms: n % 7, Chasers: n % 3, Finals: n % 2}
			d.Late, d.Held, d.Returned = n%2, n%4, n%5
			for i := range d.Officers {
				d.Officers[i] = Amounts{Release: (n + i) % 9, Holds: n % 4, Calls: n % 3, Returns: (n + i) % 6, Finals: n % 2, Tasks: (2*n + i) % 8}
				d.Work = d.Work.Plus(d.Officers[i])
			}
		}
		t.Days = append(t.Days, d)
	}
	t.Totals = t.Sum()
	return t
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}

func TestChartsFitTheTerminalAndLookAsTheyDid(t *testing.T) {
	term := springTerm()
	golden(t, "charts-80.txt", []byte(Charts(term, 80)+Legend()))
	golden(t, "charts-40.txt", []byte(Charts(term, 40)))
	for _, width := range []int{0, 11, 40, 79, 80, 100, 200} {
		for _, line := range strings.Split(Charts(term, width), "\n") {
			if n := utf8.RuneCountInString(line); n > max(width, 60) && strings.Contains(line, "|") {
				t.Errorf("a line of %d characters on a terminal of %d: %q", n, width, line)
			}
		}
	}
}

func TestThePictureIsWellFormedAndSpeaksForItself(t *testing.T) {
	picture := SVG(springTerm())
	golden(t, "term.svg", picture)
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	seen := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			seen[start.Name.Local]++
			for _, a := range start.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("%s has %s", start.Name.Local, a.Name.Local)
				}
			}
		}
	}
	if seen["script"] != 0 || seen["desc"] != 1 || seen["title"] < 100 {
		t.Errorf("elements: %v", seen)
	}
	if !bytes.Contains(picture, []byte("north &amp; west")) {
		t.Error("the name of a team is not escaped")
	}
}

func TestATermWithoutWorkIsDrawn(t *testing.T) {
	day := Day{Date: pep.MustDate("2026-01-05"), Kind: calendar.SchoolDay, Officers: make([]Amounts, 1)}
	empty := Term{Officers: []string{"everybody"}, Days: []Day{day}}
	if got := Charts(empty, 80); got != "everybody: no work\n\n" {
		t.Errorf("%q", got)
	}
	if picture := SVG(empty); !bytes.HasSuffix(picture, []byte("</svg>\n")) {
		t.Errorf("%s", picture)
	}
	if picture := SVG(Term{}); !bytes.HasSuffix(picture, []byte("</svg>\n")) {
		t.Errorf("%s", picture)
	}
}

func TestWeeksAndOfficersAddUpToTheTerm(t *testing.T) {
	term := springTerm()
	var weeks Totals
	for _, week := range term.Weeks() {
		if week.Monday.Monday() != week.Monday {
			t.Errorf("a week begins on %s", week.Monday.Long())
		}
		weeks.Work = weeks.Work.Plus(week.Work)
		weeks.Sent.Forms += week.Sent.Forms
		weeks.Sent.Chasers += week.Sent.Chasers
		weeks.Sent.Finals += week.Sent.Finals
	}
	if weeks.Work != term.Totals.Work || weeks.Sent != term.Totals.Sent {
		t.Errorf("weeks %+v, term %+v", weeks, term.Totals)
	}
	var drawn Amounts
	for at := range term.Officers {
		for _, week := range term.columns(at) {
			for _, c := range week {
				drawn = drawn.Plus(c.work)
			}
		}
	}
	if drawn != term.Totals.Work {
		t.Errorf("drawn %+v of %+v", drawn, term.Totals.Work)
	}
	rows := Table(term)
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			t.Errorf("a row of %d cells under %d headings", len(row), len(rows[0]))
		}
	}
}

// TestEveryWorkIsCounted: whatever is added of a kind is found again, and no
// kind shares its place or its look with another.
func TestEveryWorkIsCounted(t *testing.T) {
	fills, words := map[string]bool{}, map[string]bool{}
	var all Amounts
	for i, w := range Works() {
		all.Add(w, i+1)
		fills[w.fill()], words[w.Words()] = true, true
	}
	for i, w := range Works() {
		if all.Of(w) != i+1 {
			t.Errorf("%s: %d", w, all.Of(w))
		}
	}
	if n := len(Works()); len(fills) != n || len(words) != n || all.Total() != n*(n+1)/2 {
		t.Errorf("%d fills, %d words, %d in all", len(fills), len(words), all.Total())
	}
	all.Add("lunch", 3)
	if all.Total() != 21 || all.Of("lunch") != 0 {
		t.Error("lunch is counted as work")
	}
}

func TestABarIsNeverHigherThanItsChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 5000).Draw(t, "most")
		work := rapid.IntRange(0, most).Draw(t, "work")
		full, last := 0, ' '
		for row := range chartRows {
			c := cell(work, most, row)
			if last != '█' && row > 0 && c != ' ' {
				t.Fatalf("%d of %d: a gap below row %d", work, most, row)
			}
			if c != ' ' {
				full++
			}
			last = c
		}
		if work == 0 && full != 0 || work > 0 && full == 0 || work == most && last != '█' {
			t.Fatalf("%d of %d fills %d rows", work, most, full)
		}
		if top := roundUp(most); top < most || top%2 != 0 || top > 2*most {
			t.Fatalf("the scale of %d ends at %d", most, top)
		}
	})
}

func TestAnOutageIsToldByWhatItChanged(t *testing.T) {
	day := pep.MustDate
	message := func(key, left, held, why string) Message {
		m := Message{Key: key, Plan: "plan", Milestone: "chase", Ref: pep.Ref("PEP-" + key), Kind: outbox.KindForm, Role: pep.DesignatedTeacher, Why: why}
		if left != "" {
			m.Left = day(left)
		}
		if held != "" {
			m.Held = day(held)
		}
		return m
	}
	without := []Message{
		message("same", "2026-03-02", "", ""), message("later", "2026-03-02", "", ""), message("held", "2026-03-03", "", ""),
		message("missing", "2026-03-04", "", ""), message("heldanyway", "", "2026-03-04", "x"), message("never", "", "", ""),
	}
	with := []Message{
		message("same", "2026-03-02", "", ""), message("later", "2026-03-09", "", ""), message("held", "", "2026-03-09", "missed by 4 working days"),
		message("heldanyway", "", "2026-03-09", "x"), message("never", "", "", ""),
		message("extra", "2026-03-10", "", ""), message("heldnew", "", "2026-03-10", "y"),
	}
	got := Compare(day("2026-03-02"), day("2026-03-06"), without, with, Skipped{{"plan", "chase"}: "too late"})
	refs := func(list []Shift) (out []string) {
		for _, s := range list {
			out = append(out, string(s.Ref)+" "+s.Was.String()+">"+s.Is.String()+" "+s.Why)
		}
		return out
	}
	want := map[string][]string{
		"later": {"PEP-later 2026-03-02>2026-03-09 "}, "missing": {"PEP-missing 2026-03-04> too late"},
		"held":  {"PEP-heldnew > y", "PEP-held 2026-03-03> missed by 4 working days"},
		"extra": {"PEP-extra >2026-03-10 "},
	}
	have := map[string][]string{"later": refs(got.Later), "held": refs(got.Held), "missing": refs(got.Missing), "extra": refs(got.Extra)}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	none := Compare(day("2026-03-02"), day("2026-03-06"), without, without, nil)
	if len(none.Later)+len(none.Held)+len(none.Missing)+len(none.Extra) != 0 {
		t.Errorf("nothing changed, and yet %+v", none)
	}
}
