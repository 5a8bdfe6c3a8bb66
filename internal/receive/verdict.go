package receive

import (
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word"
)

// Verdict is what a message or file turned out to be.
type Verdict string

// The verdicts. ForPerson is the zero-risk one: nothing follows from it by
// itself.
const (
	// ForPerson is anything that is not certain; the reasons say why.
	ForPerson Verdict = "for a person"
	// Filled is a form of ours, from the address it went to, of one child,
	// read without doubt. An officer accepts it.
	Filled Verdict = "filled"
	// Bounced is a report that a message of ours was not delivered and will
	// not be.
	Bounced Verdict = "bounced"
	// Delayed is a report that a message of ours is still on its way.
	Delayed Verdict = "delayed"
	// Delivered is a report that a message of ours reached its mailbox.
	Delivered Verdict = "delivered"
	// Relayed is a report that a message of ours left for where no report
	// comes from.
	Relayed Verdict = "relayed"
	// Automatic is an automatic reply or a receipt: nothing came back, and
	// nothing is to be answered.
	Automatic Verdict = "automatic reply"
)

// Verdicts lists every verdict.
func Verdicts() []Verdict {
	return []Verdict{ForPerson, Filled, Bounced, Delayed, Delivered, Relayed, Automatic}
}

// ReasonCode says in one word what made a message a matter for a person.
type ReasonCode string

// The codes.
const (
	// TooLarge is a message beyond the bounds: size, depth, parts or headers.
	TooLarge ReasonCode = "too_large"
	// Malformed is no mail message, or one that is broken.
	Malformed ReasonCode = "malformed"
	// NoForm is a message without a Word file.
	NoForm ReasonCode = "no_form"
	// SeveralForms is a message with more than one Word file.
	SeveralForms ReasonCode = "several_forms"
	// OtherFile is an attachment that is no Word form: a PDF, a photograph.
	OtherFile ReasonCode = "other_file"
	// Unopened is a protected file or message that no known passphrase opens.
	Unopened ReasonCode = "unopened"
	// WrongSignature is an encrypted message whose signature with the sender's
	// confirmed key does not hold.
	WrongSignature ReasonCode = "wrong_signature"
	// RefusedFile is a file that is not read: a macro, an unknown form.
	RefusedFile ReasonCode = "refused_file"
	// Doubtful is a form of which something could not be read for certain.
	Doubtful ReasonCode = "doubtful"
	// NoReference is a message that does not say which child it is about.
	NoReference ReasonCode = "no_reference"
	// References is a message that names two children, or one in one place
	// and another in another.
	References ReasonCode = "references_differ"
	// Mistyped is a reference whose check character is wrong.
	Mistyped ReasonCode = "reference_mistyped"
	// UnknownReference is a sound reference of no child to whom a form went.
	UnknownReference ReasonCode = "unknown_reference"
	// OtherSender is an address to which the form did not go.
	OtherSender ReasonCode = "other_sender"
	// Unverified is a message whose sender the mail gateway does not vouch for.
	Unverified ReasonCode = "unverified"
	// Forwarded is a form inside a message that was attached to the message.
	Forwarded ReasonCode = "forwarded"
	// AutomaticForm is a form in a message that calls itself automatic.
	AutomaticForm ReasonCode = "automatic"
	// TypedForm is a form whose answers an officer typed from paper.
	TypedForm ReasonCode = "typed_from_paper"
	// OwnMessage is a message that we sent ourselves.
	OwnMessage ReasonCode = "own_message"
	// UnmatchedReport is a delivery report on no message of ours, or one that
	// does not name the recipient: anybody can write such a report.
	UnmatchedReport ReasonCode = "unmatched_report"
	// UnprovenReport is a delivery report that names a message of ours and its
	// recipient, but has nothing that only mail systems were told: whoever saw
	// the message could have written it.
	UnprovenReport ReasonCode = "unproven_report"
	// TornReport is a delivery report that speaks of two messages of ours, or
	// says two things of one.
	TornReport ReasonCode = "torn_report"
	// LooseReport is a message from a mail system that is no proper report.
	LooseReport ReasonCode = "loose_report"
)

// ReasonCodes lists every code.
func ReasonCodes() []ReasonCode {
	return []ReasonCode{
		TooLarge, Malformed, NoForm, SeveralForms, OtherFile, Unopened, WrongSignature, RefusedFile, Doubtful, NoReference, References,
		Mistyped, UnknownReference, OtherSender, Unverified, Forwarded, AutomaticForm, TypedForm, OwnMessage, UnmatchedReport, UnprovenReport, TornReport, LooseReport,
	}
}

// Reason is one thing a person must look at, in an officer's words. Text holds
// no personal data.
type Reason struct {
	Code ReasonCode
	Text string
}

