package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// termReport is what calendar import --json prints.
type termReport struct {
	Authority    string          `json:"authority"`
	Source       string          `json:"source"`
	Years        []yearChange    `json:"years"`
	BankHolidays []holidayChange `json:"bank_holidays"`
	LeftOut      []leftOut       `json:"left_out"`
	Files        []string        `json:"files"`
	Written      bool            `json:"written"`
}

func (p *program) tellTermChanges(t *termChanges) error {
	code := exitDone
	if len(t.left) > 0 {
		code = exitPartly
	}
	if p.flags.json {
		report := termReport{
			Authority: t.rules.authority, Source: t.flags.source, Years: append([]yearChange{}, t.years...),
			BankHolidays: append([]holidayChange{}, t.holidays...), LeftOut: append([]leftOut{}, t.left...),
			Files: append([]string{}, slices.Sorted(maps.Keys(t.texts))...), Written: !t.flags.dryRun && len(t.texts) > 0,
		}
		if err := p.printJSON(report); err != nil {
			return err
		}
		return outcome(code)
	}
	for _, y := range t.years {
		p.printYear(y)
	}
	for _, h := range t.holidays {
		fmt.Fprintf(p.stdout, "bank holiday: %s\n", onScreen(h.text()))
	}
	for _, left := range t.left {
		fmt.Fprintf(p.stdout, "left out: %s:%d: %s: %s\n", onScreen(left.File), left.Line, onScreen(left.What), left.Why)
	}
	p.printWritten(t)
	return outcome(code)
}

func (p *program) printYear(y yearChange) {
	how := map[string]string{"new": "new", "same": "stands so already", "replaced": "takes the place of other dates"}[y.Was]
	fmt.Fprintf(p.stdout, "%s, %s\n", y.Year, how)
	total := 0
	for _, h := range y.Halves {
		fmt.Fprintf(p.stdout, "  %-20s %-21s to %-21s %3d days\n", h.Half, h.From.Long(), h.To.Long(), h.Days)
		total += h.Days
	}
	for _, d := range y.INSET {
		fmt.Fprintf(p.stdout, "  INSET                %s\n", d.Long())
	}
	fmt.Fprintf(p.stdout, "  %d days in all, %d of them INSET\n", total, len(y.INSET))
}

func (p *program) printWritten(t *termChanges) {
	if len(t.texts) == 0 {
		fmt.Fprintln(p.stdout, "nothing to write: the rules say the same already")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(t.texts)) {
		word := "wrote"
		if t.flags.dryRun {
			word = "would write"
		}
		fmt.Fprintf(p.stdout, "%s %s\n", word, onScreen(filepath.Join(t.rules.dir, filepath.FromSlash(name))))
	}
	if t.rules.fresh && !t.flags.dryRun {
		fmt.Fprintf(p.stdout, "the built-in rules were copied to %s; write in pepost.yaml: folders: {schedules: %s}\n", onScreen(t.rules.dir), onScreen(t.rules.dir))
	}
}
