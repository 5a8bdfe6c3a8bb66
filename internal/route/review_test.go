package route

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
)

func TestRowsToBeReviewed(t *testing.T) {
	p := parse(t, secureRow+strings.TrimPrefix(strings.NewReplacer("id: one", "id: old", "a.example", "old.example", "2027-01-05", "2026-03-16").Replace(secureRow), "rows:\n"))
	for _, c := range []struct {
		on   string
		want string
	}{
		{"2026-03-16", "old soon"}, {"2026-03-17", "old lapsed"}, {"2026-12-05", "old lapsed"}, {"2026-12-06", "old lapsed, one soon"}, {"2027-01-06", "old lapsed, one lapsed"},
	} {
		var got []string
		for _, r := range p.Reviews(pep.MustDate(c.on), 30) {
			got = append(got, r.ID+" "+map[bool]string{true: "lapsed", false: "soon"}[r.Lapsed])
			if r.Line == 0 || r.ReviewBy.IsZero() {
				t.Errorf("%+v", r)
			}
		}
		if d := cmp.Diff(c.want, strings.Join(got, ", ")); d != "" {
			t.Errorf("%s: %s", c.on, d)
		}
	}
	if (*Policy)(nil).Reviews(today(), 30) != nil {
		t.Error("no policy has no rows")
	}
}

func TestChangesSayWhichRowsWait(t *testing.T) {
	agreed := load(t, "cheshire-west")
	row := func(kind, pattern, more string) string {
		return "rows:\n  - id: new\n    kind: " + kind + "\n    pattern: " + pattern + "\n" + more
	}
	const secure = "    route: secure\n    evidence: seen\n    checked_by: an officer\n    checked_on: 2026-01-05\n    review_by: 2027-01-05\n"
	const retired = "  - id: retired-gsi\n    kind: deny\n    pattern: gsi.gov.uk\n    retired: yes\n    evidence: \"www.gov.uk/guidance/securing-government-email\"\n"
	for _, c := range []struct {
		name, old, other string
		want             string
	}{
		{"a new secure row", "rows:\n", row("suffix", "school.devon.sch.uk", secure), "new added waits"},
		{"a new row for later", "rows:\n", row("suffix", "school.devon.sch.uk", secure+"    valid_from: 2026-09-01\n"), "new added waits"},
		{"a new deny row", "rows:\n", row("deny", "x.cheshire.sch.uk", ""), "new added counts"},
		{"a new row that holds", "rows:\n", row("suffix", "b.example", "    route: hold\n"), "new added counts"},
		{"another word, shorter", "pattern: gov.uk\n    contains: cheshire", "pattern: gov.uk\n    contains: ches", "cheshire-councils changed waits"},
		{"another word, longer", "pattern: gov.uk\n    contains: cheshire", "pattern: gov.uk\n    contains: cheshirewest", "cheshire-councils changed counts"},
		{"a deny row taken out", retired, "", "retired-gsi removed waits"},
		{"a secure row taken out", "  - id: cheshire-police-pnn\n    kind: exact\n    pattern: cheshire.pnn.police.uk\n    route: secure\n    scheme: police network\n    evidence: \"the published rule, read for the police network's own names\"\n    checked_by: \"the authors of this file; not confirmed by the council\"\n    checked_on: 2026-11-01\n    review_by: 2030-12-31\n", "", "cheshire-police-pnn removed counts"},
		{"a review put off", "review_by: 2030-12-31", "review_by: 2031-12-31", "cheshire-police-pnn changed waits"},
		{"a review brought forward", "review_by: 2030-12-31", "review_by: 2030-11-30", "cheshire-police-pnn changed counts"},
		{"bound to another relay", "contains: cheshire\n    route: secure", "contains: cheshire\n    route: secure\n    relay: other", "cheshire-councils changed waits"},
		{"a note", "evidence: example\n    note: \"how", "evidence: example\n    note: \"see how", "no-tls-oldcheshire changed counts"},
		{"a remark", "# Deny rows", "# deny rows", ""},
	} {
		g := Guard{InForce: agreed, OnDisk: change(t, agreed, c.old, c.other)}
		var got []string
		for _, change := range g.Changes(today()) {
			got = append(got, change.ID+" "+string(change.What)+" "+map[bool]string{true: "waits", false: "counts"}[change.Waits])
		}
		if d := cmp.Diff(c.want, strings.Join(got, ", ")); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	if Sole(agreed).Changes(today()) != nil {
		t.Error("nothing changed")
	}
	if all := (Guard{InForce: agreed}).Changes(today()); len(all) != len(agreed.Rows()) {
		t.Errorf("the file is gone: %d rows", len(all))
	}
}
