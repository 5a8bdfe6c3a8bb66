package form

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of a definition file, where it stands and what to do.
// Line and Column count from 1; 0 means the file as a whole.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Value is the text that is wrong, cut short.
	Value string `json:"value,omitempty"`
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"`
}

// String is the problem on one line: forms/core.yaml:12:7: text "value" (hint).
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": " + p.Text)
	if p.Value != "" {
		fmt.Fprintf(&b, " %q", p.Value)
	}
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// DefinitionError holds every problem found in the definition files.
type DefinitionError struct{ Problems []Problem }

// Error lists the problems, one a line.
func (e *DefinitionError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		lines[i] = problem.String()
	}
	return "form definitions: " + strings.Join(lines, "\n")
}

// sortProblems puts problems into reading order.
func sortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

// maxQuoted is how much of a wrong value a problem repeats.
const maxQuoted = 60

func quoted(text string) string {
	if runes := []rune(text); len(runes) > maxQuoted {
		return string(runes[:maxQuoted]) + "…"
	}
	return text
}

// nearest finds the known word most like the given one, as a hint; it is
// empty where none is close.
func nearest(word string, known []string) string {
	best := Closest(word, known)
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// Closest is the known word most like a mistyped one, whatever the case of
// either; empty where none is close.
func Closest(word string, known []string) string {
	word = strings.ToLower(word)
	best, distance := "", len(word)/3+2
	for _, candidate := range known {
		if d := Edits(word, strings.ToLower(candidate), distance); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// Edits is the Levenshtein distance of two short words, or limit where it is
// certain to be no less.
func Edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > maxQuoted {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := previous
			if a[i] != b[j] {
				cost++
			}
			previous = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
