package imapin_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/pepost/pepost/internal/imapin"
	"github.com/pepost/pepost/internal/imapin/imapintest"
)

// scripted is a server that answers each line as it is told, and keeps what it
// was told in turn. An answer may have the line's tag as %s.
func scripted(t *testing.T, greeting string, answer func(line string) string) (imapin.Account, func() []string) {
	t.Helper()
	certificate, root, err := imapintest.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var heard []string
	var serving sync.WaitGroup
	serve := func(conn net.Conn) {
		defer conn.Close()
		fmt.Fprint(conn, greeting+"\r\n")
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			line := lines.Text()
			mu.Lock()
			heard = append(heard, line)
			mu.Unlock()
			tag, _, _ := strings.Cut(line, " ")
			said := strings.ReplaceAll(answer(line), "%s", tag)
			fmt.Fprint(conn, said)
			if strings.HasPrefix(said, "* BYE") {
				return
			}
		}
	}
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { serve(conn) })
		}
	})
	t.Cleanup(func() { listener.Close(); serving.Wait() })
	account := imapin.Account{
		Addr: listener.Addr().String(), Host: "localhost", Implicit: true, Roots: pool, Username: "peps@council.example",
		Folder: "INBOX", Taken: "Taken in", ForPerson: "For a person",
	}
	return account, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

// exchange answers as a large provider does that takes one token alone.
func exchange(capabilities, good string) func(string) string {
	said := func(token string) string {
		return base64.StdEncoding.EncodeToString([]byte("user=peps@council.example\x01auth=Bearer " + token + "\x01\x01"))
	}
	tag, initial := "", strings.Contains(capabilities, "SASL-IR")
	judge := func(response string) string {
		if response == said(good) {
			return tag + " OK [CAPABILITY " + capabilities + "] signed in\r\n"
		}
		return "+ " + base64.StdEncoding.EncodeToString([]byte(`{"status":"400"}`)) + "\r\n"
	}
	return func(line string) string {
		words := strings.Split(line, " ")
		switch {
		case len(words) > 2 && words[1] == "AUTHENTICATE" && initial:
			tag = words[0]
			return judge(words[3])
		case len(words) > 2 && words[1] == "AUTHENTICATE":
			tag = words[0]
			return "+ \r\n"
		case len(words) == 1 && (line == "" || line == "="):
			return tag + " NO [AUTHENTICATIONFAILED] " + line + "\r\n"
		case len(words) == 1:
			return judge(line)
		case words[1] == "LIST":
			return "* LIST () \"/\" \"" + strings.Trim(strings.Join(words[3:], " "), `"`) + "\"\r\n%s OK done\r\n"
		case words[1] == "EXAMINE", words[1] == "SELECT":
			return "* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n%s OK done\r\n"
		}
		return "%s OK done\r\n"
	}
}

func TestF10AnExpiredTokenIsReplacedOnceAndThenTheMailboxIsOpen(t *testing.T) {
	for _, capabilities := range []string{"IMAP4rev1 MOVE SASL-IR AUTH=XOAUTH2", "IMAP4rev1 MOVE AUTH=XOAUTH2"} {
		a, heard := scripted(t, "* OK [CAPABILITY "+capabilities+"] ready", exchange(capabilities, "fresh"))
		var refused []string
		a.Token = func(_ context.Context, not string) (string, error) {
			refused = append(refused, not)
			if not == "" {
				return "stale", nil
			}
			return "fresh", nil
		}
		if missing, err := imapin.Probe(t.Context(), a); err != nil || len(missing) > 0 {
			t.Errorf("%s: %q are missing, %v", capabilities, missing, err)
		}
		if len(refused) != 2 || refused[1] != "stale" {
			t.Errorf("%s: asked for tokens other than %q; heard %q", capabilities, refused, heard())
		}
	}
}

func TestATokenThatIsRefusedIsTriedTwiceAtMostAndNeverTold(t *testing.T) {
	const capabilities = "IMAP4rev1 MOVE SASL-IR AUTH=XOAUTH2"
	for name, tokens := range map[string][]string{"two": {"stale", "worse", "fresh"}, "the same again": {"stale", "stale", "fresh"}} {
		a, heard := scripted(t, "* OK [CAPABILITY "+capabilities+"] ready", exchange(capabilities, "fresh"))
		asked := 0
		a.Token = func(context.Context, string) (string, error) { asked++; return tokens[asked-1], nil }
		_, err := imapin.Probe(t.Context(), a)
		var fault *imapin.FaultError
		if !errors.As(err, &fault) || fault.Step != imapin.SigningIn || asked != 2 || strings.Contains(err.Error(), "stale") {
			t.Errorf("%s: %v after %d tokens", name, err, asked)
		}
		for _, line := range heard() {
			if strings.Contains(line, "SELECT") || strings.Contains(line, "EXAMINE") {
				t.Errorf("%s: went on without being signed in: %q", name, line)
			}
		}
	}
}

func TestWhatAServerSaysWronglyIsAFaultAndNoMail(t *testing.T) {
	const capabilities = "IMAP4rev1 MOVE SASL-IR AUTH=XOAUTH2"
	for name, c := range map[string]struct {
		command, answer string
		step            imapin.Step
	}{
		"more than was asked for": {"BODY.PEEK", "* 1 FETCH (UID 3 BODY[]<0> {2000}\r\n" + strings.Repeat("x", 2000) + ")\r\n%s OK done\r\n", imapin.Fetching},
		"another message's text":  {"BODY.PEEK", "* 1 FETCH (UID 3 BODY[]<0> {1}\r\nx BODY[]<0> {1}\r\ny)\r\n%s OK done\r\n", imapin.Fetching},
		"gone while being read":   {"BODY.PEEK", "* BYE\r\n", imapin.Fetching},
		"not now":                 {"SEARCH", "%s NO [UNAVAILABLE] peps@council.example\r\n", imapin.Searching},
		"no folder":               {"LIST", "%s NO peps@council.example\r\n", imapin.Listing},
	} {
		usual := exchange(capabilities, "fresh")
		a, _ := scripted(t, "* OK [CAPABILITY "+capabilities+"] ready", func(line string) string {
			switch {
			case strings.Contains(line, c.command):
				return c.answer
			case strings.Contains(line, "SEARCH"):
				return "* SEARCH 3\r\n%s OK done\r\n"
			case strings.Contains(line, "RFC822.SIZE"):
				return "* 1 FETCH (UID 3 RFC822.SIZE 20)\r\n%s OK done\r\n"
			}
			return usual(line)
		})
		a.Token, a.MaxSize = func(context.Context, string) (string, error) { return "fresh", nil }, 1000
		box, err := imapin.Open(t.Context(), a)
		if err == nil {
			_, err = box.Waiting(t.Context(), 10)
			box.Close()
		}
		var fault *imapin.FaultError
		if !errors.As(err, &fault) || fault.Step != c.step || strings.Contains(err.Error(), "peps@") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerThatCannotMoveOneMessageIsNotUsed(t *testing.T) {
	const capabilities = "IMAP4rev1 SASL-IR AUTH=XOAUTH2"
	a, _ := scripted(t, "* OK [CAPABILITY "+capabilities+"] ready", exchange(capabilities, "fresh"))
	a.Token = func(context.Context, string) (string, error) { return "fresh", nil }
	if _, err := imapin.Open(t.Context(), a); !errors.Is(err, imapin.ErrNoMove) {
		t.Error(err)
	}
}
