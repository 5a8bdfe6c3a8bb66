package keyring

import (
	"errors"
	"fmt"
	"strings"
	"time"

	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"github.com/pepost/pepost/internal/pep"
)

// Problem is one thing that can be wrong with a key.
type Problem string

// The problems.
const (
	Unreadable       Problem = "unreadable"
	Uncertified      Problem = "no valid self-signature"
	NotYetValid      Problem = "not yet valid"
	Expired          Problem = "expired"
	Revoked          Problem = "revoked"
	SubkeyExpired    Problem = "encryption subkey expired"
	SubkeyRevoked    Problem = "encryption subkey revoked"
	SignOnly         Problem = "sign only"
	OtherAddress     Problem = "other address"
	Weak             Problem = "weak"
	ExpiresInWindow  Problem = "expires while it would be sent"
	ExpiresSoon      Problem = "expires soon"
	WeakRSA          Problem = "short RSA"
	SigningAlgorithm Problem = "signing algorithm"
)

// Problems lists every problem.
func Problems() []Problem {
	return []Problem{
		Unreadable, Uncertified, NotYetValid, Expired, Revoked, SubkeyExpired, SubkeyRevoked, SignOnly, OtherAddress,
		Weak, ExpiresInWindow, ExpiresSoon, WeakRSA, SigningAlgorithm,
	}
}

// Finding is one problem of one key.
type Finding struct {
	Problem Problem
	// On is the day it began, or will; zero where there is none.
	On pep.Date
	// Bits is the length of an RSA key that is too short.
	Bits int
}

// Warning reports a problem that does not keep the key from being used.
func (f Finding) Warning() bool { return f.Problem == ExpiresSoon || f.Problem == WeakRSA }

// String says it in words, without saying whose key it is.
func (f Finding) String() string {
	switch f.Problem {
	case Uncertified:
		return "the key has no valid signature of its own"
	case NotYetValid:
		return "the key is dated " + f.On.Long() + " and is not valid yet"
	case Expired:
		return "the key expired on " + f.On.Long()
	case Revoked:
		return "the key was revoked on " + f.On.Long()
	case SubkeyExpired:
		return "the key's part for encrypting expired on " + f.On.Long()
	case SubkeyRevoked:
		return "the key's part for encrypting was revoked on " + f.On.Long()
	case SignOnly:
		return "the key is for signing only: nothing can be encrypted to it"
	case OtherAddress:
		return "no valid user ID of the key has exactly this address"
	case Weak:
		if f.Bits > 0 {
			return fmt.Sprintf("the key is too weak: RSA of %d bits, where %d are wanted", f.Bits, goodRSA)
		}
		return "the key is too weak: its algorithm or curve is not to be trusted"
	case ExpiresInWindow:
		return "the key expires on " + f.On.Long() + ", before the last try to send would be made"
	case ExpiresSoon:
		return "the key expires on " + f.On.Long() + ": ask for it again, with a later day"
	case WeakRSA:
		return fmt.Sprintf("the key is short: RSA of %d bits, where %d are wanted", f.Bits, goodRSA)
	case SigningAlgorithm:
		return "the key does not sign with Ed25519 or RSA, so that the same message would not give the same bytes"
	case Unreadable:
	}
	return "the key cannot be read"
}

// The lengths of RSA keys: from goodRSA on nothing is said, below leastRSA they
// are not used.
const (
	goodRSA  = 3072
	leastRSA = 2048
)

// soon is how many days ahead an end is told.
const soon = 14

// Judge says what is wrong with using the key for an address on a day, when
// the last try to send would be made on the day until. Days are those of UTC;
// on the day on which it expires a key is expired. The address is compared
// whole and without regard to the case of its letters, as mailboxes are told
// apart.
func (k Key) Judge(address pep.Address, from, until pep.Date) []Finding {
	found := k.Usable(from, until)
	if f, bad := Refusal(found); bad && (f.Problem == Unreadable || f.Problem == NotYetValid || f.Problem == Uncertified) {
		return found // its user IDs are not valid either
	}
	if e, err := k.entity(); err != nil || !names(e, address, endOf(from)) {
		found = append(found, Finding{Problem: OtherAddress})
	}
	return found
}

