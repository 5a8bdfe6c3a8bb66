package timetable_test

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
)

func shipped(t testing.TB) string { return file(t, "cheshire-west/timetable.yaml") }

func folder(file string) fs.FS {
	return fstest.MapFS{"nowhere/timetable.yaml": {Data: []byte(file)}}
}

func TestTheSampleFollowsTheRulesItIsModelledOn(t *testing.T) {
	sample, cal := load(t, "sample")
	model, modelCal := load(t, "cheshire-west")
	want := readTruth(t)
	for id, rec := range readRegister(t, want) {
		a, b := sample.Make(rec, cal, want.AsOf), model.Make(rec, modelCal, want.AsOf)
		if a.FormDue.Due != b.FormDue.Due || a.Plan.Phase != b.Plan.Phase || len(a.Recipients) != len(b.Recipients) {
			t.Errorf("%s differs", id)
		}
	}
	if sample.Authority != "Democheshire" {
		t.Errorf("the made-up authority is called %q", sample.Authority)
	}
}

// mistake is a change to a shipped file and what must be said of it, at the
// line of the change; a key that is missing is named where its group begins.
type mistake struct{ name, from, to, want string }

func TestEveryMistakeInATimetableIsNamedWithItsPlace(t *testing.T) {
	elsewhere := []mistake{ // told in another line than the change
		{"a hand-off to nowhere", "form_delivery: {value: email", "form_delivery: {value: handoff", "no portal is named"},
		{"a situation left out", "    custody: {", "    costody: {", `"custody": the key is missing or has no value; write custody: {to: [establishment lead]`},
		{"a whole part missing", "phases:", "phase:", `"phases": the key is missing`},
		{"an empty clock", "form_out: {value: 3, unit: school weeks,", "form_out: #", `write form_out: {value: 3, unit: school weeks, source: "our default"}`},
	}
	rows := []mistake{
		{"a word for a number", "youngest_age: {value: 0,", "youngest_age: {value: none,", "write a number from 0 to 5"},
		{"out of range", "youngest_age: {value: 0,", "youngest_age: {value: 18,", `"18": value: not a whole number that fits here; write a number from 0 to 5`},
		{"a fraction", "form_out: {value: 3,", "form_out: {value: 2.5,", "write a number from 0 to 100"},
		{"a negative clock", "return: {value: 3,", "return: {value: -3,", "write a number from 0 to 100"},
		{"a number in words", "final: {value: 10,", "final: {value: ten,", "write a number from 0 to 100"},
		{"unknown unit", "form_out: {value: 3, unit: school weeks,", "form_out: {value: 3, unit: weeks,", "write one of: school weeks, school days, working days, days, months"},
		{"a misspelt unit", "form_out: {value: 3, unit: school weeks,", "form_out: {value: 3, unit: schol weeks,", "did you mean school weeks?"},
		{"a unit in capitals", "return: {value: 3, unit: working days,", "return: {value: 3, unit: Working Days,", "did you mean working days?"},
		{"a clock without a unit", "useful: {value: 5, unit: working days,", "useful: {value: 5,", `"unit": the key is missing`},
		{"none for a clock that all have", "form_out: {value: 3, unit: school weeks,", "form_out: {value: none,", "write a number from 0 to 100"},
		{"a unit beside none", "copy_targets: {value: none,", "copy_targets: {value: none, unit: working days,", "a unit stands beside none; take the unit out"},
		{"a bare number", "useful: {value: 5, unit: working days,", "useful: 5 # {", "a group of keys is expected here; write one of: value, unit, source"},
		{"the old chaser", "  useful: {", "  chase: {value: 1, unit: working days, source: council page}\n  useful: {", "the chaser is the first step under reminders now"},
		{"unknown role", "to: [health visitor, foster carer]", "to: [health visiter, foster carer]", `"health visiter": to: not a word that is known here; did you mean health visitor?`},
		{"nobody named", "to: [personal adviser]", "to: []", "nobody is named; write at least one role"},
		{"no list", "to: [personal adviser]", "to: personal adviser", "a list is expected here"},
		{"no source", `{value: birthday, source: "council page (from birth)"}`, "{value: birthday}", `"source": the key is missing`},
		{"an empty source", `la_code: {value: "896", source: "department code"}`, `la_code: {value: "896", source: ""}`, "source: the text is empty"},
		{"a source that is not listed", `portal: {value: none, source: "council page`, `portal: {value: none, source: "hearsay`, "begin with one of: council page, earlier council page, virtual school page"},
		{"a value without a group", "most_targets: {value: 4", "most_targets: 4 #", "a group of keys is expected here"},
		{"no targets", "most_targets: {value: 4", "most_targets: {value: 0", "write a number from 1 to 20"},
		{"neither yes nor no", "needs_child_and_carer: {value: no", "needs_child_and_carer: {value: perhaps", "write yes or no"},
		{"unknown placement", "[A, T, U]", "[A, T, Q]", "not a word that is known here"},
		{"unknown phase", "reception: {value: early_years", "reception: {value: post16", "write one of: early_years, statutory"},
		{"unknown end", "post16_until: {value: 18th birthday", "post16_until: {value: 18th birthdy", "did you mean 18th birthday?"},
		{"a misspelt key", "  form_out: {", "  from_out: {", `"from_out": nobody reads this key; did you mean form_out?`},
		{"a key in another part", "  form_out: {", "  most_targets: {value: 4, source: council page}\n  form_out: {", `"most_targets": nobody reads this key`},
		{"a key twice", "  useful: {", "  form_out: {value: 3, unit: school weeks, source: council page}\n  useful: {", "form_out"},
		{"a misspelt part", "reminders:\n", "remainders:\n", "did you mean reminders?"},
		{"an unknown reminder", "- {to: head,", "- {to: headteacher,", "write one of: setting, head, virtual school"},
		{"a reminder twice", "- {to: head,", "- {to: setting,", "this step stands twice"},
		{"reminders out of order", "- {to: head, value: 3,", "- {to: head, value: 0,", "the step comes before the one above it"},
		{"the head before the setting", "- {to: setting, value: 1,", "- {to: head, value: 1,", "the first reminder does not go to the setting; write setting here"},
		{"an authority's code with two digits", `la_code: {value: "896"`, `la_code: {value: "89"`, `write them in quotes like "896"`},
		{"an authority's name as its code", `la_code: {value: "896"`, `la_code: {value: "CWC"`, `write them in quotes like "896"`},
		{"school hours turned round", `"09:00 to 15:30"`, `"15:30 to 09:00"`, "not two times of the day, the earlier first"},
		{"school hours without an end", `"09:00 to 15:30"`, `"from 9"`, `write them in quotes like "09:00 to 15:30"`},
		{"a school year that is none", "key_stage_ends: {value: [2, 6, 9, 11]", "key_stage_ends: {value: [2, 6, 9, 16]", "write a number from 0 to 13"},
		{"a school year twice", "key_stage_ends: {value: [2, 6, 9, 11]", "key_stage_ends: {value: [2, 6, 6, 11]", "the year stands twice"},
		{"no worker for the youngest", "- {from_age: 0,", "- {from_age: 2,", "nobody is responsible for the youngest; write 0"},
		{"workers out of order", "- {from_age: 18,", "- {from_age: 12,", "the age is not above the one before it"},
		{"an unknown worker", "from_age: 18, role: personal adviser", "from_age: 18, role: personal advisor", "did you mean personal adviser?"},
		{"hours that never come", `forms: {at: "0 7-18 * * 1-5"`, `forms: {at: "0 7 31 2 *"`, "the schedule names a day that never comes"},
		{"hours that the clock leaves out", `digest: {at: "30 7 * * 1-5"`, `digest: {at: "30 1 * * *"`, "the schedule can fire from 01:00 to 01:59"},
		{"too few fields", `digest: {at: "30 7 * * 1-5"`, `digest: {at: "7 30"`, "has 2 fields instead of five; write minute, hour"},
		{"an unknown policy", "missed: latest, oldest_hours: 12", "missed: newest, oldest_hours: 12", "write one of: latest, all, skip"},
		{"made up for after a year", "missed: latest, oldest_hours: 12", "missed: latest, oldest_hours: 9000", "write a number from 1 to 168"},
		{"an anchor", "authority: Cheshire", "authority: &a Cheshire", "anchors, aliases and tags are not used"},
		{"a tab", "  useful: {", "\tuseful: {", "not YAML"},
	}
	for _, row := range elsewhere {
		checkMistake(t, shipped(t), row, func(rulefile.Problem, int) bool { return true })
	}
	for _, row := range rows {
		checkMistake(t, shipped(t), row, func(p rulefile.Problem, line int) bool { return p.Line == line })
	}
	if _, err := timetable.Load(schedules.FS, "atlantis"); err == nil {
		t.Error("an authority without a folder loads")
	}
}

