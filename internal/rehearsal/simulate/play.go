package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/rehearsal/memory"
	"github.com/pepost/pepost/internal/report/workload"
	"github.com/pepost/pepost/internal/schedule"
)

// play is one term under way.
type play struct {
	stage    Stage
	runner   *pipeline.Runner
	register *memory.Register
	clock    *rehearsal.Clock
	forms    *clockwork // the schedule by which forms go out
	down     *Span

	day      pep.Date
	kind     calendar.Day
	schools  []pep.Date // days on which schools worked, so far
	took     []string   // deliveries that mailboxes took since they were looked at
	piles    map[string]*pile
	due      map[pep.Date][]string // piles whose answer leaves on a day
	mailbox  []reply               // the authority's mail, not read yet
	bounces  []string              // deliveries that came back, not read yet
	pending  map[string]bool       // deliveries whose passphrase was not handed over
	calls    map[string]int
	looked   map[string]bool // holds that the officer has looked at
	posted   int             // letters that were taken to the post office
	tasks    map[string]bool // tasks that came up
	todo     []task          // those that are still to be done, in the order in which they came up
	late     map[string]bool // deliveries that were late when they were drafted
	teams    map[pep.Ref]int
	drafted  pep.Date         // when all children were last looked at
	waiting  []chore          // what came up while offices were closed
	touched  map[pep.Ref]bool // children of whom something changed since a run looked at them
	days     []workload.Day
	failures []workload.Failure
	skipped  workload.Skipped
}

// newPlay sets a term up in memory.
func newPlay(s Stage, down *Span) (*play, error) {
	begin := s.Term.From.In(s.Zone, 0, 0)
	held := s.Held.before(begin)
	p := &play{
		stage: s, clock: &rehearsal.Clock{}, down: down, piles: map[string]*pile{}, due: map[pep.Date][]string{},
		pending: map[string]bool{}, calls: map[string]int{}, looked: map[string]bool{}, tasks: map[string]bool{},
		late: map[string]bool{}, skipped: workload.Skipped{}, touched: map[pep.Ref]bool{},
	}
	p.clock.Set(begin)
	r := *s.Runner
	p.register = memory.NewRegister(held.Records)
	r.Register, r.Deliveries = p.register, memory.NewDeliveries(held.Deliveries)
	r.Returns, r.Plans, r.Evidence = memory.NewReturns(held.Returns), memory.NewPlans(held.Plans), memory.Evidence{}
	r.Now, r.Sketch, r.Unattended, r.Owner, r.Progress = p.clock.Now, true, true, "the played program", nil
	p.runner = &r
	r.Outgoing = r.Dispatcher(nil)
	r.Outgoing.Play, r.Outgoing.Settled = p.conversation, p.settled
	var err error
	p.forms, err = newClockwork(r.Rules, begin, s.Zone)
	p.teams = p.officersOf(held.Records)
	return p, err
}

// run plays every day of the term.
func (p *play) run(ctx context.Context) error {
	all := p.stage.Term.From.DaysUntil(p.stage.Term.To) + 1
	for n := range all {
		if err := p.oneDay(ctx, p.stage.Term.From.AddDays(n)); err != nil {
			return fmt.Errorf("playing %s: %w", p.day, err)
		}
		if p.stage.Progress != nil {
			p.stage.Progress(n+1, all)
		}
	}
	p.takeWaiting() // a term may end while offices are closed
	return nil
}

func (p *play) oneDay(ctx context.Context, day pep.Date) error {
	var err error
	p.day = day
	if p.kind, err = p.runner.Calendar.Day(day); err != nil {
		return err
	}
	if p.schoolsWork() {
		p.schools = append(p.schools, day)
	}
	p.days = append(p.days, workload.Day{
		Date: day, Kind: p.kind.Kind, Why: p.kind.Why(), Down: p.down.has(day), Officers: make([]workload.Amounts, len(p.officers())),
	})
	p.opens()
	if p.down.has(day) {
		p.answersLeave()
		return nil
	}
	for _, moment := range p.forms.moments(day) {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.clock.Set(moment.In(p.stage.Zone))
		if err := p.moment(ctx, moment); err != nil {
			return err
		}
	}
	return nil
}

// moment is what happens at one moment of a day: the mailbox is read, what the
// schedule owes is done, the officer works, and what waits is handed over.
func (p *play) moment(ctx context.Context, m schedule.Moment) error {
	if err := p.readMail(ctx); err != nil {
		return err
	}
	if p.forms.owed(p.clock.Now()) {
		if err := p.draft(ctx); err != nil {
			return err
		}
	}
	for _, part := range p.parts(p.clock.Now().Hour()) {
		if m.In(p.stage.Zone).Minute() != 0 {
			break
		}
		if err := part(ctx); err != nil {
			return err
		}
	}
	return p.handOver(ctx)
}

