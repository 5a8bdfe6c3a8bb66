package dispatch_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
)

// errDead is what a process that was killed would have seen.
var errDead = errors.New("the process is dead")

// shelf is a queue in memory that keeps the rules of the stored one: a change
// needs the version that was read, and a claim is given once. Killed at a
// step, it changes nothing any more until it is revived.
type shelf struct {
	mu      sync.Mutex
	rows    map[string]outbox.Delivery
	parcels map[string][]byte
	// alone says that a lock proves other owners dead whatever their lease.
	alone bool

	step, killAt int // steps are counted before and after each change
	dead         bool
	failing      map[string]error // by method
	onParcel     func(id string)
	onWrite      func(method string)
}

func newShelf() *shelf {
	return &shelf{rows: map[string]outbox.Delivery{}, parcels: map[string][]byte{}, failing: map[string]error{}, killAt: -1, alone: true}
}

// passes counts a step and reports whether the process lives after it.
func (s *shelf) passes() bool {
	if s.step == s.killAt {
		s.dead = true
	}
	s.step++
	return !s.dead
}

// change runs a write with a step before it and one between its commit and
// its answer. A context that ends in between loses the answer, as it does with
// a database.
func (s *shelf) change(ctx context.Context, method string, write func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.passes() {
		return errDead
	}
	if err := cmp.Or(s.failing[method], ctx.Err()); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	if s.onWrite != nil {
		s.onWrite(method)
	}
	if !s.passes() {
		return errDead
	}
	return ctx.Err()
}

func (s *shelf) revive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead, s.killAt = false, -1
}

func (s *shelf) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passes()
}

func (s *shelf) put(d outbox.Delivery, parcel []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[d.ID], s.parcels[d.ID] = d, parcel
}

func (s *shelf) row(id string) outbox.Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[id]
}

func (s *shelf) all() []outbox.Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sorted()
}

func (s *shelf) sorted() []outbox.Delivery {
	var all []outbox.Delivery
	for _, d := range s.rows {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b outbox.Delivery) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func due(d outbox.Delivery, now time.Time) bool {
	return (d.State == outbox.Approved || d.State == outbox.Deferred) && !d.NextAttempt.After(now)
}

func (s *shelf) Recover(ctx context.Context, owner string, now time.Time) ([]outbox.Delivery, error) {
	var recovered []outbox.Delivery
	err := s.change(ctx, "Recover", func() error {
		for _, d := range s.sorted() {
			lapsed := !d.LeaseUntil.After(now)
			if d.State != outbox.Sending || !lapsed && (d.LeaseOwner == owner || !s.alone) {
				continue
			}
			d, err := outbox.Recover(d, outbox.Occasion{At: now, By: owner})
			if err != nil {
				return err
			}
			d.Version++
			s.rows[d.ID] = d
			recovered = append(recovered, d)
		}
		return nil
	})
	return recovered, err
}

func (s *shelf) Relays(_ context.Context, now time.Time) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return nil, errDead
	}
	var relays []string
	for _, d := range s.sorted() {
		if due(d, now) && !slices.Contains(relays, d.Decision.Relay) {
			relays = append(relays, d.Decision.Relay)
		}
	}
	slices.Sort(relays)
	return relays, s.failing["Relays"]
}

func (s *shelf) Claim(ctx context.Context, ask dispatch.Ask) ([]outbox.Delivery, error) {
	var claimed []outbox.Delivery
	err := s.change(ctx, "Claim", func() error {
		for _, d := range s.sorted() {
			if len(claimed) == ask.Limit || !due(d, ask.Now) || d.Decision.Relay != ask.Relay {
				continue
			}
			d, err := outbox.Claim(d, ask.Owner, ask.Now.Add(ask.Lease), outbox.Occasion{At: ask.Now, By: ask.Owner})
			if err != nil {
				return err
			}
			d.Version++
			s.rows[d.ID] = d
			claimed = append(claimed, d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

func (s *shelf) Parcel(_ context.Context, id string) ([]byte, error) {
	if s.onParcel != nil {
		s.onParcel(id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return nil, errDead
	}
	return s.parcels[id], s.failing["Parcel"]
}

func (s *shelf) MarkDot(ctx context.Context, d outbox.Delivery) (outbox.Delivery, error) {
	err := s.change(ctx, "MarkDot", func() error {
		now := s.rows[d.ID]
		if now.Version != d.Version || now.State != outbox.Sending || now.LeaseOwner != d.LeaseOwner {
			return fmt.Errorf("marking: %w", outbox.ErrConflict)
		}
		d.DotMarked = true
		d.Version++
		s.rows[d.ID] = d
		return nil
	})
	return d, err
}

func (s *shelf) Save(ctx context.Context, d outbox.Delivery) error {
	return s.change(ctx, "Save", func() error {
		if s.rows[d.ID].Version != d.Version {
			return fmt.Errorf("saving: %w", outbox.ErrConflict)
		}
		d.Version++
		s.rows[d.ID] = d
		return nil
	})
}

func (s *shelf) Get(_ context.Context, id string) (outbox.Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return outbox.Delivery{}, errDead
	}
	return s.rows[id], s.failing["Get"]
}
