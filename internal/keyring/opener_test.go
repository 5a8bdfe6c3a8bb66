package keyring_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/pep"
)

// answeredAt is when the messages of these tests are written.
func answeredAt() time.Time { return time.Date(2026, 2, 9, 9, 0, 0, 0, time.UTC) }

// encrypted is a message as another program writes it, to a key and signed with
// another where one is given.
func encrypted(t *testing.T, text string, to, signer *openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	armored, err := armor.Encode(&b, "PGP MESSAGE", nil)
	if err != nil {
		t.Fatal(err)
	}
	var signers []*openpgp.Entity
	if signer != nil {
		signers = append(signers, signer)
	}
	config := &packet.Config{Time: func() time.Time { return answeredAt() }, DefaultCompressionAlgo: packet.CompressionZLIB}
	w, err := openpgp.Encrypt(armored, []*openpgp.Entity{to}, nil, signers, nil, config)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, text)
	if err := errors.Join(w.Close(), armored.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opener(t *testing.T, m keyringtest.Made, passphrase string) *keyring.Opener {
	t.Helper()
	o, err := keyring.ReadOpener(m.Private, []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAReplyIsOpenedAndItsSignatureJudgedByTheConfirmedKey(t *testing.T) {
	ours := keyringtest.New(t, keyringtest.Options{Address: "peps@council.example", Passphrase: "quiet"})
	theirs := keyringtest.New(t, keyringtest.Options{Address: "dt@school.example"})
	others := keyringtest.New(t, keyringtest.Options{Address: "dt@school.example"})
	confirmed, err := keyring.Parse(theirs.Public)
	if err != nil {
		t.Fatal(err)
	}
	o := opener(t, ours, "quiet")
	for name, c := range map[string]struct {
		signer *openpgp.Entity
		sender *keyring.Key
		want   keyring.SignatureState
	}{
		"not signed":              {nil, &confirmed, keyring.Unsigned},
		"by the sender":           {theirs.Entity, &confirmed, keyring.SignedBySender},
		"by somebody else":        {others.Entity, &confirmed, keyring.SignedByUnknown},
		"by us":                   {ours.Entity, &confirmed, keyring.SignedByUnknown},
		"no key is on file":       {theirs.Entity, nil, keyring.SignedByUnknown},
		"nobody's and no key too": {nil, nil, keyring.Unsigned},
	} {
		if name == "by us" {
			if err := ours.Entity.DecryptPrivateKeys([]byte("quiet")); err != nil {
				t.Fatal(err)
			}
		}
		got, err := o.Open(encrypted(t, "the form", ours.Entity, c.signer), c.sender, answeredAt())
		if err != nil || string(got.Data) != "the form" || got.Signature != c.want {
			t.Errorf("%s: %q, %s, %v", name, got.Data, got.Signature, err)
		}
	}
}

func TestASignatureMadeAfterItsKeyWasRevokedDoesNotHold(t *testing.T) {
	ours, theirs := keyringtest.New(t, keyringtest.Options{}), keyringtest.New(t, keyringtest.Options{Address: "dt@school.example"})
	message := encrypted(t, "the form", ours.Entity, theirs.Entity)
	confirmed, err := keyring.Parse(keyringtest.Revoked(t, theirs, answeredAt().AddDate(0, 0, -1)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opener(t, ours, "").Open(message, &confirmed, answeredAt()); err != nil || got.Signature != keyring.SignedWrongly {
		t.Errorf("%s, %v", got.Signature, err)
	}
}

func TestWhatWeSealIsOpenedByTheKeysItIsForAndByNoOther(t *testing.T) {
	ours, other := keyringtest.New(t, keyringtest.Options{}), keyringtest.New(t, keyringtest.Options{})
	theirs, reader := keyringtest.New(t, keyringtest.Options{Address: "dt@school.example"}), keyringtest.New(t, keyringtest.Options{Address: "x@council.example"})
	signer, err := keyring.ReadSigner(theirs.Private, nil, pep.DateOf(answeredAt()))
	if err != nil {
		t.Fatal(err)
	}
	key := func(m keyringtest.Made) keyring.Key {
		k, err := keyring.Parse(m.Public)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	escrow, sender := key(ours), key(theirs)
	sealed, err := keyring.Encrypt([]byte("the form"), keyring.Sealing{
		To: []keyring.Recipient{{Key: key(reader), Address: pep.ParseAddress("x@council.example")}}, Escrow: &escrow,
		Signer: signer, Rand: rand.NewChaCha8([32]byte{1}), At: answeredAt(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []keyringtest.Made{ours, reader} {
		if got, err := opener(t, m, "").Open(sealed.Armored, &sender, answeredAt()); err != nil || got.Signature != keyring.SignedBySender {
			t.Errorf("%s, %v", got.Signature, err)
		}
	}
	if _, err := opener(t, other, "").Open(sealed.Armored, &sender, answeredAt()); !errors.Is(err, keyring.ErrOtherKey) {
		t.Errorf("to others: %v", err)
	}
}

func TestWhatCannotBeOpenedIsAnErrorAndNeverAText(t *testing.T) {
	ours, other := keyringtest.New(t, keyringtest.Options{}), keyringtest.New(t, keyringtest.Options{})
	o := opener(t, ours, "")
	good := encrypted(t, "the form", ours.Entity, nil)
	block, err := armor.Decode(bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(block.Body); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(raw.Bytes())
	flipped[len(flipped)-5] ^= 1
	keyPacket := raw.Bytes()[:bytes.IndexByte(raw.Bytes(), 0xD2)]
	for name, c := range map[string]struct {
		message []byte
		want    error
	}{
		"to another key":      {encrypted(t, "the form", other.Entity, nil), keyring.ErrOtherKey},
		"one bit changed":     {flipped, keyring.ErrNotOpened},
		"cut off":             {raw.Bytes()[:raw.Len()-30], keyring.ErrNotOpened},
		"no message":          {[]byte("hello"), keyring.ErrNotOpened},
		"nothing":             {nil, keyring.ErrNotOpened},
		"armor and no more":   {[]byte("-----BEGIN PGP MESSAGE-----\n\nhello"), keyring.ErrNotOpened},
		"a key":               {ours.Public, keyring.ErrNotOpened},
		"thousands of keys":   {append(bytes.Repeat(keyPacket, 2000), raw.Bytes()...), keyring.ErrNotOpened},
		"larger than allowed": {encrypted(t, strings.Repeat("0", 61<<20), ours.Entity, nil), keyring.ErrNotOpened},
	} {
		got, err := o.Open(c.message, nil, answeredAt())
		if !errors.Is(err, c.want) || got.Data != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got.Data), err)
		}
	}
	if got, err := o.Open(raw.Bytes(), nil, answeredAt()); err != nil || string(got.Data) != "the form" {
		t.Errorf("binary: %q, %v", got.Data, err)
	}
}

func TestAnExpiredPartStillOpensWhatWasEncryptedToIt(t *testing.T) {
	ours := keyringtest.New(t, keyringtest.Options{})
	message := encrypted(t, "the form", ours.Entity, nil)
	got, err := opener(t, ours, "").Open(message, nil, answeredAt().AddDate(9, 0, 0))
	if err != nil || string(got.Data) != "the form" {
		t.Errorf("%q, %v", got.Data, err)
	}
}

func TestAKeyThatOpensNothingIsToldFromOneThatIsLocked(t *testing.T) {
	if _, err := keyring.ReadOpener(keyringtest.New(t, keyringtest.Options{SignOnly: true}).Private, nil); !errors.Is(err, keyring.ErrOpensNothing) {
		t.Errorf("signs only: %v", err)
	}
	if _, err := keyring.ReadOpener(keyringtest.New(t, keyringtest.Options{Passphrase: "quiet"}).Private, []byte("loud")); !errors.Is(err, keyring.ErrPassphrase) {
		t.Errorf("locked: %v", err)
	}
	var refused *keyring.RefusedError
	if _, err := keyring.ReadOpener(keyringtest.New(t, keyringtest.Options{}).Public, nil); !errors.As(err, &refused) {
		t.Errorf("public: %v", err)
	}
	if o := opener(t, keyringtest.New(t, keyringtest.Options{}), ""); strings.Contains(fmt.Sprintf("%v %#v", o, o), "Entity") {
		t.Error("the key prints itself")
	}
}

func FuzzOpen(f *testing.F) {
	made := keyringtest.New(f, keyringtest.Options{})
	o, err := keyring.ReadOpener(made.Private, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("-----BEGIN PGP MESSAGE-----\n\nwcBM\n=abcd\n-----END PGP MESSAGE-----\n"))
	f.Add([]byte{0xC1, 0x0C, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1})
	f.Add([]byte{0xD2, 0x02, 1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := o.Open(data, nil, answeredAt()); (err == nil) == (got.Data == nil) && len(got.Data) > 0 {
			t.Fatalf("%d bytes and %v", len(got.Data), err)
		}
	})
}
