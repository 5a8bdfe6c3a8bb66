package timetable_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

func born(iso string) pep.Record {
	return pep.Record{Ref: "PEP-TEST", Child: pep.Child{
		DateOfBirth: day(iso), OnRoll: pep.Yes, PEPType: "Review", PreviousPEP: day("2026-07-01"), LegalStatus: "C2",
	}}
}

func with(rec pep.Record, change func(*pep.Child)) pep.Record {
	change(&rec.Child)
	return rec
}

func booked(iso string) func(*pep.Child) {
	return func(c *pep.Child) { c.Meeting.Date = day(iso) }
}

func TestPhaseFollowsTheSchoolYearAndTheAuthority(t *testing.T) {
	const on = "2026-11-20"
	away := func(c *pep.Child) { c.OnRoll = pep.No }
	rows := []struct {
		name, authority string
		rec             pep.Record
		phase           pep.Phase
		year            int
		why             string
	}{
		{"two today", "sefton", born("2024-11-20"), pep.EarlyYears, -2, "Early Years from age 2"},
		{"two today, from birth", "cheshire-west", born("2024-11-20"), pep.EarlyYears, -2, "from birth"},
		{"two today, from three", "camden", born("2024-11-20"), pep.NoPhase, -2, "becomes due on Sat 20 November 2027"},
		{"two tomorrow", "sefton", born("2024-11-21"), pep.NoPhase, -2, "becomes due on Sat 21 November 2026"},
		{"two tomorrow, in a setting", "st-helens", born("2024-11-21"), pep.EarlyYears, -2, "in a setting already"},
		{"two tomorrow, at home", "st-helens", with(born("2024-11-21"), away), pep.NoPhase, -2, "plans begin at 2"},
		{"31 August", "cheshire-west", born("2022-08-31"), pep.EarlyYears, 0, "Reception"},
		{"1 September", "cheshire-west", born("2022-09-01"), pep.EarlyYears, -1, "NC year -1 from the date of birth"},
		{"five in Reception", "sefton", born("2021-09-01"), pep.EarlyYears, 0, "Reception, on the Early Years form"},
		{"oldest of Year 1", "cheshire-west", born("2021-08-31"), pep.Statutory, 1, "Year 1 to Year 11"},
		{"sixteen in Year 11", "cheshire-west", born("2010-09-01"), pep.Statutory, 11, "also at 16"},
		{"Year 12", "cheshire-west", born("2010-08-31"), pep.Post16, 12, "Year 12 and above"},
		{"adult in Year 13, booked", "cheshire-west", with(born("2008-09-01"), booked("2026-12-02")), pep.Post16, 13, "on request"},
		{"adult in Year 13, nothing booked", "cheshire-west", born("2008-09-01"), pep.NoPhase, 13, "only on request"},
		{"adult in Year 13, to its end", "st-helens", born("2008-09-01"), pep.Post16, 13, "to the end of Year 13"},
		{"adult in Year 13, to 18", "camden", born("2008-09-01"), pep.NoPhase, 13, "18 or over: no PEP any more"},
		{"adult after Year 13", "cheshire-west", born("2008-08-31"), pep.NoPhase, 14, "only on request"},
		{"adult after Year 13, booked", "cheshire-west", with(born("2008-08-31"), booked("2026-12-02")), pep.Post16, 14, "on request"},
		{"adult after Year 13, St Helens", "st-helens", with(born("2008-08-31"), booked("2026-12-02")), pep.NoPhase, 14, "no PEP any more"},
		{"twenty-six", "cheshire-west", with(born("2000-08-31"), booked("2026-12-02")), pep.NoPhase, 14, "over 25"},
		{"short breaks", "cheshire-west", with(born("2015-03-01"), func(c *pep.Child) { c.LegalStatus = "V4" }), pep.NoPhase, 7, "short breaks"},
		{"summer-born, a year later by agreement", "cheshire-west", with(born("2021-08-20"), func(c *pep.Child) { c.YearGroup = pep.YearGroup{Known: true} }), pep.EarlyYears, 0, "from the record"},
		{"held back from Year 12", "cheshire-west", with(born("2010-08-31"), func(c *pep.Child) { c.YearGroup = pep.YearGroup{Known: true, Year: 11} }), pep.Statutory, 11, "from the record"},
	}
	for _, row := range rows {
		rules, cal := load(t, row.authority)
		o := rules.Make(row.rec, cal, day(on))
		why := strings.Join(o.Plan.Why, "\n")
		if o.Plan.Phase != row.phase || o.Plan.YearGroup != row.year || !strings.Contains(why, row.why) {
			t.Errorf("%s (%s): %s, year %d, want %s, year %d and %q in:\n%s", row.name, row.authority, o.Plan.Phase, o.Plan.YearGroup, row.phase, row.year, row.why, why)
		}
		if row.phase == pep.NoPhase && (len(o.Skips) == 0 || len(o.Recipients) > 0 || o.Plan.Variant != pep.VariantNone) {
			t.Errorf("%s: nothing should be planned without a form: %+v", row.name, o)
		}
	}
}

