package timetable_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
)

// common are the values that an authority has unless its own row below says
// otherwise: what most pages leave open, and the regulations.
func common() map[string]string {
	return map[string]string{
		"phases early_years_start": "birthday", "phases earlier_if_attending": "no", "phases reception": "early_years",
		"phases post16_until": "18th birthday", "phases on_request_until": "0",
		"clocks form_out": "3 school weeks", "clocks views_out": "3 school weeks", "clocks carer_sheet_out": "3 school weeks",
		"clocks pack": "none", "clocks return": "3 working days", "clocks tell_virtual_school": "2 working days", "clocks finalise": "5 working days",
		"clocks final": "10 working days", "clocks child_copy": "5 working days", "clocks record_provision": "10 working days",
		"clocks next_meeting": "5 working days", "clocks initiate": "10 working days", "clocks initial_meeting": "20 working days",
		"clocks available": "20 working days", "clocks new_setting": "20 school days", "clocks moved": "20 working days",
		"clocks tell_education_authority": "5 working days", "clocks useful": "5 working days",
		"reminders setting": "1 working day", "reminders head": "3 working days", "reminders virtual school": "5 working days",
		"submissions":   "none found",
		"reviews first": "20 working days", "reviews second": "3 months", "reviews later": "6 months",
		"reviews plan_current": "3 working days", "reviews copy_targets": "none",
		"meetings in_holidays": "no", "meetings in_school_hours": "yes", "meetings school_hours": "09:00 to 15:30", "meetings key_stage_ends": "2, 6, 9, 11",
		"workers from 0": "social worker", "workers from 16": "leaving care worker", "workers from 18": "personal adviser",
		"rules initial_form": "at once", "rules most_targets": "4", "rules needs_child_and_carer": "no", "rules meeting_set_by": "social worker",
		"schedules forms": "0 7-18 * * 1-5, missed: latest, 24 hours", "schedules digest": "30 7 * * 1-5, missed: latest, 12 hours",
		"recipients foster_carers_in": "A, T, U", "recipients form adult": "personal adviser",
	}
}

// byMail are the values of the two authorities that send forms themselves.
func byMail() map[string]string {
	return map[string]string{
		"phases youngest_age": "0", "phases on_request_until": "25", "rules form_delivery": "email", "rules portal": "none",
		"recipients form custody": "establishment lead", "recipients form early_years_on_roll": "designated",
		"recipients form early_years_not_on_roll": "health visitor, foster carer", "recipients form statutory_on_roll": "designated",
		"recipients form statutory_not_on_roll": "social worker, virtual school", "recipients form post16_on_roll": "designated",
		"recipients form post16_not_on_roll": "leaving care worker", "recipients final": "everyone invited",
	}
}

// inPortal are the values of those whose plans are kept in a portal.
func inPortal(name string) map[string]string {
	return map[string]string{
		"rules form_delivery": "handoff", "rules portal": name, "recipients final": "if requested",
		"recipients form custody": "establishment lead, social worker", "recipients form early_years_on_roll": "designated, social worker",
		"recipients form early_years_not_on_roll": "social worker, foster carer", "recipients form statutory_on_roll": "designated, social worker",
		"recipients form statutory_not_on_roll": "social worker, virtual school", "recipients form post16_on_roll": "designated, social worker",
		"recipients form post16_not_on_roll": "social worker, virtual school",
	}
}

