package route

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
)

func explained(p *Policy, to, from string) Path {
	return p.Explain(Question{To: pep.ParseAddress(to), From: pep.ParseAddress(from), On: today(), Means: trusted()})
}

// decided is the number of the recipient's check that spoke.
func decided(t *testing.T, path Path) int {
	t.Helper()
	found := 0
	for i, step := range path.Steps {
		if step.Number != i+1 || step.Check == "" {
			t.Fatalf("check %d stands in place %d", step.Number, i+1)
		}
		switch {
		case step.Spoke == Decided && step.Number < stepSender:
			if found != 0 || step.Detail == "" || step.Says == "" {
				t.Fatalf("more than one check decided, or it says nothing: %+v", path.Steps)
			}
			found = step.Number
		case step.Number < stepSender && (step.Spoke == NotAsked) != (found != 0):
			t.Fatalf("check %d is %s after %d decided", step.Number, step.Spoke, found)
		}
	}
	return found
}

func TestExplainNamesTheCheckThatSpoke(t *testing.T) {
	p := load(t, "cheshire-west")
	for _, c := range []struct {
		to   string
		step int
		says string
	}{
		{"a@cheshire.sch.uk\r\nBcc: b@evil.example", 2, "control character"},
		{"a@x@cheshire.sch.uk", 3, "exactly one @"},
		{strings.Repeat("a", 65) + "@cheshire.sch.uk", 4, "64"},
		{"a@\u0441heshire.sch.uk", 5, "outside plain ASCII"},
		{"a@cheshire.sch.uk.", 6, "ends with a dot"},
		{"a@x.gsi.gov.uk", 8, "retired"},
		{"a@oldcheshire.gov.uk", 9, "taken out"},
		{"a@cheshire.pnn.police.uk", 10, "exactly"},
		{"dr@lapsed.example.nhs.uk", 10, "review was due"},
		{"a@xn--heshire-xjg.sch.uk", 11, "xn--"},
		{"  head@x.cheshire.sch.uk", 12, "cheshire-schools"},
		{"a@evilcheshire.com", 13, "no row"},
	} {
		path := explained(p, c.to, ownAddress)
		if got := decided(t, path); got != c.step || !strings.Contains(path.Steps[got-1].Detail, c.says) {
			t.Errorf("%q: check %d, want %d: %+v", c.to, got, c.step, path.Steps)
		}
	}
	if got := decided(t, explained(nil, "head@x.cheshire.sch.uk", ownAddress)); got != 7 {
		t.Errorf("without a policy: check %d", got)
	}
	if path := explained(p, "  head@x.cheshire.sch.uk", ownAddress); path.Steps[0].Detail == "" {
		t.Error("trimmed blanks are not told")
	}
}

func TestExplainSaysWhyEachRowDidNotMatch(t *testing.T) {
	p := load(t, "cheshire-west")
	why := func(to, row string) (bool, string) {
		for _, step := range explained(p, to, ownAddress).Steps {
			for _, look := range step.Rows {
				if look.ID == row {
					return look.Matched, look.Why
				}
			}
		}
		t.Fatalf("%s: row %s was not looked at", to, row)
		return false, ""
	}
	for _, c := range []struct {
		to, row string
		matched bool
		says    string
	}{
		{"a@cheshire.devon.sch.uk", "cheshire-schools", false, `the name directly under sch.uk is "devon", without "cheshire"`},
		{"a@evilcheshire.com", "cheshire-schools", false, `"cheshire" stands in it, but it is not under sch.uk`},
		{"a@x.example", "cheshire-schools", false, "it is not under sch.uk"},
		{"a@x.cheshire.sch.uk", "cheshire-schools", true, `"cheshire" in it`},
		{"a@x.cheshire.pnn.police.uk", "cheshire-police-pnn", false, "the row is of that name alone"},
		{"a@cheshire.pnn.police.uk", "cheshire-police-pnn", true, "exactly"},
		{"a@xoldcheshire.gov.uk", "no-tls-oldcheshire", false, "no dot stands before them"},
		{"a@oldcheshire.gov.uk.example", "no-tls-oldcheshire", false, "not at its end"},
		{"a@oldcheshire.gov.uk", "cheshire-councils", false, "an earlier check had decided"},
		{"dr@lapsed.example.nhs.uk", "example-lapsed", true, "review was due by"},
		{"a@x.example", "retired-gsi", false, "neither gsi.gov.uk nor a name under it"},
	} {
		if matched, says := why(c.to, c.row); matched != c.matched || !strings.Contains(says, c.says) {
			t.Errorf("%s and row %s: %t, %q", c.to, c.row, matched, says)
		}
	}
}

func TestExplainAgreesWithTheDecision(t *testing.T) {
	p := load(t, "cheshire-west")
	for _, row := range acceptance(t) {
		q := Question{To: pep.ParseAddress(row[2]), From: pep.ParseAddress(row[1]), On: today(), Means: trusted()}
		path := p.Explain(q)
		if d := cmp.Diff(p.Decide(q), path.Decision); d != "" {
			t.Errorf("%s: %s", row[0], d)
		}
		number := decided(t, path)
		last := path.Steps[stepSender-1]
		if path.Steps[number-1].Says != path.Decision.Verdict && last.Spoke != Decided {
			t.Errorf("%s: check %d says %s, the decision is %s", row[0], number, path.Steps[number-1].Says, path.Decision.Verdict)
		}
		var matched []string
		for _, step := range path.Steps {
			for _, look := range step.Rows {
				if look.Matched {
					matched = append(matched, look.ID)
				}
			}
		}
		if len(matched) > 1 || len(matched) == 1 && matched[0] != path.Decision.Rule {
			t.Errorf("%s: rows %v matched, %s decided", row[0], matched, path.Decision.Rule)
		}
		chosen := 0
		for _, m := range path.Methods {
			if m.Chosen {
				chosen++
			}
			if m.Why == "" || m.Chosen != (m.Method == path.Decision.Method) {
				t.Errorf("%s: %+v", row[0], m)
			}
		}
		if chosen != 1 && path.Decision.Method != MethodNone {
			t.Errorf("%s: %d ways were chosen", row[0], chosen)
		}
	}
}

func TestExplainShowsTheSenderAndTheRelay(t *testing.T) {
	p := load(t, "cheshire-west")
	path := explained(p, "head@x.cheshire.sch.uk", "peps@gmail.com")
	last := path.Steps[stepSender-1]
	if last.Spoke != Decided || last.Says != Encrypt || path.Sender.Verdict != Encrypt || path.Sender.Rule != RuleNoRow || path.Decision.Verdict != Encrypt {
		t.Errorf("%+v %+v", last, path.Sender)
	}
	if !strings.Contains(path.Relay, "31 January 2027") {
		t.Error(path.Relay)
	}
	lapsed := p.Explain(Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: pep.MustDate("2027-02-01"), Means: trusted()})
	if !strings.Contains(lapsed.Relay, "encrypted instead") || lapsed.Decision.Verdict != Encrypt {
		t.Errorf("%s: %s", lapsed.Decision.Verdict, lapsed.Relay)
	}
}

func TestExplainListsOnlyRowsOfALargePolicyThatResembleTheDomain(t *testing.T) {
	p := parse(t, manyRows(1000))
	path := explained(p, "a@body7.nhs.uk", ownAddress)
	listed, others := 0, 0
	for _, step := range path.Steps {
		listed, others = listed+len(step.Rows), others+step.Others
	}
	if listed == 0 || listed > mostRows || listed+others != 1000 {
		t.Errorf("%d rows listed, %d others", listed, others)
	}
}
