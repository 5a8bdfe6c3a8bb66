package calendar_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/schedules"
)

func load(t testing.TB, authority string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Load(schedules.FS, authority)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(iso string) pep.Date { return pep.MustDate(iso) }

func TestFormsGoOutSchoolWeeksBeforeTheMeetingAndReturnsComeWorkingDaysBefore(t *testing.T) {
	c := load(t, "cheshire-west")
	rows := []struct{ meeting, weeks, days, working string }{
		{"2025-09-12", "2025-07-18", "2025-07-16", "2025-09-09"},
		{"2025-11-12", "2025-10-15", "2025-10-15", "2025-11-07"},
		{"2026-01-13", "2025-12-09", "2025-12-09", "2026-01-08"},
		{"2026-03-03", "2026-02-03", "2026-02-03", "2026-02-26"},
		{"2026-04-23", "2026-03-19", "2026-03-17", "2026-04-20"},
		{"2026-05-06", "2026-04-01", "2026-03-27", "2026-04-30"},
	}
	for _, row := range rows {
		for _, ask := range []struct {
			n    int
			unit calendar.Unit
			want string
		}{{3, calendar.SchoolWeeks, row.weeks}, {15, calendar.SchoolDays, row.days}, {3, calendar.WorkingDays, row.working}} {
			got, err := c.Back(day(row.meeting), ask.n, ask.unit)
			if err != nil {
				t.Fatal(err)
			}
			if got.Date.String() != ask.want {
				t.Errorf("%s: %d %s back gives %s, want %s", row.meeting, ask.n, ask.unit, got.Date, ask.want)
			}
		}
	}
}

func TestWorkingDaysForwardNeedBankHolidaysOnly(t *testing.T) {
	rows := []struct{ from, ten, twenty string }{
		{"2025-09-01", "2025-09-15", "2025-09-29"},
		{"2025-12-12", "2025-12-30", "2026-01-14"},
		{"2026-03-26", "2026-04-13", "2026-04-27"},
		{"2026-07-24", "2026-08-07", "2026-08-21"},
		{"2026-12-18", "2027-01-06", "2027-01-20"},
		{"2027-12-20", "2028-01-06", "2028-01-20"},
	}
	for _, authority := range []string{"cheshire-west", "camden"} {
		c := load(t, authority)
		for _, row := range rows {
			for n, want := range map[int]string{10: row.ten, 20: row.twenty} {
				got, err := c.Forward(day(row.from), n, calendar.WorkingDays)
				if err != nil {
					t.Fatal(err)
				}
				if got.Date.String() != want {
					t.Errorf("%s: %s plus %d working days is %s, want %s", authority, row.from, n, got.Date, want)
				}
			}
		}
	}
}

func TestEachHalfHasTheDaysTheCouncilPrints(t *testing.T) {
	c := load(t, "cheshire-west")
	rows := []struct {
		from, to string
		days     int
	}{
		{"2024-09-02", "2024-10-25", 40},
		{"2024-11-04", "2024-12-20", 35},
		{"2025-01-06", "2025-02-14", 30},
		{"2025-02-24", "2025-04-04", 30},
		{"2025-04-23", "2025-05-23", 22},
		{"2025-06-02", "2025-07-23", 38},
		{"2025-09-01", "2025-10-24", 40},
		{"2025-11-03", "2025-12-19", 35},
		{"2026-01-05", "2026-02-13", 30},
		{"2026-02-23", "2026-04-01", 28},
		{"2026-04-20", "2026-05-22", 24},
		{"2026-06-01", "2026-07-22", 38},
	}
	for _, row := range rows {
		got, err := c.Between(day(row.from), day(row.to))
		if err != nil {
			t.Fatal(err)
		}
		if got.SchoolDays != row.days || got.WorkingDays != row.days {
			t.Errorf("%s to %s: %d school days and %d working days, want %d of both", row.from, row.to, got.SchoolDays, got.WorkingDays, row.days)
		}
	}
	for _, span := range [][2]string{{"2024-09-01", "2025-08-31"}, {"2025-09-01", "2026-08-31"}} {
		got, err := c.Between(day(span[0]), day(span[1]))
		if err != nil || got.SchoolDays != 195 {
			t.Errorf("the year from %s has %d school days (%v), want 195", span[0], got.SchoolDays, err)
		}
		if len(got.Steps) != 365 {
			t.Errorf("the year from %s explains %d days, want every one", span[0], len(got.Steps))
		}
	}
}

func TestACountExplainsEachWeekItSteppedOver(t *testing.T) {
	got, err := load(t, "cheshire-west").Back(day("2026-05-06"), 3, calendar.SchoolWeeks)
	if err != nil {
		t.Fatal(err)
	}
	want := []calendar.Step{
		{Date: day("2026-04-27"), Counted: true, Why: "school week"},
		{Date: day("2026-04-20"), Counted: true, Why: "school week"},
		{Date: day("2026-04-13"), Counted: false, Why: "week of Easter holiday"},
		{Date: day("2026-04-06"), Counted: false, Why: "week of bank holiday: Easter Monday, Easter holiday"},
		{Date: day("2026-03-30"), Counted: true, Why: "school week of 3 days (Easter holiday, bank holiday: Good Friday)"},
	}
	if diff := cmp.Diff(want, got.Steps); diff != "" {
		t.Error(diff)
	}
	if got.Calendar != "cheshire-west" || got.Source == "" {
		t.Errorf("calendar %q, source %q", got.Calendar, got.Source)
	}
}

func TestACountThatEndsOnAClosedDayTakesTheSchoolDayBefore(t *testing.T) {
	c := load(t, "cheshire-west")
	// Mon 18 May steps to Mon 4 May 2026, a bank holiday.
	got, err := c.Back(day("2026-05-18"), 2, calendar.SchoolWeeks)
	if err != nil || got.Date.String() != "2026-05-01" {
		t.Fatalf("%v %v, want Fri 1 May", got.Date, err)
	}
	if last := got.Steps[len(got.Steps)-3]; last.Why != "bank holiday: Early May, so the school day before it" {
		t.Errorf("last step: %+v", last)
	}
	// Forward stays inside the week that was counted: Mon 27 Apr to Mon 4 May,
	// closed, so that week's first school day.
	got, err = c.Forward(day("2026-04-27"), 1, calendar.SchoolWeeks)
	if err != nil || got.Date.String() != "2026-05-05" {
		t.Errorf("%v %v, want Tue 5 May", got.Date, err)
	}
}

func TestEachDayHasItsKindAndName(t *testing.T) {
	c := load(t, "cheshire-west")
	rows := map[string]string{
		"2026-03-17": "school day",
		"2026-03-29": "weekend",
		"2026-04-03": "bank holiday: Good Friday",
		"2026-04-08": "Easter holiday",
		"2026-02-18": "half-term",
		"2025-12-23": "Christmas holiday",
		"2026-08-05": "summer holiday",
		"2025-12-25": "bank holiday: Christmas Day",
		"2026-05-04": "bank holiday: Early May",
	}
	for iso, want := range rows {
		got, err := c.Day(day(iso))
		if err != nil || got.Why() != want {
			t.Errorf("%s is %q (%v), want %q", iso, got.Why(), err, want)
		}
	}
	for iso, kind := range map[string]calendar.DayKind{"2026-02-18": calendar.SchoolHoliday, "2026-04-03": calendar.BankHoliday} {
		if got, _ := c.Day(day(iso)); got.Kind != kind {
			t.Errorf("%s is a %s, want %s", iso, got.Kind, kind)
		}
	}
}

func TestAHolidayBelongsToTheNextTerm(t *testing.T) {
	c := load(t, "cheshire-west")
	rows := []struct {
		on, term string
		holiday  bool
	}{
		{"2025-09-01", "autumn 2025/26", false},
		{"2025-10-28", "autumn 2025/26", false},
		{"2025-12-24", "spring 2025/26", true},
		{"2026-04-02", "summer 2025/26", true},
		{"2025-08-10", "autumn 2025/26", true},
		{"2026-07-22", "summer 2025/26", false},
	}
	for _, row := range rows {
		got, err := c.Term(day(row.on))
		if err != nil || got.Term.String() != row.term || got.Holiday != row.holiday {
			t.Errorf("%s: %s holiday=%v (%v), want %s %v", row.on, got.Term, got.Holiday, err, row.term, row.holiday)
		}
	}
	for _, on := range []string{"2026-07-23", "2026-09-01", "2023-10-02", "2030-01-07"} {
		var missing *calendar.NoTermDatesError
		if got, err := c.Term(day(on)); !errors.As(err, &missing) {
			t.Errorf("%s: %v %v, want no term dates", on, got, err)
		}
	}
}

func TestAYearWithoutTermDatesIsRefusedWithAHint(t *testing.T) {
	camden, cheshire := load(t, "camden"), load(t, "cheshire-west")
	asks := map[string]func() error{
		"a school week in a year never loaded": func() error { _, err := camden.Back(day("2026-03-17"), 3, calendar.SchoolWeeks); return err },
		"a school day in a year never loaded":  func() error { _, err := camden.Back(day("2026-03-17"), 1, calendar.SchoolDays); return err },
		"a count that walks out of the years":  func() error { _, err := cheshire.Back(day("2024-09-10"), 3, calendar.SchoolWeeks); return err },
		"a meeting after the last year":        func() error { _, err := cheshire.Back(day("2026-09-10"), 3, calendar.SchoolWeeks); return err },
		"days of a year never loaded":          func() error { _, err := camden.Between(day("2026-01-05"), day("2026-01-09")); return err },
		"the kind of a day in no year":         func() error { _, err := camden.Day(day("2026-01-07")); return err },
	}
	for name, ask := range asks {
		var missing *calendar.NoTermDatesError
		if err := ask(); !errors.As(err, &missing) {
			t.Errorf("%s: %v, want no term dates", name, err)
		} else if missing.Hint() == "" || missing.Reason == "" && name != "a meeting after the last year" {
			t.Errorf("%s: %v has no hint or reason", name, err)
		}
	}
	got, _ := camden.Between(day("2026-01-05"), day("2026-01-09"))
	if got.WorkingDays != 5 {
		t.Errorf("working days stay known without term dates: %d, want 5", got.WorkingDays)
	}
	if kind, err := camden.Day(day("2026-01-10")); err != nil || kind.Kind != calendar.Weekend {
		t.Errorf("a weekend needs no term dates: %v %v", kind, err)
	}
}

func TestCountsStayInBounds(t *testing.T) {
	c := load(t, "cheshire-west")
	var bounds *calendar.BoundsError
	for name, ask := range map[string]func() error{
		"negative":     func() error { _, err := c.Back(day("2026-03-17"), -1, calendar.WorkingDays); return err },
		"huge":         func() error { _, err := c.Back(day("2026-03-17"), 1<<40, calendar.WorkingDays); return err },
		"no day":       func() error { _, err := c.Back(pep.Date{}, 1, calendar.WorkingDays); return err },
		"no such unit": func() error { _, err := c.Back(day("2026-03-17"), 1, "fortnights"); return err },
		"backwards":    func() error { _, err := c.Between(day("2026-03-17"), day("2026-03-16")); return err },
		"centuries":    func() error { _, err := c.Between(day("1026-03-17"), day("2026-03-16")); return err },
	} {
		if err := ask(); !errors.As(err, &bounds) {
			t.Errorf("%s: %v, want a bounds error", name, err)
		}
	}
	var outside *calendar.OutOfRangeError
	if _, err := c.Forward(day("2030-12-20"), 10, calendar.WorkingDays); !errors.As(err, &outside) || outside.Hint() == "" {
		t.Errorf("beyond the bank holidays: %v, want out of range", err)
	}
}

func TestEveryShippedCalendarLoads(t *testing.T) {
	years := map[string]int{"cheshire-west": 2, "sample": 2, "sefton": 3, "st-helens": 2, "camden": 0}
	for authority, want := range years {
		c := load(t, authority)
		loaded := 0
		for y := 2022; y < 2030; y++ {
			if _, err := c.Term(pep.Date{Year: y, Month: time.October, Day: 2}); err == nil {
				loaded++
			}
		}
		if loaded != want || c.Authority() == "" || c.Name() != authority {
			t.Errorf("%s: %d years, want %d", authority, loaded, want)
		}
	}
}
