package pipeline

import (
	"context"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
)

// AddressSaid is what a person's word on an address came to.
type AddressSaid struct {
	Known KnownAddress
	// Done is set where it counts. An address that looks like a known one counts
	// as right only when two accounts said so: Agreed are those that did.
	Done   bool
	Agreed []Consent
	// LookAlike is why it takes two; empty where it does not.
	LookAlike string
}

// FindAddress gives what the book has on an address, or on one by its opaque
// identifier, else a [NotFoundError] that does not repeat it.
func (r *Runner) FindAddress(ctx context.Context, text string) (KnownAddress, error) {
	all, err := r.Book.Addresses(ctx)
	if err != nil {
		return KnownAddress{}, err
	}
	key := addressbook.Key(pep.ParseAddress(text))
	for _, known := range all {
		if known.ID == strings.TrimSpace(text) || key != "" && addressbook.Key(known.Entry.Address) == key {
			return known, nil
		}
	}
	return KnownAddress{}, &NotFoundError{What: NoAddress}
}

// SayAddress keeps a person's word on an address of the book: that it is right,
// or wrong. It needs a reason. Account is the one that proved who it is, empty
// where none did: without two of them no look-alike is confirmed
// ([NeedsTwoError]).
func (r *Runner) SayAddress(ctx context.Context, known KnownAddress, right bool, by By, account string) (AddressSaid, error) {
	out := AddressSaid{Known: known}
	if strings.TrimSpace(by.Why) == "" {
		doing := map[bool]string{true: "confirm an address", false: "refuse an address"}
		return out, &NeedsReasonError{Doing: doing[right]}
	}
	if right {
		enough, err := r.agreedOn(ctx, &out, by, account)
		if err != nil || !enough {
			return out, err
		}
	}
	word := AddressWord{Address: known.Entry.Address, Right: right, At: r.Now(), By: firstOf(account, by.Name, r.Owner), Why: by.Why}
	if err := r.Book.Say(ctx, word); err != nil {
		return out, err
	}
	var err error
	out.Done = true
	out.Known, err = r.FindAddress(ctx, known.ID)
	return out, err
}

// agreedOn reports whether enough people say that an address is right: one, or
// two where it looks like a known one. The word of the account that acts is
// kept.
func (r *Runner) agreedOn(ctx context.Context, out *AddressSaid, by By, account string) (bool, error) {
	to := out.Known.Entry.Address
	facts, err := r.Book.Around(ctx, []pep.Address{to})
	if err != nil {
		return false, err
	}
	if out.LookAlike = addressbook.Resembles(to, facts[addressbook.Key(to)], r.Now().Location()); out.LookAlike == "" {
		return true, nil
	}
	if account == "" || r.Consents == nil {
		return false, &NeedsTwoError{Why: out.LookAlike}
	}
	subject := Subject{Kind: KindLookAlike, ID: out.Known.ID, Digest: "right"}
	if err := r.Consents.Give(ctx, Consent{Subject: subject, Account: account, At: r.Now(), Why: by.Why}); err != nil {
		return false, fmt.Errorf("keeping what was agreed: %w", err)
	}
	enough, have, err := r.Agreed(ctx, subject)
	out.Agreed = have
	return enough, err
}
