package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// rerouteFlags are the flags of outbox reroute.
type rerouteFlags struct {
	method, by, reason string
	signIn             *signInFlags
}

func (p *program) rerouteCommand() *cobra.Command {
	var f rerouteFlags
	cmd := &cobra.Command{
		Use: "reroute ID", Short: "seal a delivery again by another method and cancel the old one",
		Long: "reroute seals what a delivery carries again, by the method named, under a\n" +
			"Message-ID of its own, and cancels the old delivery; what left already is noted\n" +
			"there instead. The verdict on the address is made anew and never softened:\n" +
			"ordinary mail is for the secure alone, and the method must be possible now.\n\n" +
			"A method that protects less than the delivery's own takes two people: each runs\n" +
			"the command with --account of their own. Until then nothing changes (exit 5).\n\n" +
			"Methods, the one that protects least first: " + strings.Join(methodNames(), ", "),
		Example: "  pepost outbox reroute 4k2m… --method post --reason \"their mail takes no protected file\" --by \"A. Officer\"",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.reroute(cmd.Context(), f, args[0]) },
	}
	cmd.Flags().StringVar(&f.method, "method", "", "the `METHOD` it is to go by")
	cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why")
	f.signIn = signInFlagsOf(cmd)
	return cmd
}

// methodNames are the methods that can be asked for.
func methodNames() []string {
	var names []string
	for _, m := range route.Methods() {
		if m != route.MethodNone {
			names = append(names, string(m))
		}
	}
	return names
}

func (p *program) reroute(ctx context.Context, f rerouteFlags, id string) error {
	if !slices.Contains(methodNames(), f.method) {
		return usage("--method takes %s", strings.Join(methodNames(), ", "))
	}
	return p.with(ctx, false, func(i *installation) error {
		ask := pipeline.RerouteAsk{ID: id, Method: route.Method(f.method), By: pipeline.By{Name: p.person(f.by), Why: f.reason}}
		if f.signIn.account != "" {
			account, err := p.signedIn(ctx, i, f.signIn)
			if err != nil {
				return err
			}
			ask.Account = string(account)
		}
		out, err := i.runner.Reroute(ctx, ask)
		if err != nil {
			return err
		}
		if p.flags.json {
			return p.printJSON(map[string]any{"old": deliveryOf(out.Old), "new": deliveryOf(out.New)})
		}
		fmt.Fprintf(p.stdout, "%s is %s; in its place:\n", out.Old.ID, out.Old.State)
		return p.tellDelivery(out.New)
	})
}

// withProposal adds the method that is proposed to why a delivery stands where
// it does.
func withProposal(reason string, proposed pipeline.Proposal) string {
	if proposed.Method == "" {
		return reason
	}
	said := proposed.Why + ": reroute it by " + string(proposed.Method)
	if reason == "" {
		return said
	}
	return reason + "; " + said
}

// proposing adds a proposal to what is printed of a delivery.
func (d deliveryJSON) proposing(proposed pipeline.Proposal) deliveryJSON {
	if proposed.Method != "" {
		d.Proposal = &proposed
	}
	return d
}
