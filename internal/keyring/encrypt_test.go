package keyring_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/pep"
)

const (
	nursery = "brook.nursery@freemail.example"
	school  = "head@brook.example"
	council = "records@council.example"
	office  = "peps@council.example"
)

func moment() time.Time { return time.Date(2026, 2, 24, 9, 0, 0, 0, time.UTC) }

func random() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{7}) }

func inner() []byte {
	return []byte("Subject: inside\r\n\r\n" + strings.Repeat("one line and another\r\nand \x00 bytes ü\n", 2000))
}

func parsed(tb testing.TB, m keyringtest.Made) keyring.Key {
	tb.Helper()
	k, err := keyring.Parse(m.Public)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func signer(tb testing.TB, m keyringtest.Made) *keyring.Signer {
	tb.Helper()
	s, err := keyring.ReadSigner(m.Private, nil, pep.DateOf(moment()))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func recipient(tb testing.TB, m keyringtest.Made, address string) keyring.Recipient {
	tb.Helper()
	return keyring.Recipient{Key: parsed(tb, m), Address: pep.ParseAddress(address)}
}

func encryptionKeyID(tb testing.TB, m keyringtest.Made) uint64 {
	tb.Helper()
	k, ok := m.Entity.EncryptionKey(moment(), nil)
	if !ok {
		tb.Fatal("the key of the test has nothing to encrypt to")
	}
	return k.PublicKey.KeyId
}

func TestF47EveryRecipientAndTheEscrowKeyOpenItAndNobodyElse(t *testing.T) {
	one, two := keyringtest.New(t, keyringtest.Options{Address: nursery}), keyringtest.New(t, keyringtest.Options{Address: school, RSA: 3072})
	escrow, own, stranger := keyringtest.New(t, keyringtest.Options{Address: council, NIST: true}), keyringtest.New(t, keyringtest.Options{Address: office}), keyringtest.New(t, keyringtest.Options{Address: nursery})
	kept := parsed(t, escrow)
	m, err := keyring.Encrypt(inner(), keyring.Sealing{
		To:     []keyring.Recipient{recipient(t, one, nursery), recipient(t, two, school)},
		Escrow: &kept, Signer: signer(t, own), Rand: random(), At: moment(),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []uint64{encryptionKeyID(t, one), encryptionKeyID(t, two), encryptionKeyID(t, escrow)}
	for _, by := range []keyringtest.Made{one, two, escrow} {
		got := keyringtest.Open(t, m.Armored, by.Entity, own.Entity, moment())
		if !bytes.Equal(got.Body, inner()) || !got.Verified || !slices.Equal(got.KeyIDs, want) {
			t.Errorf("opened: %d bytes, verified %v, keys %x, want keys %x", len(got.Body), got.Verified, got.KeyIDs, want)
		}
	}
	if _, err := keyringtest.TryOpen(m.Armored, stranger.Entity, own.Entity, moment()); err == nil {
		t.Error("a stranger's key of the same address opens it")
	}
	if len(m.Keys) != 3 || m.Keys[0] != parsed(t, one).Fingerprint() || !m.Signed {
		t.Errorf("told: %v signed %v", m.Keys, m.Signed)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for name, o := range map[string]struct{ to, by keyringtest.Options }{
		"Curve25519": {keyringtest.Options{Address: nursery}, keyringtest.Options{Address: office}},
		"RSA":        {keyringtest.Options{Address: nursery, RSA: 3072}, keyringtest.Options{Address: office, RSA: 3072}},
		"P-256":      {keyringtest.Options{Address: nursery, NIST: true}, keyringtest.Options{Address: office}},
	} {
		t.Run(name, func(t *testing.T) {
			to, by := keyringtest.New(t, o.to), signer(t, keyringtest.New(t, o.by))
			seal := func() []byte {
				m, err := keyring.Encrypt(inner(), keyring.Sealing{To: []keyring.Recipient{recipient(t, to, nursery)}, Signer: by, Rand: random(), At: moment()})
				if err != nil {
					t.Fatal(err)
				}
				return m.Armored
			}
			if !bytes.Equal(seal(), seal()) {
				t.Error("two runs differ")
			}
		})
	}
}

func TestWithoutASignerItIsUnsignedAndSaysSo(t *testing.T) {
	to := keyringtest.New(t, keyringtest.Options{Address: nursery})
	m, err := keyring.Encrypt(inner(), keyring.Sealing{To: []keyring.Recipient{recipient(t, to, nursery)}, Rand: random(), At: moment()})
	if err != nil {
		t.Fatal(err)
	}
	if got := keyringtest.Open(t, m.Armored, to.Entity, nil, moment()); got.Signed || m.Signed || !bytes.Equal(got.Body, inner()) {
		t.Errorf("signed: %v, told %v", got.Signed, m.Signed)
	}
}

func TestEncryptRefusesAKeyThatMayNotBeUsed(t *testing.T) {
	sound, other := keyringtest.New(t, keyringtest.Options{Address: nursery}), keyringtest.New(t, keyringtest.Options{Address: school})
	ended := keyringtest.New(t, keyringtest.Options{Address: council, Lifetime: 24 * time.Hour})
	spent := parsed(t, ended)
	for name, c := range map[string]struct {
		to     keyring.Recipient
		escrow *keyring.Key
		want   keyring.Problem
		own    bool
	}{
		"another address": {to: recipient(t, other, nursery), want: keyring.OtherAddress},
		"no address":      {to: recipient(t, sound, ""), want: keyring.OtherAddress},
		"no key":          {to: keyring.Recipient{Address: pep.ParseAddress(nursery)}, want: keyring.Unreadable},
		"escrow expired":  {to: recipient(t, sound, nursery), escrow: &spent, want: keyring.Expired, own: true},
	} {
		m, err := keyring.Encrypt(inner(), keyring.Sealing{To: []keyring.Recipient{c.to}, Escrow: c.escrow, Rand: random(), At: moment()})
		var unusable *keyring.UnusableError
		if !errors.As(err, &unusable) || unusable.Finding.Problem != c.want || unusable.Own != c.own || len(m.Armored) > 0 {
			t.Errorf("%s: %v with %d bytes", name, err, len(m.Armored))
		}
	}
	if _, err := keyring.Encrypt(inner(), keyring.Sealing{Rand: random(), At: moment()}); err == nil {
		t.Error("nobody to encrypt to, and yet encrypted")
	}
}
