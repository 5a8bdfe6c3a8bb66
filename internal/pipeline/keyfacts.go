package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/seal"
)

// tryDays is for how many days after it was drafted a message may still be
// tried (RFC 5321 section 4.5.4.1): its key must last as long.
const tryDays = 5

// ofOpenPGP begins whatever is wrong with a key.
const ofOpenPGP = "OpenPGP: "

// goodKeySince reports whether a delivery that is held for its recipient's key
// would be sealed to a good one today: it is then made anew, and decided and
// released like any other.
func (r *Runner) goodKeySince(d outbox.Delivery, to pep.Contact) bool {
	if r.Keys == nil || !heldForKey(d) {
		return false
	}
	now := r.decideAsked(to, d.Decision.Asked)
	return now.Method == route.MethodOpenPGP && now.Settled() == route.Encrypt && now.Key != ""
}

// heldForKey reports whether nothing but the recipient's key keeps a delivery.
func heldForKey(d outbox.Delivery) bool {
	if d.State != outbox.Held {
		return false
	}
	why := d.Reason
	if d.SHA256 != "" {
		sealed, ours := strings.CutPrefix(why, notAsSealed)
		if !ours || d.Decision.Method != route.MethodOpenPGP {
			return false
		}
		why = sealed
	}
	return strings.Contains(why, ofOpenPGP) || why == route.KeyGone || why == route.KeyReplaced
}

// withKey adds what is known of the recipient's key, where the answer can
// depend on it: registers are large, and most recipients are secure.
func (r *Runner) withKey(q route.Question) route.Question {
	if r.Keys == nil || q.To.Canonical() == "" {
		return q
	}
	if q.Asked != route.MethodOpenPGP && r.policy().Decide(q).Settled() != route.Encrypt {
		return q
	}
	return r.keyAsOf(q, r.today().AddDays(tryDays))
}

// stillKey is withKey for a message that was sealed to a key and leaves today.
func (r *Runner) stillKey(d route.Decision, q route.Question) route.Question {
	if r.Keys == nil || d.Method != route.MethodOpenPGP {
		return q
	}
	return r.keyAsOf(q, r.today())
}

// keyAsOf fills in the key of a question for messages that are tried until a
// day. A file that cannot be read is trouble, and so is everything that must
// not be used: nothing takes another way for it without a person's word. Like
// all else that belongs to a decision, the reading is not broken off.
func (r *Runner) keyAsOf(q route.Question, until pep.Date) route.Question {
	q.Means.OpenPGPKey, q.Means.Key = false, route.KeyFacts{}
	onFile, err := r.Keys.KeysOf(context.Background(), q.To.Canonical())
	if err != nil {
		q.Means.Key.Trouble = ofOpenPGP + "the keys on file cannot be read"
		return q
	}
	if onFile.Pinned == nil {
		return q
	}
	if trouble := r.keyTrouble(onFile, q.To, until); trouble != "" {
		q.Means.Key.Trouble = ofOpenPGP + trouble
		return q
	}
	q.Means.OpenPGPKey, q.Means.Key.Fingerprint = true, string(onFile.Pinned.Fingerprint)
	if r.OpenPGP.Signer == nil {
		q.Means.Key.Note = "the message is not signed: no signing key is configured (openpgp: in pepost.yaml)"
	}
	return q
}

// keyTrouble is why the confirmed key of an address must not be used, empty
// where it may.
func (r *Runner) keyTrouble(onFile KeysOnFile, to pep.Address, until pep.Date) string {
	if onFile.Waiting != nil {
		return "another key was put on file for this address and is not confirmed: nothing is sent to the old one until a second person confirms or removes it"
	}
	if r.OpenPGP.Trouble != "" {
		return r.OpenPGP.Trouble
	}
	key, err := keyring.Parse(onFile.Pinned.Key)
	if err != nil {
		return "the confirmed key cannot be read"
	}
	if found, bad := keyring.Refusal(key.Judge(to, r.today(), until)); bad {
		return found.String()
	}
	return r.OpenPGP.trouble(r.today())
}

// trouble is what keeps the council's own keys from being used on a day.
func (o OwnKeys) trouble(on pep.Date) string {
	if o.Signer != nil {
		if found, bad := keyring.Refusal(o.Signer.Judge(on)); bad {
			return "our own signing key: " + found.String()
		}
	}
	if o.Escrow != nil {
		if found, bad := keyring.Refusal(o.Escrow.Usable(on, on)); bad {
			return "our own escrow key: " + found.String()
		}
	}
	return ""
}

// sealingKeys are what a delivery is encrypted with: nil for all that is not
// by OpenPGP, and the very key that was decided on for what is.
func (r *Runner) sealingKeys(d outbox.Delivery) (*seal.OpenPGP, error) {
	if d.Decision.Method != route.MethodOpenPGP || r.Keys == nil {
		return nil, nil
	}
	onFile, err := r.Keys.KeysOf(context.Background(), d.Recipient.Address.Canonical())
	if err != nil {
		return nil, err
	}
	if onFile.Pinned == nil || string(onFile.Pinned.Fingerprint) != d.Decision.Key {
		return nil, fmt.Errorf("the key of %s was changed while it was being sealed", d.ID)
	}
	key, err := keyring.Parse(onFile.Pinned.Key)
	if err != nil {
		return nil, fmt.Errorf("reading a stored key: %w", err)
	}
	return &seal.OpenPGP{Recipient: key, Escrow: r.OpenPGP.Escrow, Signer: r.OpenPGP.Signer}, nil
}

// keyLabel keeps two messages from sharing a session key: it names the key and
// the moment, which stands in the message; it is empty where there is no key.
func (r *Runner) keyLabel(d route.Decision) string {
	if d.Key == "" {
		return ""
	}
	return "\x00" + d.Key + "\x00" + r.Now().UTC().Format(time.RFC3339Nano)
}
