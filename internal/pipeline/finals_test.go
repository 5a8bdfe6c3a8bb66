package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

func TestFinalPlansGoToExactlyThoseEntitledEachWithTheirOwnCopy(t *testing.T) {
	s := newStage(t)
	s.Means.Relay.OnwardTLS = true
	lead, denied := teacher(trusted), worker()
	lead.Invited = pep.Yes
	denied.Email, denied.ReceivesForm, denied.ReceivesFinal, denied.Role = pep.ParseAddress("head@marl.democheshire.sch.uk"), pep.Unanswered, pep.No, pep.Head
	carer := pep.Contact{
		Role: pep.FosterCarer, Name: "Merrion Hollowbrook", Email: pep.ParseAddress("merrion@mail.example"), Invited: pep.Yes,
		Address1: "7 Hidden Lane", Postcode: "ZZ99 7QX",
	}
	ref := s.enter(child("1"), lead, worker(), carer, parent(), denied)
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "Reads aloud every day.")
	s.send()
	s.send()
	var final []string
	for _, d := range s.stored() {
		if d.Kind != outbox.KindFinal {
			continue
		}
		final = append(final, string(d.Recipient.Role))
		text := s.readSent(d.ID)
		if !strings.Contains(text, "Reads aloud every day.") {
			t.Errorf("the %s does not read the answer", d.Recipient.Role)
		}
		home := strings.Contains(text, "Hidden Lane") || strings.Contains(text, "ZZ99 7QX")
		if d.Recipient.Role == pep.Parent && (home || strings.Contains(text, "Hollowbrook")) {
			t.Error("a parent reads where the child lives")
		}
		if d.Recipient.Role == pep.SocialWorker && !home {
			t.Error("the social worker does not read where the child lives: the test proves nothing")
		}
	}
	want := map[string]int{"designated teacher": 1, "social worker": 1, "foster carer": 1, "parent": 1}
	if d := cmp.Diff(want, counted(final)); d != "" {
		t.Error(d)
	}
}

func counted(all []string) map[string]int {
	count := map[string]int{}
	for _, one := range all {
		count[one]++
	}
	return count
}

func TestTheFormThatWasFinalisedLastIsTheFinalPlanWhicheverCameFirst(t *testing.T) {
	s := newStage(t)
	lead := teacher(trusted)
	lead.Invited = pep.Yes
	ref := s.enter(child("1"), lead)
	s.send()
	var ids []string
	for i, answer := range []string{"The first word.", "The second word."} {
		message := mail([]string{"m1", "m2"}[i], trusted, ref, s.filled(ref, map[string]string{s.openAnswer(ref): answer}))
		s.on([]string{"2026-02-09", "2026-02-10"}[i])
		ids = append(ids, must(s.TakeIn(t.Context(), message))(t).ID)
		if err := s.SettleReturn(t.Context(), ids[i], pipeline.ReturnAccepted, pipeline.By{Name: "O", Why: "read"}); err != nil {
			t.Fatal(err)
		}
	}
	for i, day := range []string{"2026-03-04", "2026-03-05"} {
		s.on(day)
		if err := s.Finalise(t.Context(), ids[1-i], pipeline.By{Name: "O"}); err != nil {
			t.Fatal(err)
		}
		s.send()
	}
	if len(s.relay.taken) != 3 || !strings.Contains(s.readSent(named(s.relay.taken[2])), "The first word.") {
		t.Errorf("%d messages; the last is not what was finalised last", len(s.relay.taken))
	}
}

func TestNothingIsFinalisedThatWouldReachNobody(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	taken := must(s.TakeIn(t.Context(), mail("m1", trusted, ref, s.filled(ref, nil))))(t)
	if err := s.SettleReturn(t.Context(), taken.ID, pipeline.ReturnAccepted, pipeline.By{Name: "O", Why: "read"}); err != nil {
		t.Fatal(err)
	}
	c := child("1")
	c.LegalStatus = "V4"
	s.enter(c, teacher(trusted))
	var not *pipeline.NotThePlanError
	if err := s.Finalise(t.Context(), taken.ID, pipeline.By{Name: "O"}); !errors.As(err, &not) || !strings.Contains(not.Why, "no plan is made") {
		t.Errorf("%v", err)
	}
	s.enter(child("1"), teacher(trusted))
	if err := s.Finalise(t.Context(), taken.ID, pipeline.By{Name: "O"}); err != nil {
		t.Error(err)
	}
}
