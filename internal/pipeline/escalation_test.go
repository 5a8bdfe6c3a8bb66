package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

const (
	headAddress    = "head@marl.democheshire.sch.uk"
	virtualAddress = "virtualschool@democheshire.gov.uk"
)

// escalating is a stage whose authority reminds the setting after one working
// day, and its head and the Virtual School after two.
func escalating(t *testing.T) (*stage, pep.Ref) {
	t.Helper()
	s := newStage(t)
	after := func(days int, to timetable.ReminderTo) timetable.Reminder {
		return timetable.Reminder{After: timetable.Clock{N: days, Unit: calendar.WorkingDays, Source: "the test"}, To: to}
	}
	s.Rules.Reminders = []timetable.Reminder{after(1, timetable.RemindSetting), after(2, timetable.RemindHead), after(2, timetable.RemindVirtualSchool)}
	head := pep.Contact{Role: pep.Head, Name: "Harper Head", Email: pep.ParseAddress(headAddress)}
	virtual := pep.Contact{Role: pep.VirtualSchool, Name: "Vic School", Email: pep.ParseAddress(virtualAddress)}
	ref := s.enter(child("1"), teacher(trusted), head, virtual)
	s.send()
	return s, ref
}

func TestAFormThatIsNotBackIsAskedForStepByStepEachOnceAndWithoutTheForm(t *testing.T) {
	s, _ := escalating(t)
	for _, day := range []string{"2026-02-27", "2026-03-02", "2026-03-02", "2026-03-03", "2026-03-04"} {
		s.on(day)
		s.send()
	}
	mailed := s.recipients()
	slices.Sort(mailed[min(2, len(mailed)):]) // those of one day go in any order
	if d := cmp.Diff([]string{trusted, trusted, headAddress, virtualAddress}, mailed); d != "" {
		t.Fatal(d)
	}
	for _, e := range s.relay.taken[2:] {
		text := string(e.Bytes)
		if strings.Contains(text, "Content-Disposition") || strings.Contains(text, "Quillfeather") || !strings.Contains(text, "is not back") {
			t.Errorf("to %s: %s", e.To, text)
		}
	}
}

func TestTheReturnEndsTheEscalationAndTakesBackWhatWaits(t *testing.T) {
	s, ref := escalating(t)
	s.ByHand = true
	s.on("2026-03-02")
	s.draft(false)
	must(s.TakeIn(t.Context(), mail("m1", trusted, ref, s.filled(ref, nil))))(t)
	s.draft(false)
	s.release()
	s.handOver()
	if d := cmp.Diff([]string{trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
	for _, d := range s.stored() {
		if d.Kind == outbox.KindChase && (d.State != outbox.Cancelled || d.Reason != "the form came back") {
			t.Errorf("%s: %s, %s", d.Recipient.Role, d.State, d.Reason)
		}
	}
}

func TestWhatWasMissedForTooLongIsHeldByTheDaemonAndSentByAPerson(t *testing.T) {
	for _, unattended := range []bool{true, false} {
		s := newStage(t)
		s.Rules.Useful = timetable.Clock{N: 2, Unit: calendar.WorkingDays, Source: "the test"}
		s.Unattended = unattended
		s.on("2026-01-05")
		s.enter(child("1"), teacher(trusted))
		s.draft(false)
		s.on("2026-02-12")
		s.send()
		held := slices.DeleteFunc(s.stored(), func(d outbox.Delivery) bool { return d.State != outbox.Held })
		if len(held) == 1 != unattended || len(s.relay.taken) == 1 == unattended {
			t.Fatalf("unattended %v: %d held, %d sent", unattended, len(held), len(s.relay.taken))
		}
		if unattended && !strings.HasPrefix(held[0].Reason, "missed: ") {
			t.Errorf("%s", held[0].Reason)
		}
	}
}
