package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// childrenFlags are the flags of children.
type childrenFlags struct {
	names bool
	find  string
}

func (p *program) childrenCommand() *cobra.Command {
	var f childrenFlags
	cmd := &cobra.Command{
		Use: "children", Short: "the register, one line a child",
		Example: "  pepost children\n  pepost children --find PEP-7F3K", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.children(cmd.Context(), f) },
	}
	cmd.Flags().BoolVar(&f.names, "names", false, "show names too: on a terminal only, and it leaves evidence")
	cmd.Flags().StringVar(&f.find, "find", "", "only children whose reference, case-system number or, with --names, name holds `TEXT`")
	return cmd
}

// childLine is one line of children --json.
type childLine struct {
	Ref       pep.Ref     `json:"ref"`
	ChildID   string      `json:"child_id"`
	Name      string      `json:"name,omitempty"`
	Phase     pep.Phase   `json:"phase"`
	YearGroup int         `json:"year_group"`
	Variant   pep.Variant `json:"variant"`
	Next      string      `json:"next_milestone,omitempty"`
	Due       pep.Date    `json:"next_due,omitzero"`
	Why       []string    `json:"why"`
}

func (p *program) children(ctx context.Context, f childrenFlags) error {
	if f.names && !p.onTerminal() {
		return usage("--names works on a terminal only, so that names end in no file")
	}
	return p.with(ctx, false, func(i *installation) error {
		if f.names {
			if err := i.runner.NamesShown(ctx, p.person("")); err != nil {
				return err
			}
		}
		rows := [][]string{{"reference", "child", "phase", "year", "variant", "next"}}
		if f.names {
			rows[0] = append(rows[0], "name")
		}
		err := i.runner.Children(ctx, func(c pipeline.Registered) error {
			line := lineOf(c, f.names)
			if !line.holds(f.find) {
				return nil
			}
			if p.flags.json {
				return p.printJSON(line)
			}
			rows = append(rows, line.cells(f.names))
			return nil
		})
		if err == nil && !p.flags.json {
			p.table(rows)
		}
		return err
	})
}

func lineOf(c pipeline.Registered, names bool) childLine {
	line := childLine{
		Ref: c.Record.Ref, ChildID: c.Record.Child.ID, Phase: c.Outlook.Plan.Phase, YearGroup: c.Outlook.Plan.YearGroup,
		Variant: c.Outlook.Plan.Variant, Why: notNil(c.Outlook.Plan.Why),
	}
	if names {
		line.Name = strings.TrimSpace(c.Record.Child.Forename + " " + c.Record.Child.Surname)
	}
	if m, ok := c.Next(); ok {
		line.Next, line.Due = string(m.Name), m.Due
	}
	return line
}

func (l childLine) holds(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, own := range []string{string(l.Ref), l.ChildID, l.Name} {
		if strings.Contains(strings.ToLower(own), text) {
			return true
		}
	}
	return false
}

func (l childLine) cells(names bool) []string {
	next := "-"
	if l.Next != "" {
		next = strings.ReplaceAll(l.Next, "_", " ") + " " + l.Due.Long()
	}
	cells := []string{string(l.Ref), l.ChildID, string(l.Phase), fmt.Sprint(l.YearGroup), string(l.Variant), next}
	if names {
		cells = append(cells, l.Name)
	}
	return cells
}

// onTerminal reports whether stdout is a person's screen.
func (p *program) onTerminal() bool {
	file, ok := p.stdout.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
