package pep

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseAddressHasOneOutcomeForEachText(t *testing.T) {
	good := func(text, canonical string) {
		t.Helper()
		a := ParseAddress(text)
		if a.Verdict() != AddressGood || a.Canonical() != canonical {
			t.Errorf("%q: %s %q (%s), want good %q", text, a.Verdict(), a.Canonical(), a.Reason(), canonical)
		}
	}
	bad := func(text string, want AddressVerdict) {
		t.Helper()
		a := ParseAddress(text)
		if a.Verdict() != want || a.Canonical() != "" || a.Domain() != "" || a.Reason() == "" {
			t.Errorf("%q: %s %q (%s), want %s", text, a.Verdict(), a.Canonical(), a.Reason(), want)
		}
	}
	good("head@x.cheshire.sch.uk", "head@x.cheshire.sch.uk")
	good("HEAD@X.CHESHIRE.SCH.UK", "HEAD@x.cheshire.sch.uk")
	good(" \ta+tag@x.cheshire.sch.uk\t ", "a+tag@x.cheshire.sch.uk")
	good("o'brien@setting.example", "o'brien@setting.example")
	good(strings.Repeat("a", 64)+"@setting.example", strings.Repeat("a", 64)+"@setting.example")
	good("a@xn--heshire-xjg.sch.uk", "a@xn--heshire-xjg.sch.uk")

	bad("", AddressRefused)
	bad("@setting.example", AddressRefused)
	bad("a@", AddressRefused)
	bad("a@setting.example.", AddressRefused)
	bad("a@setting..example", AddressRefused)
	bad("a..b@setting.example", AddressRefused)
	bad(".a@setting.example", AddressRefused)
	bad("a.@setting.example", AddressRefused)
	bad(`"a@cheshire.sch.uk"@evil.example`, AddressRefused)
	bad(`"a@cheshire.sch.uk" <b@evil.example>`, AddressRefused)
	bad("a@cheshire.sch.uk <b@evil.example>", AddressRefused)
	bad("a@cheshire.sch.uk (b@evil.example)", AddressRefused)
	bad("a@x@evil.example", AddressRefused)
	bad("a@x.example, b@evil.example", AddressRefused)
	bad("a@x.example;b@evil.example", AddressRefused)
	bad("group: a@x.example;", AddressRefused)
	bad("@relay.example:a@x.example", AddressRefused)
	bad("mailto:a@x.example", AddressRefused)
	bad("a%evil.example@x.example", AddressRefused)
	bad("evil.example!a@x.example", AddressRefused)
	bad("a b@x.example", AddressRefused)
	bad("a\tb@x.example", AddressRefused)
	bad("a@x.example\r\nBcc: b@evil.example", AddressRefused)
	bad("a@x.example\x00", AddressRefused)
	bad("a@[127.0.0.1]", AddressRefused)
	bad("a@[IPv6:::1]", AddressRefused)
	bad("a@127.0.0.1", AddressRefused)
	bad("a@127.1", AddressRefused)
	bad("a@0x7f.0.0.1", AddressRefused)
	bad("a@127.0.0.0x1", AddressRefused)
	bad("a@setting.123", AddressRefused)
	bad("a@localhost", AddressRefused)
	bad("a@-x.example", AddressRefused)
	bad("a@x-.example", AddressRefused)
	bad("a@x_y.example", AddressRefused)
	bad("a@"+strings.Repeat("x", 64)+".example", AddressRefused)
	bad("a@"+strings.Repeat("x.", 124)+"example", AddressRefused)
	bad(strings.Repeat("a", 65)+"@setting.example", AddressRefused)
	for _, registry := range ClosedRegistries() {
		bad("a@"+strings.ToUpper(registry), AddressRefused)
	}

	bad("a@\u0441heshire.sch.uk", AddressNeedsPerson)
	bad("a@cheshire\u3002sch.uk", AddressNeedsPerson)
	bad("j\u00f6rg@x.cheshire.sch.uk", AddressNeedsPerson)
	bad("a@cheshire.sch.uk\u202emoc.live", AddressNeedsPerson)
	bad("a@cheshire.sch.uk\u00a0", AddressNeedsPerson)
	bad("\ufeffa@cheshire.sch.uk", AddressNeedsPerson)
	bad("a@cheshire.sch.uk\xff", AddressNeedsPerson)
}

func TestZeroAddressIsRefused(t *testing.T) {
	var a Address
	if a.Verdict() != AddressRefused || !a.Empty() || a.Reason() == "" {
		t.Errorf("zero address: %s %q", a.Verdict(), a.Reason())
	}
}

func TestAddressIsJudgedAgainWhenItIsRead(t *testing.T) {
	var a Address
	if err := a.UnmarshalText([]byte("A@X.EXAMPLE")); err != nil || a.Canonical() != "A@x.example" {
		t.Errorf("read back: %v %q", err, a.Canonical())
	}
	if text, err := a.MarshalText(); err != nil || string(text) != "A@X.EXAMPLE" {
		t.Errorf("stored: %q %v", text, err)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"a@x.example", "a@[1.2.3.4]", "\"a\"@x.example", "a@\u0441x.uk", " a@X.EXAMPLE\t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := ParseAddress(text)
		c := a.Canonical()
		if a.Verdict() != AddressGood {
			if c != "" {
				t.Fatalf("a %s address has a canonical form", a.Verdict())
			}
			return
		}
		again := ParseAddress(c)
		if again.Verdict() != AddressGood || again.Canonical() != c {
			t.Fatalf("the canonical form is not its own canonical form: %q", c)
		}
		if strings.Count(c, "@") != 1 || strings.ContainsAny(c, " \t\r\n\"<>,;:()[]\\%!") || !utf8.ValidString(c) || len(c) > 64+1+253 {
			t.Fatalf("a good address has what it may not: %q", c)
		}
	})
}
