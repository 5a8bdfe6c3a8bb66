package calendar_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// The shipped bank holidays are compared with a second working-out by rule:
// Easter, the Mondays, and the substitutes of the 1971 Act.
func TestShippedBankHolidaysAreThoseOfTheRule(t *testing.T) {
	c := load(t, "camden")
	for year := 2023; year <= 2030; year++ {
		want, got := byRule(year), map[string]bool{}
		for d := (pep.Date{Year: year, Month: time.January, Day: 1}); d.Year == year; d = d.AddDays(1) {
			if day, err := c.Day(d); err == nil && day.Kind == calendar.BankHoliday {
				got[d.String()] = true
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d: %s", year, diff)
		}
	}
}

func TestBankHolidaysArePrintedAsInTheTables(t *testing.T) {
	c := load(t, "cheshire-west")
	rows := map[int][]string{
		2023: {"01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"},
		2024: {"01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"},
		2025: {"01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"},
		2026: {"01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"},
		2027: {"01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"},
		2028: {"01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"},
	}
	for year, days := range rows {
		for _, d := range days {
			date := pep.Date{Year: year}.String()[:5] + d
			if got, err := c.Day(day(date)); err != nil || got.Kind != calendar.BankHoliday || got.Name == "" {
				t.Errorf("%s: %+v %v, want a bank holiday", date, got, err)
			}
		}
	}
}

func byRule(year int) map[string]bool {
	days := map[string]bool{}
	add := func(d time.Time) {
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || days[d.Format(time.DateOnly)] {
			d = d.AddDate(0, 0, 1)
		}
		days[d.Format(time.DateOnly)] = true
	}
	date := func(m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
	monday := func(d time.Time, step int) time.Time {
		for d.Weekday() != time.Monday {
			d = d.AddDate(0, 0, step)
		}
		return d
	}
	easter := easterSunday(year)
	add(easter.AddDate(0, 0, -2))
	add(easter.AddDate(0, 0, 1))
	add(date(time.January, 1))
	add(monday(date(time.May, 1), 1))
	add(monday(date(time.May, 31), -1))
	add(monday(date(time.August, 31), -1))
	// A substitute may not take the other holiday's own day.
	if christmas := date(time.December, 25); christmas.Weekday() == time.Sunday {
		add(date(time.December, 26))
		add(christmas)
	} else {
		add(christmas)
		add(date(time.December, 26))
	}
	if year == 2023 {
		add(date(time.May, 8))
	}
	return days
}

// easterSunday is the Gregorian rule of Gauss in the form of 1876 (Butcher).
func easterSunday(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	return time.Date(y, time.Month((h+l-7*m+114)/31), (h+l-7*m+114)%31+1, 0, 0, 0, 0, time.UTC)
}
