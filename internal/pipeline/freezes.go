package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// tellWithin is how long the Information Commissioner's Office may wait for
// word of a breach that is likely to be a risk to somebody, from the moment the
// authority knows of it (UK GDPR article 33(1)). Nights and weekends count.
const tellWithin = 72 * time.Hour

// Freeze is all mail to one address stopped, because something went to the
// wrong person there.
type Freeze struct {
	// Delivery is the one that it began with, Ref its child; empty for a digest.
	Delivery string
	Ref      pep.Ref
	// Canonical is the address as the delivery was decided on.
	Canonical string
	// Known is when the authority came to know of it, Opened when it was
	// recorded here.
	Known  time.Time
	Opened time.Time
	By     string
	Why    string
	// Closed is the zero moment while it is open.
	Closed    time.Time
	ClosedBy  string
	ClosedWhy string
}

// Open reports whether nothing may leave for the address.
func (f Freeze) Open() bool { return f.Closed.IsZero() }

// TellBy is the moment until which the Information Commissioner's Office must
// have been told, where the breach is one to be told.
func (f Freeze) TellBy() time.Time { return f.Known.Add(tellWithin) }

// Left is how long that is from now; below nought once it has passed.
func (f Freeze) Left(now time.Time) time.Duration { return f.TellBy().Sub(now) }

// Freezes keeps the incidents, sealed.
type Freezes interface {
	// Freeze stores an incident with its evidence in one transaction. Where one
	// is open for the address already, in letters of any size, it changes
	// nothing and gives that one and false.
	Freeze(ctx context.Context, f Freeze) (Freeze, bool, error)
	// Thaw stores that the open incident of an address was closed, with its
	// evidence, or gives a [NotFoundError].
	Thaw(ctx context.Context, canonical string, closed Freeze) (Freeze, error)
	// Frozen gives the incident that is open for an address.
	Frozen(ctx context.Context, canonical string) (Freeze, bool, error)
	// Freezes gives every incident, the open ones first and of those the
	// earliest known first.
	Freezes(ctx context.Context) ([]Freeze, error)
}

// FrozenError says that nothing goes to a delivery's address.
type FrozenError struct {
	ID  string // the delivery's
	Why string
}

// Error says what to do.
func (e *FrozenError) Error() string {
	return fmt.Sprintf("delivery %s does not go: %s", e.ID, e.Why)
}

// frozenWords is why nothing goes to an address.
func (r *Runner) frozenWords(f Freeze) string {
	return fmt.Sprintf("frozen by an incident of %s: nothing goes to this address until it is closed", dayOf(f.Opened, r).Long())
}

func dayOf(at time.Time, r *Runner) pep.Date { return pep.DateOf(at.In(r.Now().Location())) }

// frozen is why nothing may leave for an address; empty where it may.
func (r *Runner) frozen(ctx context.Context, canonical string) (string, error) {
	if r.Freezes == nil || canonical == "" {
		return "", nil
	}
	f, is, err := r.Freezes.Frozen(ctx, canonical)
	if err != nil || !is {
		return "", err
	}
	return r.frozenWords(f), nil
}

// mayLeave gives a [FrozenError] where an officer's word would send something
// to an address that is frozen.
func (r *Runner) mayLeave(ctx context.Context, id, canonical string) error {
	why, err := r.frozen(ctx, canonical)
	if err == nil && why != "" {
		err = &FrozenError{ID: id, Why: why}
	}
	return err
}
