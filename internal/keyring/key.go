package keyring

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"github.com/pepost/pepost/internal/pep"
)

// The bounds of an imported key. MaxKey is of its binary form, MaxFile of a
// file with one, armored or not.
const (
	MaxKey  = 64 << 10
	MaxFile = 2 * MaxKey
)

// RefusedError says why a file is not taken as a key. It repeats nothing of
// the file.
type RefusedError struct{ Reason string }

// Error is the reason.
func (e *RefusedError) Error() string { return e.Reason }

func refused(format string, args ...any) error {
	return &RefusedError{Reason: fmt.Sprintf(format, args...)}
}

// Key is one public key. It never changes and may be shared: what go-crypto
// notes while it verifies stays in a copy of its own each time.
type Key struct {
	raw         []byte
	fingerprint Fingerprint
	userIDs     []string
	algorithm   string
	created     time.Time
	expires     time.Time
}

// Parse reads one public key, armored or binary, or gives a [RefusedError]: a
// private key, more than one key, a key of another version than 4, one with
// DSA or ElGamal in it, and whatever is out of bounds. Nothing is said yet of
// whether it may be used: [Key.Judge] does.
func Parse(data []byte) (Key, error) {
	raw, err := binaryOf(data, openpgp.PublicKeyType)
	if err != nil {
		return Key{}, err
	}
	if err := checkPackets(raw, false); err != nil {
		return Key{}, err
	}
	entity, err := readEntity(raw)
	if err != nil {
		return Key{}, err
	}
	return describe(raw, entity), nil
}

// Bytes is the key in its binary form, for storing.
func (k Key) Bytes() []byte { return slices.Clone(k.raw) }

// IsZero reports a Key that nobody parsed.
func (k Key) IsZero() bool { return len(k.raw) == 0 }

// Fingerprint is that of the primary key.
func (k Key) Fingerprint() Fingerprint { return k.fingerprint }

// UserIDs are the names the key gives itself, sorted, as they stand there: they
// are personal data, and nobody has vouched for them.
func (k Key) UserIDs() []string { return slices.Clone(k.userIDs) }

// Algorithm names the primary key's algorithm and, for RSA, its length.
func (k Key) Algorithm() string { return k.algorithm }

// Created is the day the key says it was made.
func (k Key) Created() pep.Date { return dayOf(k.created) }

// Expires is the day on which the key can no longer be used; zero where it has
// no end.
func (k Key) Expires() pep.Date {
	if k.expires.IsZero() {
		return pep.Date{}
	}
	return dayOf(k.expires)
}

// dayOf is a moment's civil day in UTC, by which all keys are judged.
func dayOf(t time.Time) pep.Date { return pep.DateOf(t.UTC()) }

// binaryOf takes the armor off, where there is one.
func binaryOf(data []byte, want string) ([]byte, error) {
	if len(data) > MaxFile {
		return nil, refused("larger than %d KiB: no honest key is", MaxFile>>10)
	}
	if len(data) > 0 && data[0]&0x80 != 0 { // every packet begins with this bit (RFC 9580 section 4.2)
		return bounded(data)
	}
	switch bytes.Count(data, []byte("-----BEGIN PGP ")) {
	case 0:
		return nil, refused("not an OpenPGP key: neither armored nor binary")
	case 1:
	default:
		return nil, refused("more than one key block in the file: put each into a file of its own")
	}
	block, err := armor.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, refused("the armor is damaged: ask for the key again")
	}
	switch {
	case block.Type == openpgp.PrivateKeyType && want == openpgp.PublicKeyType:
		return nil, refusedPrivate()
	case block.Type != want:
		return nil, refused("a block of another kind than the key that is wanted here")
	}
	raw, err := io.ReadAll(io.LimitReader(block.Body, MaxKey+1))
	if err != nil {
		return nil, refused("the armor is damaged: ask for the key again")
	}
	return bounded(raw)
}

func bounded(raw []byte) ([]byte, error) {
	if len(raw) > MaxKey {
		return nil, refused("larger than %d KiB: ask for the key without photographs and other people's signatures", MaxKey>>10)
	}
	return slices.Clone(raw), nil
}

func refusedPrivate() error {
	return refused("a private key: it belongs to its owner alone, who must make a new one now; ask for the public key")
}

// readEntity parses what checkPackets has passed.
func readEntity(raw []byte) (*openpgp.Entity, error) {
	packets := packet.NewReader(bytes.NewReader(raw))
	entity, err := openpgp.ReadEntity(packets)
	if err != nil {
		return nil, refused("not a whole OpenPGP key: ask for it again")
	}
	if _, err := packets.Next(); err != io.EOF {
		return nil, refused("more than one key, or something after it: put each key into a file of its own")
	}
	return entity, nil
}

func describe(raw []byte, e *openpgp.Entity) Key {
	k := Key{
		raw: raw, fingerprint: fingerprintOf(e.PrimaryKey.Fingerprint), algorithm: algorithmOf(e.PrimaryKey),
		created: e.PrimaryKey.CreationTime,
	}
	for name := range e.Identities {
		k.userIDs = append(k.userIDs, name)
	}
	slices.Sort(k.userIDs)
	k.expires = lastMoment(e)
	return k
}

// algorithmOf names an algorithm as officers may see it elsewhere.
func algorithmOf(p *packet.PublicKey) string {
	switch p.PubKeyAlgo {
	case packet.PubKeyAlgoRSA, packet.PubKeyAlgoRSAEncryptOnly, packet.PubKeyAlgoRSASignOnly:
		return fmt.Sprintf("RSA %d", bitsOf(p))
	case packet.PubKeyAlgoEd25519:
		return "Ed25519"
	case packet.PubKeyAlgoEd448:
		return "Ed448"
	case packet.PubKeyAlgoEdDSA, packet.PubKeyAlgoECDSA, packet.PubKeyAlgoECDH:
		if curve, err := p.Curve(); err == nil {
			return strings.TrimSpace("elliptic curve " + string(curve))
		}
	}
	return fmt.Sprintf("algorithm %d", p.PubKeyAlgo)
}

func bitsOf(p *packet.PublicKey) int {
	bits, err := p.BitLength()
	if err != nil {
		return 0
	}
	return int(bits)
}
