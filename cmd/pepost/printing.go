package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// printJSON prints one JSON document on its own line.
func (p *program) printJSON(v any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// table prints rows on stdout.
func (p *program) table(rows [][]string) { table(p.stdout, rows) }

// table prints rows with aligned columns; the first row is the heading.
func table(out io.Writer, rows [][]string) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.NewReplacer("\n", " ", "\t", " ").Replace(onScreen(cell))
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	w.Flush()
}

// onScreen puts U+FFFD in place of what a terminal would obey instead of
// showing: control characters but for line ends and tabs, and the marks that
// turn the direction of text. Names, file names and what a relay or a returned
// form says come from outside.
func onScreen(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// note tells a person something that is no part of the answer.
func (p *program) note(format string, args ...any) {
	if !p.flags.quiet {
		fmt.Fprintf(p.stderr, "pepost: %s\n", onScreen(fmt.Sprintf(format, args...)))
	}
}

// count is "1 form", "3 forms".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
