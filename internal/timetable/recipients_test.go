package timetable_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

func person(role pep.Role, email string, change ...func(*pep.Contact)) pep.Contact {
	c := pep.Contact{Role: role, Name: "Made Up", Email: pep.ParseAddress(email), Invited: pep.Yes}
	for _, f := range change {
		f(&c)
	}
	return c
}

func form(a pep.Answer) func(*pep.Contact)  { return func(c *pep.Contact) { c.ReceivesForm = a } }
func final(a pep.Answer) func(*pep.Contact) { return func(c *pep.Contact) { c.ReceivesFinal = a } }
func uninvited(c *pep.Contact)              { c.Invited = pep.No }

// told is a recipient in one line: role, address and marks.
func told(recipients []timetable.Recipient) []string {
	lines := []string{}
	for _, r := range recipients {
		line := string(r.Role) + " " + r.Contact.Email.Raw()
		if r.AskedByRegister {
			line += " asked"
		}
		if r.WithholdPlacementAddress {
			line += " withhold"
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

func everyone() []pep.Contact {
	return []pep.Contact{
		person(pep.SocialWorker, "sw@council.example"),
		person(pep.DesignatedTeacher, "dt@school.example"),
		person(pep.FosterCarer, "carer@home.example"),
		person(pep.HealthVisitor, "hv@clinic.example"),
		person(pep.VirtualSchool, "vs@council.example"),
		person(pep.LeavingCareWorker, "lcw@council.example"),
		person(pep.PersonalAdviser, "pa@council.example"),
		person(pep.EstablishmentLead, "lead@secure.example"),
		person(pep.Parent, "parent@home.example", uninvited),
		person(pep.YoungPerson, "yp@home.example"),
	}
}

func TestWhoGetsTheFormInEachSituation(t *testing.T) {
	year := func(y int) func(*pep.Child) {
		return func(c *pep.Child) { c.YearGroup = pep.YearGroup{Known: true, Year: y} }
	}
	away := func(c *pep.Child) { c.OnRoll = pep.No }
	rows := []struct {
		name, authority string
		changes         []func(*pep.Child)
		want            []string
	}{
		{"school", "cheshire-west", nil, []string{"designated teacher dt@school.example"}},
		{"no school", "cheshire-west", []func(*pep.Child){away}, []string{"social worker sw@council.example", "virtual school vs@council.example"}},
		{
			"at home, foster", "cheshire-west",
			[]func(*pep.Child){year(-1), away, func(c *pep.Child) { c.Placement = "U4" }},
			[]string{"health visitor hv@clinic.example", "foster carer carer@home.example"},
		},
		{
			"at home, with parents", "cheshire-west",
			[]func(*pep.Child){year(-1), away, func(c *pep.Child) { c.Placement = "P1" }},
			[]string{"health visitor hv@clinic.example"},
		},
		{"sixth form", "cheshire-west", []func(*pep.Child){year(12)}, []string{"designated teacher dt@school.example"}},
		{"no provider", "cheshire-west", []func(*pep.Child){year(12), away}, []string{"leaving care worker lcw@council.example"}},
		{"custody", "cheshire-west", []func(*pep.Child){func(c *pep.Child) { c.Placement = "K1" }}, []string{"establishment lead lead@secure.example"}},
		{
			"adult", "cheshire-west",
			[]func(*pep.Child){func(c *pep.Child) { c.DateOfBirth = day("2007-01-01") }, booked("2026-03-17")},
			[]string{"personal adviser pa@council.example"},
		},
		{
			"school, Camden", "camden",
			[]func(*pep.Child){func(c *pep.Child) { c.Placement = "U4" }},
			[]string{"designated teacher dt@school.example", "social worker sw@council.example", "foster carer carer@home.example"},
		},
		{"school, Sefton", "sefton", nil, []string{"designated teacher dt@school.example", "social worker sw@council.example"}},
	}
	for _, row := range rows {
		rules, cal := load(t, row.authority)
		rec := born("2015-03-01")
		rec.Contacts = everyone()
		for _, change := range row.changes {
			rec = with(rec, change)
		}
		o := rules.Make(rec, cal, day("2026-02-02"))
		if diff := cmp.Diff(row.want, told(o.Recipients)); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		for _, r := range o.Recipients {
			if len(r.Why) == 0 {
				t.Errorf("%s: nobody says why %s", row.name, r.Role)
			}
		}
	}
}

func TestTheRegisterBeatsTheRuleForOnePerson(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rows := []struct {
		name     string
		contacts []pep.Contact
		want     []string
	}{
		{
			"one more",
			[]pep.Contact{person(pep.DesignatedTeacher, "dt@school.example"), person(pep.Head, "head@school.example", form(pep.Yes))},
			[]string{"designated teacher dt@school.example", "head head@school.example asked"},
		},
		{
			"one less",
			[]pep.Contact{person(pep.DesignatedTeacher, "a@school.example", form(pep.No)), person(pep.DesignatedTeacher, "b@school.example")},
			[]string{"designated teacher b@school.example"},
		},
		{"nobody left", []pep.Contact{person(pep.DesignatedTeacher, "a@school.example", form(pep.No))}, []string{}},
		{"yes of someone the rule names", []pep.Contact{person(pep.DesignatedTeacher, "", form(pep.Yes))}, []string{"designated teacher"}},
		{"nobody has the role", nil, []string{"designated teacher"}},
		{"one address twice, other case of the domain", []pep.Contact{
			person(pep.DesignatedTeacher, "office@school.example"), person(pep.SENCO, " office@SCHOOL.example", form(pep.Yes)),
		}, []string{"designated teacher office@school.example"}},
		{
			"a parent asked for",
			[]pep.Contact{person(pep.DesignatedTeacher, "dt@school.example"), person(pep.Parent, "p@home.example", form(pep.Yes))},
			[]string{"designated teacher dt@school.example", "parent p@home.example asked withhold"},
		},
		{
			"a parent at the setting's address",
			[]pep.Contact{person(pep.DesignatedTeacher, "dt@school.example"), person(pep.Parent, "dt@school.example", form(pep.Yes))},
			[]string{"designated teacher dt@school.example withhold"},
		},
		{
			"withheld by the register",
			[]pep.Contact{person(pep.DesignatedTeacher, "dt@school.example", func(c *pep.Contact) { c.WithholdPlacementAddress = pep.Yes })},
			[]string{"designated teacher dt@school.example withhold"},
		},
	}
	for _, row := range rows {
		rec := with(born("2015-03-01"), booked("2026-03-17"))
		rec.Contacts = row.contacts
		o := rules.Make(rec, cal, day("2026-02-02"))
		if diff := cmp.Diff(row.want, told(o.Recipients)); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		if len(row.want) == 0 && len(o.Skips) == 0 {
			t.Errorf("%s: no skip says that nobody is left", row.name)
		}
	}
}

func TestOneAddressTwiceKeepsTheStricterAgreement(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rec := born("2015-03-01")
	rec.Contacts = []pep.Contact{
		person(pep.DesignatedTeacher, "office@school.example", func(c *pep.Contact) { c.AgreedDelivery = pep.AgreedEgress }),
		person(pep.Head, "office@school.example", form(pep.Yes), func(c *pep.Contact) { c.AgreedDelivery = pep.AgreedPost }),
		person(pep.SENCO, "office@school.example", form(pep.Yes)),
	}
	o := rules.Make(rec, cal, day("2026-02-02"))
	if len(o.Recipients) != 1 || o.Recipients[0].Contact.AgreedDelivery != pep.AgreedPost {
		t.Errorf("%+v, want one recipient by post", o.Recipients)
	}
}

func TestOneMailboxUnderTwoSpellingsIsOneRecipient(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rec := born("2015-03-01")
	rec.Contacts = []pep.Contact{
		person(pep.SocialWorker, "Shared@home.example", form(pep.Yes)), person(pep.Parent, "shared@HOME.example", form(pep.Yes)),
	}
	found := 0
	for _, to := range rules.Make(rec, cal, day("2026-02-02")).Recipients {
		if strings.EqualFold(to.Contact.Email.Canonical(), "shared@home.example") {
			found++
			if !to.WithholdPlacementAddress {
				t.Error("a parent reads in the shared mailbox where the child lives")
			}
		}
	}
	if found != 1 {
		t.Errorf("%d copies to one mailbox", found)
	}
}

func TestNothingGoesToBirthParentsOfAChildPlacedForAdoption(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rec := with(born("2015-03-01"), func(c *pep.Child) { c.Placement = "A4" })
	rec.Contacts = []pep.Contact{
		person(pep.DesignatedTeacher, "dt@school.example"),
		person(pep.Parent, "P@home.example", form(pep.Yes), final(pep.Yes)),
		person(pep.FosterCarer, "p@home.example", form(pep.Yes)),
		person(pep.Parent, "other@home.example"),
	}
	o := rules.Make(rec, cal, day("2026-02-02"))
	if diff := cmp.Diff([]string{"designated teacher dt@school.example"}, told(o.Recipients)); diff != "" {
		t.Error(diff)
	}
	if len(o.Blocked) != 2 || o.Blocked[0].Role != pep.Parent || o.Blocked[1].Role != pep.FosterCarer {
		t.Errorf("blocked: %+v, want the parent who was asked for and the carer at the parent's address", o.Blocked)
	}
	if diff := cmp.Diff([]string{"designated teacher dt@school.example"}, told(o.FinalRecipients)); diff != "" {
		t.Errorf("final: %s", diff)
	}
	if len(o.FinalBlocked) != 2 {
		t.Errorf("final blocked: %+v", o.FinalBlocked)
	}
}

func TestWhoGetsTheFinalPlan(t *testing.T) {
	contacts := []pep.Contact{
		person(pep.SocialWorker, "sw@council.example"),
		person(pep.DesignatedTeacher, "dt@school.example", final(pep.Yes)),
		person(pep.ReviewingOfficer, "iro@council.example", final(pep.No)),
		person(pep.Head, "head@school.example", uninvited),
		person(pep.Parent, "parent@home.example"),
		person(pep.YoungPerson, "yp@home.example"),
		person(pep.PersonalAdviser, "pa@council.example"),
	}
	rows := []struct {
		name, authority string
		adult           bool
		want            []string
	}{
		{"all attendees", "cheshire-west", false, []string{
			"social worker sw@council.example", "designated teacher dt@school.example asked", "personal adviser pa@council.example",
		}},
		{"adult", "cheshire-west", true, []string{
			"designated teacher dt@school.example asked", "young person yp@home.example", "personal adviser pa@council.example",
		}},
		{"if requested", "st-helens", false, []string{"designated teacher dt@school.example asked"}},
	}
	for _, row := range rows {
		rules, cal := load(t, row.authority)
		rec := with(born("2015-03-01"), booked("2026-03-17"))
		if row.adult {
			rec.Child.DateOfBirth = day("2007-01-01")
		}
		rec.Contacts = contacts
		if diff := cmp.Diff(row.want, told(rules.Make(rec, cal, day("2026-02-02")).FinalRecipients)); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
}
