package pipeline

import (
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
)

// What a [NotFoundError] may have looked for.
const (
	NoChild    Missing = "child"
	NoDelivery Missing = "delivery"
	NoContents Missing = "stored contents"
	NoReturn   Missing = "returned form"
	NoAddress  Missing = "address"
	NoPhrase   Missing = "agreed phrase"
	NoPhone    Missing = "confirmed number"
	NoGateway  Missing = "gateway"
	NoCanary   Missing = "canary"
	NoIncident Missing = "open incident for the address of delivery"
)

// Missing is the kind of thing that was not found.
type Missing string

// NotFoundError says that nothing is stored under a name. Name is a reference
// or a delivery's identifier, or empty where the name is personal.
type NotFoundError struct {
	What Missing
	Name string
}

// Error names what was looked for.
func (e *NotFoundError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("no such %s in the register", e.What)
	}
	return fmt.Sprintf("no %s %s", e.What, e.Name)
}

// AlreadyReadError says that a passphrase was read before, is withheld or is
// destroyed.
type AlreadyReadError struct {
	ID    string
	State outbox.PassphraseState
}

// Error says what to do.
func (e *AlreadyReadError) Error() string {
	switch e.State {
	case outbox.PassphraseWithheld:
		return "the passphrase of " + e.ID + " is withheld: an incident is open"
	case outbox.PassphraseDestroyed:
		return "the passphrase of " + e.ID + " was destroyed once it was done with: nobody can read it any more"
	case outbox.PassphraseNone, outbox.PassphrasePending, outbox.PassphraseHandedOver, outbox.PassphraseAgreed:
	}
	return "the passphrase of " + e.ID + " was read before: give a reason to read it again"
}
