package imapin_test

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/imapin"
	"github.com/pepost/pepost/internal/imapin/imapintest"
	"github.com/pepost/pepost/internal/receive"
)

// server is an IMAP server on the loopback with messages in its INBOX, and the
// account that gets at it.
func server(t *testing.T, implicit bool, messages ...string) (*imapintest.Server, imapin.Account) {
	t.Helper()
	s, err := imapintest.Start(implicit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, m := range messages {
		if err := s.Put("INBOX", []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	return s, imapin.Account{
		Addr: s.Addr, Host: "localhost", Implicit: implicit, Roots: s.Roots, Username: imapintest.Username,
		Password: func() (string, error) { return imapintest.Password, nil }, Folder: "INBOX", Taken: "Taken in", ForPerson: "For a person",
	}
}

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
func count(t *testing.T, s *imapintest.Server, folder string) int {
	t.Helper()
	all, err := s.In(folder)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func message(subject string) string {
	return "From: dt@school.example\r\nSubject: " + subject + "\r\n\r\nhello\r\n"
}

func TestMailIsTakenInOnceTheOldestFirstAndNothingIsDeleted(t *testing.T) {
	for _, implicit := range []bool{true, false} {
		s, a := server(t, implicit, message("one"), message("two"), message("three"))
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
		if in, taken, person := count(t, s, "INBOX"), count(t, s, "Taken in"), count(t, s, "For a person"); in != 0 || taken != 2 || person != 1 {
			t.Errorf("implicit %v: %d wait, %d were taken in, %d are for a person", implicit, in, taken, person)
		}
	}
}

func TestI02WhatWasNotFiledIsGivenAgainUnderTheSameName(t *testing.T) {
	s, a := server(t, true, message("one"))
	first, err := open(t, a).Waiting(t.Context(), 10)
	if err != nil || len(first) != 1 {
		t.Fatalf("%d, %v", len(first), err)
	}
	box := open(t, a)
	again, err := box.Waiting(t.Context(), 10)
	if err != nil || len(again) != 1 || again[0].ID != first[0].ID || string(again[0].Data) != string(first[0].Data) {
		t.Fatalf("%+v, then %+v, %v", first, again, err)
	}
	if err := box.File(t.Context(), "1"+first[0].ID, receive.Filled); err != nil || count(t, s, "INBOX") != 1 {
		t.Errorf("a name of an earlier mailbox moved something: %v", err)
	}
	if err := box.File(t.Context(), first[0].ID, receive.Filled); err != nil || count(t, s, "Taken in") != 1 {
		t.Error(err)
	}
}

func TestI09AMessageBeyondTheBoundComesAsItsHeader(t *testing.T) {
	_, a := server(t, true, message("large")+strings.Repeat(strings.Repeat("x", 1022)+"\r\n", 4), message("small"))
	a.MaxSize = 1 << 10
	got, err := open(t, a).Waiting(t.Context(), 10)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	if !got[0].HeaderOnly || len(got[0].Data) > 200 || !strings.Contains(string(got[0].Data), "large") {
		t.Errorf("%+v", got[0])
	}
	if got[1].HeaderOnly || string(got[1].Data) != message("small") {
		t.Errorf("%+v", got[1])
	}
}

func TestNothingIsSaidWithoutVerifiedTLS(t *testing.T) {
	_, a := server(t, true, message("one"))
	_, b := server(t, false, message("one"))
	asked := 0
	for name, change := range map[string]func(imapin.Account) imapin.Account{
		"another authority": func(a imapin.Account) imapin.Account { a.Roots = x509.NewCertPool(); return a },
		"another name":      func(a imapin.Account) imapin.Account { a.Host = "mail.example"; return a },
		"the other way":     func(a imapin.Account) imapin.Account { a.Implicit = !a.Implicit; return a },
	} {
		for _, account := range []imapin.Account{a, b} {
			if name == "the other way" && !account.Implicit {
				account = b // TLS from the first byte to a server that waits for words
			}
			account = change(account)
			account.Password = func() (string, error) { asked++; return imapintest.Password, nil }
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
			_, err := imapin.Open(ctx, account)
			stop()
			var fault *imapin.FaultError
			if !errors.As(err, &fault) || fault.Step != imapin.Securing || fault.Hint() == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if asked != 0 {
		t.Error("the password was read before the connection was secure")
	}
}

func TestAProbeSaysWhatIsMissingAndMakesNothing(t *testing.T) {
	s, a := server(t, true, message("one"))
	for want := range slices.Values([][]string{{"Taken in", "For a person"}, {"For a person"}, nil}) {
		missing, err := imapin.Probe(t.Context(), a)
		if err != nil || !slices.Equal(missing, want) {
			t.Errorf("%q are missing, want %q: %v", missing, want, err)
		}
		if len(want) > 0 {
			if err := s.Make(want[0]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if count(t, s, "INBOX") != 1 {
		t.Error("the probe moved something")
	}
}

func TestEveryFaultHasItsStepAndWhatToDo(t *testing.T) {
	_, a := server(t, true)
	for name, c := range map[string]struct {
		change func(*imapin.Account)
		step   imapin.Step
	}{
		"nobody listens":   {func(a *imapin.Account) { a.Addr = "127.0.0.1:1" }, imapin.Connecting},
		"no secret":        {func(a *imapin.Account) { a.Password = func() (string, error) { return "", errors.New("gone") } }, imapin.ReadingLogin},
		"a wrong password": {func(a *imapin.Account) { a.Password = func() (string, error) { return "hunter2", nil } }, imapin.SigningIn},
		"no such folder":   {func(a *imapin.Account) { a.Folder = "Nowhere" }, imapin.Choosing},
		"an unheard method": {func(a *imapin.Account) {
			a.Token = func(context.Context, string) (string, error) { return "hunter2", nil }
		}, imapin.SigningIn},
	} {
		account := a
		c.change(&account)
		for _, try := range []func() error{
			func() error { _, err := imapin.Open(t.Context(), account); return err },
			func() error { _, err := imapin.Probe(t.Context(), account); return err },
		} {
			err := try()
			var fault *imapin.FaultError
			if !errors.As(err, &fault) || fault.Step != c.step || fault.Hint() == "" || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
