package pipeline

import (
	"slices"
	"time"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// history is what has happened to one plan.
type history struct {
	progress timetable.Progress
	// sentTo are the people that this program sent the form to and that did
	// not give it back, by their label.
	sentTo map[string]bool
	// answers are those of the returned form that the final plan was made from.
	answers *form.Values
	// final tells one finalising from a corrected one.
	final string
	// finalisedAt is when the final plan was made from it.
	finalisedAt time.Time
}

// history is what the stored deliveries and returns say of the plan of a key.
// Days are those of the place.
func (p *past) history(key string, where *time.Location) history {
	h := history{sentTo: map[string]bool{}}
	for _, d := range p.deliveries {
		if d.PlanKey == key {
			h.sent(d, where)
		}
	}
	for _, back := range p.returns {
		if back.PlanKey == key && back.State != ReturnRejected {
			h.returned(back, where)
		}
	}
	return h
}

// returned takes a form that came back into the history: the first one says
// when, the one finalised last says what the final plan is.
func (h *history) returned(back Returned, where *time.Location) {
	if h.progress.Returned.IsZero() {
		h.progress.Returned = pep.DateOf(back.At.In(where))
	}
	if back.State != ReturnFinalised || back.Settled.At.Before(h.finalisedAt) {
		return
	}
	h.progress.Finalised = pep.DateOf(back.Settled.At.In(where))
	h.answers, h.final, h.finalisedAt = &back.Values, back.ID, back.Settled.At
}

// sent takes one delivery into the history. Only a form counts, and the day the
// first final plan left: a chaser that was held does not stop the next, and
// finals are told apart by their key.
func (h *history) sent(d outbox.Delivery, where *time.Location) {
	if !d.State.Gone() {
		return
	}
	day := leftOn(d, where)
	if left := &h.progress.FinalLeft; d.Kind == outbox.KindFinal && d.Milestone != copyOnRequest && (left.IsZero() || day.Before(*left)) {
		*left = day
	}
	if d.Kind != outbox.KindForm {
		return
	}
	if h.progress.FormSent.IsZero() || day.Before(h.progress.FormSent) {
		h.progress.FormSent = day
	}
	if d.State != outbox.Bounced {
		h.sentTo[personLabel(d.Recipient.Role, d.Recipient.Name, d.Recipient.Address)] = true
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
// whoever got the form from this program, or to somebody above them who was
// never to have it.
func (p prospect) wants(row timetable.Due) bool {
	return row.Kind != timetable.KindChase || p.history.sentTo[recipientLabel(row.Recipient)] || p.escalates(row)
}

// escalates reports whether a reminder goes to somebody who never had the form.
func (p prospect) escalates(row timetable.Due) bool {
	is := func(to timetable.Recipient) bool { return recipientLabel(to) == recipientLabel(row.Recipient) }
	above := slices.Concat(p.outlook.Heads, p.outlook.VirtualSchools)
	return row.Kind == timetable.KindChase && slices.ContainsFunc(above, is) && !slices.ContainsFunc(p.outlook.Recipients, is)
}

// isDone reports whether an officer has marked a task as done.
func (p prospect) isDone(row timetable.Due) bool {
	return row.Kind == timetable.KindTask && !row.Skipped && !p.outlook.Course.Done(row.Milestone).IsZero()
}

// errand is one due row made ready, with a final's answers.
func (r *Runner) errand(c *child, p prospect, row timetable.Due) errand {
	e := errandOf(c.record, p.outlook, row)
	switch row.Kind {
	case timetable.KindFinal:
		e.answers, e.occasion = p.history.answers, p.history.final
	case timetable.KindTransfer:
		r.handOver(c, p, &e)
	case timetable.KindChase:
		e.escalates, e.occasion = p.escalates(row), row.Occasion
	case timetable.KindPack:
		e.answers, e.occasion = p.history.answers, row.Occasion
	case timetable.KindForm, timetable.KindTask:
	}
	return e
}
