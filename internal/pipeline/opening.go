package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// arrangeOpening says how the recipient of a protected document will come by
// its passphrase: a phrase agreed with them, else a text message to a number
// that was confirmed, else an officer who rings.
func (r *Runner) arrangeOpening(ctx context.Context, e *errand) error {
	to := e.recipient.Contact
	if r.Phrases == nil || r.decideAsked(to, e.method).Method != route.MethodProtectedDocument {
		return nil
	}
	p, err := r.standingPhrase(ctx, to)
	if err != nil {
		return err
	}
	if p.ID != "" {
		phrase, err := r.Phrases.SecretOf(ctx, p.ID)
		if err != nil {
			return fmt.Errorf("reading the agreed phrase: %w", err)
		}
		e.opens = opening{id: p.ID, phrase: phrase, on: pep.DateOf(p.Told.In(r.Now().Location()))}
		return nil
	}
	if r.Texts == nil {
		return nil
	}
	number, err := r.confirmedPhone(ctx, to, outbox.Delivery{Events: []outbox.Event{{At: r.Now()}}})
	e.texts = number != ""
	return err
}

// phraseGone is why a delivery that an agreed phrase opens is not to leave any
// more: the phrase was withdrawn, or was agreed with somebody else than the
// contact of now. Empty where it may.
func (r *Runner) phraseGone(ctx context.Context, d outbox.Delivery, to pep.Contact) (withdrawal, error) {
	if d.Phrase == "" {
		return "", nil
	}
	if r.Phrases == nil {
		return otherPhrase, nil
	}
	p, err := r.Phrases.Phrase(ctx, d.Phrase)
	var none *NotFoundError
	switch {
	case errors.As(err, &none):
		return otherPhrase, nil
	case err != nil:
		return "", err
	case p.Withdrawn || !sameMailbox(p.Address, to.Email) || !sameName(p.Name, to.Name):
		return otherPhrase, nil
	}
	return "", nil
}

// phraseGoneFor is phraseGone for the contact that the register names now.
func (r *Runner) phraseGoneFor(ctx context.Context, d outbox.Delivery, c *child) (withdrawal, error) {
	if d.Phrase == "" {
		return "", nil
	}
	p, _ := r.planOf(c, d)
	to, _ := named(r.recipientsOf(c, p, d), d.Recipient)
	return r.phraseGone(ctx, d, to.Contact)
}
