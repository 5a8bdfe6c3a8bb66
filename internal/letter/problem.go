package letter

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of a template file, with its place and what to do.
type Problem struct {
	File string
	Line int // 0 where the whole file is meant
	Text string
	Hint string
}

// String is the fault on one line: file:line: text (hint).
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": " + p.Text)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is every fault of all template files, as an error.
type Problems []Problem

// Error is one line a fault.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// sorted gives each fault once, in order of place: a template tried out
// several times fails several times.
func (p Problems) sorted() Problems {
	all := slices.Clone(p)
	slices.SortFunc(all, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Text, b.Text)
	})
	return slices.Compact(all)
}
