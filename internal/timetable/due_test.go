package timetable_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// lines tells rows in one line each: kind or skip, milestone, day, role.
func lines(rows []timetable.Due) []string {
	out := []string{}
	for _, r := range rows {
		kind := string(r.Kind)
		if r.Skipped {
			kind = "skip"
		}
		line := strings.Join([]string{kind, string(r.Milestone), r.Due.String(), string(r.Role)}, " ")
		if r.Late {
			line += " late"
		}
		if r.Hold != "" {
			line += " hold"
		}
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return out
}

// noTasks are the rows that are not somebody's own work.
func noTasks(rows []timetable.Due) []timetable.Due {
	return slices.DeleteFunc(slices.Clone(rows), func(r timetable.Due) bool { return r.Kind == timetable.KindTask })
}

func TestWhatIsDueOfOnePlanAsTheTermGoesOn(t *testing.T) {
	meeting := func(c *pep.Child) { c.Meeting.Date = day("2026-03-17") }
	first := func(c *pep.Child) {
		c.PEPType, c.PreviousPEP, c.BecameLookedAfter = "Initial", pep.Date{}, day("2026-01-30")
	}
	sent := func(iso string) timetable.Progress { return timetable.Progress{FormSent: day(iso)} }
	rows := []struct {
		name, on, until string
		changes         []func(*pep.Child)
		done            timetable.Progress
		want            []string
	}{
		{"before the day", "2026-02-20", "2026-02-20", []func(*pep.Child){meeting}, timetable.Progress{}, []string{"skip form_out 2026-02-24"}},
		{"on the day", "2026-02-24", "2026-02-24", []func(*pep.Child){meeting}, timetable.Progress{}, []string{"form form_out 2026-02-24 designated teacher"}},
		{"looking ahead", "2026-02-20", "2026-03-01", []func(*pep.Child){meeting}, timetable.Progress{}, []string{"form form_out 2026-02-24 designated teacher"}},
		{"missed", "2026-03-02", "2026-03-02", []func(*pep.Child){meeting}, timetable.Progress{}, []string{"form form_out 2026-02-24 designated teacher late"}},
		{"meeting over", "2026-03-18", "2026-03-18", []func(*pep.Child){meeting}, timetable.Progress{}, []string{"form form_out 2026-02-24 designated teacher late hold"}},
		{"no meeting", "2026-02-20", "2026-02-20", nil, timetable.Progress{}, []string{"skip form_out"}},
		{"first plan, no meeting", "2026-02-02", "2026-02-02", []func(*pep.Child){first}, timetable.Progress{}, []string{"form form_out 2026-02-02 designated teacher"}},
		{"sent, not yet due back", "2026-03-12", "2026-03-12", []func(*pep.Child){meeting}, sent("2026-02-24"), []string{"skip chase 2026-03-13", "skip final_due 2026-03-31"}},
		{"not back", "2026-03-13", "2026-03-13", []func(*pep.Child){meeting}, sent("2026-02-24"), []string{"chase chase 2026-03-13 designated teacher", "skip chase 2026-03-17", "skip final_due 2026-03-31"}},
		{"chaser missed", "2026-03-16", "2026-03-16", []func(*pep.Child){meeting}, sent("2026-02-24"), []string{"chase chase 2026-03-13 designated teacher late", "skip chase 2026-03-17", "skip final_due 2026-03-31"}},
		{"sent after it was due back", "2026-03-16", "2026-03-16", []func(*pep.Child){meeting}, sent("2026-03-13"), []string{"chase chase 2026-03-16 designated teacher", "skip chase 2026-03-18", "skip final_due 2026-03-31"}},
		{"chased already", "2026-03-16", "2026-03-16", []func(*pep.Child){meeting}, timetable.Progress{FormSent: day("2026-02-24"), Chased: day("2026-03-13")}, []string{"skip chase", "skip final_due 2026-03-31"}},
		{"too late to chase", "2026-03-18", "2026-03-18", []func(*pep.Child){meeting}, sent("2026-02-24"), []string{"skip chase", "skip final_due 2026-03-31"}},
		{"first plan sent, no meeting yet", "2026-02-09", "2026-02-09", []func(*pep.Child){first}, sent("2026-02-02"), []string{"skip chase", "skip final_due"}},
		{
			"finalised", "2026-03-20", "2026-03-20",
			[]func(*pep.Child){meeting},
			timetable.Progress{FormSent: day("2026-02-24"), Returned: day("2026-03-10"), Finalised: day("2026-03-19")},
			[]string{"skip chase", "final final_due 2026-03-19 social worker", "final final_due 2026-03-19 designated teacher"},
		},
		{
			"finalised late", "2026-04-02", "2026-04-02",
			[]func(*pep.Child){meeting},
			timetable.Progress{FormSent: day("2026-02-24"), Returned: day("2026-03-10"), Finalised: day("2026-04-01")},
			[]string{"skip chase", "final final_due 2026-04-01 social worker late", "final final_due 2026-04-01 designated teacher late"},
		},
		{
			"final gone", "2026-04-02", "2026-04-02",
			[]func(*pep.Child){meeting},
			timetable.Progress{FormSent: day("2026-02-24"), Returned: day("2026-03-10"), Finalised: day("2026-03-19"), FinalSent: day("2026-03-20")},
			[]string{"skip chase", "skip final_due"},
		},
		{"no PEP", "2026-02-02", "2026-02-02", []func(*pep.Child){func(c *pep.Child) { c.LegalStatus = "V3" }}, timetable.Progress{}, []string{"skip"}},
	}
	rules, cal := load(t, "cheshire-west")
	for _, row := range rows {
		rec := born("2015-03-01")
		rec.Child.PreviousPEP = day("2025-11-03")
		rec.Contacts = []pep.Contact{person(pep.SocialWorker, "sw@council.example"), person(pep.DesignatedTeacher, "dt@school.example")}
		for _, change := range row.changes {
			rec = with(rec, change)
		}
		got := rules.Due(rules.Make(rec, cal, day(row.on)), row.done, cal, day(row.until))
		if diff := cmp.Diff(row.want, lines(noTasks(got))); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		for _, r := range got {
			if r.Ref != rec.Ref || len(r.Why) == 0 || r.PlanKey == "" {
				t.Errorf("%s: a row without reference, reason or plan: %+v", row.name, r)
			}
		}
	}
}

func TestUnderHandoffFormsAreTasksAndNothingIsMailed(t *testing.T) {
	for _, authority := range []string{"sefton", "camden", "st-helens"} {
		rules, cal := load(t, authority)
		rec := with(born("2015-03-01"), func(c *pep.Child) { c.PEPType, c.PreviousPEP = "Initial", pep.Date{} })
		rec.Contacts = everyone()
		for _, r := range rules.Due(rules.Make(rec, cal, day("2026-02-02")), timetable.Progress{}, cal, day("2026-02-02")) {
			if r.Kind != timetable.KindTask || r.Milestone == timetable.FormOut && !strings.Contains(r.Why[0], rules.Portal.Value) {
				t.Errorf("%s: %+v, want a task that names the portal", authority, r)
			}
		}
	}
}

func TestWithoutTermDatesTheMilestoneIsUnknownAndSaysWhy(t *testing.T) {
	rules, _ := load(t, "cheshire-west")
	_, camden := load(t, "camden")
	rec := with(born("2015-03-01"), booked("2026-03-17"))
	rec.Contacts = everyone()
	o := rules.Make(rec, camden, day("2026-02-02"))
	if !o.FormDue.Due.IsZero() || !strings.Contains(o.FormDue.Why[0], "no term dates for 2025/26") {
		t.Errorf("form due: %+v", o.FormDue)
	}
	if o.ReturnDue.Due != day("2026-03-12") || len(o.Recipients) != 1 || o.Meeting.Kind != "" {
		t.Errorf("what needs no term dates stays known: %+v %v %+v", o.ReturnDue, o.Recipients, o.Meeting)
	}
	rows := rules.Due(o, timetable.Progress{}, camden, day("2026-12-31"))
	if diff := cmp.Diff([]string{"skip form_out"}, lines(noTasks(rows))); diff != "" {
		t.Error(diff)
	}
	if o := rules.Make(rec, nil, day("2026-02-02")); !strings.Contains(o.FormDue.Why[0], "no calendar is loaded") {
		t.Errorf("no calendar at all: %+v", o.FormDue)
	}
}

func TestAFirstPlanHasItsClocks(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rec := with(born("2015-03-01"), func(c *pep.Child) {
		c.PEPType, c.PreviousPEP, c.BecameLookedAfter = "Initial", pep.Date{}, day("2025-12-12")
	})
	o := rules.Make(rec, cal, day("2025-12-15"))
	if o.InitialBy10.Due != day("2025-12-30") || o.InitialBy20.Due != day("2026-01-14") || o.FormDue.Due != day("2025-12-15") {
		t.Errorf("%s %s %s", o.InitialBy10.Due, o.InitialBy20.Due, o.FormDue.Due)
	}
	rec.Child.BecameLookedAfter = pep.Date{}
	if o := rules.Make(rec, cal, day("2025-12-15")); o.InitialBy10.Due != (pep.Date{}) || len(o.InitialBy10.Why) == 0 {
		t.Errorf("unknown day of care: %+v", o.InitialBy10)
	}
}
