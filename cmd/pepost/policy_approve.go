package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

func (p *program) policyApproveCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "approve [FILE]", Short: "agree to the policy on disk, or to a file that will be: two people do before what it widens counts",
		Long: "approve gives your account's word for one content of the delivery policy: that on\n" +
			"disk, or that of FILE. Once a second account agreed too, it is the policy in force.\n" +
			"Look first: pepost policy check, and pepost policy what-if FILE.",
		Example: "  pepost policy approve --account jo.smith --reason 'accreditation renewed'", Args: cobra.MaximumNArgs(1),
	}
	who := signInFlagsOf(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why; it is kept as evidence")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.policyApprove(cmd.Context(), args, who, reason)
	}
	return cmd
}

// approvedJSON is what policy approve --json prints.
type approvedJSON struct {
	pipeline.Approved
	Agreed []agreedJSON `json:"agreed"`
}

func (p *program) policyApprove(ctx context.Context, args []string, who *signInFlags, reason string) error {
	if reason == "" {
		return usage("to agree to a delivery policy give a reason: --reason TEXT")
	}
	return p.with(ctx, false, func(i *installation) error {
		content := i.runner.Policy
		if len(args) > 0 {
			var err error
			if content, err = namedPolicy(args[0]); err != nil {
				return asRefused(err)
			}
		}
		if content == nil {
			return failed(errors.New("the authority has no delivery policy to agree to"), "name the file: pepost policy approve FILE")
		}
		account, err := p.signedIn(ctx, i, who)
		if err != nil {
			return err
		}
		out, err := i.runner.ApprovePolicy(ctx, content, i.runner.Policy, pipeline.By{Name: string(account), Why: reason}, i.runner.Now())
		if err != nil {
			return err
		}
		return p.tellApproved(out)
	})
}

func (p *program) tellApproved(out pipeline.Approved) error {
	if p.flags.json {
		return p.printJSON(approvedJSON{out, agreedOf(out.Have)})
	}
	fmt.Fprintln(p.stdout, out.Hash)
	for _, c := range out.Have {
		fmt.Fprintf(p.stdout, "  %s agreed on %s: %s\n", c.Account, pep.DateOf(c.At).Long(), onScreen(c.Why))
	}
	switch {
	case out.InForce:
		fmt.Fprintln(p.stdout, "two people agreed: it is the policy in force")
	case out.Enough:
		fmt.Fprintln(p.stdout, "two people agreed: it is in force once it stands in delivery.yaml")
	default:
		fmt.Fprintln(p.stdout, "a second person must agree to it with an account of their own; until then only what it narrows counts")
	}
	return nil
}
