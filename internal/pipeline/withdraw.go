package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// withdrawal is why the program itself takes a delivery back before it leaves.
type withdrawal string

// The withdrawals. What was withdrawn for one of them is made again as soon as
// it is due again.
const (
	noPlan        withdrawal = "the register says that no plan is made for this child any more"
	otherPlan     withdrawal = "the register now has another plan for this child"
	unnamed       withdrawal = "the register no longer names this recipient for the form"
	otherRole     withdrawal = "the register now names this recipient in another role, whose copy differs"
	nowHidden     withdrawal = "the register now keeps from this recipient where the child lives"
	agreed        withdrawal = "the recipient has agreed to another delivery since"
	cameBack      withdrawal = "the form came back"
	superseded    withdrawal = "a corrected plan was made final since"
	closed        withdrawal = "the plan is closed"
	cancelled     withdrawal = "the meeting was cancelled: it goes out again once there is a new date"
	waitIsOver    withdrawal = "what the form waited for is done: it is made anew"
	notAuthorised withdrawal = "the transfer to this recipient is not authorised"
	putOff        withdrawal = "the meeting was put off: it goes out again when it is due"
	otherDate     withdrawal = "the meeting has another date since: it is made anew with it"
	otherPhrase   withdrawal = "the agreed phrase that opens it no longer stands: it is sealed anew"
	otherDoor     withdrawal = "the register has another postal address of the recipient since: it is made anew"
	otherKey      withdrawal = "a good key of the recipient is confirmed since: it is sealed anew"
	nowPackable   withdrawal = "what the letter lacked is there: it is made anew"
	templateAnew  withdrawal = "the Word template has changed since: it is made anew"
	leftSetting   withdrawal = "the former setting has nothing to do with the plan any more: the child changed setting"
)

// withdrawals lists every withdrawal.
func withdrawals() []withdrawal {
	return []withdrawal{
		noPlan, otherPlan, unnamed, otherRole, nowHidden, agreed, cameBack, superseded, closed, cancelled, putOff, otherDate, leftSetting, waitIsOver, notAuthorised, otherPhrase,
		otherDoor, nowPackable, templateAnew, otherKey,
	}
}

// withdrawn reports whether the program itself took the delivery back; the
// reason may go on with particulars.
func withdrawn(d outbox.Delivery) bool {
	return d.State == outbox.Cancelled && slices.ContainsFunc(withdrawals(), func(w withdrawal) bool {
		return strings.HasPrefix(d.Reason, string(w))
	})
}

// mayWithdraw reports whether nothing of a delivery left and it is in nobody's
// hands.
func mayWithdraw(s outbox.State) bool {
	return slices.Contains([]outbox.State{outbox.Drafted, outbox.Approved, outbox.Held, outbox.Deferred, outbox.Refused}, s)
}

