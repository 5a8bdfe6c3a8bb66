package main

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
)

// copyFlags are the flags of send --final.
type copyFlags struct{ final, to, reason string }

// sendCopy sends the last final plan of one child to one contact of the
// register who asked for a copy, and nobody else's.
func (p *program) sendCopy(ctx context.Context, f sendFlags) error {
	refs, err := references([]string{f.copy.final})
	if err != nil {
		return err
	}
	if f.copy.to == "" || f.copy.reason == "" {
		return usage("say to whom and why: --final REF --to CONTACT --reason TEXT")
	}
	if f.on != "" || f.dryRun && f.approve {
		return usage("--final goes with --to, --reason, --by and either --dry-run or --approve")
	}
	return p.with(ctx, !f.dryRun, func(i *installation) error {
		by := pipeline.By{Name: p.person(f.by), Why: f.copy.reason}
		draft, err := i.runner.Copy(ctx, pipeline.CopyAsk{Ref: refs[0], To: f.copy.to, By: by, Dry: f.dryRun})
		if err != nil {
			return err
		}
		if f.dryRun {
			return p.tellCopy(draft, true)
		}
		if draft.Delivery, err = p.handOverCopy(ctx, i, draft.Delivery, f.approve, by); err != nil {
			return err
		}
		if err := p.tellCopy(draft, false); err != nil {
			return err
		}
		return outcome(sentCode(pipeline.Sent{Open: openOnly(draft.Delivery)}))
	})
}

// handOverCopy releases the copy where the officer says so, and hands over
// what is released.
func (p *program) handOverCopy(ctx context.Context, i *installation, d outbox.Delivery, approve bool, by pipeline.By) (outbox.Delivery, error) {
	if d.State == outbox.Drafted && approve {
		if _, err := i.runner.Act(ctx, d.ID, outbox.Approve, by); err != nil {
			return d, err
		}
	}
	client, err := i.sender()
	if err != nil {
		return d, err
	}
	defer client.Close()
	i.runner.Outgoing = i.runner.Dispatcher(client)
	if _, err := i.runner.Outgoing.Run(ctx); err != nil {
		return d, fmt.Errorf("sending: %w", err)
	}
	return i.runner.Deliveries.Get(ctx, d.ID)
}

// openOnly is the delivery where it is not done with.
func openOnly(d outbox.Delivery) []outbox.Delivery {
	switch d.State {
	case outbox.Accepted, outbox.Delivered, outbox.Posted, outbox.Bounced, outbox.Cancelled:
		return nil
	default:
		return []outbox.Delivery{d}
	}
}

func (p *program) tellCopy(draft pipeline.Draft, dry bool) error {
	if p.flags.json {
		return p.printDrafts([]pipeline.Draft{draft})
	}
	if dry {
		fmt.Fprintf(p.stdout, "dry run: nothing is stored and nothing is sent\n\n")
	}
	p.tellDrafts([]pipeline.Draft{draft})
	return nil
}
