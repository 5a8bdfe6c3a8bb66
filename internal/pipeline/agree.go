package pipeline

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/seal"
)

// ErrPhraseEnded says that an agreed phrase has ended: agree another one.
var ErrPhraseEnded = errors.New("the agreed phrase has ended")

// AgreementError says that nothing can be agreed or confirmed with whoever was
// named. It names nobody.
type AgreementError struct {
	Why  string
	Hint string
}

// Error says why.
func (e *AgreementError) Error() string { return e.Why }

// Addressee is one contact that the register names, for one or more children.
type Addressee struct {
	Contact pep.Contact
	Refs    []pep.Ref
}

// addressee finds the one contact of the register that an address, or the name
// of a setting, means: of a setting it is its designated teacher, practitioner
// or person. More than one person is an [AgreementError].
func (r *Runner) addressee(ctx context.Context, who string) (Addressee, error) {
	address := pep.ParseAddress(strings.TrimSpace(who))
	means := func(c pep.Contact) bool {
		if c.Email.Canonical() == "" {
			return false
		}
		return sameMailbox(c.Email, address) || c.Role.Designated() && sameName(c.Organisation, who)
	}
	found, err := r.addressees(ctx, means)
	switch {
	case err != nil:
		return Addressee{}, err
	case len(found) == 0:
		return Addressee{}, &AgreementError{"the register names no such contact with an e-mail address", "name the address, or the setting as the export writes it"}
	case len(found) > 1:
		return Addressee{}, &AgreementError{
			fmt.Sprintf("the register names %d people there, and an agreement is with one", len(found)),
			"name the one by the address; one address with several names is to be mended in the case system",
		}
	}
	return found[0], nil
}

