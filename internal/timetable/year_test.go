package timetable_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/timetable"
)

// schoolYear is a child's year played hour by hour, as a daemon would live it.
type schoolYear struct {
	t     testing.TB
	rules timetable.Rules
	cal   *calendar.Calendar
	zone  *time.Location
	when  schedule.Schedule
	rec   pep.Record
	news  []news
	down  []span
	ahead pep.Date // the day on which the clock is a year ahead for some hours

	last    schedule.Moment
	courses []timetable.Course
	done    map[string]timetable.Progress
	fired   map[string]firing
	held    map[string]string
	back    map[string]bool // plans whose form came back
	jumped  bool
	wrong   int // what was sent while the clock was wrong
}

// news is what an export says from a day on, or what came back.
type news struct {
	on pep.Date
	do func(*schoolYear)
}

type span struct{ from, to pep.Date }

func (s span) has(d pep.Date) bool { return !d.Before(s.from) && !d.After(s.to) }

// firing is one thing that was done: when, for which day and meeting.
type firing struct {
	row     timetable.Due
	on      pep.Date
	meeting pep.Date
}

const fromDay, hours = "2025-09-01", 365 * 24

func newYear(t testing.TB, rec pep.Record, luck *rand.Rand) *schoolYear {
	rules, cal := load(t, "cheshire-west")
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := schedule.Parse("0 7 * * 1-5")
	if err != nil {
		t.Fatal(err)
	}
	y := &schoolYear{
		t: t, rules: whole(rules), cal: cal, zone: zone, rec: rec, when: schedule.Schedule{Name: "forms", Spec: spec},
		last: schedule.MomentOf(day(fromDay).In(zone, 0, 0), zone),
	}
	y.script(luck)
	y.fresh()
	return y
}

func (y *schoolYear) fresh() {
	y.courses, y.done, y.fired = nil, map[string]timetable.Progress{}, map[string]firing{}
	y.held, y.back = map[string]string{}, map[string]bool{}
}

// script gives the child a meeting in each term, each known some weeks before,
// some moved once, and a form that mostly comes back.
func (y *schoolYear) script(luck *rand.Rand) {
	y.rec.Child.Meeting, y.rec.Child.PreviousPEP = pep.Meeting{}, day("2025-06-17")
	y.rec.Child.PEPType, y.rec.Child.LegalStatus = "Review", "C2"
	for _, term := range []string{"2025-11-10", "2026-03-02", "2026-06-08"} {
		meeting := y.schoolDay(day(term).AddDays(luck.IntN(20)))
		known := meeting.AddDays(-30 - luck.IntN(20))
		y.tell(known, func(c *pep.Child) { c.Meeting.Date = meeting })
		if luck.IntN(4) == 0 {
			moved := y.schoolDay(meeting.AddDays(3))
			y.tell(meeting.AddDays(-9), func(c *pep.Child) { c.Meeting.Date = moved })
			meeting = moved
		}
		held := meeting
		if luck.IntN(5) > 0 {
			y.news = append(y.news, news{held.AddDays(-6), func(y *schoolYear) { y.back[held.String()] = true }})
		}
		y.tell(held.AddDays(2), func(c *pep.Child) { c.PreviousPEP = held })
	}
	slices.SortStableFunc(y.news, func(a, b news) int { return a.on.Compare(b.on) })
}

func (y *schoolYear) schoolDay(d pep.Date) pep.Date {
	for {
		if kind, err := y.cal.Day(d); err == nil && kind.Kind == calendar.SchoolDay {
			return d
		}
		d = d.AddDays(1)
	}
}

func (y *schoolYear) tell(on pep.Date, change func(*pep.Child)) {
	y.news = append(y.news, news{on, func(y *schoolYear) { change(&y.rec.Child) }})
}

