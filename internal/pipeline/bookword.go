package pipeline

import (
	"context"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
)

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
// or wrong. It needs a reason. That an address is right which looks like a known
// one takes two accounts that proved who they are: until the second said so
// nothing changes, and the error is a [TwoPeopleError].
func (r *Runner) SayAddress(ctx context.Context, known KnownAddress, right bool, by By, account string) (KnownAddress, error) {
	if strings.TrimSpace(by.Why) == "" {
		doing := map[bool]string{true: "confirm an address", false: "refuse an address"}
		return known, &NeedsReasonError{Doing: doing[right]}
	}
	if right {
		if err := r.twoForLookAlike(ctx, known, by, account); err != nil {
			return known, err
		}
	}
	word := AddressWord{Address: known.Entry.Address, Right: right, At: r.Now(), By: firstOf(account, by.Name, r.Owner), Why: by.Why}
	if err := r.Book.Say(ctx, word); err != nil {
		return known, err
	}
	return r.FindAddress(ctx, known.ID)
}

// twoForLookAlike is nil where enough people say that an address is right: one,
// or two where it looks like a known one. The account's word is kept.
func (r *Runner) twoForLookAlike(ctx context.Context, known KnownAddress, by By, account string) error {
	to := known.Entry.Address
	facts, err := r.Book.Around(ctx, []pep.Address{to})
	if err != nil {
		return err
	}
	why := addressbook.Resembles(to, facts[addressbook.Key(to)], r.Now().Location())
	if why == "" {
		return nil
	}
	subject := Subject{Kind: KindLookAlike, ID: known.ID, Digest: "right"}
	if account != "" && r.Consents != nil {
		if err := r.Consents.Give(ctx, Consent{Subject: subject, Account: account, At: r.Now(), Why: by.Why}); err != nil {
			return fmt.Errorf("keeping who agreed: %w", err)
		}
	}
	enough, have, err := r.Agreed(ctx, subject)
	if err == nil && !enough {
		err = &TwoPeopleError{Doing: "confirm this address (" + why + ")", Have: len(have)}
	}
	return err
}
