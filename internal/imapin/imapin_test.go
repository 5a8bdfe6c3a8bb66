package imapin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/pepost/pepost/internal/imapin"
	"github.com/pepost/pepost/internal/receive"
)

// certificate is a self-made one for localhost, and who trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// server is an IMAP server on the loopback with messages in its INBOX.
func server(t *testing.T, implicit bool, messages ...string) imapin.Account {
	t.Helper()
	cert, pool := certificate(t)
	memory, user := imapmemserver.New(), imapmemserver.NewUser("peps", "secret")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	memory.AddUser(user)
	for _, m := range messages {
		if _, err := user.Append("INBOX", literal{strings.NewReader(m), int64(len(m))}, &imap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	settings := &tls.Config{Certificates: []tls.Certificate{cert}}
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}}, TLSConfig: settings, Logger: log.New(io.Discard, "", 0),
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if implicit {
		listener = tls.NewListener(listener, settings)
	}
	go s.Serve(listener)
	t.Cleanup(func() { s.Close() })
	return imapin.Account{
		Addr: address, Host: "localhost", Implicit: implicit, Roots: pool, Username: "peps",
		Secret: func() (string, error) { return "secret", nil }, Folder: "INBOX", Taken: "Taken in", ForPerson: "For a person",
	}
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

func open(t *testing.T, a imapin.Account) *imapin.Box {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(stop)
	box, err := imapin.Open(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

// count is how many messages a folder has.
func count(t *testing.T, a imapin.Account, folder string) int {
	t.Helper()
	options := &imapclient.Options{TLSConfig: &tls.Config{RootCAs: a.Roots, ServerName: a.Host}}
	dial := imapclient.DialStartTLS
	if a.Implicit {
		dial = imapclient.DialTLS
	}
	c, err := dial(a.Addr, options)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("peps", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	selected, err := c.Select(folder, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return int(selected.NumMessages)
}

func message(subject string) string {
	return "From: dt@school.example\r\nSubject: " + subject + "\r\n\r\nhello\r\n"
}

func TestMailIsTakenInOnceTheOldestFirstAndNothingIsDeleted(t *testing.T) {
	for _, implicit := range []bool{true, false} {
		a := server(t, implicit, message("one"), message("two"), message("three"))
		var seen []string
		take := func(_ context.Context, f receive.Fetched) (receive.Verdict, error) {
			seen = append(seen, string(f.Data))
			if strings.Contains(string(f.Data), "two") {
				return receive.ForPerson, nil
			}
			return receive.Filled, nil
		}
		for round, want := range []int{2, 1, 0} {
			if n, err := receive.Collect(t.Context(), open(t, a), 2, take); n != want || err != nil {
				t.Errorf("implicit %v, round %d: %d taken in, %v", implicit, round, n, err)
			}
		}
		if len(seen) != 3 || seen[0] != message("one") || seen[2] != message("three") {
			t.Errorf("implicit %v: %q", implicit, seen)
		}
		if in, taken, person := count(t, a, "INBOX"), count(t, a, "Taken in"), count(t, a, "For a person"); in != 0 || taken != 2 || person != 1 {
			t.Errorf("implicit %v: %d wait, %d were taken in, %d are for a person", implicit, in, taken, person)
		}
	}
}

func TestI02WhatWasNotFiledIsGivenAgainUnderTheSameName(t *testing.T) {
	a := server(t, true, message("one"))
	first, err := open(t, a).Waiting(t.Context(), 10)
	if err != nil || len(first) != 1 {
		t.Fatalf("%d, %v", len(first), err)
	}
	box := open(t, a)
	again, err := box.Waiting(t.Context(), 10)
	if err != nil || len(again) != 1 || again[0].ID != first[0].ID || string(again[0].Data) != string(first[0].Data) {
		t.Fatalf("%+v, then %+v, %v", first, again, err)
	}
	if err := box.File(t.Context(), "1"+first[0].ID, receive.Filled); err != nil || count(t, a, "INBOX") != 1 {
		t.Errorf("a name of an earlier mailbox moved something: %v", err)
	}
}

func TestAMessageBeyondTheBoundComesAsItsHeader(t *testing.T) {
	a := server(t, true, message("large")+strings.Repeat(strings.Repeat("x", 1022)+"\r\n", imapin.MaxMessage/1024+1))
	got, err := open(t, a).Waiting(t.Context(), 10)
	if err != nil || len(got) != 1 || len(got[0].Data) > 64<<10 || !strings.Contains(string(got[0].Data), "large") {
		t.Errorf("%d messages, %v", len(got), err)
	}
}

func TestNothingIsSaidWithoutVerifiedTLS(t *testing.T) {
	a := server(t, true, message("one"))
	b := server(t, false, message("one"))
	asked := 0
	for name, change := range map[string]func(imapin.Account) imapin.Account{
		"another authority": func(a imapin.Account) imapin.Account { a.Roots = x509.NewCertPool(); return a },
		"another name":      func(a imapin.Account) imapin.Account { a.Host = "mail.example"; return a },
	} {
		for _, account := range []imapin.Account{a, b} {
			account = change(account)
			account.Secret = func() (string, error) { asked++; return "secret", nil }
			if box, err := imapin.Open(t.Context(), account); err == nil {
				box.Close()
				t.Errorf("%s: it is open", name)
			}
		}
	}
	if asked != 0 {
		t.Error("the password was read before the connection was secure")
	}
	wrong := a
	wrong.Secret = func() (string, error) { return "hunter2", nil }
	if _, err := imapin.Open(t.Context(), wrong); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a wrong password: %v", err)
	}
}
