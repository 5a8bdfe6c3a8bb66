package calendar_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/schedules"
)

const goodCalendar = `authority: Nowhere
source: made up
years:
  - year: "2025/26"
    source: made up
    terms:
      - name: autumn
        first_half: "Mon 1 Sep 2025 to Fri 24 Oct 2025"
        second_half: "Mon 3 Nov 2025 to Fri 19 Dec 2025"
        printed_days: [40, 35]
      - name: spring
        first_half: "Mon 5 Jan 2026 to Fri 13 Feb 2026"
        second_half: "Mon 23 Feb 2026 to Wed 1 Apr 2026"
      - name: summer
        first_half: "Mon 20 Apr 2026 to Fri 22 May 2026"
        second_half: "Mon 1 Jun 2026 to Wed 22 Jul 2026"
    inset:
      - {on: "Fri 3 Oct 2025", name: INSET}
bank_holidays:
  - {on: "Tue 16 Jun 2026", name: Nowhere Day}
not_found:
  - {year: "2026/27", why: not printed yet}
`

func folder(t testing.TB, calendarFile string) fs.FS {
	t.Helper()
	bank, err := fs.ReadFile(schedules.FS, "bank-holidays.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"bank-holidays.yaml":    {Data: bank},
		"nowhere/calendar.yaml": {Data: []byte(calendarFile)},
	}
}

func TestINSETDaysAndAnAuthoritysOwnHolidaysAreNotSchoolDays(t *testing.T) {
	c, err := calendar.Load(folder(t, goodCalendar), "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	for iso, want := range map[string]string{"2025-10-03": "INSET", "2026-06-16": "bank holiday: Nowhere Day"} {
		if got, err := c.Day(day(iso)); err != nil || got.Why() != want {
			t.Errorf("%s: %q %v, want %q", iso, got.Why(), err, want)
		}
	}
	got, err := c.Back(day("2025-10-06"), 1, calendar.SchoolDays)
	if err != nil || got.Date != day("2025-10-02") || got.Steps[2].Why != "INSET" {
		t.Errorf("%+v %v, want Thu 2 Oct over the INSET day", got, err)
	}
	if got, _ := c.Back(day("2025-10-06"), 1, calendar.WorkingDays); got.Date != day("2025-10-03") {
		t.Errorf("an INSET day is a working day, but 1 back is %s", got.Date)
	}
}

