package simulate

import (
	"cmp"
	"context"
	"slices"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
)

// pile is a form as it lies with a setting.
type pile struct {
	delivery outbox.Delivery
	conduct  rehearsal.Conduct
	promised bool
}

// reply is a filled form on its way to the authority.
type reply struct {
	pile *pile
}

// conversation is what a relay would say to a delivery, by the mailbox that it
// is for.
func (p *play) conversation(d outbox.Delivery) outbox.Outcome {
	first := len(d.Attempts) == 0
	switch box := p.stage.Scenario.Mailbox(d.Recipient.Address.Canonical()); {
	case box == rehearsal.Full:
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 452}
	case box == rehearsal.Greylists && first:
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451}
	case box == rehearsal.Drops && first:
		return outbox.Outcome{Result: outbox.ResultUncertain, Phase: outbox.PhaseDot}
	}
	return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250}
}

// settled notes what a mailbox took; there is one relay, and so one goroutine.
func (p *play) settled(d outbox.Delivery) {
	p.touched[d.Ref] = true
	if d.State == outbox.Accepted || d.State == outbox.Uncertain {
		p.took = append(p.took, d.ID)
	}
}

// arrive has the settings look at what came, in an order that does not depend
// on the identifiers of an installation.
func (p *play) arrive(ctx context.Context) error {
	type letter struct {
		delivery outbox.Delivery
		child    string
	}
	var post []letter
	for _, id := range p.took {
		d, err := p.runner.Deliveries.Get(ctx, id)
		if err != nil {
			return err
		}
		record, err := p.runner.Register.Record(ctx, d.Ref)
		if err != nil {
			return err
		}
		post = append(post, letter{d, record.Child.ID})
	}
	p.took = nil
	slices.SortFunc(post, func(a, b letter) int {
		return cmp.Or(cmp.Compare(a.child, b.child), cmp.Compare(a.delivery.Kind, b.delivery.Kind),
			cmp.Compare(a.delivery.Recipient.Role, b.delivery.Recipient.Role), cmp.Compare(canonical(a.delivery), canonical(b.delivery)))
	})
	for _, l := range post {
		if err := p.opened(l.delivery, l.child); err != nil {
			return err
		}
	}
	return nil
}

func canonical(d outbox.Delivery) string { return d.Recipient.Address.Canonical() }

// opened is one message in the mailbox of its reader.
func (p *play) opened(d outbox.Delivery, child string) error {
	if p.stage.Scenario.Mailbox(canonical(d)) == rehearsal.Bounces {
		p.bounces = append(p.bounces, d.ID)
		return nil
	}
	if d.Passphrase == outbox.PassphrasePending {
		p.pending[d.ID] = true
	}
	switch d.Kind {
	case outbox.KindForm:
		return p.takesForm(d, child)
	case outbox.KindChase:
		return p.reminded(d)
	case outbox.KindFinal, outbox.KindTransfer, outbox.KindPack, outbox.KindDigest:
	}
	return nil
}

// takesForm puts a form on the pile of whoever is to fill it in. Where a plan's
// form went to several, the first one answers for all.
func (p *play) takesForm(d outbox.Delivery, child string) error {
	if p.piles[d.PlanKey] != nil {
		return nil
	}
	conduct := p.stage.Scenario.Conduct(child, d.Recipient.Role)
	if conduct.Habit == rehearsal.Unreachable && d.Passphrase == outbox.PassphraseNone {
		conduct = rehearsal.Conduct{Habit: rehearsal.InTime, After: 4}
	}
	pile := &pile{delivery: d, conduct: conduct}
	p.piles[d.PlanKey] = pile
	if conduct.Habit == rehearsal.InTime || conduct.Habit == rehearsal.Elsewhere {
		return p.promise(pile)
	}
	return nil
}

// reminded wakes whoever answers only then.
func (p *play) reminded(chaser outbox.Delivery) error {
	pile := p.piles[chaser.PlanKey]
	if pile == nil || pile.promised || pile.conduct.Habit != rehearsal.AfterChaser {
		return nil
	}
	return p.promise(pile)
}

// promise has an answer leave so many school days from now; one that would
// leave after what the calendar knows never leaves.
func (p *play) promise(form *pile) error {
	form.promised = true
	day := p.day
	for left := form.conduct.After; left > 0; {
		day = day.AddDays(1)
		kind, err := p.runner.Calendar.Day(day)
		if err != nil || day.After(p.stage.Term.To) {
			return nil
		}
		if kind.Kind == calendar.SchoolDay || kind.Kind == calendar.INSETDay {
			left--
		}
	}
	p.due[day] = append(p.due[day], form.delivery.PlanKey)
	return nil
}

// answersLeave sends the answers of the day, if whoever writes them could open
// the form.
func (p *play) answersLeave() {
	for _, key := range p.due[p.day] {
		form := p.piles[key]
		if !p.pending[form.delivery.ID] {
			p.mailbox = append(p.mailbox, reply{form})
		}
	}
	delete(p.due, p.day)
}

// readMail takes in what came, as the mailbox poll does.
func (p *play) readMail(ctx context.Context) error {
	for _, r := range p.mailbox {
		if err := p.takeIn(ctx, r); err != nil {
			return err
		}
	}
	for _, id := range p.bounces {
		d, err := p.runner.Act(ctx, id, outbox.Bounce, p.by("it came back: a mail server reports it failed with status 5.1.1"))
		if err != nil {
			return err
		}
		p.touched[d.Ref] = true
		delete(p.pending, id)
	}
	p.mailbox, p.bounces = nil, nil
	return nil
}

// takeIn stores one filled form. What people write in it is not guessed at:
// final copies are judged by what the register knows.
func (p *play) takeIn(ctx context.Context, r reply) error {
	d := r.pile.delivery
	back := pipeline.Returned{
		ID: p.runner.Seed.Name("played return\x00" + d.PlanKey), Ref: d.Ref, PlanKey: d.PlanKey, Delivery: d.ID,
		At: p.clock.Now(), State: pipeline.ReturnWaiting, Confidence: 1,
	}
	if r.pile.conduct.Habit == rehearsal.Elsewhere {
		back.Reasons = []string{"it came from an address that nobody knows"}
	}
	if _, err := p.runner.Returns.AddReturn(ctx, back, nil); err != nil {
		return err
	}
	p.today().Returned++
	p.touched[d.Ref] = true
	return nil
}

// officersOf tells whose work each child is, as a place in the list of
// officers.
func (p *play) officersOf(records []pep.Record) map[pep.Ref]int {
	place := map[string]int{}
	for i, name := range p.officers() {
		place[name] = i
	}
	teams := make(map[pep.Ref]int, len(records))
	for _, record := range records {
		name := p.runner.Team(record)
		if name == "" {
			name = p.officers()[len(p.officers())-1]
		}
		teams[record.Ref] = place[name]
	}
	return teams
}
