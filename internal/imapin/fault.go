package imapin

import (
	"errors"

	"github.com/emersion/go-imap/v2"
)

// Step is what was being done with a mailbox when it failed.
type Step string

// The steps, in their order.
const (
	Connecting   Step = "connecting to the mailbox"
	Securing     Step = "securing the connection to the mailbox"
	ReadingLogin Step = "reading what signs in to the mailbox"
	SigningIn    Step = "signing in to the mailbox"
	Listing      Step = "looking for the folders of the mailbox"
	Making       Step = "making a folder in the mailbox"
	Choosing     Step = "opening the folder of the mailbox"
	Searching    Step = "asking the mailbox what waits"
	Fetching     Step = "fetching a message"
	Moving       Step = "moving a message within the mailbox"
	Leaving      Step = "leaving the mailbox"
)

// FaultError says which step failed. It repeats nothing that the server said,
// nor a user name, a password or a token.
type FaultError struct {
	Step Step
	Err  error
}

// Error is the step and what went wrong.
func (e *FaultError) Error() string { return string(e.Step) + ": " + e.Err.Error() }

// Unwrap gives what went wrong.
func (e *FaultError) Unwrap() error { return e.Err }

// Hint is what to do about it; empty where trying again is all there is.
func (e *FaultError) Hint() string {
	switch {
	case errors.Is(e.Err, ErrNoMove):
		return "ask the mailbox's administrators for a server with MOVE or UIDPLUS"
	case e.Step == Connecting:
		return "mailbox.address is host:port; see that the firewall lets it through"
	case e.Step == Securing:
		return "mailbox.tls must suit the port (implicit 993, starttls 143); where the certificate is the council's own, mailbox.ca names its authority"
	case e.Step == ReadingLogin:
		return "one line, in a file that its owner alone may read, or in the environment variable that is named"
	case e.Step == SigningIn:
		return "sign in by hand with the same words; Exchange Online and Google take a token, no password"
	case e.Step == Choosing:
		return "mailbox.folder is the folder's full name on the server, for example INBOX or INBOX/Returned"
	case e.Step == Making:
		return "make the folders mailbox.taken and mailbox.for_person by hand, or let the account make folders"
	}
	return ""
}

// What a server's refusal is told as.
var (
	// ErrNoMove says that a server cannot move one message without touching
	// others.
	ErrNoMove = errors.New("the mail server can neither move a message nor remove one alone (RFC 6851, RFC 4315)")
	// ErrRefused says that the server did not do what was asked.
	ErrRefused = errors.New("the mail server refuses")
	// ErrLater says that the server cannot do it for the moment.
	ErrLater = errors.New("the mail server cannot do that just now")
	// ErrNotThere says that there is no such folder.
	ErrNotThere = errors.New("there is no such folder")
	// ErrMisread says that the server's answer is none that was asked for.
	ErrMisread = errors.New("the mail server's answer is not what was asked for")
)

// told is an answer without the server's own words, which may repeat what we
// said; a fault of the connection stays as it is.
func told(err error) error {
	var answer *imap.Error
	if !errors.As(err, &answer) {
		return err
	}
	switch answer.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit:
		return ErrLater
	case imap.ResponseCodeNonExistent, imap.ResponseCodeTryCreate:
		return ErrNotThere
	}
	return ErrRefused
}
