package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// history is what has happened to one plan.
type history struct {
	progress timetable.Progress
	// sentTo are the canonical addresses that this program sent the form to
	// and that did not give it back.
	sentTo map[string]bool
	// answers are those of the returned form that the final plan was made from.
	answers *form.Values
	// final tells one finalising from a corrected one.
	final string
}

// history reads what happened to a plan from its deliveries and returns.
func (r *Runner) history(ctx context.Context, ref pep.Ref, plan pep.Plan) (history, error) {
	h := history{sentTo: map[string]bool{}}
	if plan.Phase == pep.NoPhase {
		return h, nil
	}
	all, err := r.Deliveries.List(ctx, Filter{Ref: ref})
	if err != nil {
		return h, fmt.Errorf("reading the deliveries of %s: %w", ref, err)
	}
	for _, d := range all {
		if d.PlanKey == plan.Key() {
			h.sent(d, r.Now().Location())
		}
	}
	return h, r.returned(ctx, ref, plan, &h)
}

// returned takes the forms that came back into the history: the first one says
// when, the last one finalised says what the final plan is.
func (r *Runner) returned(ctx context.Context, ref pep.Ref, plan pep.Plan, h *history) error {
	all, err := r.Returns.ListReturns(ctx, ReturnFilter{Ref: ref})
	if err != nil {
		return fmt.Errorf("reading the returned forms of %s: %w", ref, err)
	}
	for _, back := range all {
		if back.PlanKey != plan.Key() || back.State == ReturnRejected {
			continue
		}
		if h.progress.Returned.IsZero() {
			h.progress.Returned = pep.DateOf(back.At.In(r.Now().Location()))
		}
		if back.State == ReturnFinalised {
			h.progress.Finalised = pep.DateOf(back.Settled.At.In(r.Now().Location()))
			h.answers, h.final = &back.Values, back.ID
		}
	}
	return nil
}

// sent takes one delivery into the history. Only a form counts: a chaser that
// was held does not stop the next, and finals are told apart by their key.
func (h *history) sent(d outbox.Delivery, where *time.Location) {
	if d.Kind != outbox.KindForm || !d.State.Gone() {
		return
	}
	day := leftOn(d, where)
	if h.progress.FormSent.IsZero() || day.Before(h.progress.FormSent) {
		h.progress.FormSent = day
	}
	if d.State != outbox.Bounced {
		h.sentTo[d.Recipient.Address.Canonical()] = true
	}
}

// leftOn is the civil day a delivery left, by its events.
func leftOn(d outbox.Delivery, where *time.Location) pep.Date {
	for _, e := range d.Events {
		if e.To.Gone() {
			return pep.DateOf(e.At.In(where))
		}
	}
	return d.Due
}

// wants reports whether a row concerns this plan: a chaser goes only to
// whoever got the form from this program.
func (h history) wants(row timetable.Due) bool {
	return row.Kind != timetable.KindChase || h.sentTo[row.Recipient.Contact.Email.Canonical()]
}

// errand is one due row made ready, with a final's answers.
func (h history) errand(record pep.Record, outlook timetable.Outlook, row timetable.Due) errand {
	e := errandOf(record, outlook, row)
	if row.Kind == timetable.KindFinal {
		e.answers, e.occasion = h.answers, h.final
	}
	return e
}
