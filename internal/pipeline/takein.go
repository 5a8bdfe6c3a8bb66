package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/receive"
)

// Taken is what became of one message or file that came back.
type Taken struct {
	Return receive.Return
	// ID names the stored form; empty where none was stored.
	ID string
	// Again is set where the same was taken in before: nothing changed.
	Again bool
}

// TakeIn takes in one returned message as the mailbox gave it: a filled form
// waits for an officer, a report moves the delivery it is about. Taking the
// same in again changes nothing.
func (r *Runner) TakeIn(ctx context.Context, message []byte) (Taken, error) {
	m := memory{runner: r, ctx: ctx}
	judged := receive.Judge(message, m.known())
	if m.err != nil {
		return Taken{}, fmt.Errorf("judging a returned message: %w", m.err)
	}
	return r.keep(ctx, judged)
}

// TakeInFile takes in a form that an officer hands in as a file.
func (r *Runner) TakeInFile(ctx context.Context, name string, data []byte) (Taken, error) {
	m := memory{runner: r, ctx: ctx}
	judged := receive.JudgeFile(name, data, m.known())
	if m.err != nil {
		return Taken{}, fmt.Errorf("judging a returned file: %w", m.err)
	}
	return r.keep(ctx, judged)
}

func (r *Runner) keep(ctx context.Context, judged receive.Return) (Taken, error) {
	switch judged.Verdict {
	case receive.Filled, receive.ForPerson:
		return r.keepForm(ctx, judged)
	case receive.Bounced:
		return r.report(ctx, judged, outbox.Bounce, "it came back: "+reportWords(judged.Report))
	case receive.Delivered:
		return r.report(ctx, judged, outbox.Deliver, "the far mail server reported it delivered")
	case receive.Delayed:
		return r.report(ctx, judged, outbox.Note, "it is still on its way, "+reportWords(judged.Report))
	case receive.Relayed:
		return r.report(ctx, judged, outbox.Note, "it left for where no report comes from")
	case receive.Automatic:
		return r.report(ctx, judged, outbox.Note, "an automatic reply came")
	}
	return Taken{Return: judged}, nil
}

func reportWords(r receive.Report) string {
	if r.Status == "" {
		return "a mail server reports it " + string(r.Action)
	}
	return fmt.Sprintf("a mail server reports it %s with status %s", r.Action, r.Status)
}

// keepForm stores a form that came back, before an officer. A message without
// a form, or one that does not say whose it is, stays where it was fetched
// from.
func (r *Runner) keepForm(ctx context.Context, judged receive.Return) (Taken, error) {
	out := Taken{Return: judged}
	if judged.File == nil || judged.Ref == "" {
		return out, nil
	}
	planKey, err := r.answered(ctx, judged)
	if err != nil {
		return out, err
	}
	back := Returned{
		ID: r.Seed.Name("return\x00" + judged.MessageID + "\x00" + judged.File.SHA256), Ref: judged.Ref, PlanKey: planKey,
		Delivery: judged.Delivery, Form: judged.File.Reading.Form, Version: judged.File.Reading.Version,
		MessageID: judged.MessageID, SHA256: judged.File.SHA256, At: r.Now(), State: ReturnWaiting,
		Values: judged.File.Reading.Values, Unreadable: judged.File.Reading.Unreadable, Confidence: judged.File.Reading.Confidence,
	}
	for _, reason := range judged.Reasons {
		back.Reasons = append(back.Reasons, reason.Text)
	}
	added, err := r.Returns.AddReturn(ctx, back, judged.File.Document)
	out.ID, out.Again = back.ID, err == nil && !added
	return out, err
}

// answered is the plan that a returned form belongs to: that of the delivery it
// answers, else that of the form last sent for the child.
func (r *Runner) answered(ctx context.Context, judged receive.Return) (string, error) {
	if judged.Delivery != "" {
		d, err := r.Deliveries.Get(ctx, judged.Delivery)
		return d.PlanKey, err
	}
	d, _, err := r.Deliveries.Original(ctx, judged.Ref)
	var none *NotFoundError
	if errors.As(err, &none) {
		return "", nil
	}
	return d.PlanKey, err
}

// report moves the delivery that a message is about. The message's digest
// stands in the event, so that the same report is taken once.
func (r *Runner) report(ctx context.Context, judged receive.Return, action outbox.Action, why string) (Taken, error) {
	out := Taken{Return: judged}
	if judged.Delivery == "" {
		return out, nil
	}
	d, err := r.Deliveries.Get(ctx, judged.Delivery)
	if err != nil {
		return out, err
	}
	why += " (message " + judged.SHA256[:12] + ")"
	for _, event := range d.Events {
		if event.Why == why {
			out.Again = true
			return out, nil
		}
	}
	changed, err := outbox.Advance(d, action, outbox.Occasion{At: r.Now(), By: r.Owner, Why: why})
	var no *outbox.NotAllowedError
	if errors.As(err, &no) {
		// It came back twice, or is reported delivered after it came back: the
		// state stands, the report is kept.
		changed, err = outbox.Advance(d, outbox.Note, outbox.Occasion{At: r.Now(), By: r.Owner, Why: why})
	}
	if err != nil {
		return out, err
	}
	return out, r.Deliveries.Save(ctx, changed)
}
