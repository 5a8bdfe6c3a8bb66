package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// Call is what an officer needs to read a passphrase over the telephone.
type Call struct {
	Delivery   outbox.Delivery
	Passphrase string
	Script     string
}

// Passphrase gives the passphrase of one protected delivery with the script
// for the call, and leaves evidence of who read it. A second reading needs a
// reason, else it is a [AlreadyReadError]; so does reading it to somebody whom
// the register does not name any more, else it is a [NeedsReasonError]. The
// number to ring is the one that the register has now.
func (r *Runner) Passphrase(ctx context.Context, id string, by By) (Call, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return Call{}, err
	}
	switch why, err := r.frozen(ctx, addressOf(d)); {
	case err != nil:
		return Call{}, err
	case why != "":
		return Call{}, &AlreadyReadError{ID: id, State: outbox.PassphraseWithheld}
	}
	telephone, err := r.telephone(ctx, d, by)
	if err != nil {
		return Call{}, err
	}
	phrase, err := r.Deliveries.Passphrase(ctx, id, Reading{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why, Channel: outbox.ByTelephone, Number: telephone})
	if err != nil {
		return Call{}, err
	}
	script, err := r.Templates.CallScript(letter.Call{
		Ref: d.Ref, Sent: r.sentOn(d), Name: d.Recipient.Name, Role: d.Recipient.Role, Telephone: telephone,
		Authority: r.Words.Authority,
	})
	if err != nil {
		return Call{}, fmt.Errorf("writing the script for the call: %w", err)
	}
	d, err = r.Deliveries.Get(ctx, id)
	return Call{Delivery: d, Passphrase: phrase, Script: script}, err
}

// telephone is the recipient's number in the register of today. Whoever it
// does not name any more has the number of the day the form was drafted, if a
// person says why they may still open it.
func (r *Runner) telephone(ctx context.Context, d outbox.Delivery, by By) (string, error) {
	record, err := r.Register.Record(ctx, d.Ref)
	var none *NotFoundError
	if err != nil && !errors.As(err, &none) {
		return "", err
	}
	if err == nil {
		c, err := r.child(ctx, record)
		if err != nil {
			return "", err
		}
		p, _ := r.planOf(c, d)
		if to, found := named(r.recipientsOf(c, p, d), d.Recipient); found {
			return firstOf(to.Contact.Phone, to.Contact.Mobile), nil
		}
	}
	if strings.TrimSpace(by.Why) == "" {
		return "", &NeedsReasonError{Doing: "read a passphrase to somebody whom the register does not name any more"}
	}
	return d.Recipient.Phone, nil
}

// sentOn is the day a delivery left; zero where it has not.
func (r *Runner) sentOn(d outbox.Delivery) pep.Date {
	if !d.State.Gone() {
		return pep.Date{}
	}
	return leftOn(d, r.Now().Location())
}
