package route

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

const rowKeys = "id, kind, pattern, contains, applies_to, route, scheme, evidence, checked_by, checked_on, valid_from, review_by, retired, relay, note"

// rowReader reads the cells of one row and remembers where each stood.
type rowReader struct {
	file  *flatFile
	entry entry
	row   Row
	cells []cell
}

func (f *flatFile) readRow(e entry) Row {
	r := rowReader{file: f, entry: e, cells: f.cells[e.from:e.to], row: Row{AppliesTo: SideBoth, line: e.line}}
	before := len(f.problems)
	for i, c := range r.cells {
		if slices.ContainsFunc(r.cells[:i], func(other cell) bool { return other.key == c.key }) {
			f.add(c.line, c.column, c.key, "the key stands twice in the row", "keep one of them")
			continue
		}
		r.take(c)
	}
	if len(f.problems) == before {
		r.check()
	}
	return r.row
}

// take stores one cell; each kind of value has its own check.
func (r *rowReader) take(c cell) {
	row := &r.row
	switch c.key {
	case "id":
		row.ID = r.identifier(c)
	case "kind":
		row.Kind = oneOf(r, c, Kinds()...)
	case "pattern":
		row.Pattern = r.domain(c)
	case "contains":
		row.Contains = r.word(c)
	case "applies_to":
		row.AppliesTo = oneOf(r, c, SideBoth, SideSender, SideRecipient)
	case "route":
		row.Route = oneOf(r, c, Secure, Encrypt, Hold)
	case "scheme":
		row.Scheme = c.value
	case "evidence":
		row.Evidence = c.value
	case "checked_by":
		row.CheckedBy = c.value
	case "checked_on":
		row.CheckedOn = r.date(c)
	case "valid_from":
		row.ValidFrom = r.date(c)
	case "review_by":
		row.ReviewBy = r.date(c)
	case "retired":
		row.Retired = oneOf(r, c, "yes", "no") == "yes"
	case "relay":
		row.Relay = c.value
	case "note":
		row.Note = c.value
	default:
		r.problem(c, "nobody reads the key "+c.key, "the keys of a row are "+rowKeys)
	}
}

func (r *rowReader) problem(c cell, text, hint string) {
	r.file.add(c.line, c.column, c.value, text, hint)
}

func (r *rowReader) identifier(c cell) string {
	if len(c.value) > 64 || strings.Trim(c.value, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		r.problem(c, "not an id", "use small letters, digits and hyphens, at most 64")
		return ""
	}
	if slices.Contains(pseudoRules(), c.value) {
		r.problem(c, "the id is the name of a check of the program's own", "choose another")
		return ""
	}
	return c.value
}

// domain reads a pattern: a bare domain. Capitals are lowered; everything else
// that is not a domain is refused, never half matched.
func (r *rowReader) domain(c cell) string {
	lower := strings.ToLower(c.value)
	hint := "write the bare domain, like x.cheshire.sch.uk"
	for i := range len(lower) {
		if lower[i] >= 0x80 {
			r.problem(c, "the domain has a letter outside ASCII", "write its xn-- form if it is really meant")
			return ""
		}
	}
	switch {
	case strings.ContainsAny(lower, "*?[]{}^$|\\"):
		r.problem(c, "patterns have no wildcards", "write a suffix row for a domain and all under it, or a registry-root row with contains:")
		return ""
	case strings.Contains(lower, "@"):
		r.problem(c, "a row is of a domain, not of an address", hint)
		return ""
	}
	if a := pep.ParseAddress("a@" + lower); a.Verdict() != pep.AddressGood && !slices.Contains(pep.ClosedRegistries(), lower) {
		r.problem(c, "not a domain: "+a.Reason(), hint)
		return ""
	}
	return lower
}

// minWord is the shortest word that is looked for: three letters occur in too
// many names.
const minWord = 4

// word reads what a registry-root row looks for.
func (r *rowReader) word(c cell) string {
	lower := strings.ToLower(c.value)
	if len(lower) < minWord || len(lower) > 63 || strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		r.problem(c, "not a word to look for", "write 4 to 63 letters or digits; shorter ones stand in too many names")
		return ""
	}
	return lower
}

func (r *rowReader) date(c cell) pep.Date {
	d, err := pep.ParseDate(c.value)
	if err != nil {
		r.problem(c, err.Error(), "write year-month-day, like 2026-03-17")
	}
	return d
}

func oneOf[T ~string](r *rowReader, c cell, allowed ...T) T {
	if slices.Contains(allowed, T(c.value)) {
		return T(c.value)
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	r.problem(c, "not one of the words for "+c.key, "write "+strings.Join(words, ", "))
	return ""
}
