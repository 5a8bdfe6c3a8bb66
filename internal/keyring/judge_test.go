package keyring_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/pep"
)

const day = 24 * time.Hour

// startOf is a moment of keyringtest.Start's day so many days later.
func lifetimeUntil(iso string) time.Duration {
	return pep.MustDate(iso).Time().Add(12 * time.Hour).Sub(keyringtest.Start())
}

func TestD09EveryProblemOfAKeyIsSaidPrecisely(t *testing.T) {
	on, until := pep.MustDate("2026-02-24"), pep.MustDate("2026-02-27")
	noon := func(iso string) time.Time { return pep.MustDate(iso).Time().Add(12 * time.Hour) }
	for name, c := range map[string]struct {
		key     keyringtest.Options
		address string
		want    keyring.Finding
		says    string
	}{
		"sound":                 {key: keyringtest.Options{Lifetime: lifetimeUntil("2027-01-01")}},
		"expired yesterday":     {key: keyringtest.Options{Lifetime: lifetimeUntil("2026-02-23")}, want: keyring.Finding{Problem: keyring.Expired, On: pep.MustDate("2026-02-23")}, says: "the key expired on Mon 23 February 2026"},
		"expires today":         {key: keyringtest.Options{Lifetime: lifetimeUntil("2026-02-24")}, want: keyring.Finding{Problem: keyring.Expired, On: on}},
		"expires in window":     {key: keyringtest.Options{Lifetime: lifetimeUntil("2026-02-27")}, want: keyring.Finding{Problem: keyring.ExpiresInWindow, On: until}, says: "expires on Fri 27 February 2026, before the last try"},
		"expires in 14 days":    {key: keyringtest.Options{Lifetime: lifetimeUntil("2026-03-10")}, want: keyring.Finding{Problem: keyring.ExpiresSoon, On: pep.MustDate("2026-03-10")}},
		"expires in 15 days":    {key: keyringtest.Options{Lifetime: lifetimeUntil("2026-03-11")}},
		"revoked":               {key: keyringtest.Options{RevokedOn: noon("2026-02-20")}, want: keyring.Finding{Problem: keyring.Revoked, On: pep.MustDate("2026-02-20")}, says: "revoked on Fri 20 February 2026"},
		"subkey revoked":        {key: keyringtest.Options{SubkeyRevokedOn: noon("2026-02-20")}, want: keyring.Finding{Problem: keyring.SubkeyRevoked, On: pep.MustDate("2026-02-20")}, says: "part for encrypting was revoked on Fri 20 February 2026"},
		"subkey expired":        {key: keyringtest.Options{SubkeyLifetime: lifetimeUntil("2026-02-01")}, want: keyring.Finding{Problem: keyring.SubkeyExpired, On: pep.MustDate("2026-02-01")}, says: "part for encrypting expired on Sun 1 February 2026"},
		"subkey expires soon":   {key: keyringtest.Options{SubkeyLifetime: lifetimeUntil("2026-03-01"), Lifetime: lifetimeUntil("2027-01-01")}, want: keyring.Finding{Problem: keyring.ExpiresSoon, On: pep.MustDate("2026-03-01")}},
		"sign only":             {key: keyringtest.Options{SignOnly: true}, want: keyring.Finding{Problem: keyring.SignOnly}},
		"not yet":               {key: keyringtest.Options{Created: noon("2026-02-25")}, want: keyring.Finding{Problem: keyring.NotYetValid, On: pep.MustDate("2026-02-25")}},
		"made today":            {key: keyringtest.Options{Created: noon("2026-02-24")}},
		"other address":         {address: school, want: keyring.Finding{Problem: keyring.OtherAddress}},
		"longer address":        {address: "k" + nursery, want: keyring.Finding{Problem: keyring.OtherAddress}},
		"address in other case": {address: "Brook.Nursery@FREEMAIL.example"},
		"no address":            {address: " ", want: keyring.Finding{Problem: keyring.OtherAddress}},
		"RSA 1024":              {key: keyringtest.Options{RSA: 1024}, want: keyring.Finding{Problem: keyring.Weak, Bits: 1024}, says: "RSA of 1024 bits, where 3072"},
		"RSA 2048":              {key: keyringtest.Options{RSA: 2048}, want: keyring.Finding{Problem: keyring.WeakRSA, Bits: 2048}},
		"RSA 3072":              {key: keyringtest.Options{RSA: 3072}},
		"curve P-256":           {key: keyringtest.Options{NIST: true}},
	} {
		t.Run(name, func(t *testing.T) {
			c.key.Address = nursery
			address := c.address
			if address == "" {
				address = nursery
			}
			found := parsed(t, keyringtest.New(t, c.key)).Judge(pep.ParseAddress(address), on, until)
			if c.want == (keyring.Finding{}) {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			if !slices.Equal(found, []keyring.Finding{c.want}) || !strings.Contains(found[0].String(), c.says) {
				t.Errorf("found %+v, said %q, want %+v", found, found, c.want)
			}
			_, bad := keyring.Refusal(found)
			if warns := c.want.Problem == keyring.ExpiresSoon || c.want.Problem == keyring.WeakRSA; bad == warns {
				t.Errorf("%v refuses: %v", found, bad)
			}
		})
	}
}

func TestEveryProblemHasWordsOfItsOwn(t *testing.T) {
	said := map[string]keyring.Problem{}
	for _, p := range keyring.Problems() {
		text := keyring.Finding{Problem: p, On: pep.MustDate("2026-02-24")}.String()
		if other, twice := said[text]; twice || text == "" {
			t.Errorf("%s and %s both say %q", p, other, text)
		}
		said[text] = p
	}
}

func TestASignerThatMayNotSignIsRefused(t *testing.T) {
	on := pep.MustDate("2026-02-24")
	for name, c := range map[string]struct {
		key        keyringtest.Options
		passphrase string
		says       string
	}{
		"expired":          {keyringtest.Options{Lifetime: lifetimeUntil("2026-02-01")}, "", "expired on Sun 1 February 2026"},
		"revoked":          {keyringtest.Options{RevokedOn: keyringtest.Start().Add(day)}, "", "revoked on Thu 2 January 2025"},
		"ECDSA":            {keyringtest.Options{NIST: true}, "", "Ed25519 or RSA"},
		"version 6":        {keyringtest.Options{V6: true}, "", "version 6"},
		"locked":           {keyringtest.Options{Passphrase: "right"}, "", "passphrase"},
		"wrong passphrase": {keyringtest.Options{Passphrase: "right"}, "wrong", "passphrase"},
	} {
		c.key.Address = office
		_, err := keyring.ReadSigner(keyringtest.New(t, c.key).Private, []byte(c.passphrase), on)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := keyring.ReadSigner(keyringtest.New(t, keyringtest.Options{Address: office}).Public, nil, on); err == nil {
		t.Error("a public key signs")
	}
	open, err := keyring.ReadSigner(keyringtest.New(t, keyringtest.Options{Address: office, Passphrase: "right", Lifetime: lifetimeUntil("2026-03-01")}).Private, []byte("right"), on)
	if err != nil {
		t.Fatal(err)
	}
	if got := open.Judge(on); len(got) != 1 || got[0].Problem != keyring.ExpiresSoon {
		t.Errorf("a week before its end: %v", got)
	}
	if got := open.Judge(pep.MustDate("2026-03-02")); len(got) != 1 || got[0].Problem != keyring.Expired {
		t.Errorf("after its end: %v", got)
	}
}
