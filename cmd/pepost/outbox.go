package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/route"
)

// outboxFlags are the flags of the outbox commands.
type outboxFlags struct {
	ref    string
	states []string
	by     string
	reason string
	as     string
}

func (p *program) outboxCommand() *cobra.Command {
	var f outboxFlags
	group := &cobra.Command{
		Use: "outbox", Short: "the deliveries, what was done with them, and what an officer says of them",
		Example: "  pepost outbox list --state held\n  pepost outbox show 4k2m…\n  pepost outbox approve 4k2m… --reason \"confirmed by telephone\"",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.outboxList(cmd.Context(), f) },
	}
	list := &cobra.Command{
		Use: "list", Short: "one line a delivery", Example: "  pepost outbox list --state held,uncertain", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.outboxList(cmd.Context(), f) },
	}
	for _, cmd := range []*cobra.Command{group, list} {
		cmd.Flags().StringVar(&f.ref, "ref", "", "only the deliveries of this `REF`")
		cmd.Flags().StringSliceVar(&f.states, "state", nil, "only deliveries in these states")
	}
	group.AddCommand(list, p.showCommand(), p.passphraseCommand(&f), p.settleCommand(&f), p.printCommand(&f), p.postedCommand(&f), p.deliveredCommand(&f), p.rerouteCommand())
	group.AddCommand(p.incidentCommand())
	for _, verb := range officerVerbs() {
		group.AddCommand(p.officerCommand(&f, verb))
	}
	return group
}

// officerVerb is one word an officer may say of a delivery.
type officerVerb struct {
	name   string
	action outbox.Action
	short  string
}

func officerVerbs() []officerVerb {
	return []officerVerb{
		{"approve", outbox.Approve, "let a held or drafted delivery go"},
		{"hold", outbox.Hold, "keep a delivery from going"},
		{"cancel", outbox.Cancel, "withdraw a delivery for good"},
		{"retry", outbox.Retry, "send again, at once, what was deferred, refused or is uncertain"},
	}
}

func (p *program) officerCommand(f *outboxFlags, v officerVerb) *cobra.Command {
	cmd := &cobra.Command{
		Use: v.name + " ID…", Short: v.short,
		Example: fmt.Sprintf("  pepost outbox %s 4k2m… --reason \"as agreed with the setting\"", v.name), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.officerSays(cmd.Context(), *f, v.action, args) },
	}
	f.person(cmd)
	return cmd
}

func (f *outboxFlags) person(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why")
}

func (p *program) settleCommand(f *outboxFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "settle ID…", Short: "say what became of an uncertain delivery, once the recipient was asked",
		Example: "  pepost outbox settle 4k2m… --as delivered --reason \"the setting has it\"", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			actions := map[string]outbox.Action{
				"accepted": outbox.Accept, "delivered": outbox.Deliver, "bounced": outbox.Bounce, "cancelled": outbox.Cancel,
			}
			action, ok := actions[f.as]
			if !ok {
				return usage("--as takes accepted, delivered, bounced or cancelled")
			}
			return p.officerSays(cmd.Context(), *f, action, args)
		},
	}
	cmd.Flags().StringVar(&f.as, "as", "", "accepted, delivered, bounced or cancelled")
	f.person(cmd)
	return cmd
}

