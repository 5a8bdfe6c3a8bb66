package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// copyOnRequest is what a copy's delivery belongs to instead of a milestone of
// the timetable.
const copyOnRequest = "copy_on_request"

// CopyAsk is one copy of the last final plan that somebody asked for.
type CopyAsk struct {
	Ref pep.Ref
	// To is the name, the role or the address of one contact of the register.
	To string
	By By
	// Dry stores nothing.
	Dry bool
}

// NoCopyError says that nobody can be sent a copy, or not this contact. It
// names nobody.
type NoCopyError struct {
	Ref  pep.Ref
	Why  string
	Hint string
}

// Error says why.
func (e *NoCopyError) Error() string {
	return fmt.Sprintf("no copy of the final plan of %s goes there: %s", e.Ref, e.Why)
}

// Copy makes the copy of a child's last final plan that one contact of the
// register asked for: decided on, sealed and stored as any other delivery, under
// an occasion of its own. The same request on the same day is made once. It
// needs a reason; whoever must not have the final plan is refused with a
// [NoCopyError].
func (r *Runner) Copy(ctx context.Context, ask CopyAsk) (Draft, error) {
	if strings.TrimSpace(ask.By.Why) == "" {
		return Draft{}, &NeedsReasonError{Doing: "send a copy of a final plan"}
	}
	record, err := r.Register.Record(ctx, ask.Ref)
	if err != nil {
		return Draft{}, err
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return Draft{}, err
	}
	e, err := r.copyErrand(c, ask)
	if err != nil {
		return Draft{}, err
	}
	return r.makeOne(ctx, c, e, ask.Dry)
}

// makeOne makes the delivery of one errand, or finds it made.
func (r *Runner) makeOne(ctx context.Context, c *child, e errand, dry bool) (Draft, error) {
	m, err := r.look(ctx, c, e, dry)
	if err != nil {
		return Draft{}, err
	}
	r.prepareAll([]*made{m})
	if m.err != nil {
		return Draft{}, m.err
	}
	var out Drafted
	err = r.storeDraft(ctx, m, dry, &out)
	return m.draft, err
}

func (r *Runner) copyErrand(c *child, ask CopyAsk) (errand, error) {
	last, made := r.finalised(c)
	switch {
	case c.newest().outlook.Plan.Phase == pep.NoPhase && !(made && last.outlook.Course.Open()):
		return errand{}, &NoCopyError{Ref: ask.Ref, Why: string(noPlan)}
	case !made:
		return errand{}, &NoCopyError{Ref: ask.Ref, Why: "no plan was made final here", Hint: "pepost returns list shows the forms that came back"}
	}
	to, err := r.copyRecipient(c, ask)
	if err != nil {
		return errand{}, err
	}
	return errand{
		record: c.record, plan: last.outlook.Plan, kind: outbox.KindFinal, milestone: copyOnRequest, due: r.today(), recipient: to,
		why: append([]string{"a copy was asked for: " + ask.By.Why}, to.Why...), answers: last.history.answers,
		asked: By{Name: firstOf(ask.By.Name, r.Owner), Why: "a copy was asked for: " + ask.By.Why},
		// The same words on another day are another request.
		occasion: strings.Join([]string{"copy", last.history.final, r.today().String(), ask.By.Why}, " "),
	}, nil
}

// copyRecipient is the one contact a copy was asked for, if they may have it.
func (r *Runner) copyRecipient(c *child, ask CopyAsk) (timetable.Recipient, error) {
	contact, err := oneContact(c.record, ask)
	if err != nil {
		return timetable.Recipient{}, err
	}
	label := personLabel(contact.Role, contact.Name, contact.Email)
	allowed, blocked := r.copyRecipients(c)
	for _, b := range blocked {
		if personLabel(b.Role, b.Contact.Name, b.Contact.Email) == label {
			return timetable.Recipient{}, &NoCopyError{Ref: ask.Ref, Why: b.Why}
		}
	}
	for _, to := range allowed {
		if recipientLabel(to) == label {
			return to, nil
		}
	}
	return timetable.Recipient{}, &NoCopyError{
		Ref: ask.Ref, Why: fmt.Sprintf("the %s is not to have the final plan (Receives Final: No), or has not their consent on record", contact.Role),
		Hint: "record it in the case system and import it first",
	}
}

// copyRecipients are the contacts who may have a copy of the final plan on
// request, and those who must not, by the rules for final plans as they stand
// today. From 18 it takes recorded consent, as for any final plan.
func (r *Runner) copyRecipients(c *child) ([]timetable.Recipient, []timetable.Blocked) {
	plan, asked := c.newest().outlook.Plan, c.record
	if !plan.Has(pep.Adult) {
		asked.Contacts = slices.Clone(asked.Contacts)
		for i := range asked.Contacts {
			if asked.Contacts[i].ReceivesFinal != pep.No && !c.adoptive(plan, asked.Contacts[i]) {
				asked.Contacts[i].ReceivesFinal = pep.Yes
			}
		}
	}
	return r.Rules.FinalRecipients(asked, plan)
}

// adoptive reports whether a copy for somebody who is no professional takes more
// than the request: the child is placed for adoption, and only who is on the
// plan may have it.
func (c *child) adoptive(plan pep.Plan, contact pep.Contact) bool {
	placed := plan.Has(pep.PlacedForAdoption) || c.record.Child.Placement.ForAdoption()
	return placed && !contact.Role.Professional() && contact.Role != pep.Parent // a birth parent is barred whatever is asked
}

// oneContact finds the one contact that a name, a role or an address means.
func oneContact(record pep.Record, ask CopyAsk) (pep.Contact, error) {
	text := strings.TrimSpace(ask.To)
	address := pep.ParseAddress(text).Canonical()
	var found []pep.Contact
	for _, contact := range record.Contacts {
		is := address != "" && strings.EqualFold(contact.Email.Canonical(), address) ||
			text != "" && (strings.EqualFold(string(contact.Role), text) || strings.EqualFold(strings.TrimSpace(contact.Name), text))
		label := personLabel(contact.Role, contact.Name, contact.Email)
		if is && !slices.ContainsFunc(found, func(f pep.Contact) bool { return personLabel(f.Role, f.Name, f.Email) == label }) {
			found = append(found, contact)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return pep.Contact{}, &NoCopyError{Ref: ask.Ref, Why: "the register has no such contact of the child", Hint: "name a contact of the register by address, name or role"}
	}
	return pep.Contact{}, &NoCopyError{Ref: ask.Ref, Why: fmt.Sprintf("%d contacts of the child are called so", len(found)), Hint: "name the one by the address"}
}
