package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// RerouteAsk is one delivery that is to go by another method.
type RerouteAsk struct {
	ID     string
	Method route.Method
	By     By
	// Account is whose word it is where two people must agree: the name of an
	// account whose password was checked. Empty where nobody signed in.
	Account string
}

// Rerouted is a delivery that was sealed again, and the one in its place.
type Rerouted struct{ Old, New outbox.Delivery }

// RerouteError says that a delivery cannot be sealed again so. It names nobody.
type RerouteError struct {
	ID   string
	Why  string
	Hint string
}

// Error says why.
func (e *RerouteError) Error() string {
	return fmt.Sprintf("delivery %s is not sealed again: %s", e.ID, e.Why)
}

// Reroute seals what a delivery carries again, by the method that an officer
// asks for, and cancels the delivery: the new one has its own identifier and
// Message-ID, and each names the other. The verdict on the address is made
// anew and never softened: a method that it does not permit, or that cannot be
// had now, is refused with a [RerouteError] and nothing changes. What left
// already, or may have, cannot be cancelled: it is noted there instead.
//
// A method that stands before the delivery's own in [route.Methods] takes two
// accounts: until the second one agreed, nothing changes and the error is a
// [TwoPeopleError].
func (r *Runner) Reroute(ctx context.Context, ask RerouteAsk) (Rerouted, error) {
	old, err := r.Deliveries.Get(ctx, ask.ID)
	if err != nil {
		return Rerouted{}, err
	}
	if err := mayReroute(old, ask); err != nil {
		return Rerouted{}, err
	}
	record, err := r.Register.Record(ctx, old.Ref)
	if err != nil {
		return Rerouted{}, err
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return Rerouted{}, err
	}
	e, err := r.rerouteErrand(c, old, ask)
	if err != nil {
		return Rerouted{}, err
	}
	m, err := r.look(ctx, c, e, true)
	if err != nil {
		return Rerouted{}, err
	}
	r.prepareAll([]*made{m})
	switch {
	case m.err != nil:
		return Rerouted{}, m.err
	case m.draft.Known:
		return Rerouted{}, &RerouteError{ID: old.ID, Why: "it was sealed again as " + m.draft.Delivery.ID + " already"}
	case m.draft.Delivery.Decision.Method != ask.Method:
		return Rerouted{}, &RerouteError{ID: old.ID, Why: strings.Join(m.draft.Delivery.Decision.Reasons, "; ")}
	}
	if err := r.twoForWeaker(ctx, old, ask); err != nil {
		return Rerouted{}, err
	}
	return r.exchange(ctx, old, m, ask)
}

// mayReroute says what of the stored delivery itself, or of the wish, forbids
// sealing it again.
func mayReroute(d outbox.Delivery, ask RerouteAsk) error {
	switch {
	case strings.TrimSpace(ask.By.Why) == "":
		return &NeedsReasonError{Doing: "seal a delivery again"}
	case !slices.Contains(route.Methods(), ask.Method) || ask.Method == route.MethodNone:
		return &RerouteError{ID: d.ID, Why: fmt.Sprintf("there is no method %q", ask.Method)}
	case d.Kind == outbox.KindDigest:
		return &RerouteError{ID: d.ID, Why: "a digest goes by verified TLS within the authority's own domain or not at all"}
	case d.ReplacedBy != "":
		return &RerouteError{ID: d.ID, Why: "it was sealed again as " + d.ReplacedBy + " already", Hint: "reroute that one"}
	case d.State == outbox.Sending || d.State == outbox.Cancelled:
		return &outbox.NotAllowedError{State: d.State, Action: outbox.Cancel}
	case d.Decision.Method == ask.Method && ask.Method != route.MethodProtectedDocument:
		return &RerouteError{ID: d.ID, Why: "it goes by this method already"}
	}
	return nil
}

// rerouteErrand is what a stored delivery carries, as it is due to its
// recipient today; they must be the recipient still.
func (r *Runner) rerouteErrand(c *child, d outbox.Delivery, ask RerouteAsk) (errand, error) {
	if why := r.takenBack(d, c); why != "" && why != agreed {
		return errand{}, &RerouteError{ID: d.ID, Why: string(why), Hint: "pepost send makes anew what is due"}
	}
	p, _ := r.planOf(c, d)
	to, found := named(r.recipientsOf(c, p, d), d.Recipient)
	if !found {
		return errand{}, &RerouteError{ID: d.ID, Why: string(unnamed)}
	}
	why := fmt.Sprintf("sealed again from delivery %s, to go by %s instead of %s: %s", d.ID, ask.Method, d.Decision.Method, ask.By.Why)
	e := errand{
		record: c.record, plan: p.outlook.Plan, kind: d.Kind, milestone: timetable.MilestoneName(d.Milestone), due: d.Due,
		returnBy: p.outlook.ReturnDue.Due, late: d.Due.Before(r.today()), recipient: to, why: append([]string{why}, to.Why...),
		hold: r.carriedHold(d), asked: By{Name: ask.By.Name, Why: why}, method: ask.Method, replaces: d.ID,
	}
	switch d.Kind {
	case outbox.KindFinal:
		e.answers = p.history.answers
	case outbox.KindTransfer:
		r.handOver(c, p, &e)
	case outbox.KindChase:
		e.escalates = p.escalates(timetable.Due{Kind: timetable.KindChase, Recipient: to})
	case outbox.KindForm, outbox.KindPack, outbox.KindDigest:
	}
	// An occasion of its own: what is sealed again is another message.
	e.occasion = strings.Join([]string{"sealed again", d.ID, string(ask.Method)}, " ")
	return e, nil
}

// carriedHold is why a held delivery must still be looked at once it goes by
// another method; empty where only its old method, or a decision that no
// longer stands, held it.
func (r *Runner) carriedHold(d outbox.Delivery) string {
	if d.State != outbox.Held || strings.HasPrefix(d.Reason, notAsSealed) || strings.HasPrefix(d.Reason, byPost) {
		return ""
	}
	plain := errand{kind: d.Kind}
	plain.recipient.Role, plain.recipient.Contact.Email = d.Recipient.Role, d.Recipient.Address
	if d.Reason == r.reasonToHold(plain, d.Decision) {
		return ""
	}
	return d.Reason
}

// exchange stores the new delivery and what became of the old one, both or
// neither.
func (r *Runner) exchange(ctx context.Context, old outbox.Delivery, m *made, ask RerouteAsk) (Rerouted, error) {
	action := outbox.Cancel
	if _, err := outbox.Next(old.State, action); err != nil {
		action = outbox.Note
	}
	fresh := m.draft.Delivery
	changed, err := outbox.Advance(old, action, outbox.Occasion{
		At: r.Now(), By: firstOf(ask.By.Name, r.Owner),
		Why: fmt.Sprintf("sealed again as delivery %s, to go by %s: %s", fresh.ID, ask.Method, ask.By.Why),
	})
	if err != nil {
		return Rerouted{}, err
	}
	changed.ReplacedBy = fresh.ID
	if err := r.Deliveries.Exchange(ctx, changed, fresh, m.contents); err != nil {
		return Rerouted{}, err
	}
	changed, errOld := r.Deliveries.Get(ctx, old.ID)
	fresh, errNew := r.Deliveries.Get(ctx, fresh.ID)
	return Rerouted{Old: changed, New: fresh}, errors.Join(errOld, errNew)
}
