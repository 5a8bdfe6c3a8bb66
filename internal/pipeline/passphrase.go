package pipeline

import (
	"context"
	"fmt"

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
// reason, else it is a [AlreadyReadError].
func (r *Runner) Passphrase(ctx context.Context, id string, by By) (Call, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return Call{}, err
	}
	phrase, err := r.Deliveries.Passphrase(ctx, id, Reading{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why})
	if err != nil {
		return Call{}, err
	}
	script, err := r.Templates.CallScript(letter.Call{
		Ref: d.Ref, Sent: r.sentOn(d), Name: d.Recipient.Name, Role: d.Recipient.Role, Telephone: d.Recipient.Phone,
		Authority: r.Words.Authority,
	})
	if err != nil {
		return Call{}, fmt.Errorf("writing the script for the call: %w", err)
	}
	d, err = r.Deliveries.Get(ctx, id)
	return Call{Delivery: d, Passphrase: phrase, Script: script}, err
}

// sentOn is the day a delivery left; zero where it has not.
func (r *Runner) sentOn(d outbox.Delivery) pep.Date {
	if !d.State.Gone() {
		return pep.Date{}
	}
	return leftOn(d, r.Now().Location())
}