func TestEachAuthorityHasTheNumbersOfItsPages(t *testing.T) {
	own := map[string][]map[string]string{
		"cheshire-west": {byMail(), {"la_code": "896", "recipients form statutory_not_on_roll": "social worker at any age, virtual school"}},
		"sample":        {byMail(), {"la_code": "999"}},
		"sefton": {inPortal("Welfare Call"), {
			"la_code": "343", "phases youngest_age": "2", "clocks initial_meeting": "10 working days", "submissions": "",
			"submissions autumn 2023/24": "Fri 17 November 2023", "submissions spring 2023/24": "Fri 22 March 2024", "submissions summer 2023/24": "Fri 21 June 2024",
		}},
		"st-helens": {inPortal("Welfare Call"), {
			"la_code": "342", "phases youngest_age": "2", "phases earlier_if_attending": "yes", "phases post16_until": "end of year 13", "clocks record_provision": "none", "submissions": "",
			"submissions autumn 2024/25": "Fri 8 November 2024", "submissions spring 2024/25": "Fri 28 February 2025", "submissions summer 2024/25": "Fri 6 June 2025",
		}},
		"camden": {inPortal("ePEP Online"), {
			"la_code": "202", "phases youngest_age": "3", "meetings in_school_hours": "no", "rules needs_child_and_carer": "yes", "reviews copy_targets": "3 working days",
			"recipients form early_years_on_roll": "designated, social worker, foster carer", "recipients form statutory_on_roll": "designated, social worker, foster carer",
			"recipients form statutory_not_on_roll": "social worker, virtual school, foster carer",
		}},
	}
	for authority, rows := range own {
		want := common()
		for _, row := range rows {
			maps.Copy(want, row)
		}
		maps.DeleteFunc(want, func(_, value string) bool { return value == "" })
		rules, _ := load(t, authority)
		got := map[string]string{}
		for _, v := range rules.Values() {
			if _, twice := got[v.Key]; twice {
				t.Errorf("%s: %s stands twice", authority, v.Key)
			}
			if v.Source == "" {
				t.Errorf("%s: %s has no source", authority, v.Key)
			}
			got[v.Key] = v.Value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", authority, diff)
		}
	}
}

// TestNoFieldOfTheRulesIsLeftEmpty walks the rules as they are declared, so
// that a field which no loader fills is seen.
func TestNoFieldOfTheRulesIsLeftEmpty(t *testing.T) {
	for _, authority := range []string{"cheshire-west", "sefton", "camden", "st-helens", "sample"} {
		rules, _ := load(t, authority)
		checkFilled(t, authority, reflect.ValueOf(rules))
		if (len(rules.Submissions) == 0) != (rules.NoSubmissions != "") {
			t.Errorf("%s: submissions %v and the word that there are none %q", authority, rules.Submissions, rules.NoSubmissions)
		}
		if rules.Chase != rules.Reminders[0].After {
			t.Errorf("%s: the chaser is not the first reminder", authority)
		}
	}
}

func checkFilled(t *testing.T, at string, v reflect.Value) {
	t.Helper()
	switch {
	case v.Kind() != reflect.Struct:
		return
	case v.Type() == reflect.TypeFor[timetable.Clock]():
		if c := v.Interface().(timetable.Clock); c.Source == "" || (c.N == 0) != c.Off() {
			t.Errorf("%s: %+v", at, c)
		}
		return
	}
	if source := v.FieldByName("Source"); source.IsValid() && source.String() == "" {
		t.Errorf("%s: no source", at)
	}
	for i := range v.NumField() {
		field, name := v.Field(i), at+" "+v.Type().Field(i).Name
		empty := strings.HasSuffix(name, " Value") || strings.HasSuffix(name, " LookedAfter") || strings.HasSuffix(name, " Submissions") || strings.HasSuffix(name, " NoSubmissions")
		if field.IsZero() && !empty {
			t.Errorf("%s is empty", name)
		}
		checkFilled(t, name, field)
	}
}

// TestEveryClockOfEveryAuthorityCounts: every clock of every authority counts.
func TestEveryClockOfEveryAuthorityCounts(t *testing.T) {
	_, cal := load(t, "cheshire-west")
	for _, authority := range []string{"cheshire-west", "sefton", "camden", "st-helens", "sample"} {
		rules, err := timetable.Load(schedules.FS, authority)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []timetable.Clock{rules.Reviews.First, rules.Reviews.Second, rules.Reviews.Later, rules.FormOut, rules.NewSetting, rules.Useful} {
			if _, err := cal.Forward(day("2025-11-10"), c.N, c.Unit); err != nil || c.Unit == calendar.Unit("") {
				t.Errorf("%s: %+v: %v", authority, c, err)
			}
		}
	}
}
