package dispatch

import (
	"context"
	"time"

	"github.com/pepost/pepost/internal/outbox"
)

// Envelope is one message ready for a relay: one recipient, one message.
type Envelope struct {
	From string // MAIL FROM
	// ReportTo is MAIL FROM instead where the relay takes no ENVID: a report
	// could be matched by nothing else. It may be empty.
	ReportTo string
	To       string // RCPT TO: the canonical address that was decided on
	Bytes    []byte // the sealed message, sent as it is
	ID       string // the delivery's name towards mail systems, given as ENVID where the relay takes it
	Relay    string // the relay of the decision
}

// Signed is what one delivery is called towards mail systems, so that a report
// on it can be told from a forged one.
type Signed struct {
	ID       string // as ENVID
	From     string // as MAIL FROM
	ReportTo string // as MAIL FROM where the relay takes no ENVID; may be empty
}

// Sender hands one message to a relay. It calls beforeDot once, after the body
// and before the final dot, and sends the dot only where that gave no error.
// Whatever goes wrong is told in the outcome, with the phase that was reached.
type Sender interface {
	Send(ctx context.Context, e Envelope, beforeDot func() error) outbox.Outcome
}

// Ask is which deliveries a process wants to send now.
type Ask struct {
	Owner string        // the process, unique for each start
	Relay string        // the relay whose deliveries are wanted
	Now   time.Time     // what is due by then and not leased then
	Lease time.Duration // how long the claim stands without an outcome
	Limit int           // at most so many
}

// Queue is the stored deliveries as sending sees them. Every method that
// changes a delivery has committed when it returns.
type Queue interface {
	// Recover settles what dead processes left in sending: see
	// [outbox.Recover]. Deliveries that the owner itself is sending stay, as
	// long as their lease stands.
	Recover(ctx context.Context, owner string, now time.Time) ([]outbox.Delivery, error)
	// Relays names the relays for which something is due, in order.
	Relays(ctx context.Context, now time.Time) ([]string, error)
	// Claim moves what is due into sending, earliest due date first. No two
	// claims ever give the same delivery.
	Claim(ctx context.Context, ask Ask) ([]outbox.Delivery, error)
	// Parcel gives the sealed bytes of one delivery.
	Parcel(ctx context.Context, id string) ([]byte, error)
	// MarkDot commits the marker that goes before the final dot and gives the
	// delivery as it then stands. It fails where the claim was lost.
	MarkDot(ctx context.Context, d outbox.Delivery) (outbox.Delivery, error)
	// Save stores a delivery that was changed from the version that was read.
	// The error wraps [outbox.ErrConflict] where another process was first.
	Save(ctx context.Context, d outbox.Delivery) error
	// Get gives one delivery as it stands.
	Get(ctx context.Context, id string) (outbox.Delivery, error)
}
