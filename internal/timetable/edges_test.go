package timetable_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// staffed are an authority's rules with the workers by age that every authority
// of the sample has.
func staffed(r timetable.Rules) timetable.Rules {
	r.Workers = []timetable.Worker{
		{FromAge: 0, Role: pep.SocialWorker, Source: "the test"},
		{FromAge: 16, Role: pep.LeavingCareWorker, Source: "the test"},
		{FromAge: 18, Role: pep.PersonalAdviser, Source: "the test"},
	}
	return r
}

// The edge cases of age, phase and situation, each as an authority meets it.
func TestEveryEdgeCaseHasItsFormItsVariantAndItsRecipients(t *testing.T) {
	year := func(y int) func(*pep.Child) {
		return func(c *pep.Child) { c.YearGroup = pep.YearGroup{Known: true, Year: y} }
	}
	away := func(c *pep.Child) { c.OnRoll, c.Setting = pep.No, pep.Setting{} }
	first := func(c *pep.Child) { c.PEPType, c.PreviousPEP = "Initial", pep.Date{} }
	status := func(s pep.LegalStatus) func(*pep.Child) { return func(c *pep.Child) { c.LegalStatus = s } }
	placed := func(p pep.Placement) func(*pep.Child) { return func(c *pep.Child) { c.Placement = p } }
	left := func(iso string) func(*pep.Child) { return func(c *pep.Child) { c.LeftCare = day(iso) } }
	rows := []struct {
		name, authority, born, on string
		changes                   []func(*pep.Child)
		want                      string // phase, year, variant, circumstances
		to                        string // the roles that get the form
	}{
		{"compulsory school age: five in the summer, still in Reception", "sefton", "2022-06-10", "2027-06-15", nil, "early_years 0 review", "designated teacher, social worker"},
		{"summer-born, a year later by agreement", "cheshire-west", "2021-08-20", "2026-11-20", []func(*pep.Child){year(0)}, "early_years 0 review", "designated teacher"},
		{"the same child a year on", "cheshire-west", "2021-08-20", "2027-11-19", []func(*pep.Child){year(1)}, "statutory 1 review", "designated teacher"},
		{"summer-born, without agreement", "cheshire-west", "2021-08-20", "2026-11-20", nil, "statutory 1 review", "designated teacher"},
		{"deferred to January, on the nursery's roll until then", "cheshire-west", "2022-03-02", "2026-11-20", nil, "early_years 0 review", "designated teacher"},
		{"deferred to January, at home until then", "cheshire-west", "2022-03-02", "2026-11-20", []func(*pep.Child){away, placed("U4")}, "early_years 0 not_in_setting not_in_setting", "health visitor, foster carer"},
		{"sixteen in Year 11, at school", "sefton", "2010-10-01", "2026-11-20", nil, "statutory 11 review", "designated teacher, leaving care worker"},
		{"fifteen in Year 11, at school", "sefton", "2011-03-01", "2026-11-20", nil, "statutory 11 review", "designated teacher, social worker"},
		{"sixteen in Year 11, without a school", "cheshire-west", "2010-10-01", "2026-11-20", []func(*pep.Child){away}, "statutory 11 not_in_setting not_in_setting", "social worker, virtual school"},
		{"seventeen on a provider's roll", "sefton", "2009-10-01", "2026-11-20", nil, "post16 12 review", "designated teacher, leaving care worker"},
		{"seventeen without a provider", "camden", "2009-10-01", "2026-11-20", []func(*pep.Child){away}, "post16 12 review not_in_education", "leaving care worker, virtual school"},
		{"the day before eighteen, in Year 13", "sefton", "2008-11-21", "2026-11-20", nil, "post16 13 review", "designated teacher, leaving care worker"},
		{"eighteen today, in Year 13, asked for", "cheshire-west", "2008-11-20", "2026-11-20", []func(*pep.Child){booked("2026-12-02")}, "post16 13 review adult", "personal adviser"},
		{"eighteen today, in Year 13, to its end", "st-helens", "2008-11-20", "2026-11-20", nil, "post16 13 review adult", "personal adviser"},
		{"eighteen today, in custody", "cheshire-west", "2008-11-20", "2026-11-20", []func(*pep.Child){booked("2026-12-02"), placed("R5")}, "post16 13 custody custody adult", "establishment lead"},
		{"unaccompanied, first of January, no number and no school", "cheshire-west", "2011-01-01", "2026-11-20", []func(*pep.Child){first, away}, "statutory 11 initial initial not_in_setting", "social worker, virtual school"},
		{"on remand", "sefton", "2011-03-01", "2026-11-20", []func(*pep.Child){status("J1"), away}, "statutory 11 custody custody not_in_setting", "establishment lead, social worker"},
		{"on remand at sixteen", "sefton", "2010-10-01", "2026-11-20", []func(*pep.Child){status("J1"), away}, "statutory 11 custody custody not_in_setting", "establishment lead, leaving care worker"},
		{"secure children's home", "cheshire-west", "2012-03-01", "2026-11-20", []func(*pep.Child){placed("K1")}, "statutory 10 custody custody", "establishment lead"},
		{"placed for adoption before the order", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){status("E1"), placed("A3")}, "statutory 6 review placed_for_adoption", "designated teacher"},
		{"placement order, not placed yet", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){status("E1")}, "statutory 6 review", "designated teacher"},
		{"permanently excluded, no new place", "camden", "2013-03-01", "2026-11-20", []func(*pep.Child){away, placed("U4")}, "statutory 9 not_in_setting not_in_setting", "social worker, virtual school, foster carer"},
		{"with the parents, under an order", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){placed("P1")}, "statutory 6 review", "designated teacher"},
		{"moved since the last plan", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){func(c *pep.Child) { c.JoinedSetting = day("2026-10-05") }}, "statutory 6 review moved", "designated teacher"},
		{"short breaks", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){status("V4")}, "none 6 short_breaks", ""},
		{"left care yesterday", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){left("2026-11-19")}, "none 6", ""},
		{"leaves care tomorrow", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){left("2026-11-21")}, "statutory 6 review", "designated teacher"},
		{"back in care since", "cheshire-west", "2016-03-01", "2026-11-20", []func(*pep.Child){left("2026-05-01"), func(c *pep.Child) { c.BecameLookedAfter = day("2026-09-14") }}, "statutory 6 review", "designated teacher"},
	}
	for _, row := range rows {
		rules, cal := load(t, row.authority)
		rec := born(row.born)
		for _, change := range row.changes {
			rec = with(rec, change)
		}
		rec.Contacts = everyone()
		o := staffed(rules).Make(rec, cal, day(row.on))
		got := strings.Join(strings.Fields(strings.Join([]string{
			string(o.Plan.Phase), strconv.Itoa(o.Plan.YearGroup), string(o.Plan.Variant), strings.Join(words(o.Plan.Circumstances), " "),
		}, " ")), " ")
		if got != row.want || rolesOf(o.Recipients) != row.to {
			t.Errorf("%s (%s): %s to %q, want %s to %q", row.name, row.authority, got, rolesOf(o.Recipients), row.want, row.to)
		}
	}
}

func words(all []pep.Circumstance) []string {
	var out []string
	for _, c := range all {
		out = append(out, string(c))
	}
	return out
}

func rolesOf(all []timetable.Recipient) string {
	var out []string
	for _, r := range all {
		out = append(out, string(r.Role))
	}
	return strings.Join(out, ", ")
}
