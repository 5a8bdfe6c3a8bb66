package post

import "github.com/pepost/pepost/internal/pep"

// Pack is one envelope: a letter, what it goes with, and, where a form is to
// come back, a label for it. It names no child.
type Pack struct {
	Ref pep.Ref
	// On is the day the pack was made.
	On pep.Date
	To Address
	// Sender is the authority's name, ReturnAddress where it is written to.
	Sender        string
	ReturnAddress Address
	// Officer and Telephone are whom to ring; the name may be empty.
	Officer   string
	Telephone string
	// Service is how the letter travels.
	Service string
	// Heading and Text are what the letter says; an empty line parts two
	// paragraphs.
	Heading string
	Text    string
	// Digest is the SHA-256 of the form as it is kept, in hexadecimal digits.
	Digest string
	// Returned is set where the form is to come back: only then there is a
	// label.
	Returned bool
	// ReturnBy is the last day for that; zero where there is none.
	ReturnBy pep.Date
}
