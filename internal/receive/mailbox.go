package receive

import (
	"context"
	"errors"
	"fmt"
)

// Fetched is one message waiting in a mailbox.
type Fetched struct {
	// ID is the mailbox's own name for the message.
	ID   string
	Data []byte
	// HeaderOnly is set where the message is too large to be fetched: Data is
	// its header alone.
	HeaderOnly bool
}

// Mailbox is where returned mail waits. It is the seam to the room that
// fetches mail.
type Mailbox interface {
	// Waiting gives at most limit messages not yet filed, the oldest first.
	Waiting(ctx context.Context, limit int) ([]Fetched, error)
	// File puts a message away, so that it is not given again. Nothing is ever
	// deleted.
	File(ctx context.Context, id string, verdict Verdict) error
}

// Collect takes in what waits in a mailbox. Each message is filed only once
// take has stored it, so that a crash between the two gives it again and never
// loses it: take must know a message that it has seen (by its SHA256). One that
// take cannot store stays where it is and keeps none of the others waiting. It
// gives the number of messages taken in and filed, and everything that went
// wrong.
func Collect(ctx context.Context, box Mailbox, limit int, take func(context.Context, Fetched) (Verdict, error)) (int, error) {
	waiting, err := box.Waiting(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("fetching mail: %w", err)
	}
	taken, failed := 0, []error(nil)
	for _, message := range waiting {
		if ctx.Err() != nil {
			return taken, errors.Join(append(failed, ctx.Err())...)
		}
		verdict, err := take(ctx, message)
		if err != nil {
			failed = append(failed, fmt.Errorf("taking in a message: %w", err))
			continue
		}
		if err := box.File(ctx, message.ID, verdict); err != nil {
			return taken, errors.Join(append(failed, fmt.Errorf("filing a message: %w", err))...)
		}
		taken++
	}
	return taken, errors.Join(failed...)
}
