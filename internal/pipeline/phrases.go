package pipeline

import (
	"context"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// AgreedPhrase is a phrase that was agreed by telephone with one contact of a
// setting and opens every protected document sent to them. The phrase itself
// has no place in it.
type AgreedPhrase struct {
	// ID is opaque; evidence names the phrase by it.
	ID string
	// Address, Name and Organisation are the contact's as the export named them
	// when it was agreed. The phrase is for nobody else.
	Address      pep.Address
	Name         string
	Organisation string
	// Told is when the phrase was shown once, to be told over the telephone.
	Told   time.Time
	ToldBy string
	// Confirmed is when an officer said that the setting has it; zero before.
	Confirmed   time.Time
	ConfirmedBy string
	// Ended is when it was ended, by another one or because it may be known to
	// somebody else: then Withdrawn is set, and nothing sealed with it leaves.
	Ended     time.Time
	EndedWhy  string
	Withdrawn bool
}

// daysOfPhrase is how long a phrase stands: it changes yearly.
const daysOfPhrase = 365

// Until is the last day on which the phrase is used, by the place's days.
func (p AgreedPhrase) Until(where *time.Location) pep.Date {
	return pep.DateOf(p.Told.In(where)).AddDays(daysOfPhrase - 1)
}

// Lapse is why a phrase is not used for a contact on a day; empty where it is.
func (p AgreedPhrase) Lapse(to pep.Contact, on pep.Date, where *time.Location) string {
	switch {
	case !p.Ended.IsZero():
		return "it has ended: " + p.EndedWhy
	case p.Confirmed.IsZero():
		return "nobody has confirmed that the setting has it"
	case !sameMailbox(p.Address, to.Email) || !sameName(p.Name, to.Name):
		return "it was agreed with another contact than the export names now"
	case on.After(p.Until(where)):
		return "it is older than a year"
	}
	return ""
}

// sameMailbox compares addresses as mailboxes are told apart in practice.
func sameMailbox(a, b pep.Address) bool {
	return a.Canonical() != "" && strings.EqualFold(a.Canonical(), b.Canonical())
}

// ConfirmedPhone is a mobile number of one contact that an officer confirmed
// beforehand: passphrases may go there by text message.
type ConfirmedPhone struct {
	Address      pep.Address
	Name         string
	Organisation string
	// Number is in the form 447700900123.
	Number      string
	Confirmed   time.Time
	ConfirmedBy string
}

// Phrases keeps the agreed phrases and the confirmed numbers, sealed. Every
// change becomes evidence in the same transaction: callers append none.
type Phrases interface {
	// AddPhrase stores a phrase that was shown to be told. One that was told
	// and never confirmed ends; a confirmed one stands until this one is.
	AddPhrase(ctx context.Context, p AgreedPhrase, phrase string) error
	// ConfirmPhrase records that the setting has it, and ends the contact's
	// earlier ones. One that has ended is an [ErrPhraseEnded].
	ConfirmPhrase(ctx context.Context, id string, s Settling) error
	// WithdrawPhrase ends a phrase that may be known to somebody else.
	WithdrawPhrase(ctx context.Context, id string, s Settling) error
	// Phrase gives one by its identifier, or a [NotFoundError].
	Phrase(ctx context.Context, id string) (AgreedPhrase, error)
	// PhrasesOf gives those of one address, the newest first.
	PhrasesOf(ctx context.Context, a pep.Address) ([]AgreedPhrase, error)
	// AllPhrases gives all, the newest first.
	AllPhrases(ctx context.Context) ([]AgreedPhrase, error)
	// SecretOf gives the phrase itself, for sealing and for opening what comes
	// back, or a [NotFoundError] once it has ended. It is shown to nobody.
	SecretOf(ctx context.Context, id string) (string, error)

	// ConfirmPhone stores a confirmed number in place of an earlier one.
	ConfirmPhone(ctx context.Context, p ConfirmedPhone) error
	// RemovePhone removes the confirmed number of an address, or gives a
	// [NotFoundError].
	RemovePhone(ctx context.Context, a pep.Address, s Settling) error
	// Phone gives the confirmed number of an address; false where there is none.
	Phone(ctx context.Context, a pep.Address) (ConfirmedPhone, bool, error)
	// AllPhones gives all, the newest first.
	AllPhones(ctx context.Context) ([]ConfirmedPhone, error)
}
