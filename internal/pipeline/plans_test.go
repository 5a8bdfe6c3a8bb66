package pipeline_test

import (
	"context"
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

// kept is what is stored of a child's plans.
func (s *stage) kept(ref pep.Ref) pipeline.Kept {
	s.t.Helper()
	return must(s.Plans.Courses(s.t.Context(), []pep.Ref{ref}))(s.t)[ref]
}

// invited is the teacher, who gets the final plan too.
func invited() pep.Contact {
	to := teacher(trusted)
	to.Invited = pep.Yes
	return to
}

func TestAPlanMadeFinalReachesEveryoneThoughTheRegisterNamesTheNextMeetingAlready(t *testing.T) {
	s := newStage(t)
	c := child("1")
	ref := s.enter(c, invited(), worker())
	s.send()
	s.on("2026-03-06")
	s.finalise(ref, "m1", "It went well.")
	c.PreviousPEP, c.Meeting.Date = c.Meeting.Date, pep.MustDate("2026-06-09")
	s.enter(c, invited(), worker())
	s.send()
	s.send()
	finals := slices.DeleteFunc(s.list(), func(line string) bool { return !strings.HasPrefix(line, "final") })
	if d := cmp.Diff([]string{"final designated teacher accepted", "final social worker accepted"}, finals); d != "" {
		t.Error(d)
	}
	if stored := s.kept(ref).Courses; len(stored) != 2 || !stored[0].Fixed || stored[1].Plan.Meeting.Date != c.Meeting.Date {
		t.Errorf("%d plans: %+v", len(stored), stored)
	}
}

func TestAPlanIsMadeFinalAfterTheRegisterNamesTheNextMeeting(t *testing.T) {
	s := newStage(t)
	c := child("1")
	ref := s.enter(c, invited())
	s.send()
	s.on("2026-03-06")
	c.PreviousPEP, c.Meeting.Date = c.Meeting.Date, pep.MustDate("2026-06-09")
	s.enter(c, invited())
	s.send()
	s.finalise(ref, "m1", "It went well.")
	s.send()
	if d := cmp.Diff([]string{trusted, trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
}

func TestAMeetingMovedIntoAnotherTermSendsNoSecondForm(t *testing.T) {
	s := newStage(t)
	c := child("1")
	ref := s.enter(c, teacher(trusted))
	s.send()
	key := s.stored()[0].PlanKey
	for _, day := range []string{"2026-06-02", "2026-09-29"} {
		c.Meeting.Date = pep.MustDate(day)
		s.enter(c, teacher(trusted))
		s.send()
		s.on(pep.MustDate(day).AddDays(-14).String())
		s.send()
	}
	forms := slices.DeleteFunc(s.stored(), func(d outbox.Delivery) bool { return d.Kind != outbox.KindForm })
	if len(forms) != 1 || forms[0].PlanKey != key {
		t.Errorf("%d forms", len(forms))
	}
	if stored := s.kept(ref).Courses; len(stored) != 1 || stored[0].Plan.Key() != key || len(stored[0].Meetings) != 2 {
		t.Errorf("%+v", stored)
	}
}

// ends are what makes a form that waits not leave any more.
func ends() []struct {
	name   string
	change func(*pep.Child)
	why    string
} {
	return []struct {
		name   string
		change func(*pep.Child)
		why    string
	}{
		{"left care", func(c *pep.Child) { c.LeftCare = pep.MustDate("2026-02-02") }, "left care on Mon 2 February 2026: everything is cancelled"},
		{"meeting cancelled", func(c *pep.Child) { c.MeetingStatus = pep.MeetingCancelled }, "the meeting was cancelled"},
		{"no meeting any more", func(c *pep.Child) { c.Meeting = pep.Meeting{} }, "the meeting was cancelled"},
		{"meeting put off", func(c *pep.Child) { c.Meeting.Date = pep.MustDate("2026-03-24") }, "the meeting was put off"},
		{"another setting", func(c *pep.Child) { c.Setting.Name = "Clay School" }, "the child changed setting"},
	}
}

func TestWhatWaitsIsTakenBackWhereItsPlanDoesNotWantItAnyMore(t *testing.T) {
	for _, row := range ends() {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			s.ByHand = true
			c := child("1")
			ref := s.enter(c, teacher(trusted))
			s.draft(false)
			row.change(&c)
			s.enter(c, teacher(trusted))
			before := s.kept(ref)
			if dry := s.draft(true); len(dry.Withdrawn) != 1 || s.stored()[0].State != outbox.Drafted {
				t.Errorf("a dry run tells of %d withdrawn", len(dry.Withdrawn))
			}
			if d := cmp.Diff(before, s.kept(ref)); d != "" {
				t.Errorf("a dry run stored: %s", d)
			}
			drafted := s.draft(false)
			if len(drafted.Withdrawn) != 1 || !strings.Contains(drafted.Withdrawn[0].Reason, row.why) {
				t.Fatalf("%+v", drafted.Withdrawn)
			}
			s.draft(false)
			s.release()
			s.handOver()
			if mailed := s.recipients(); len(mailed) != 0 {
				t.Errorf("mailed all the same: %v", mailed)
			}
		})
	}
}

// An import may come between a release and the relay, with no draft between
// them: what was released is held.
func TestARaceBetweenImportAndSendLetsNothingOut(t *testing.T) {
	for _, row := range ends() {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			s.ByHand = true
			c := child("1")
			s.enter(c, teacher(trusted))
			s.draft(false)
			s.release()
			row.change(&c)
			s.enter(c, teacher(trusted))
			s.handOver()
			if d := s.stored()[0]; d.State != outbox.Held || !strings.Contains(d.Reason, row.why) || len(s.relay.taken) != 0 {
				t.Errorf("%s: %s", d.State, d.Reason)
			}
		})
	}
}

