package route

import "github.com/pepost/pepost/internal/pep"

// Kind is how a row matches a domain.
type Kind string

// The kinds of rows, in the order in which they are asked.
const (
	// KindDeny takes a domain and everything under it out of the circle.
	KindDeny Kind = "deny"
	// KindExact matches one domain and nothing under it.
	KindExact Kind = "exact"
	// KindSuffix matches a domain and everything under it, on a label boundary.
	KindSuffix Kind = "suffix"
	// KindRegistryRoot matches where the label directly left of a closed
	// registry contains a word.
	KindRegistryRoot Kind = "registry-root"
)

// Kinds lists every kind in the order in which rows are asked.
func Kinds() []Kind { return []Kind{KindDeny, KindExact, KindSuffix, KindRegistryRoot} }

// Side is the end of a message that a row speaks of.
type Side string

// The sides.
const (
	SideBoth      Side = "both"
	SideSender    Side = "sender"
	SideRecipient Side = "recipient"
)

// Row is one line of the policy.
type Row struct {
	ID      string
	Kind    Kind
	Pattern string // a domain in lower case, xn-- form where it is not English
	// Contains is the word of a registry-root row.
	Contains  string
	AppliesTo Side
	// Route is secure, encrypt or hold; a deny row has encrypt, or hold where
	// Retired.
	Route Verdict
	// Scheme and Evidence say why the row may be trusted; CheckedBy and
	// CheckedOn who looked, and when.
	Scheme    string
	Evidence  string
	CheckedBy string
	CheckedOn pep.Date
	// ValidFrom is the first day the row counts, ReviewBy the last; past it
	// the row holds. Zero dates do not bound.
	ValidFrom pep.Date
	ReviewBy  pep.Date
	// Retired marks a deny row for a family of domains that no longer exists.
	Retired bool
	// Relay names the relay that the row is bound to; empty means any.
	Relay string
	Note  string
	line  int
}

// sides are the ends the row is asked for.
func (r Row) sides() []Side {
	if r.AppliesTo == SideBoth {
		return []Side{SideRecipient, SideSender}
	}
	return []Side{r.AppliesTo}
}

// inForce reports whether the row counts yet on a day; an unknown day is in
// force and then past every review.
func (r Row) inForce(on pep.Date) bool { return on.IsZero() || !on.Before(r.ValidFrom) }

// pastReview reports whether the row's last day is gone.
func (r Row) pastReview(on pep.Date) bool {
	return !r.ReviewBy.IsZero() && (on.IsZero() || on.After(r.ReviewBy))
}

// matchWords says in an officer's words how the row matched, with the note of a
// row that holds. It never repeats the domain asked about, which may be a
// person's own.
func (r Row) matchWords() string {
	if r.Route == Hold && r.Note != "" {
		return r.shapeWords() + " (" + r.Note + ")"
	}
	return r.shapeWords()
}

func (r Row) shapeWords() string {
	switch r.Kind {
	case KindDeny:
		return "row " + r.ID + ": " + r.Pattern + " and all under it are taken out"
	case KindExact:
		return "row " + r.ID + ": exactly " + r.Pattern
	case KindSuffix:
		return "row " + r.ID + ": " + r.Pattern + " or a name under it"
	case KindRegistryRoot:
		return "row " + r.ID + ": the name directly under " + r.Pattern + " contains \"" + r.Contains + "\""
	}
	return "row " + r.ID
}
