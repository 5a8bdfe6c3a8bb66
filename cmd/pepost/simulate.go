package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/rehearsal/simulate"
	"github.com/pepost/pepost/internal/report/workload"
	"github.com/pepost/pepost/internal/timetable"
)

// simulateFlags are the flags of simulate.
type simulateFlags struct{ term, authority, down, svg string }

func (p *program) simulateCommand() *cobra.Command {
	var f simulateFlags
	cmd := &cobra.Command{
		Use: "simulate --term TERM", Short: "a whole term played through: work day by day, what is late, what is held",
		Long: "simulate plays a term with the register as it is and the real rules, schedules\n" +
			"and delivery policy, by a clock that takes seconds for a term. Settings answer\n" +
			"and officers work as in the demonstration. Nothing is sent, and nothing is\n" +
			"written to the register or the outbox.",
		Example: "  pepost simulate --term spring-2026\n  pepost simulate --term spring-2026 --down 2026-03-02..2026-03-06 --svg term.svg\n" +
			"  pepost simulate --term spring-2026 --authority sefton --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.simulate(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.term, "term", "", "the `TERM`: spring-2026, summer-2026, autumn-2026")
	cmd.Flags().StringVar(&f.authority, "authority", "", "play by the rules and the calendar of this `AUTHORITY` (default: the configuration's)")
	cmd.Flags().StringVar(&f.down, "down", "", "the `DAYS` on which the program does not run, as 2026-03-02..2026-03-06")
	cmd.Flags().StringVar(&f.svg, "svg", "", "draw the work day by day into this `FILE`")
	return cmd
}

func (p *program) simulate(ctx context.Context, f simulateFlags) error {
	term, err := parseTerm(f.term)
	if err != nil {
		return err
	}
	down, err := parseDown(f.down)
	if err != nil {
		return err
	}
	var played workload.Term
	err = p.with(ctx, false, func(i *installation) error {
		stage, err := i.stageTerm(ctx, f.authority, term, down)
		if err != nil {
			return err
		}
		stage.Progress = p.progress("playing the term")
		played, err = simulate.Run(ctx, stage, down)
		return err
	})
	if err != nil {
		return err
	}
	if f.svg != "" {
		if err := os.WriteFile(f.svg, workload.SVG(played), 0o600); err != nil {
			return failed(fmt.Errorf("drawing the term: %w", err), "name a file in a folder that is there")
		}
	}
	if p.flags.json {
		return p.printJSON(played)
	}
	p.tellWorkload(played, f)
	return nil
}

// stageTerm reads what a term is played on: everything of this installation,
// but for the rules and the calendar where another authority is named.
func (i *installation) stageTerm(ctx context.Context, authority string, term pep.Term, down *simulate.Span) (simulate.Stage, error) {
	zone, err := london()
	if err != nil {
		return simulate.Stage{}, err
	}
	r := *i.runner
	if authority != "" {
		if r.Rules, err = timetable.Load(schedulesFS(i.config), authority); err != nil {
			return simulate.Stage{}, refusedConfig(err, "the authorities are the folders of schedules/, such as camden")
		}
	}
	if r.Calendar, err = openCalendar(schedulesFS(i.config), firstWord(authority, i.config.Authority)); err != nil {
		return simulate.Stage{}, err
	}
	stage := simulate.Stage{Runner: &r, Zone: zone, Scenario: rehearsal.Usual()}
	if stage.Term, err = spanOf(r.Calendar, term); err != nil {
		return stage, err
	}
	if down != nil && (down.From.Before(stage.Term.From) || down.To.After(stage.Term.To)) {
		return stage, usage("--down takes days of the term, which is %s to %s", stage.Term.From, stage.Term.To)
	}
	stage.Held, err = simulate.Read(ctx, i.runner)
	return stage, err
}

func firstWord(words ...string) string {
	for _, word := range words {
		if word != "" {
			return word
		}
	}
	return ""
}

// spanOf finds the dates of a term. A year that is not loaded is refused with
// the calendar's own hint.
func spanOf(c *calendar.Calendar, term pep.Term) (calendar.TermSpan, error) {
	span, err := c.Term(middleOf(term))
	var none *calendar.NoTermDatesError
	switch {
	case errors.As(err, &none):
		return span, refusedConfig(err, none.Hint())
	case err != nil:
		return span, err
	case span.Term != term:
		missing := &calendar.NoTermDatesError{Calendar: c.Name(), Date: middleOf(term)}
		return span, refusedConfig(missing, missing.Hint())
	}
	return span, nil
}

// middleOf is a day that lies in a term of any authority.
func middleOf(term pep.Term) pep.Date {
	switch term.Name {
	case pep.Autumn:
		return pep.Date{Year: term.Year, Month: time.October, Day: 8}
	case pep.Spring:
		return pep.Date{Year: term.Year + 1, Month: time.February, Day: 4}
	case pep.Summer:
	}
	return pep.Date{Year: term.Year + 1, Month: time.June, Day: 10}
}

// parseTerm reads a term as spring-2026: its name and the calendar year that it
// lies in.
func parseTerm(text string) (pep.Term, error) {
	name, year, _ := strings.Cut(strings.ToLower(text), "-")
	n, err := strconv.Atoi(year)
	if err != nil || len(year) != 4 || n < 2000 {
		return pep.Term{}, usage("--term takes a term of the form spring-2026")
	}
	switch term := pep.TermName(name); term {
	case pep.Autumn:
		return pep.Term{Year: n, Name: term}, nil
	case pep.Spring, pep.Summer:
		return pep.Term{Year: n - 1, Name: term}, nil
	}
	return pep.Term{}, usage("--term takes spring, summer or autumn with its year: spring-2026")
}

// parseDown reads days as 2026-03-02..2026-03-06; nil where none are named.
func parseDown(text string) (*simulate.Span, error) {
	if text == "" {
		return nil, nil
	}
	first, last, both := strings.Cut(text, "..")
	from, err := pep.ParseDate(first)
	to, errTo := pep.ParseDate(last)
	switch {
	case !both || err != nil || errTo != nil:
		return nil, usage("--down takes two days of the form 2026-03-02..2026-03-06")
	case to.Before(from):
		return nil, usage("--down: the first day is after the last")
	}
	return &simulate.Span{From: from, To: to}, nil
}
