package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/canary"
	"github.com/pepost/pepost/internal/receive"
)

// Taken is what became of one message or file that came back.
type Taken struct {
	Return receive.Return
	// ID names the stored form; empty where none was stored.
	ID string
	// Again is set where the same was taken in before: nothing changed.
	Again bool
	// Canary is set where the message is a gateway's canary that came back.
	Canary *canary.Sent
}

// TakeIn takes in one returned message as the mailbox gave it: a filled form
// waits for an officer, a report moves the delivery it is about. Taking the
// same in again changes nothing.
func (r *Runner) TakeIn(ctx context.Context, message []byte) (Taken, error) {
	if c, found, err := r.CanaryBack(ctx, message); found || err != nil {
		return Taken{Canary: &c}, err
	}
	return r.judged(ctx, message, receive.Judge)
}

// judged judges one message and keeps what follows from it.
func (r *Runner) judged(ctx context.Context, message []byte, judge func([]byte, receive.Known) receive.Return) (Taken, error) {
	m := memory{runner: r, ctx: ctx}
	judged := guarded(message, m.known(), judge)
	if m.err != nil {
		return Taken{}, fmt.Errorf("judging a returned message: %w", m.err)
	}
	return r.keep(ctx, judged, arrival{byMail: true})
}

// guarded judges one message. One that breaks the program is for a person, and
// keeps nothing else from being taken in, today or after the next start.
func guarded(message []byte, known receive.Known, judge func([]byte, receive.Known) receive.Return) (judged receive.Return) {
	defer func() {
		if recover() != nil {
			judged = receive.Return{SHA256: digest(message), Verdict: receive.ForPerson, Reasons: []receive.Reason{{
				Code: receive.Malformed, Text: "the program failed on this message, which is a fault to be told to whoever looks after it; it was kept as it came",
			}}}
		}
	}()
	return judge(message, known)
}

// TakeInFile takes in a form that an officer hands in as a file.
func (r *Runner) TakeInFile(ctx context.Context, name string, data []byte) (Taken, error) {
	m := memory{runner: r, ctx: ctx}
	judged := receive.JudgeFile(name, data, m.known())
	if m.err != nil {
		return Taken{}, fmt.Errorf("judging a returned file: %w", m.err)
	}
	return r.keep(ctx, judged, arrival{})
}

// arrival is how a form came.
type arrival struct {
	byMail  bool
	typedBy string // the account that typed it from paper
}

func (r *Runner) keep(ctx context.Context, judged receive.Return, came arrival) (Taken, error) {
	switch judged.Verdict {
	case receive.Filled, receive.ForPerson:
		return r.keepForm(ctx, judged, came)
	case receive.Bounced, receive.Delivered, receive.Delayed, receive.Relayed, receive.Automatic:
		return r.reportedOn(ctx, judged)
	}
	return Taken{Return: judged}, nil
}

// keepForm stores a form that came back, before an officer. A message without
// a form, or one that does not say whose it is, stays where it was fetched
// from.
func (r *Runner) keepForm(ctx context.Context, judged receive.Return, came arrival) (Taken, error) {
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
		InClear: r.inClear(judged, came.byMail), TypedBy: came.typedBy,
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
