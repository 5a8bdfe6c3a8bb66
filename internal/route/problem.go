package route

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Problem is one fault of a policy file, with its place and what to do.
type Problem struct {
	File   string
	Line   int // 0 where the whole file is meant
	Column int
	Value  string // as written, cut to a readable length
	Text   string
	Hint   string
}

// String is the fault on one line: file:line:column: "value": text (hint).
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Value != "" {
		fmt.Fprintf(&b, "%q: ", p.Value)
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is every fault of one policy file, as an error.
type Problems []Problem

// Error is one line a fault.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// ErrNoRows is what [Problems] match, by [errors.Is], where the only fault of a
// file is that it has no rows. Whoever begins with such a file may go on
// without a policy, which holds everything.
var ErrNoRows = errors.New(noRows)

const noRows = "the policy has no rows"

// Is matches [ErrNoRows].
func (p Problems) Is(target error) bool {
	return target == ErrNoRows && len(p) == 1 && p[0].Text == noRows
}

// maxProblems bounds what one bad file can make of a report.
const maxProblems = 200

func shorten(value string) string {
	const most = 60
	value = strings.ToValidUTF8(value, "?")
	if utf8.RuneCountInString(value) <= most {
		return value
	}
	return string([]rune(value)[:most]) + "…"
}
