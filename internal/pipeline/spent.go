package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// For how many days a passphrase is kept that nothing else is the end of.
const (
	// keptAfterBounce is after a message came back: until then a mail system may
	// have been wrong.
	keptAfterBounce = 14
	// keptForCopy is after a copy on request left, once its passphrase was
	// handed over: it belongs to a plan that may be closed for years. A final plan
	// that nobody could open yet is kept as long when its plan is closed.
	keptForCopy = 30
)

// Why a passphrase is done with.
const (
	spentReturned = "the form came back and was accepted"
	spentClosed   = "the plan is closed"
	spentBounced  = "the message came back"
	spentReplaced = "it was sealed again as another delivery"
	spentWithdraw = "the delivery was withdrawn"
	spentCopy     = "the copy was handed over long ago"
)

// asksForAnswer reports whether what a delivery carries is done with once the
// filled form is there.
func asksForAnswer(k outbox.Kind) bool { return k == outbox.KindForm || k == outbox.KindChase }

// openedByNow reports whether a delivery has a passphrase and is in nobody's
// hands here: what may yet leave keeps its own.
func openedByNow(d outbox.Delivery) bool {
	return d.Passphrase.Kept() && (d.State.Gone() || d.State == outbox.Cancelled)
}

// answeredBy are the deliveries whose passphrases are done with once a returned
// form is accepted: whatever asked the same setting for the same plan. Where it
// is not sure which setting it comes from, none is.
func (r *Runner) answeredBy(ctx context.Context, back Returned) ([]string, error) {
	if back.Delivery == "" {
		return nil, nil
	}
	all, err := r.Deliveries.List(ctx, Filter{Ref: back.Ref})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	record, err := r.Register.Record(ctx, back.Ref)
	var none *NotFoundError
	if err != nil && !errors.As(err, &none) {
		return nil, err
	}
	setting, sure := cameFrom(record.Contacts, all, back)
	var ids []string
	for _, d := range all {
		if sure && openedByNow(d) && d.PlanKey == back.PlanKey && asksForAnswer(d.Kind) && sameSetting(record.Contacts, d.Recipient, setting) {
			ids = append(ids, d.ID)
		}
	}
	return ids, nil
}

// cameFrom is a recipient of the setting that a returned form comes from; false
// where that is not sure. A file that was handed in, or typed from paper, names
// no sender: it is sure only where one setting alone was asked.
func cameFrom(contacts []pep.Contact, all []outbox.Delivery, back Returned) (outbox.Recipient, bool) {
	at := slices.IndexFunc(all, func(d outbox.Delivery) bool { return d.ID == back.Delivery })
	if at < 0 {
		return outbox.Recipient{}, false
	}
	setting := all[at].Recipient
	elsewhere := func(d outbox.Delivery) bool {
		return d.PlanKey == back.PlanKey && d.Kind == outbox.KindForm && d.EverLeft() && !sameSetting(contacts, d.Recipient, setting)
	}
	return setting, back.MessageID != "" || !slices.ContainsFunc(all, elsewhere)
}

// sameSetting reports whether two recipients are of one setting: the same
// mailbox, or two contacts whom the export names with one organisation.
func sameSetting(contacts []pep.Contact, a, b outbox.Recipient) bool {
	if sameMailbox(a.Address, b.Address) {
		return true
	}
	organisation := func(to outbox.Recipient) string {
		for _, c := range contacts {
			if personLabel(c.Role, c.Name, c.Email) == personLabel(to.Role, to.Name, to.Address) {
				return c.Organisation
			}
		}
		return ""
	}
	of := organisation(a)
	return of != "" && sameName(of, organisation(b))
}

// closedNow are the deliveries whose passphrases are done with because their
// plans were closed since they were read.
func closedNow(c *child) []string {
	var ids []string
	for _, course := range c.courses {
		stored := slices.IndexFunc(c.kept.Courses, func(was timetable.Course) bool { return was.Plan.Key() == course.Plan.Key() })
		if course.Open() || stored >= 0 && !c.kept.Courses[stored].Open() {
			continue
		}
		for _, d := range c.past.deliveries {
			if d.PlanKey == course.Plan.Key() && openedByNow(d) && d.Milestone != copyOnRequest && !unopenedFinal(d) {
				ids = append(ids, d.ID)
			}
		}
	}
	return ids
}

// unopenedFinal reports whether a delivery is a final plan whose recipient has
// not the passphrase yet.
func unopenedFinal(d outbox.Delivery) bool {
	return d.Kind.Final() && d.Passphrase == outbox.PassphrasePending
}

// destroySpent destroys the passphrases of a child that are done with and that
// nothing else destroyed: of what came back long ago, and of whatever was being
// sent at the moment that would have destroyed its own. A dry run destroys none.
func (r *Runner) destroySpent(ctx context.Context, c *child, dry bool) error {
	if dry {
		return nil
	}
	for i, d := range c.past.deliveries {
		why := ""
		if openedByNow(d) {
			why = r.spent(c, d)
		}
		if why == "" {
			continue
		}
		is, kept := outbox.DestroyPassphrase(d, outbox.Occasion{At: r.Now(), By: r.Owner, Why: why})
		if !kept {
			continue
		}
		saved, err := r.saveUnless(ctx, dry, is)
		if err != nil {
			return fmt.Errorf("destroying the passphrase of delivery %s: %w", d.ID, err)
		}
		if saved {
			is.Version++ // as it is stored now
			c.past.deliveries[i] = is
		}
	}
	return nil
}

// spent is why a passphrase is done with; empty where it is not.
func (r *Runner) spent(c *child, d outbox.Delivery) string {
	today := r.today()
	since := func(on pep.Date, days int) bool { return !on.AddDays(days).After(today) }
	switch {
	case d.State == outbox.Cancelled && !d.EverLeft():
		return spentWithdraw
	case d.ReplacedBy != "" && d.State == outbox.Bounced:
		return spentReplaced
	case d.State == outbox.Bounced && since(r.happenedOn(d), keptAfterBounce):
		return spentBounced
	case d.Milestone == copyOnRequest:
		if d.Passphrase != outbox.PassphrasePending && since(leftOn(d, r.Now().Location()), keptForCopy) {
			return spentCopy
		}
		return ""
	case unopenedFinal(d) && !since(leftOn(d, r.Now().Location()), keptForCopy):
		return ""
	case asksForAnswer(d.Kind) && c.accepted(d):
		return spentReturned
	}
	if p, ours := r.plan(c, d.PlanKey); ours && !p.outlook.Course.Open() {
		return spentClosed
	}
	return ""
}

// accepted reports whether the form of a delivery's plan came back from its
// setting and was accepted.
func (c *child) accepted(d outbox.Delivery) bool {
	return slices.ContainsFunc(c.past.returns, func(back Returned) bool {
		if back.State != ReturnAccepted && back.State != ReturnFinalised || back.PlanKey != d.PlanKey {
			return false
		}
		setting, sure := cameFrom(c.record.Contacts, c.past.deliveries, back)
		return sure && sameSetting(c.record.Contacts, d.Recipient, setting)
	})
}