func TestSubmissionsAreComparedWithTheCalendar(t *testing.T) {
	good := file(t, "sefton/timetable.yaml")
	rows := []mistake{
		{"a weekday that does not fit", `"Fri 17 Nov 2023"`, `"Thu 17 Nov 2023"`, "November 17 is a Friday; write it like Wed 23 Apr 2025"},
		{"a day that is none", `"Fri 17 Nov 2023"`, `"Fri 31 Nov 2023"`, "not a date"},
		{"a weekend", `"Fri 17 Nov 2023"`, `"Sat 18 Nov 2023"`, "is at a weekend"},
		{"half-term", `"Fri 17 Nov 2023"`, `"Wed 25 Oct 2023"`, "Wed 25 October 2023 is no school day (half-term)"},
		{"a bank holiday", `"Fri 21 Jun 2024"`, `"Mon 6 May 2024"`, "is no school day (bank holiday: Early May)"},
		{"another term's day", `term: autumn, on: "Fri 17 Nov 2023"`, `term: spring, on: "Fri 17 Nov 2023"`, "lies in the autumn 2023/24 term; write autumn"},
		{"a term that is none", `term: autumn, on: "Fri 17 Nov 2023"`, `term: winter, on: "Fri 17 Nov 2023"`, "write one of: autumn, spring, summer"},
		{"a submission twice", `term: spring, on: "Fri 22 Mar 2024"`, `term: autumn, on: "Fri 24 Nov 2023"`, "the autumn 2023/24 term has a date for the same children already: Fri 17 November 2023"},
		{"an unknown phase", `on: "Fri 21 Jun 2024",`, `on: "Fri 21 Jun 2024", phases: [sixth form],`, "write one of: early_years, statutory, post16"},
		{"an unknown year", `on: "Fri 21 Jun 2024",`, `on: "Fri 21 Jun 2024", year_groups: [21],`, "write a number from -2 to 14"},
	}
	for _, row := range rows {
		checkMistake(t, good, row, func(p rulefile.Problem, line int) bool { return p.Line == line })
	}
	two := strings.Replace(good, `term: summer, on: "Fri 21 Jun 2024",`, `term: spring, on: "Wed 13 Mar 2024", phases: [post16], year_groups: [13],`, 1)
	rules, err := timetable.Load(withCalendar(t, two), "nowhere")
	if err != nil || len(rules.Submissions) != 3 || rules.Submissions[2].YearGroups[0] != 13 {
		t.Errorf("a date for one year group beside the one for all: %v, %v", rules.Submissions, err)
	}
	ahead := strings.Replace(good, `term: summer, on: "Fri 21 Jun 2024"`, `term: summer, on: "Tue 2 May 2034"`, 1)
	if _, err := timetable.Load(withCalendar(t, ahead), "nowhere"); err != nil {
		t.Errorf("a date in a year without term dates cannot be compared, and is refused: %v", err)
	}
}

