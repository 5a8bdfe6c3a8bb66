package addressbook

import (
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Source is who told of an address.
type Source string

// The sources. Only the case system's export vouches for an address: whoever
// writes in, or is typed, may be anybody.
const (
	NoSource   Source = ""
	FromExport Source = "export"
	FromReturn Source = "returned mail"
	FromPerson Source = "typed"
)

// Sources lists every source but the unknown one.
func Sources() []Source { return []Source{FromExport, FromReturn, FromPerson} }

// Entry is what the book has of one address. A moment that never was is zero.
type Entry struct {
	Address pep.Address
	// Organisation is the one it was first seen with.
	Organisation string
	Source       Source
	FirstSeen    time.Time
	// Confirmed and Refused are a person's word; the later one counts.
	Confirmed, Refused time.Time
	// Doubted is when an incident was closed for the address: until somebody
	// confirms it anew nothing goes there.
	Doubted time.Time
	// Used is when a message last left for it, or may have left; Delivered is the
	// last evidence of arrival, Bounced the last message that came back.
	Used, Delivered, Bounced time.Time
}

// Key tells one mailbox from another: the canonical address without regard to
// case, as mail systems take it in practice. It is empty unless the address is
// good.
func Key(a pep.Address) string { return strings.ToLower(a.Canonical()) }

// IsConfirmed reports whether a person said that the address is right, and
// nobody took it back.
func (e Entry) IsConfirmed() bool {
	return !e.Confirmed.IsZero() && e.Confirmed.After(e.Refused)
}

// IsRefused reports whether a person said that the address is wrong, and nobody
// took it back.
func (e Entry) IsRefused() bool {
	return !e.Refused.IsZero() && !e.Confirmed.After(e.Refused)
}

// IsDoubted reports whether an incident was closed for the address and nobody
// confirmed it since. Another address is measured by it all the same.
func (e Entry) IsDoubted() bool {
	return !e.Doubted.IsZero() && !e.Confirmed.After(e.Doubted)
}

// HasBounced reports whether a message came back, and since then nothing
// arrived and nobody confirmed the address.
func (e Entry) HasBounced() bool {
	return !e.Bounced.IsZero() && !e.Delivered.After(e.Bounced) && !e.Confirmed.After(e.Bounced)
}

// works reports whether a message left for the address and did not come back.
func (e Entry) works() bool { return !e.Used.IsZero() && !e.HasBounced() }

// established reports whether the address is known by more than an export's
// word.
func (e Entry) established() bool { return e.IsConfirmed() || e.works() }

// stands reports whether another address may be measured by this one. One that
// was sent to goes on standing when a person refuses it, else one person could
// refuse the true address and let its look-alike through.
func (e Entry) stands() bool {
	switch {
	case e.established():
		return true
	case e.IsRefused(), e.HasBounced():
		return false
	}
	return e.Source == FromExport
}
