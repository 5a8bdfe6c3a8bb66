package keyring

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/pep"
)

// written is a message as it stands before it is verified, with all that
// verifying needs.
func written(tb testing.TB, inner []byte) (writing, []byte) {
	tb.Helper()
	own := keyringtest.New(tb, keyringtest.Options{Address: "peps@council.example"})
	by, err := ReadSigner(own.Private, nil, pep.MustDate("2026-02-24"))
	if err != nil {
		tb.Fatal(err)
	}
	to := keyringtest.New(tb, keyringtest.Options{Address: "a@b.example"})
	w := writing{
		sealing: Sealing{Signer: by, Rand: rand.NewChaCha8([32]byte{1}), At: time.Date(2026, 2, 24, 9, 0, 0, 0, time.UTC)},
		to:      []*openpgp.Entity{to.Entity}, at: time.Date(2026, 2, 24, 23, 0, 0, 0, time.UTC),
	}
	if err := w.encrypt(inner); err != nil {
		tb.Fatal(err)
	}
	return w, armored(w.out.Bytes())
}

func TestF48EveryFlippedBitIsFoundBeforeAnythingIsGivenOut(t *testing.T) {
	inner := bytes.Repeat([]byte("a line\r\n"), 40)
	w, sound := written(t, inner)
	if err := w.verify(sound, inner); err != nil {
		t.Fatal(err)
	}
	// In the armor: whatever is not caught by its shape changes the bytes or
	// the checksum.
	for at := range sound {
		bad := bytes.Clone(sound)
		bad[at] ^= 1
		if err := w.verify(bad, inner); !errors.Is(err, ErrNotVerified) {
			t.Fatalf("bit 0 of byte %d of the armor flipped: %v", at, err)
		}
	}
	// In the bytes, beneath a checksum that was made to fit.
	raw := w.out.Bytes()
	for at := range raw {
		for bit := range 8 {
			bad := bytes.Clone(raw)
			bad[at] ^= 1 << bit
			if err := w.verify(armored(bad), inner); !errors.Is(err, ErrNotVerified) {
				t.Fatalf("bit %d of byte %d flipped: %v", bit, at, err)
			}
		}
	}
}

func TestAMessageForOthersOrOfOtherWordsIsFound(t *testing.T) {
	inner := []byte("what was put in")
	w, sound := written(t, inner)
	if err := w.verify(sound, []byte("what was not put")); !errors.Is(err, ErrNotVerified) {
		t.Errorf("other words: %v", err)
	}
	more := w
	more.keyIDs = append(slices.Clone(w.keyIDs), 7)
	if err := more.verify(sound, inner); !errors.Is(err, ErrNotVerified) {
		t.Errorf("a recipient left out: %v", err)
	}
	other := w
	other.keyIDs = []uint64{7}
	if err := other.verify(sound, inner); !errors.Is(err, ErrNotVerified) {
		t.Errorf("another recipient: %v", err)
	}
	unsigned := w
	unsigned.sealing.Signer = nil
	if err := unsigned.verify(sound, inner); !errors.Is(err, ErrNotVerified) {
		t.Errorf("a signature nobody asked for: %v", err)
	}
	twice := bytes.Clone(w.out.Bytes())
	if err := w.verify(armored(append(twice, twice...)), inner); !errors.Is(err, ErrNotVerified) {
		t.Errorf("two messages: %v", err)
	}
}

func TestTheCipherIsWhatEveryKeyReads(t *testing.T) {
	for name, c := range map[string]struct {
		preferred []uint8
		want      packet.CipherFunction
	}{
		"AES-256":       {[]uint8{uint8(packet.CipherAES256), uint8(packet.CipherAES128)}, packet.CipherAES256},
		"AES-128 alone": {[]uint8{uint8(packet.CipherAES128)}, packet.CipherAES128},
		"no wishes":     {nil, packet.CipherAES128},
	} {
		made := keyringtest.New(t, keyringtest.Options{Address: "a@b.example"})
		for _, identity := range made.Entity.Identities {
			identity.SelfCertifications[0].Packet.PreferredSymmetric = c.preferred
		}
		w := writing{to: []*openpgp.Entity{made.Entity}, at: time.Date(2026, 2, 24, 23, 0, 0, 0, time.UTC)}
		if w.chooseCipher(); w.cipher != c.want {
			t.Errorf("%s: %d, want %d", name, w.cipher, c.want)
		}
	}
}