// Usable is Judge for a key of the council's own, whatever address it names.
func (k Key) Usable(from, until pep.Date) []Finding {
	e, err := k.entity()
	if err != nil {
		return []Finding{{Problem: Unreadable}}
	}
	at := endOf(from)
	if finding, ok := primaryOf(e, at); !ok {
		return []Finding{finding}
	}
	key, err := e.EncryptionKeyWithError(at, judging())
	if err != nil {
		return []Finding{encryptionOf(e, at)}
	}
	found := strength(e.PrimaryKey, key.PublicKey)
	return append(found, horizon(lastMoment(e), from, until)...)
}

// Refusal is the first finding that keeps the key from being used.
func Refusal(found []Finding) (Finding, bool) {
	for _, f := range found {
		if !f.Warning() {
			return f, true
		}
	}
	return Finding{}, false
}

func (k Key) entity() (*openpgp.Entity, error) { return readEntity(k.raw) }

// endOf is the last second of a day: what begins on a day is valid on it, what
// ends on it is not.
func endOf(d pep.Date) time.Time { return d.AddDays(1).Time().Add(-time.Second) }

// judging refuses nothing by length, so that strength can say how long a key
// is.
func judging() *packet.Config { return &packet.Config{MinRSABits: 1} }

// primaryOf says what is wrong with a primary key.
func primaryOf(e *openpgp.Entity, at time.Time) (Finding, bool) {
	if e.PrimaryKey.CreationTime.After(at) {
		return Finding{Problem: NotYetValid, On: dayOf(e.PrimaryKey.CreationTime)}, false
	}
	self, err := e.VerifyPrimaryKey(at, judging())
	switch {
	case err == nil:
		return Finding{}, true
	case errors.Is(err, pgperrors.ErrKeyRevoked):
		return Finding{Problem: Revoked, On: revokedOn(e.Revocations)}, false
	case errors.Is(err, pgperrors.ErrKeyExpired):
		return Finding{Problem: Expired, On: dayOf(primaryEnd(e, self))}, false
	}
	return Finding{Problem: Uncertified}, false
}

// revokedOn is the day of the first valid revocation.
func revokedOn(all []*packet.VerifiableSignature) pep.Date {
	var first pep.Date
	for _, r := range all {
		if day := dayOf(r.Packet.CreationTime); r.Valid != nil && *r.Valid && (first.IsZero() || day.Before(first)) {
			first = day
		}
	}
	return first
}

// encryptionOf says why a key whose primary key is sound has nothing to encrypt
// to: what is told of the subkey that comes nearest to being of use.
func encryptionOf(e *openpgp.Entity, at time.Time) Finding {
	found := Finding{Problem: SignOnly}
	for i := range e.Subkeys {
		sub := &e.Subkeys[i]
		binding, err := sub.LatestValidBindingSignature(time.Time{}, judging())
		if err != nil || !sub.PublicKey.PubKeyAlgo.CanEncrypt() || !(binding.FlagEncryptCommunications || binding.FlagEncryptStorage) {
			continue
		}
		switch {
		case sub.Revoked(binding, at):
			if found.Problem == SignOnly {
				found = Finding{Problem: SubkeyRevoked, On: revokedOn(sub.Revocations)}
			}
		case sub.Expired(binding, at):
			if end := dayOf(endOfSubkey(sub, binding)); found.Problem != SubkeyExpired || end.After(found.On) {
				found = Finding{Problem: SubkeyExpired, On: end}
			}
		case sub.PublicKey.CreationTime.After(at):
			return Finding{Problem: NotYetValid, On: dayOf(sub.PublicKey.CreationTime)}
		default:
			return Finding{Problem: Weak}
		}
	}
	return found
}

