package seal

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

func byOpenPGP() route.Decision {
	return route.Decision{Verdict: route.Encrypt, Method: route.MethodOpenPGP, Canonical: toNursery().Canonical()}
}

// pgp is the keys of one message and their private halves.
type pgp struct {
	to, own, escrow keyringtest.Made
	keys            *OpenPGP
}

func newPGP(tb testing.TB) pgp {
	tb.Helper()
	p := pgp{
		to:     keyringtest.New(tb, keyringtest.Options{Address: toNursery().Canonical()}),
		own:    keyringtest.New(tb, keyringtest.Options{Address: "peps@democheshire.gov.uk"}),
		escrow: keyringtest.New(tb, keyringtest.Options{Address: "records@democheshire.gov.uk"}),
	}
	to, err := keyring.Parse(p.to.Public)
	check(tb, err)
	escrow, err := keyring.Parse(p.escrow.Public)
	check(tb, err)
	by, err := keyring.ReadSigner(p.own.Private, nil, pep.MustDate("2026-02-24"))
	check(tb, err)
	p.keys = &OpenPGP{Recipient: to, Escrow: &escrow, Signer: by}
	return p
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (p pgp) seal(tb testing.TB, kind letter.Kind) Parcel {
	tb.Helper()
	parcel, err := Seal(byOpenPGP(), contents(tb, kind, byOpenPGP(), document()), envelope(toNursery()), Secrets{Rand: fixedRandomness(), OpenPGP: p.keys})
	check(tb, err)
	return parcel
}

// cipherText is the second part of an encrypted message.
func cipherText(tb testing.TB, message []byte) (mail.Header, []byte) {
	tb.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(message))
	check(tb, err)
	_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	check(tb, err)
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	_, err = parts.NextPart()
	check(tb, err)
	part, err := parts.NextPart()
	check(tb, err)
	data, err := io.ReadAll(part)
	check(tb, err)
	return m.Header, data
}

func TestAMessageByOpenPGPShowsNothingOutsideAndAllInside(t *testing.T) {
	p := newPGP(t)
	for _, kind := range letter.Kinds() {
		parcel := p.seal(t, kind)
		outside, cipher := cipherText(t, parcel.Bytes)
		for _, word := range []string{"PEP-7F3K-2Q", "PEP", "document", ".docx", sentinel} {
			if bytes.Contains(parcel.Bytes[:bytes.Index(parcel.Bytes, []byte("-----BEGIN PGP"))], []byte(word)) {
				t.Errorf("%s: %q stands outside", kind, word)
			}
		}
		if outside.Get("Subject") != "[...]" || parcel.Passphrase != "" || parcel.To != toNursery().Canonical() {
			t.Errorf("%s: subject %q, passphrase %q, to %q", kind, outside.Get("Subject"), parcel.Passphrase, parcel.To)
		}
		opened := keyringtest.Open(t, cipher, p.to.Entity, p.own.Entity, envelope(toNursery()).Date)
		inside, err := mail.ReadMessage(bytes.NewReader(opened.Body))
		check(t, err)
		subject, err := new(mime.WordDecoder).DecodeHeader(inside.Header.Get("Subject"))
		check(t, err)
		if want := contents(t, kind, byOpenPGP(), document()).Subject; subject != want || !opened.Verified || len(opened.KeyIDs) != 2 {
			t.Errorf("%s: subject inside %q, want %q; verified %v; %d keys", kind, subject, want, opened.Verified, len(opened.KeyIDs))
		}
		if inside.Header.Get("From") != outside.Get("From") || inside.Header.Get("To") != outside.Get("To") {
			t.Errorf("%s: sender or recipient differ inside and outside", kind)
		}
		want := []string{"Subject: [...]", "From: " + outside.Get("From"), "To: " + outside.Get("To"), "Date: " + outside.Get("Date"), "Message-ID: " + outside.Get("Message-Id"), "Auto-Submitted: auto-generated"}
		if got := inside.Header["Hp-Outer"]; !sameLines(got, want) {
			t.Errorf("%s: outer headers repeated: %q, want %q", kind, got, want)
		}
		if carries := kind != letter.Chase && kind != letter.Escalate; bytes.Contains(opened.Body, []byte("Content-Disposition: attachment")) != carries {
			t.Errorf("%s: a document inside: want %v", kind, carries)
		}
	}
}