func file(t testing.TB, name string) string {
	t.Helper()
	data, err := fs.ReadFile(schedules.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// withCalendar is a folder of rules with Sefton's term dates.
func withCalendar(t testing.TB, timetable string) fs.FS {
	return fstest.MapFS{
		"nowhere/timetable.yaml": {Data: []byte(timetable)}, "nowhere/calendar.yaml": {Data: []byte(file(t, "sefton/calendar.yaml"))},
		"bank-holidays.yaml": {Data: []byte(file(t, "bank-holidays.yaml"))},
	}
}

func checkMistake(t *testing.T, good string, row mistake, there func(p rulefile.Problem, line int) bool) {
	t.Helper()
	before, _, found := strings.Cut(good, row.from)
	if !found {
		t.Fatalf("%s: the file was not changed", row.name)
	}
	line := 1 + strings.Count(before, "\n")
	_, err := timetable.Load(withCalendar(t, strings.Replace(good, row.from, row.to, 1)), "nowhere")
	var problems rulefile.Problems
	if !errors.As(err, &problems) {
		t.Errorf("%s: %v", row.name, err)
		return
	}
	told := false
	for _, p := range problems {
		told = told || strings.Contains(p.Error(), row.want) && there(p, line)
		if p.File != "nowhere/timetable.yaml" || p.Line == 0 {
			t.Errorf("%s: a problem without its place: %+v", row.name, p)
		}
	}
	if !told {
		t.Errorf("%s: line %d: %v\nwant %q", row.name, line, err, row.want)
	}
}

// TestAFileOfAnEarlierVersionIsCompletedByWhatIsTold: whatever key is missing,
// the line that the problem names makes the file sound again.
func TestAFileOfAnEarlierVersionIsCompletedByWhatIsTold(t *testing.T) {
	const start = "authority: Somewhere\nsources: [{name: council page, is: a page}]\nwords: {child: child, children: children, officer: officer, source: council page}\n"
	whole := start
	for _, p := range problemsOf(t, start) {
		line, ok := strings.CutPrefix(p.Hint, "write ")
		if !ok {
			t.Fatalf("no line to paste: %v", p)
		}
		whole += line + "\n"
	}
	rules, err := timetable.Load(folder(whole), "nowhere")
	if err != nil {
		t.Fatalf("the lines that were told do not load: %v", err)
	}
	for _, v := range rules.Values() {
		if !strings.HasPrefix(v.Source, "council page") {
			t.Errorf("%s has the source %q, which the file does not list", v.Key, v.Source)
		}
	}
	// Every inner key, one at a time.
	inner := regexp.MustCompile(`[{ ]([a-z0-9_]+): \{[^{}]*\}`).FindAllStringSubmatchIndex(whole, -1)
	tried := 0
	for _, at := range inner {
		key, from, to := whole[at[2]:at[3]], at[2], at[1]
		if key == "sources" || whole[from-1] == '\n' {
			continue
		}
		without := strings.Replace(strings.Replace(whole[:from]+"\x00"+whole[to:], "\x00, ", "", 1), ", \x00", "", 1)
		told := problemsOf(t, without)
		line, ok := strings.CutPrefix(told[0].Hint, "write ")
		if len(told) != 1 || told[0].Value != key || !ok {
			t.Errorf("without %s: %v", key, told)
			continue
		}
		if mended := whole[:from] + line + whole[to:]; mended != whole {
			t.Errorf("%s is mended to %q", key, line)
		}
		tried++
	}
	if tried < 45 {
		t.Errorf("only %d keys were taken out", tried)
	}
}

func problemsOf(t *testing.T, text string) rulefile.Problems {
	t.Helper()
	_, err := timetable.Load(folder(text), "nowhere")
	var problems rulefile.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("no problems but %v", err)
	}
	return problems
}

// TestNoSpoiltFilePassesForAnother: letters taken out of or put into a sound
// file leave it either refused with a place, or with the sources it names.
func TestNoSpoiltFilePassesForAnother(t *testing.T) {
	good := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(good)-1).Draw(t, "at")
		out := rapid.IntRange(0, min(40, len(good)-at)).Draw(t, "out")
		in := rapid.StringMatching(`[a-z0-9:,{}\[\]" \n#&*-]{0,12}`).Draw(t, "in")
		rules, err := timetable.Load(folder(good[:at]+in+good[at+out:]), "nowhere")
		var problems rulefile.Problems
		switch {
		case err == nil:
			for _, v := range rules.Values() {
				if v.Source == "" || v.Value == "" {
					t.Fatalf("%+v without value or source", v)
				}
			}
		case !errors.As(err, &problems) || len(problems) == 0 || problems[0].File != "nowhere/timetable.yaml":
			t.Fatalf("refused without a place: %v", err)
		}
	})
}

func FuzzLoad(f *testing.F) {
	good := shipped(f)
	f.Add([]byte(good))
	f.Add([]byte(file(f, "sefton/timetable.yaml")))
	f.Add([]byte("submissions: {dates: [{term: autumn, on: 2023-11-17}]}\nschedules: {forms: {at: \"@every 1s\"}}\nreminders: [{}]\nworkers: [{from_age: 99999999999}]"))
	f.Add([]byte("recipients: {form: [1], final: {}}"))
	f.Add([]byte("sources: [{name: a}]\nphases: {youngest_age: {value: [1]}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := timetable.Load(withCalendar(t, string(data)), "nowhere")
		var problems rulefile.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("an error that is not a list of problems: %v", err)
		}
		if err == nil {
			rules.Make(pep.Record{}, nil, day("2026-02-02"))
		}
	})
}
