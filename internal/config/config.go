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
	// Relay takes the messages; its class is the circle.
	Relay Relay
	// Relays are the further ones, each with a name that policy rows and
	// gateways call it by.
	Relays []Relay
	// Returns says how what comes back is led back and judged.
	Returns Returns
	// Mailbox is where it is fetched from.
	Mailbox Mailbox
	// Post is how letters go by registered post.
	Post Post
	// Notify sends passphrases by text message.
	Notify Notify
	// OpenPGP are the council's own keys.
	OpenPGP OpenPGP
	// Database is an absolute path (SQLite) or a postgres:// address.
	Database string
	// Keys is the absolute path of the key file.
	Keys string
	// Release says whether drafts go by themselves or wait for a person.
	Release Release
	// FirstSend says what becomes of the first message to a new address.
	FirstSend FirstSend
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