func TestStartOfEarlyYearsMayBeTheTermAfterOrTheSetting(t *testing.T) {
	rules, cal := load(t, "sefton")
	rules.EarlyYearsStart.Value = timetable.StartTermAfter
	for on, want := range map[string]pep.Phase{"2025-10-11": pep.NoPhase, "2025-12-31": pep.NoPhase, "2026-01-01": pep.EarlyYears} {
		if got := rules.Make(born("2023-10-10"), cal, day(on)).Plan.Phase; got != want {
			t.Errorf("term after, on %s: %s, want %s", on, got, want)
		}
	}
	rules.EarlyYearsStart.Value = timetable.StartWhenAttending
	child := born("2023-10-10")
	if got := rules.Make(child, cal, day("2026-01-10")).Plan.Phase; got != pep.EarlyYears {
		t.Errorf("attending: %s", got)
	}
	child.Child.OnRoll = pep.No
	if got := rules.Make(child, cal, day("2026-01-10")).Plan.Phase; got != pep.NoPhase {
		t.Errorf("not attending: %s", got)
	}
}

func TestAMeetingInTheNextSchoolYearUsesThatYearsForm(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	child := with(born("2020-09-10"), func(c *pep.Child) { c.YearGroup = pep.YearGroup{Known: true, Year: 0} })
	child.Child.Meeting.Date = day("2025-09-12")
	child.Child.DateOfBirth = day("2019-09-10")
	o := rules.Make(child, cal, day("2025-07-01"))
	if o.Plan.Phase != pep.Statutory || o.Plan.YearGroup != 1 || o.FormDue.Due != day("2025-07-18") {
		t.Errorf("%s year %d, form %s: want statutory, year 1, 18 July", o.Plan.Phase, o.Plan.YearGroup, o.FormDue.Due)
	}
	if o.Plan.Term.String() != "autumn 2025/26" {
		t.Errorf("term %s", o.Plan.Term)
	}
}

func TestCircumstancesAndVariantOfEachCase(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rows := []struct {
		name    string
		change  func(*pep.Child)
		want    []pep.Circumstance
		variant pep.Variant
	}{
		{"ordinary", func(c *pep.Child) {}, []pep.Circumstance{}, pep.VariantReview},
		{"remanded", func(c *pep.Child) { c.LegalStatus = "J1" }, []pep.Circumstance{pep.InCustody}, pep.VariantCustody},
		{"youth custody", func(c *pep.Child) { c.Placement = "R5" }, []pep.Circumstance{pep.InCustody}, pep.VariantCustody},
		{"no type and no previous plan", func(c *pep.Child) { c.PEPType = ""; c.PreviousPEP = pep.Date{} }, []pep.Circumstance{pep.Initial}, pep.VariantInitial},
		{"a review without a previous plan", func(c *pep.Child) { c.PreviousPEP = pep.Date{} }, []pep.Circumstance{}, pep.VariantReview},
		{"no school", func(c *pep.Child) { c.OnRoll = pep.No }, []pep.Circumstance{pep.NotInSetting}, pep.VariantNotInSetting},
		{"no provider", func(c *pep.Child) { c.OnRoll = pep.No; c.YearGroup = pep.YearGroup{Known: true, Year: 12} }, []pep.Circumstance{pep.NotInEducation}, pep.VariantReview},
		{"interim", func(c *pep.Child) { c.PEPType = "interim" }, []pep.Circumstance{pep.Interim}, pep.VariantInterim},
		{"progression", func(c *pep.Child) { c.PEPType = "Progression" }, []pep.Circumstance{pep.Progression}, pep.VariantProgression},
		{"moved", func(c *pep.Child) { c.JoinedSetting = day("2026-09-02") }, []pep.Circumstance{pep.Moved}, pep.VariantReview},
		{"adoption", func(c *pep.Child) { c.Placement = "A4" }, []pep.Circumstance{pep.PlacedForAdoption}, pep.VariantReview},
		{
			"several at once", func(c *pep.Child) { c.Placement = "K1"; c.PEPType = "Initial"; c.OnRoll = pep.No },
			[]pep.Circumstance{pep.InCustody, pep.Initial, pep.NotInSetting},
			pep.VariantCustody,
		},
	}
	for _, row := range rows {
		o := rules.Make(with(born("2015-03-01"), row.change), cal, day("2026-11-20"))
		if !slices.Equal(o.Plan.Circumstances, row.want) || o.Plan.Variant != row.variant {
			t.Errorf("%s: %v %s, want %v %s", row.name, o.Plan.Circumstances, o.Plan.Variant, row.want, row.variant)
		}
	}
}

func TestAnUnknownRollIsSaid(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	for setting, want := range map[string]pep.Variant{"Somewhere Primary": pep.VariantReview, "": pep.VariantNotInSetting} {
		rec := with(born("2015-03-01"), func(c *pep.Child) { c.OnRoll = pep.Unanswered; c.Setting.Name = setting })
		o := rules.Make(rec, cal, day("2026-01-20"))
		if o.Plan.Variant != want || !strings.Contains(strings.Join(o.Plan.Why, " "), "does not say") {
			t.Errorf("setting %q: %s, %v", setting, o.Plan.Variant, o.Plan.Why)
		}
	}
}
