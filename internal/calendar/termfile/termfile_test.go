package termfile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar/termfile"
	"github.com/pepost/pepost/internal/pep"
)

// closed knows the bank holidays that matter to the terms of 2025/26.
func closed(d pep.Date) bool {
	switch d.String() {
	case "2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25":
		return true
	}
	return false
}

// want is one real shape of year.
var want = []string{
	"2025-09-01 2025-10-24", "2025-11-03 2025-12-19", "2026-01-05 2026-02-13",
	"2026-02-23 2026-04-01", "2026-04-20 2026-05-22", "2026-06-01 2026-07-22",
}

func halves(y termfile.Year) []string {
	var all []string
	for _, h := range y.Halves {
		all = append(all, h.From.String()+" "+h.To.String())
	}
	return all
}

const perHalf = `Year,Term,Half,From,To
2025/26,Autumn,1,Mon 1 Sep 2025,Friday 24 October 2025
2025/26,Autumn,2,03/11/2025,19/12/2025
2025/26,Spring,first,2026-01-05,13/02/2026
2025/26,Spring,second,23/02/2026,Wed 1 Apr 2026
2025/26,Summer,1,20/04/2026,22/05/2026
2025/26,Summer,2,1 June 2026,22nd July 2026
`

const perHoliday = `Event;Starts;Ends
Autumn term starts;1 Sep 2025;
Autumn half-term holiday;27 Oct 2025;31 Oct 2025
INSET;3 Nov 2025;
Christmas holiday;22 Dec 2025;2 Jan 2026
February half term;16 Feb 2026;20 Feb 2026
Easter holiday;2 Apr 2026;17 Apr 2026
Early May bank holiday;4 May 2026;
Half term;25 May 2026;29 May 2026
Summer term ends;22 Jul 2026;
Return to school;1 Sep 2026;
`

const calendarFile = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Autumn 1\\, first\r\n  half\r\nDTSTART;VALUE=DATE:20250901\r\nDTEND;VALUE=DATE:20251025\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Autumn 2\r\nDTSTART;VALUE=DATE:20251103\r\nDTEND;VALUE=DATE:20251220\r\nBEGIN:VALARM\r\nSUMMARY:x\r\nEND:VALARM\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Spring term\r\nDTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260402\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20260216\r\nDURATION:P5D\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Summer term\r\nDTSTART;VALUE=DATE:20260420\r\nDTEND;VALUE=DATE:20260723\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Half term holiday\r\nDTSTART;VALUE=DATE:20260525\r\nDTEND;VALUE=DATE:20260530\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Parents' evening\r\nDTSTART:20251106T180000Z\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nSUMMARY:Sports day\r\nDTSTART;VALUE=DATE:20260612\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestEachLayoutGivesTheSameYear(t *testing.T) {
	rows := []struct {
		name, text string
		format     termfile.Format
		left       int
		inset      int
	}{
		{"one row a half", perHalf, termfile.CSV, 0, 0},
		{"tabs and a byte order mark", "\xef\xbb\xbf" + strings.ReplaceAll(perHalf, ",", "\t"), termfile.CSV, 0, 0},
		{"one row a holiday", perHoliday, termfile.CSV, 1, 1},
		{"Windows-1252", strings.Replace(perHoliday, "Easter holiday", "Easter holiday \x96 two weeks", 1), termfile.CSV, 1, 1},
		{"iCalendar", calendarFile, termfile.ICalendar, 2, 0},
	}
	for _, row := range rows {
		got, err := termfile.Read("list", []byte(row.text), closed)
		if err != nil || len(got.Years) != 1 {
			t.Errorf("%s: %d years, %v", row.name, len(got.Years), err)
			continue
		}
		if diff := cmp.Diff(want, halves(got.Years[0])); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		if got.Format != row.format || len(got.Left) != row.left || len(got.Years[0].INSET) != row.inset {
			t.Errorf("%s: %s, left %+v, INSET %+v", row.name, got.Format, got.Left, got.Years[0].INSET)
		}
	}
}

