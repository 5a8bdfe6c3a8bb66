package rehearsal

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// Stage is what a rehearsal plays on.
type Stage struct {
	// Runner is wired to a database of the rehearsal's own, to the sink and to
	// the clock.
	Runner *pipeline.Runner
	Clock  *Clock
	Sink   *mailsink.Server
	Zone   *time.Location
	// Scenario says how settings and their mailboxes behave.
	Scenario Scenario
	// Later are exports that are taken in on days of the term, earliest first.
	Later []Later
	// Officer is the name under which the officer's decisions are recorded.
	Officer string
	// Folder, where set, gets every form as Word and as PDF below forms/, and
	// at the end an index.html. The sink is to keep its messages below
	// messages/, see [Scenario.SinkOptions].
	Folder string
	// Told, where set, is called with each line of the story as it happens.
	Told func(Line)
}

// Line is one thing that happened on a day, in words without personal data.
// Ref is the child it is about, empty where it is not certain which.
type Line struct {
	Day  pep.Date
	Ref  pep.Ref
	Text string
}

// play is a rehearsal under way.
type play struct {
	Stage
	day      pep.Date
	ahead    []Later              // exports of days to come
	told     map[pep.Ref][]string // tasks that were told
	moved    map[pep.Ref]pep.Date // changes of setting that are not authorised
	worked   []pep.Date           // the days played so far
	seen     int                  // messages of the sink that were looked at
	phrase   map[string]string    // passphrases that were read out, by delivery
	calls    map[string]int       // how often an officer rang in vain
	forms    map[string]*held     // forms that lie with a setting, by delivery
	due      []answer             // answers that will leave
	returned []mailsink.Message   // what came to mailboxes that send back
	looked   map[string]bool      // held copies that the officer has read
	drawn    func() []*drawing    // waits for today's forms
	copies   map[string]int       // copies drawn of a plan's form or final
	story    Story
}

// held is a form as it lies with a setting.
type held struct {
	delivery outbox.Delivery
	file     string
	conduct  Conduct
	meeting  pep.Date
	// back is set once the form came back, over once the meeting was without
	// it.
	back, over bool
}

// answer is a reply that leaves on a day.
type answer struct {
	on pep.Date
	id string
}

// Play plays every school day from one day to another and gives the story.
// It stops early only where the pipeline or the disk fails.
func Play(ctx context.Context, s Stage, from, to pep.Date) (Story, error) {
	p := &play{Stage: s, phrase: map[string]string{}, calls: map[string]int{}, forms: map[string]*held{}, copies: map[string]int{}, looked: map[string]bool{}, moved: map[pep.Ref]pep.Date{}, told: map[pep.Ref][]string{}}
	p.ahead = s.Later
	p.story.From, p.story.To, p.story.Changed = from, to, map[pep.Ref]pep.Date{}
	for day := from; !day.After(to); day = day.AddDays(1) {
		kind, err := s.Runner.Calendar.Day(day)
		if err != nil {
			return p.story, fmt.Errorf("rehearsing %s: %w", day, err)
		}
		if !works(kind) {
			continue
		}
		if err := p.schoolDay(ctx, day); err != nil {
			return p.story, fmt.Errorf("rehearsing %s: %w", day, err)
		}
	}
	return p.story, p.writeIndex(ctx)
}

// works reports whether schools work on a day, with or without pupils.
func works(d calendar.Day) bool { return d.Kind == calendar.SchoolDay || d.Kind == calendar.INSETDay }

