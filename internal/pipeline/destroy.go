package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/receive"
)

// destroyedBy is whom evidence names for what a retention time did.
const destroyedBy = "pepost, by its retention time"

// DestroyMail destroys the returned mail, as it came, that has been done with
// for [Runner.MailDays], and gives how many messages that were. What became of
// each stays on file, with evidence. One that a person must still look at is
// left, and so is one whose form waits to be accepted. Without a number of days
// nothing is destroyed.
func (r *Runner) DestroyMail(ctx context.Context) (int, error) {
	if r.Mails == nil || r.MailDays <= 0 {
		return 0, nil
	}
	if err := r.settleRerouted(ctx); err != nil {
		return 0, err
	}
	before := r.Now().AddDate(0, 0, -r.MailDays)
	old, err := r.Mails.WholeMail(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("looking for mail that is done with: %w", err)
	}
	destroyed := 0
	for _, m := range old {
		waits, err := r.mailWaits(ctx, m, before)
		if err != nil {
			return destroyed, err
		}
		if waits {
			continue
		}
		if err := r.Mails.DestroyMail(ctx, m.ID, Settling{At: r.Now(), By: destroyedBy, Why: fmt.Sprintf("done with for %d days", r.MailDays)}); err != nil {
			return destroyed, fmt.Errorf("destroying message %s: %w", m.ID, err)
		}
		destroyed++
	}
	return destroyed, nil
}

// settleRerouted ends what no list shows any more: messages that came back and
// whose delivery has since gone another way.
func (r *Runner) settleRerouted(ctx context.Context) error {
	open, err := r.Mails.ListMail(ctx, MailOpen)
	if err != nil {
		return fmt.Errorf("looking for mail that waits: %w", err)
	}
	for _, m := range open {
		if m.Verdict != receive.Bounced {
			continue
		}
		d, err := r.Deliveries.Get(ctx, m.Delivery)
		if err != nil {
			return fmt.Errorf("looking for what came back: %w", err)
		}
		if d.State == outbox.Bounced {
			continue
		}
		m.State, m.Settled = MailDone, Settling{At: r.Now(), By: "pepost", Why: "its delivery is " + string(d.State) + " since"}
		if err := r.Mails.MarkMail(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// mailWaits reports whether a message is to be kept for now: it was done with
// only lately, or a form of the child waits for an officer.
func (r *Runner) mailWaits(ctx context.Context, m Mail, before time.Time) (bool, error) {
	if m.State != MailDone || m.Settled.At.After(before) || m.At.After(before) {
		return true, nil
	}
	if m.Ref == "" || r.Returns == nil {
		return false, nil
	}
	waiting, err := r.Returns.ListReturns(ctx, ReturnFilter{Ref: m.Ref, States: []ReturnState{ReturnWaiting}})
	if err != nil {
		return true, fmt.Errorf("looking for returned forms that wait: %w", err)
	}
	return len(waiting) > 0, nil
}
