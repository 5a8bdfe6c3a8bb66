package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/seal"
)

// Draft is one delivery as it was made, or found made already.
type Draft struct {
	Delivery outbox.Delivery
	// Known is set where the delivery was stored by an earlier run.
	Known bool
	// Unanswered are the answers the form should have had before it goes; the
	// officer is told, and the form goes all the same.
	Unanswered []string
	Late       bool
	// Why says why this recipient, why now and why so.
	Why []string
}

// prepare makes one delivery with everything that will be sent. What must not
// or cannot be sent comes out held with its reason; an error means that the
// form could not be made.
func (r *Runner) prepare(ctx context.Context, e errand) (Draft, Contents, error) {
	known, err := r.stored(ctx, &e)
	if err != nil {
		return Draft{}, Contents{}, err
	}
	if known != nil {
		return Draft{Delivery: *known, Known: true, Late: e.late, Why: e.why}, Contents{}, nil
	}
	d := r.blank(e)
	d.Decision = r.decide(e.recipient.Contact)
	draft := Draft{Late: e.late, Why: e.why}
	var contents Contents
	hold := reasonToHold(e, d.Decision)
	if sealable(d.Decision) {
		made, err := r.seal(ctx, &d, e)
		if err != nil {
			return Draft{}, Contents{}, err
		}
		contents, draft.Unanswered, hold = made.contents, made.unanswered, firstOf(hold, made.hold)
	}
	draft.Delivery, err = r.place(d, hold)
	return draft, contents, err
}

// blank is the delivery before anything is decided.
func (r *Runner) blank(e errand) outbox.Delivery {
	label := e.label()
	to := e.recipient.Contact
	id := r.Seed.Name("delivery\x00" + label)
	return outbox.Delivery{
		ID: id, Key: r.Seed.Name("key\x00" + label), Ref: e.record.Ref, PlanKey: e.plan.Key(),
		Kind: e.kind, Milestone: string(e.milestone), Due: e.due,
		Recipient: outbox.Recipient{Role: e.recipient.Role, Name: to.Name, Phone: firstOf(to.Phone, to.Mobile), Address: to.Email},
		MessageID: "<" + id + "@" + r.From.Domain() + ">",
		State:     outbox.Drafted,
		Events:    []outbox.Event{{At: r.Now(), Action: outbox.Draft, To: outbox.Drafted, By: r.Owner}},
	}
}

// mostAgain bounds how often one recipient of one plan may vanish from the
// register and come back.
const mostAgain = 100

// stored is the delivery as an earlier run left it, nil where there is none.
// One that was withdrawn when the register stopped naming the recipient does
// not count once the register names them again: the errand gets an occasion of
// its own.
func (r *Runner) stored(ctx context.Context, e *errand) (*outbox.Delivery, error) {
	occasion := e.occasion
	for n := range mostAgain {
		if n > 0 {
			e.occasion = fmt.Sprintf("%s again %d", occasion, n)
		}
		d, err := r.Deliveries.Get(ctx, r.blank(*e).ID)
		var none *NotFoundError
		if errors.As(err, &none) {
			return nil, nil
		}
		if err != nil || !withdrawn(d) {
			return &d, err
		}
	}
	return nil, fmt.Errorf("a recipient of %s left the register and came back %d times", e.record.Ref, mostAgain)
}

func withdrawn(d outbox.Delivery) bool {
	return d.State == outbox.Cancelled && d.Reason == withdrawnWhy
}

// sealable reports whether bytes are made for a decision at all. Held, refused
// and posted deliveries have none, so that nothing can leave by mistake.
func sealable(d route.Decision) bool {
	verdict := d.Settled()
	return (verdict == route.Secure || verdict == route.Encrypt) && d.Method != route.MethodPost && d.Method != route.MethodNone
}

// reasonToHold is why a person must look before this can leave, empty where
// nobody must.
func reasonToHold(e errand, d route.Decision) string {
	switch {
	case e.recipient.Contact.Email.Empty() && d.Method != route.MethodPost:
		return fmt.Sprintf("no usable e-mail address of a %s is on record", e.recipient.Role)
	case e.hold != "":
		return e.hold
	case d.Method == route.MethodPost:
		return "to go by registered post: print the form, post it and record it"
	case sealable(d):
		return ""
	}
	return firstOf(strings.Join(d.Reasons, "; "), "the delivery policy does not say how this may travel")
}

// sealed is what making one message gave.
type sealed struct {
	contents   Contents
	unanswered []string
	hold       string
}

// seal draws the form, writes the letter and seals both into the final bytes.
func (r *Runner) seal(ctx context.Context, d *outbox.Delivery, e errand) (sealed, error) {
	var err error
	if d.Recipient.New, err = r.isNew(ctx, d.Recipient.Address); err != nil {
		return sealed{}, err
	}
	out := sealed{}
	var drawn drawn
	if e.kind != outbox.KindChase {
		if drawn, err = r.draw(e); err != nil {
			return out, err
		}
		out.unanswered, out.hold = drawn.unanswered, drawn.hold
	}
	parcel, err := r.parcel(*d, e, drawn.word)
	if err != nil {
		return out, err
	}
	d.SHA256, d.Size = parcel.SHA256, len(parcel.Bytes)
	if parcel.Passphrase != "" {
		d.Passphrase = outbox.PassphrasePending
	}
	out.contents = Contents{Parcel: parcel.Bytes, Passphrase: parcel.Passphrase, Document: drawn.word}
	return out, nil
}

func (r *Runner) isNew(ctx context.Context, to pep.Address) (bool, error) {
	ever, err := r.Deliveries.EverSentTo(ctx, to.Canonical())
	return !ever, err
}

func (r *Runner) parcel(d outbox.Delivery, e errand, document []byte) (seal.Parcel, error) {
	contents, err := r.Templates.Write(letter.Input{
		Ref: d.Ref, Kind: letter.Kind(e.kind), Decision: d.Decision, On: r.today(), ReturnBy: r.returnBy(e),
		Officer: r.officer(e.record), Sender: letter.Sender{Authority: r.Words.Authority, VirtualSchool: r.Words.VirtualSchool},
		Document: document, Extension: letter.Word, Role: d.Recipient.Role, Late: e.late,
	})
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("writing the letter for %s: %w", d.Ref, err)
	}
	parcel, err := seal.Seal(d.Decision, contents,
		seal.Envelope{From: r.From, To: d.Recipient.Address, MessageID: d.MessageID, Date: r.Now()},
		seal.Secrets{Rand: r.Seed.Stream(d.ID + "\x00" + digest(document) + "\x00" + contents.Text)})
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("sealing for %s: %w", d.Ref, err)
	}
	return parcel, nil
}

// returnBy is the day to name in a letter: none where it is past, so that
// nobody is asked for yesterday. A reminder names it all the same.
func (r *Runner) returnBy(e errand) pep.Date {
	if e.kind == outbox.KindForm && e.returnBy.Before(r.today()) || e.kind == outbox.KindFinal {
		return pep.Date{}
	}
	return e.returnBy
}

// place puts a fresh delivery where it belongs: held, waiting for an officer,
// or released.
func (r *Runner) place(d outbox.Delivery, hold string) (outbox.Delivery, error) {
	occasion := outbox.Occasion{At: r.Now(), By: r.Owner}
	switch {
	case hold != "":
		occasion.Why = hold
		return outbox.Advance(d, outbox.Hold, occasion)
	case r.ByHand:
		return d, nil
	}
	occasion.Why = "released by itself: the configuration says so"
	return outbox.Advance(d, outbox.Approve, occasion)
}

// firstOf is the first text that is not empty.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
