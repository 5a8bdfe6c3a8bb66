package route

import (
	"slices"
	"strings"
)

// Policy is the rows of one authority, indexed. It is never changed after it
// was read and may be asked from several goroutines. A nil Policy and the zero
// Policy hold everything.
type Policy struct {
	authority string
	source    string
	hash      string
	text      string
	rows      []Row
	gateways  []Gateway
	// The rows that speak of recipients and those that speak of senders.
	recipients, senders index
}

// Hash names the exact content of the policy: "sha256:" and the digest of the
// file with LF line ends and without a byte order mark. It is empty for a
// policy that was not read from a file.
func (p *Policy) Hash() string {
	if p == nil {
		return ""
	}
	return p.hash
}

// Text is the content that the hash is of: the file with LF line ends and
// without a byte order mark. [Parse] makes the same policy of it again.
func (p *Policy) Text() string {
	if p == nil {
		return ""
	}
	return p.text
}

// Authority is whose policy it is, as the file says.
func (p *Policy) Authority() string {
	if p == nil {
		return ""
	}
	return p.authority
}

// Rows are the rows in the order of the file.
func (p *Policy) Rows() []Row {
	if p == nil {
		return nil
	}
	return slices.Clone(p.rows)
}

// empty reports whether there is nothing to decide by.
func (p *Policy) empty() bool { return p == nil || len(p.rows) == 0 }

func (p *Policy) side(s Side) *index {
	if s == SideSender {
		return &p.senders
	}
	return &p.recipients
}

// index finds the rows of one side. The numbers are places in Policy.rows.
// Whatever the number of rows, a question costs one look a label of the
// domain, and one for each word looked for under its registry.
type index struct {
	deny, exact, suffix map[string]int
	roots               map[string][]int // by registry, longest word first
}

func newIndex(rows int) index {
	return index{deny: map[string]int{}, exact: make(map[string]int, rows), suffix: map[string]int{}, roots: map[string][]int{}}
}

// add puts row i in; where another row says the same it gives that one.
func (x *index) add(rows []Row, i int) (earlier Row, ok bool) {
	row := rows[i]
	if row.Kind == KindRegistryRoot {
		return x.addRoot(rows, i)
	}
	table := map[Kind]map[string]int{KindDeny: x.deny, KindExact: x.exact, KindSuffix: x.suffix}[row.Kind]
	if at, taken := table[row.Pattern]; taken {
		return rows[at], false
	}
	table[row.Pattern] = i
	return Row{}, true
}

func (x *index) addRoot(rows []Row, i int) (earlier Row, ok bool) {
	same := x.roots[rows[i].Pattern]
	for _, at := range same {
		if rows[at].Contains == rows[i].Contains {
			return rows[at], false
		}
	}
	same = append(same, i)
	slices.SortStableFunc(same, func(a, b int) int { return len(rows[b].Contains) - len(rows[a].Contains) })
	x.roots[rows[i].Pattern] = same
	return Row{}, true
}

// parents gives the domain itself and every domain above it on a label
// boundary, longest first, until yield returns false.
func parents(domain string, yield func(string) bool) {
	for yield(domain) {
		_, above, found := strings.Cut(domain, ".")
		if !found {
			return
		}
		domain = above
	}
}
