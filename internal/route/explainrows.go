package route

import (
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// mostRows bounds the rows that one explanation lists: all of a small policy,
// and of a large one those that resemble the domain.
const mostRows = 60

// lookAtRows puts each row beside the check that asks for it, with why it
// matched or did not.
func (p *Policy) lookAtRows(steps []Step, q Question, decided int) {
	if p.empty() || q.To.Canonical() == "" {
		return
	}
	domain := q.To.Domain()
	listed := 0
	spoken := p.judge(q.To, q.On, SideRecipient).rule
	for i := range p.rows {
		row := &p.rows[i]
		step := &steps[row.step()-1]
		look := RowLook{ID: row.ID, Kind: row.Kind, Line: row.line}
		look.Matched, look.Why = row.fate(domain, q.On)
		if listed >= mostRows || len(p.rows) > mostRows && !look.Matched && !row.resembles(domain) {
			step.Others++
			continue
		}
		if look.Matched && row.ID != spoken {
			look.Matched, look.Why = false, look.Why+"; "+quieter(row.step(), decided)
		}
		listed++
		step.Rows = append(step.Rows, look)
	}
}

// quieter is why a row that matches is not the one that spoke.
func quieter(step, decided int) string {
	if step > decided {
		return "an earlier check had decided"
	}
	return "a closer row of the same check is asked first"
}

// fate says whether a row speaks of a recipient's domain on a day, and why or
// why not.
func (r *Row) fate(domain string, on pep.Date) (matched bool, why string) {
	if r.AppliesTo == SideSender {
		return false, "it speaks of senders only"
	}
	if matched, why = r.shapeFate(domain); !matched {
		return false, why
	}
	switch {
	case r.Kind == KindDeny:
	case !r.inForce(on):
		return false, why + ", but it counts from " + r.ValidFrom.Long()
	case r.pastReview(on):
		why += ", and its review was due by " + r.ReviewBy.Long()
	}
	return true, why
}

func (r *Row) shapeFate(domain string) (matched bool, why string) {
	switch r.Kind {
	case KindExact:
		switch {
		case domain == r.Pattern:
			return true, "it is exactly " + r.Pattern
		case strings.HasSuffix(domain, "."+r.Pattern):
			return false, "a name under " + r.Pattern + ", and the row is of that name alone"
		}
		return false, r.unlike(domain, "not "+r.Pattern)
	case KindRegistryRoot:
		return r.rootFate(domain)
	case KindDeny, KindSuffix:
	}
	if domain == r.Pattern || strings.HasSuffix(domain, "."+r.Pattern) {
		return true, "it is " + r.Pattern + " or a name under it"
	}
	return false, r.unlike(domain, "neither "+r.Pattern+" nor a name under it")
}

// unlike says how a domain that does not match resembles the row all the same.
func (r *Row) unlike(domain, plain string) string {
	switch {
	case strings.HasSuffix(domain, r.Pattern):
		return "it ends with the letters of " + r.Pattern + ", but no dot stands before them"
	case strings.Contains(domain, r.Pattern):
		return r.Pattern + " stands in it, but not at its end"
	}
	return plain
}

func (r *Row) rootFate(domain string) (matched bool, why string) {
	below, registry, found := splitRegistry(domain)
	root := below[strings.LastIndexByte(below, '.')+1:]
	switch {
	case found && registry == r.Pattern && strings.Contains(root, r.Contains):
		return true, fmt.Sprintf("the name directly under %s is %q, with %q in it", r.Pattern, root, r.Contains)
	case found && registry == r.Pattern:
		return false, fmt.Sprintf("the name directly under %s is %q, without %q", r.Pattern, root, r.Contains)
	case strings.Contains(domain, r.Contains):
		return false, fmt.Sprintf("%q stands in it, but it is not under %s", r.Contains, r.Pattern)
	}
	return false, "it is not under " + r.Pattern
}

// resembles reports whether a row that does not match is worth showing: its
// word, or the first name of its pattern, stands in the domain.
func (r *Row) resembles(domain string) bool {
	word := r.Contains
	if word == "" {
		word, _, _ = strings.Cut(r.Pattern, ".")
	}
	return strings.HasSuffix(domain, r.Pattern) || len(word) >= minWord && strings.Contains(domain, word)
}
