package route

import (
	"testing"

	"github.com/pepost/pepost/internal/pep"
)

// D12: what was sealed under one decision leaves under a later one only where
// that is no weaker.
func TestD12EveryChangeBetweenSealingAndSending(t *testing.T) {
	all := load(t, "cheshire-west")
	narrowed := parse(t, secureRow)
	denied := parse(t, "rows:\n  - id: closed\n    kind: deny\n    pattern: cheshire.sch.uk\n    retired: yes\n")
	base := Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
	ask := func(change func(*Question)) Question {
		q := base
		change(&q)
		return q
	}
	outside := func(q *Question) { q.To = pep.ParseAddress("a@setting.example") }
	for _, c := range []struct {
		name    string
		earlier func(*Question)
		now     func(*Question)
		policy  *Policy
		weaker  bool
	}{
		{"nothing changed", func(*Question) {}, func(*Question) {}, all, false},
		{"the row is gone", func(*Question) {}, func(*Question) {}, narrowed, true},
		{"the domain is denied", func(*Question) {}, func(*Question) {}, denied, true},
		{"the policy is gone", func(*Question) {}, func(*Question) {}, nil, true},
		{"the relay's guarantee lapsed", func(*Question) {}, func(q *Question) { q.On = pep.MustDate("2027-02-01") }, all, true},
		{"the sender moved", func(*Question) {}, func(q *Question) { q.From = pep.ParseAddress("p@gmail.com") }, all, true},
		{"another address", func(*Question) {}, func(q *Question) { q.To = pep.ParseAddress("head@y.cheshire.sch.uk") }, all, true},
		{"case of the domain only", func(*Question) {}, func(q *Question) { q.To = pep.ParseAddress("head@X.cheshire.sch.uk") }, all, false},
		{"now agreed to a protected document", func(*Question) {}, func(q *Question) { q.Means.Agreed = pep.AgreedProtected }, all, true},
		{"sealed, now trusted", func(q *Question) { q.Means.Agreed = pep.AgreedProtected }, func(*Question) {}, all, false},
		{"sealed, now a gateway", outside, func(q *Question) { outside(q); q.Means.Gateway = "egress" }, all, false},
		{"sealed, now post", outside, func(q *Question) { outside(q); q.Means.Agreed, q.Means.Postal = pep.AgreedPost, true }, all, true},
		{"gateway still there", func(q *Question) { outside(q); q.Means.Gateway = "egress" }, func(q *Question) { outside(q); q.Means.Gateway = "egress" }, all, false},
		{"gateway gone", func(q *Question) { outside(q); q.Means.Gateway = "egress" }, outside, all, true},
		{"key still there", func(q *Question) { outside(q); q.Means.OpenPGPKey = true }, func(q *Question) { outside(q); q.Means.OpenPGPKey = true }, all, false},
		{"key gone", func(q *Question) { outside(q); q.Means.OpenPGPKey = true }, outside, all, true},
		{"post stays post", func(q *Question) { q.Means.Agreed, q.Means.Postal = pep.AgreedPost, true }, func(q *Question) { q.Means.Agreed, q.Means.Postal = pep.AgreedPost, true }, all, false},
		{"post no more", func(q *Question) { q.Means.Agreed, q.Means.Postal = pep.AgreedPost, true }, func(*Question) {}, all, true},
		{"was held", func(q *Question) { q.To = pep.ParseAddress("a@x.gsi.gov.uk") }, func(q *Question) { q.To = pep.ParseAddress("a@x.gsi.gov.uk") }, all, true},
	} {
		earlier := all.Decide(ask(c.earlier))
		before := len(earlier.Reasons)
		now, weaker := c.policy.Redecide(earlier, ask(c.now))
		if weaker != c.weaker {
			t.Errorf("%s: weaker is %t, want %t; then %s by %s, now %s by %s", c.name, weaker, c.weaker, earlier.Verdict, earlier.Method, now.Verdict, now.Method)
		}
		if len(earlier.Reasons) != before {
			t.Errorf("%s: the earlier decision was changed", c.name)
		}
	}
}

func TestZeroDecisionIsNeverSent(t *testing.T) {
	p := load(t, "cheshire-west")
	q := Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
	if _, weaker := p.Redecide(Decision{}, q); !weaker {
		t.Error("a decision that nobody made was let go")
	}
	strange := p.Decide(q)
	strange.Method = "pigeon"
	if _, weaker := p.Redecide(strange, q); !weaker {
		t.Error("an unknown method was let go")
	}
}

func TestEveryPairOfVerdicts(t *testing.T) {
	rank := map[Verdict]int{Refuse: 0, Hold: 1, Encrypt: 2, Secure: 3}
	for _, was := range Verdicts() {
		for _, is := range Verdicts() {
			got := Decision{Verdict: is}.WeakerThan(Decision{Verdict: was})
			if want := rank[is] < rank[was]; got != want {
				t.Errorf("%s after %s: weaker is %t", is, was, got)
			}
		}
	}
	if (Decision{}).Settled() != Hold || (Decision{Verdict: "fine"}).Settled() != Hold {
		t.Error("a verdict nobody gave is not hold")
	}
}
