package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// sendFlags are the flags of send.
type sendFlags struct {
	on      string
	dryRun  bool
	approve bool
	by      string
	copy    copyFlags
}

func (p *program) sendCommand() *cobra.Command {
	var f sendFlags
	cmd := &cobra.Command{
		Use: "send", Short: "queue and send every form that is due, and what follows the forms that left",
		Long: "send queues every form due up to the day, overdue ones included, hands over\n" +
			"what is released, and ends. Chasers and finals follow only a form that this\n" +
			"program sent. Running it twice sends nothing twice.\n\n" +
			"With --final it sends the last final plan of one child to one contact of the\nregister who asked for a copy, and nothing is drafted.\n\n" +
			"Exit codes: 0 nothing is left waiting, 3 some are deferred, refused or\nuncertain, 5 only what is held for a person remains.",
		Example: "  pepost send --dry-run\n  pepost send --on 2026-02-06\n  pepost send --final PEP-7F3K-2Q --to iro --reason \"asked for by telephone\"", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.send(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.on, "on", "", "everything due up to this `DATE` (default today)")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show exactly what would go to whom, how, and with which bytes; send and store nothing")
	cmd.Flags().BoolVar(&f.approve, "approve", false, "release the drafts that wait for an officer")
	cmd.Flags().StringVar(&f.by, "by", "", "who releases them (default: the account's name)")
	cmd.Flags().StringVar(&f.copy.final, "final", "", "a copy of the last final plan of this `REF`")
	cmd.Flags().StringVar(&f.copy.to, "to", "", "the `CONTACT` who asked: an address, a name or a role of the register")
	cmd.Flags().StringVar(&f.copy.reason, "reason", "", "why the copy goes out; it is kept as evidence")
	return cmd
}

func (p *program) send(ctx context.Context, f sendFlags) error {
	if f.copy != (copyFlags{}) {
		return p.sendCopy(ctx, f)
	}
	if f.dryRun && f.approve {
		return usage("--dry-run changes nothing, so it approves nothing")
	}
	return p.with(ctx, !f.dryRun, func(i *installation) error {
		until, err := day("--on", f.on, pep.DateOf(i.runner.Now()))
		if err != nil {
			return err
		}
		i.runner.Progress = p.progress("drafting")
		if f.dryRun {
			return p.dryRun(ctx, i, until)
		}
		client, err := i.sender()
		if err != nil {
			return err
		}
		defer client.Close()
		i.runner.Outgoing = i.runner.Dispatcher(client)
		var approve *pipeline.By
		if f.approve {
			approve = &pipeline.By{Name: p.person(f.by), Why: "released with send --approve"}
		}
		sent, err := i.runner.Send(ctx, until, approve)
		if err != nil {
			return err
		}
		texted, err := i.texted(ctx, i.runner)
		if err != nil {
			return err
		}
		if err := p.tellSent(ctx, i, sent); err != nil {
			return err
		}
		p.tellTexted(texted)
		return outcome(sentCode(sent))
	})
}

// sentCode is the exit code of a sending run.
func sentCode(s pipeline.Sent) exitCode {
	code := exitDone
	for _, d := range s.Open {
		switch {
		// A letter that an officer released waits for a person, who posts it.
		case d.State == outbox.Held, d.State == outbox.Drafted, d.State == outbox.Approved && d.Decision.Method == route.MethodPost:
			if code == exitDone {
				code = exitHeld
			}
		default:
			code = exitPartly
		}
	}
	if len(s.Drafted.Failures) > 0 {
		code = exitPartly
	}
	return code
}

// sendLine is one delivery of send --json and send --dry-run --json.
type sendLine struct {
	ID        string        `json:"id"`
	Ref       pep.Ref       `json:"ref"`
	Kind      outbox.Kind   `json:"kind"`
	Due       pep.Date      `json:"due"`
	Late      bool          `json:"late"`
	Role      pep.Role      `json:"recipient_role"`
	Recipient string        `json:"recipient"`
	New       bool          `json:"new"`
	Decision  route.Verdict `json:"decision"`
	Method    route.Method  `json:"method"`
	State     outbox.State  `json:"state"`
	Reason    string        `json:"reason,omitempty"`
	MessageID string        `json:"message_id"`
	SHA256    string        `json:"sha256,omitempty"`
	Size      int           `json:"size,omitempty"`
	Why       []string      `json:"why"`
	Unsaid    []string      `json:"unanswered,omitempty"`
}

func sendLineOf(d pipeline.Draft) sendLine {
	x := d.Delivery
	return sendLine{
		ID: x.ID, Ref: x.Ref, Kind: x.Kind, Due: x.Due, Late: d.Late, Role: x.Recipient.Role, Recipient: recipientText(x.Recipient),
		New: x.Recipient.New, Decision: x.Decision.Settled(), Method: x.Decision.Method, State: x.State, Reason: x.Reason,
		MessageID: x.MessageID, SHA256: x.SHA256, Size: x.Size, Why: append(notNil(d.Why), x.Decision.Reasons...), Unsaid: d.Unanswered,
	}
}

// recipientText is the address a delivery is for: the canonical one where it
// has one.
func recipientText(r outbox.Recipient) string {
	if canonical := r.Address.Canonical(); canonical != "" {
		return canonical
	}
	return r.Address.Raw()
}

func (p *program) dryRun(ctx context.Context, i *installation, until pep.Date) error {
	drafted, err := i.runner.Draft(ctx, until, true)
	if err != nil {
		return err
	}
	if p.flags.json {
		err = p.printDrafts(drafted.Drafts)
	} else {
		fmt.Fprintf(p.stdout, "dry run: nothing is stored and nothing is sent\n\n")
		p.tellDrafts(drafted.Drafts)
	}
	p.tellFailures(drafted.Failures)
	if err == nil && len(drafted.Failures) > 0 {
		return outcome(exitPartly)
	}
	return err
}

func (p *program) printDrafts(drafts []pipeline.Draft) error {
	for _, d := range drafts {
		if err := p.printJSON(sendLineOf(d)); err != nil {
			return err
		}
	}
	return nil
}

// tellSent prints what a run did. States are read again, since sending changed
// them after they were drafted.
func (p *program) tellSent(ctx context.Context, i *installation, s pipeline.Sent) error {
	drafts := s.Drafted.Drafts
	for n := range drafts {
		d, err := i.runner.Deliveries.Get(ctx, drafts[n].Delivery.ID)
		if err != nil {
			return err
		}
		drafts[n].Delivery = d
	}
	p.tellFailures(s.Drafted.Failures)
	if p.flags.json {
		return p.printDrafts(drafts)
	}
	p.tellDrafts(drafts)
	for _, d := range s.Drafted.Withdrawn {
		fmt.Fprintf(p.stdout, "withdrawn: %s %s to the %s: %s\n", d.Ref, d.Kind, d.Recipient.Role, d.Reason)
	}
	fmt.Fprintf(p.stdout, "\n%d accepted, %d deferred, %d refused, %d uncertain in this run\n",
		s.Tally.Accepted, s.Tally.Deferred, s.Tally.Refused, s.Tally.Uncertain)
	p.tellOpen(s.Open)
	return nil
}

// tellOpen counts what is not done with, and says what to do about it.
func (p *program) tellOpen(open []outbox.Delivery) {
	count := map[outbox.State]int{}
	for _, d := range open {
		count[d.State]++
	}
	for _, state := range outbox.States() {
		if n := count[state]; n > 0 {
			fmt.Fprintf(p.stdout, "left: %d %s\n", n, state)
		}
	}
	if count[outbox.Held] > 0 {
		fmt.Fprintln(p.stdout, "see what is held and why: pepost outbox list --state held")
	}
}

// tellDrafts prints one line a delivery, then why the held ones are held. All
// reasons of one stand in outbox show and in --json.
func (p *program) tellDrafts(drafts []pipeline.Draft) {
	if len(drafts) == 0 {
		fmt.Fprintln(p.stdout, "nothing is due")
		return
	}
	rows := [][]string{{"reference", "what", "due", "to", "address", "how", "state", "bytes", "sha256"}}
	var held [][]string
	for _, d := range drafts {
		l := sendLineOf(d)
		due, address := l.Due.String(), printable(l.Recipient)
		if l.Late {
			due += " late"
		}
		if l.New {
			address += " (new)"
		}
		size, sum := "-", "nothing is sealed"
		if l.SHA256 != "" {
			size, sum = fmt.Sprint(l.Size), l.SHA256[:16]
		}
		rows = append(rows, []string{string(l.Ref), string(l.Kind), due, string(l.Role), address, string(l.Method), string(l.State), size, sum})
		if l.State == outbox.Held {
			held = append(held, []string{string(l.Ref), string(l.Role), l.Reason})
		}
	}
	p.table(rows)
	if len(held) > 0 {
		fmt.Fprintf(p.stdout, "\nheld for a person (%d)\n", len(held))
		p.table(held)
	}
}

func (p *program) tellFailures(failures []pipeline.Failure) {
	for _, f := range failures {
		p.complain(fmt.Sprintf("%s for the %s: %v", f.Ref, f.Role, f.Err), "the others are not touched; run the same command again once it is mended")
	}
}
