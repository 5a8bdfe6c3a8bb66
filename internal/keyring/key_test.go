package keyring_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/pep"
)

func TestAKeyIsReadArmoredOrBinary(t *testing.T) {
	made := keyringtest.New(t, keyringtest.Options{Address: nursery, Lifetime: lifetimeUntil("2027-01-01")})
	armored := parsed(t, made)
	binary, err := keyring.Parse(armored.Bytes())
	if err != nil || binary.Fingerprint() != armored.Fingerprint() {
		t.Fatalf("binary: %v %v", binary.Fingerprint(), err)
	}
	if want := fmt.Sprintf("%X", made.Entity.PrimaryKey.Fingerprint); string(armored.Fingerprint()) != want {
		t.Errorf("fingerprint %s, want %s", armored.Fingerprint(), want)
	}
	if !slices.Equal(armored.UserIDs(), []string{"A Setting <" + nursery + ">"}) || armored.Algorithm() != "elliptic curve Curve25519" {
		t.Errorf("user IDs %v, algorithm %q", armored.UserIDs(), armored.Algorithm())
	}
	if armored.Expires() != pep.MustDate("2027-01-01") || armored.Created() != pep.MustDate("2025-01-01") {
		t.Errorf("from %v to %v", armored.Created(), armored.Expires())
	}
}

func TestWhatIsNoSinglePublicKeyIsRefusedInClearWords(t *testing.T) {
	made, other := keyringtest.New(t, keyringtest.Options{Address: nursery}), keyringtest.New(t, keyringtest.Options{Address: school})
	raw, more := parsed(t, made).Bytes(), parsed(t, other).Bytes()
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":            {nil, "not an OpenPGP key"},
		"a text":             {[]byte("hello"), "not an OpenPGP key"},
		"private":            {made.Private, "a private key"},
		"two blocks":         {slices.Concat(made.Public, other.Public), "more than one key"},
		"two keys":           {slices.Concat(raw, more), "more than one key"},
		"version 6":          {keyringtest.New(t, keyringtest.Options{Address: nursery, V6: true}).Public, "version 6"},
		"half":               {raw[:len(raw)/2], "not a whole OpenPGP key"},
		"too large":          {bytes.Repeat([]byte{0x99}, keyring.MaxFile+1), "larger than"},
		"large in binary":    {append([]byte{0x99}, make([]byte, keyring.MaxKey)...), "larger than"},
		"damaged armor":      {bytes.Replace(made.Public, []byte("\n="), []byte("\n=AAAA"), 1), "damaged"},
		"many packets":       {append(slices.Clone(raw), bytes.Repeat([]byte{0xCC, 0}, 700)...), "more than 600 packets"},
		"a message in it":    {append(slices.Clone(raw), 0xCB, 1, 'b'), "not part of a key"},
		"a DSA subkey in it": {append(slices.Clone(raw), 0xCE, 6, 4, 0, 0, 0, 0, 17), "DSA or ElGamal"},
		"an ElGamal subkey":  {append(slices.Clone(raw), 0xCE, 6, 4, 0, 0, 0, 0, 16), "DSA or ElGamal"},
		"an immense RSA key": {append(slices.Clone(raw), 0xCE, 8, 4, 0, 0, 0, 0, 1, 0xFF, 0xFF), "more than 16384 bits"},
		"no user ID":         {raw[:2+int(raw[1])], "no user ID"},
	} {
		_, err := keyring.Parse(c.data)
		var refused *keyring.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), nursery) {
			t.Errorf("%s: the error tells the address", name)
		}
	}
}

func TestAFingerprintIsTypedBackInFull(t *testing.T) {
	whole := keyring.Fingerprint("0123456789ABCDEF0123456789ABCDEF01234567")
	for _, typed := range []string{string(whole), strings.ToLower(string(whole)), whole.Grouped(), " 0123 4567\t89ab cdef\n0123456789ABCDEF 01234567 "} {
		if got, err := keyring.ParseFingerprint(typed); err != nil || got != whole {
			t.Errorf("%q: %v %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "01234567", "0123456789ABCDEF", string(whole) + "0", string(whole[1:]), strings.Replace(string(whole), "A", "G", 1), string(whole) + string(whole)} {
		if got, err := keyring.ParseFingerprint(typed); !errors.Is(err, keyring.ErrFingerprint) {
			t.Errorf("%q: %v %v", typed, got, err)
		}
	}
	if got := whole.Grouped(); got != "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567" {
		t.Errorf("grouped: %s", got)
	}
}

// FuzzParse gives Parse what anybody may send: it never panics, and what it
// takes it judges, and takes again from its own bytes.
func FuzzParse(f *testing.F) {
	for _, o := range []keyringtest.Options{
		{Address: nursery},
		{Address: nursery, RSA: 2048},
		{Address: nursery, SignOnly: true},
		{Address: nursery, V6: true},
		{Address: nursery, RevokedOn: keyringtest.Start()},
		{Address: nursery, NIST: true, SubkeyLifetime: day},
	} {
		made := keyringtest.New(f, o)
		f.Add(made.Public)
		if k, err := keyring.Parse(made.Public); err == nil {
			f.Add(k.Bytes())
		}
		f.Add(made.Private)
	}
	on := pep.MustDate("2026-02-24")
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := keyring.Parse(data)
		if err != nil {
			return
		}
		k.Judge(pep.ParseAddress(nursery), on, on)
		again, err := keyring.Parse(k.Bytes())
		if err != nil || again.Fingerprint() != k.Fingerprint() {
			t.Errorf("read again: %v %v", again.Fingerprint(), err)
		}
	})
}
