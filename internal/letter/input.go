package letter

import (
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// Kind is what a message is for.
type Kind string

// The kinds.
const (
	// Form carries a form to be filled in.
	Form Kind = "form"
	// Chase reminds of a form that has not come back.
	Chase Kind = "chase"
	// Escalate tells whoever stands above a recipient that a form is not back.
	Escalate Kind = "escalate"
	// Final carries the final plan.
	Final Kind = "final"
	// Transfer carries the full plan to a child's new setting.
	Transfer Kind = "transfer"
	// Pack carries the pack for a meeting, and the invitation to it where the
	// message is protected as a whole.
	Pack Kind = "pack"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Form, Chase, Escalate, Final, Transfer, Pack} }

// Extension is the kind of file a document is.
type Extension string

// The kinds of file.
const (
	Word Extension = "docx"
	PDF  Extension = "pdf"
	// Calendar is an invitation (RFC 5545).
	Calendar Extension = "ics"
)

// MediaType is the registered media type of such a file; it is empty for a
// kind that is not known.
func (e Extension) MediaType() string {
	switch e {
	case Word:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case PDF:
		return "application/pdf"
	case Calendar:
		return "text/calendar"
	}
	return ""
}

// Officer is whom a recipient may turn to. Any field may be empty. The name
// and the mailbox stand in letters to secure addresses; elsewhere the mailbox
// never does, and the name only where it tells nothing.
type Officer struct {
	Name      string
	Telephone string
	Mailbox   string
}

// Sender is how the authority calls itself and its team.
type Sender struct {
	Authority     string
	VirtualSchool string
}

// Input is one message to be written.
type Input struct {
	Ref      pep.Ref
	Kind     Kind
	Decision route.Decision
	// On is the day of sending.
	On pep.Date
	// ReturnBy is the last day for a filled form; zero where none is known.
	ReturnBy pep.Date
	Officer  Officer
	Sender   Sender
	// Document is the rendered form or plan. A reminder may do without; one to
	// an address that is not secure never carries it.
	Document  []byte
	Extension Extension
	// Calendar is the recipient's invitation to a meeting; empty where there is
	// none. It goes with what is protected as a whole, never beside a protected
	// document.
	Calendar []byte
	Role     pep.Role
	// Late is set where a form or plan goes out after its day, and where a
	// reminder goes out after ReturnBy.
	Late bool
	// Agreed is the day on which the phrase that opens a protected document was
	// agreed by telephone; zero where it has a passphrase of its own.
	Agreed pep.Date
	// Texted is set where the passphrase goes by text message, to a number that
	// was confirmed.
	Texted bool
}

// Contents is what a message says, ready to be sealed.
type Contents struct {
	SenderName  string
	Subject     string
	Text        string
	Attachments []Attachment
	// Digest is set for an officer's summary of many children, which stays
	// within the authority's own domain.
	Digest bool
}

// Attachment is one file of a message; Type is its media type.
type Attachment struct {
	Name string
	Type string
	Data []byte
}
