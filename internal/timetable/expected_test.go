package timetable_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
)

func load(t testing.TB, authority string) (timetable.Rules, *calendar.Calendar) {
	t.Helper()
	rules, err := timetable.Load(schedules.FS, authority)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Load(schedules.FS, authority)
	if err != nil {
		t.Fatal(err)
	}
	return rules, cal
}

func day(iso string) pep.Date { return pep.MustDate(iso) }

// Every accepted child of the truth, from both exports.
func TestEveryChildsOutlookIsTheExpectedOne(t *testing.T) {
	want := readTruth(t)
	rules, cal := load(t, "cheshire-west")
	register, compared := readRegister(t, want), 0
	for id, child := range want.Children {
		if child.Import.Outcome != "accepted" {
			continue
		}
		record, found := register[id]
		if !found {
			t.Errorf("%s: not in the register", id)
			continue
		}
		compared++
		if diff := cmp.Diff(flat(child), seen(rules.Make(record, cal, want.AsOf))); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	if compared < 109 {
		t.Errorf("only %d children were compared", compared)
	}
}

// view is what the truth says of a child, in a form that compares.
type view struct {
	Phase, Variant, Circumstances, Meeting, FormDue, ReturnDue, Ten, Twenty string
	YearGroup                                                               int
	Late                                                                    bool
	Recipients                                                              []expectedRecipient
	Blocked                                                                 []pep.Role
}

func flat(e expected) view {
	v := view{
		Phase: string(e.Phase), Variant: string(e.Variant), Circumstances: joined(e.Circumstances),
		FormDue: e.FormDue, ReturnDue: e.ReturnDue, YearGroup: e.YearGroup, Late: e.Late, Recipients: sorted(e.Recipients),
	}
	if e.Meeting != nil {
		v.Meeting = e.Meeting.Date + " " + e.Meeting.Day
	}
	if e.Initial != nil {
		v.Ten, v.Twenty = e.Initial.Ten, e.Initial.Twenty
	}
	for _, b := range e.Blocked {
		v.Blocked = append(v.Blocked, b.Role)
	}
	return v
}

func seen(o timetable.Outlook) view {
	v := view{
		Phase: string(o.Plan.Phase), Variant: string(o.Plan.Variant), Circumstances: joined(o.Plan.Circumstances),
		FormDue: o.FormDue.Due.String(), ReturnDue: o.ReturnDue.Due.String(), YearGroup: o.Plan.YearGroup, Late: o.Late,
		Ten: o.InitialBy10.Due.String(), Twenty: o.InitialBy20.Due.String(),
	}
	if !o.Meeting.Date.IsZero() {
		v.Meeting = o.Meeting.Date.String() + " " + string(o.Meeting.Kind)
	}
	var recipients []expectedRecipient
	for _, r := range o.Recipients {
		recipients = append(recipients, expectedRecipient{r.Role, r.Contact.Email.Raw(), r.AskedByRegister, r.WithholdPlacementAddress})
	}
	v.Recipients = sorted(recipients)
	for _, b := range o.Blocked {
		v.Blocked = append(v.Blocked, b.Role)
	}
	return v
}

func joined(circumstances []pep.Circumstance) string {
	var texts []string
	for _, c := range circumstances {
		texts = append(texts, string(c))
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func sorted(recipients []expectedRecipient) []expectedRecipient {
	out := slices.Clone(recipients)
	slices.SortFunc(out, func(a, b expectedRecipient) int {
		return strings.Compare(string(a.Role)+a.Email, string(b.Role)+b.Email)
	})
	if len(out) == 0 {
		return nil
	}
	return out
}
