package simulate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/report/workload"
)

// numbers counts a term that was played, and gives what became of each message.
func (p *play) numbers(ctx context.Context) (played, error) {
	all, err := p.runner.Deliveries.List(ctx, pipeline.Filter{})
	if err != nil {
		return played{}, err
	}
	t := workload.Term{
		Term: p.stage.Term.Term.String(), Authority: p.runner.Rules.Authority, From: p.stage.Term.From, To: p.stage.Term.To,
		Children: len(p.stage.Held.Records), Officers: p.officers(), Late: []workload.Row{}, Held: []workload.Row{},
		Failures: append([]workload.Failure{}, p.failures...),
	}
	var messages []workload.Message
	for _, d := range all {
		if m, ours := p.tell(d, &t); ours {
			messages = append(messages, m)
		}
	}
	for _, rows := range [][]workload.Row{t.Late, t.Held} {
		slices.SortFunc(rows, inOrder)
	}
	slices.SortFunc(t.Failures, func(a, b workload.Failure) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Why, b.Why))
	})
	t.Days = p.days
	t.Totals = t.Sum()
	return played{t, numbered(messages), p.skipped}, nil
}

func inOrder(a, b workload.Row) int {
	return cmp.Or(a.On.Compare(b.On), a.Due.Compare(b.Due), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Milestone, b.Milestone), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Why, b.Why))
}

// tell counts what happened to one delivery within the term; false where
// nothing did.
func (p *play) tell(d outbox.Delivery, t *workload.Term) (workload.Message, bool) {
	m := workload.Message{
		Key:  string(d.Ref) + "|" + d.PlanKey + "|" + string(d.Kind) + "|" + d.Milestone + "|" + string(d.Recipient.Role) + "|" + canonical(d),
		Plan: d.PlanKey, Ref: d.Ref, Kind: d.Kind, Milestone: d.Milestone, Role: d.Recipient.Role,
	}
	ours := false
	for _, e := range d.Events {
		day := p.dayOf(e)
		if day.Before(p.stage.Term.From) || day.After(p.stage.Term.To) || e.From == e.To {
			continue
		}
		ours = true
		numbers := &p.days[p.stage.Term.From.DaysUntil(day)]
		row := workload.Row{Ref: d.Ref, Kind: d.Kind, Milestone: d.Milestone, Role: d.Recipient.Role, Due: d.Due, On: day}
		switch {
		case e.To == outbox.Held:
			m.Held, m.Why = cmp.Or(m.Held, day), report.Hide(d.Recipient, e.Why)
			row.Why = m.Why
			t.Held = append(t.Held, row)
			numbers.Held++
			p.workOn(p.openFrom(day), d.Ref, workload.Holds)
		case e.To.Gone() && !e.From.Gone():
			m.Left = cmp.Or(m.Left, day)
			numbers.Sent.Count(d.Kind)
			if p.wasLate(d, day) {
				row.Why = p.whyLate(d, e)
				t.Late = append(t.Late, row)
				numbers.Late++
			}
		}
	}
	return m, ours
}

// wasLate reports whether a delivery left after its day. A final plan is late
// where it was made final after the day by which it was to be; it leaves with
// the next run of the schedule.
func (p *play) wasLate(d outbox.Delivery, left pep.Date) bool {
	if d.Kind.Final() {
		return p.late[d.ID]
	}
	return !d.Due.IsZero() && left.After(d.Due)
}

// whyLate is why a delivery left after its day.
func (p *play) whyLate(d outbox.Delivery, left outbox.Event) string {
	made := p.dayOf(d.Events[0])
	for _, e := range d.Events {
		if e.To == outbox.Held && e.At.Before(left.At) {
			return "held first: " + report.Hide(d.Recipient, e.Why)
		}
	}
	switch {
	case d.Kind.Final():
		return "the plan was made final after the day by which it was due"
	case len(d.Attempts) > 1 && !made.After(d.Due):
		return fmt.Sprintf("not taken at first: the mail server answered %d", d.Attempts[0].Code)
	case made.After(d.Due) && p.down.has(d.Due):
		return "the program did not run on its day"
	case made.After(d.Due) && d.Due.Before(p.stage.Term.From):
		return "its day was before the term began"
	case made.After(d.Due):
		return "its day was past when it became known"
	case p.runner.ByHand:
		return "released after its day"
	}
	return "not handed over on its day"
}

// numbered tells messages of the same key apart by their order.
func numbered(all []workload.Message) []workload.Message {
	slices.SortStableFunc(all, func(a, b workload.Message) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), a.Left.Compare(b.Left), a.Held.Compare(b.Held))
	})
	key, n := "", 0
	for i := range all {
		if all[i].Key != key {
			key, n = all[i].Key, 0
			continue
		}
		n++
		all[i].Key = fmt.Sprintf("%s|%d", key, n)
	}
	return all
}
