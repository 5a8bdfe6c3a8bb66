package simulate

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/report/workload"
	"github.com/pepost/pepost/internal/route"
)

// officers names whose work is told apart: the teams, then everybody else.
func (p *play) officers() []string {
	teams := slices.Sorted(maps.Keys(p.runner.Words.Teams))
	if len(teams) == 0 {
		return []string{"the officer"}
	}
	return append(teams, "no team")
}

// release lets go what was drafted since, where drafts wait for an officer.
func (p *play) release(ctx context.Context) error {
	if !p.runner.ByHand {
		return nil
	}
	released, err := p.runner.Release(ctx, p.by(""))
	for _, d := range released {
		p.touched[d.Ref] = true
		p.work(d.Ref, workload.Release)
	}
	return err
}

// settleReturns accepts what came back, one day later where it is doubtful,
// and makes plans final some days after their meeting.
func (p *play) settleReturns(ctx context.Context) error {
	open, err := p.runner.Returns.ListReturns(ctx, pipeline.ReturnFilter{
		States: []pipeline.ReturnState{pipeline.ReturnWaiting, pipeline.ReturnAccepted},
	})
	if err != nil {
		return err
	}
	for _, back := range open {
		if back.State == pipeline.ReturnWaiting {
			err = p.accept(ctx, back)
		} else {
			err = p.finalise(ctx, back)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *play) accept(ctx context.Context, back pipeline.Returned) error {
	why := ""
	if len(back.Reasons) > 0 || len(back.Unreadable) > 0 {
		if p.schoolDaysSince(pep.DateOf(back.At.In(p.stage.Zone))) < 1 {
			return nil
		}
		why = "rang the number in the register: the form is theirs"
	}
	p.touched[back.Ref] = true
	p.work(back.Ref, workload.Returns)
	return p.runner.SettleReturn(ctx, back.ID, pipeline.ReturnAccepted, p.by(why))
}

// finalise makes a plan final, unless it is nobody's plan any more.
func (p *play) finalise(ctx context.Context, back pipeline.Returned) error {
	record, err := p.runner.Register.Record(ctx, back.Ref)
	if err != nil {
		return err
	}
	meeting := record.Child.Meeting.Date
	if p.looked[back.ID] || meeting.IsZero() || meeting.After(p.day) || p.schoolDaysSince(meeting) < p.stage.Scenario.Wait(record.Child.ID) {
		return nil
	}
	err = p.runner.Finalise(ctx, back.ID, p.by("typed up after the meeting"))
	var not *pipeline.NotThePlanError
	if errors.As(err, &not) {
		p.looked[back.ID] = true
		return nil
	}
	if err == nil {
		p.touched[back.Ref] = true
		p.work(back.Ref, workload.Finals)
	}
	return err
}

// telephone hands passphrases over, or tries to.
func (p *play) telephone(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(p.pending)) {
		d, err := p.runner.Deliveries.Get(ctx, id)
		if err != nil {
			return err
		}
		if d.Passphrase != outbox.PassphrasePending {
			delete(p.pending, id) // its form came back from somebody else of the setting
			continue
		}
		if p.calls[id] == rehearsal.MostCalls {
			continue
		}
		p.calls[id]++
		p.work(d.Ref, workload.Calls)
		if pile := p.piles[d.PlanKey]; pile != nil && pile.delivery.ID == id && pile.conduct.Habit == rehearsal.Unreachable {
			continue
		}
		if _, err := p.runner.Passphrase(ctx, id, p.by("the number in the register")); err != nil {
			return err
		}
		delete(p.pending, id)
	}
	return nil
}

// decide is the officer's look at what waits for a person, the working day
// after it came before them.
func (p *play) decide(ctx context.Context) error {
	open, err := p.runner.Open(ctx)
	if err != nil {
		return err
	}
	for _, d := range open {
		switch d.State {
		case outbox.Uncertain:
			err = p.act(ctx, d, outbox.Deliver, "rang the setting: the message is there")
		case outbox.Deferred:
			err = p.losesPatience(ctx, d)
		case outbox.Held:
			err = p.looksAt(ctx, d)
		default:
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// looksAt posts what goes by post, and lets most sealed copies go; what has
// nothing to send stays held.
func (p *play) looksAt(ctx context.Context, d outbox.Delivery) error {
	if p.looked[d.ID] || !p.dayOf(d.Events[len(d.Events)-1]).Before(p.day) {
		return nil
	}
	p.looked[d.ID] = true
	if d.Decision.Method == route.MethodPost {
		return p.posts(ctx, d)
	}
	if d.SHA256 == "" {
		return nil
	}
	record, err := p.runner.Register.Record(ctx, d.Ref)
	if err != nil || !p.stage.Scenario.LetsGo(record.Child.ID, d.Recipient.Role) {
		return err
	}
	return p.act(ctx, d, outbox.Approve, "looked at it: it may go")
}

// posts records a letter by the number that the post office would give it. There
// are no pages to print here: the reason says so in the printing's place.
func (p *play) posts(ctx context.Context, d outbox.Delivery) error {
	p.touched[d.Ref] = true
	p.posted++
	letter := pipeline.Letter{Number: string(rehearsal.ReceiptNumber(p.posted))}
	_, err := p.runner.Posted(ctx, d.ID, letter, p.by("printed, and posted by registered post"))
	return err
}

// losesPatience withdraws what a mailbox would not take for days.
func (p *play) losesPatience(ctx context.Context, d outbox.Delivery) error {
	if len(d.Attempts) == 0 || p.schoolDaysSince(pep.DateOf(d.Attempts[0].At.In(p.stage.Zone))) < rehearsal.MostWaiting {
		return nil
	}
	return p.act(ctx, d, outbox.Cancel, "the mailbox has been full for days: rang the setting, which will send another address")
}

func (p *play) dayOf(e outbox.Event) pep.Date { return pep.DateOf(e.At.In(p.stage.Zone)) }