func TestEveryMistakeIsNamedWithItsPlaceAndWhatToWrite(t *testing.T) {
	rows := []struct{ name, from, to, want string }{
		{"wrong weekday", "Mon 1 Sep 2025", "Tue 1 Sep 2025", "nowhere/calendar.yaml:8:21: \"Tue 1 Sep 2025 to Fri 24 Oct 2025\": first_half: first date: September 1 is a Monday"},
		{"no such day", "Fri 13 Feb 2026", "Fri 31 Feb 2026", "12:21"},
		{"unknown key", "authority: Nowhere", "autority: Nowhere", "1:1: \"autority\": nobody reads this key; did you mean authority? the keys here are: authority, source"},
		{"missing key", "authority: Nowhere", "autority: Nowhere", "\"authority\": the key is missing"},
		{"terms overlap", "Mon 5 Jan 2026", "Fri 19 Dec 2025", "the spring term overlaps"},
		{"halves overlap", "Mon 3 Nov 2025", "Fri 24 Oct 2025", "the autumn term overlaps"},
		{"outside its year", "Wed 22 Jul 2026", "Tue 1 Sep 2026", "the summer term overlaps the one before it or leaves its academic year"},
		{"printed count differs", "[40, 35]", "[40, 36]", "the dates give 35 days"},
		{"order of terms", "name: spring", "name: summer", "the terms are out of order"},
		{"unknown term", "name: spring", "name: winter", "write one of: autumn, spring, summer"},
		{"closed first day", "Mon 20 Apr 2026", "Mon 6 Apr 2026", "closed day (bank holiday: Easter Monday)"},
		{"not an academic year", `- year: "2025/26"`, `- year: "2025/27"`, "not an academic year"},
		{"year both found and not", `{year: "2026/27"`, `{year: "2025/26"`, "listed under years as well"},
		{"INSET in the holiday", "Fri 3 Oct 2025", "Mon 27 Oct 2025", "outside the terms"},
		{"INSET at a weekend", "Fri 3 Oct 2025", "Sat 4 Oct 2025", "at a weekend"},
		{"own holiday twice", "Tue 16 Jun 2026", "Mon 4 May 2026", "stands twice"},
		{"holiday out of range", "Tue 16 Jun 2026", "Mon 16 Jun 2036", "outside the years"},
		{"span the wrong way", "Mon 5 Jan 2026 to Fri 13 Feb 2026", "Fri 13 Feb 2026 to Mon 5 Jan 2026", "last date is before the first"},
		{"not a span", "Mon 5 Jan 2026 to Fri 13 Feb 2026", "soon", "not two dates with to between"},
		{"an anchor", "source: made up\nyears", "source: &s made up\nyears", "anchors, aliases and tags"},
		{"not YAML", "years:", "years: [", "not YAML"},
		{"a key twice", "source: made up\nyears", "source: made up\nsource: again\nyears", "already defined"},
	}
	for _, row := range rows {
		broken := strings.Replace(goodCalendar, row.from, row.to, 1)
		if broken == goodCalendar {
			t.Fatalf("%s: the file was not changed", row.name)
		}
		_, err := calendar.Load(folder(t, broken), "nowhere")
		var problems rulefile.Problems
		if !errors.As(err, &problems) || !strings.Contains(problems.Error(), row.want) {
			t.Errorf("%s: %v\nwant %q", row.name, err, row.want)
			continue
		}
		for _, p := range problems {
			if p.File == "" || p.Line == 0 || p.Column == 0 || p.What == "" {
				t.Errorf("%s: a problem without its place: %+v", row.name, p)
			}
		}
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	broken := strings.NewReplacer("Mon 1 Sep 2025", "Tue 1 Sep 2025", "Fri 13 Feb 2026", "Thu 13 Feb 2026", "why:", "wy:").Replace(goodCalendar)
	_, err := calendar.Load(folder(t, broken), "nowhere")
	var problems rulefile.Problems
	if !errors.As(err, &problems) || len(problems) < 4 {
		t.Errorf("%v, want four problems or more", err)
	}
}

func TestAYearTwiceOrOverlappingAnotherIsRefused(t *testing.T) {
	_, list, _ := strings.Cut(goodCalendar, "years:\n")
	block, _, _ := strings.Cut(list, "bank_holidays:")
	twice := strings.Replace(goodCalendar, "bank_holidays:", block+"bank_holidays:", 1)
	if _, err := calendar.Load(folder(t, twice), "nowhere"); err == nil || !strings.Contains(err.Error(), "overlaps a term of 2025/26") {
		t.Errorf("the same year twice: %v", err)
	}
}

func TestAMissingAuthorityIsAProblemNotAPanic(t *testing.T) {
	for _, name := range []string{"atlantis", "../etc", "", "nowhere/calendar.yaml"} {
		if _, err := calendar.Load(schedules.FS, name); err == nil {
			t.Errorf("%q loads", name)
		}
	}
	if _, err := calendar.Load(fstest.MapFS{}, "nowhere"); err == nil || !strings.Contains(err.Error(), "bank-holidays.yaml: there is no such file") {
		t.Errorf("no bank holidays: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(goodCalendar))
	f.Add([]byte("years: [{year: \"2025/26\", terms: [1,2,3]}]"))
	f.Add([]byte("a: &x [*x]"))
	f.Add([]byte(strings.Repeat("[", 200)))
	f.Add([]byte("- - - -\n- {\n"))
	f.Add([]byte("? a\n: !!str b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := calendar.Load(folder(t, string(data)), "nowhere")
		var problems rulefile.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("an error that is not a list of problems: %v", err)
		}
		if err == nil {
			_, _ = c.Back(pep.MustDate("2026-03-17"), 3, calendar.SchoolWeeks)
		}
	})
}