// addressees are the contacts of the register that a question means, each
// person at an address once.
func (r *Runner) addressees(ctx context.Context, means func(pep.Contact) bool) ([]Addressee, error) {
	var found []Addressee
	err := r.Register.Each(ctx, func(record pep.Record) error {
		for _, c := range record.Contacts {
			if !means(c) {
				continue
			}
			at := slices.IndexFunc(found, func(a Addressee) bool {
				return sameMailbox(a.Contact.Email, c.Email) && sameName(a.Contact.Name, c.Name)
			})
			if at < 0 {
				at, found = len(found), append(found, Addressee{Contact: c})
			}
			found[at].Refs = append(found[at].Refs, record.Ref)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	return found, nil
}

// PhraseCall is what an officer needs to tell a new phrase over the telephone.
// The phrase is shown this once.
type PhraseCall struct {
	Agreed AgreedPhrase
	Phrase string
	Script string
}

// AgreePhrase makes a new phrase for one contact, to be told over the telephone
// and never by mail. It is used once [Runner.ConfirmPhrase] says that the
// setting has it; until then an earlier one stands. With rotate it takes the
// place of one that stands, without it there may be none.
func (r *Runner) AgreePhrase(ctx context.Context, who string, rotate bool, by By) (PhraseCall, error) {
	if r.Phrases == nil {
		return PhraseCall{}, &AgreementError{Why: "this installation keeps no agreed phrases"}
	}
	to, err := r.agreeWith(ctx, who)
	if err != nil {
		return PhraseCall{}, err
	}
	standing, err := r.standingPhrase(ctx, to.Contact)
	switch {
	case err != nil:
		return PhraseCall{}, err
	case standing.ID != "" && !rotate:
		return PhraseCall{}, &AgreementError{"a phrase agreed with this contact stands", "pepost phrases rotate agrees another one"}
	}
	phrase, err := seal.NewPassphrase(rand.Reader)
	if err != nil {
		return PhraseCall{}, err
	}
	p := AgreedPhrase{
		ID: strings.ToLower(rand.Text()[:16]), Address: to.Contact.Email, Name: to.Contact.Name, Organisation: to.Contact.Organisation,
		Told: r.Now(), ToldBy: firstOf(by.Name, r.Owner),
	}
	script, err := r.Templates.PhraseScript(letter.Call{
		Name: p.Name, Role: to.Contact.Role, Telephone: firstOf(to.Contact.Phone, to.Contact.Mobile), Authority: r.Words.Authority,
	})
	if err != nil {
		return PhraseCall{}, fmt.Errorf("writing the script for the call: %w", err)
	}
	if err := r.Phrases.AddPhrase(ctx, p, phrase); err != nil {
		return PhraseCall{}, err
	}
	return PhraseCall{Agreed: p, Phrase: phrase, Script: script}, nil
}

// agreeWith is addressee for whoever may also be named by the identifier of an
// earlier phrase.
func (r *Runner) agreeWith(ctx context.Context, who string) (Addressee, error) {
	p, err := r.Phrases.Phrase(ctx, strings.TrimSpace(who))
	var none *NotFoundError
	switch {
	case errors.As(err, &none):
		return r.addressee(ctx, who)
	case err != nil:
		return Addressee{}, err
	}
	to, err := r.addressee(ctx, p.Address.Canonical())
	var gone *AgreementError
	if errors.As(err, &gone) && p.Organisation != "" {
		return r.addressee(ctx, p.Organisation)
	}
	return to, err
}

// standingPhrase is the phrase that opens what is sent to a contact today; the
// zero one where there is none.
func (r *Runner) standingPhrase(ctx context.Context, to pep.Contact) (AgreedPhrase, error) {
	if r.Phrases == nil {
		return AgreedPhrase{}, nil
	}
	all, err := r.Phrases.PhrasesOf(ctx, to.Email)
	if err != nil {
		return AgreedPhrase{}, err
	}
	for _, p := range all {
		if p.Lapse(to, r.today(), r.Now().Location()) == "" {
			return p, nil
		}
	}
	return AgreedPhrase{}, nil
}

// ConfirmPhrase records that the contact has the phrase that was told last:
// from now on it opens what is sent to them.
func (r *Runner) ConfirmPhrase(ctx context.Context, who string, by By) (AgreedPhrase, error) {
	p, err := r.phraseCalled(ctx, who, func(p AgreedPhrase) bool { return p.Ended.IsZero() && p.Confirmed.IsZero() })
	if err != nil {
		return p, err
	}
	to, err := r.addressee(ctx, p.Address.Canonical())
	if err != nil {
		return p, err
	}
	if !sameName(to.Contact.Name, p.Name) {
		return p, &AgreementError{"it was told to another contact than the export names now", "agree a new one: pepost phrases agree"}
	}
	if err := r.Phrases.ConfirmPhrase(ctx, p.ID, Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why}); err != nil {
		return p, err
	}
	return r.Phrases.Phrase(ctx, p.ID)
}

// WithdrawPhrase ends a phrase that somebody else may know: nothing sealed with
// it leaves any more. It needs a reason.
func (r *Runner) WithdrawPhrase(ctx context.Context, who string, by By) (AgreedPhrase, error) {
	if strings.TrimSpace(by.Why) == "" {
		return AgreedPhrase{}, &NeedsReasonError{Doing: "withdraw an agreed phrase"}
	}
	p, err := r.phraseCalled(ctx, who, func(p AgreedPhrase) bool { return p.Ended.IsZero() })
	if err != nil {
		return p, err
	}
	if err := r.Phrases.WithdrawPhrase(ctx, p.ID, Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why}); err != nil {
		return p, err
	}
	return r.Phrases.Phrase(ctx, p.ID)
}

// phraseCalled is the newest phrase that counts, by its identifier, the
// contact's address or the setting's name.
func (r *Runner) phraseCalled(ctx context.Context, who string, counts func(AgreedPhrase) bool) (AgreedPhrase, error) {
	none := &AgreementError{"there is no such phrase", "pepost phrases list shows them"}
	if r.Phrases == nil {
		return AgreedPhrase{}, none
	}
	all, err := r.Phrases.AllPhrases(ctx)
	if err != nil {
		return AgreedPhrase{}, err
	}
	who = strings.TrimSpace(who)
	address := pep.ParseAddress(who)
	var found []AgreedPhrase
	for _, p := range all {
		if counts(p) && (p.ID == who || sameMailbox(p.Address, address) || sameName(p.Organisation, who)) {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 0:
		return AgreedPhrase{}, none
	case !sameMailbox(found[0].Address, found[len(found)-1].Address):
		return AgreedPhrase{}, &AgreementError{"phrases of several contacts are called so", "name the one by the address"}
	}
	return found[0], nil
}

// PhraseStanding is one agreed phrase and whether it is used today.
type PhraseStanding struct {
	Agreed AgreedPhrase
	Until  pep.Date
	// Lapse is why it is not used; empty where it is.
	Lapse string
	// Refs are the children for whom the contact is named now.
	Refs []pep.Ref
}

// ListPhrases says of every agreed phrase whether it is used, the newest first.
func (r *Runner) ListPhrases(ctx context.Context) ([]PhraseStanding, error) {
	if r.Phrases == nil {
		return nil, nil
	}
	all, err := r.Phrases.AllPhrases(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	named, err := r.addressees(ctx, func(c pep.Contact) bool { return c.Email.Canonical() != "" })
	if err != nil {
		return nil, err
	}
	out := make([]PhraseStanding, len(all))
	for i, p := range all {
		out[i] = PhraseStanding{Agreed: p, Until: p.Until(r.Now().Location()), Lapse: "the register names no such contact any more"}
		if !p.Ended.IsZero() {
			out[i].Lapse = p.Lapse(pep.Contact{}, r.today(), r.Now().Location())
		}
		for _, to := range named {
			if sameMailbox(to.Contact.Email, p.Address) && out[i].Lapse != "" {
				out[i].Lapse = p.Lapse(to.Contact, r.today(), r.Now().Location())
			}
			if sameMailbox(to.Contact.Email, p.Address) {
				out[i].Refs = append(out[i].Refs, to.Refs...)
			}
		}
	}
	return out, nil
}

// ConfirmPhone records that an officer rang a contact's mobile number and that
// it is theirs: from now on passphrases of what is made later may go there by
// text message. The number is the register's own.
func (r *Runner) ConfirmPhone(ctx context.Context, who string, by By) (ConfirmedPhone, error) {
	if r.Phrases == nil {
		return ConfirmedPhone{}, &AgreementError{Why: "this installation keeps no confirmed numbers"}
	}
	to, err := r.addressee(ctx, who)
	if err != nil {
		return ConfirmedPhone{}, err
	}
	number, ok := pep.ParseMobile(to.Contact.Mobile)
	if !ok {
		return ConfirmedPhone{}, &AgreementError{"the register has no mobile number of the United Kingdom for this contact", "put it into Mobile in the case system and import it"}
	}
	p := ConfirmedPhone{
		Address: to.Contact.Email, Name: to.Contact.Name, Organisation: to.Contact.Organisation, Number: number,
		Confirmed: r.Now(), ConfirmedBy: firstOf(by.Name, r.Owner),
	}
	return p, r.Phrases.ConfirmPhone(ctx, p)
}

// RemovePhone removes a confirmed number: nothing is sent there any more. It
// needs a reason.
func (r *Runner) RemovePhone(ctx context.Context, address string, by By) error {
	if strings.TrimSpace(by.Why) == "" {
		return &NeedsReasonError{Doing: "remove a confirmed number"}
	}
	if r.Phrases == nil {
		return &NotFoundError{What: NoPhone}
	}
	return r.Phrases.RemovePhone(ctx, pep.ParseAddress(strings.TrimSpace(address)), Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: by.Why})
}

// confirmedPhone is the number to which the passphrase of a delivery may go:
// confirmed before the delivery was made, and the contact's still. Empty where
// there is none.
func (r *Runner) confirmedPhone(ctx context.Context, to pep.Contact, d outbox.Delivery) (string, error) {
	if r.Phrases == nil {
		return "", nil
	}
	p, found, err := r.Phrases.Phone(ctx, to.Email)
	if err != nil || !found {
		return "", err
	}
	now, ok := pep.ParseMobile(to.Mobile)
	if !ok || now != p.Number || !sameName(p.Name, to.Name) || len(d.Events) == 0 || !p.Confirmed.Before(d.Events[0].At) {
		return "", nil
	}
	return p.Number, nil
}
