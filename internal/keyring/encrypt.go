package keyring

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"github.com/pepost/pepost/internal/pep"
)

// Recipient is a key and the address that it must be of.
type Recipient struct {
	Key     Key
	Address pep.Address
}

// Sealing is how one message is encrypted.
type Sealing struct {
	// To are those who may read it: one, where one message has one recipient.
	To []Recipient
	// Escrow is a key of the council's own that is encrypted to as well, so
	// that its records stay readable; nil for none.
	Escrow *Key
	// Signer signs; nil leaves the message unsigned.
	Signer *Signer
	// Rand gives the session key, what each key packet needs and the prefix, in
	// this order.
	Rand io.Reader
	// At is the moment of signing, and for its day the keys are judged.
	At time.Time
}

// Message is one encrypted message.
type Message struct {
	// Armored is ASCII with LF line ends.
	Armored []byte
	// Keys are the primary keys that it is encrypted to, the escrow key last.
	Keys   []Fingerprint
	Signed bool
}

// UnusableError says that a message was not encrypted because of one key.
type UnusableError struct {
	Finding Finding
	// Own is set where it is a key of the council's own.
	Own bool
}

// Error is the finding in words.
func (e *UnusableError) Error() string {
	if e.Own {
		return "the council's own key: " + e.Finding.String()
	}
	return e.Finding.String()
}

// ErrNotVerified says that an encrypted message did not read back as what was
// put in, or not for those it is for. It is given to nobody.
var ErrNotVerified = errors.New("the encrypted message does not read back as it was written")

// Encrypt signs and encrypts a message. The error is an [UnusableError] where
// one of the keys may not be used on the day, and [ErrNotVerified] where what
// was written does not stand up to being read.
func Encrypt(inner []byte, s Sealing) (Message, error) {
	to, err := s.entities()
	if err != nil {
		return Message{}, err
	}
	w := writing{sealing: s, to: to, at: endOf(dayOf(s.At))}
	if err := w.encrypt(inner); err != nil {
		return Message{}, err
	}
	armored := armored(w.out.Bytes())
	if err := w.verify(armored, inner); err != nil {
		return Message{}, err
	}
	m := Message{Armored: armored, Signed: s.Signer != nil}
	for _, e := range to {
		m.Keys = append(m.Keys, fingerprintOf(e.PrimaryKey.Fingerprint))
	}
	return m, nil
}

// entities gives a copy of every key that is encrypted to, each found usable.
func (s Sealing) entities() ([]*openpgp.Entity, error) {
	switch {
	case len(s.To) == 0:
		return nil, errors.New("encrypting: no recipient is given")
	case s.Rand == nil || s.At.IsZero():
		return nil, errors.New("encrypting: randomness and the moment are not both given")
	}
	day := dayOf(s.At)
	var all []*openpgp.Entity
	add := func(k Key, found []Finding, own bool) error {
		if f, bad := Refusal(found); bad {
			return &UnusableError{Finding: f, Own: own}
		}
		e, err := k.entity()
		all = append(all, e)
		return err
	}
	for _, to := range s.To {
		if err := add(to.Key, to.Key.Judge(to.Address, day, day), false); err != nil {
			return nil, err
		}
	}
	if s.Escrow != nil {
		if err := add(*s.Escrow, s.Escrow.Usable(day, day), true); err != nil {
			return nil, err
		}
	}
	if s.Signer != nil {
		if f, bad := Refusal(s.Signer.Judge(day)); bad {
			return nil, &UnusableError{Finding: f, Own: true}
		}
	}
	return all, nil
}

// writing is one message being written, and what must be known to check it.
type writing struct {
	sealing Sealing
	to      []*openpgp.Entity
	at      time.Time // for which keys are chosen

	cipher  packet.CipherFunction
	session []byte
	keyIDs  []uint64
	// keyPackets is the digest of the packets that hold the session key.
	keyPackets [sha256.Size]byte
	out        bytes.Buffer
}

// encrypt writes the key packets, then the one encrypted packet.
func (w *writing) encrypt(inner []byte) error {
	w.chooseCipher()
	w.session = make([]byte, w.cipher.KeySize())
	if _, err := io.ReadFull(w.sealing.Rand, w.session); err != nil {
		return fmt.Errorf("drawing a session key: %w", err)
	}
	for _, e := range w.to {
		key, err := e.EncryptionKeyWithError(w.at, judging())
		if err != nil {
			return fmt.Errorf("choosing what to encrypt to: %w", err)
		}
		if err := w.sessionKeyTo(key.PublicKey); err != nil {
			return err
		}
		w.keyIDs = append(w.keyIDs, key.PublicKey.KeyId)
	}
	w.keyPackets = sha256.Sum256(w.out.Bytes())
	var begin, end []byte
	if w.sealing.Signer != nil {
		var err error
		if begin, end, err = w.sealing.Signer.signature(inner, w.to, w.sealing.At); err != nil {
			return err
		}
	}
	w.out.Grow(len(inner) + len(inner)/256 + 4096)
	packets, err := packet.SerializeSymmetricallyEncrypted(&w.out, w.cipher, false, packet.CipherSuite{}, w.session, w.config())
	if err != nil {
		return fmt.Errorf("encrypting: %w", err)
	}
	for _, part := range [][]byte{begin, literalHead(len(inner)), inner, end} {
		if _, err := packets.Write(part); err != nil {
			return fmt.Errorf("encrypting: %w", err)
		}
	}
	if err := packets.Close(); err != nil {
		return fmt.Errorf("encrypting: %w", err)
	}
	return nil
}

func (w *writing) config() *packet.Config {
	return &packet.Config{Rand: w.sealing.Rand, Time: func() time.Time { return w.sealing.At }}
}

// chooseCipher takes AES-256 where every key says that it reads it, else
// AES-128, which all must read (RFC 9580 section 9.3).
func (w *writing) chooseCipher() {
	w.cipher = packet.CipherAES256
	for _, e := range w.to {
		self, err := e.PrimarySelfSignature(w.at, judging())
		if err != nil || !slices.Contains(self.PreferredSymmetric, uint8(packet.CipherAES256)) {
			w.cipher = packet.CipherAES128
		}
	}
}

// literalHead begins the packet of the message itself: binary, so that no
// reader changes a line end, without a file name or a date.
func literalHead(size int) []byte {
	head := []byte{0xC0 | tagLiteral, 0xFF}
	head = binary.BigEndian.AppendUint32(head, uint32(6+size))
	return append(head, 'b', 0, 0, 0, 0, 0)
}
