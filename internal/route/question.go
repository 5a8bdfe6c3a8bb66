package route

import "github.com/pepost/pepost/internal/pep"

// Question is one recipient, the sender and what is at hand on a day.
type Question struct {
	To   pep.Address
	From pep.Address
	// On is the day for which rows and guarantees must be in date. The zero
	// day is in date for nothing.
	On    pep.Date
	Means Means
	// Asked is the method that an officer asks for; empty where nobody does. It
	// stands in for what would be chosen, and never permits what the verdict
	// does not: ordinary mail is for the secure alone, and what is held stays
	// held.
	Asked Method
}

// Means is what an installation can send with now. The zero Means has no
// relay to trust, no gateway and no key: only a protected document is left.
type Means struct {
	Relay RelayFacts
	// Bound are further relays for ordinary mail: only what a row binds to one
	// by name goes through it.
	Bound []RelayFacts
	// Sealed names the relay for what is encrypted already; empty means that it
	// goes through Relay too.
	Sealed string
	// Gateway is the name of the encrypting gateway that is open; empty where
	// none is.
	Gateway string
	// GatewayClosed says, where one is configured and none is open, why; it is a
	// reason and decides nothing.
	GatewayClosed string
	// OpenPGPKey is set where a confirmed key of the recipient is on file.
	OpenPGPKey bool
	// Key is what is known of that key, or of why there is none to be used.
	Key KeyFacts
	// Postal is set where a postal address of the recipient is on file.
	Postal bool
	// Agreed is how the recipient agreed to be sent to; it may make the
	// delivery stricter, never weaker.
	Agreed pep.AgreedDelivery
}

// KeyFacts is what is known of a recipient's OpenPGP key.
type KeyFacts struct {
	// Fingerprint is that of the confirmed key.
	Fingerprint string
	// Trouble is why a key that was confirmed must not be used now: it expired,
	// was revoked, or another one waits to take its place. Nothing goes by
	// another method instead without a person's word.
	Trouble string
	// Note is what else is told of the method, such as that messages are not
	// signed.
	Note string
}

// RelayFacts is what is known of the relay that takes ordinary mail.
type RelayFacts struct {
	Name string
	// OnwardTLS is set where somebody guarantees verified TLS beyond the
	// relay, up to and including the day ReviewBy. A guarantee without a day
	// counts as none.
	OnwardTLS bool
	ReviewBy  pep.Date
}

// withoutGateway says why no gateway is used.
func (m Means) withoutGateway() string {
	if m.GatewayClosed != "" {
		return m.GatewayClosed
	}
	return "no gateway is configured"
}

// through is the relay for ordinary mail that a row is bound to, or the main
// one where it is bound to none.
func (m Means) through(bound string) (RelayFacts, bool) {
	if bound == "" || bound == m.Relay.Name {
		return m.Relay, true
	}
	for _, r := range m.Bound {
		if r.Name == bound {
			return r, true
		}
	}
	return RelayFacts{}, false
}

func (r RelayFacts) guaranteed(on pep.Date) bool {
	return r.OnwardTLS && !on.IsZero() && !r.ReviewBy.IsZero() && !on.After(r.ReviewBy)
}
