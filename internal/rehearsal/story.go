package rehearsal

import (
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// Story is what happened in a rehearsal beside what the outbox tells.
type Story struct {
	From, To pep.Date
	// Days is how many days were played.
	Days int
	// Calls are passphrases read out over the telephone; Unreached are people
	// who could not be rung, Expired messages withdrawn after days of waiting.
	Calls, Unreached, Expired int
	// Posted went by registered post; LetGo were held copies that the officer
	// read and let go; RanOut are forms whose meeting was held without them.
	Posted, LetGo, RanOut int
	// Withdrawn were taken back before they left, because the register said
	// something new.
	Withdrawn int
	// Transfers were authorised by the Virtual School.
	Transfers int
	// Changed are the children whose records later exports changed, with the
	// day of the first change.
	Changed map[pep.Ref]pep.Date
	// Accepted and Finalised count forms that came back.
	Accepted, Finalised int
	// Back is all that came back, in order.
	Back []Back
	// Messages are all that the mail server took, in the order they came.
	Messages []Delivered
	// Forms are the forms that were kept as files.
	Forms []FormFile
	// Failures are forms that could not be made.
	Failures []pipeline.Failure
	Lines    []Line
}

// Back is one message that came back and what it was judged to be.
type Back struct {
	Day     pep.Date
	Ref     pep.Ref // empty where it is not certain
	Verdict string
	// Form is set where a form was stored from it.
	Form bool
}

// Delivered is one message in a mailbox.
type Delivered struct {
	// Delivery is the identifier of the delivery.
	Delivery string
	Day      pep.Date
	File     string
	// Bounces is set where the mailbox sent it back.
	Bounces bool
}
