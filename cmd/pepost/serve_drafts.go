package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// draftEvery is how often a daemon asks the register anew what is due; an
// import beside it is drafted by then at the latest.
const draftEvery = 15 * time.Minute

// drafting makes what is due, one run at a time: the schedule and the sending
// passes both ask for it.
type drafting struct {
	rules *lastGood
	log   *slog.Logger

	mu      sync.Mutex
	drafted time.Time
}

// lately drafts where that was not done within draftEvery, or today.
func (d *drafting) lately(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if age := now.Sub(d.drafted); age >= 0 && age < draftEvery && pep.DateOf(now) == pep.DateOf(d.drafted) {
		return nil
	}
	return d.run(ctx, now)
}

// anew drafts whenever it was done last.
func (d *drafting) anew(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.run(ctx, d.now())
}

// stale has the next pass draft anew, whenever it was done last.
func (d *drafting) stale() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drafted = time.Time{}
}

// now is the clock on the wall: the one that measures time stands still while
// a machine sleeps.
func (d *drafting) now() time.Time { return d.rules.runner.Load().Now().Round(0) }

func (d *drafting) run(ctx context.Context, now time.Time) error {
	drafted, err := d.rules.runner.Load().Draft(ctx, pep.DateOf(now), false)
	if err != nil {
		return err
	}
	d.drafted = now
	for _, f := range drafted.Failures {
		d.log.Error("a form could not be made", "reference", f.Ref, "role", f.Role, "error", f.Err)
	}
	for _, made := range drafted.Drafts {
		if !made.Known {
			d.log.Info("drafted", "delivery", made.Delivery.ID, "reference", made.Delivery.Ref, "role", made.Delivery.Recipient.Role,
				"kind", made.Delivery.Kind, "state", made.Delivery.State, "late", made.Late)
		}
	}
	for _, w := range drafted.Withdrawn {
		d.log.Info("withdrawn", "delivery", w.ID, "reference", w.Ref, "state", w.State)
	}
	return nil
}
