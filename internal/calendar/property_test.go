package calendar_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

func drawDay(t *rapid.T, label string) pep.Date {
	// Days far enough inside the loaded years that no count leaves them.
	return day("2024-12-02").AddDays(rapid.IntRange(0, 490).Draw(t, label))
}

func drawUnit(t *rapid.T) calendar.Unit {
	return rapid.SampledFrom(calendar.Units()).Draw(t, "unit")
}

func open(t *rapid.T, c *calendar.Calendar, d pep.Date, unit calendar.Unit) bool {
	kind, err := c.Day(d)
	if err != nil {
		t.Fatal(err)
	}
	if unit == calendar.WorkingDays {
		return kind.Kind != calendar.Weekend && kind.Kind != calendar.BankHoliday
	}
	return kind.Kind == calendar.SchoolDay
}

func TestNoCountEndsOnAClosedDay(t *testing.T) {
	c := load(t, "cheshire-west")
	rapid.Check(t, func(t *rapid.T) {
		from, unit, n := drawDay(t, "from"), drawUnit(t), rapid.IntRange(1, 8).Draw(t, "n")
		back, err := c.Back(from, n, unit)
		if err != nil {
			t.Fatal(err)
		}
		forward, err := c.Forward(from, n, unit)
		if err != nil {
			t.Fatal(err)
		}
		if !open(t, c, back.Date, unit) || !open(t, c, forward.Date, unit) {
			t.Fatalf("%s: back to %s, forward to %s: one is closed", from, back.Date, forward.Date)
		}
		if !back.Date.Before(from) || !forward.Date.After(from) {
			t.Fatalf("%s: back to %s, forward to %s: wrong side", from, back.Date, forward.Date)
		}
		counted := 0
		for _, step := range back.Steps {
			if step.Why == "" {
				t.Fatal("a step without a reason")
			}
			if step.Counted {
				counted++
			}
		}
		if counted != n {
			t.Fatalf("%d steps counted, want %d", counted, n)
		}
	})
}

func TestBackUndoesForwardOnOpenDays(t *testing.T) {
	c := load(t, "cheshire-west")
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]calendar.Unit{calendar.SchoolDays, calendar.WorkingDays}).Draw(t, "unit")
		from, n := drawDay(t, "from"), rapid.IntRange(1, 30).Draw(t, "n")
		for !open(t, c, from, unit) {
			from = from.AddDays(1)
		}
		there, err := c.Forward(from, n, unit)
		if err != nil {
			t.Fatal(err)
		}
		back, err := c.Back(there.Date, n, unit)
		if err != nil || back.Date != from {
			t.Fatalf("%s forward %d %s is %s, and back is %s (%v)", from, n, unit, there.Date, back.Date, err)
		}
		between, err := c.Between(from, there.Date)
		if err != nil {
			t.Fatal(err)
		}
		total := between.SchoolDays
		if unit == calendar.WorkingDays {
			total = between.WorkingDays
		}
		if total != n+1 {
			t.Fatalf("%s to %s: %d days, want %d", from, there.Date, total, n+1)
		}
	})
}

func TestALaterMeetingNeverHasAnEarlierForm(t *testing.T) {
	c := load(t, "cheshire-west")
	rapid.Check(t, func(t *rapid.T) {
		unit, n := drawUnit(t), rapid.IntRange(0, 6).Draw(t, "n")
		early := drawDay(t, "early")
		late := early.AddDays(rapid.IntRange(0, 40).Draw(t, "later"))
		// The weekday is kept over school weeks, so that from two days of one
		// holiday the order may turn: the rule is for meetings on school days.
		if unit == calendar.SchoolWeeks && !(schoolDay(t, c, early) && schoolDay(t, c, late)) {
			return
		}
		a, err := c.Back(early, n, unit)
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.Back(late, n, unit)
		if err != nil {
			t.Fatal(err)
		}
		if b.Date.Before(a.Date) {
			t.Fatalf("%d %s before %s is %s, before %s is %s", n, unit, early, a.Date, late, b.Date)
		}
	})
}

func schoolDay(t *rapid.T, c *calendar.Calendar, d pep.Date) bool {
	day, err := c.Day(d)
	if err != nil {
		t.Fatal(err)
	}
	return day.Kind == calendar.SchoolDay
}
