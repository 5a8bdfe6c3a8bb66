package pipeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

const newTeacher = "dt@clay.democheshire.sch.uk"

// moves has a child whose form left, whose plan is final where it is said, and
// who changed setting since.
func (s *stage) moves(final bool) (pep.Ref, pep.Child, pep.Contact) {
	s.t.Helper()
	c := child("1")
	ref := s.enter(c, teacher(trusted))
	s.send()
	if final {
		s.on("2026-03-04")
		s.finalise(ref, "m1", "It went well.")
		s.send()
	}
	s.on("2026-03-05")
	fresh := teacher(newTeacher)
	fresh.Organisation, fresh.Invited = "Clay School", pep.Yes
	c.Setting.Name, c.PreviousPEP, c.Meeting = "Clay School", c.Meeting.Date, pep.Meeting{}
	s.enter(c, fresh)
	s.send()
	return ref, c, fresh
}

// transfers are the states of the deliveries of full plans to a new setting.
func (s *stage) transfers() []string {
	return slices.DeleteFunc(s.list(), func(line string) bool { return !strings.HasPrefix(line, "transfer") })
}

func (s *stage) authorise(ref pep.Ref, to string) error {
	_, err := s.AuthoriseTransfer(s.t.Context(), ref, pep.ParseAddress(to), pipeline.By{Name: "Head"})
	return err
}

func TestTheFullPlanGoesToTheNewSettingOnceAndOnlyWhenItIsAuthorised(t *testing.T) {
	s := newStage(t)
	ref, _, _ := s.moves(true)
	if s.send(); len(s.transfers()) != 0 || slices.Contains(s.recipients(), newTeacher) {
		t.Fatalf("before it is authorised: %v, reached %v", s.transfers(), s.recipients())
	}
	var no *timetable.ActionError
	for _, stranger := range []string{trusted, workerAddress, "dt@clay.example"} {
		if err := s.authorise(ref, stranger); !errors.As(err, &no) {
			t.Errorf("%s: %v", stranger, err)
		}
	}
	if err := s.authorise(ref, newTeacher); err != nil {
		t.Fatal(err)
	}
	s.send()
	s.on("2026-03-06")
	s.send()
	if d := cmp.Diff([]string{"transfer designated teacher accepted"}, s.transfers()); d != "" {
		t.Fatal(d)
	}
	if got := slices.DeleteFunc(s.recipients(), func(to string) bool { return to != newTeacher }); len(got) != 1 {
		t.Errorf("the new setting got %d messages, want the transfer alone", len(got))
	}
	last := s.relay.taken[len(s.relay.taken)-1]
	if last.To != newTeacher || !strings.Contains(s.readSent(named(last)), "It went well.") {
		t.Errorf("the plan that arrived at %s is not the final one", last.To)
	}
}

func TestATransferWithNothingFinalIsHeldAndFollowsOnceTheOldPlanIsFinal(t *testing.T) {
	s := newStage(t)
	ref, c, fresh := s.moves(false)
	if err := s.authorise(ref, newTeacher); err != nil {
		t.Fatal(err)
	}
	s.send()
	if d := cmp.Diff([]string{"transfer designated teacher held"}, s.transfers()); d != "" {
		t.Fatal(d)
	}
	held := s.stored()[len(s.stored())-1]
	if held.SHA256 != "" || !strings.Contains(held.Reason, "no plan was made final") {
		t.Errorf("%s %q", held.SHA256, held.Reason)
	}
	s.enter(c, fresh)
	s.on("2026-03-09")
	s.finalise(ref, "m1", "Late, but it went well.")
	s.send()
	s.send()
	if d := cmp.Diff([]string{"transfer designated teacher accepted", "transfer designated teacher cancelled"}, s.transfers()); d != "" {
		t.Error(d)
	}
}

func TestATransferThatWaitsIsTakenBackWhereTheRegisterDropsTheAddress(t *testing.T) {
	s := newStage(t)
	ref, c, fresh := s.moves(true)
	if err := s.authorise(ref, newTeacher); err != nil {
		t.Fatal(err)
	}
	s.ByHand = true
	s.draft(false)
	fresh.Email = pep.ParseAddress("another@clay.democheshire.sch.uk")
	s.enter(c, fresh)
	s.draft(false)
	s.release()
	s.handOver()
	if d := cmp.Diff([]string{"transfer designated teacher cancelled", "transfer designated teacher held"}, s.transfers()); d != "" {
		t.Error(d)
	}
	if slices.Contains(s.recipients(), newTeacher) {
		t.Error("it left all the same")
	}
}

func TestAnOfficersWordIsAppliedAgainWhereAnImportCameBetween(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.draft(false)
	was := s.kept(ref)
	moved := slices.Clone(was.Courses)
	moved[0].Plan.Meeting.Time = "11:00"
	s.Plans = &meddling{Plans: s.Plans, first: []pipeline.PlanChange{{Ref: ref, Was: was.Version, Courses: moved, At: s.now}}}
	_, err := s.SetMeeting(t.Context(), ref, pep.MeetingCancelled, pep.Meeting{}, pipeline.By{Name: "O", Why: "they rang"})
	if err != nil {
		t.Fatal(err)
	}
	got := s.kept(ref)
	if event := got.Courses[0].Meetings; len(event) != 1 || event[0].Meeting.Time != "11:00" || event[0].By != "O" || got.Version != 3 {
		t.Errorf("version %d: %+v", got.Version, event)
	}
	last := must(s.Evidence.All(t.Context()))(t)
	record := last[len(last)-1]
	if record.Action != audit.PlanChanged || record.By != "O" || record.Why != "they rang" || record.Facts[0].Value != "the meeting is cancelled" {
		t.Errorf("%+v", record)
	}
}