// Return is one message or file, judged.
type Return struct {
	Verdict Verdict
	// Reasons say why it is for a person; empty for every other verdict.
	Reasons []Reason
	// SHA256 is of the bytes as they came, in hexadecimal digits: the same
	// message fetched twice is one return.
	SHA256 string
	// MessageID is the message's own, with its angle brackets; empty for a
	// file.
	MessageID string
	// From is the sender's address. It is personal data, as are the text and
	// everything below File.
	From pep.Address
	// Text is what the sender wrote, cut to a readable length.
	Text string
	// Ref is the child's, empty unless all places that name one agree; with a
	// verdict for a person it is a suggestion.
	Ref pep.Ref
	// Delivery is the delivery that came back or that a report is about, empty
	// where not known.
	Delivery string
	// Report is what a mail system said.
	Report Report
	// File is the Word form that came, nil where none was opened.
	File *File
	// Signature is what the signature inside an encrypted message said; empty
	// where none was opened.
	Signature keyring.SignatureState
	// Others are the names of the further attachments, for display only.
	Others []string
}

// File is a Word form that came back.
type File struct {
	// Name is as the sender's program gave it, for display only, never a path.
	Name string
	// Document is the plain .docx, SHA256 its digest.
	Document []byte
	SHA256   string
	// Protected is set where it came encrypted, by itself or within an encrypted
	// message, and was opened.
	Protected bool
	Reading   word.Reading
	// Changed are the answers that differ from the form as it was sent.
	Changed []form.Change
}

// Report is what a mail system said of one message of ours (RFC 3464).
type Report struct {
	// Action is failed, delayed, delivered, relayed or expanded.
	Action ReportAction
	// Status is the enhanced status code, as 5.1.1 (RFC 3463).
	Status string
	// MessageID is of the message reported on, with its angle brackets.
	MessageID string
	// Proof is what shows that a mail system wrote it that had our message.
	Proof Proof
}

// Proof is the evidence that ties a delivery report to one message of ours.
type Proof string

// The proofs, the strongest first. A report without any changes nothing,
// because anybody can write one.
const (
	// NoProof is a report that names a message at most.
	NoProof Proof = ""
	// ByEnvelope is the signed identifier that only mail systems were given
	// (Original-Envelope-Id, RFC 3464 section 2.2.1).
	ByEnvelope Proof = "envelope identifier"
	// ByReturnPath is the signed address that the report was sent to.
	ByReturnPath Proof = "return path"
)

// Cause is what a report of a failure says of its reason, empty for every
// other report.
func (r Report) Cause() outbox.Cause {
	if r.Action != ActionFailed {
		return outbox.CauseNone
	}
	return outbox.CauseOf(r.Status)
}

// ReportAction is what a mail system did (RFC 3464, 2.3.3).
type ReportAction string

// The actions.
const (
	ActionFailed    ReportAction = "failed"
	ActionDelayed   ReportAction = "delayed"
	ActionDelivered ReportAction = "delivered"
	ActionRelayed   ReportAction = "relayed"
	ActionExpanded  ReportAction = "expanded"
)

// verdict is what a report means for the delivery.
func (a ReportAction) verdict() Verdict {
	switch a {
	case ActionFailed:
		return Bounced
	case ActionDelayed:
		return Delayed
	case ActionDelivered:
		return Delivered
	case ActionRelayed, ActionExpanded:
		return Relayed
	}
	return ForPerson
}

// Sent is one message of ours.
type Sent struct {
	Delivery string
	Ref      pep.Ref
	// MessageID has its angle brackets.
	MessageID string
	To        pep.Address
	// Passphrase opens the form where it was protected; empty where not, or where
	// it is done with.
	Passphrase string
	// Agreed are the phrases agreed with the recipient, tried after every
	// passphrase.
	Agreed []string
}

// Known is what a judgement may ask of the mail that was sent. No function but
// Decrypt may be nil.
type Known struct {
	Forms word.Forms
	// Gateway is whose word on a sender counts.
	Gateway Gateway
	// Decrypt opens an OpenPGP message with the council's own key and judges its
	// signature by the key that is confirmed for the sender. Nil means that there
	// is no key of ours.
	Decrypt func(message []byte, from pep.Address) (keyring.Opened, error)
	// ByMessageID finds a message of ours by its Message-ID, with its angle
	// brackets.
	ByMessageID func(id string) (Sent, bool)
	// ByEnvelopeID finds a message of ours by the signed identifier of its
	// envelope, ByReturnPath by its signed return path. Neither finds one whose
	// signature is not ours.
	ByEnvelopeID func(id string) (Sent, bool)
	ByReturnPath func(address string) (Sent, bool)
	// ByRef gives the forms that went out for a child, the latest first.
	ByRef func(ref pep.Ref) []Sent
	// Values gives the answers of the form as it was last sent.
	Values func(ref pep.Ref) (form.Values, bool)
}
