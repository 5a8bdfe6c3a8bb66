package memory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

var _ pipeline.Deliveries = (*Deliveries)(nil)

// The changes that are never made.
var (
	// ErrContents says that a delivery came with something that could be sent.
	ErrContents = errors.New("a played term keeps no sealed bytes, no document and no passphrase")
	// ErrNoEvents says that a delivery came without the event that made it.
	ErrNoEvents = errors.New("a delivery is stored with the event that made it")
)

// Deliveries is an outbox of sketches. It may be used by several goroutines at
// once.
type Deliveries struct {
	mu      sync.Mutex
	all     map[string]outbox.Delivery
	byRef   map[pep.Ref][]string
	keys    map[string]bool
	to      map[string][]string // by the address that was decided on
	waiting map[string]bool
}

// NewDeliveries gives an outbox with what a real one held.
func NewDeliveries(held []outbox.Delivery) *Deliveries {
	x := &Deliveries{
		all: map[string]outbox.Delivery{}, byRef: map[pep.Ref][]string{}, keys: map[string]bool{},
		to: map[string][]string{}, waiting: map[string]bool{},
	}
	for _, d := range held {
		x.add(d)
	}
	return x
}

func (x *Deliveries) add(d outbox.Delivery) {
	x.byRef[d.Ref] = append(x.byRef[d.Ref], d.ID)
	x.keys[d.Key] = true
	x.to[canonical(d)] = append(x.to[canonical(d)], d.ID)
	x.put(d)
}

func (x *Deliveries) put(d outbox.Delivery) {
	x.all[d.ID] = d
	if waits(d) {
		x.waiting[d.ID] = true
	} else {
		delete(x.waiting, d.ID)
	}
}

// waits reports whether a delivery waits to be handed to a relay.
func waits(d outbox.Delivery) bool {
	return (d.State == outbox.Approved || d.State == outbox.Deferred) && d.Decision.Relay != "" && !d.DotMarked
}

// Add stores a delivery once: where its key is known already it changes
// nothing and gives false.
func (x *Deliveries) Add(_ context.Context, d outbox.Delivery, c pipeline.Contents) (bool, error) {
	switch {
	case !empty(c):
		return false, ErrContents
	case len(d.Events) == 0:
		return false, ErrNoEvents
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.keys[d.Key] {
		return false, nil
	}
	d.Version = 1
	x.add(d)
	return true, nil
}

func empty(c pipeline.Contents) bool {
	return len(c.Parcel) == 0 && len(c.Document) == 0 && c.Passphrase == ""
}

// Replace stores a changed delivery, which has no contents here either.
func (x *Deliveries) Replace(ctx context.Context, d outbox.Delivery, c pipeline.Contents) error {
	if !empty(c) {
		return ErrContents
	}
	return x.Save(ctx, d)
}

// Exchange stores a delivery that takes another one's place, and the other one
// as it was changed.
func (x *Deliveries) Exchange(ctx context.Context, old, fresh outbox.Delivery, c pipeline.Contents) error {
	if err := x.Save(ctx, old); err != nil {
		return err
	}
	added, err := x.Add(ctx, fresh, c)
	if err == nil && !added {
		err = outbox.ErrConflict
	}
	return err
}

// Save stores a delivery that was changed from the version that was read. The
// error is [outbox.ErrConflict] where somebody else was first.
func (x *Deliveries) Save(_ context.Context, d outbox.Delivery) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, err := x.save(d)
	return err
}

func (x *Deliveries) save(d outbox.Delivery) (outbox.Delivery, error) {
	was, known := x.all[d.ID]
	if !known {
		return d, &pipeline.NotFoundError{What: pipeline.NoDelivery, Name: d.ID}
	}
	if was.Version != d.Version {
		return d, outbox.ErrConflict
	}
	d.Version++
	x.put(d)
	return d, nil
}