func TestWhatIsInconsistentIsRefusedWithItsLine(t *testing.T) {
	rows := []struct{ name, from, to, want string }{
		{"weekday of another day", "Mon 1 Sep 2025", "Tue 1 Sep 2025", `list.csv:2:1: "Tue 1 Sep 2025": 1 September 2025 is a Monday; write it like`},
		{"backwards", "13/02/2026", "04/01/2026", "list.csv:4:1"},
		{"overlap", "23/02/2026", "13/02/2026", "the half before it ends on Fri 13 February 2026"},
		{"no year", "1 June 2026", "1 June", "the date has no year"},
		{"another academic year", "2025/26,Summer,2", "2024/25,Summer,2", "does not lie in that academic year"},
		{"a half missing", "2025/26,Summer,2,1 June 2026,22nd July 2026\n", "", "only one half of summer 2025/26"},
		{"not plain", "Autumn,2", "Harvest,", "it is not plain what these dates are"},
		{"twice", "Summer,2", "Summer,1", "line 6 says otherwise"},
		{"month first", "13/02/2026", "02/13/2026", "no such day with the day written first"},
		{"on a bank holiday", "20/04/2026", "06/04/2026", "begins or ends on a weekend or bank holiday"},
		{"no columns", "Year,Term,Half,From,To", "A,B,C,D,E", "no line names the columns"},
	}
	for _, row := range rows {
		text := strings.Replace(perHalf, row.from, row.to, 1)
		if text == perHalf {
			t.Fatalf("%s: nothing was changed", row.name)
		}
		_, err := termfile.Read("list.csv", []byte(text), closed)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}

func TestFiguresThatCouldBeTwoDaysAreNotGuessed(t *testing.T) {
	unproven := "Term,Half,From,To\nAutumn,1,02/09/2024,04/10/2024\n"
	_, err := termfile.Read("list.csv", []byte(unproven), closed)
	if err == nil || !strings.Contains(err.Error(), "the date could be Mon 2 September 2024 or Fri 9 February 2024") {
		t.Errorf("%v, want both readings named", err)
	}
	// A day above 12 elsewhere in the file proves the order.
	proven := unproven + "Autumn,2,11/11/2024,20/12/2024\n"
	if _, err := termfile.Read("list.csv", []byte(proven), closed); strings.Contains(err.Error(), "could be") {
		t.Errorf("%v, though 20/12 proves that the day stands first", err)
	}
	// So does a weekday's name, for its own date.
	named := strings.NewReplacer("02/09", "Mon 02/09", "04/10", "Fri 04/10").Replace(unproven)
	if _, err := termfile.Read("list.csv", []byte(named), closed); strings.Contains(err.Error(), "could be") {
		t.Errorf("%v, though the weekdays tell", err)
	}
}

func TestTermsAndHolidaysThatDisagreeAreRefused(t *testing.T) {
	text := strings.Replace(perHoliday, "Half term;25", "Spring term starts;7 Jan 2026;\nHalf term;25", 1)
	_, err := termfile.Read("list.csv", []byte(text), closed)
	if err == nil || !strings.Contains(err.Error(), "list.csv:9:1: spring 2025/26 begins on Wed 7 January 2026, but by the holiday of line 5 on Mon 5 January 2026") {
		t.Errorf("%v, want both lines named", err)
	}
	training := strings.Replace(text, "INSET;3 Nov 2025;", "INSET;5 Jan 2026;6 Jan 2026", 1)
	got, err := termfile.Read("list.csv", []byte(training), closed)
	if err != nil || got.Years[0].Halves[2].From.String() != "2026-01-07" {
		t.Errorf("%+v %v, want the term to begin after two INSET days", got, err)
	}
}

func TestBankHolidaysOfEnglandAreReadFromTheirJSON(t *testing.T) {
	text := `{"england-and-wales":{"division":"england-and-wales","events":[
{"title":"Good Friday","date":"2026-04-03","notes":"","bunting":false},
{"title":"Boxing Day","date":"2026-12-28","notes":"Substitute day","bunting":true}]},
"scotland":{"division":"scotland","events":[{"title":"2nd January","date":"2026-01-02"}]}}`
	got, err := termfile.Read("b.txt", []byte(text), closed)
	if err != nil || got.Format != termfile.BankHolidays || len(got.Holidays) != 2 || got.Holidays[1].On.String() != "2026-12-28" {
		t.Errorf("%+v %v", got, err)
	}
	for from, to := range map[string]string{"2026-12-28": "2026-12-26", "2026-04-03": "3 April", "england-and": "wales-and", "Boxing Day": " "} {
		if _, err := termfile.Read("b.txt", []byte(strings.Replace(text, from, to, 1)), closed); err == nil {
			t.Errorf("%q in the place of %q was taken", to, from)
		}
	}
}

func TestAYearIsPutInWithoutTouchingTheRest(t *testing.T) {
	got, err := termfile.Read("list", []byte(perHalf), closed)
	if err != nil {
		t.Fatal(err)
	}
	y := got.Years[0]
	before := "# A remark.\nauthority: X\nyears:\n  - year: \"2024/25\"\n    source: a\n\n  # Of next year.\n  - year: \"2026/27\"\n    source: c\n\n# Looked for.\nnot_found:\n  - {year: \"2025/26\", why: \"none\"}\n"
	after, err := termfile.SetYear(before, y, `the "list"`)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(after, `source: "the \"list\""`) || strings.Contains(after, "not_found") {
		t.Errorf("after:\n%s", after)
	}
	if removed := strings.Replace(after, y.Text(`the "list"`), "", 1); removed+"not_found:\n  - {year: \"2025/26\", why: \"none\"}\n" != before {
		t.Errorf("other lines were touched:\n%s", removed)
	}
	again, err := termfile.SetYear(after, y, `the "list"`)
	if err != nil || again != after {
		t.Errorf("a second time changes the file (%v):\n%s", err, again)
	}
	windows, err := termfile.SetYear("years: []\r\n", y, "s")
	if err != nil || strings.Count(windows, "\n") != strings.Count(windows, "\r\n") || !strings.HasPrefix(windows, "years:\r\n  - year") {
		t.Errorf("%v %q", err, windows)
	}
	if _, err := termfile.SetYear("years: [{year: x}]\n", y, "s"); err == nil {
		t.Error("a list in one line was changed")
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{perHalf, perHoliday, calendarFile, `{"england-and-wales":{"events":[{"title":"x","date":"2026-04-03"}]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := termfile.Read("f", data, closed)
		if err != nil {
			return
		}
		for _, y := range got.Years {
			for i, h := range y.Halves {
				if h.From.IsZero() || h.To.Before(h.From) || (i > 0 && !h.From.After(y.Halves[i-1].To)) {
					t.Fatalf("a half out of order was taken: %+v", y.Halves)
				}
			}
			if text, err := termfile.SetYear("years: []\n", y, "s"); err != nil || !strings.Contains(text, "first_half") {
				t.Fatalf("a year that cannot be written: %v", err)
			}
		}
	})
}
