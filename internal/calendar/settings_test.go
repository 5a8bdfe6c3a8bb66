package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

const elm = `setting: {name: "Elm  Primary School", urn: "654321", laestab: "896-1234"}
source: the school's own list
years:
  - year: "2025/26"
    source: the school's own list
    terms:
      - name: autumn
        first_half: "Wed 3 Sep 2025 to Fri 17 Oct 2025"
        second_half: "Mon 3 Nov 2025 to Fri 19 Dec 2025"
      - name: spring
        first_half: "Mon 5 Jan 2026 to Fri 13 Feb 2026"
        second_half: "Mon 23 Feb 2026 to Fri 27 Mar 2026"
      - name: summer
        first_half: "Mon 13 Apr 2026 to Fri 22 May 2026"
        second_half: "Mon 1 Jun 2026 to Fri 17 Jul 2026"
`

func withSettings(t testing.TB, files map[string]string) fstest.MapFS {
	t.Helper()
	rules := folder(t, goodCalendar).(fstest.MapFS)
	for name, text := range files {
		rules["nowhere/settings/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return rules
}

func withElm(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Load(withSettings(t, map[string]string{"elm.yaml": elm}), "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASettingIsKnownByURNThenLAEstabThenName(t *testing.T) {
	c := withElm(t)
	rows := []struct {
		name    string
		setting pep.Setting
		own     bool
	}{
		{"URN", pep.Setting{URN: "654321"}, true},
		{"URN, though renamed", pep.Setting{URN: "654321", Name: "Elm Academy"}, true},
		{"LAEstab", pep.Setting{LAEstab: "896/1234"}, true},
		{"name without regard to case and spaces", pep.Setting{Name: "elm primary  SCHOOL"}, true},
		{"same name, another URN", pep.Setting{Name: "Elm Primary School", URN: "111111"}, false},
		{"same LAEstab, another URN", pep.Setting{LAEstab: "896/1234", URN: "111111"}, false},
		{"another name", pep.Setting{Name: "Elm Primary"}, false},
		{"nothing known", pep.Setting{}, false},
	}
	for _, row := range rows {
		its, why := c.For(row.setting)
		if own := its != c; own != row.own {
			t.Errorf("%s: own calendar %v, want %v", row.name, own, row.own)
		}
		want := "the responsible authority's term dates count"
		if row.own {
			want = "counted by the setting's own term dates: the school's own list"
		}
		if !strings.Contains(why, want) {
			t.Errorf("%s: why %q, want %q", row.name, why, want)
		}
	}
}

func TestSchoolDaysAreTheSettingsAndWorkingDaysTheAuthoritys(t *testing.T) {
	c := withElm(t)
	its, _ := c.For(pep.Setting{URN: "654321"})
	for iso, want := range map[string]string{
		"2025-09-01": "summer holiday", "2025-10-20": "half-term", "2026-03-30": "Easter holiday",
		"2026-06-16": "bank holiday: Nowhere Day", "2025-10-03": "school day",
	} {
		if got, err := its.Day(day(iso)); err != nil || got.Why() != want {
			t.Errorf("%s: %q %v, want %q", iso, got.Why(), err, want)
		}
	}
	for _, iso := range []string{"2025-10-31", "2026-04-10", "2026-06-18"} {
		own, err1 := its.Back(day(iso), 10, calendar.WorkingDays)
		authoritys, err2 := c.Back(day(iso), 10, calendar.WorkingDays)
		if err1 != nil || err2 != nil || own.Date != authoritys.Date {
			t.Errorf("10 working days before %s: %s %v, the authority's %s %v", iso, own.Date, err1, authoritys.Date, err2)
		}
	}
}

func TestAYearThatTheSettingLacksIsNeverTheAuthoritys(t *testing.T) {
	rules := withSettings(t, map[string]string{
		"elm.yaml": "setting: {urn: \"654321\"}\nsource: own\nyears: []\n",
	})
	c, err := calendar.Load(rules, "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	its, _ := c.For(pep.Setting{URN: "654321"})
	_, err = its.Back(day("2026-03-03"), 3, calendar.SchoolWeeks)
	var missing *calendar.NoTermDatesError
	if !errors.As(err, &missing) || missing.File != "nowhere/settings/elm.yaml" {
		t.Fatalf("%v, want the setting's file named", err)
	}
	if !strings.Contains(err.Error(), "nowhere/settings/elm.yaml") ||
		!strings.Contains(missing.Hint(), "pepost calendar import FILE --authority nowhere --setting URN") {
		t.Errorf("error %q, hint %q", err, missing.Hint())
	}
	if _, err := c.Back(day("2026-03-03"), 3, calendar.SchoolWeeks); err != nil {
		t.Errorf("the authority's own count: %v", err)
	}
}

func TestFaultsOfSettingsAreAllListedWithTheirPlace(t *testing.T) {
	_, err := calendar.Load(withSettings(t, map[string]string{
		"a.yaml": elm, "b.yaml": strings.Replace(elm, "654321", "654322", 1),
		"c.yaml":   strings.Replace(elm, "Wed 3 Sep", "Tue 3 Sep", 1),
		"d.yaml":   strings.Replace(elm, `{name: "Elm  Primary School", urn: "654321", laestab: "896-1234"}`, `{urn: "12"}`, 1),
		"e.yaml":   "setting: {}\nsource: x\nyears: []\n",
		"f.yaml":   "setting: {name: F}\nsource: x\nyears: []\nbank_holidays: []\n",
		"g.txt":    "notes",
		".h.swp":   "an editor's",
		"own.yaml": "setting: {name: Own}\nsource: x\nyears: []\n",
	}), "nowhere")
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{
		"nowhere/settings/b.yaml:1:", "another file is for this setting already", "nowhere/settings/c.yaml:8:",
		"September 3 is a Wednesday", "nowhere/settings/d.yaml:1:", "not a URN", "nothing says which setting is meant",
		"nowhere/settings/f.yaml:4:", "nobody reads this key", "nowhere/settings/g.txt", "name the file <setting>.yaml",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%s", want, err)
		}
	}
	for _, not := range []string{"own.yaml", ".h.swp"} {
		if strings.Contains(err.Error(), not) {
			t.Errorf("%q is no fault, but named in:\n%s", not, err)
		}
	}
}

func TestFindingASettingsCalendarAllocatesNothing(t *testing.T) {
	c := withElm(t)
	for _, s := range []pep.Setting{{URN: "654321"}, {Name: "Elm Primary School"}, {Name: "Oak", URN: "111111", LAEstab: "896/9999"}} {
		if n := testing.AllocsPerRun(100, func() { c.For(s) }); n != 0 {
			t.Errorf("%+v: %v allocations, want none", s, n)
		}
	}
}
