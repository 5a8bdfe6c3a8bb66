// Package keyringtest makes OpenPGP keys for tests, whole or with one fault. It
// takes what is to be wrong with a key and gives both halves, and it opens what
// was encrypted to one. Nothing but tests uses it, and no key of it is ever
// used for anything else.
package keyringtest

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// Options say what a key is like; the zero Options are a sound key of
// Curve25519 without an end, made on 1 January 2025.
type Options struct {
	Address  string
	Created  time.Time
	Lifetime time.Duration
	// RSA is the length of an RSA key, which is made instead.
	RSA int
	// NIST makes a key of the curve P-256 instead.
	NIST bool
	// V6 makes a key of version 6.
	V6 bool
	// SignOnly leaves the encryption subkey out.
	SignOnly bool
	// RevokedOn revokes the key, SubkeyRevokedOn its encryption subkey.
	RevokedOn, SubkeyRevokedOn time.Time
	// SubkeyLifetime ends the encryption subkey alone.
	SubkeyLifetime time.Duration
	// Passphrase locks the private half.
	Passphrase string
}

// Made is the two halves of a key, armored.
type Made struct {
	Public, Private []byte
	Entity          *openpgp.Entity
}

// Start is when keys are made unless told otherwise.
func Start() time.Time { return time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC) }

// New makes a key.
func New(tb testing.TB, o Options) Made {
	tb.Helper()
	if o.Created.IsZero() {
		o.Created = Start()
	}
	config := &packet.Config{
		Time: at(o.Created), Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: uint32(o.Lifetime / time.Second),
		DefaultCipher: packet.CipherAES256, V6Keys: o.V6, MinRSABits: 1,
	}
	switch {
	case o.RSA > 0:
		config.Algorithm, config.RSABits = packet.PubKeyAlgoRSA, o.RSA
	case o.NIST:
		config.Algorithm, config.Curve = packet.PubKeyAlgoECDSA, packet.CurveNistP256
	case o.V6:
		config.Algorithm = packet.PubKeyAlgoEd25519
	}
	e, err := openpgp.NewEntity("A Setting", "", o.Address, config)
	check(tb, err)
	damage(tb, e, o, config)
	m := Made{Entity: e, Public: armored(tb, openpgp.PublicKeyType, e.Serialize)}
	if o.Passphrase != "" {
		check(tb, e.EncryptPrivateKeys([]byte(o.Passphrase), config))
	}
	m.Private = armored(tb, openpgp.PrivateKeyType, func(w io.Writer) error { return e.SerializePrivateWithoutSigning(w, config) })
	return m
}

// damage does to a sound key what the options ask for.
func damage(tb testing.TB, e *openpgp.Entity, o Options, config *packet.Config) {
	tb.Helper()
	if o.SignOnly {
		e.Subkeys = nil
	}
	if o.SubkeyLifetime > 0 {
		seconds := uint32(o.SubkeyLifetime / time.Second)
		binding := e.Subkeys[0].Bindings[0].Packet
		binding.KeyLifetimeSecs = &seconds
		check(tb, binding.SignKey(e.Subkeys[0].PublicKey, e.PrivateKey, config))
	}
	if !o.SubkeyRevokedOn.IsZero() {
		check(tb, e.Subkeys[0].Revoke(packet.KeyRetired, "", &packet.Config{Time: at(o.SubkeyRevokedOn), MinRSABits: 1}))
	}
	if !o.RevokedOn.IsZero() {
		check(tb, e.Revoke(packet.KeyCompromised, "", &packet.Config{Time: at(o.RevokedOn), MinRSABits: 1}))
	}
}

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// Opened is a message as its reader sees it.
type Opened struct {
	Body     []byte
	KeyIDs   []uint64
	Signed   bool
	Verified bool
}

// Open decrypts an armored message with a key and verifies its signature with
// a signer's public half, which may be nil.
func Open(tb testing.TB, message []byte, by, signer *openpgp.Entity, on time.Time) Opened {
	tb.Helper()
	o, err := TryOpen(message, by, signer, on)
	check(tb, err)
	return o
}

// TryOpen is Open for messages that may not open.
func TryOpen(message []byte, by, signer *openpgp.Entity, on time.Time) (Opened, error) {
	block, err := armor.Decode(bytes.NewReader(message))
	if err != nil {
		return Opened{}, err
	}
	ring := openpgp.EntityList{by}
	if signer != nil {
		ring = append(ring, signer)
	}
	details, err := openpgp.ReadMessage(block.Body, ring, nil, &packet.Config{Time: at(on)})
	if err != nil {
		return Opened{}, err
	}
	body, err := io.ReadAll(details.UnverifiedBody)
	if err != nil {
		return Opened{}, err
	}
	return Opened{
		Body: body, KeyIDs: slices.Clone(details.EncryptedToKeyIds), Signed: details.IsSigned,
		Verified: details.IsSigned && details.SignatureError == nil && details.Signature != nil,
	}, nil
}

func armored(tb testing.TB, kind string, write func(io.Writer) error) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, kind, nil)
	check(tb, err)
	check(tb, write(w))
	check(tb, w.Close())
	return b.Bytes()
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Revoked gives the public half of a key as it is once its owner revoked it.
func Revoked(tb testing.TB, m Made, on time.Time) []byte {
	tb.Helper()
	check(tb, m.Entity.Revoke(packet.KeyRetired, "", &packet.Config{Time: at(on), MinRSABits: 1}))
	return armored(tb, openpgp.PublicKeyType, m.Entity.Serialize)
}
