package dispatch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
)

// A change takes a delivery on, or refuses with a [outbox.NotAllowedError].
type change func(outbox.Delivery) (outbox.Delivery, error)

// unsaved is a change that could not be stored: the next run tries again,
// since only this process knows what happened.
type unsaved struct {
	delivery outbox.Delivery
	change   change
}

// settle takes one claimed delivery to its next state and stores it. What was
// begun is recorded even where ctx has ended.
func (x *Dispatcher) settle(ctx context.Context, relay string, d outbox.Delivery) (outbox.Delivery, error) {
	if ctx.Err() != nil {
		return x.putBack(ctx, d)
	}
	a := x.attempt(ctx, d)
	switch {
	case a.objection != "":
		return x.hold(ctx, d, a.objection)
	case a.brokenOff(ctx):
		return x.putBack(ctx, a.delivery)
	}
	x.circuits.note(relay, a.outcome, x.Now())
	return x.record(ctx, a.delivery, a.outcome)
}

// An attempt is what came of trying to hand one delivery over: an objection
// to sending it at all, or an outcome.
type attempt struct {
	delivery  outbox.Delivery // with the marker, where it was set
	objection string
	outcome   outbox.Outcome
}

// brokenOff tells an attempt that was stopped from one that failed: it counts
// for nothing and the delivery waits as before.
func (a attempt) brokenOff(ctx context.Context) bool {
	return ctx.Err() != nil && !a.delivery.DotMarked && a.outcome.Result == outbox.ResultDeferred && a.outcome.Code == 0
}

// attempt checks a delivery once more and hands it over. A panic in any part
// ends the attempt of this delivery alone: the outbox holds one that fails so
// twice.
func (x *Dispatcher) attempt(ctx context.Context, d outbox.Delivery) (a attempt) {
	a.delivery = d
	defer func() {
		if recover() != nil { // what it says may be personal: it is not kept
			a.outcome = outbox.Outcome{Result: outbox.ResultCrashed, Text: "the program failed while it had this delivery"}
		}
	}()
	if a.objection = x.objection(d); a.objection != "" {
		return a
	}
	if x.Play != nil {
		return x.played(ctx, a)
	}
	bytes, err := x.Queue.Parcel(context.WithoutCancel(ctx), d.ID)
	if err != nil {
		a.objection = "the stored message cannot be read: ask whoever looks after the program"
		return a
	}
	if sum := sha256.Sum256(bytes); len(bytes) == 0 || hex.EncodeToString(sum[:]) != d.SHA256 {
		a.objection = "the stored message is not the one that was sealed: ask whoever looks after the program"
		return a
	}
	signed := x.signed(d)
	if !x.withinDomain(signed) {
		a.objection = "the envelope's sender is not within the domain that was decided on: ask whoever looks after the program"
		return a
	}
	a.outcome = x.Sender.Send(ctx, Envelope{
		From: signed.From, ReportTo: signed.ReportTo, To: d.Decision.Canonical, Bytes: bytes, ID: signed.ID, Relay: d.Decision.Relay,
	}, func() error { return x.mark(ctx, &a) })
	return a
}

// signed is what a delivery is called towards mail systems.
func (x *Dispatcher) signed(d outbox.Delivery) Signed {
	if x.Sign == nil {
		return Signed{ID: d.ID, From: x.From}
	}
	return x.Sign(d)
}

// withinDomain reports whether the envelope's sender is of the domain that the
// policy was asked about.
func (x *Dispatcher) withinDomain(s Signed) bool {
	_, domain, _ := strings.Cut(x.From, "@")
	_, from, _ := strings.Cut(s.From, "@")
	_, reportTo, _ := strings.Cut(s.ReportTo, "@")
	return from == domain && (s.ReportTo == "" || reportTo == domain)
}

// played is an attempt that is not made. Like a sender it sets the marker where
// the conversation would have come to the final dot.
func (x *Dispatcher) played(ctx context.Context, a attempt) attempt {
	a.outcome = x.Play(a.delivery)
	if a.outcome.Phase != outbox.PhaseDot && a.outcome.Phase != outbox.PhaseReply {
		return a
	}
	if err := x.mark(ctx, &a); err != nil {
		a.outcome = outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseData}
	}
	return a
}

// mark commits the marker that goes before the final dot. Once ctx has ended
// no marker is set any more; one that is being set is not broken off.
func (x *Dispatcher) mark(ctx context.Context, a *attempt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.delivery.DotMarked {
		return errors.New("the marker before the final dot is set already")
	}
	marked, err := x.Queue.MarkDot(context.WithoutCancel(ctx), a.delivery)
	if err != nil {
		return fmt.Errorf("marking the delivery before the final dot: %w", err)
	}
	a.delivery = marked
	return nil
}

// hold puts a delivery before a person.
func (x *Dispatcher) hold(ctx context.Context, d outbox.Delivery, why string) (outbox.Delivery, error) {
	return x.store(ctx, d, func(d outbox.Delivery) (outbox.Delivery, error) {
		return outbox.Advance(d, outbox.Hold, x.occasion(why))
	})
}

// putBack gives a claim up: the delivery waits as it did before.
func (x *Dispatcher) putBack(ctx context.Context, d outbox.Delivery) (outbox.Delivery, error) {
	return x.store(ctx, d, func(d outbox.Delivery) (outbox.Delivery, error) {
		return outbox.Recover(d, x.occasion(""))
	})
}

// record stores an outcome.
func (x *Dispatcher) record(ctx context.Context, d outbox.Delivery, out outbox.Outcome) (outbox.Delivery, error) {
	at := x.occasion("")
	return x.store(ctx, d, func(d outbox.Delivery) (outbox.Delivery, error) {
		return outbox.Conclude(d, out, at)
	})
}

// store saves a change, or keeps it for the next run.
func (x *Dispatcher) store(ctx context.Context, d outbox.Delivery, do change) (outbox.Delivery, error) {
	stored, err := x.save(context.WithoutCancel(ctx), d, do)
	if err != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.unsaved = append(x.unsaved, unsaved{d, do})
		return d, err
	}
	x.tell(stored)
	return stored, nil
}

// mostRereads bounds how often a delivery that others change is read again.
const mostRereads = 5

// save changes and saves. Where somebody else changed the delivery meanwhile,
// it is read and changed again, if it still may be: a claim that lapsed and
// was given to another process is theirs, and what they do with it stands.
func (x *Dispatcher) save(ctx context.Context, d outbox.Delivery, do change) (outbox.Delivery, error) {
	id := d.ID
	for range mostRereads {
		changed, err := do(d)
		var refused *outbox.NotAllowedError
		if errors.As(err, &refused) {
			return d, nil
		}
		if err != nil {
			return d, fmt.Errorf("delivery %s: %w", id, err)
		}
		err = x.Queue.Save(ctx, changed)
		if err == nil {
			return changed, nil
		}
		if !errors.Is(err, outbox.ErrConflict) {
			return d, fmt.Errorf("storing what became of delivery %s: %w", id, err)
		}
		if d, err = x.Queue.Get(ctx, id); err != nil {
			return d, fmt.Errorf("reading delivery %s again: %w", id, err)
		}
		if d.State == outbox.Sending && d.LeaseOwner != x.Owner {
			return d, nil
		}
	}
	return d, fmt.Errorf("storing what became of delivery %s: %w", id, outbox.ErrConflict)
}

func (x *Dispatcher) occasion(why string) outbox.Occasion {
	return outbox.Occasion{At: x.Now(), By: x.Owner, Why: why}
}
