package timetable_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

func reasonsOf(all []timetable.Recipient, role pep.Role) string {
	at := slices.IndexFunc(all, func(r timetable.Recipient) bool { return r.Role == role })
	if at < 0 {
		return ""
	}
	return strings.Join(all[at].Why, "; ")
}

func TestFromSixteenAnotherWorkerHasTheSocialWorkersPart(t *testing.T) {
	rules, cal := load(t, "sefton")
	rec := born("2010-10-01")
	rec.Contacts = everyone()
	for on, want := range map[string]string{
		"2026-09-30": "designated teacher, social worker",
		"2026-10-01": "designated teacher, leaving care worker",
	} {
		o := staffed(rules).Make(rec, cal, day(on))
		if got := rolesOf(o.Recipients); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
		if why := reasonsOf(o.Recipients, pep.LeavingCareWorker); why != "" && !strings.Contains(why, "16 years old: the leaving care worker has the social worker's part; source: the test") {
			t.Errorf("on %s: %s", on, why)
		}
	}
	rules.Workers = nil
	if got := rolesOf(rules.Make(rec, cal, day("2026-10-01")).Recipients); got != "designated teacher, social worker" {
		t.Errorf("an authority without workers by age keeps the social worker: %s", got)
	}
}

func TestAWorkerWhomNobodyIsIsHeldAndNotReplacedByTheFormerOne(t *testing.T) {
	rules, cal := load(t, "sefton")
	rec := born("2009-10-01")
	rec.Contacts = []pep.Contact{person(pep.DesignatedTeacher, "dt@school.example"), person(pep.SocialWorker, "sw@council.example")}
	got := staffed(rules).Make(rec, cal, day("2026-11-20")).Recipients
	if diff := cmp.Diff([]string{"designated teacher dt@school.example", "leaving care worker"}, told(got)); diff != "" {
		t.Error(diff)
	}
	if why := reasonsOf(got, pep.LeavingCareWorker); !strings.Contains(why, "the register has no leaving care worker: held until an officer says who") {
		t.Error(why)
	}
	rec.Contacts[1].ReceivesForm = pep.Yes
	if got := rolesOf(staffed(rules).Make(rec, cal, day("2026-11-20")).Recipients); got != "designated teacher, social worker, leaving care worker" {
		t.Errorf("the register's own word comes first: %s", got)
	}
}

func TestARuleThatNamesBothWorkersMeansOneOfThemOnce(t *testing.T) {
	rules, cal := load(t, "sefton")
	rules = staffed(rules)
	rules.FormTo = map[timetable.Situation]timetable.Sourced[[]pep.Role]{
		timetable.Post16OnRoll: {Value: []pep.Role{pep.LeavingCareWorker, pep.SocialWorker}, Source: "the test"},
	}
	rec := born("2009-10-01")
	if got := told(rules.Make(rec, cal, day("2026-11-20")).Recipients); len(got) != 1 {
		t.Errorf("nobody has the role: %v, want it held once", got)
	}
	rec.Contacts = everyone()
	if got := told(rules.Make(rec, cal, day("2026-11-20")).Recipients); len(got) != 1 {
		t.Errorf("%v, want one", got)
	}
}

func TestFromEighteenOthersNeedTheConsentThatTheRegisterRecords(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rec := with(born("2008-09-01"), booked("2026-12-09"))
	rec.Contacts = append(everyone(), person(pep.Head, "head@school.example", form(pep.Yes), final(pep.Yes)))
	rec.Contacts[6].ReceivesFinal = pep.Yes // the personal adviser
	o := staffed(rules).Make(rec, cal, day("2026-11-20"))
	if got := rolesOf(o.Recipients); got != "personal adviser, head" {
		t.Errorf("the form goes to %s", got)
	}
	if got := rolesOf(o.FinalRecipients); got != "personal adviser, young person, head" {
		t.Errorf("the final plan goes to %s", got)
	}
	for name, all := range map[string][]timetable.Recipient{"form": o.Recipients, "final": o.FinalRecipients} {
		if why := reasonsOf(all, pep.Head); !strings.Contains(why, "that Yes is the recorded consent") {
			t.Errorf("%s: %s", name, why)
		}
		if why := reasonsOf(all, pep.PersonalAdviser); strings.Contains(why, "consent") {
			t.Errorf("%s: the personal adviser needs no consent: %s", name, why)
		}
	}
	young := with(born("2012-09-01"), booked("2026-12-09"))
	young.Contacts = rec.Contacts
	if why := reasonsOf(rules.Make(young, cal, day("2026-11-20")).Recipients, pep.Head); why == "" || strings.Contains(why, "consent") {
		t.Errorf("a child's papers do not turn on the child's consent: %s", why)
	}
}

func TestAParentGetsTheFormOnlyWhereTheRegisterSaysYes(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rules.FormTo = map[timetable.Situation]timetable.Sourced[[]pep.Role]{
		timetable.StatutoryOnRoll: {Value: []pep.Role{pep.DesignatedTeacher, pep.Parent}, Source: "the test"},
	}
	for answer, want := range map[pep.Answer]string{
		pep.Unanswered: "designated teacher", pep.No: "designated teacher", pep.Yes: "designated teacher, parent",
	} {
		rec := born("2015-03-01")
		rec.Contacts = []pep.Contact{person(pep.DesignatedTeacher, "dt@school.example"), person(pep.Parent, "p@home.example", form(answer))}
		if got := rolesOf(rules.Make(rec, cal, day("2026-11-20")).Recipients); got != want {
			t.Errorf("Receives Form %q: %s, want %s", answer, got, want)
		}
	}
}

// Two recipients of one rule share its reason, and what is added to the one's
// must not stand among the other's.
func TestReasonsOfTwoPeopleOfOneRuleStayApart(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rec := born("2015-03-01")
	rec.Contacts = []pep.Contact{
		person(pep.DesignatedTeacher, "a@school.example"), person(pep.DesignatedTeacher, "b@school.example"),
		person(pep.Head, "a@school.example", form(pep.Yes)), person(pep.SENCO, "b@school.example", form(pep.Yes)),
	}
	got := rules.Make(rec, cal, day("2026-11-20")).Recipients
	if len(got) != 2 || !strings.Contains(strings.Join(got[0].Why, ";"), "recorded for a head") || !strings.Contains(strings.Join(got[1].Why, ";"), "recorded for a senco") {
		t.Errorf("%+v", got)
	}
}