func sameLines(got, want []string) bool {
	lower := func(lines []string) []string {
		all := make([]string, len(lines))
		for i, line := range lines {
			all[i] = strings.ToLower(line)
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(lower(got), lower(want))
}

func TestAMessageByOpenPGPIsTheSameEachTime(t *testing.T) {
	p := newPGP(t)
	first := p.seal(t, letter.Form)
	if again := p.seal(t, letter.Form); first.SHA256 != again.SHA256 {
		t.Error("two runs differ")
	}
}

func TestF47TheEscrowKeyOpensItToo(t *testing.T) {
	p := newPGP(t)
	_, cipher := cipherText(t, p.seal(t, letter.Form).Bytes)
	if got := keyringtest.Open(t, cipher, p.escrow.Entity, p.own.Entity, envelope(toNursery()).Date); !got.Verified || !bytes.Contains(got.Body, []byte("PEP-7F3K-2Q")) {
		t.Errorf("opened %d bytes, verified %v", len(got.Body), got.Verified)
	}
}

func TestF48AFlippedBitIsNotOpened(t *testing.T) {
	p := newPGP(t)
	_, cipher := cipherText(t, p.seal(t, letter.Form).Bytes)
	for _, at := range []int{len(cipher) / 4, len(cipher) / 2, len(cipher) - 100} {
		bad := bytes.Clone(cipher)
		if bad[at] == 'A' {
			bad[at] = 'C'
		} else {
			bad[at] = 'A'
		}
		if got, err := keyringtest.TryOpen(bad, p.to.Entity, p.own.Entity, envelope(toNursery()).Date); err == nil && got.Verified {
			t.Errorf("byte %d changed: opened all the same", at)
		}
	}
}

func TestNothingIsSealedByOpenPGPWithoutAUsableKey(t *testing.T) {
	p, c := newPGP(t), contents(t, letter.Form, byOpenPGP(), document())
	var none *NotSealedError
	for name, keys := range map[string]*OpenPGP{"no keys": nil, "no recipient's key": {Signer: p.keys.Signer}} {
		parcel, err := Seal(byOpenPGP(), c, envelope(toNursery()), Secrets{Rand: fixedRandomness(), OpenPGP: keys})
		if !errors.As(err, &none) || parcel.Bytes != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var unusable *keyring.UnusableError
	parcel, err := Seal(byOpenPGP(), c, envelope(toNursery()), Secrets{Rand: fixedRandomness(), OpenPGP: &OpenPGP{Recipient: *p.keys.Escrow}})
	if !errors.As(err, &unusable) || unusable.Finding.Problem != keyring.OtherAddress || parcel.Bytes != nil {
		t.Errorf("another address's key: %v", err)
	}
	c.Subject = "Personal Education Plan PEP-7F3K-2Q"
	if _, err := Seal(byOpenPGP(), c, envelope(toNursery()), Secrets{Rand: fixedRandomness(), OpenPGP: p.keys}); err == nil {
		t.Error("a subject that tells was sealed")
	}
}

// BenchmarkSealOpenPGP seals a form of 90 KB to a key of Curve25519.
func BenchmarkSealOpenPGP(b *testing.B) {
	p := newPGP(b)
	c := contents(b, letter.Form, byOpenPGP(), append([]byte("PK\x03\x04"), bytes.Repeat([]byte{7}, 90_000)...))
	for b.Loop() {
		_, err := Seal(byOpenPGP(), c, envelope(toNursery()), Secrets{Rand: fixedRandomness(), OpenPGP: p.keys})
		check(b, err)
	}
}
