package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// withdrawal is why the program itself takes a delivery back before it leaves.
type withdrawal string

// The withdrawals. What was withdrawn for one of them is made again as soon as
// it is due again.
const (
	noPlan     withdrawal = "the register says that no plan is made for this child any more"
	otherPlan  withdrawal = "the register now has another plan for this child"
	unnamed    withdrawal = "the register no longer names this recipient for the form"
	otherRole  withdrawal = "the register now names this recipient in another role, whose copy differs"
	nowHidden  withdrawal = "the register now keeps from this recipient where the child lives"
	agreed     withdrawal = "the recipient has agreed to another delivery since"
	cameBack   withdrawal = "the form came back"
	superseded withdrawal = "a corrected plan was made final since"
)

// withdrawals lists every withdrawal.
func withdrawals() []withdrawal {
	return []withdrawal{noPlan, otherPlan, unnamed, otherRole, nowHidden, agreed, cameBack, superseded}
}

// withdrawn reports whether the program itself took the delivery back.
func withdrawn(d outbox.Delivery) bool {
	return d.State == outbox.Cancelled && slices.Contains(withdrawals(), withdrawal(d.Reason))
}

// mayWithdraw reports whether nothing of a delivery left and it is in nobody's
// hands.
func mayWithdraw(s outbox.State) bool {
	return slices.Contains([]outbox.State{outbox.Drafted, outbox.Approved, outbox.Held, outbox.Deferred, outbox.Refused}, s)
}

// withdraw cancels what waits for somebody who is not to have it any more: the
// newest export decides who may be written to, and with what. A dry run says
// what would be withdrawn.
func (r *Runner) withdraw(ctx context.Context, outlook timetable.Outlook, p *past, h history, dry bool, out *Drafted) error {
	for i, d := range p.deliveries {
		why := r.takenBack(d, outlook, h)
		if why == "" || !mayWithdraw(d.State) {
			continue
		}
		cancelled, err := outbox.Advance(d, outbox.Cancel, outbox.Occasion{At: r.Now(), By: r.Owner, Why: string(why)})
		if err != nil {
			return err
		}
		saved, err := r.saveUnless(ctx, dry, cancelled)
		if err != nil {
			return fmt.Errorf("withdrawing a delivery of %s: %w", d.Ref, err)
		}
		if saved {
			p.deliveries[i], out.Withdrawn = cancelled, append(out.Withdrawn, cancelled)
		}
	}
	return nil
}

// saveUnless stores a changed delivery; a dry run only says that it would.
// Whoever changed it meanwhile was first: the next run looks again.
func (r *Runner) saveUnless(ctx context.Context, dry bool, d outbox.Delivery) (bool, error) {
	if dry {
		return true, nil
	}
	err := r.Deliveries.Save(ctx, d)
	if errors.Is(err, outbox.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// takenBack is why a delivery is not to leave any more by what the register
// and the history of the plan say now; empty where it may.
func (r *Runner) takenBack(d outbox.Delivery, outlook timetable.Outlook, h history) withdrawal {
	plan := outlook.Plan
	ours := d.PlanKey == plan.Key()
	switch to, found := named(recipientsOf(d.Kind, outlook), d.Recipient); {
	case plan.Phase == pep.NoPhase:
		return noPlan
	case !ours && d.Kind != outbox.KindFinal:
		return otherPlan
	case !found:
		return unnamed
	case to.Role != d.Recipient.Role:
		return otherRole
	case to.WithholdPlacementAddress && !d.Recipient.Withheld:
		return nowHidden
	case r.agreedSince(d, to.Contact):
		return agreed
	case d.Kind == outbox.KindChase && !h.progress.Returned.IsZero():
		return cameBack
	case d.Kind == outbox.KindFinal && ours && d.Events[0].At.Before(h.finalisedAt):
		return superseded
	}
	return ""
}

// agreedSince reports whether sealed bytes may not go as they are only because
// of what the recipient agreed to since.
func (r *Runner) agreedSince(d outbox.Delivery, contact pep.Contact) bool {
	if d.SHA256 == "" {
		return false
	}
	_, without := r.Policy.Redecide(d.Decision, r.question(d.Recipient.Address, pep.Contact{}))
	_, with := r.Policy.Redecide(d.Decision, r.question(d.Recipient.Address, contact))
	return with && !without
}

// named finds whom the register names now as a delivery's recipient.
func named(recipients []timetable.Recipient, stored outbox.Recipient) (timetable.Recipient, bool) {
	label := personLabel(stored.Role, stored.Name, stored.Address)
	at := slices.IndexFunc(recipients, func(now timetable.Recipient) bool { return recipientLabel(now) == label })
	if at < 0 {
		return timetable.Recipient{}, false
	}
	return recipients[at], true
}

// recipientLabel tells one recipient from another.
func recipientLabel(to timetable.Recipient) string {
	return personLabel(to.Role, to.Contact.Name, to.Contact.Email)
}

// personLabel is the canonical address without regard to case, as mailboxes
// are told apart in practice; whoever has none is told apart by role and name.
func personLabel(role pep.Role, name string, address pep.Address) string {
	if canonical := address.Canonical(); canonical != "" {
		return strings.ToLower(canonical)
	}
	return strings.Join([]string{string(role), name, address.Raw()}, "\x00")
}
