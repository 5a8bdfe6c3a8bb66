package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
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

// table prints rows with aligned columns; the first row is the heading.
func (p *program) table(rows [][]string) {
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
}

// note tells a person something that is no part of the answer.
func (p *program) note(format string, args ...any) {
	if !p.flags.quiet {
		fmt.Fprintf(p.stderr, "pepost: "+format+"\n", args...)
	}
}

// count is "1 form", "3 forms".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
