package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

var on = pep.MustDate("2026-02-20")

func at(day string, hour int) time.Time {
	return pep.MustDate(day).In(time.UTC, hour, 0)
}

// delivery is one that was drafted, released and sent by actions on given
// days.
func delivery(t testing.TB, id string, kind outbox.Kind, due string, steps ...string) outbox.Delivery {
	t.Helper()
	d := outbox.Delivery{
		ID: id, Key: id, Ref: pep.Ref("PEP-" + id), PlanKey: "plan " + id, Kind: kind, State: outbox.Drafted,
		Recipient: outbox.Recipient{Role: pep.DesignatedTeacher, Name: "Mrs Anna Teacher", Phone: "01632 960111", Address: pep.ParseAddress("anna.teacher@oak.example")},
		Decision:  route.Decision{Verdict: route.Secure, Method: route.MethodTLS, Reasons: []string{"the domain is in the circle"}},
	}
	if due != "" {
		d.Due = pep.MustDate(due)
	}
	for _, step := range steps {
		action, rest, _ := strings.Cut(step, " ")
		day, why, _ := strings.Cut(rest, " ")
		next, err := outbox.Advance(d, outbox.Action(action), outbox.Occasion{At: at(day, 9), Why: why})
		if err != nil {
			t.Fatal(err)
		}
		d = next
	}
	return d
}

func sample(t testing.TB) []outbox.Delivery {
	sent := []string{"approve 2026-01-12", "start 2026-01-13", "accept 2026-01-13"}
	list := []outbox.Delivery{
		delivery(t, "A", outbox.KindForm, "2026-01-13", sent...),
		delivery(t, "B", outbox.KindForm, "2026-01-12", append(sent, "deliver 2026-01-14")...),
		delivery(t, "C", outbox.KindForm, "2026-01-13", "hold 2026-01-12 ask anna.teacher@oak.example or Mrs Anna Teacher on 01632 960111"),
		delivery(t, "D", outbox.KindForm, "2026-03-01", "approve 2026-01-12", "start 2026-01-13", "defer 2026-01-13 not taken this time"),
		delivery(t, "E", outbox.KindChase, "2026-01-30", "approve 2026-01-30", "start 2026-01-30", "lose 2026-01-30 no answer came"),
		delivery(t, "F", outbox.KindForm, "2026-01-13", append(sent, "bounce 2026-01-14 it came back")...),
		delivery(t, "G", outbox.KindFinal, "2026-02-01", "approve 2026-02-01", "start 2026-02-01", "refuse 2026-02-01 refused by the relay"),
		delivery(t, "H", outbox.KindForm, "2026-01-13", "cancel 2026-01-12 withdrawn"),
		delivery(t, "I", outbox.KindForm, "", "approve 2026-01-12", "post 2026-01-15 by registered post"),
		delivery(t, "K", outbox.KindChase, "2026-02-10", "approve 2026-02-10", "start 2026-02-10", "accept 2026-02-10"),
	}
	list[9].PlanKey, list[9].Ref = list[1].PlanKey, list[1].Ref
	list[0].Passphrase = outbox.PassphrasePending
	list[8].Decision = route.Decision{Verdict: route.Encrypt, Method: route.MethodPost}
	list[2].Decision = route.Decision{}
	return list
}

func TestEveryDeliveryIsCountedByWhatBecameOfIt(t *testing.T) {
	r := Term(Facts{On: on, Deliveries: sample(t)})
	want := Numbers{Deliveries: 10, Sent: 4, Accepted: 2, Delivered: 1, Posted: 1, OnTime: 2, LateSent: 1, Waiting: 1, Held: 1, Refused: 1, Uncertain: 1, Bounced: 1, Cancelled: 1, Overdue: 4, PassphrasePending: 1}
	if diff := cmp.Diff(want, r.All); diff != "" {
		t.Errorf("numbers differ (-want +got):\n%s", diff)
	}
	if r.Children != 9 {
		t.Errorf("%d children", r.Children)
	}
	var kinds []outbox.Kind
	for _, g := range r.ByKind {
		kinds = append(kinds, g.Of)
	}
	if diff := cmp.Diff([]outbox.Kind{outbox.KindForm, outbox.KindChase, outbox.KindFinal}, kinds); diff != "" {
		t.Error(diff)
	}
	methods := map[route.Method]int{}
	for _, g := range r.ByMethod {
		methods[g.Of] = g.Deliveries
	}
	if diff := cmp.Diff(map[route.Method]int{route.MethodNone: 1, route.MethodTLS: 8, route.MethodPost: 1}, methods); diff != "" {
		t.Error(diff)
	}
	if len(r.ByRole) != 1 || r.ByRole[0].Of != pep.DesignatedTeacher || r.ByRole[0].Deliveries != 10 {
		t.Errorf("by role: %+v", r.ByRole)
	}
}