// play lives every hour of the year by the real clock of London.
func (y *schoolYear) play() *schoolYear {
	y.t.Helper()
	start := day(fromDay).In(y.zone, 0, 0)
	pending := slices.Clone(y.news)
	for hour := range hours {
		now := start.Add(time.Duration(hour) * time.Hour)
		today := pep.DateOf(now.In(y.zone))
		for len(pending) > 0 && !pending[0].on.After(today) {
			pending[0].do(y)
			pending = pending[1:]
		}
		if slices.ContainsFunc(y.down, func(s span) bool { return s.has(today) }) {
			continue
		}
		if !y.ahead.IsZero() && !y.jumped && today == y.ahead {
			y.jumped = true
			before := len(y.fired)
			y.pass(now.AddDate(1, 0, 0).In(y.zone))
			y.wrong = y.mailed(before)
		}
		if runs, _ := schedule.Owed(y.when, schedule.Past{Last: y.last}, now, y.zone); len(runs) > 0 {
			y.last = runs[len(runs)-1].Nominal
			y.settle(today)
			y.pass(now.In(y.zone))
		}
	}
	return y
}

// mailed counts the messages beyond some firings.
func (y *schoolYear) mailed(before int) int {
	n := 0
	for _, f := range y.fired {
		if f.row.Kind != timetable.KindTask && f.on.Year > 2026 {
			n++
		}
	}
	if len(y.fired) < before {
		y.t.Fatal("something that was done is forgotten")
	}
	return n
}

// pass is one look at everything, as a drafting run makes it.
func (y *schoolYear) pass(now time.Time) {
	today := pep.DateOf(now)
	y.courses = y.rules.Follow(y.rec, y.courses, func(key string) timetable.Progress { return y.done[key] }, y.cal, today)
	for _, c := range y.courses {
		if !c.Open() {
			continue
		}
		key := c.Plan.Key()
		o := y.rules.Look(y.rec, c, y.done[key], y.cal, today)
		rows := y.rules.Due(o, timetable.Progress{}, y.cal, today)
		if !y.done[key].FormSent.IsZero() {
			rows = append(slices.DeleteFunc(rows, func(r timetable.Due) bool { return r.Kind != timetable.KindForm || r.Hold != "" }),
				y.rules.Due(o, y.done[key], y.cal, today)...)
		}
		for _, row := range rows {
			y.fire(row, today, c.Plan.Meeting.Date)
		}
	}
}

// settle brings forms back that were sent, and makes their plans final.
func (y *schoolYear) settle(today pep.Date) {
	for _, c := range y.courses {
		p := y.done[c.Plan.Key()]
		if p.FormSent.IsZero() || !p.Returned.IsZero() || !y.back[c.Plan.Meeting.Date.String()] {
			continue
		}
		p.Returned, p.Finalised = today, today
		y.done[c.Plan.Key()] = p
	}
}

func (y *schoolYear) fire(row timetable.Due, today, meeting pep.Date) {
	if row.Skipped {
		return
	}
	key := strings.Join([]string{row.PlanKey, string(row.Kind), string(row.Milestone), row.Occasion, string(row.Role), row.Recipient.Contact.Email.Canonical()}, "|")
	if _, known := y.fired[key]; known {
		return
	}
	if row.Due.After(today) {
		y.t.Errorf("%s fires on %s, before its day %s", key, today, row.Due)
	}
	if why := row.Hold + row.Missed; why != "" && row.Kind != timetable.KindTask {
		y.held[key] = why
		return
	}
	delete(y.held, key)
	y.fired[key] = firing{row, today, meeting}
	if p := y.done[row.PlanKey]; row.Kind == timetable.KindForm && p.FormSent.IsZero() {
		p.FormSent = today
		y.done[row.PlanKey] = p
	}
}

// mail are the keys of what was sent.
func (y *schoolYear) mail() []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(y.fired)) {
		if y.fired[key].row.Kind != timetable.KindTask {
			all = append(all, key)
		}
	}
	return all
}

