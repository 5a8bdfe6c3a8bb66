package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAMailboxIsReadAndHasSafeDefaults(t *testing.T) {
	sound := Mailbox{
		Address: "imap.council.example:993", TLS: TLSImplicit, Username: "peps", PasswordFile: "/x/secret",
		Folder: "INBOX", Taken: "Taken in by pepost", ForPerson: "For a person", Every: 2 * time.Minute, Most: 50, MaxSize: 35 << 20,
	}
	from := func(change func(*Mailbox)) Mailbox { m := sound; change(&m); return m }
	const start = "mailbox:\n  address: imap.council.example:993\n  username: peps\n"
	for section, want := range map[string]Mailbox{
		"":                                 {},
		start + "  password_file: secret":  sound,
		start + "  password_env: MAILBOX1": from(func(m *Mailbox) { m.PasswordFile, m.PasswordEnv = "", "MAILBOX1" }),
		start + "  token: {file: fresh}":   from(func(m *Mailbox) { m.PasswordFile, m.Token.File = "", "/x/fresh" }),
		start + "  password_file: /y/s\n  tls: starttls\n  ca: ca.pem\n  folder: Returned\n  taken: A\n  for_person: B\n  every: 30s\n  most: 7\n  max_mib: 1": {
			Address: "imap.council.example:993", TLS: TLSStart, CA: "/x/ca.pem", Username: "peps", PasswordFile: "/y/s",
			Folder: "Returned", Taken: "A", ForPerson: "B", Every: 30 * time.Second, Most: 7, MaxSize: 1 << 20,
		},
	} {
		c, err := Parse("/x/pepost.yaml", with(section))
		if err != nil {
			t.Errorf("%s: %v", section, err)
		}
		if diff := cmp.Diff(want, c.Mailbox); diff != "" {
			t.Errorf("%s: %s", section, diff)
		}
	}
}

func TestEveryFaultOfAMailboxIsNamed(t *testing.T) {
	for section, want := range map[string]string{
		"mailbox: {username: x, password_file: y}":                                                          "mailbox.address",
		"mailbox: {address: \"a.example:993\"}":                                                             "mailbox.username",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, password_env: Z}":             "mailbox.username",
		"mailbox: {address: \"a.example:993\", username: x, password_env: \"Z Z\"}":                         "mailbox.password_env",
		"mailbox: {address: \"a.example:993\", username: x, token: {endpoint: \"http://a\"}}":               "mailbox.token",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, tls: none}":                   "mailbox.tls",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, taken: INBOX}":                "mailbox.folder",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, taken: \"a*\"}":               "mailbox.taken",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, every: 0s}":                   "mailbox.every",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, every: 25h}":                  "mailbox.every",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, most: 501, max_mib: 36}":      "mailbox.most mailbox.max_mib",
		"mailbox: {address: \"a.example:993\", username: x, password_file: y, most: -1, max_mib: -1}":       "mailbox.most mailbox.max_mib",
		"mailbox: {address: a.example, username: x, password_file: y, tls: clear, every: soon, most: 1000}": "mailbox.every mailbox.address mailbox.tls mailbox.most",
	} {
		_, err := Parse("/x/pepost.yaml", with(section))
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", section, err)
			continue
		}
		var fields []string
		for _, p := range problems {
			fields = append(fields, p.Field)
			if p.Hint == "" {
				t.Errorf("%+v", p)
			}
		}
		if diff := cmp.Diff(want, strings.Join(fields, " ")); diff != "" {
			t.Errorf("%s: %s", section, diff)
		}
	}
}
