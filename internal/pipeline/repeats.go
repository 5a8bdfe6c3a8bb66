package pipeline

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/timetable"
)

// Repeat is an answer that repeats something a recipient may not see: the
// sentence is for the officer who opened the delivery, and for no log.
type Repeat struct{ Field, Why, Sentence string }

// repeats are the sentences for which a person's copy waits. They are looked
// for anew, since no evidence and no reason of a delivery ever holds them.
func (r *Runner) repeats(ctx context.Context, d outbox.Delivery) ([]Repeat, error) {
	if d.State != outbox.Held || d.Ref == "" || d.Kind == outbox.KindChase || d.Kind == outbox.KindPack {
		return nil, nil
	}
	record, err := r.Register.Record(ctx, d.Ref)
	if err != nil {
		return nil, fmt.Errorf("reading the record of %s: %w", d.Ref, err)
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return nil, err
	}
	p, _ := r.planOf(c, d)
	e := errand{record: record, plan: p.outlook.Plan, kind: d.Kind, recipient: timetable.Recipient{
		Role: d.Recipient.Role, Also: d.Recipient.Also, WithholdPlacementAddress: d.Recipient.Withheld,
	}}
	if d.Kind != outbox.KindForm {
		e.answers = p.history.answers
	}
	_, _, withheld := r.document(e, r.Forms.Compose(e.drawnPlan()))
	var out []Repeat
	for _, one := range withheld {
		if one.Holds {
			out = append(out, Repeat{one.Field, one.Why, one.Sentence})
		}
	}
	return out, nil
}
