package timetable_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

var answers = []pep.Answer{pep.Unanswered, pep.Yes, pep.No}

func drawDate(t *rapid.T, label, from string, days int) pep.Date {
	if rapid.Bool().Draw(t, label+" unknown") {
		return pep.Date{}
	}
	return day(from).AddDays(rapid.IntRange(0, days).Draw(t, label))
}

func drawRecord(t *rapid.T) pep.Record {
	rec := pep.Record{Ref: "PEP-TEST", Child: pep.Child{
		DateOfBirth:       day("2000-01-01").AddDays(rapid.IntRange(0, 9500).Draw(t, "born")),
		BecameLookedAfter: drawDate(t, "care", "2024-01-01", 900),
		Meeting:           pep.Meeting{Date: drawDate(t, "meeting", "2024-06-01", 1200)},
		PreviousPEP:       drawDate(t, "previous", "2024-06-01", 600),
		JoinedSetting:     drawDate(t, "joined", "2024-06-01", 600),
		OnRoll:            rapid.SampledFrom(answers).Draw(t, "roll"),
		PEPType:           rapid.SampledFrom([]string{"", "Initial", "Review", "Interim", "Transition"}).Draw(t, "type"),
		LegalStatus:       rapid.SampledFrom(pep.LegalStatuses()).Draw(t, "status"),
		Placement:         rapid.SampledFrom(append(pep.Placements(), "")).Draw(t, "placement"),
		YearGroup:         pep.YearGroup{Known: rapid.Bool().Draw(t, "known"), Year: rapid.IntRange(-2, 14).Draw(t, "year")},
	}}
	for range rapid.IntRange(0, 6).Draw(t, "people") {
		rec.Contacts = append(rec.Contacts, pep.Contact{
			Role:          rapid.SampledFrom(pep.Roles()).Draw(t, "role"),
			Email:         pep.ParseAddress(rapid.SampledFrom([]string{"", "a@x.example", "A@x.example", "a@X.example", "b@y.example", "not an address"}).Draw(t, "email")),
			Invited:       rapid.SampledFrom(answers).Draw(t, "invited"),
			ReceivesForm:  rapid.SampledFrom(answers).Draw(t, "form"),
			ReceivesFinal: rapid.SampledFrom(answers).Draw(t, "final"),
		})
	}
	return rec
}

func TestNoOutlookBreaksTheLaws(t *testing.T) {
	authorities := []string{"cheshire-west", "sefton", "camden", "st-helens", "sample"}
	rules, calendars := map[string]timetable.Rules{}, map[string]*calendar.Calendar{}
	for _, a := range authorities {
		rules[a], calendars[a] = load(t, a)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(authorities).Draw(t, "authority")
		rec, asOf := drawRecord(t), day("2024-09-01").AddDays(rapid.IntRange(0, 800).Draw(t, "as of"))
		o := rules[a].Make(rec, calendars[a], asOf)
		checkRecipients(t, rec, o.Plan, o.Recipients)
		checkRecipients(t, rec, o.Plan, o.FinalRecipients)
		checkMilestones(t, rec, o, calendars[a])
		for _, row := range rules[a].Due(o, timetable.Progress{}, calendars[a], asOf) {
			if row.Kind == timetable.KindForm && (rules[a].FormDelivery.Value != timetable.ByEmail || row.Due.After(asOf)) {
				t.Fatalf("%s: a form that must not go: %+v", a, row)
			}
			if len(row.Why) == 0 || row.Skipped == (row.Kind != "") {
				t.Fatalf("a row that does not say what it is: %+v", row)
			}
		}
	})
}

func checkRecipients(t *rapid.T, rec pep.Record, p pep.Plan, recipients []timetable.Recipient) {
	seen := map[string]bool{}
	for _, r := range recipients {
		address := r.Contact.Email.Canonical()
		switch {
		case p.Phase == pep.NoPhase:
			t.Fatal("a recipient without a plan")
		case r.Role == pep.Parent && p.Has(pep.PlacedForAdoption):
			t.Fatal("a birth parent of a child placed for adoption")
		case r.Role == pep.Parent && !r.WithholdPlacementAddress:
			t.Fatal("a parent's copy would show the placement address")
		case address != "" && seen[address]:
			t.Fatal("one address twice")
		case len(r.Why) == 0:
			t.Fatal("a recipient without a reason")
		case r.Contact != (pep.Contact{}) && !slices.ContainsFunc(rec.Contacts, func(c pep.Contact) bool { return c.Role == r.Role && c.Email == r.Contact.Email }):
			t.Fatal("a recipient who is not in the register")
		}
		seen[address] = true
	}
}

func checkMilestones(t *rapid.T, rec pep.Record, o timetable.Outlook, cal *calendar.Calendar) {
	m := o.FormDue
	if m.Name != "" && (m.Due.IsZero() && len(o.Skips) == 0 || len(m.Why) == 0) {
		t.Fatalf("an unknown day without a reason: %+v", m)
	}
	if m.Due.IsZero() || o.Plan.Has(pep.Initial) {
		return
	}
	if kind, err := cal.Day(m.Due); err != nil || kind.Kind != calendar.SchoolDay || !m.Due.Before(rec.Child.Meeting.Date) {
		t.Fatalf("the form goes out on %s (%v %v) for a meeting on %s", m.Due, kind, err, rec.Child.Meeting.Date)
	}
	if o.Late != m.Due.Before(o.AsOf) {
		t.Fatalf("late is %v, due %s, seen on %s", o.Late, m.Due, o.AsOf)
	}
}

func TestTheSameRecordAndDayGiveTheSameOutlook(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rapid.Check(t, func(t *rapid.T) {
		rec := drawRecord(t)
		early := day("2025-11-01").AddDays(rapid.IntRange(0, 60).Draw(t, "as of"))
		late := early.AddDays(rapid.IntRange(0, 100).Draw(t, "later"))
		a, b := rules.Make(rec, cal, early), rules.Make(rec, cal, late)
		if a.ReturnDue.Due != b.ReturnDue.Due && a.Plan.Phase == b.Plan.Phase {
			t.Fatalf("the return is due on %s seen from %s, on %s seen from %s", a.ReturnDue.Due, early, b.ReturnDue.Due, late)
		}
		if !a.Plan.Has(pep.Initial) && a.Plan.Phase == b.Plan.Phase && a.FormDue.Due != b.FormDue.Due {
			t.Fatalf("the form is due on %s seen from %s, on %s seen from %s", a.FormDue.Due, early, b.FormDue.Due, late)
		}
	})
}

func BenchmarkMake(b *testing.B) {
	rules, cal := load(b, "cheshire-west")
	rec := with(born("2015-03-01"), booked("2026-04-23"))
	rec.Contacts = everyone()
	b.ReportAllocs()
	for b.Loop() {
		rules.Make(rec, cal, day("2026-02-02"))
	}
}
