package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// ReturnState is where a filled form that came back stands.
type ReturnState string

// The states of a returned form.
const (
	ReturnWaiting   ReturnState = "waiting"   // a person must look
	ReturnAccepted  ReturnState = "accepted"  // its answers are the plan's
	ReturnRejected  ReturnState = "rejected"  // it is kept and not used
	ReturnFinalised ReturnState = "finalised" // the final plan was made from it
)

// ReturnStates lists every state of a returned form.
func ReturnStates() []ReturnState {
	return []ReturnState{ReturnWaiting, ReturnAccepted, ReturnRejected, ReturnFinalised}
}

// ErrReturnSettled says that what is asked cannot follow the state of a
// returned form.
var ErrReturnSettled = errors.New("the returned form is settled already: look at it again")

// Returned is one filled form that came back.
type Returned struct {
	ID      string
	Ref     pep.Ref
	PlanKey string
	// Delivery is the delivery that came back, empty where that is not sure.
	Delivery string
	// Reasons are why it is not certain whose it is or what it says; an
	// officer looks at every return, and at these with care.
	Reasons []string
	// Form and Version name the form as it was sent.
	Form, Version string
	// MessageID is of the mail it came in, empty for a file or for answers
	// typed from paper.
	MessageID string
	// SHA256 is of the document, in hexadecimal digits.
	SHA256 string
	At     time.Time
	State  ReturnState
	// Settled is when and by whom the state was last changed, and why.
	Settled Settling
	// InClear is set where it came unprotected from an address that is not
	// secure; Told is who told the setting so, and when.
	InClear bool
	Told    Settling
	// TypedBy is the account that typed its answers from paper; empty for every
	// other form.
	TypedBy string
	Values  form.Values
	// Unreadable are the keys of answers that are there and could not be read.
	Unreadable []string
	Confidence float64
}

// Settling is one decision on a returned form; the zero one was not made.
type Settling struct {
	At  time.Time
	By  string
	Why string
	// Destroys are the deliveries whose passphrases are done with once a form
	// is settled so.
	Destroys []string `json:"-"`
}

// ReturnFilter chooses returned forms; an empty field chooses all.
type ReturnFilter struct {
	Ref    pep.Ref
	Refs   []pep.Ref // of any of these children
	States []ReturnState
	// InClear chooses those that came back in clear.
	InClear bool
}

// Returns keeps the forms that came back, with what was read from them. Taking
// in and settling becomes evidence in the same transaction: callers append none
// for it.
type Returns interface {
	// AddReturn stores a returned form with its document once: the same
	// document in the same message changes nothing and gives false.
	AddReturn(ctx context.Context, r Returned, document []byte) (added bool, err error)
	// ListReturns gives the chosen returned forms, the first to come first.
	ListReturns(ctx context.Context, f ReturnFilter) ([]Returned, error)
	// GetReturn gives one returned form with its document, or a
	// [NotFoundError].
	GetReturn(ctx context.Context, id string) (Returned, []byte, error)
	// MarkReturn settles a returned form: what waits is accepted or rejected,
	// what is accepted is finalised or rejected after all. Anything else wraps
	// [ErrReturnSettled]. The passphrases that are done with are deleted in the
	// same transaction.
	MarkReturn(ctx context.Context, id string, to ReturnState, s Settling) error
	// NoteTold records that whoever sent a form in clear was told. A form that
	// did not come so wraps [ErrReturnSettled].
	NoteTold(ctx context.Context, id string, s Settling) error
}
