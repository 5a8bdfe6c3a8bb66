package timetable_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
)

func shipped(t testing.TB) string {
	t.Helper()
	data, err := fs.ReadFile(schedules.FS, "cheshire-west/timetable.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func folder(file string) fs.FS {
	return fstest.MapFS{"nowhere/timetable.yaml": {Data: []byte(file)}}
}

func TestEveryShippedTimetableLoadsWithASourceForEachValue(t *testing.T) {
	delivery := map[string]timetable.FormDelivery{
		"cheshire-west": timetable.ByEmail, "sample": timetable.ByEmail,
		"sefton": timetable.ByHandoff, "camden": timetable.ByHandoff, "st-helens": timetable.ByHandoff,
	}
	for authority, want := range delivery {
		rules, err := timetable.Load(schedules.FS, authority)
		if err != nil {
			t.Fatal(err)
		}
		if rules.FormDelivery.Value != want || rules.Authority == "" || rules.Words.Child == "" || rules.MostTargets.Value != 4 {
			t.Errorf("%s: %+v", authority, rules)
		}
		for _, s := range timetable.Situations() {
			if len(rules.FormTo[s].Value) == 0 || rules.FormTo[s].Source == "" {
				t.Errorf("%s: nobody gets the form in the situation %s", authority, s)
			}
		}
		for _, clock := range []timetable.Clock{rules.FormOut, rules.Return, rules.Chase, rules.Initiate, rules.Available, rules.Final} {
			if clock.N == 0 || clock.Unit == "" || clock.Source == "" {
				t.Errorf("%s: a clock is not whole: %+v", authority, clock)
			}
		}
	}
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

func TestEveryMistakeInATimetableIsNamedWithItsPlace(t *testing.T) {
	good := shipped(t)
	rows := []struct{ name, from, to, want string }{
		{"a word for a number", "youngest_age: {value: 0,", "youngest_age: {value: none,", "write a number from 0 to 5"},
		{"out of range", "youngest_age: {value: 0,", "youngest_age: {value: 18,", "write a number from 0 to 5"},
		{"unknown unit", "form_out: {value: 3, unit: school weeks,", "form_out: {value: 3, unit: weeks,", "write one of: school weeks, school days, working days, days, months"},
		{"unknown role", "to: [health visitor, foster carer]", "to: [health visiter, foster carer]", `"health visiter": to: not a word that is known here`},
		{"nobody named", "to: [personal adviser]", "to: []", "nobody is named"},
		{"no source", `{value: birthday, source: "council page (from birth)"}`, "{value: birthday}", `"source": the key is missing`},
		{"a source that is not listed", `portal: {value: none, source: "council page`, `portal: {value: none, source: "hearsay`, "begin with one of: council page, earlier council page, virtual school page"},
		{"a value without a group", "most_targets: {value: 4", "most_targets: 4 #", "a group of keys is expected here"},
		{"a situation left out", "    custody: {", "    costody: {", `"custody": the key is missing`},
		{"neither yes nor no", "needs_child_and_carer: {value: no", "needs_child_and_carer: {value: perhaps", "write yes or no"},
		{"unknown placement", "[A, T, U]", "[A, T, Q]", "not a word that is known here"},
		{"unknown phase", "reception: {value: early_years", "reception: {value: post16", "write one of: early_years, statutory"},
		{"a whole part missing", "phases:", "phase:", `"phases": the key is missing`},
	}
	for _, row := range rows {
		broken := strings.Replace(good, row.from, row.to, 1)
		if broken == good {
			t.Fatalf("%s: the file was not changed", row.name)
		}
		_, err := timetable.Load(folder(broken), "nowhere")
		var problems rulefile.Problems
		if !errors.As(err, &problems) || !strings.Contains(problems.Error(), row.want) {
			t.Errorf("%s: %v\nwant %q", row.name, err, row.want)
			continue
		}
		for _, p := range problems {
			if p.File != "nowhere/timetable.yaml" || p.Line == 0 {
				t.Errorf("%s: a problem without its place: %+v", row.name, p)
			}
		}
	}
	if _, err := timetable.Load(schedules.FS, "atlantis"); err == nil {
		t.Error("an authority without a folder loads")
	}
}

func FuzzLoad(f *testing.F) {
	good := shipped(f)
	f.Add([]byte(good))
	f.Add([]byte("recipients: {form: [1], final: {}}"))
	f.Add([]byte("sources: [{name: a}]\nphases: {youngest_age: {value: [1]}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := timetable.Load(folder(string(data)), "nowhere")
		var problems rulefile.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("an error that is not a list of problems: %v", err)
		}
		if err == nil {
			rules.Make(pep.Record{}, nil, day("2026-02-02"))
		}
	})
}
