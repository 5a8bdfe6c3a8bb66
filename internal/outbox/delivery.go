package outbox

import (
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/route"
)

// Kind is what a delivery carries.
type Kind string

// The kinds.
const (
	KindForm     Kind = "form"
	KindChase    Kind = "chase"
	KindFinal    Kind = "final"
	KindTransfer Kind = "transfer"
	KindPack     Kind = "pack"
	// KindDigest is an officer's summary of a morning; it belongs to no child.
	KindDigest Kind = "digest"
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{KindForm, KindChase, KindFinal, KindTransfer, KindPack, KindDigest}
}

// Final reports whether the kind carries a final plan.
func (k Kind) Final() bool { return k == KindFinal || k == KindTransfer }

// Recipient is the one person a delivery is for.
type Recipient struct {
	Role    pep.Role    `json:"role"`
	Name    string      `json:"name"`
	Phone   string      `json:"phone,omitempty"`
	Address pep.Address `json:"address"`
	// Also are the other roles that the same address is recorded in; the copy
	// shows only what every one of them may see.
	Also []pep.Role `json:"also,omitempty"`
	// New is set where the case system's export vouched for the address and
	// nothing was ever sent to it before.
	New bool `json:"new,omitempty"`
	// Withheld is set where the copy leaves out where the child lives.
	Withheld bool `json:"withheld,omitempty"`
	// Postal is the address on the letter of a pack, a line each; empty where
	// nothing was made for the post.
	Postal string `json:"postal,omitempty"`
	// Why is why it goes to them, in an officer's words; empty where it was
	// made before that was kept.
	Why []string `json:"why,omitempty"`
}

// PassphraseState is where the passphrase of a protected document stands.
type PassphraseState string

// The passphrase states; a delivery without a protected document has the
// empty one.
const (
	PassphraseNone       PassphraseState = ""
	PassphrasePending    PassphraseState = "passphrase pending"
	PassphraseHandedOver PassphraseState = "passphrase handed over"
	PassphraseWithheld   PassphraseState = "passphrase withheld"
	// PassphraseAgreed is a phrase that the recipient has already: nobody need
	// hand anything over.
	PassphraseAgreed PassphraseState = "agreed phrase"
	// PassphraseDestroyed is a passphrase that was done with: the form came back
	// and was accepted, the plan is closed, or nothing that it opens ever
	// arrived. Nobody can read it any more. Of an agreed phrase only the copy
	// kept with the delivery is gone: the phrase itself stands.
	PassphraseDestroyed PassphraseState = "passphrase destroyed"
)

// Delivery is one document of one child to one recipient. Its Key is unique:
// plan, milestone occurrence, form version and recipient, so that whatever
// runs twice sends once.
type Delivery struct {
	ID         string
	Key        string
	Ref        pep.Ref
	PlanKey    string
	Kind       Kind
	Milestone  string
	Due        pep.Date
	Recipient  Recipient
	Decision   route.Decision
	State      State
	Reason     string // why it is held, refused or cancelled, in an officer's words
	MessageID  string
	Form       string // the form it carries and the hash of its definition; empty where it carries none
	SHA256     string // of the sealed bytes; empty until they are stored; see [Sketched]
	Size       int
	Passphrase PassphraseState
	Text       Texting
	Phrase     string // the agreed phrase that opens it, by its opaque name; empty for one of its own
	// Posting is what is known of the letter, once it was posted.
	Posting  post.Proof
	Attempts []Attempt
	Events   []Event
	// NextAttempt is the earliest moment of the next try, judged by the
	// injected clock.
	NextAttempt time.Time
	// LeaseOwner is the process that is sending it now; LeaseUntil is when the
	// lease lapses.
	LeaseOwner string
	LeaseUntil time.Time
	// DotMarked is set, and committed, just before the final dot is sent: from
	// then on silence means uncertain.
	DotMarked bool
	// Replaces is the delivery that this one was sealed again from, by another
	// method, because an officer asked for it; ReplacedBy is the one that was.
	Replaces   string
	ReplacedBy string
	// Version counts changes; a stored delivery is changed only from the
	// version that was read.
	Version int
}

// Attempt is one conversation with a relay.
type Attempt struct {
	At       time.Time `json:"at"`
	Result   Result    `json:"result"`
	Step     Phase     `json:"step"`
	Code     int       `json:"code"`
	Enhanced string    `json:"enhanced"`
	Text     string    `json:"text"`
	QueueID  string    `json:"queue_id,omitempty"`
	TLS      string    `json:"tls"`
}

// Sketched stands in place of a digest where a delivery was only sketched, to
// play a term through: it was composed and decided on, but no bytes were made
// of it and none ever will be. It is the digest of no bytes, so that whatever
// checks what it sends against the digest refuses it.
const Sketched = "sketched"

// Event is one change of state, or something worth keeping as evidence.
type Event struct {
	At     time.Time `json:"at"`
	Action Action    `json:"action"`
	From   State     `json:"from,omitempty"`
	To     State     `json:"to,omitempty"`
	By     string    `json:"by,omitempty"`
	Why    string    `json:"why,omitempty"`
	// Cause is why it came back, for a bounce.
	Cause Cause `json:"cause,omitempty"`
}