func TestAMeetingAnOfficerCancelledSendsNothingUntilItIsReconvened(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	say := func(status pep.MeetingStatus, date string) {
		t.Helper()
		var m pep.Meeting
		if date != "" {
			m.Date = pep.MustDate(date)
		}
		if _, err := s.SetMeeting(t.Context(), ref, status, m, pipeline.By{Name: "O", Why: "they rang"}); err != nil {
			t.Fatal(err)
		}
	}
	say(pep.MeetingCancelled, "")
	if s.send(); len(s.relay.taken) != 0 {
		t.Fatal("a form went out for a cancelled meeting")
	}
	say(pep.MeetingReconvened, "2026-03-03")
	if s.send(); len(s.relay.taken) != 1 {
		t.Error("the form did not go out for the new date")
	}
}

func (s *stage) copyTo(ref pep.Ref, to, why string) (outbox.Delivery, error) {
	s.t.Helper()
	d, err := s.Copy(s.t.Context(), pipeline.CopyAsk{Ref: ref, To: to, By: pipeline.By{Name: "O", Why: why}})
	return d.Delivery, err
}

func TestACopyGoesOnceForEachRequestToWhoeverMayHaveIt(t *testing.T) {
	s := newStage(t)
	reviewer := pep.Contact{Role: pep.ReviewingOfficer, Name: "Iris Reviewer", Email: pep.ParseAddress("iris@democheshire.gov.uk")}
	refuses := pep.Contact{Role: pep.FosterCarer, Name: "Fern Carer", Email: pep.ParseAddress("fern@mail.example"), ReceivesFinal: pep.No}
	ref := s.enter(child("1"), teacher(trusted), reviewer, refuses, worker(), worker())
	s.send()
	var no *pipeline.NoCopyError
	if _, err := s.copyTo(ref, "iro", "asked"); !errors.As(err, &no) {
		t.Fatalf("before anything is final: %v", err)
	}
	s.on("2026-03-04")
	s.finalise(ref, "m1", "It went well.")
	s.send()
	for _, to := range []string{"iro", "iris reviewer", "IRIS@democheshire.gov.uk"} {
		if d, err := s.copyTo(ref, to, "asked by telephone"); err != nil || d.Milestone != "copy_on_request" {
			t.Fatalf("%s: %v", to, err)
		}
	}
	if _, err := s.copyTo(ref, "iro", "lost it"); err != nil {
		t.Fatal(err)
	}
	s.handOver()
	copies := slices.DeleteFunc(s.recipients(), func(a string) bool { return a != "iris@democheshire.gov.uk" })
	if len(copies) != 2 {
		t.Errorf("%d copies for two requests", len(copies))
	}
	for to, why := range map[string]string{"foster carer": "Receives Final: No", "nobody": "no such contact", "designated": "no such contact"} {
		if _, err := s.copyTo(ref, to, "asked"); !errors.As(err, &no) || !strings.Contains(no.Why, why) {
			t.Errorf("%s: %v", to, err)
		}
	}
	var needs *pipeline.NeedsReasonError
	if _, err := s.copyTo(ref, "iro", " "); !errors.As(err, &needs) {
		t.Errorf("without a reason: %v", err)
	}
}

func TestACopyNeverReachesABirthParentOfAChildPlacedForAdoption(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	c, mother := child("1"), parent()
	ref := s.enter(c, teacher(trusted), mother)
	s.draft(false)
	s.release()
	s.handOver()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "It went well.")
	d, err := s.copyTo(ref, "parent", "asked at the meeting")
	if err != nil {
		t.Fatal(err)
	}
	must(s.Act(t.Context(), d.ID, outbox.Approve, pipeline.By{Name: "O", Why: "go"}))(t)
	c.Placement = "A4"
	s.enter(c, teacher(trusted), mother)
	before := len(s.relay.taken)
	s.handOver()
	if got := must(s.Deliveries.Get(t.Context(), d.ID))(t); got.State != outbox.Held || len(s.relay.taken) != before {
		t.Errorf("what was asked for before the placement is %s", got.State)
	}
	var no *pipeline.NoCopyError
	if _, err := s.copyTo(ref, parentAddress, "asked again"); !errors.As(err, &no) || !strings.Contains(no.Why, "placed for adoption") {
		t.Errorf("%v", err)
	}
}

func TestOnlyATaskIsMarkedDoneAndOnce(t *testing.T) {
	s := newStage(t)
	c := child("1")
	c.Meeting = pep.Meeting{}
	ref := s.enter(c, teacher(trusted))
	var no *timetable.ActionError
	for _, m := range []timetable.MilestoneName{timetable.FormOut, timetable.FinalDue, "nothing"} {
		if _, err := s.MarkDone(t.Context(), ref, m, pipeline.By{Name: "O"}); !errors.As(err, &no) {
			t.Errorf("%s: %v", m, err)
		}
	}
	for range 2 {
		if _, err := s.MarkDone(t.Context(), ref, timetable.SetMeeting, pipeline.By{Name: "O", Why: "a letter went"}); err != nil {
			t.Fatal(err)
		}
	}
	if marks := s.kept(ref).Courses[0].Marks; len(marks) != 1 || marks[0].Note != "a letter went" {
		t.Errorf("%+v", marks)
	}
	open := 0
	if err := s.Tasks(t.Context(), pep.DateOf(s.now), func(timetable.Due) error { open++; return nil }); err != nil || open != 0 {
		t.Errorf("%d tasks are open: %v", open, err)
	}
}
