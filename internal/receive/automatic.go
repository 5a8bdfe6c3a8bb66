package receive

import (
	"strings"
)

// isAutomatic reports whether a message calls itself automatic: by RFC 3834,
// by the older marks that mail systems still set, by an empty return path.
func (p parsed) isAutomatic() bool {
	submitted, _, _ := strings.Cut(p.field("Auto-Submitted"), ";")
	if submitted = strings.ToLower(strings.TrimSpace(submitted)); submitted != "" && submitted != "no" {
		return true
	}
	switch strings.ToLower(p.field("Precedence")) {
	case "auto_reply", "bulk", "junk", "list":
		return true
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Auto-Reply-From"} {
		if p.header.Has(name) {
			return true
		}
	}
	return p.nullPath() || p.automaticSubject()
}

// nullPath is the empty return path of reports and automatic replies (RFC
// 5321, section 4.5.5).
func (p parsed) nullPath() bool { return p.field("Return-Path") == "<>" }

// automaticSubject knows the words that Outlook and Exchange begin with.
func (p parsed) automaticSubject() bool {
	subject := strings.ToLower(p.subject())
	for _, start := range []string{"automatic reply:", "out of office:", "autoreply:", "auto reply:"} {
		if strings.HasPrefix(subject, start) {
			return true
		}
	}
	return false
}

// fromMailSystem reports whether a message comes from a mail system and not
// from a person.
func (p parsed) fromMailSystem() bool {
	local, _, _ := strings.Cut(strings.ToLower(p.from().Canonical()), "@")
	switch local {
	case "mailer-daemon", "postmaster", "mail-daemon":
		return true
	}
	subject := strings.ToLower(p.subject())
	for _, words := range []string{"undeliver", "delivery status notification", "delivery failure", "mail delivery failed", "returned mail", "failure notice"} {
		if p.nullPath() && strings.Contains(subject, words) {
			return true
		}
	}
	return false
}

func (p parsed) field(name string) string { return strings.TrimSpace(p.header.Get(name)) }
