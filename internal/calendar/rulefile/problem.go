package rulefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a rule file.
type Problem struct {
	// File is the name inside the folder of rules.
	File string `json:"file"`
	// Line and Column count from 1; both are 0 where the whole file is meant.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Value is what stands there, shortened; it may be empty.
	Value string `json:"value,omitempty"`
	// What says what is wrong, Hint what to write.
	What string `json:"what"`
	Hint string `json:"hint,omitempty"`
}

// Error is one line: file:line:column: "value": what is wrong (hint).
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Value != "" {
		fmt.Fprintf(&b, "%q: ", p.Value)
	}
	b.WriteString(p.What)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Problems are all the mistakes of one or more files, in order of place.
type Problems []Problem

// Error is one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Sorted gives the problems by file and place, each once, in one order always.
func (p Problems) Sorted() Problems {
	sorted := slices.Clone(p)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Value, b.Value))
	})
	return slices.Compact(sorted)
}

// Join gives the problems of several files as one error, or nil where there
// are none. Errors that are not problems are kept as problems of no place.
func Join(errs ...error) error {
	var all Problems
	for _, err := range errs {
		switch e := err.(type) {
		case nil:
		case Problems:
			all = append(all, e...)
		case Problem:
			all = append(all, e)
		default:
			all = append(all, Problem{What: e.Error()})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all.Sorted()
}
