package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/route"
)

// NumberTakenError says that a Royal Mail number stands on another letter.
type NumberTakenError struct {
	Number   post.Number
	Delivery string
}

// Error names the other delivery.
func (e *NumberTakenError) Error() string {
	return fmt.Sprintf("the number %s is that of delivery %s: look at the receipt again", e.Number, e.Delivery)
}

// NotForPostError says why a delivery is not to be printed or posted as it
// stands.
type NotForPostError struct {
	ID  string
	Why string
}

// Error says why.
func (e *NotForPostError) Error() string {
	return fmt.Sprintf("delivery %s is not to be posted as it stands: %s", e.ID, e.Why)
}

// printed begins the note of each printing.
const printed = "printed for the post"

// ToPrint are the letters that wait to be printed and posted.
func (r *Runner) ToPrint(ctx context.Context) ([]outbox.Delivery, error) {
	waiting, err := r.Deliveries.List(ctx, Filter{States: []outbox.State{outbox.Held, outbox.Approved}})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return slices.DeleteFunc(waiting, func(d outbox.Delivery) bool { return !readyForPost(d) }), nil
}

// readyForPost reports whether nothing but the way to the post office is left
// to do for a delivery.
func readyForPost(d outbox.Delivery) bool {
	ready := d.State == outbox.Approved || d.State == outbox.Held && strings.HasPrefix(d.Reason, printAndPost)
	return d.Decision.Method == route.MethodPost && d.SHA256 != "" && ready
}

// Print gives the pack of one delivery as it was drawn when it was drafted,
// and keeps who printed it. A delivery that would not be made so today is a
// [NotForPostError] and stays held: the next draft makes it anew.
func (r *Runner) Print(ctx context.Context, id string, by By) (outbox.Delivery, []byte, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return d, nil, err
	}
	switch {
	case d.Decision.Method != route.MethodPost:
		return d, nil, &NotForPostError{id, "it goes another way"}
	case d.SHA256 == "":
		return d, nil, &NothingSealedError{ID: id, Why: d.Reason}
	case !readyForPost(d):
		return d, nil, &NotForPostError{id, fmt.Sprintf("it is %s (%s)", d.State, firstOf(d.Reason, "no reason"))}
	}
	if err := r.stillStands(ctx, d, by); err != nil {
		return d, nil, err
	}
	pack, err := r.Deliveries.Parcel(ctx, id)
	if err != nil {
		return d, nil, err
	}
	if digest(pack) != d.SHA256 {
		return d, nil, &NotForPostError{id, "its pages are not those that were drafted"}
	}
	d, err = outbox.Advance(d, outbox.Note, r.said(by, printed+withReason(by.Why)))
	if err != nil {
		return d, nil, err
	}
	return d, pack, r.Deliveries.Save(ctx, d)
}

func (r *Runner) said(by By, why string) outbox.Occasion {
	return outbox.Occasion{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: why}
}

func withReason(why string) string {
	if why = strings.TrimSpace(why); why != "" {
		return ": " + why
	}
	return ""
}

// stillStands is nil where a letter would be made today just as it was, to the
// same door; else it is a [NotForPostError], and what was released is held
// again.
func (r *Runner) stillStands(ctx context.Context, d outbox.Delivery, by By) error {
	now, off := r.redecide(d)
	if !off {
		return nil
	}
	why := strings.TrimPrefix(now.Reasons[len(now.Reasons)-1], notAsSealed)
	action := outbox.Note
	if d.State == outbox.Approved {
		action = outbox.Hold
	}
	held, err := outbox.Advance(d, action, r.said(by, notAsSealed+why))
	if err != nil {
		return err
	}
	if err := r.Deliveries.Save(ctx, held); err != nil {
		return err
	}
	return &NotForPostError{d.ID, why}
}

// Letter is what an officer says of a letter that was posted.
type Letter struct {
	// Number is as it stands on the receipt.
	Number string
	// On is the day of posting; the zero day means today.
	On pep.Date
	// Proof says where the proof of posting is kept; it may be empty.
	Proof string
}

// Posted records that one letter was handed to the post. Without a reason it
// must have been printed here and must still be right; with one it records
// what happened all the same, since what is gone is gone. The error is a
// [post.NumberError] for a number that cannot be one, and a [NumberTakenError]
// for one that is another letter's.
func (r *Runner) Posted(ctx context.Context, id string, letter Letter, by By) (outbox.Delivery, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return d, err
	}
	number, err := post.ParseNumber(letter.Number)
	if err != nil {
		return d, err
	}
	if d.Decision.Method != route.MethodPost {
		return d, &NotForPostError{id, "it goes another way"}
	}
	on := letter.On
	if on.IsZero() {
		on = r.today()
	}
	proof, err := post.Posted(number, on, letter.Proof, r.madeOn(d), r.today())
	if err != nil {
		return d, fmt.Errorf("recording the posting of %s: %w", id, err)
	}
	if err := r.mayHaveGone(ctx, d, by); err != nil {
		return d, err
	}
	d, err = outbox.Advance(d, outbox.Post, r.said(by, fmt.Sprintf("posted on %s, number %s%s", on.Long(), number, withReason(by.Why))))
	if err != nil {
		return d, err
	}
	d.Posting = proof
	return d, r.Deliveries.Save(ctx, d)
}

// madeOn is the civil day on which a delivery was drafted.
func (r *Runner) madeOn(d outbox.Delivery) pep.Date {
	if len(d.Events) == 0 {
		return pep.Date{}
	}
	return pep.DateOf(d.Events[0].At.In(r.Now().Location()))
}

// mayHaveGone looks at a letter as it is recorded as posted, unless somebody
// gives a reason for what cannot be undone.
func (r *Runner) mayHaveGone(ctx context.Context, d outbox.Delivery, by By) error {
	if strings.TrimSpace(by.Why) != "" {
		return nil
	}
	if !slices.ContainsFunc(d.Events, func(e outbox.Event) bool { return strings.HasPrefix(e.Why, printed) }) {
		return &NeedsReasonError{Doing: "record as posted what was not printed here"}
	}
	if _, err := outbox.Next(d.State, outbox.Post); err != nil {
		return err
	}
	if !readyForPost(d) {
		return &NotForPostError{d.ID, firstOf(d.Reason, "it is held")}
	}
	return r.stillStands(ctx, d, by)
}

// HandedOver records that one posted letter was signed for on a day.
func (r *Runner) HandedOver(ctx context.Context, id string, on pep.Date, by By) (outbox.Delivery, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return d, err
	}
	if d.State != outbox.Posted {
		return d, &outbox.NotAllowedError{State: d.State, Action: outbox.Deliver}
	}
	proof, err := d.Posting.Delivered(on, r.today())
	if err != nil {
		return d, fmt.Errorf("recording the delivery of %s: %w", id, err)
	}
	d, err = outbox.Advance(d, outbox.Deliver, r.said(by, "signed for on "+on.Long()+withReason(by.Why)))
	if err != nil {
		return d, err
	}
	d.Posting = proof
	return d, r.Deliveries.Save(ctx, d)
}