// schoolDay is one day: the morning's post, the telephone, the mailbox, and
// what the officer decides in the afternoon.
func (p *play) schoolDay(ctx context.Context, day pep.Date) error {
	p.day = day
	p.worked = append(p.worked, day)
	p.story.Days++
	for _, part := range []struct {
		hour, minute int
		do           func(context.Context) error
	}{
		{7, 50, p.imports},
		{8, 15, p.settleReturns},
		{8, 45, p.send},
		{9, 0, p.tasks},
		{9, 30, p.again},
		{10, 30, p.telephone},
		{12, 0, p.again},
		{12, 30, p.bounces},
		{14, 0, p.transfers},
		{15, 30, p.replies},
		{16, 15, p.decide},
		{17, 0, p.collect},
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.Clock.Set(at(day, p.Zone, part.hour, part.minute))
		if err := part.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tell adds a line to the story; its first word is the child it is about.
func (p *play) tell(format string, words ...any) {
	line := Line{Day: p.day, Text: fmt.Sprintf(format, words...)}
	if len(words) > 0 {
		line.Ref, _ = words[0].(pep.Ref)
	}
	p.story.Lines = append(p.story.Lines, line)
	if p.Told != nil {
		p.Told(line)
	}
}

// by is the officer's word with a reason.
func (p *play) by(why string) pipeline.By { return pipeline.By{Name: p.Officer, Why: why} }

// send is the morning's run: what is due is made, sealed and handed over.
func (p *play) send(ctx context.Context) error {
	sent, err := p.Runner.Send(ctx, p.day, nil)
	if err != nil {
		return err
	}
	for _, failure := range sent.Drafted.Failures {
		p.tell("%s: nothing could be made for the %s: %v", failure.Ref, failure.Role, failure.Err)
	}
	p.story.Failures = append(p.story.Failures, sent.Drafted.Failures...)
	p.withdrawn(sent.Drafted.Withdrawn)
	if err := p.keepForms(ctx, sent.Drafted.Drafts); err != nil {
		return err
	}
	for _, draft := range sent.Drafted.Drafts {
		if !draft.Known && draft.Delivery.State == outbox.Held {
			p.tell("%s: the %s for the %s is held: %s", draft.Delivery.Ref, draft.Delivery.Kind, draft.Delivery.Recipient.Role, draft.Delivery.Reason)
		}
	}
	return p.delivered(ctx)
}

// again hands over what waits for another attempt, where something does.
func (p *play) again(ctx context.Context) error {
	next, waits, err := p.Runner.Deliveries.NextDue(ctx)
	if err != nil || !waits || next.After(p.Clock.Now()) {
		return err
	}
	if _, err := p.Runner.Outgoing.Run(ctx); err != nil {
		return err
	}
	return p.delivered(ctx)
}

// delivered has the settings look at what came since they last looked.
func (p *play) delivered(ctx context.Context) error {
	messages := p.Sink.Messages()
	for _, m := range messages[p.seen:] {
		if err := p.arrives(ctx, m); err != nil {
			return err
		}
	}
	p.seen = len(messages)
	return nil
}

// arrives is one message in the mailbox of its reader.
func (p *play) arrives(ctx context.Context, m mailsink.Message) error {
	d, err := p.Runner.Deliveries.Get(ctx, deliveryOf(m))
	if err != nil {
		return err
	}
	box := p.Scenario.Mailbox(d.Recipient.Address.Canonical())
	p.story.Messages = append(p.story.Messages, Delivered{Delivery: d.ID, Day: p.day, File: m.File, Bounces: box == Bounces})
	p.reaches(d)
	switch {
	case box == Bounces:
		p.returned = append(p.returned, m)
	case d.Kind == outbox.KindForm:
		return p.takesForm(ctx, d, m)
	case d.Kind == outbox.KindChase:
		return p.reminded(d)
	}
	return nil
}

// takesForm puts a form on the pile of the person who is to fill it in. Where
// a plan's form went to several, the first one answers for all.
func (p *play) takesForm(ctx context.Context, d outbox.Delivery, m mailsink.Message) error {
	for _, other := range p.forms {
		if other.delivery.PlanKey == d.PlanKey {
			return nil
		}
	}
	record, err := p.Runner.Register.Record(ctx, d.Ref)
	if err != nil {
		return err
	}
	conduct := p.Scenario.Conduct(record.Child.ID, d.Recipient.Role)
	if conduct.Habit == Unreachable && d.Passphrase == outbox.PassphraseNone {
		conduct.Habit = InTime
		conduct.After = 4
	}
	p.forms[d.ID] = &held{delivery: d, file: m.File, conduct: conduct, meeting: record.Child.Meeting.Date}
	if conduct.Habit == InTime || conduct.Habit == Elsewhere {
		return p.promise(d.ID, conduct.After)
	}
	return nil
}

// reminded wakes whoever answers only then.
func (p *play) reminded(chaser outbox.Delivery) error {
	for id, form := range p.forms {
		if form.delivery.PlanKey == chaser.PlanKey && form.conduct.Habit == AfterChaser &&
			form.delivery.Recipient.Address.Canonical() == chaser.Recipient.Address.Canonical() {
			return p.promise(id, form.conduct.After) // a plan has one form on a pile
		}
	}
	return nil
}

// promise notes that an answer leaves so many school days from now.
func (p *play) promise(id string, after int) error {
	day := p.day
	for after > 0 {
		day = day.AddDays(1)
		kind, err := p.Runner.Calendar.Day(day)
		if err != nil {
			return err
		}
		if works(kind) {
			after--
		}
	}
	p.due = append(p.due, answer{on: day, id: id})
	return nil
}

// read gives a delivered message from where the sink keeps it.
func read(file string) (Letter, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Letter{}, fmt.Errorf("reading a delivered message: %w", err)
	}
	return Opened(data)
}

// today gives the answers that leave today, in an order of their own.
func (p *play) today() []answer {
	var now []answer
	p.due = slices.DeleteFunc(p.due, func(a answer) bool {
		if a.on == p.day {
			now = append(now, a)
		}
		return a.on == p.day
	})
	slices.SortFunc(now, func(a, b answer) int { return strings.Compare(a.id, b.id) })
	return now
}
