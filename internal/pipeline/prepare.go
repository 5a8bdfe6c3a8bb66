package pipeline

import (
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
func (r *Runner) prepare(e errand) (draft Draft, contents Contents, err error) {
	d := r.blank(e)
	d.Decision = r.decideAsked(e.recipient.Contact, e.method)
	draft.Late, draft.Why = e.late, e.why
	hold := r.reasonToHold(e, d.Decision)
	if r.makesBytes(e, d.Decision) && !(e.kind == outbox.KindTransfer && e.answers == nil) {
		made, err := r.seal(&d, e)
		if err != nil {
			return Draft{}, Contents{}, err
		}
		if hold == printAndPost { // says nothing against the copy; what the copy says comes first
			hold = firstOf(made.hold, hold)
		}
		contents, draft.Unanswered, hold = made.contents, made.unanswered, firstOf(hold, made.hold)
	}
	if sealable(d.Decision) {
		hold, draft.Why = addressed(hold, draft.Why, e.address)
	}
	if d.Decision.Method == route.MethodPost && e.house != "" {
		hold = e.house + "; " + hold
	}
	draft.Delivery, err = r.place(d, hold)
	return draft, contents, err
}

// blank is the delivery before anything is decided.
func (r *Runner) blank(e errand) outbox.Delivery {
	to := e.recipient.Contact
	id := r.deliveryID(e)
	return outbox.Delivery{
		ID: id, Key: r.Seed.Name("key\x00" + e.label()), Ref: e.record.Ref, PlanKey: e.plan.Key(),
		Kind: e.kind, Milestone: string(e.milestone), Due: e.due,
		Recipient: outbox.Recipient{
			Role: e.recipient.Role, Name: to.Name, Phone: firstOf(to.Phone, to.Mobile), Address: to.Email,
			Withheld: e.recipient.WithholdPlacementAddress, Also: e.recipient.Also, Why: e.recipient.Why,
		},
		Replaces:  e.replaces,
		MessageID: "<" + id + "@" + r.From.Domain() + ">",
		State:     outbox.Drafted,
		Events:    []outbox.Event{{At: r.Now(), Action: outbox.Draft, To: outbox.Drafted, By: firstOf(e.asked.Name, r.Owner), Why: e.asked.Why}},
	}
}

// deliveryID names the delivery of an errand: the same errand gives the same.
func (r *Runner) deliveryID(e errand) string { return r.Seed.Name("delivery\x00" + e.label()) }

// sealable reports whether bytes are made for a decision at all. Held, refused
// and posted deliveries have none, so that nothing can leave by mistake.
func sealable(d route.Decision) bool {
	verdict := d.Settled()
	return (verdict == route.Secure || verdict == route.Encrypt) && d.Method != route.MethodPost && d.Method != route.MethodNone
}

// reasonToHold is why a person must look before this can leave, empty where
// nobody must.
func (r *Runner) reasonToHold(e errand, d route.Decision) string {
	switch {
	case e.recipient.Contact.Email.Empty() && d.Method != route.MethodPost:
		return fmt.Sprintf("no usable e-mail address of a %s is on record", e.recipient.Role)
	case e.hold != "":
		return e.hold
	case r.Unattended && e.missed != "":
		return e.missed
	case d.Method == route.MethodPost:
		return r.holdForPost(e)
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
func (r *Runner) seal(d *outbox.Delivery, e errand) (sealed, error) {
	var out sealed
	var drawn drawn
	var err error
	d.Recipient.New = e.address.New
	if e.kind != outbox.KindChase {
		if drawn, err = r.draw(e, d.Decision.Method == route.MethodPost); err != nil {
			return out, err
		}
		out.unanswered, out.hold, d.Form = drawn.unanswered, drawn.hold, drawn.form
		if drawn.undrawn {
			return out, nil
		}
	}
	if r.Sketch {
		sketch(d)
		return out, nil
	}
	if e.kind == outbox.KindPack && len(drawn.file) == 0 {
		return out, nil
	}
	if d.Decision.Method == route.MethodPost {
		return r.pack(d, e, drawn)
	}
	parcel, err := r.parcel(*d, e, drawn)
	var big *seal.TooBigError
	if errors.As(err, &big) {
		if d.Decision = r.withoutGateway(e, big); !sealable(d.Decision) {
			out.hold = firstOf(out.hold, r.reasonToHold(e, d.Decision))
			return out, nil
		}
		parcel, err = r.parcel(*d, e, drawn)
	}
	if err != nil {
		return out, err
	}
	d.SHA256, d.Size = parcel.SHA256, len(parcel.Bytes)
	switch {
	case parcel.Passphrase == "":
	case e.opens.id != "":
		d.Passphrase, d.Phrase = outbox.PassphraseAgreed, e.opens.id
	default:
		d.Passphrase = outbox.PassphrasePending
	}
	out.contents = Contents{Parcel: parcel.Bytes, Passphrase: parcel.Passphrase, Document: drawn.file}
	return out, nil
}

// sketch leaves a delivery without bytes, as if it had some.
func sketch(d *outbox.Delivery) {
	d.SHA256 = outbox.Sketched
	if d.Decision.Method == route.MethodProtectedDocument {
		d.Passphrase = outbox.PassphrasePending
	}
}

func (r *Runner) parcel(d outbox.Delivery, e errand, made drawn) (seal.Parcel, error) {
	contents, err := r.Templates.Write(letter.Input{
		Ref: d.Ref, Kind: e.letter(), Decision: d.Decision, On: r.today(), ReturnBy: r.returnBy(e),
		Officer: r.officer(e.record), Sender: letter.Sender{Authority: r.Words.Authority, VirtualSchool: r.Words.VirtualSchool},
		Document: made.file, Extension: made.as, Calendar: e.calendar, Role: letterRole(d.Recipient), Late: e.late, Agreed: e.opens.on, Texted: e.texts,
	})
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("writing the letter for %s: %w", d.Ref, err)
	}
	keys, err := r.sealingKeys(d)
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("sealing for %s: %w", d.Ref, err)
	}
	parcel, err := seal.Seal(d.Decision, contents,
		seal.Envelope{From: r.From, To: d.Recipient.Address, MessageID: d.MessageID, Date: r.Now(), Gateways: r.gateways()},
		seal.Secrets{
			Rand:       r.Seed.Stream(d.ID + "\x00" + digest(made.file) + "\x00" + contents.Text + r.keyLabel(d.Decision)),
			Passphrase: e.opens.phrase, OpenPGP: keys,
		})
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("sealing for %s: %w", d.Ref, err)
	}
	return parcel, nil
}

// letterRole is the role that a letter is worded for: of a mailbox that several
// read, the one who is told least.
func letterRole(to outbox.Recipient) pep.Role {
	for _, also := range to.Also {
		if to.Role.Professional() && !also.Professional() {
			return also
		}
	}
	return to.Role
}

// returnBy is the day to name in a letter: none where it is past, so that
// nobody is asked for yesterday. A reminder names it all the same.
func (r *Runner) returnBy(e errand) pep.Date {
	if e.kind == outbox.KindForm && e.returnBy.Before(r.today()) || e.kind.Final() {
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
