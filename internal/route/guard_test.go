package route

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
)

func change(t testing.TB, p *Policy, old, other string) *Policy {
	t.Helper()
	text := strings.Replace(p.Text(), old, other, 1)
	if text == p.Text() {
		t.Fatalf("the policy does not hold %q", old)
	}
	return parse(t, text)
}

func TestWhatAFileNarrowsCountsAtOnceAndWhatItWidensWaits(t *testing.T) {
	agreed := load(t, "cheshire-west")
	const devon = "rows:\n  - id: devon\n    kind: suffix\n    pattern: school.devon.sch.uk\n    route: secure\n    evidence: seen\n    checked_by: an officer\n    checked_on: 2026-01-05\n    review_by: 2027-01-05\n"
	wider := change(t, agreed, "rows:\n", devon)
	const denied = "rows:\n  - id: closed\n    kind: deny\n    pattern: x.cheshire.sch.uk\n"
	narrower := change(t, agreed, "rows:\n", denied)
	undenied := change(t, agreed, "    retired: yes\n    evidence: \"www.gov.uk/guidance/securing-government-email\"\n\n  - id: retired-gse", "    evidence: \"x\"\n\n  - id: retired-gse")
	renewed := change(t, agreed, "2020-01-06", "2027-01-06")
	renewed = change(t, renewed, "2019-01-07", "2026-01-07")
	for _, c := range []struct {
		name       string
		file       *Policy
		to         string
		want       Verdict
		waits, own bool // the reason that it waits; the file itself decided
	}{
		{"unchanged", agreed, "head@x.cheshire.sch.uk", Secure, false, false},
		{"wider", wider, "head@school.devon.sch.uk", Encrypt, true, false},
		{"wider, another address", wider, "head@x.cheshire.sch.uk", Secure, false, false},
		{"narrower", narrower, "head@x.cheshire.sch.uk", Encrypt, false, true},
		{"a retired family that is no longer held", undenied, "a@x.gsi.gov.uk", Hold, true, false},
		{"a lapsed row renewed", renewed, "dr@lapsed.example.nhs.uk", Hold, true, false},
		{"the file is gone", nil, "a@setting.example", Hold, false, true},
		{"a refusal stays one", wider, "a@sch.uk", Refuse, false, false},
	} {
		g := Guard{InForce: agreed, OnDisk: c.file}
		q := Question{To: pep.ParseAddress(c.to), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
		d := g.Decide(q)
		waits := strings.Contains(d.Reasons[len(d.Reasons)-1], "waits for two people")
		if d.Verdict != c.want || waits != c.waits || (d.Policy != agreed.Hash()) != c.own {
			t.Errorf("%s: %s, waits %t, by %s: %v", c.name, d.Verdict, waits, d.Policy, d.Reasons)
		}
		if c.waits && !strings.Contains(d.Reasons[len(d.Reasons)-1], "by row ") {
			t.Errorf("%s: the reason does not name the row: %v", c.name, d.Reasons)
		}
		if path := g.Explain(q); cmp.Diff(d, path.Decision) != "" {
			t.Errorf("%s: explained otherwise: %s", c.name, cmp.Diff(d, path.Decision))
		}
	}
}

// Whatever the two policies, the guard never trusts more than either.
func TestAGuardIsNeverWeakerThanEitherPolicy(t *testing.T) {
	texts := []string{load(t, "cheshire-west").Text(), load(t, "sample").Text(), load(t, "camden").Text(), secureRow, ""}
	addresses := []string{
		"head@x.cheshire.sch.uk", "a@camden.gov.uk", "a@a.example", "a@setting.example", "a@x.gsi.gov.uk", "a@oldcheshire.gov.uk",
		"dr@lapsed.example.nhs.uk", "a@xn--a.example", "a@sch.uk", "", "a@lapsed-clinic.example", ownAddress, "a@x.democheshire.sch.uk",
	}
	pick := func(t *rapid.T, name string) *Policy {
		p, err := Parse("f", []byte(rapid.SampledFrom(texts).Draw(t, name)))
		if err != nil && !errors.Is(err, ErrNoRows) {
			t.Fatal(err)
		}
		return p
	}
	rapid.Check(t, func(t *rapid.T) {
		g := Guard{InForce: pick(t, "in force"), OnDisk: pick(t, "on disk")}
		q := Question{
			To: pep.ParseAddress(rapid.SampledFrom(addresses).Draw(t, "to")), From: pep.ParseAddress(rapid.SampledFrom(addresses).Draw(t, "from")),
			On: today(), Means: trusted(),
		}
		q.Means.Postal = rapid.Bool().Draw(t, "postal")
		d := g.Decide(q)
		strictest := min(trust(g.InForce.Decide(q).Verdict), trust(g.OnDisk.Decide(q).Verdict))
		if trust(d.Verdict) != strictest {
			t.Fatalf("%s, and the strictest of both is %d", d.Verdict, strictest)
		}
	})
}

func TestTheZeroGuardHoldsAndRedecidesAsThePolicyAlone(t *testing.T) {
	q := Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
	if d := (Guard{}).Decide(q); d.Verdict != Hold || d.Rule != RuleNoPolicy {
		t.Errorf("%+v", d)
	}
	p := load(t, "cheshire-west")
	earlier := p.Decide(q)
	if _, weaker := Sole(p).Redecide(earlier, q); weaker {
		t.Error("nothing changed")
	}
	narrower := change(t, p, "rows:\n", "rows:\n  - id: closed\n    kind: deny\n    pattern: cheshire.sch.uk\n")
	now, weaker := Guard{InForce: p, OnDisk: narrower}.Redecide(earlier, q)
	if !weaker || !strings.Contains(now.Reasons[len(now.Reasons)-1], "not sent as it was sealed") {
		t.Errorf("what was sealed for TLS leaves under a narrower file: %+v", now)
	}
}

func TestAPolicyIsReadAgainFromItsText(t *testing.T) {
	p, err := Parse("f", []byte("\xef\xbb\xbf"+strings.ReplaceAll(secureRow, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	again := parse(t, p.Text())
	if again.Hash() != p.Hash() || !slices.Equal(again.Rows(), p.Rows()) || (*Policy)(nil).Text() != "" {
		t.Error("another policy")
	}
}
