package config

import "github.com/pepost/pepost/internal/pep"

// Config is everything a person decides about one installation.
type Config struct {
	// File is the path the configuration was read from.
	File string
	// Authority is the folder of schedules/ whose rules apply.
	Authority string
	// Sender is the mailbox that messages come from; the delivery policy asks
	// it too.
	Sender pep.Address
	// Officer is whom letters name by default.
	Officer Officer
	// Teams name the officer of a locality or team, by the name the case
	// system gives it.
	Teams map[string]Officer
	// Relay takes the messages.
	Relay Relay
	// Database is an absolute path (SQLite) or a postgres:// address.
	Database string
	// Keys is the absolute path of the key file.
	Keys string
	// Release says whether drafts go by themselves or wait for a person.
	Release Release
	// Console is the loopback address at which serve shows its page once there
	// is an account; empty where it is not to be shown.
	Console string
	// Forms, Templates and Schedules are folders that stand in for the
	// built-in ones; empty means built in.
	Forms, Templates, Schedules string
}

// DefaultConsole is where the page is shown unless told otherwise.
const DefaultConsole = "127.0.0.1:8325"

// Officer is a person whom recipients may ring or write to.
type Officer struct {
	Name    string
	Phone   string
	Mailbox string
}

// Release is who lets drafts go.
type Release string

// The ways of release.
const (
	// ReleaseAutomatic sends what is due; holds still wait for a person.
	ReleaseAutomatic Release = "automatic"
	// ReleaseByHand keeps drafts until an officer approves them.
	ReleaseByHand Release = "by-hand"
)

// TLSMode is how a relay's connection becomes secure. There is no mode in
// which it may stay in clear.
type TLSMode string

// The modes.
const (
	// TLSStart is SMTP with STARTTLS required (RFC 3207).
	TLSStart TLSMode = "starttls"
	// TLSImplicit is TLS from the first byte (RFC 8314).
	TLSImplicit TLSMode = "implicit"
)

// Relay is the mail server that messages are handed to. The zero Relay means
// that none is configured: nothing can be sent.
type Relay struct {
	Address      string // host:port
	TLS          TLSMode
	CA           string // absolute path of a PEM file; empty means the system's roots
	Username     string
	PasswordFile string // absolute path
	Onward       Onward
}

// Configured reports whether there is a relay.
func (r Relay) Configured() bool { return r.Address != "" }

// Onward is who guarantees verified TLS beyond the relay. Without a stated,
// unlapsed guarantee nothing sent through the relay is secure by TLS alone.
type Onward struct {
	Guaranteed bool
	Evidence   string
	CheckedBy  string
	CheckedOn  pep.Date
	ReviewBy   pep.Date
}
