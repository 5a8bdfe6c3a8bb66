package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/schedules"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/internal/web"
)

// lookAhead is how many days the Today page looks ahead.
const lookAhead = 5

// showToday starts the page beside the daemon and gives what waits for its
// end. Whatever keeps the page from being shown is a line in the log: the
// daemon goes on without it.
func (i *installation) showToday(ctx context.Context, log *slog.Logger) (wait func()) {
	nothing := func() {}
	if i.config.Console == "" {
		return nothing
	}
	known := accounts.Of(i.db)
	all, err := known.List(ctx)
	if err != nil {
		log.Error("the page is not shown", "error", err)
		return nothing
	}
	if !slices.ContainsFunc(all, accounts.Account.Active) {
		log.Info("no account: the page is not shown; make one with pepost users add and start serve again")
		return nothing
	}
	console, err := web.NewConsole(web.ConsoleOptions{Accounts: doorkeeper{known, i.runner.Now, log}, Source: i.logged(log), Now: i.runner.Now})
	if err != nil {
		log.Error("the page is not shown", "error", err)
		return nothing
	}
	listener, err := web.Listen(i.config.Console)
	if err != nil {
		log.Error("the page is not shown", "error", err)
		return nothing
	}
	log.Info("the page is shown", "address", "http://"+listener.Addr().String()+"/today")
	ctx, stop := context.WithCancel(ctx)
	var page sync.WaitGroup
	page.Go(func() {
		if err := console.Serve(ctx, listener); err != nil {
			log.Error("the page ended", "error", err)
		}
	})
	return func() { stop(); page.Wait() }
}

// doorkeeper gives web the accounts in its own words.
type doorkeeper struct {
	accounts *accounts.Accounts
	now      func() time.Time
	log      *slog.Logger
}

// Verify is web's question; what went wrong inside is for the log.
func (d doorkeeper) Verify(ctx context.Context, name, password string) (string, error) {
	found, err := d.accounts.Verify(ctx, name, password, d.now())
	switch {
	case errors.Is(err, accounts.ErrRefused), errors.Is(err, accounts.ErrLocked):
		return "", web.ErrRefused
	case err != nil:
		d.log.Error("a sign-in could not be checked", "error", err)
	}
	return string(found.Name), err
}

// StillIn is web's question.
func (d doorkeeper) StillIn(ctx context.Context, name string, since time.Time) (bool, error) {
	return d.accounts.StillIn(ctx, accounts.Name(name), since)
}

// freshFor is how long one look at everything serves every request: the page
// says when it was taken, and no reader can keep the database busy.
const freshFor = 15 * time.Second

// logged gives the page's value, taken at most every freshFor.
func (i *installation) logged(log *slog.Logger) web.Source {
	var mu sync.Mutex
	var last web.Today
	return func(ctx context.Context) (web.Today, error) {
		mu.Lock()
		defer mu.Unlock()
		if age := i.runner.Now().Sub(last.At); !last.At.IsZero() && age >= 0 && age < freshFor {
			return last, nil
		}
		inForce := *i
		inForce.runner = i.rules.runner.Load()
		seen, err := inForce.today(ctx)
		if err != nil {
			if ctx.Err() == nil {
				log.Error("the page could not be made", "error", err)
			}
			return seen, err
		}
		last = seen
		return seen, nil
	}
}

