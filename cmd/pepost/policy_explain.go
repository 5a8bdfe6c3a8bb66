package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

func (p *program) policyExplainCommand() *cobra.Command {
	var f routeFlags
	cmd := &cobra.Command{
		Use: "explain ADDRESS", Short: "the whole path of one address: every check, every row looked at, both ends, the way it would travel",
		Example: "  pepost policy explain head@cheshire.devon.sch.uk\n  pepost policy explain sw@council.example --policy proposed.yaml",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.policyExplain(cmd.Context(), f, args[0]) },
	}
	f.add(cmd)
	return cmd
}

func (p *program) policyExplain(ctx context.Context, f routeFlags, address string) error {
	return p.withRouter(ctx, f, func(r router) error {
		path := r.policy.Explain(r.question(address, ""))
		if p.flags.json {
			return p.printJSON(path)
		}
		p.drawPath(path, r)
		return nil
	})
}

// drawPath prints the path of one address from the first check to the method.
func (p *program) drawPath(path route.Path, r router) {
	d := path.Decision
	fmt.Fprintf(p.stdout, "recipient  %s\n", printable(d.Address))
	fmt.Fprintf(p.stdout, "sender     %s\n", printable(r.from))
	fmt.Fprintf(p.stdout, "policy     %s, on %s\n\n", firstWord(d.Policy, "none"), r.on.Long())
	for _, step := range path.Steps {
		p.drawStep(step)
	}
	fmt.Fprintln(p.stdout)
	from := pep.ParseAddress(r.from)
	fmt.Fprintf(p.stdout, "sender     %s by %s: %s\n", path.Sender.Verdict, path.Sender.Rule, onScreen(path.Sender.Reason))
	if canonical := from.Canonical(); canonical != "" && canonical != r.from {
		fmt.Fprintf(p.stdout, "           read as %s\n", canonical)
	}
	fmt.Fprintf(p.stdout, "relay      %s\n", path.Relay)
	for n, m := range path.Methods {
		head, mark := "methods", " "
		if n > 0 {
			head = ""
		}
		if m.Chosen {
			mark = ">"
		}
		fmt.Fprintf(p.stdout, "%-10s %s %-18s %s\n", head, mark, m.Method, onScreen(m.Why))
	}
	fmt.Fprintln(p.stdout)
	p.tellDecision(p.stdout, d)
}

// drawStep prints one check: a mark where it decided, its rows below it.
func (p *program) drawStep(step route.Step) {
	mark, outcome := " ", string(step.Spoke)
	if step.Spoke == route.Decided {
		mark, outcome = ">", string(step.Says)
	}
	fmt.Fprintf(p.stdout, "%s %2d  %-46s %s", mark, step.Number, step.Check, outcome)
	if step.Detail != "" {
		fmt.Fprintf(p.stdout, ": %s", onScreen(step.Detail))
	}
	fmt.Fprintln(p.stdout)
	for _, row := range step.Rows {
		mark := "-"
		if row.Matched {
			mark = ">"
		}
		fmt.Fprintf(p.stdout, "      %s row %s (line %d): %s\n", mark, row.ID, row.Line, onScreen(row.Why))
	}
	if step.Others > 0 {
		fmt.Fprintf(p.stdout, "      - %s that do not resemble the domain\n", count(step.Others, "other row"))
	}
}