func TestACancelledMeetingThatIsReconvenedSendsTheFormInItsNewTime(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	c := child("1")
	ref := s.enter(c, teacher(trusted))
	s.draft(false)
	c.Meeting = pep.Meeting{}
	s.enter(c, teacher(trusted))
	s.draft(false)
	c.Meeting.Date = pep.MustDate("2026-03-12")
	s.enter(c, teacher(trusted))
	s.on("2026-02-12")
	s.draft(false)
	s.release()
	s.handOver()
	if d := cmp.Diff([]string{trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
	var words []pep.MeetingStatus
	for _, event := range s.kept(ref).Courses[0].Meetings {
		words = append(words, event.Status)
	}
	if d := cmp.Diff([]pep.MeetingStatus{pep.MeetingCancelled, pep.MeetingReconvened}, words); d != "" {
		t.Error(d)
	}
}

func TestAFormThatWaitedForTheWorkersPartGoesOutMadeAnewOnceItIsComplete(t *testing.T) {
	s := newStage(t)
	c := child("1")
	c.SocialWorkerPart = pep.No
	s.enter(c, teacher(trusted))
	s.send()
	if held := s.stored()[0]; held.State != outbox.Held || !strings.Contains(held.Reason, "part is not complete") {
		t.Fatalf("%s: %s", held.State, held.Reason)
	}
	s.on("2026-02-20")
	s.send()
	if d := cmp.Diff([]string{"form designated teacher held"}, s.list()); d != "" {
		t.Error(d)
	}
	c.SocialWorkerPart = pep.Yes
	s.enter(c, teacher(trusted))
	s.send()
	s.send()
	got := s.list()
	slices.Sort(got)
	if d := cmp.Diff([]string{"form designated teacher accepted", "form designated teacher cancelled"}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
}

func TestTheOldSettingGetsNothingOnceTheChildHasMovedAndTheNewOneOnceItIsAuthorised(t *testing.T) {
	s := newStage(t)
	c := child("1")
	ref := s.enter(c, teacher(trusted))
	s.draft(false)
	c.Setting.Name = "Clay School"
	fresh := teacher("dt@clay.democheshire.sch.uk")
	fresh.Organisation = "Clay School"
	s.enter(c, teacher(trusted), fresh)
	for range 2 {
		if s.send(); len(s.recipients()) != 0 {
			t.Fatalf("before it is authorised the form reached %v", s.recipients())
		}
	}
	if err := s.authorise(ref, newTeacher); err != nil {
		t.Fatal(err)
	}
	s.send()
	s.send()
	if d := cmp.Diff([]string{newTeacher}, s.recipients()); d != "" {
		t.Error(d)
	}
}

func TestAChildWithoutAStoredPlanGoesOnUnderTheKeyOfBefore(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	empty := &forgotten{Plans: s.Plans}
	s.Plans = empty
	s.on("2026-02-05")
	s.send()
	if len(s.relay.taken) != 1 {
		t.Errorf("%d forms went out", len(s.relay.taken))
	}
	if stored := s.kept(ref).Courses; len(stored) != 1 || !stored[0].Fixed || stored[0].Plan.Key() != s.stored()[0].PlanKey {
		t.Errorf("%+v", stored)
	}
}

// forgotten has no courses, as a database of the last version; what is stored
// meanwhile it gives back.
type forgotten struct {
	pipeline.Plans
	saved map[pep.Ref]pipeline.Kept
}

func (f *forgotten) Courses(_ context.Context, refs []pep.Ref) (map[pep.Ref]pipeline.Kept, error) {
	return f.saved, nil
}

func (f *forgotten) SaveCourses(_ context.Context, changes []pipeline.PlanChange) ([]pep.Ref, error) {
	f.saved = map[pep.Ref]pipeline.Kept{}
	for _, c := range changes {
		f.saved[c.Ref] = pipeline.Kept{Courses: c.Courses, Version: c.Was + 1}
	}
	return nil, nil
}

// meddling changes a child's plans just before somebody else's first save.
type meddling struct {
	pipeline.Plans
	first []pipeline.PlanChange
}

func (m *meddling) SaveCourses(ctx context.Context, changes []pipeline.PlanChange) ([]pep.Ref, error) {
	if first := m.first; first != nil {
		m.first = nil
		if _, err := m.Plans.SaveCourses(ctx, first); err != nil {
			return nil, err
		}
	}
	return m.Plans.SaveCourses(ctx, changes)
}

func TestAMarkMadeMeanwhileIsKeptAndThePlanIsFollowedAgain(t *testing.T) {
	s := newStage(t)
	c := child("1")
	ref := s.enter(c, teacher(trusted))
	s.draft(false)
	was := s.kept(ref)
	marked := slices.Clone(was.Courses)
	marked[0].Marks = []timetable.Mark{{Milestone: timetable.TellVirtualSchool, On: pep.DateOf(s.now), By: "O"}}
	s.Plans = &meddling{Plans: s.Plans, first: []pipeline.PlanChange{{Ref: ref, Was: was.Version, Courses: marked, At: s.now}}}
	c.Meeting.Date = pep.MustDate("2026-03-05")
	s.enter(c, teacher(trusted))
	s.draft(false)
	if got := s.kept(ref).Courses[0]; len(got.Marks) != 1 || got.Plan.Meeting.Date != c.Meeting.Date {
		t.Errorf("%+v", got)
	}
}

func TestEachChangeOfAPlanIsEvidenceOnceAndSaysNothingOfTheChild(t *testing.T) {
	s := newStage(t)
	c := child("1")
	s.enter(c, teacher(trusted))
	s.send()
	s.send()
	c.Meeting.Date, c.Setting.Name, c.LegalStatus = pep.MustDate("2026-03-05"), "Clay School", "J1"
	s.enter(c, teacher(trusted))
	s.on("2026-02-04")
	s.send()
	var news []string
	for _, record := range must(s.Evidence.All(t.Context()))(t) {
		if record.Action == audit.PlanChanged {
			news = append(news, record.Facts[0].Value)
		}
	}
	want := []string{
		"a plan opened", "its form left: the plan is fixed",
		"the meeting is booked; brought forward; the child changed setting within the year; a plan opened; brought forward",
	}
	if d := cmp.Diff(want, news); d != "" {
		t.Error(d)
	}
}
