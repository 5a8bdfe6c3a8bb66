package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// Incident is one frozen address with everything that has to do with it.
type Incident struct {
	Freeze Freeze
	// Already is set where the address was frozen before.
	Already bool
	// Out is what left for the address, or may have: a relay took it, it went by
	// post, or nobody knows.
	Out []outbox.Delivery
	// Underway is what was past stopping when the address was frozen: it is
	// being handed over.
	Underway []outbox.Delivery
	// Stopped is what had not left and never will while the address is frozen.
	Stopped []outbox.Delivery
	// Withheld are the deliveries whose passphrase nobody may read any more.
	Withheld []outbox.Delivery
}

// NoAddressError says that a delivery has no address that mail could go to.
type NoAddressError struct{ ID string }

// Error names the delivery.
func (e *NoAddressError) Error() string {
	return "delivery " + e.ID + " has no address that anything could have gone to"
}

// Wrong is a person's word that something went to the wrong recipient: the
// delivery that shows it, and since when the authority knows; zero means now.
type Wrong struct {
	ID    string
	Known time.Time
	By    By
}

// OpenIncident freezes the address of a delivery: whatever waits to go there is
// held, by this and by every other process, and no passphrase of anything that
// went there is read out any more. It gives what left. A second time it does
// the same again and finds the incident open.
func (r *Runner) OpenIncident(ctx context.Context, w Wrong) (Incident, error) {
	d, err := r.Deliveries.Get(ctx, w.ID)
	if err != nil {
		return Incident{}, err
	}
	to := addressOf(d)
	if to == "" {
		return Incident{}, &NoAddressError{ID: w.ID}
	}
	if strings.TrimSpace(w.By.Why) == "" {
		w.By.Why = "something went to the wrong recipient"
	}
	if w.Known.IsZero() || w.Known.After(r.Now()) {
		w.Known = r.Now()
	}
	f, fresh, err := r.Freezes.Freeze(ctx, Freeze{
		Delivery: d.ID, Ref: d.Ref, Canonical: to, Known: w.Known, Opened: r.Now(), By: firstOf(w.By.Name, r.Owner), Why: w.By.Why,
	})
	if err != nil {
		return Incident{}, err
	}
	out := Incident{Freeze: f, Already: !fresh}
	return out, r.stop(ctx, &out, firstOf(w.By.Name, r.Owner))
}

// addressOf is the address that was decided on, which is the one that mail goes
// to.
func addressOf(d outbox.Delivery) string {
	return firstOf(d.Decision.Canonical, d.Recipient.Address.Canonical())
}

// stop holds what waits to go to a frozen address, withholds the passphrases,
// and sorts everything that ever was for it.
func (r *Runner) stop(ctx context.Context, x *Incident, by string) error {
	all, err := r.toAddress(ctx, x.Freeze.Canonical)
	if err != nil {
		return err
	}
	for _, d := range all {
		d, err := r.stopOne(ctx, d, x.Freeze, by)
		if err != nil {
			return fmt.Errorf("stopping delivery %s: %w", d.ID, err)
		}
		x.sort(d)
	}
	return nil
}

func (x *Incident) sort(d outbox.Delivery) {
	// What was uncertain and was withdrawn or released again since may be there
	// all the same.
	if slices.ContainsFunc(d.Events, func(e outbox.Event) bool { return e.To.Gone() }) {
		x.Out = append(x.Out, d)
	}
	switch {
	case d.State.Gone():
	case d.State == outbox.Sending:
		x.Underway = append(x.Underway, d)
	case d.State != outbox.Cancelled:
		x.Stopped = append(x.Stopped, d)
	}
	if d.Passphrase == outbox.PassphraseWithheld {
		x.Withheld = append(x.Withheld, d)
	}
}

// toAddress are all deliveries for an address, in letters of any size: the
// part before the @ is kept as it was typed, and mailboxes do not tell a from A.
func (r *Runner) toAddress(ctx context.Context, canonical string) ([]outbox.Delivery, error) {
	all, err := r.Deliveries.List(ctx, Filter{})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return slices.DeleteFunc(all, func(d outbox.Delivery) bool { return !strings.EqualFold(addressOf(d), canonical) }), nil
}

// mostTries bounds how often a delivery that others change is read again.
const mostTries = 5

// stopOne holds one delivery, if it has not left, and withholds its passphrase,
// if nobody has it yet. One that a process is sending is held too, as long as
// the marker before the final dot is not set: that process then sends none.
func (r *Runner) stopOne(ctx context.Context, d outbox.Delivery, f Freeze, by string) (outbox.Delivery, error) {
	o := outbox.Occasion{At: r.Now(), By: by, Why: r.frozenWords(f)}
	for range mostTries {
		is, changed := stopped(d, o)
		if !changed {
			return d, nil
		}
		err := r.Deliveries.Save(ctx, is)
		if err == nil {
			return r.Deliveries.Get(ctx, d.ID)
		}
		if !errors.Is(err, outbox.ErrConflict) {
			return d, err
		}
		if d, err = r.Deliveries.Get(ctx, d.ID); err != nil {
			return d, err
		}
	}
	return d, outbox.ErrConflict
}

// stopped is a delivery held and its passphrase withheld, as far as that is
// possible.
func stopped(d outbox.Delivery, o outbox.Occasion) (is outbox.Delivery, changed bool) {
	is = d
	if d.State != outbox.Held {
		if held, err := outbox.Advance(is, outbox.Hold, o); err == nil {
			is, changed = held, true
		}
	}
	if d.Passphrase == outbox.PassphrasePending {
		o.Why = "passphrase withheld: an incident is open for the address"
		if noted, err := outbox.Advance(is, outbox.Note, o); err == nil {
			is, changed = noted, true
			is.Passphrase = outbox.PassphraseWithheld
		}
	}
	return is, changed
}

