package calendar_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

func TestMonthsAndDaysNeedNoTermDates(t *testing.T) {
	c := load(t, "camden")
	rows := []struct {
		from    string
		n       int
		unit    calendar.Unit
		back    string
		forward string
		why     string
	}{
		{"2026-08-31", 3, calendar.Months, "2026-05-31", "2026-11-30", "3 months after Mon 31 August 2026, the last day of the month: November has 30 days"},
		{"2024-02-29", 12, calendar.Months, "2023-02-28", "2025-02-28", "February has 28 days"},
		{"2025-12-15", 1, calendar.Months, "2025-11-15", "2026-01-15", "1 month after Mon 15 December 2025, the same day of the month"},
		{"2026-01-31", 6, calendar.Months, "2025-07-31", "2026-07-31", "the same day of the month"},
		{"2026-03-02", 3, calendar.Days, "2026-02-27", "2026-03-05", "3 days after Mon 2 March 2026, weekends and holidays counted"},
		{"2050-03-01", 1, calendar.Days, "2050-02-28", "2050-03-02", "1 day after"},
	}
	for _, row := range rows {
		back, err := c.Back(day(row.from), row.n, row.unit)
		if err != nil || back.Date != day(row.back) {
			t.Errorf("%d %s before %s: %s %v, want %s", row.n, row.unit, row.from, back.Date, err, row.back)
		}
		forward, err := c.Forward(day(row.from), row.n, row.unit)
		if err != nil || forward.Date != day(row.forward) {
			t.Errorf("%d %s after %s: %s %v, want %s", row.n, row.unit, row.from, forward.Date, err, row.forward)
		}
		if len(forward.Steps) != 1 || !strings.Contains(forward.Steps[0].Why, row.why) {
			t.Errorf("steps %+v, want one with %q", forward.Steps, row.why)
		}
	}
	if _, err := c.Forward(day("9990-01-01"), 1000, calendar.Months); err == nil {
		t.Error("a count past the year 9999 was taken")
	}
}

func TestTheDateIsTheSameWithAndWithoutSteps(t *testing.T) {
	c := load(t, "cheshire-west")
	rapid.Check(t, func(t *rapid.T) {
		// From outside the loaded years too, where both must refuse alike.
		from := day("2024-06-01").AddDays(rapid.IntRange(0, 1000).Draw(t, "from"))
		unit, n := rapid.SampledFrom(calendar.AllUnits()).Draw(t, "unit"), rapid.IntRange(-1, 40).Draw(t, "n")
		counts := []struct {
			with    func(pep.Date, int, calendar.Unit) (calendar.Count, error)
			without func(pep.Date, int, calendar.Unit) (pep.Date, error)
		}{{c.Back, c.BackDate}, {c.Forward, c.ForwardDate}}
		for _, count := range counts {
			with, err1 := count.with(from, n, unit)
			without, err2 := count.without(from, n, unit)
			if with.Date != without || (err1 == nil) != (err2 == nil) || (err1 != nil && err1.Error() != err2.Error()) {
				t.Fatalf("%d %s from %s: %s (%v) with steps, %s (%v) without", n, unit, from, with.Date, err1, without, err2)
			}
		}
	})
}

func BenchmarkThreeSchoolWeeks(b *testing.B) { benchmark(b, 3, calendar.SchoolWeeks) }

func BenchmarkTwentyWorkingDays(b *testing.B) { benchmark(b, 20, calendar.WorkingDays) }

func benchmark(b *testing.B, n int, unit calendar.Unit) {
	c, from := load(b, "cheshire-west"), day("2026-03-03")
	b.Run("date", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.BackDate(from, n, unit); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("explained", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Back(from, n, unit); err != nil {
				b.Fatal(err)
			}
		}
	})
}
