package keyring

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"github.com/pepost/pepost/internal/pep"
)

// ErrPassphrase says that a signing key is locked and that the passphrase given
// does not open it, or that none was given.
var ErrPassphrase = errors.New("the signing key is locked and the passphrase does not open it")

// Signer is the council's own private key. It may be shared. It never prints.
type Signer struct {
	public  Key
	private *packet.PrivateKey
}

// ReadSigner opens a private key, armored or binary, with its passphrase where
// it has one. The error is a [RefusedError] or [ErrPassphrase]. Of several
// parts that sign, the one that is newest on the day is taken; only Ed25519 and
// RSA are.
func ReadSigner(data, passphrase []byte, on pep.Date) (*Signer, error) {
	entity, err := readPrivate(data)
	if err != nil {
		return nil, err
	}
	var public bytes.Buffer
	if err := entity.Serialize(&public); err != nil {
		return nil, refused("not a whole OpenPGP key: ask for it again")
	}
	own := describe(public.Bytes(), entity)
	found, ok := entity.SigningKey(endOf(on), judging())
	if !ok {
		return nil, refused("not a signing key that is valid on %s: %s", on.Long(), signingFinding(own, on))
	}
	if !deterministic(found.PublicKey) {
		return nil, refused("%s", Finding{Problem: SigningAlgorithm})
	}
	private := found.PrivateKey
	if private == nil || private.Dummy() {
		return nil, refused("the private half of the signing key is not in the file")
	}
	if private.Encrypted && private.Decrypt(passphrase) != nil {
		return nil, ErrPassphrase
	}
	return &Signer{public: own, private: private}, nil
}

// deterministic reports the algorithms whose signature of the same bytes is the
// same bytes.
func deterministic(p *packet.PublicKey) bool {
	switch p.PubKeyAlgo {
	case packet.PubKeyAlgoEdDSA:
		curve, err := p.Curve()
		return err == nil && curve == packet.Curve25519
	case packet.PubKeyAlgoEd25519, packet.PubKeyAlgoRSA, packet.PubKeyAlgoRSASignOnly:
		return true
	}
	return false
}

// signingFinding says why a key does not sign.
func signingFinding(k Key, on pep.Date) Finding {
	e, err := k.entity()
	if err != nil {
		return Finding{Problem: Unreadable}
	}
	if found, ok := primaryOf(e, endOf(on)); !ok {
		return found
	}
	return Finding{Problem: Uncertified}
}

// Public is the public half, as recipients need it to check signatures.
func (s *Signer) Public() Key { return s.public }

// Judge says what is wrong with signing on a day.
func (s *Signer) Judge(on pep.Date) []Finding {
	e, err := s.public.entity()
	if err != nil {
		return []Finding{{Problem: Unreadable}}
	}
	key, ok := e.SigningKeyById(endOf(on), s.private.KeyId, judging())
	if !ok {
		return []Finding{signingFinding(s.public, on)}
	}
	end := earlier(ends(key.PublicKey, key.SelfSignature), primaryEnd(e, key.PrimarySelfSignature))
	return append(strength(e.PrimaryKey, key.PublicKey), horizon(end, on, on)...)
}

// String keeps the key out of every print.
func (s *Signer) String() string { return "signing key (not shown)" }

// GoString is [Signer.String].
func (s *Signer) GoString() string { return s.String() }

// signature makes the one-pass packet and the signature of some bytes, with the
// recipients named in it: a signed message that was passed on to somebody else
// then does not seem to be meant for them (RFC 9580 section 5.2.3.36).
func (s *Signer) signature(inner []byte, to []*openpgp.Entity, at time.Time) (begin, end []byte, err error) {
	config := &packet.Config{Time: func() time.Time { return at }, NonDeterministicSignaturesViaNotation: packet.BoolPointer(false)}
	made := &packet.Signature{
		Version: 4, SigType: packet.SigTypeBinary, PubKeyAlgo: s.private.PubKeyAlgo, Hash: crypto.SHA256,
		CreationTime: config.Now(), IssuerKeyId: &s.private.KeyId,
	}
	for _, e := range to {
		made.IntendedRecipients = append(made.IntendedRecipients, &packet.Recipient{KeyVersion: e.PrimaryKey.Version, Fingerprint: e.PrimaryKey.Fingerprint})
	}
	hash := crypto.SHA256.New()
	hash.Write(inner)
	if err := made.Sign(hash, s.private, config); err != nil {
		return nil, nil, fmt.Errorf("signing: %w", err)
	}
	first := packet.OnePassSignature{
		Version: 3, SigType: made.SigType, Hash: made.Hash, PubKeyAlgo: made.PubKeyAlgo, KeyId: s.private.KeyId, IsLast: true,
	}
	var head, tail bytes.Buffer
	if err := errors.Join(first.Serialize(&head), made.Serialize(&tail)); err != nil {
		return nil, nil, fmt.Errorf("writing the signature: %w", err)
	}
	return head.Bytes(), tail.Bytes(), nil
}

// readPrivate reads a private key, armored or binary, without opening it.
func readPrivate(data []byte) (*openpgp.Entity, error) {
	raw, err := binaryOf(data, openpgp.PrivateKeyType)
	if err != nil {
		return nil, err
	}
	if err := checkPackets(raw, true); err != nil {
		return nil, err
	}
	return readEntity(raw)
}