// parts are what people do in an hour of the day.
func (p *play) parts(hour int) []func(context.Context) error {
	switch {
	case hour == 15:
		return []func(context.Context) error{func(context.Context) error { p.answersLeave(); return nil }}
	case !officesOpen(p.kind.Kind):
	case hour == 9:
		return []func(context.Context) error{p.settleReturns, p.release}
	case hour == 11:
		return []func(context.Context) error{p.telephone}
	case hour == 14:
		return []func(context.Context) error{p.doTasks}
	case hour == 16:
		return []func(context.Context) error{p.decide}
	}
	return nil
}

// officesOpen reports whether the authority's offices are open on a kind of
// day: in school holidays too.
func officesOpen(kind calendar.DayKind) bool {
	return kind != calendar.Weekend && kind != calendar.BankHoliday
}

func (p *play) schoolsWork() bool {
	return p.kind.Kind == calendar.SchoolDay || p.kind.Kind == calendar.INSETDay
}

// draft makes what is due today. What is due of a child is a matter of the day
// and of what happened to that child: later runs of a day look only at children
// of whom something changed.
func (p *play) draft(ctx context.Context) error {
	r := *p.runner
	if p.drafted == p.day && !p.stage.whole {
		r.Register = p.register.Only(p.touched)
	}
	p.drafted, p.touched = p.day, map[pep.Ref]bool{}
	drafted, err := r.Draft(ctx, p.day, false)
	if err != nil {
		return err
	}
	for _, draft := range drafted.Drafts {
		if !draft.Known && draft.Late {
			p.late[draft.Delivery.ID] = true
		}
	}
	for _, failure := range drafted.Failures {
		p.failures = append(p.failures, workload.Failure{Ref: failure.Ref, Day: p.day, Why: failure.Err.Error()})
	}
	for _, skip := range drafted.Skips {
		p.skipped[[2]string{skip.PlanKey, string(skip.Milestone)}] = strings.Join(skip.Why, "; ")
	}
	return p.takeUp(ctx, drafted.Tasks)
}

// handOver hands over whatever waits and is due.
func (p *play) handOver(ctx context.Context) error {
	next, waits, err := p.runner.Deliveries.NextDue(ctx)
	if err != nil || !waits || next.After(p.clock.Now()) {
		return err
	}
	if _, err := p.runner.Outgoing.Run(ctx); err != nil {
		return err
	}
	return p.arrive(ctx)
}

// today is the day's numbers as they grow.
func (p *play) today() *workload.Day { return &p.days[len(p.days)-1] }

// chore is one thing for the officer of a child.
type chore struct {
	ref  pep.Ref
	work workload.Work
}

// work puts one thing before the officer of a child today, or, where offices
// are closed, on the next day on which they are open.
func (p *play) work(ref pep.Ref, w workload.Work) {
	if !officesOpen(p.kind.Kind) {
		p.waiting = append(p.waiting, chore{ref, w})
		return
	}
	p.workOn(len(p.days)-1, ref, w)
}

// opens puts before the officers what came up while offices were closed.
func (p *play) opens() {
	if officesOpen(p.kind.Kind) && !p.down.has(p.day) {
		p.takeWaiting()
	}
}

func (p *play) takeWaiting() {
	for _, c := range p.waiting {
		p.workOn(len(p.days)-1, c.ref, c.work)
	}
	p.waiting = nil
}

// workOn puts one thing before the officer of a child on a day of the term.
func (p *play) workOn(day int, ref pep.Ref, w workload.Work) {
	p.days[day].Work.Add(w, 1)
	p.days[day].Officers[p.teams[ref]].Add(w, 1)
}

// openFrom is the first day from a day on, of those that were played, on which
// offices are open; the day itself where none is left.
func (p *play) openFrom(day pep.Date) int {
	first := p.stage.Term.From.DaysUntil(day)
	for at := first; at < len(p.days); at++ {
		if officesOpen(p.days[at].Kind) && !p.days[at].Down {
			return at
		}
	}
	return first
}

// schoolDaysSince counts the days after a day, up to today, on which schools
// worked.
func (p *play) schoolDaysSince(day pep.Date) int {
	n := 0
	for _, worked := range slices.Backward(p.schools) {
		if !worked.After(day) {
			break
		}
		n++
	}
	return n
}

// by is an officer's word with a reason.
func (p *play) by(why string) pipeline.By { return pipeline.By{Name: "an officer", Why: why} }

func (p *play) act(ctx context.Context, d outbox.Delivery, action outbox.Action, why string) error {
	p.touched[d.Ref] = true
	_, err := p.runner.Act(ctx, d.ID, action, p.by(why))
	return err
}
