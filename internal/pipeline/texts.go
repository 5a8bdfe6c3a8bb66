package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
)

// Texted is what one look at the text messages came to.
type Texted struct {
	// Taken were handed to the service now, Delivered and Failed learned of.
	Taken, Delivered, Failed int
	// Alarm is why no passphrase goes by text message before a person mends
	// something; empty where none is known.
	Alarm string
}

// The times of a text message: after how long a reference that the service does
// not know was never taken, how often it is asked, and how long it tells.
const (
	textSettles = 2 * time.Minute
	textAgain   = 5 * time.Minute
	textTold    = 6 * 24 * time.Hour
)

// HandOverTexts hands the passphrases of accepted messages over by text
// message, where the recipient's number was confirmed before the message was
// made; what is not so waits for an officer. It is a job of its own, after the
// mail was accepted, so that no passphrase goes to somebody without the
// document. What is begun is committed first, and what had no answer is asked
// about before anything is sent again.
func (r *Runner) HandOverTexts(ctx context.Context) (Texted, error) {
	var out Texted
	if r.Texts == nil {
		return out, nil
	}
	all, err := r.Deliveries.List(ctx, Filter{States: []outbox.State{outbox.Accepted, outbox.Delivered}})
	if err != nil {
		return out, fmt.Errorf("reading the outbox: %w", err)
	}
	for _, d := range all {
		if ctx.Err() != nil {
			break
		}
		if why, ready := r.Texts.Ready(); !ready {
			out.Alarm = alarmOf(why)
			break
		}
		if err := r.textOne(ctx, d, &out); err != nil && !errors.Is(err, outbox.ErrConflict) {
			return out, err
		}
	}
	return out, nil
}

// alarmOf is what an outcome asks a person to mend.
func alarmOf(o dispatch.TextOutcome) string {
	if o.Result == dispatch.TextMisconfigured {
		return o.Detail
	}
	return ""
}

// textOne does what is to be done about the text message of one delivery.
func (r *Runner) textOne(ctx context.Context, d outbox.Delivery, out *Texted) error {
	age := r.Now().Sub(d.Text.At)
	switch d.Text.State {
	case outbox.TextNone:
		return r.beginText(ctx, d, out)
	case outbox.TextAsked:
		return r.concludeText(ctx, d, r.Texts.Find(ctx, d.Text.Reference), false, out)
	case outbox.TextTaken:
		if age >= textAgain && age < textTold {
			return r.concludeText(ctx, d, r.Texts.Find(ctx, d.Text.Reference), false, out)
		}
	case outbox.TextDelivered, outbox.TextFailed:
	}
	return nil
}

// beginText commits that a passphrase goes by text message, then hands it over.
func (r *Runner) beginText(ctx context.Context, d outbox.Delivery, out *Texted) error {
	if d.Passphrase != outbox.PassphrasePending || d.ReplacedBy != "" {
		return nil
	}
	// A text that failed after its address was frozen is not asked for again.
	if why, err := r.frozen(ctx, addressOf(d)); err != nil || why != "" {
		return err
	}
	to, known := r.contactNow(ctx, d)
	if !known {
		return nil
	}
	number, err := r.confirmedPhone(ctx, to, d)
	if err != nil || number == "" {
		return err
	}
	text := dispatch.Text{Reference: r.Seed.Name("text\x00" + d.ID), Number: number, Names: string(d.Ref)}
	text.Passphrase, err = r.Deliveries.Passphrase(ctx, d.ID, Reading{
		At: r.Now(), By: r.Owner, Channel: outbox.ByTextMessage, Number: number, Text: text.Reference,
	})
	var read *AlreadyReadError
	if errors.As(err, &read) {
		return nil // an officer was first, or it is withheld
	}
	if err != nil {
		return err
	}
	// What was begun is ended: a text that is half asked for tells nobody.
	answer := r.Texts.Text(context.WithoutCancel(ctx), text)
	if d, err = r.Deliveries.Get(ctx, d.ID); err != nil {
		return err
	}
	return r.concludeText(ctx, d, answer, true, out)
}

// concludeText records what the service said of a text message. Fresh is set
// where it is the answer to handing it over: then what is not taken now, is not
// there.
func (r *Runner) concludeText(ctx context.Context, d outbox.Delivery, o dispatch.TextOutcome, fresh bool, out *Texted) error {
	is, why := r.afterText(d, o, fresh, out)
	if is == d.Text {
		return nil
	}
	changed, err := outbox.Advance(d, outbox.Note, outbox.Occasion{At: r.Now(), By: r.Owner, Why: why})
	if err != nil {
		return err
	}
	changed.Text = is
	if back := is.State == outbox.TextNone || is.State == outbox.TextFailed; back && d.Passphrase == outbox.PassphraseHandedOver {
		changed.Passphrase = outbox.PassphrasePending
	}
	return r.Deliveries.Save(ctx, changed)
}

// afterText is where a text message stands after an answer, with the words for
// the event.
func (r *Runner) afterText(d outbox.Delivery, o dispatch.TextOutcome, fresh bool, out *Texted) (outbox.Texting, string) {
	is := d.Text
	switch o.Result {
	case dispatch.TextTaken:
		if is.State == outbox.TextAsked {
			out.Taken++
		}
		is.State = outbox.TextTaken
		return is, "the text message with the passphrase was taken by the service"
	case dispatch.TextDelivered:
		out.Delivered++
		is.State = outbox.TextDelivered
		return is, "the text message with the passphrase reached the telephone"
	case dispatch.TextFailed:
		out.Failed++
		is.State = outbox.TextFailed
		return is, "the text message with the passphrase did not arrive (" + o.Status + "): it is not sent again, ring the recipient"
	case dispatch.TextRefused:
		out.Failed++
		is.State = outbox.TextFailed
		return is, "the text message with the passphrase is not taken: " + o.Detail
	case dispatch.TextUnknown:
		if r.Now().Sub(is.At) < textSettles {
			return is, ""
		}
		return outbox.Texting{}, "the service never had the text message with the passphrase: it is tried again"
	case dispatch.TextLater:
		if fresh {
			return outbox.Texting{}, "the service takes no text message now: the passphrase waits"
		}
	case dispatch.TextMisconfigured:
		out.Alarm = alarmOf(o)
		if fresh {
			return outbox.Texting{}, "no text message is taken until the service's configuration is mended: the passphrase waits"
		}
	case dispatch.TextUncertain:
	}
	return is, ""
}