// strength judges the two keys that matter by their lengths.
func strength(keys ...*packet.PublicKey) []Finding {
	shortest := 0
	for _, p := range keys {
		switch p.PubKeyAlgo {
		case packet.PubKeyAlgoRSA, packet.PubKeyAlgoRSAEncryptOnly, packet.PubKeyAlgoRSASignOnly:
			if bits := bitsOf(p); shortest == 0 || bits < shortest {
				shortest = bits
			}
		}
	}
	switch {
	case shortest == 0 || shortest >= goodRSA:
		return nil
	case shortest < leastRSA:
		return []Finding{{Problem: Weak, Bits: shortest}}
	}
	return []Finding{{Problem: WeakRSA, Bits: shortest}}
}

// horizon says what is known of the end of a key that is valid today.
func horizon(end time.Time, from, until pep.Date) []Finding {
	if end.IsZero() {
		return nil
	}
	switch day := dayOf(end); {
	case !day.After(until):
		return []Finding{{Problem: ExpiresInWindow, On: day}}
	case !day.After(from.AddDays(soon)):
		return []Finding{{Problem: ExpiresSoon, On: day}}
	}
	return nil
}

// lastMoment is when nothing can be encrypted to a key any more: when its
// primary key ends, or the last of its encryption subkeys; zero where it has no
// end. Revocations do not enter.
func lastMoment(e *openpgp.Entity) time.Time {
	self, err := e.PrimarySelfSignature(time.Time{}, judging())
	if err != nil {
		return time.Time{}
	}
	end, parts, endless := time.Time{}, 0, false
	for i := range e.Subkeys {
		sub := &e.Subkeys[i]
		binding, err := sub.Verify(time.Time{}, judging())
		if err != nil || !sub.PublicKey.PubKeyAlgo.CanEncrypt() || !(binding.FlagEncryptCommunications || binding.FlagEncryptStorage) {
			continue
		}
		last := endOfSubkey(sub, binding)
		parts++
		endless = endless || last.IsZero()
		if last.After(end) {
			end = last
		}
	}
	if parts == 0 || endless {
		end = time.Time{}
	}
	return earlier(end, primaryEnd(e, self))
}

func primaryEnd(e *openpgp.Entity, self *packet.Signature) time.Time {
	end := ends(e.PrimaryKey, self)
	if direct, err := e.LatestValidDirectSignature(time.Time{}, judging()); err == nil {
		end = earlier(end, ends(e.PrimaryKey, direct))
	}
	return end
}

func endOfSubkey(sub *openpgp.Subkey, binding *packet.Signature) time.Time {
	return ends(sub.PublicKey, binding)
}

// ends is when a key or the signature that vouches for it expires; zero where
// neither does.
func ends(p *packet.PublicKey, by *packet.Signature) time.Time {
	var key, signature time.Time
	if by.KeyLifetimeSecs != nil && *by.KeyLifetimeSecs != 0 {
		key = p.CreationTime.Add(time.Duration(*by.KeyLifetimeSecs) * time.Second)
	}
	if by.SigLifetimeSecs != nil && *by.SigLifetimeSecs != 0 {
		signature = by.CreationTime.Add(time.Duration(*by.SigLifetimeSecs) * time.Second)
	}
	return earlier(key, signature)
}

// earlier is the earlier of two ends, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// names reports whether a valid user ID of the key is of an address.
func names(e *openpgp.Entity, address pep.Address, at time.Time) bool {
	wanted := address.Canonical()
	if address.Verdict() != pep.AddressGood || wanted == "" {
		return false
	}
	for name, identity := range e.Identities {
		if _, err := identity.Verify(at, judging()); err == nil && sameAddress(name, wanted) {
			return true
		}
	}
	return false
}

// sameAddress reports whether a user ID, "Name <address>" or a bare address, is
// of a canonical address.
func sameAddress(userID, wanted string) bool {
	text := strings.TrimSpace(userID)
	if start := strings.LastIndexByte(text, '<'); start >= 0 && strings.HasSuffix(text, ">") {
		text = text[start+1 : len(text)-1]
	}
	named := pep.ParseAddress(text)
	return named.Verdict() == pep.AddressGood && strings.EqualFold(named.Canonical(), wanted)
}
