package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/route"
)

// mostRereads bounds how often a delivery that others change is read again.
const mostRereads = 5

// reportedOn moves the delivery that a message is about, or keeps with it that
// the message came. The message's digest stands in the event, so that the same
// report is taken once.
func (r *Runner) reportedOn(ctx context.Context, judged receive.Return) (Taken, error) {
	out := Taken{Return: judged}
	if judged.Delivery == "" {
		return out, nil
	}
	err := outbox.ErrConflict
	for range mostRereads {
		d, got := r.Deliveries.Get(ctx, judged.Delivery)
		if got != nil {
			return out, got
		}
		means := r.meansOf(d)
		why := reportWords(judged, means) + " (message " + judged.SHA256[:12] + ")"
		if noted(d, why) {
			out.Again = true
			return out, nil
		}
		changed, refused := told(d, judged, means, outbox.Occasion{At: r.Now(), By: r.Owner, Why: why})
		if refused != nil {
			return out, refused
		}
		if err = r.Deliveries.Save(ctx, changed); !errors.Is(err, outbox.ErrConflict) {
			return out, err
		}
	}
	return out, err
}

func noted(d outbox.Delivery, why string) bool {
	for _, event := range d.Events {
		if event.Why == why {
			return true
		}
	}
	return false
}

// told is a delivery after a report on it. Where the report cannot move it, as
// when it comes back twice, the state stands and the report is kept.
func told(d outbox.Delivery, judged receive.Return, means route.DeliveredMeans, o outbox.Occasion) (outbox.Delivery, error) {
	if judged.Verdict == receive.Delivered && (d.State == outbox.Approved || d.State == outbox.Deferred) {
		// An officer had it sent again because nobody knew; now somebody does.
		o.Why += "; it waited to be sent again: ask whether that is still wanted"
		return outbox.Advance(d, outbox.Hold, o)
	}
	o.Cause = judged.Report.Cause()
	changed, err := outbox.Advance(d, actionOf(d, judged.Verdict, means), o)
	var no *outbox.NotAllowedError
	if !errors.As(err, &no) {
		return changed, err
	}
	o.Cause = outbox.CauseNone
	return outbox.Advance(d, outbox.Note, o)
}

// actionOf is what a report does to a delivery. That a message is on its way,
// or went on to where no report comes from, proves that the relay took it; so
// does the report of a gateway that knows nothing of the recipient.
func actionOf(d outbox.Delivery, v receive.Verdict, means route.DeliveredMeans) outbox.Action {
	switch v {
	case receive.Bounced:
		return outbox.Bounce
	case receive.Delivered:
		if means != route.MeansTaken && means != route.MeansWaiting {
			return outbox.Deliver
		}
		if d.State == outbox.Uncertain {
			return outbox.Accept
		}
	case receive.Delayed, receive.Relayed:
		if d.State == outbox.Uncertain {
			return outbox.Accept
		}
	case receive.Automatic, receive.Filled, receive.ForPerson:
	}
	return outbox.Note
}

// reportWords is what a report says, in an officer's words.
func reportWords(judged receive.Return, means route.DeliveredMeans) string {
	status := ""
	if judged.Report.Status != "" {
		status = " with status " + judged.Report.Status
	}
	switch judged.Verdict {
	case receive.Bounced:
		return fmt.Sprintf("it came back: a mail server reports it failed%s; %s", status, judged.Report.Cause().Advice())
	case receive.Delivered:
		return deliveredWords(means)
	case receive.Delayed:
		return fmt.Sprintf("it is still on its way: a mail server reports it delayed%s", status)
	case receive.Relayed:
		return "it left for where no report comes from"
	case receive.Automatic:
		return "an automatic reply came"
	case receive.Filled, receive.ForPerson:
	}
	return "a message came"
}

// deliveredWords is what a report of delivery says, by whose report it is.
func deliveredWords(means route.DeliveredMeans) string {
	switch means {
	case route.MeansTaken:
		return "the gateway reported that it has the message; whether the recipient has it is not known"
	case route.MeansWaiting:
		return "the gateway reported that the message waits there until the recipient collects it"
	case route.MeansCollected:
		return "the gateway reported that the recipient collected it"
	case route.MeansMailbox:
		return "the gateway reported the encrypted message delivered to the mailbox"
	}
	return "the far mail server reported it delivered"
}
