package roster

import "github.com/pepost/pepost/internal/pep"

// takeContact judges the row of one person around a child. Whatever decides
// who gets what, and how, must be readable, or the row is refused: a blank in
// its place would send more, or less safely, than was meant.
func (r *reading) takeContact(one *row) {
	id, known := r.childOf(one)
	if known {
		speakOf(r.batch.Contacts, id)
	}
	contact := readContact(one)
	if one.refusal == nil {
		r.judgeAddress(one, contact)
	}
	digest := r.encoded.digest(Contacts, id, contact)
	switch {
	case one.refusal == nil && r.repeats(digest):
		return
	case one.refusal == nil:
		r.take(one, id, string(contact.Role)+"\x00"+contact.Name, digest)
	default:
		r.reject(one)
		// The person stays, with the address that is refused, unless an equal
		// row has put them there.
		if one.refusal.Code != pep.BadEmail || r.known(digest) {
			return
		}
	}
	r.remember(digest)
	r.batch.Contacts[id] = append(r.batch.Contacts[id], contact)
}

// speakOf notes that the import speaks of a child's people or targets even if
// every row of them is refused: what the register knows from an earlier export
// must not be used as if this one had said it again.
func speakOf[T any](lists map[string][]T, id string) {
	if _, spoken := lists[id]; !spoken {
		lists[id] = nil
	}
}

// judgeAddress refuses what will never be sent to; an address that a person
// must look at is taken, and held when it is decided on.
func (r *reading) judgeAddress(one *row, contact pep.Contact) {
	switch {
	case contact.Email.Empty():
		if contact.Role.Designated() && one.has(contactEmail) {
			one.warn(contactEmail, pep.MissingRequired, "the form to this person is held until an address is known")
		}
	case contact.Email.Verdict() == pep.AddressRefused:
		one.refuse(contactEmail, pep.BadEmail, contact.Email.Reason())
	}
}

func readContact(one *row) pep.Contact {
	if one.texts[contactRole] == "" {
		one.refuse(contactRole, pep.MissingRequired, "the row names no role")
	}
	return pep.Contact{
		Role:                     hard(one, contactRole, pep.ParseRole),
		Title:                    one.texts[contactTitle],
		Name:                     one.texts[contactName],
		Organisation:             one.texts[contactOrganisation],
		Email:                    pep.ParseAddress(one.texts[contactEmail]),
		Phone:                    telephone(one.texts[contactPhone]),
		Mobile:                   telephone(one.texts[contactMobile]),
		Address1:                 one.texts[contactAddress1],
		Address2:                 one.texts[contactAddress2],
		Town:                     one.texts[contactTown],
		Postcode:                 one.texts[contactPostcode],
		Invited:                  soft(one, contactInvited, pep.ParseAnswer),
		ReceivesForm:             hard(one, contactReceivesForm, pep.ParseAnswer),
		ReceivesFinal:            hard(one, contactReceivesFinal, pep.ParseAnswer),
		WithholdPlacementAddress: hard(one, contactWithhold, pep.ParseAnswer),
		AgreedDelivery:           hard(one, contactAgreed, pep.ParseAgreedDelivery),
	}
}