func TestRowsSayWhyNotAndWhenTheyLeft(t *testing.T) {
	got := map[string][3]string{}
	for _, r := range Term(Facts{On: on, Deliveries: sample(t)}).Rows {
		late := "in time"
		if r.Late {
			late = "late"
		}
		got[r.ID] = [3]string{r.Left.String(), late, r.WhyNot}
	}
	want := map[string][3]string{
		"A": {"2026-01-13", "in time", ""},
		"B": {"2026-01-13", "late", ""},
		"C": {"", "late", "ask (address) or (name) on (telephone)"},
		"D": {"", "in time", "not taken this time"},
		"E": {"2026-01-30", "late", "no answer came"},
		"F": {"2026-01-13", "late", "it came back"},
		"G": {"", "late", "refused by the relay"},
		"H": {"", "in time", "withdrawn"},
		"I": {"2026-01-15", "in time", ""},
		"K": {"2026-02-10", "in time", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestEveryStateHasAWhyNotUnlessSent(t *testing.T) {
	for _, state := range outbox.States() {
		for _, reason := range []string{"", "because"} {
			r := Term(Facts{On: on, Deliveries: []outbox.Delivery{{State: state, Reason: reason}}}).Rows[0]
			if (r.WhyNot == "") != r.Sent() {
				t.Errorf("%s with reason %q: why not is %q", state, reason, r.WhyNot)
			}
			if r.Decision != route.Hold || r.Method != route.MethodNone {
				t.Errorf("a decision nobody made is %s by %s", r.Decision, r.Method)
			}
			if r.Sent() && r.NeedsPerson() || r.Sent() && r.Waits() || r.Waits() && r.NeedsPerson() {
				t.Errorf("%s is two things at once", state)
			}
		}
	}
}

func TestHeldDeliveryWithoutAReasonHasTheDecisions(t *testing.T) {
	d := outbox.Delivery{State: outbox.Held, Decision: route.Decision{Reasons: []string{"no row knows oak.example", "so somebody must look"}}}
	if got := Term(Facts{Deliveries: []outbox.Delivery{d}}).Rows[0].WhyNot; got != "so somebody must look" {
		t.Errorf("got %q", got)
	}
}

func TestDaysCountWhatHappened(t *testing.T) {
	r := Term(Facts{On: on, Deliveries: sample(t), Returns: []Return{{Ref: "PEP-A", PlanKey: "plan A", On: pep.MustDate("2026-01-20")}}})
	day := func(date string) pep.Date { return pep.MustDate(date) }
	want := []Day{
		{Date: day("2026-01-12"), Held: 1},
		{Date: day("2026-01-13"), Forms: 3, PutOff: 1},
		{Date: day("2026-01-14"), Bounced: 1},
		{Date: day("2026-01-15"), Forms: 1},
		{Date: day("2026-01-20"), Returned: 1},
		{Date: day("2026-01-30"), Chases: 1, Uncertain: 1},
		{Date: day("2026-02-01"), Refused: 1},
		{Date: day("2026-02-10"), Chases: 1},
	}
	if diff := cmp.Diff(want, r.ByDay); diff != "" {
		t.Errorf("days differ (-want +got):\n%s", diff)
	}
}

func TestMomentsFallOnTheDayOfTheirZone(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	d := delivery(t, "A", outbox.KindForm, "2026-05-01", "approve 2026-05-01")
	d.State = outbox.Accepted
	d.Events = append(d.Events, outbox.Event{At: time.Date(2026, 5, 1, 23, 30, 0, 0, time.UTC), To: outbox.Accepted})
	for _, test := range []struct {
		zone *time.Location
		left string
		late bool
	}{{nil, "2026-05-01", false}, {london, "2026-05-02", true}} {
		r := Term(Facts{On: on, Zone: test.zone, Deliveries: []outbox.Delivery{d}}).Rows[0]
		if r.Left.String() != test.left || r.Late != test.late {
			t.Errorf("%v: left on %s, late %v", test.zone, r.Left, r.Late)
		}
	}
}

func TestReturnsAreCountedAgainstWhatWasSent(t *testing.T) {
	asked := func(plan, by string) Asked {
		a := Asked{Ref: pep.Ref("PEP-" + plan), PlanKey: "plan " + plan}
		if by != "" {
			a.By = pep.MustDate(by)
		}
		return a
	}
	back := func(plan, day string) Return { return Return{PlanKey: "plan " + plan, On: pep.MustDate(day)} }
	for _, test := range []struct {
		name    string
		asked   Asked
		returns []Return
		want    ReturnNumbers
	}{
		{"on the last day", asked("A", "2026-01-30"), []Return{back("A", "2026-01-30")}, ReturnNumbers{Asked: 1, OnTime: 1}},
		{"a day late", asked("A", "2026-01-30"), []Return{back("A", "2026-01-31")}, ReturnNumbers{Asked: 1, Late: 1}},
		{"the first of two counts", asked("A", "2026-01-30"), []Return{back("A", "2026-02-03"), back("A", "2026-01-29")}, ReturnNumbers{Asked: 1, OnTime: 1}},
		{"still time", asked("A", "2026-02-20"), nil, ReturnNumbers{Asked: 1, Awaited: 1}},
		{"overdue", asked("A", "2026-02-19"), nil, ReturnNumbers{Asked: 1, Overdue: 1}},
		{"no last day", asked("A", ""), nil, ReturnNumbers{Asked: 1, Awaited: 1}},
		{"held, so nothing was asked", asked("C", "2026-01-30"), nil, ReturnNumbers{}},
		{"bounced, so nothing was asked", asked("F", "2026-01-30"), nil, ReturnNumbers{}},
		{"held, but handed over by other means", asked("C", "2026-01-30"), []Return{back("C", "2026-01-29")}, ReturnNumbers{Asked: 1, OnTime: 1}},
	} {
		got := Term(Facts{On: on, Deliveries: sample(t), Asked: []Asked{test.asked}, Returns: test.returns}).Returns
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestOverduePlansNameWhoHasTheFormAndTheChases(t *testing.T) {
	got := Term(Facts{On: on, Deliveries: sample(t), Asked: []Asked{
		{Ref: "PEP-A", PlanKey: "plan A", By: pep.MustDate("2026-02-18")},
		{Ref: "PEP-B", PlanKey: "plan B", By: pep.MustDate("2026-01-30")},
	}}).Overdue
	roles := []pep.Role{pep.DesignatedTeacher}
	want := []Overdue{
		{Ref: "PEP-B", PlanKey: "plan B", By: pep.MustDate("2026-01-30"), Days: 21, Roles: roles, Chases: 1, LastChase: pep.MustDate("2026-02-10")},
		{Ref: "PEP-A", PlanKey: "plan A", By: pep.MustDate("2026-02-18"), Days: 2, Roles: roles},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("overdue differs (-want +got):\n%s", diff)
	}
}

func TestHeldStandsFirstForAPerson(t *testing.T) {
	var ids string
	for _, r := range Term(Facts{On: on, Deliveries: sample(t)}).ForAPerson() {
		ids += r.ID
	}
	if ids != "CEFG" {
		t.Errorf("got %s", ids)
	}
}

func TestReasonsAreCounted(t *testing.T) {
	d := sample(t)
	second := d[6]
	second.ID = "Z"
	got := Term(Facts{On: on, Deliveries: append(d, second)}).WhyNot
	if len(got) != 6 || got[0] != (WhyNot{State: outbox.Refused, Why: "refused by the relay", Count: 2}) {
		t.Errorf("got %+v", got)
	}
}

func TestAResultHoldsNoPersonalData(t *testing.T) {
	d := sample(t)
	for i := range d {
		d[i].Reason += " write to Anna.Teacher@oak.example, not to office@oak.example; ring 01632 960111"
		d[i].Decision.Reasons = []string{"Mrs Anna Teacher <anna.teacher@oak.example> is new"}
		d[i].Decision.Address, d[i].Decision.Canonical = "anna.teacher@oak.example", "anna.teacher@oak.example"
		d[i].MessageID = "<x@oak.example>"
		d[i].Attempts = []outbox.Attempt{{Code: 550, Text: "5.1.1 anna.teacher@oak.example unknown"}}
		d[i].Events = append(d[i].Events, outbox.Event{By: "Sam Okafor", Why: "Mrs Anna Teacher asked"})
	}
	facts := Facts{On: on, Deliveries: d, Skips: []Skip{{Ref: "PEP-A", Milestone: timetable.FormOut, Why: []string{"anna.teacher@oak.example is blocked"}}}}
	result, err := json.Marshal(Term(facts))
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"@", "Anna", "960111", "Okafor"} {
		if strings.Contains(string(result), private) {
			t.Errorf("the result holds %q", private)
		}
	}
}

func TestReasonsAreBounded(t *testing.T) {
	if got := hider(outbox.Recipient{}).one(strings.Repeat("é", 5000)); len([]rune(got)) != mostRunes {
		t.Errorf("%d characters", len([]rune(got)))
	}
	if got := hider(outbox.Recipient{Name: "Al"}).one("Also all"); got != "Also all" {
		t.Errorf("a short name was taken out of words: %q", got)
	}
}

// TestNumbersAddUp: every delivery is in exactly one number, whatever its
// state, and the order of the facts does not matter.
func TestNumbersAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []outbox.Delivery
		for i := range rapid.IntRange(0, 30).Draw(t, "deliveries") {
			list = append(list, outbox.Delivery{
				ID:        string(rune('a' + i)),
				Ref:       pep.Ref(rapid.SampledFrom([]string{"PEP-1", "PEP-2", "PEP-3"}).Draw(t, "ref")),
				PlanKey:   rapid.SampledFrom([]string{"p", "q"}).Draw(t, "plan"),
				Kind:      rapid.SampledFrom(outbox.Kinds()).Draw(t, "kind"),
				State:     rapid.SampledFrom(outbox.States()).Draw(t, "state"),
				Reason:    rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "reason"),
				Due:       on.AddDays(rapid.IntRange(-3, 3).Draw(t, "due")),
				Recipient: outbox.Recipient{Role: rapid.SampledFrom(pep.Roles()).Draw(t, "role")},
				Decision:  route.Decision{Method: rapid.SampledFrom(route.Methods()).Draw(t, "method")},
				Events: []outbox.Event{{
					At: at("2026-02-18", rapid.IntRange(0, 90).Draw(t, "hour")), From: outbox.Sending,
					To: rapid.SampledFrom(outbox.States()).Draw(t, "to"),
				}},
			})
		}
		facts := Facts{On: on, Deliveries: list, Asked: []Asked{{PlanKey: "p", By: on}, {PlanKey: "q", By: on.AddDays(-1)}}}
		r := Term(facts)
		adds(t, "all", r.All)
		if r.All.Deliveries != len(list) || len(r.Rows) != len(list) {
			t.Fatalf("%d of %d deliveries", r.All.Deliveries, len(list))
		}
		same(t, r.All, r.ByKind)
		same(t, r.All, r.ByMethod)
		same(t, r.All, r.ByRole)
		if n := r.Returns; n.Asked != n.OnTime+n.Late+n.Awaited+n.Overdue || n.Overdue != len(r.Overdue) {
			t.Fatalf("returns do not add up: %+v", n)
		}
		facts.Deliveries = rapid.Permutation(list).Draw(t, "other order")
		if diff := cmp.Diff(r, Term(facts)); diff != "" {
			t.Fatalf("another order gives another result:\n%s", diff)
		}
	})
}

func adds(t *rapid.T, of string, n Numbers) {
	if n.Sent != n.Accepted+n.Delivered+n.Posted || n.Deliveries != n.Sent+n.Waiting+n.Held+n.Refused+n.Uncertain+n.Bounced+n.Cancelled {
		t.Fatalf("%s do not add up: %+v", of, n)
	}
	if n.OnTime+n.LateSent > n.Sent || n.Overdue > n.Deliveries-n.Sent {
		t.Fatalf("%s: more late ones than there are: %+v", of, n)
	}
}

func same[K ~string](t *rapid.T, all Numbers, list []Group[K]) {
	total := 0
	for _, g := range list {
		adds(t, string(g.Of), g.Numbers)
		total += g.Deliveries
	}
	if total != all.Deliveries {
		t.Fatalf("groups have %d of %d deliveries", total, all.Deliveries)
	}
}

func BenchmarkTerm(b *testing.B) {
	var list []outbox.Delivery
	for range 100 {
		list = append(list, sample(b)...)
	}
	b.ReportAllocs()
	for b.Loop() {
		Term(Facts{On: on, Deliveries: list})
	}
	b.ReportMetric(float64(b.N*len(list))/b.Elapsed().Seconds(), "deliveries/s")
}
