package route

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// The names that a decision gives as its rule where no row of the policy
// spoke. No row may be called so.
const (
	RuleShape        = "shape"         // not an address
	RuleOutsideASCII = "outside-ascii" // a character outside ASCII
	RuleNoPolicy     = "no-policy"     // no usable policy
	RulePunycode     = "punycode"      // an xn-- label without an exact row
	RuleNoRow        = "no-row"        // the policy does not know the domain
	RuleNoEmail      = "no-email"      // a postal address only
)

func pseudoRules() []string {
	return []string{RuleShape, RuleOutsideASCII, RuleNoPolicy, RulePunycode, RuleNoRow, RuleNoEmail}
}

// finding is what the policy says of one end of a message.
type finding struct {
	verdict Verdict
	rule    string
	reason  string
	relay   string // the relay that the row is bound to
}

// judge runs checks 2 to 13: the first that speaks decides.
func (p *Policy) judge(a pep.Address, on pep.Date, side Side) finding {
	switch {
	case a.Verdict() == pep.AddressNeedsPerson:
		return finding{verdict: Hold, rule: RuleOutsideASCII, reason: a.Reason()}
	case a.Verdict() != pep.AddressGood:
		return finding{verdict: Refuse, rule: RuleShape, reason: a.Reason()}
	case p.empty():
		return finding{verdict: Hold, rule: RuleNoPolicy, reason: "there is no delivery policy to decide by"}
	}
	domain, x := a.Domain(), p.side(side)
	for _, check := range []func(string, *index, pep.Date) (finding, bool){
		p.denied, p.exactly, p.punycode, p.bySuffix, p.byRoot,
	} {
		if f, spoke := check(domain, x, on); spoke {
			return f
		}
	}
	return finding{verdict: Encrypt, rule: RuleNoRow, reason: "no row of the policy knows this domain"}
}

// denied is checks 8 and 9: a retired family first, wherever it stands above
// the domain, then any other deny row, the nearest.
func (p *Policy) denied(domain string, x *index, _ pep.Date) (finding, bool) {
	var found *Row
	parents(domain, func(d string) bool {
		if i, ok := x.deny[d]; ok && (found == nil || p.rows[i].Retired) {
			found = &p.rows[i]
		}
		return found == nil || !found.Retired
	})
	if found == nil {
		return finding{}, false
	}
	f := finding{verdict: found.Route, rule: found.ID, reason: found.matchWords()}
	if found.Retired {
		f.reason += "; the family of domains is retired: ask for the new address"
	}
	return f, true
}

func (p *Policy) exactly(domain string, x *index, on pep.Date) (finding, bool) {
	i, ok := x.exact[domain]
	if !ok {
		return finding{}, false
	}
	return p.speak(i, on)
}

func (p *Policy) punycode(domain string, _ *index, _ pep.Date) (finding, bool) {
	if !strings.HasPrefix(domain, "xn--") && !strings.Contains(domain, ".xn--") {
		return finding{}, false
	}
	reason := "the domain is written in xn-- form, which hides letters outside ASCII, and no exact row vouches for it"
	return finding{verdict: Hold, rule: RulePunycode, reason: reason}, true
}

func (p *Policy) bySuffix(domain string, x *index, on pep.Date) (f finding, spoke bool) {
	parents(domain, func(d string) bool {
		if i, ok := x.suffix[d]; ok {
			f, spoke = p.speak(i, on)
		}
		return !spoke
	})
	return f, spoke
}

func (p *Policy) byRoot(domain string, x *index, on pep.Date) (finding, bool) {
	below, registry, found := splitRegistry(domain)
	if !found {
		return finding{}, false
	}
	root := below[strings.LastIndexByte(below, '.')+1:]
	for _, i := range x.roots[registry] {
		if !strings.Contains(root, p.rows[i].Contains) {
			continue
		}
		if f, spoke := p.speak(i, on); spoke {
			return f, true
		}
	}
	return finding{}, false
}

// splitRegistry gives what stands left of the closed registry that a domain
// ends with.
func splitRegistry(domain string) (below, registry string, found bool) {
	if last := strings.LastIndexByte(domain, '.'); last > 0 {
		if second := strings.LastIndexByte(domain[:last], '.'); second > 0 {
			registry = domain[second+1:]
			return domain[:second], registry, slices.Contains(pep.ClosedRegistries(), registry)
		}
	}
	return "", "", false
}

// speak gives what a matching row says on a day. A row that does not count yet
// says nothing.
func (p *Policy) speak(i int, on pep.Date) (finding, bool) {
	row := &p.rows[i]
	switch {
	case !row.inForce(on):
		return finding{}, false
	case row.pastReview(on):
		reason := row.matchWords() + "; its review was due by " + row.ReviewBy.Long() + ": somebody must check it again"
		return finding{verdict: Hold, rule: row.ID, reason: reason}, true
	}
	return finding{verdict: row.Route, rule: row.ID, reason: row.matchWords(), relay: row.Relay}, true
}
