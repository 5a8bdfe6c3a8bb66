package pipeline

import (
	"context"
	"fmt"
	"time"
)

// ConsentKind is what sort of thing two people must agree to.
type ConsentKind string

// What needs two people.
const (
	// KindPolicy is a delivery policy that trusts more than the one in force;
	// the digest is the policy's hash.
	KindPolicy ConsentKind = "policy"
	// KindLookAlike is an address that looks like a known one and is right;
	// the ID is the address's in the book.
	KindLookAlike ConsentKind = "look-alike"
	// KindReroute is a delivery that is to go by a method that protects less;
	// the ID is the delivery's, the digest names the method.
	KindReroute ConsentKind = "reroute"
)

// ConsentKinds lists every kind.
func ConsentKinds() []ConsentKind { return []ConsentKind{KindPolicy, KindLookAlike, KindReroute} }

// Subject is the one thing that is agreed to. Its three texts stand in
// evidence, so that none may hold an address or a name: ID is an opaque
// identifier, Digest says which content of it is meant, and a consent to
// other content is none to this.
type Subject struct {
	Kind   ConsentKind
	ID     string
	Digest string
}

// Consent is one account's word. Whoever makes one has checked the account's
// password: a shell login is nobody.
type Consent struct {
	Subject Subject
	Account string // the account's name in lower case
	At      time.Time
	Why     string
}

// Consents keeps what was agreed to, and by whom.
type Consents interface {
	// Give stores a consent with its evidence in one transaction; a second one
	// of the same account changes nothing. An account that is unknown or
	// disabled gives none.
	Give(ctx context.Context, c Consent) error
	// Given are the consents to a subject, one an account, earliest first.
	// Those of accounts that were disabled since no longer count and are left
	// out.
	Given(ctx context.Context, s Subject) ([]Consent, error)
}

// peopleNeeded is how many different accounts must agree.
const peopleNeeded = 2

// Agreed reports whether two different active accounts agreed to a subject,
// and who did so far. Where no consents are kept nobody did.
func (r *Runner) Agreed(ctx context.Context, s Subject) (enough bool, have []Consent, err error) {
	if r.Consents == nil {
		return false, nil, nil
	}
	given, err := r.Consents.Given(ctx, s)
	if err != nil {
		return false, nil, fmt.Errorf("reading who agreed: %w", err)
	}
	seen := map[string]bool{}
	for _, c := range given {
		if c.Subject == s && c.Account != "" && !seen[c.Account] {
			seen[c.Account] = true
			have = append(have, c)
		}
	}
	return len(have) >= peopleNeeded, have, nil
}
