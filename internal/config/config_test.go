package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
)

func first() First {
	return First{
		Authority: "sample", From: "peps@democheshire.gov.uk", Database: "pepost.db",
		Relay: Relay{
			Address: "127.0.0.1:2525", TLS: TLSStart, CA: "relay-ca.pem",
			Onward: Onward{Guaranteed: true, Evidence: "stated at init", CheckedBy: "root", CheckedOn: pep.MustDate("2026-02-02"), ReviewBy: pep.MustDate("2027-02-02")},
		},
	}
}

func TestTheFirstFileIsTakenAndSaysWhatItWasTold(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "pepost.yaml")
	if err := os.WriteFile(path, []byte(first().Text()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Authority != "sample" || c.Sender.Canonical() != "peps@democheshire.gov.uk" || c.Release != ReleaseAutomatic {
		t.Errorf("read back: %+v", c)
	}
	if c.Database != filepath.Join(folder, "pepost.db") || c.Keys != filepath.Join(folder, "keys.json") || c.Relay.CA != filepath.Join(folder, "relay-ca.pem") {
		t.Errorf("paths are not read from the file's folder: %q %q %q", c.Database, c.Keys, c.Relay.CA)
	}
	if !c.Relay.Onward.Guaranteed || c.Relay.Onward.ReviewBy != pep.MustDate("2027-02-02") {
		t.Errorf("onward TLS: %+v", c.Relay.Onward)
	}
}

func TestAFileWithoutRelayIsTaken(t *testing.T) {
	f := first()
	f.Relay = Relay{}
	c, err := Parse("/x/pepost.yaml", []byte(f.Text()))
	if err != nil || c.Relay.Configured() {
		t.Errorf("%+v %v", c.Relay, err)
	}
}

func TestEveryProblemIsFoundWithItsLine(t *testing.T) {
	text := strings.Join([]string{
		"authority: ../etc",
		"from: two@a.example, b@b.example",
		"database: mysql://x",
		"keys: k.json",
		"release: sometimes",
		"relay:",
		"  address: nowhere",
		"  tls: opportunistic",
		"  username: u",
		"  onward_tls: {guaranteed: true, checked_on: 17/03/2026}",
	}, "\n")
	_, err := Parse("/x/pepost.yaml", []byte(text))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for _, p := range problems {
		lines[p.Field] = p.Line
		if p.Text == "" || p.Hint == "" {
			t.Errorf("%s: no text or hint", p.Field)
		}
	}
	for field, line := range map[string]int{
		"authority": 1, "from": 2, "database": 3, "release": 5, "relay.address": 7, "relay.tls": 8, "relay.username": 9,
		"relay.onward_tls.checked_on": 10,
	} {
		if lines[field] != line {
			t.Errorf("%s: line %d, want %d", field, lines[field], line)
		}
	}
}

func TestAnUnknownKeyIsRefusedWithItsLine(t *testing.T) {
	_, err := Parse("/x/pepost.yaml", []byte(first().Text()+"\nfrm: x\n"))
	var problems Problems
	if !errors.As(err, &problems) || problems[0].Line == 0 || !strings.Contains(err.Error(), "frm") {
		t.Errorf("%v", err)
	}
}

func TestATextThatWouldTakeTheMemoryIsRefused(t *testing.T) {
	for name, more := range map[string]string{
		"brackets": "officer: " + strings.Repeat("[", 100_000),
		"braces":   "officer: " + strings.Repeat("{a: ", 100_000),
		"hyphens":  "officer: \n  " + strings.Repeat("- ", 100_000),
	} {
		if _, err := Parse("/x/pepost.yaml", []byte(first().Text()+"\n"+more)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestAByteOrderMarkIsNoPartOfTheFirstKey(t *testing.T) {
	if _, err := Parse("/x/pepost.yaml", []byte("\uFEFF"+first().Text())); err != nil {
		t.Error(err)
	}
}

func TestASecondDocumentIsNotPassedOver(t *testing.T) {
	if _, err := Parse("/x/pepost.yaml", []byte(first().Text()+"\n---\nrelease: by-hand\n")); err == nil {
		t.Error("the second document was passed over")
	}
}

func TestRelayAddresses(t *testing.T) {
	for text, mode := range map[string]TLSMode{"smtp://relay.example:587": TLSStart, "smtps://[::1]:465": TLSImplicit} {
		if r, err := ParseRelayURL(text); err != nil || r.TLS != mode {
			t.Errorf("%s: %+v %v", text, r, err)
		}
	}
	for _, text := range []string{"", "relay.example:25", "http://relay.example:25", "smtp://relay.example", "smtp://u:p@relay.example:25", "smtp://relay.example:0"} {
		if r, err := ParseRelayURL(text); err == nil {
			t.Errorf("%q was taken as %+v", text, r)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(first().Text())
	f.Add("authority: [")
	f.Add("relay: {onward_tls: 1}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("/x/pepost.yaml", []byte(text))
		if err == nil && (c.Sender.Verdict() != pep.AddressGood || c.Keys == "" || c.Database == "") {
			t.Fatal("a configuration was taken that does not hold")
		}
	})
}
