package dispatch

import (
	"context"
	"time"
)

// Text is one passphrase for one telephone, to go by text message after the
// message that it opens was accepted: never by the mail itself.
type Text struct {
	// Reference is opaque and the same for every try: by it the service is asked
	// whether it has the text already.
	Reference string
	// Number is a mobile number as 447700900123.
	Number string
	// Names is what the recipient knows the message by: the child's opaque
	// reference.
	Names string
	// Passphrase is told and kept nowhere else.
	Passphrase string
}

// TextResult is what became of a text.
type TextResult string

// The results.
const (
	// TextTaken means that the service has it and it is on its way.
	TextTaken TextResult = "taken"
	// TextDelivered means that it reached the telephone.
	TextDelivered TextResult = "delivered"
	// TextFailed means that it was taken and did not arrive: it is not sent
	// again, an officer rings.
	TextFailed TextResult = "failed"
	// TextRefused means that the service will not take it as it is.
	TextRefused TextResult = "refused"
	// TextLater means that nothing was taken: it may be tried again from Until
	// on.
	TextLater TextResult = "later"
	// TextUncertain means that no answer came: the service may have it, and is
	// asked by the reference before anything is sent again.
	TextUncertain TextResult = "uncertain"
	// TextUnknown means that the service has no text of the reference.
	TextUnknown TextResult = "unknown"
	// TextMisconfigured means that no text will be taken before a person mends
	// the key, the clock or the template.
	TextMisconfigured TextResult = "misconfigured"
)

// TextResults lists every result.
func TextResults() []TextResult {
	return []TextResult{
		TextTaken, TextDelivered, TextFailed, TextRefused, TextLater, TextUncertain, TextUnknown, TextMisconfigured,
	}
}

// TextOutcome is a result with what the service said. No part of it holds a
// number or a passphrase.
type TextOutcome struct {
	Result TextResult
	// ID is the service's own name for the text.
	ID string
	// Status is the service's word, such as permanent-failure.
	Status string
	// Until is the earliest moment of another try.
	Until time.Time
	// Detail says what to mend.
	Detail string
}

// Messenger hands texts to a service that sends them.
type Messenger interface {
	// Ready reports whether the service may be asked now; else the outcome says
	// until when not, and why.
	Ready() (TextOutcome, bool)
	// Text hands one over.
	Text(ctx context.Context, t Text) TextOutcome
	// Find asks what became of the text of a reference.
	Find(ctx context.Context, reference string) TextOutcome
}
