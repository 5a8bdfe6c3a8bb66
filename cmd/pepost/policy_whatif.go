package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store/deliveries"
)

func (p *program) policyWhatIfCommand() *cobra.Command {
	return &cobra.Command{
		Use: "what-if FILE", Short: "replay every delivery under a proposed policy and list each that would change",
		Long: "what-if asks the proposed policy about the recipient of every delivery there ever\n" +
			"was, and lists each that would be decided on otherwise than by the policy of today.\n" +
			"It changes nothing. With --json it prints a line for each change and a last line\n" +
			"with the numbers.",
		Example: "  pepost policy what-if proposed.yaml\n  pepost policy what-if proposed.yaml --json", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.policyWhatIf(cmd.Context(), args[0]) },
	}
}

// wayJSON is one decision in short.
type wayJSON struct {
	Decision route.Verdict `json:"decision"`
	Method   route.Method  `json:"method"`
	Rule     string        `json:"rule"`
}

func wayOf(d route.Decision) wayJSON { return wayJSON{d.Settled(), d.Method, d.Rule} }

func (w wayJSON) String() string {
	if w.Method == route.MethodNone || w.Method == "" {
		return string(w.Decision)
	}
	return string(w.Decision) + "/" + string(w.Method)
}

// changeJSON is one line of policy what-if --json.
type changeJSON struct {
	ID      string       `json:"id"`
	Ref     pep.Ref      `json:"ref"`
	Kind    outbox.Kind  `json:"kind"`
	Role    pep.Role     `json:"recipient_role"`
	State   outbox.State `json:"state"`
	Was     wayJSON      `json:"was"` // when it was drafted
	From    wayJSON      `json:"from"`
	To      wayJSON      `json:"to"`
	Reasons []string     `json:"reasons"`
}

// whatIfJSON is the last line.
type whatIfJSON struct {
	Deliveries int    `json:"deliveries"`
	Changed    int    `json:"changed"`
	Policy     string `json:"policy"`
}

func (p *program) policyWhatIf(ctx context.Context, file string) error {
	proposed, err := namedPolicy(file)
	if err != nil {
		return asRefused(err)
	}
	out := bufio.NewWriter(p.stdout)
	defer out.Flush()
	return p.with(ctx, false, func(i *installation) error {
		found, err := i.runner.WhatIf(ctx, deliveries.New(i.db), proposed, func(c pipeline.Replayed) error {
			return p.tellReplayed(out, c)
		})
		if err != nil {
			return err
		}
		if p.flags.json {
			return json.NewEncoder(out).Encode(whatIfJSON{found.Deliveries, found.Changed, proposed.Hash()})
		}
		_, err = fmt.Fprintf(out, "of the %d deliveries %d would change\n", found.Deliveries, found.Changed)
		return err
	})
}

func (p *program) tellReplayed(out *bufio.Writer, c pipeline.Replayed) error {
	d := c.Delivery
	line := changeJSON{
		ID: d.ID, Ref: d.Ref, Kind: d.Kind, Role: d.Recipient.Role, State: d.State,
		Was: wayOf(d.Decision), From: wayOf(c.Now), To: wayOf(c.Then), Reasons: notNil(c.Then.Reasons),
	}
	if p.flags.json {
		return json.NewEncoder(out).Encode(line)
	}
	_, err := fmt.Fprintf(out, "%s  %s  %s to the %s, %s: from %s (%s) to %s (%s)\n",
		d.ID, firstWord(string(d.Ref), "-"), d.Kind, d.Recipient.Role, d.State, line.From, line.From.Rule, line.To, line.To.Rule)
	return err
}
