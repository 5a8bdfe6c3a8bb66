package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// What a chore belongs to instead of a milestone of the timetable. Each is done
// by its own command, not by marking it.
const (
	// ChorePassphrase is a passphrase that waits to be handed over for two
	// working days.
	ChorePassphrase timetable.MilestoneName = "passphrase_pending"
	// ChoreReroute is a delivery that would better go by another method.
	ChoreReroute timetable.MilestoneName = "reroute"
	// ChorePhrase is a phrase that is to be agreed anew, or told and not
	// confirmed.
	ChorePhrase timetable.MilestoneName = "agree_phrase"
)

// passphraseWait is after how many working days a passphrase that nobody has
// handed over is a task: the letter asks the recipient to ring after two.
const passphraseWait = 2

// Chores calls do for everything that sending left for a person to do, by the
// day it is due, up to a day: passphrases that wait, messages that nobody takes,
// deliveries that another method would serve better, settings that sent a form
// back in clear.
func (r *Runner) Chores(ctx context.Context, until pep.Date, do func(timetable.Due) error) error {
	all, err := r.Deliveries.List(ctx, Filter{States: []outbox.State{
		outbox.Approved, outbox.Deferred, outbox.Accepted, outbox.Delivered, outbox.Held, outbox.Refused, outbox.Bounced,
	}})
	if err != nil {
		return fmt.Errorf("reading the outbox: %w", err)
	}
	chores, err := r.phraseChores(ctx)
	if err != nil {
		return err
	}
	unsafe, err := r.inClearChores(ctx)
	if err != nil {
		return err
	}
	chores = append(chores, unsafe...)
	for _, d := range all {
		chores = append(chores, r.choresOf(ctx, d)...)
	}
	slices.SortStableFunc(chores, func(a, b timetable.Due) int { return a.Due.Compare(b.Due) })
	for _, chore := range chores {
		if chore.Due.After(until) {
			continue
		}
		if err := do(chore); err != nil {
			return err
		}
	}
	return nil
}

// choresOf are the chores of one delivery.
func (r *Runner) choresOf(ctx context.Context, d outbox.Delivery) []timetable.Due {
	var chores []timetable.Due
	if on, waits := r.passphraseDue(d); waits {
		chores = append(chores, r.chore(d, ChorePassphrase, on,
			"the passphrase was not handed over: pepost outbox passphrase "+d.ID))
	}
	if p := r.Proposed(ctx, d); p.Method != "" {
		chores = append(chores, r.chore(d, ChoreReroute, r.happenedOn(d),
			p.Why, fmt.Sprintf("pepost outbox reroute %s --method %s", d.ID, p.Method)))
	} else if late, waits := r.undelivered(d); waits {
		chores = append(chores, late)
	}
	return chores
}

func (r *Runner) chore(d outbox.Delivery, what timetable.MilestoneName, due pep.Date, why string, more ...string) timetable.Due {
	return timetable.Due{
		Ref: d.Ref, PlanKey: d.PlanKey, Kind: timetable.KindTask, Milestone: what, Due: due, Role: pep.Officer,
		Late: due.Before(r.today()), Why: append([]string{fmt.Sprintf("%s for the %s: %s", d.Kind, d.Recipient.Role, why)}, more...),
	}
}

// passphraseDue is when a passphrase that waits becomes a task; false where
// none waits. What was sealed again has another one.
func (r *Runner) passphraseDue(d outbox.Delivery) (pep.Date, bool) {
	if d.Text.State == outbox.TextFailed && d.Passphrase == outbox.PassphrasePending && d.ReplacedBy == "" {
		return pep.DateOf(d.Text.At.In(r.Now().Location())), true
	}
	if d.Passphrase != outbox.PassphrasePending || d.ReplacedBy != "" || d.State != outbox.Accepted && d.State != outbox.Delivered {
		return pep.Date{}, false
	}
	left := leftOn(d, r.Now().Location())
	if r.Calendar == nil {
		return left.AddDays(passphraseWait), true
	}
	on, err := r.Calendar.ForwardDate(left, passphraseWait, calendar.WorkingDays)
	if err != nil {
		// No bank holidays of that year: a task too early does no harm.
		return left.AddDays(passphraseWait), true
	}
	return on, true
}

// happenedOn is the day of a delivery's last change of state.
func (r *Runner) happenedOn(d outbox.Delivery) pep.Date {
	for _, e := range slices.Backward(d.Events) {
		if e.From != e.To {
			return pep.DateOf(e.At.In(r.Now().Location()))
		}
	}
	return d.Due
}