// withdraw cancels what waits for somebody who is not to have it any more: the
// newest export decides who may be written to, and with what. A dry run says
// what would be withdrawn.
func (r *Runner) withdraw(ctx context.Context, c *child, dry bool, out *Drafted) error {
	for i, d := range c.past.deliveries {
		if !mayWithdraw(d.State) {
			continue
		}
		why, err := r.taken(ctx, d, c)
		if err != nil {
			return err
		}
		if why == "" {
			continue
		}
		back, err := outbox.Advance(d, outbox.Cancel, outbox.Occasion{At: r.Now(), By: r.Owner, Why: string(why)})
		if err != nil {
			return err
		}
		saved, err := r.saveUnless(ctx, dry, back)
		if err != nil {
			return fmt.Errorf("withdrawing a delivery of %s: %w", d.Ref, err)
		}
		if saved {
			c.past.deliveries[i], out.Withdrawn = back, append(out.Withdrawn, back)
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

// taken is takenBack, and then what the agreed phrases say.
func (r *Runner) taken(ctx context.Context, d outbox.Delivery, c *child) (withdrawal, error) {
	if why := r.takenBack(d, c); why != "" {
		return why, nil
	}
	return r.phraseGoneFor(ctx, d, c)
}

// takenBack is why a delivery is not to leave any more by what the register,
// the course of its plan and the plan's history say now; empty where it may.
func (r *Runner) takenBack(d outbox.Delivery, c *child) withdrawal {
	p, ours := r.planOf(c, d)
	if why := c.ended(d, p, ours); why != "" {
		return why
	}
	switch to, found := named(r.recipientsOf(c, p, d), d.Recipient); {
	case !found && d.Kind == outbox.KindTransfer:
		return notAuthorised
	case !found:
		return c.goneFrom(d)
	case to.Role != d.Recipient.Role || moreRoles(to, d.Recipient):
		return otherRole
	case to.WithholdPlacementAddress && !d.Recipient.Withheld:
		return nowHidden
	case r.agreedSince(d, to.Contact):
		return agreed
	case r.otherDoor(d, to.Contact):
		return otherDoor
	case r.templateChanged(d):
		return templateAnew
	case r.nowPackable(d, to.Contact):
		return nowPackable
	case r.goodKeySince(d, to.Contact):
		return otherKey
	case d.Kind == outbox.KindChase && !p.history.progress.Returned.IsZero():
		return cameBack
	case ours && r.corrected(c, p, d):
		return superseded
	case formWaits(d) && p.outlook.Waiting() == "":
		return waitIsOver
	}
	return offMeeting(d, p.outlook, r.Now().Location())
}

// moreRoles reports whether an address is recorded in a role since that the
// stored copy was not made for.
func moreRoles(to timetable.Recipient, stored outbox.Recipient) bool {
	return slices.ContainsFunc(to.Also, func(role pep.Role) bool {
		return role != stored.Role && !slices.Contains(stored.Also, role)
	})
}

// formWaits reports whether a form is held until somebody else has done their
// part.
func formWaits(d outbox.Delivery) bool {
	return d.Kind == outbox.KindForm && d.State == outbox.Held && strings.HasSuffix(d.Reason, timetable.FormWaits)
}

// planOf is the plan that a delivery belongs to. A final plan that this
// program's last version made of a plan that it kept no course of goes by the
// newest.
func (r *Runner) planOf(c *child, d outbox.Delivery) (p prospect, ours bool) {
	if p, ours = r.plan(c, d.PlanKey); !ours {
		p = c.newest()
	}
	return p, ours
}

// ended is why nothing of a delivery's plan leaves any more.
func (c *child) ended(d outbox.Delivery, p prospect, ours bool) withdrawal {
	course := p.outlook.Course
	switch none := c.newest().outlook.Plan.Phase == pep.NoPhase; {
	case ours && !course.Open() && none:
		return noPlan + ": " + withdrawal(course.ClosedWhy)
	case ours && !course.Open() && d.Milestone != copyOnRequest:
		return closed + ": " + withdrawal(course.ClosedWhy)
	case !ours && none:
		return noPlan
	case !ours && d.Kind != outbox.KindFinal:
		return otherPlan
	}
	return ""
}

// goneFrom is why somebody is not a recipient any more.
func (c *child) goneFrom(d outbox.Delivery) withdrawal {
	for _, contact := range c.record.Contacts {
		if on, former := c.former(contact); former && personLabel(contact.Role, contact.Name, contact.Email) == personLabel(d.Recipient.Role, d.Recipient.Name, d.Recipient.Address) {
			return leftSetting + " on " + withdrawal(on.Long())
		}
	}
	return unnamed
}

// corrected reports whether a final plan was made final again since a delivery
// was made of it.
func (r *Runner) corrected(c *child, p prospect, d outbox.Delivery) bool {
	switch {
	case d.Kind == outbox.KindTransfer:
		last, made := r.handedOver(c, p)
		return made && d.Events[0].At.Before(last.history.finalisedAt)
	case d.Kind == outbox.KindFinal:
		return d.Events[0].At.Before(p.history.finalisedAt)
	}
	return false
}

// offMeeting is why a form or a reminder waits for another meeting than the
// one it was made for.
func offMeeting(d outbox.Delivery, o timetable.Outlook, where *time.Location) withdrawal {
	if d.Kind == outbox.KindPack {
		return offPack(d, o)
	}
	if d.Kind != outbox.KindForm && d.Kind != outbox.KindChase {
		return ""
	}
	switch due := o.FormDue.Due; {
	case due.IsZero() && o.Course.Status == pep.MeetingCancelled:
		return cancelled
	case d.Kind == outbox.KindForm && due.After(d.Due) && due.After(o.AsOf):
		return putOff
	case d.Kind == outbox.KindForm && draftedBefore(d, o.Course.Known, where):
		return otherDate
	}
	return ""
}

// offPack is why a meeting pack waits for another meeting than the one it was
// made for.
func offPack(d outbox.Delivery, o timetable.Outlook) withdrawal {
	switch m, has := o.Milestone(timetable.PackOut); {
	case has && m.Due == d.Due:
		return ""
	case o.Course.Status == pep.MeetingCancelled:
		return cancelled
	}
	return otherDate
}

// draftedBefore reports whether a delivery was made before the day on which its
// meeting's date came to be known: its document names another.
func draftedBefore(d outbox.Delivery, known pep.Date, where *time.Location) bool {
	return len(d.Events) > 0 && pep.DateOf(d.Events[0].At.In(where)).Before(known)
}

// agreedSince reports whether sealed bytes may not go as they are only because
// of what the recipient agreed to since.
func (r *Runner) agreedSince(d outbox.Delivery, contact pep.Contact) bool {
	if d.SHA256 == "" {
		return false
	}
	_, now := r.policy().Redecide(d.Decision, r.askingAgain(d, contact))
	if d.Decision.Method == route.MethodPost {
		return now // without an agreement nothing goes by post
	}
	without := contact
	without.AgreedDelivery = pep.AgreedNone
	_, before := r.policy().Redecide(d.Decision, r.askingAgain(d, without))
	return now && !before
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