// someYears are those of some records of the sample, each with its own luck.
func someYears(t *testing.T, do func(t *testing.T, rec pep.Record, seed uint64)) {
	all := readRegister(t, readTruth(t))
	n := 20
	if raced {
		n = 4
	}
	for i, id := range slices.Sorted(maps.Keys(all))[:n] {
		rec := all[id]
		if rec.Child.DateOfBirth.AgeOn(day(fromDay)) >= 17 {
			continue // turns 18 within the year: the plan ends with it
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) { do(t, rec, uint64(i)) })
	}
}

func luckOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

func TestInAYearOfHoursEverythingIsDoneOnceAndOnItsDay(t *testing.T) {
	someYears(t, func(t *testing.T, rec pep.Record, seed uint64) {
		y := newYear(t, rec, luckOf(seed)).play()
		forms := map[string]bool{}
		for key, f := range y.fired {
			known := f.row.Due
			for _, c := range y.courses {
				if c.Plan.Key() == f.row.PlanKey && f.row.Kind == timetable.KindForm && c.Known.After(known) {
					known = c.Known
				}
			}
			if late := known.DaysUntil(f.on); late > 3 && f.row.Kind != timetable.KindTask {
				t.Errorf("%s was due on %s and done on %s", key, f.row.Due, f.on)
			}
			if f.row.Kind != timetable.KindForm {
				continue
			}
			once := string(f.row.Role) + f.row.Recipient.Contact.Email.Canonical() + f.meeting.String()
			if forms[once] {
				t.Errorf("a second form for the meeting on %s: %s", f.meeting, key)
			}
			forms[once] = true
		}
		if len(y.courses) < 3 || len(forms) < 3 {
			t.Errorf("%d plans and %d forms in a year", len(y.courses), len(forms))
		}
	})
}

func TestAfterADowntimeTheYearEndsAsWithoutItButForWhatIsHeld(t *testing.T) {
	someYears(t, func(t *testing.T, rec pep.Record, seed uint64) {
		plain := newYear(t, rec, luckOf(seed)).play()
		for n := range 3 {
			y := newYear(t, rec, luckOf(seed))
			luck := luckOf(1000*seed + uint64(n))
			for range 1 + luck.IntN(3) {
				from := day(fromDay).AddDays(luck.IntN(330))
				y.down = append(y.down, span{from, from.AddDays(luck.IntN(25))})
			}
			y.play()
			compareYears(t, plain, y)
		}
	})
}

// compareYears: nothing more was sent than without the downtime, and what was
// not is held, follows a form that is held, or was a reminder whose meeting
// came while nothing ran.
func compareYears(t *testing.T, plain, y *schoolYear) {
	t.Helper()
	without := plain.mail()
	for _, key := range y.mail() {
		if !slices.Contains(without, key) {
			t.Errorf("sent only because of the downtime %v: %s", y.down, key)
		}
	}
	for _, key := range without {
		_, sent := y.fired[key]
		_, held := y.held[key]
		f := plain.fired[key]
		followsHeld := f.row.Kind != timetable.KindForm && y.done[f.row.PlanKey].FormSent.IsZero()
		tooLate := f.row.Kind == timetable.KindChase && slices.ContainsFunc(y.down, func(s span) bool { return s.has(f.on) })
		afterLate := f.row.Kind == timetable.KindChase && y.done[f.row.PlanKey].FormSent.After(plain.done[f.row.PlanKey].FormSent)
		if !sent && !held && !followsHeld && !tooLate && !afterLate {
			t.Errorf("lost in the downtime %v: %s, due %s", y.down, key, f.row.Due)
		}
	}
}

func TestAClockThatRunsAYearAheadForAnHourFloodsNobodyAndLosesNothing(t *testing.T) {
	someYears(t, func(t *testing.T, rec pep.Record, seed uint64) {
		plain := newYear(t, rec, luckOf(seed)).play()
		y := newYear(t, rec, luckOf(seed))
		y.ahead = day(fromDay).AddDays(luckOf(seed + 99).IntN(300))
		y.play()
		if y.wrong > 0 {
			t.Errorf("%d messages left while the clock was wrong", y.wrong)
		}
		compareYears(t, plain, y)
	})
}
