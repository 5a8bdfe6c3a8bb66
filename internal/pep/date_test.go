package pep

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDateReadsIsoAloneAndKeepsIt(t *testing.T) {
	for _, text := range []string{"2026-02-29", "2026-13-01", "17/03/2026", "2026-3-7", "", "0000-01-01"} {
		if d, err := ParseDate(text); err == nil {
			t.Errorf("%q was read as %s", text, d)
		}
	}
	d := MustDate("2026-03-17")
	if d.String() != "2026-03-17" || d.Long() != "Tue 17 March 2026" || d.Slashed() != "17/03/2026" {
		t.Errorf("%s, %s, %s", d, d.Long(), d.Slashed())
	}
	if _, err := NewDate(2025, time.February, 29); err == nil {
		t.Error("2025 has no 29 February")
	}
}

func TestZeroDateIsUnknown(t *testing.T) {
	var d Date
	if !d.IsZero() || d.String() != "" || !d.Before(MustDate("0001-01-02")) {
		t.Error("the zero date is not known and sorts first")
	}
	if err := d.UnmarshalText(nil); err != nil || !d.IsZero() {
		t.Error("empty text is the unknown date")
	}
	if err := d.UnmarshalText([]byte("yesterday")); err == nil {
		t.Error("other text is refused")
	}
}

func TestMondayOfTheWeek(t *testing.T) {
	for day, want := range map[string]string{
		"2026-03-16": "2026-03-16", "2026-03-17": "2026-03-16", "2026-03-22": "2026-03-16", "2026-03-23": "2026-03-23",
	} {
		if got := MustDate(day).Monday(); got.String() != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

func TestAgeAtBirthdays(t *testing.T) {
	for _, c := range []struct {
		born, day string
		age       int
	}{
		{"2024-11-20", "2026-11-20", 2},
		{"2024-11-21", "2026-11-20", 1},
		{"2008-02-29", "2026-02-28", 17},
		{"2008-02-29", "2026-03-01", 18},
	} {
		if got := MustDate(c.born).AgeOn(MustDate(c.day)); got != c.age {
			t.Errorf("born %s on %s: %d, want %d", c.born, c.day, got, c.age)
		}
	}
}

func TestDaysAreCountedOverClockChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-4000, 4000).Draw(t, "days")
		from := MustDate("2026-03-28")
		if got := from.DaysUntil(from.AddDays(n)); got != n {
			t.Fatalf("%d days are counted as %d", n, got)
		}
	})
}

// Dates are compared and written without the clock's arithmetic, which is what
// a register of many thousands spends its time on; they agree with it.
func TestDatesAgreeWithTheClocksArithmetic(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) Date {
		return MustDate("1900-01-01").AddDays(rapid.IntRange(0, 110000).Draw(t, "days"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		if got, want := a.Compare(b), a.Time().Compare(b.Time()); got != want || a.Compare(a) != 0 {
			t.Fatalf("%s and %s: %d, want %d", a, b, got, want)
		}
		if got, want := a.Long(), a.Time().Format("Mon 2 January 2006"); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
