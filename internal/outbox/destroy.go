package outbox

import "slices"

// Kept reports whether a passphrase in this state is stored with its delivery
// still.
func (s PassphraseState) Kept() bool {
	switch s {
	case PassphrasePending, PassphraseHandedOver, PassphraseWithheld, PassphraseAgreed:
		return true
	case PassphraseNone, PassphraseDestroyed:
	}
	return false
}

// EverLeft reports whether the message left, or may have left, whatever became
// of it since.
func (d Delivery) EverLeft() bool {
	return d.DotMarked || slices.ContainsFunc(d.Events, func(e Event) bool { return e.To.Gone() })
}

// DestroyPassphrase notes that the passphrase of a delivery is done with, and
// why; false where none is kept. Whoever stores the delivery deletes the
// passphrase in the same transaction.
func DestroyPassphrase(d Delivery, o Occasion) (Delivery, bool) {
	if !d.Passphrase.Kept() {
		return d, false
	}
	o.Why = "passphrase destroyed: " + o.Why
	noted, err := Advance(d, Note, o)
	if err != nil { // a note is allowed in every state
		return d, false
	}
	noted.Passphrase = PassphraseDestroyed
	return noted, true
}
