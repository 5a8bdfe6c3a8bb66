package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// dueFlags are the flags of due.
type dueFlags struct{ on, until string }

func (p *program) dueCommand() *cobra.Command {
	var f dueFlags
	cmd := &cobra.Command{
		Use: "due", Short: "what is due, to whom and how, and what is not and why",
		Example: "  pepost due\n  pepost due --on 2026-02-02 --until 2026-02-28 --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.due(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.on, "on", "", "as seen on this `DATE` (default today)")
	cmd.Flags().StringVar(&f.until, "until", "", "look ahead to this `DATE` (default the day it is seen on)")
	return cmd
}

// dueLine is one line of due --json.
type dueLine struct {
	Ref       pep.Ref                 `json:"ref"`
	Kind      timetable.Kind          `json:"kind,omitempty"`
	Milestone timetable.MilestoneName `json:"milestone,omitempty"`
	Due       *pep.Date               `json:"due,omitempty"`
	Role      pep.Role                `json:"recipient_role,omitempty"`
	Decision  route.Verdict           `json:"decision,omitempty"`
	Method    route.Method            `json:"method,omitempty"`
	Late      *bool                   `json:"late,omitempty"`
	State     outbox.State            `json:"state,omitempty"`
	Skipped   bool                    `json:"skipped,omitempty"`
	Why       []string                `json:"why"`
}

func (p *program) due(ctx context.Context, f dueFlags) error {
	if f.on != "" {
		if _, err := day("--on", f.on, pep.Date{}); err != nil {
			return err
		}
		p.flags.now = f.on
	}
	return p.with(ctx, false, func(i *installation) error {
		until, err := day("--until", f.until, pep.DateOf(i.runner.Now()))
		if err != nil {
			return err
		}
		rows := [][]string{{"reference", "what", "due", "to", "how", "why"}}
		err = i.runner.Due(ctx, until, func(e pipeline.Expected) error {
			if p.flags.json {
				return p.printJSON(dueLineOf(e))
			}
			rows = append(rows, dueCells(e))
			return nil
		})
		if err == nil && !p.flags.json {
			p.table(rows)
		}
		return err
	})
}

func dueLineOf(e pipeline.Expected) dueLine {
	line := dueLine{
		Ref: e.Ref, Kind: e.Kind, Milestone: e.Milestone, Role: e.Role, State: e.State, Skipped: e.Skipped,
		Why: append(notNil(e.Why), e.Decision.Reasons...),
	}
	if !e.Due.Due.IsZero() {
		line.Due = &e.Due.Due
	}
	if e.Skipped {
		return line
	}
	line.Late = &e.Late
	if e.Kind != timetable.KindTask {
		line.Decision, line.Method = e.Decision.Settled(), e.Decision.Method
	}
	return line
}

func dueCells(e pipeline.Expected) []string {
	what, how := string(e.Kind), string(e.Decision.Verdict)
	switch {
	case e.Skipped:
		what, how = "-", "not due"
	case e.Kind == timetable.KindTask:
		what += ": " + strings.ReplaceAll(string(e.Milestone), "_", " ")
	}
	if e.Decision.Method != "" && e.Decision.Method != route.MethodNone {
		how += " by " + string(e.Decision.Method)
	}
	if e.State != "" {
		how += ", " + string(e.State)
	}
	when := "-"
	if !e.Due.Due.IsZero() {
		when = e.Due.Due.String()
	}
	if e.Late {
		when += " late"
	}
	return []string{string(e.Ref), what, when, string(e.Role), how, strings.Join(e.Why, "; ")}
}
