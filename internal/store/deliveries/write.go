package deliveries

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/book"
	"github.com/pepost/pepost/internal/store/evidence"
)

// The changes that are never stored.
var (
	// ErrNoEvents says that a delivery came without the event that made it.
	ErrNoEvents = errors.New("a delivery is stored with the event that made it, and its events are only added to")
	// ErrAttempted says that a message was attempted already: the same bytes
	// are sent again or none.
	ErrAttempted = errors.New("the message was attempted already: cancel the delivery and make another one")
	// ErrSketched says that a delivery of a term that was only played through
	// came to be stored.
	ErrSketched = errors.New("a sketched delivery has nothing to send and is not stored")
	// ErrIdentity says that a change would make a delivery another one, or its
	// message another one without the bytes.
	ErrIdentity = errors.New("the key, child, plan, kind, recipient and message of a stored delivery stay as they are")
)

// Add stores a delivery once: where its key is known already it changes
// nothing and gives false.
func (x *Deliveries) Add(ctx context.Context, d outbox.Delivery, c pipeline.Contents) (bool, error) {
	switch {
	case len(d.Events) == 0:
		return false, ErrNoEvents
	case d.SHA256 == outbox.Sketched:
		return false, ErrSketched
	}
	d.Version = 1
	r, err := write(x.db.Keys, d)
	if err != nil {
		return false, err
	}
	added := false
	err = x.db.InTx(ctx, func(tx store.Tx) (err error) {
		added, err = x.insert(ctx, tx, r, d, c)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("storing delivery %s: %w", d.ID, err)
	}
	return added, nil
}

// Replace stores a delivery changed as by Save together with new contents, for
// a delivery that was sealed after it was held. The error is [ErrAttempted]
// once anything was attempted.
func (x *Deliveries) Replace(ctx context.Context, d outbox.Delivery, c pipeline.Contents) error {
	return x.change(ctx, d, c.Document, func(tx store.Tx, was outbox.Delivery) error {
		if !sameDelivery(was, d) {
			return ErrIdentity
		}
		if attempted(was) {
			return ErrAttempted
		}
		if _, err := tx.SQL.NewDelete().Model((*content)(nil)).Where("delivery = ?", d.ID).Exec(ctx); err != nil {
			return err
		}
		return x.putContents(ctx, tx, d.ID, c)
	})
}

// Save stores a delivery that was changed from the version that was read. The
// error wraps [outbox.ErrConflict] where somebody else was first.
func (x *Deliveries) Save(ctx context.Context, d outbox.Delivery) error {
	return x.change(ctx, d, nil, func(_ store.Tx, was outbox.Delivery) error {
		if !sameDelivery(was, d) || !sameMessage(was, d) {
			return ErrIdentity
		}
		return nil
	})
}

// change stores the next version of a delivery if check has nothing against
// it. Document is the form as rendered, where it is stored anew.
func (x *Deliveries) change(ctx context.Context, d outbox.Delivery, document []byte, check func(store.Tx, outbox.Delivery) error) error {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		was, err := x.lock(ctx, tx, d)
		if err != nil {
			return err
		}
		if err := check(tx, was); err != nil {
			return err
		}
		_, err = x.put(ctx, tx, was, d, document)
		return err
	})
	if err != nil {
		return fmt.Errorf("storing delivery %s: %w", d.ID, err)
	}
	return nil
}

// lock gives the stored delivery, locked, if it is the version that the
// changed one was made from.
func (x *Deliveries) lock(ctx context.Context, tx store.Tx, d outbox.Delivery) (outbox.Delivery, error) {
	r, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), d.ID)
	if err != nil {
		return outbox.Delivery{}, err
	}
	if r.Version != int64(d.Version) {
		return outbox.Delivery{}, outbox.ErrConflict
	}
	return read(x.db.Keys, r)
}

// put writes the next version of a locked delivery with the evidence of what
// is new, and gives it as stored.
func (x *Deliveries) put(ctx context.Context, tx store.Tx, was, d outbox.Delivery, document []byte) (outbox.Delivery, error) {
	switch {
	case !onlyAdded(was, d):
		return d, ErrNoEvents
	case d.SHA256 == outbox.Sketched:
		return d, ErrSketched
	}
	d.Version = was.Version + 1
	r, err := write(x.db.Keys, d)
	if err != nil {
		return d, err
	}
	if _, err := tx.SQL.NewUpdate().Model(&r).WherePK().Exec(ctx); err != nil {
		return d, err
	}
	if err := putPosting(ctx, tx, was, d); err != nil {
		return d, err
	}
	if err := dropPassphrase(ctx, tx, was, d); err != nil {
		return d, err
	}
	if err := x.wake(ctx, tx, was.State, d); err != nil {
		return d, err
	}
	if err := x.note(ctx, tx, was, d); err != nil {
		return d, err
	}
	records, err := proof(x.db.Keys, was, d, document)
	if err != nil {
		return d, err
	}
	return d, evidence.AppendIn(ctx, tx, x.db.Keys, records...)
}

// note tells the address book what became of a message.
func (x *Deliveries) note(ctx context.Context, tx store.Tx, was, is outbox.Delivery) error {
	if was.State == is.State {
		return nil
	}
	at := is.Events[len(is.Events)-1].At
	return book.Note(ctx, tx, x.db.Keys, pep.ParseAddress(canonicalOf(is)), is.State, at.UnixMicro())
}

// onlyAdded reports whether events and attempts are those before and more.
func onlyAdded(was, is outbox.Delivery) bool {
	return len(is.Events) >= len(was.Events) && len(is.Attempts) >= len(was.Attempts) &&
		slices.EqualFunc(was.Events, is.Events[:len(was.Events)], sameEvent) &&
		slices.EqualFunc(was.Attempts, is.Attempts[:len(was.Attempts)], sameAttempt)
}

func sameEvent(a, b outbox.Event) bool {
	same := a.At.Equal(b.At)
	a.At = b.At
	return same && a == b
}

func sameAttempt(a, b outbox.Attempt) bool {
	same := a.At.Equal(b.At)
	a.At = b.At
	return same && a == b
}

func sameDelivery(was, is outbox.Delivery) bool {
	return was.Key == is.Key && was.Ref == is.Ref && was.PlanKey == is.PlanKey && was.Kind == is.Kind
}

func sameMessage(was, is outbox.Delivery) bool {
	return was.SHA256 == is.SHA256 && was.MessageID == is.MessageID && was.Size == is.Size &&
		canonicalOf(was) == canonicalOf(is) && was.Recipient.Postal == is.Recipient.Postal
}

// attempted reports whether a process ever had the delivery for sending.
func attempted(d outbox.Delivery) bool {
	return len(d.Attempts) > 0 || d.DotMarked || d.State == outbox.Sending || d.State.Gone() ||
		slices.ContainsFunc(d.Events, func(e outbox.Event) bool { return e.Action == outbox.Start })
}

// wake inserts a job where the delivery has come to wait, in the transaction
// that made it wait.
func (x *Deliveries) wake(ctx context.Context, tx store.Tx, before outbox.State, d outbox.Delivery) error {
	waits := d.State == outbox.Approved || d.State == outbox.Deferred
	if x.jobs == nil || !waits || d.State == before || d.Decision.Relay == "" {
		return nil
	}
	return x.jobs.Wake(ctx, tx, store.Wake{Delivery: d.ID}, d.NextAttempt)
}
