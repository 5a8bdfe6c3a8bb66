package rehearsal

import (
	"context"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// settleReturns is the officer's word on the forms that came back: accepted,
// after a call where something was doubtful, and made final some days after
// the meeting.
func (p *play) settleReturns(ctx context.Context) error {
	open, err := p.Runner.Returns.ListReturns(ctx, pipeline.ReturnFilter{
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

// accept takes the answers of a form. A doubtful one waits for the next day's
// call to the number in the register.
func (p *play) accept(ctx context.Context, back pipeline.Returned) error {
	if len(back.Reasons) == 0 && len(back.Unreadable) == 0 {
		p.story.Accepted++
		return p.Runner.SettleReturn(ctx, back.ID, pipeline.ReturnAccepted, p.by(""))
	}
	if p.schoolDaysSince(pep.DateOf(back.At.In(p.Zone))) < 1 {
		return nil
	}
	p.story.Accepted++
	p.tell("%s: rang the number in the register: the form is theirs (%s)", back.Ref, strings.Join(back.Reasons, "; "))
	return p.Runner.SettleReturn(ctx, back.ID, pipeline.ReturnAccepted, p.by("rang the number in the register: the form is theirs"))
}

// finalise makes a plan final between two and seven school days after its
// meeting.
func (p *play) finalise(ctx context.Context, back pipeline.Returned) error {
	record, err := p.Runner.Register.Record(ctx, back.Ref)
	if err != nil {
		return err
	}
	meeting := record.Child.Meeting.Date
	if meeting.IsZero() || meeting.After(p.day) || p.schoolDaysSince(meeting) < p.Scenario.Wait(record.Child.ID) {
		return nil
	}
	p.story.Finalised++
	return p.Runner.Finalise(ctx, back.ID, p.by("typed up after the meeting and checked by the social worker"))
}
