package config

import (
	"fmt"
	"strings"
)

// Problem is one fault of the configuration, with where it is and what to do.
type Problem struct {
	File  string
	Line  int // 0 where the fault is of the whole file
	Field string
	Text  string
	Hint  string
}

// String is the fault on one line: file:line: field: text.
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Field != "" {
		where += ": " + p.Field
	}
	return where + ": " + p.Text
}

// Problems is every fault of one configuration, as an error.
type Problems []Problem

// Error is one line a fault.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}