// Get gives one delivery as it stands, or a [pipeline.NotFoundError].
func (x *Deliveries) Get(_ context.Context, id string) (outbox.Delivery, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	d, known := x.all[id]
	if !known {
		return d, &pipeline.NotFoundError{What: pipeline.NoDelivery, Name: id}
	}
	return d, nil
}

// HasKey reports whether a delivery with the key is stored.
func (x *Deliveries) HasKey(_ context.Context, key string) (bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.keys[key], nil
}

// EverSentTo reports whether a message left, or may have left, for the
// canonical address.
func (x *Deliveries) EverSentTo(_ context.Context, address string) (bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.to[address], func(id string) bool { return mayHaveLeft(x.all[id]) }), nil
}

func mayHaveLeft(d outbox.Delivery) bool {
	return d.DotMarked || slices.ContainsFunc(d.Events, func(e outbox.Event) bool { return e.To.Gone() && e.From != e.To })
}

// canonical is the address that was decided on.
func canonical(d outbox.Delivery) string {
	if d.Decision.Canonical != "" {
		return d.Decision.Canonical
	}
	return d.Recipient.Address.Canonical()
}

// List gives the chosen deliveries, earliest due date first and, on one day, in
// the order of their identifiers.
func (x *Deliveries) List(_ context.Context, f pipeline.Filter) ([]outbox.Delivery, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []outbox.Delivery
	keep := func(d outbox.Delivery) {
		if (f.Ref == "" || d.Ref == f.Ref) && (len(f.States) == 0 || slices.Contains(f.States, d.State)) &&
			(len(f.Kinds) == 0 || slices.Contains(f.Kinds, d.Kind)) {
			out = append(out, d)
		}
	}
	switch {
	case len(f.Refs) > 0:
		for _, ref := range f.Refs {
			x.each(ref, keep)
		}
	case f.Ref != "":
		x.each(f.Ref, keep)
	default:
		for _, d := range x.all {
			keep(d)
		}
	}
	slices.SortFunc(out, earlier)
	return out, nil
}

func (x *Deliveries) each(ref pep.Ref, do func(outbox.Delivery)) {
	for _, id := range x.byRef[ref] {
		do(x.all[id])
	}
}

func earlier(a, b outbox.Delivery) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) }

// Passphrase marks the passphrase of one delivery handed over. There is none
// here: what it gives is empty.
func (x *Deliveries) Passphrase(_ context.Context, id string, by pipeline.Reading) (string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	was, known := x.all[id]
	switch {
	case !known:
		return "", &pipeline.NotFoundError{What: pipeline.NoDelivery, Name: id}
	case was.Passphrase == outbox.PassphrasePending, was.Passphrase == outbox.PassphraseHandedOver && by.Why != "":
	default:
		return "", &pipeline.AlreadyReadError{ID: id, State: was.Passphrase}
	}
	is, err := outbox.Advance(was, outbox.Note, outbox.Occasion{At: by.At, By: by.By, Why: "passphrase read"})
	if err != nil {
		return "", err
	}
	is.Passphrase = outbox.PassphraseHandedOver
	_, err = x.save(is)
	return "", err
}

// Phrases gives none.
func (x *Deliveries) Phrases(context.Context, pep.Ref) (map[string]string, error) {
	return map[string]string{}, nil
}

// Original gives a [pipeline.NotFoundError]: no form is kept.
func (x *Deliveries) Original(_ context.Context, ref pep.Ref) (outbox.Delivery, []byte, error) {
	return outbox.Delivery{}, nil, &pipeline.NotFoundError{What: pipeline.NoContents, Name: string(ref)}
}

// NextDue is the moment at which something waits to be sent next; false where
// nothing waits.
func (x *Deliveries) NextDue(context.Context) (time.Time, bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var next time.Time
	first := true
	for id := range x.waiting {
		if at := x.all[id].NextAttempt; first || at.Before(next) {
			next, first = at, false
		}
	}
	return next, !first, nil
}
