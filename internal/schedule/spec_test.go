package schedule_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/schedule"
)

func moment(t testing.TB, text string) schedule.Moment {
	t.Helper()
	m, err := schedule.ParseMoment(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func spec(t testing.TB, text string) schedule.Spec {
	t.Helper()
	s, err := schedule.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASpecFiresByTheCivilClock(t *testing.T) {
	rows := []struct{ spec, after, want string }{
		{"0 7 * * 1-5", "2026-03-27 07:00", "2026-03-30 07:00"}, // over the change to summer time
		{"0 7 * * 1-5", "2026-10-23 07:00", "2026-10-26 07:00"},
		{"0 7 * * *", "2026-03-28 07:00", "2026-03-29 07:00"},
		{"0 2 * * *", "2026-10-24 02:00", "2026-10-25 02:00"},
		{"30 0 * * *", "2026-10-25 00:29", "2026-10-25 00:30"},
		{"@daily", "2026-03-28 12:00", "2026-03-29 00:00"},
		{"@weekly", "2026-03-28 12:00", "2026-03-29 00:00"},
		{"@monthly", "2026-03-28 12:00", "2026-04-01 00:00"},
		{"@yearly", "2026-03-28 12:00", "2027-01-01 00:00"},
		{"15 9 29 2 *", "2026-01-01 00:00", "2028-02-29 09:15"},
		{"*/20 7-9 * SEP Mon", "2026-09-07 07:41", "2026-09-07 08:00"},
		{"0 7 1 1 1", "2026-01-01 07:00", "2026-01-05 07:00"}, // day of the month or of the week, as cron has it
	}
	for _, row := range rows {
		if got := spec(t, row.spec).Next(moment(t, row.after)).String(); got != row.want {
			t.Errorf("%s after %s: %s, want %s", row.spec, row.after, got, row.want)
		}
	}
	if got := (schedule.Spec{}).Next(moment(t, "2026-01-01 00:00")); got != 0 {
		t.Errorf("the zero spec fires %s", got)
	}
}

func TestASpecThatWouldNotFireOnceIsRefusedWithWhatToWrite(t *testing.T) {
	rows := []struct{ spec, what, hint string }{
		{"", "is empty", "0 7 * * 1-5"},
		{" \t ", "is empty", "0 7 * * 1-5"},
		{"TZ=", "names a time zone", "Europe/London"},
		{"TZ=0", "names a time zone", "Europe/London"},
		{"CRON_TZ=Europe/London", "names a time zone", "Europe/London"},
		{"CRON_TZ=UTC 0 7 * * *", "names a time zone", "Europe/London"},
		{"  tz=UTC 0 7 * * *", "names a time zone", "Europe/London"},
		{"@every 1h", "no hour of its own", "*/15 7-18"},
		{"@every 0s", "no hour of its own", "*/15 7-18"},
		{"@reboot", "not understood", "0 7 * * 1-5"},
		{"0 0 7 * * 1", "has 6 fields", "0 7 * * 1-5"},
		{"0 7 * *", "has 4 fields", "0 7 * * 1-5"},
		{"0 7 * * 7", "not understood", "Sunday is 0"},
		{"0 7 L * *", "not understood", "0 7 * * 1-5"},
		{"0 25 * * *", "not understood", "0 7 * * 1-5"},
		{"*/0 7 * * *", "not understood", "0 7 * * 1-5"},
		{"0 0 31 2 *", "never comes", "28"},
		{"0 0 30 feb *", "never comes", "28"},
		{"30 1 * * *", "01:00 to 01:59", "0 2 * * *"},
		{"0 0-2 * * *", "01:00 to 01:59", "0 2 * * *"},
		{"*/5 * * * *", "01:00 to 01:59", "0 2 * * *"},
		{"30 1 29 3 *", "01:00 to 01:59", "0 2 * * *"},
		{"@hourly", "01:00 to 01:59", "0 0,2-23 * * *"},
		{strings.Repeat("0,", 80) + "0 7 * * *", "longer than 100", "0 7 * * 1-5"},
	}
	for _, row := range rows {
		_, err := schedule.Parse(row.spec)
		var refused *schedule.SpecError
		if !errors.As(err, &refused) {
			t.Errorf("%q: %v", row.spec, err)
			continue
		}
		if !strings.Contains(refused.What, row.what) || !strings.Contains(refused.Hint, row.hint) || len(refused.Spec) > 110 {
			t.Errorf("%q: %+v, want %q and %q", row.spec, refused, row.what, row.hint)
		}
	}
}

func TestTheTextOfAMomentReadsBackAndSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Int64Range(1, 100*366*24*60)
		a, b := schedule.Moment(draw.Draw(t, "a")), schedule.Moment(draw.Draw(t, "b"))
		back, err := schedule.ParseMoment(a.String())
		if err != nil || back != a {
			t.Fatalf("%d is %s and reads back as %d, %v", a, a, back, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s do not sort as %d and %d", a, b, a, b)
		}
	})
	for _, text := range []string{"", "never", "2026-03-29", "2026-3-29 07:00", "2026-02-30 07:00", "2026-03-29 07:00:00", "2026-03-29T07:00", "2026-03-29 7:00"} {
		if m, err := schedule.ParseMoment(text); err == nil {
			t.Errorf("%q reads as %s", text, m)
		}
	}
}

// FuzzParse: whatever is written, nothing panics; what is accepted fires, in
// the order of time, and never in the hour that is lost or doubled.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0 7 * * 1-5", "@daily", "@every 1m", "TZ=", "CRON_TZ=Europe/London", "0 0 31 2 *", "*/7 0,2-23/3 1-7 JAN-MAR ?", "0 0 29 2 *", "9-1 * * * *", "1/99999999999999999999 2 * * *"} {
		f.Add(seed)
	}
	start, end := moment(f, "2026-01-01 00:00"), moment(f, "2028-01-01 00:00")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := schedule.Parse(text)
		if err != nil {
			var refused *schedule.SpecError
			if !errors.As(err, &refused) || refused.Hint == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		last := start
		for n := 0; last < end && n < 20_000; n++ {
			next := s.Next(last)
			if next <= last {
				t.Fatalf("%q: after %s comes %s", text, last, next)
			}
			if hour := next.String()[11:13]; hour == "01" {
				t.Fatalf("%q fires at %s", text, next)
			}
			last = next
		}
	})
}
