package seal

import (
	"io"
	"time"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// Envelope is from whom to whom a message goes, and what it is known by.
type Envelope struct {
	From pep.Address
	To   pep.Address
	// MessageID is <identifier@domain of From>, in angle brackets. It stays
	// the same over every retry, so that a receiver can drop a double
	// (RFC 5322 section 3.6.4).
	MessageID string
	Date      time.Time
	// Gateways are those of the delivery policy: the one that was decided on
	// says how a message is handed to it, and the orders of all are kept out of
	// every other message.
	Gateways []route.Gateway
}

// Secrets is what a message is sealed with.
type Secrets struct {
	// Rand gives the passphrase, the keys, the salts and the boundary, in this
	// order. It must be cryptographically strong.
	Rand io.Reader
	// Passphrase opens the document instead of one that is drawn: a phrase that
	// was agreed with the recipient. Empty draws one.
	Passphrase string
	// OpenPGP is what a message is encrypted with as a whole; nil where there is
	// no key of the recipient, and then none is.
	OpenPGP *OpenPGP
}

// OpenPGP is the keys of one message.
type OpenPGP struct {
	// Recipient is the recipient's confirmed key.
	Recipient keyring.Key
	// Escrow is the council's own key, for its records; nil where it has none.
	Escrow *keyring.Key
	// Signer signs; nil leaves the message unsigned.
	Signer *keyring.Signer
}

// Parcel is one sealed message.
type Parcel struct {
	Bytes []byte
	// SHA256 is the digest of Bytes in lower-case hexadecimal.
	SHA256    string
	MessageID string
	// From and To are canonical: what goes into MAIL FROM and RCPT TO.
	From, To string
	// Passphrase opens the attachment; it is empty where nothing was
	// encrypted, and it is nowhere in Bytes.
	Passphrase string
}

// String names the parcel without its secrets, so that printing one gives
// nothing away.
func (p Parcel) String() string { return "parcel " + p.MessageID }

// GoString is String.
func (p Parcel) GoString() string { return p.String() }