// IncidentOf is the incident that is open for the address of a delivery, as it
// stands now, or a [NotFoundError].
func (r *Runner) IncidentOf(ctx context.Context, id string) (Incident, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return Incident{}, err
	}
	f, is, err := r.Freezes.Frozen(ctx, addressOf(d))
	if err != nil {
		return Incident{}, err
	}
	if !is {
		return Incident{}, &NotFoundError{What: NoIncident, Name: id}
	}
	out := Incident{Freeze: f, Already: true}
	all, err := r.toAddress(ctx, f.Canonical)
	for _, d := range all {
		out.sort(d)
	}
	return out, err
}

// CloseIncident lets mail go to the address of a delivery again, once somebody
// confirms the address anew. What was held stays held until a person lets each
// go. Passphrases stay withheld, since what
// they open is in the wrong hands; where it was a false alarm they may be read
// again.
func (r *Runner) CloseIncident(ctx context.Context, id string, by By, falseAlarm bool) (Incident, error) {
	if strings.TrimSpace(by.Why) == "" {
		return Incident{}, &NeedsReasonError{Doing: "close an incident"}
	}
	x, err := r.IncidentOf(ctx, id)
	if err != nil {
		return x, err
	}
	closed := x.Freeze
	closed.Closed, closed.ClosedBy, closed.ClosedWhy = r.Now(), firstOf(by.Name, r.Owner), by.Why
	// First the doubt, then the thaw: what fails between them leaves both.
	if err := r.doubt(ctx, closed); err != nil {
		return x, err
	}
	if x.Freeze, err = r.Freezes.Thaw(ctx, x.Freeze.Canonical, closed); err != nil || !falseAlarm {
		return x, err
	}
	for _, d := range x.Withheld {
		if err := r.giveBack(ctx, d.ID, closed); err != nil {
			return x, fmt.Errorf("delivery %s: %w", d.ID, err)
		}
	}
	x.Withheld = nil
	return x, nil
}

// doubt has the address of an incident confirmed again before anything goes
// there: what was right may be wrong now, and the other way about.
func (r *Runner) doubt(ctx context.Context, f Freeze) error {
	to := pep.ParseAddress(f.Canonical)
	if r.Book == nil || to.Canonical() == "" {
		return nil
	}
	err := r.Book.Say(ctx, AddressWord{Address: to, Again: true, At: f.Closed, By: f.ClosedBy, Why: f.ClosedWhy})
	if err != nil {
		return fmt.Errorf("asking that the address be confirmed again: %w", err)
	}
	return nil
}

// giveBack lets a passphrase that was withheld be read.
func (r *Runner) giveBack(ctx context.Context, id string, f Freeze) error {
	for range mostTries {
		d, err := r.Deliveries.Get(ctx, id)
		if err != nil || d.Passphrase != outbox.PassphraseWithheld {
			return err
		}
		d, err = outbox.Advance(d, outbox.Note, outbox.Occasion{
			At: f.Closed, By: f.ClosedBy, Why: "passphrase no longer withheld, the incident was a false alarm: " + f.ClosedWhy,
		})
		if err != nil {
			return err
		}
		d.Passphrase = outbox.PassphrasePending
		if err = r.Deliveries.Save(ctx, d); !errors.Is(err, outbox.ErrConflict) {
			return err
		}
	}
	return outbox.ErrConflict
}

// OpenIncidents are the incidents that nobody has closed, the earliest known
// first.
func (r *Runner) OpenIncidents(ctx context.Context) ([]Freeze, error) {
	if r.Freezes == nil {
		return nil, nil
	}
	all, err := r.Freezes.Freezes(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(f Freeze) bool { return !f.Open() }), nil
}

// IncidentTask names what people have to do for an incident, beside the
// milestones of plans.
const IncidentTask timetable.MilestoneName = "incident"

// IncidentTasks are the open incidents as tasks of an officer, due on the day
// until which the Information Commissioner's Office is to be told.
func (r *Runner) IncidentTasks(ctx context.Context) ([]timetable.Due, error) {
	open, err := r.OpenIncidents(ctx)
	if err != nil {
		return nil, err
	}
	tasks := make([]timetable.Due, len(open))
	for i, f := range open {
		tasks[i] = timetable.Due{
			Ref: f.Ref, Kind: timetable.KindTask, Milestone: IncidentTask, Due: dayOf(f.TellBy(), r), Role: pep.Officer,
			Late: f.Left(r.Now()) < 0, Why: []string{r.incidentWords(f)},
		}
	}
	return tasks, nil
}

// incidentWords says how long is left, and of which delivery, without an
// address.
func (r *Runner) incidentWords(f Freeze) string {
	by := f.TellBy().In(r.Now().Location())
	words := fmt.Sprintf("delivery %s went to the wrong person; tell the Information Commissioner's Office by %s at %s",
		f.Delivery, pep.DateOf(by).Long(), by.Format("15:04"))
	left := f.Left(r.Now())
	switch {
	case left < 0:
		return words + ", which has passed"
	case left < time.Hour:
		return words + ": less than an hour is left"
	case left < 2*time.Hour:
		return words + ": 1 hour is left"
	}
	return fmt.Sprintf("%s: %d hours are left", words, left/time.Hour)
}