func (p *program) officerSays(ctx context.Context, f outboxFlags, action outbox.Action, ids []string) error {
	return p.with(ctx, false, func(i *installation) error {
		for _, id := range ids {
			d, err := i.runner.Act(ctx, id, action, pipeline.By{Name: p.person(f.by), Why: f.reason})
			if err != nil {
				return err
			}
			if err := p.tellDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
}

// deliveryJSON is one delivery of outbox --json.
type deliveryJSON struct {
	ID         string                 `json:"id"`
	Ref        pep.Ref                `json:"ref"`
	Kind       outbox.Kind            `json:"kind"`
	Milestone  string                 `json:"milestone"`
	Due        pep.Date               `json:"due"`
	Role       pep.Role               `json:"recipient_role"`
	Recipient  string                 `json:"recipient"`
	Decision   route.Verdict          `json:"decision"`
	Method     route.Method           `json:"method"`
	Rule       string                 `json:"rule,omitempty"`
	Reasons    []string               `json:"reasons"`
	Policy     string                 `json:"policy,omitempty"`
	State      outbox.State           `json:"state"`
	Reason     string                 `json:"reason,omitempty"`
	Passphrase outbox.PassphraseState `json:"passphrase,omitempty"`
	Posting    *post.Proof            `json:"posting,omitempty"`
	MessageID  string                 `json:"message_id"`
	SHA256     string                 `json:"sha256"`
	Attempts   []outbox.Attempt       `json:"attempts"`
	Events     []outbox.Event         `json:"events"`
	Replaces   string                 `json:"replaces,omitempty"`
	ReplacedBy string                 `json:"replaced_by,omitempty"`
	Proposal   *pipeline.Proposal     `json:"proposal,omitempty"`
	*storyJSON
}

func deliveryOf(d outbox.Delivery) deliveryJSON {
	var letter *post.Proof
	if d.Posting != (post.Proof{}) {
		letter = &d.Posting
	}
	return deliveryJSON{
		Posting: letter, ID: d.ID, Ref: d.Ref, Kind: d.Kind, Milestone: d.Milestone, Due: d.Due, Role: d.Recipient.Role,
		Recipient: recipientText(d.Recipient), Decision: d.Decision.Settled(), Method: d.Decision.Method,
		Rule: d.Decision.Rule, Reasons: notNil(d.Decision.Reasons), Policy: d.Decision.Policy, State: d.State,
		Reason: d.Reason, Passphrase: d.Passphrase, MessageID: d.MessageID, SHA256: d.SHA256,
		Attempts: notNil(d.Attempts), Events: notNil(d.Events), Replaces: d.Replaces, ReplacedBy: d.ReplacedBy,
	}
}

func (p *program) outboxList(ctx context.Context, f outboxFlags) error {
	filter := pipeline.Filter{}
	if f.ref != "" {
		refs, err := references([]string{f.ref})
		if err != nil {
			return err
		}
		filter.Ref = refs[0]
	}
	for _, name := range f.states {
		state := outbox.State(strings.TrimSpace(name))
		if !slices.Contains(outbox.States(), state) {
			return usage("no state %q", name)
		}
		filter.States = append(filter.States, state)
	}
	return p.with(ctx, false, func(i *installation) error {
		all, err := i.runner.Deliveries.List(ctx, filter)
		if err != nil {
			return err
		}
		rows := [][]string{{"id", "reference", "what", "due", "to", "address", "how", "state", "why"}}
		for _, d := range all {
			if p.flags.json {
				if err := p.printJSON(deliveryOf(d).proposing(i.runner.Proposed(ctx, d))); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, deliveryCells(d, i.runner.Proposed(ctx, d)))
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}

func deliveryCells(d outbox.Delivery, proposed pipeline.Proposal) []string {
	state := string(d.State)
	if d.Passphrase == outbox.PassphrasePending {
		state += ", " + string(d.Passphrase)
	}
	return []string{
		d.ID, string(d.Ref), string(d.Kind), d.Due.String(), string(d.Recipient.Role), printable(recipientText(d.Recipient)),
		string(d.Decision.Method), state, withProposal(d.Reason, proposed),
	}
}

// tellDelivery prints one delivery as it stands.
func (p *program) tellDelivery(d outbox.Delivery) error {
	if p.flags.json {
		return p.printJSON(deliveryOf(d))
	}
	rows := [][]string{
		{"delivery", d.ID},
		{"reference", string(d.Ref)},
		{"what", fmt.Sprintf("%s, due %s", d.Kind, d.Due.Long())},
		{"to", fmt.Sprintf("%s, %s", d.Recipient.Role, printable(recipientText(d.Recipient)))},
		{"decision", fmt.Sprintf("%s by %s (rule %s)", d.Decision.Settled(), d.Decision.Method, firstText(d.Decision.Rule, "none"))},
		{"because", strings.Join(d.Decision.Reasons, "; ")},
		{"state", string(d.State)},
		{"reason", d.Reason},
		{"message", d.MessageID},
		{"sha256", firstText(d.SHA256, "nothing was sealed")},
	}
	if d.Posting.Number != "" {
		rows = append(rows, []string{"posted", letterText(d.Posting)})
	}
	if d.Passphrase != outbox.PassphraseNone {
		rows = append(rows, []string{"passphrase", string(d.Passphrase)})
	}
	p.table(rows)
	return nil
}

func firstText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (p *program) passphraseCommand(f *outboxFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "passphrase ID", Short: "the passphrase of one protected delivery, with the script for the call",
		Long: "passphrase shows the passphrase of one protected delivery, to be read over the\n" +
			"telephone, with the script for the call. It leaves evidence of who read it. A\nsecond reading needs --reason, else it is exit 5.",
		Example: "  pepost outbox passphrase 4k2m… --by \"A. Officer\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.passphrase(cmd.Context(), *f, args[0]) },
	}
	f.person(cmd)
	return cmd
}

func (p *program) passphrase(ctx context.Context, f outboxFlags, id string) error {
	return p.with(ctx, false, func(i *installation) error {
		call, err := i.runner.Passphrase(ctx, id, pipeline.By{Name: p.person(f.by), Why: f.reason})
		if err != nil {
			return err
		}
		if p.flags.json {
			return p.printJSON(map[string]any{
				"id": id, "ref": call.Delivery.Ref, "passphrase": call.Passphrase, "script": call.Script,
				"state": call.Delivery.Passphrase,
			})
		}
		fmt.Fprintf(p.stdout, "%s\n\npassphrase: %s\n", strings.TrimRight(call.Script, "\n"), call.Passphrase)
		return nil
	})
}
