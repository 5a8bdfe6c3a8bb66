package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// The bounds of what is opened. Each key packet may cost a private key
// operation, each signature a digest of the whole.
const (
	maxOpened     = 60 << 20
	maxKeyPackets = 20
	maxSigned     = 5
)

// Why a message was not opened. None says anything of what is in it.
var (
	// ErrOpensNothing says that a private key has no part that decrypts.
	ErrOpensNothing = errors.New("the private key has no part that decrypts")
	// ErrOtherKey says that a message is encrypted to other keys than ours.
	ErrOtherKey = errors.New("it is encrypted to a key that is not ours")
	// ErrNotOpened says that a message is no encrypted one, is damaged or was
	// changed on the way, or is beyond the bounds.
	ErrNotOpened = errors.New("it is damaged, was changed on the way, or is encrypted in a way that is not read")
)

// SignatureState is what the signature inside an encrypted message says.
type SignatureState string

// The states.
const (
	Unsigned SignatureState = "not signed"
	// SignedBySender holds, by the key that is confirmed for the sender.
	SignedBySender SignatureState = "signed with the sender's confirmed key"
	// SignedByUnknown is of a key that is not confirmed for the sender.
	SignedByUnknown SignatureState = "signed with a key that is not confirmed for the sender"
	// SignedWrongly is of the sender's key and does not hold.
	SignedWrongly SignatureState = "signed with the sender's key, and the signature does not hold"
)

// Opener is the council's own private key, with which what comes back is
// opened. It may be shared. It never prints.
type Opener struct {
	mu     sync.Mutex // go-crypto notes in a key what it verified
	entity *openpgp.Entity
}

// ReadOpener opens a private key, armored or binary, with its passphrase where
// it has one. Parts that have expired open what was encrypted while they had
// not. The error is a [RefusedError], [ErrPassphrase] or [ErrOpensNothing].
func ReadOpener(data, passphrase []byte) (*Opener, error) {
	entity, err := readPrivate(data)
	if err != nil {
		return nil, err
	}
	if entity.DecryptPrivateKeys(passphrase) != nil {
		return nil, ErrPassphrase
	}
	for _, key := range entity.DecryptionKeys(0, time.Time{}, judging()) {
		if key.PrivateKey != nil && !key.PrivateKey.Dummy() && !key.PrivateKey.Encrypted {
			return &Opener{entity: entity}, nil
		}
	}
	return nil, ErrOpensNothing
}

// String keeps the key out of every print.
func (o *Opener) String() string { return "decryption key (not shown)" }

// GoString is [Opener.String].
func (o *Opener) GoString() string { return o.String() }

// Opened is what an encrypted message holds. It is whole: nobody changed it
// since it was encrypted, whoever that was.
type Opened struct {
	Data      []byte
	Signature SignatureState
}

// Open decrypts a message, armored or binary, and checks its signature with
// the sender's confirmed key, which may be nil. Only what is protected against
// change is opened (RFC 9580 section 13.7). The error is [ErrOtherKey] or
// [ErrNotOpened].
func (o *Opener) Open(message []byte, sender *Key, at time.Time) (Opened, error) {
	raw, err := binaryMessage(message)
	if err != nil {
		return Opened{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	ring := openpgp.EntityList{o.entity}
	if sender != nil {
		if e, err := sender.entity(); err == nil {
			ring = append(ring, e)
		}
	}
	config := judging()
	config.Time = func() time.Time { return at }
	details, err := openpgp.ReadMessage(bytes.NewReader(raw), ring, nil, config)
	switch {
	case err != nil && !o.isFor(raw):
		return Opened{}, ErrOtherKey
	case err != nil || !details.IsEncrypted || len(details.SignatureCandidates) > maxSigned:
		return Opened{}, ErrNotOpened
	}
	data, err := io.ReadAll(io.LimitReader(details.UnverifiedBody, maxOpened+1))
	if err != nil || len(data) > maxOpened {
		return Opened{}, ErrNotOpened
	}
	return Opened{Data: data, Signature: signatureOf(details, sender)}, nil
}

// signatureOf judges the signature of a message that was read to its end.
func signatureOf(details *openpgp.MessageDetails, sender *Key) SignatureState {
	made := details.SelectedCandidate
	switch {
	case !details.IsSigned:
		return Unsigned
	case sender == nil || made == nil || made.SignedByEntity == nil || fingerprintOf(made.SignedByEntity.PrimaryKey.Fingerprint) != sender.fingerprint:
		return SignedByUnknown
	case details.SignatureError != nil || made.SignatureError != nil:
		return SignedWrongly
	}
	return SignedBySender
}

// binaryMessage takes the armor off where there is one, and sees that the
// packets are those of one encrypted message, before anything is computed with
// them.
func binaryMessage(message []byte) ([]byte, error) {
	raw := message
	if IsArmored(message) {
		block, err := armor.Decode(bytes.NewReader(message))
		if err != nil {
			return nil, fmt.Errorf("%w: its armor cannot be read", ErrNotOpened)
		}
		if raw, err = io.ReadAll(block.Body); err != nil {
			return nil, fmt.Errorf("%w: its armor is damaged", ErrNotOpened)
		}
	}
	packets := packet.NewOpaqueReader(bytes.NewReader(raw))
	for keys := 0; ; {
		p, err := packets.Next()
		if err != nil {
			return nil, ErrNotOpened
		}
		switch p.Tag {
		case tagSessionKey, tagSymmetricKey:
			if keys++; keys > maxKeyPackets {
				return nil, fmt.Errorf("%w: it is encrypted to more than %d keys", ErrNotOpened, maxKeyPackets)
			}
		case tagMarker, tagPadding:
		case tagEncrypted, tagEncryptedOCB:
			return raw, nil
		default:
			return nil, ErrNotOpened
		}
	}
}

// The further packet types of a message: a session key under a passphrase, and
// what GnuPG 2.3 writes for keys that ask for it.
const (
	tagSymmetricKey = 3
	tagEncryptedOCB = 20
)

// isFor reports whether a message names one of our keys, or hides whom it is
// for.
func (o *Opener) isFor(raw []byte) bool {
	packets := packet.NewOpaqueReader(bytes.NewReader(raw))
	for {
		p, err := packets.Next()
		if err != nil || p.Tag == tagEncrypted || p.Tag == tagEncryptedOCB {
			return false
		}
		parsed, err := p.Parse()
		key, ok := parsed.(*packet.EncryptedKey)
		if err == nil && ok && (key.KeyId == 0 || o.has(key.KeyId)) {
			return true
		}
	}
}

func (o *Opener) has(id uint64) bool {
	if o.entity.PrimaryKey.KeyId == id {
		return true
	}
	for _, sub := range o.entity.Subkeys {
		if sub.PublicKey.KeyId == id {
			return true
		}
	}
	return false
}

// IsArmored reports whether a text begins as an armored OpenPGP message.
func IsArmored(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("-----BEGIN PGP MESSAGE-----"))
}