// today is the Today page's value, one function a section.
func (i *installation) today(ctx context.Context) (web.Today, error) {
	now := i.runner.Now()
	seen := web.Today{Authority: i.runner.Words.Authority, On: pep.DateOf(now), Until: pep.DateOf(now).AddDays(lookAhead), At: now, Daemon: i.daemonToday()}
	numbers, err := i.caseNumbers(ctx)
	if err != nil {
		return seen, err
	}
	for _, section := range []func(context.Context, map[pep.Ref]string, *web.Today) error{i.incidentsToday, i.dueToday, i.heldToday, i.mailToday, i.passphrasesToday, i.schedulesToday} {
		if err := section(ctx, numbers, &seen); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// caseNumbers gives the case system's number of every child.
func (i *installation) caseNumbers(ctx context.Context) (map[pep.Ref]string, error) {
	numbers := map[pep.Ref]string{}
	err := i.runner.Register.Each(ctx, func(r pep.Record) error {
		numbers[r.Ref] = r.Child.ID
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the case numbers: %w", err)
	}
	return numbers, nil
}

// incidentsToday puts the open incidents at the top of Tasks, with the hours
// that are left.
func (i *installation) incidentsToday(ctx context.Context, numbers map[pep.Ref]string, seen *web.Today) error {
	tasks, err := i.runner.IncidentTasks(ctx)
	for _, task := range tasks {
		seen.Tasks.Add(web.DueRow{
			Ref: task.Ref, CaseNumber: numbers[task.Ref], What: string(task.Milestone), Due: task.Due, Role: task.Role, Late: task.Late, Why: task.Why,
		})
	}
	return err
}

// dueToday fills Due, Late and Tasks. What left, was withdrawn or is held
// stands elsewhere or nowhere.
func (i *installation) dueToday(ctx context.Context, numbers map[pep.Ref]string, seen *web.Today) error {
	var rows []expectedRow
	err := i.runner.Due(ctx, seen.Until, func(e pipeline.Expected) error {
		if e.Skipped || e.State.Gone() || e.State == outbox.Cancelled || e.State == outbox.Posted || forAPerson(e.State) {
			return nil
		}
		row := web.DueRow{
			Ref: e.Ref, CaseNumber: numbers[e.Ref], What: whatIsDue(e), How: howItGoes(e), Due: e.Due.Due, Role: e.Role, State: e.State,
			Late: e.Late || e.Due.Due.Before(seen.On), Why: e.Why,
		}
		rows = append(rows, expectedRow{row, e.Kind})
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting what is due: %w", err)
	}
	err = i.runner.Chores(ctx, seen.Until, func(d timetable.Due) error {
		rows = append(rows, expectedRow{web.DueRow{
			Ref: d.Ref, CaseNumber: numbers[d.Ref], What: string(d.Milestone), Due: d.Due, Role: d.Role, Late: d.Late, Why: d.Why,
		}, d.Kind})
		return nil
	})
	if err != nil {
		return err
	}
	// The earliest are shown where not all are.
	slices.SortStableFunc(rows, func(a, b expectedRow) int { return a.Due.Compare(b.Due) })
	for _, row := range rows {
		switch {
		case row.kind == timetable.KindTask:
			seen.Tasks.Add(row.DueRow)
		case row.Late:
			seen.Late.Add(row.DueRow)
		default:
			seen.Due.Add(row.DueRow)
		}
	}
	return nil
}

// expectedRow is a row with the kind that chooses its section.
type expectedRow struct {
	web.DueRow
	kind timetable.Kind
}

func whatIsDue(e pipeline.Expected) string {
	if e.Kind == timetable.KindTask || e.Kind == timetable.KindTransfer {
		return string(e.Milestone)
	}
	return report.What(outbox.Kind(e.Kind))
}

func howItGoes(e pipeline.Expected) string {
	switch {
	case e.Kind == timetable.KindTask:
		return ""
	case e.Decision.Method == "" || e.Decision.Method == route.MethodNone:
		return "held for a person"
	}
	return report.Row{Method: e.Decision.Method}.How()
}

// forAPerson reports a state in which nothing goes on by itself.
func forAPerson(s outbox.State) bool {
	return s == outbox.Held || s == outbox.Refused || s == outbox.Uncertain || s == outbox.Bounced
}

// heldToday fills Held: what is held, was refused, is uncertain or came back.
func (i *installation) heldToday(ctx context.Context, numbers map[pep.Ref]string, seen *web.Today) error {
	open, err := i.runner.Open(ctx)
	if err != nil {
		return err
	}
	bounced, err := i.runner.Deliveries.List(ctx, pipeline.Filter{States: []outbox.State{outbox.Bounced}})
	if err != nil {
		return fmt.Errorf("reading the outbox: %w", err)
	}
	for _, d := range append(open, bounced...) {
		if !forAPerson(d.State) {
			continue
		}
		why := d.Decision.Reasons
		if d.Reason != "" {
			why = []string{d.Reason}
		}
		seen.Held.Add(web.HeldRow{
			ID: d.ID, Ref: d.Ref, CaseNumber: numbers[d.Ref], What: report.What(d.Kind), Due: d.Due, Role: d.Recipient.Role, State: d.State, Why: why,
		})
	}
	return nil
}

// mailToday adds the messages that a person has to read to the tasks.
func (i *installation) mailToday(ctx context.Context, numbers map[pep.Ref]string, seen *web.Today) error {
	open, err := i.runner.OpenMail(ctx)
	if err != nil {
		return err
	}
	for _, m := range open {
		seen.Tasks.Add(web.DueRow{
			Ref: m.Ref, CaseNumber: numbers[m.Ref], What: m.Errand(), Due: pep.DateOf(m.At), Role: pep.Officer, Why: mailTask(m).Why,
		})
	}
	return nil
}

// passphrasesToday fills the passphrases that nobody has read out yet.
func (i *installation) passphrasesToday(ctx context.Context, numbers map[pep.Ref]string, seen *web.Today) error {
	sent, err := i.runner.Deliveries.List(ctx, pipeline.Filter{States: []outbox.State{outbox.Accepted, outbox.Delivered}})
	if err != nil {
		return fmt.Errorf("reading the outbox: %w", err)
	}
	for _, d := range sent {
		if d.Passphrase != outbox.PassphrasePending {
			continue
		}
		row := web.PassphraseRow{ID: d.ID, Ref: d.Ref, CaseNumber: numbers[d.Ref], Role: d.Recipient.Role}
		for _, e := range d.Events {
			if e.To == outbox.Accepted {
				row.Since = e.At.In(i.runner.Now().Location())
			}
		}
		seen.Passphrases.Add(row)
	}
	return nil
}

// lookBack is how many days of runs the page tells of.
const lookBack = 7

// schedulesToday says of each schedule when it last ran, when it runs next and
// how many of the last days' times lapsed.
func (i *installation) schedulesToday(ctx context.Context, _ map[pep.Ref]string, seen *web.Today) error {
	where, err := london()
	if err != nil {
		return err
	}
	runs, err := schedules.New(i.db).List(ctx, schedule.MomentOf(seen.At.AddDate(0, 0, -lookBack), where))
	if err != nil {
		return fmt.Errorf("reading the schedules: %w", err)
	}
	for _, name := range timetable.ScheduleNames() {
		when, err := i.scheduled(name)
		if err != nil {
			return err
		}
		row := web.ScheduleRow{Name: string(name)}
		row.Next, _ = when.NextAfter(seen.At, where)
		for _, run := range runs {
			switch {
			case run.Schedule != string(name):
			case run.State == schedule.Lapsed:
				row.Lapsed++
			case run.State == schedule.Done && run.Started.After(row.Last):
				row.Last = run.Started
			}
		}
		seen.Daemon.Schedules = append(seen.Daemon.Schedules, row)
	}
	return nil
}

// daemonToday says what the daemon works with.
func (i *installation) daemonToday() web.Daemon {
	d := web.Daemon{Relay: "none: nothing can be sent"}
	d.Rules, d.Warning = i.rules.told()
	if r := i.config.Relay; r.Configured() {
		d.Relay = r.Address + ", " + string(r.TLS)
		if !r.Onward.Guaranteed {
			d.Relay += "; nobody guarantees TLS beyond it, so what would be secure is encrypted"
		} else {
			d.Relay += "; TLS beyond it is to be looked at again by " + r.Onward.ReviewBy.Long()
		}
	}
	return d
}
