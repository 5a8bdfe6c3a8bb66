package rehearsal

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// How long the officer of the rehearsal tries.
const (
	MostCalls   = 3 // in vain, about one passphrase
	MostWaiting = 5 // school days that a full mailbox is tried
)

// telephone has the officer ring whoever got a protected document and read the
// passphrase out, or try again another day.
func (p *play) telephone(ctx context.Context) error {
	all, err := p.Runner.Deliveries.List(ctx, pipeline.Filter{States: []outbox.State{outbox.Accepted, outbox.Delivered}})
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Passphrase != outbox.PassphrasePending || p.calls[d.ID] == MostCalls {
			continue
		}
		if p.unreachable(d) {
			if p.calls[d.ID]++; p.calls[d.ID] == MostCalls {
				p.story.Unreached++
				p.tell("%s: the %s could not be reached in %d calls: the form stays closed", d.Ref, d.Recipient.Role, MostCalls)
			}
			continue
		}
		call, err := p.Runner.Passphrase(ctx, d.ID, p.by(""))
		if err != nil {
			return err
		}
		p.story.Calls++
		p.phrase[d.ID] = call.Passphrase
	}
	return nil
}

func (p *play) unreachable(d outbox.Delivery) bool {
	form, lies := p.forms[d.ID]
	return lies && form.conduct.Habit == Unreachable
}

// decide is the officer's afternoon with what waits for a person.
func (p *play) decide(ctx context.Context) error {
	open, err := p.Runner.Open(ctx)
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
	p.waitsNoLonger()
	return nil
}

// looksAt is the officer's look at what is held: registered post goes to the
// post room; a sealed copy that was stopped for a word in it is read and mostly
// let go; all else stays held with its reason.
func (p *play) looksAt(ctx context.Context, d outbox.Delivery) error {
	switch {
	case d.Decision.Method == route.MethodPost:
		return p.posts(ctx, d)
	case d.SHA256 == "" || p.looked[d.ID], strings.HasSuffix(d.Reason, timetable.FormWaits):
		return nil
	}
	p.looked[d.ID] = true
	record, err := p.Runner.Register.Record(ctx, d.Ref)
	if err != nil {
		return err
	}
	if !p.Scenario.LetsGo(record.Child.ID, d.Recipient.Role) {
		p.tell("%s: the %s for the %s: read, and left held: %s", d.Ref, d.Kind, d.Recipient.Role, d.Reason)
		return nil
	}
	p.story.LetGo++
	return p.act(ctx, d, outbox.Approve, "read the copy: it says nothing that this reader may not know")
}

// waitsNoLonger tells of each form whose meeting was held without it.
func (p *play) waitsNoLonger() {
	for _, id := range slices.Sorted(maps.Keys(p.forms)) {
		form := p.forms[id]
		if form.back || form.over || form.meeting.IsZero() || !form.meeting.Before(p.day) {
			continue
		}
		form.over = true
		p.story.RanOut++
		p.tell("%s: the meeting was on %s and the %s has not sent the form: the wait for it is over", form.delivery.Ref,
			form.meeting.Long(), form.delivery.Recipient.Role)
	}
}

// losesPatience withdraws what a mailbox would not take for days.
func (p *play) losesPatience(ctx context.Context, d outbox.Delivery) error {
	if first := d.Attempts[0].At; p.schoolDaysSince(pep.DateOf(first.In(p.Zone))) < MostWaiting {
		return nil
	}
	p.story.Expired++
	return p.act(ctx, d, outbox.Cancel, "the mailbox has been full for days: rang the setting, which will send another address")
}

func (p *play) act(ctx context.Context, d outbox.Delivery, action outbox.Action, why string) error {
	if _, err := p.Runner.Act(ctx, d.ID, action, p.by(why)); err != nil {
		return err
	}
	p.tell("%s: the %s for the %s: %s", d.Ref, d.Kind, d.Recipient.Role, why)
	return nil
}

// schoolDaysSince counts the days after a day, up to today, on which schools
// worked.
func (p *play) schoolDaysSince(day pep.Date) int {
	n := 0
	for _, worked := range p.worked {
		if worked.After(day) {
			n++
		}
	}
	return n
}
