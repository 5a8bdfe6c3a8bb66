package timetable_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// life is one child followed from day to day.
type life struct {
	t       testing.TB
	rules   timetable.Rules
	cal     *calendar.Calendar
	rec     pep.Record
	courses []timetable.Course
	done    map[string]timetable.Progress
}

func pupil(t testing.TB, change ...func(*pep.Child)) *life {
	rules, cal := load(t, "cheshire-west")
	l := &life{t: t, rules: rules, cal: cal, rec: born("2015-05-05"), done: map[string]timetable.Progress{}}
	l.rec.Child.PreviousPEP = day("2025-11-12")
	l.rec.Child.Setting = pep.Setting{Name: "Oak Primary", URN: "123456"}
	l.rec.Child.OnRoll = pep.Yes
	l.rec.Contacts = []pep.Contact{
		person(pep.DesignatedTeacher, "dt@oak.cheshire.sch.uk"), person(pep.DesignatedTeacher, "dt@elm.cheshire.sch.uk"),
		person(pep.SocialWorker, "sw@cheshirewestandchester.gov.uk"),
	}
	for _, c := range change {
		c(&l.rec.Child)
	}
	return l
}

func (l *life) on(iso string, change ...func(*pep.Child)) *life {
	l.t.Helper()
	for _, c := range change {
		c(&l.rec.Child)
	}
	l.courses = l.rules.Follow(l.rec, l.courses, func(key string) timetable.Progress { return l.done[key] }, l.cal, day(iso))
	again := l.rules.Follow(l.rec, l.courses, func(key string) timetable.Progress { return l.done[key] }, l.cal, day(iso))
	if d := cmp.Diff(l.courses, again); d != "" {
		l.t.Errorf("on %s the second look changes something:\n%s", iso, d)
	}
	return l
}

func (l *life) last() timetable.Course { return l.courses[len(l.courses)-1] }

// sent notes that the newest plan's form left.
func (l *life) sent(iso string) *life {
	p := l.done[l.last().Plan.Key()]
	p.FormSent = day(iso)
	l.done[l.last().Plan.Key()] = p
	return l
}

func (l *life) finalised(iso string) *life {
	p := l.done[l.last().Plan.Key()]
	p.Returned, p.Finalised = day(iso), day(iso)
	l.done[l.last().Plan.Key()] = p
	return l
}

func (l *life) act(c timetable.Course, err error) *life {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	l.courses[len(l.courses)-1] = c
	return l
}

func unbooked(c *pep.Child) { c.Meeting = pep.Meeting{} }

func wasHeld(iso string) func(*pep.Child) {
	return func(c *pep.Child) { c.PreviousPEP = day(iso) }
}

func TestACourseIsMovedAndNotOpenedAnewWhenItsMeetingMoves(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on("2026-02-10", booked("2026-04-23"))
	c := l.last()
	if len(l.courses) != 1 || c.Plan.Term.Name != pep.Spring || c.Plan.Meeting.Date != day("2026-04-23") || c.Known != day("2026-02-10") {
		t.Errorf("%d courses; the last %+v", len(l.courses), c)
	}
	if len(c.Meetings) != 1 || c.Meetings[0].Why != "moved from Tue 3 March 2026" {
		t.Errorf("history %+v", c.Meetings)
	}
}

func TestANewDateAfterTheMeetingWasHeldIsTheNextPlan(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03")
	first := l.last().Plan.Key()
	l.on("2026-03-20", wasHeld("2026-03-03"), booked("2026-06-16"))
	if len(l.courses) != 2 || l.courses[0].Plan.Key() != first || !l.courses[0].Open() || l.courses[0].Status != pep.MeetingHeld {
		t.Fatalf("courses %+v", l.courses)
	}
	if c := l.last(); c.Plan.Term.Name != pep.Summer || c.Plan.Key() == first || c.Status != pep.MeetingBooked {
		t.Errorf("the next plan %+v", c)
	}
	if l.on("2026-06-17"); l.courses[0].Open() {
		t.Error("the plan before goes on after the next one's meeting")
	}
}

func TestAPlanWhoseFormNeverLeftMakesWayForTheNext(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").on("2026-04-20", booked("2026-06-16"))
	if len(l.courses) != 2 || l.courses[0].Open() || !l.last().Open() {
		t.Errorf("courses %+v", l.courses)
	}
}

func TestTheNextPlanInTheSameTermHasAKeyOfItsOwn(t *testing.T) {
	l := pupil(t, booked("2026-02-04")).on("2026-02-02").sent("2026-02-02").on("2026-02-06", wasHeld("2026-02-04"), booked("2026-03-24"))
	if len(l.courses) != 2 || l.courses[0].Plan.Key() == l.last().Plan.Key() || l.last().Plan.Again != 2 {
		t.Errorf("courses %+v", l.courses)
	}
}

func TestWhatBecomesOfAMeetingThatDidNotTakePlace(t *testing.T) {
	for _, row := range []struct {
		name    string
		on      string
		now     func(*pep.Child)
		courses int
		status  pep.MeetingStatus
	}{
		{"cleared before its day", "2026-02-20", unbooked, 1, pep.MeetingCancelled},
		{"cleared after its day", "2026-03-05", unbooked, 1, pep.MeetingBooked},
		{"a later date in the term", "2026-03-05", booked("2026-03-17"), 1, pep.MeetingReconvened},
		{"soon afterwards in the next term", "2026-03-10", booked("2026-04-21"), 1, pep.MeetingReconvened},
		{"much later in the next term", "2026-04-20", booked("2026-06-16"), 2, pep.MeetingBooked},
		{"called cancelled", "2026-02-20", func(c *pep.Child) { c.MeetingStatus = pep.MeetingCancelled }, 1, pep.MeetingCancelled},
		{"called proposed", "2026-02-20", func(c *pep.Child) { c.MeetingStatus = pep.MeetingProposed }, 1, pep.MeetingProposed},
		{"called held", "2026-03-05", func(c *pep.Child) { c.MeetingStatus = pep.MeetingHeld }, 1, pep.MeetingHeld},
		{"in the last PEP's column", "2026-03-05", wasHeld("2026-03-03"), 1, pep.MeetingHeld},
	} {
		l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on(row.on, row.now)
		if len(l.courses) != row.courses || l.last().Status != row.status {
			t.Errorf("%s: %d courses, %s; want %d, %s", row.name, len(l.courses), l.last().Status, row.courses, row.status)
		}
	}
}

func TestACancelledMeetingIsReconvened(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on("2026-02-20", unbooked)
	if c := l.last(); !c.Plan.Meeting.Date.IsZero() || c.Meetings[0].Meeting.Date != day("2026-03-03") {
		t.Errorf("after cancelling %+v", c)
	}
	l.on("2026-02-24", booked("2026-03-10"))
	if c := l.last(); c.Status != pep.MeetingReconvened || c.Plan.Meeting.Date != day("2026-03-10") || len(l.courses) != 1 {
		t.Errorf("after the new date %+v", c)
	}
}

func TestTheOfficersWordStandsUntilTheRegisterSaysSomethingNew(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02")
	l.act(l.last().SetMeeting(timetable.MeetingEvent{On: day("2026-02-05"), Status: pep.MeetingCancelled, By: "A"}))
	l.on("2026-02-06")
	if l.last().Status != pep.MeetingCancelled || !l.last().Plan.Meeting.Date.IsZero() {
		t.Errorf("the same register overruled the officer: %+v", l.last())
	}
	l.on("2026-02-09", booked("2026-03-12"))
	if l.last().Plan.Meeting.Date != day("2026-03-12") || l.last().Status != pep.MeetingReconvened {
		t.Errorf("the register's new date does not count: %+v", l.last())
	}
}

func TestTheFormsPhaseIsFixedOnceItLeft(t *testing.T) {
	toReception := func(c *pep.Child) { c.DateOfBirth = day("2021-08-31") } // Year 1 in 2026/27
	l := pupil(t, toReception, booked("2026-07-07")).on("2026-06-01")
	if l.last().Plan.Phase != pep.EarlyYears {
		t.Fatalf("%+v", l.last().Plan)
	}
	l.sent("2026-06-15").on("2026-09-02")
	if l.last().Plan.Phase != pep.EarlyYears || !l.last().Fixed {
		t.Errorf("the open form changed: %+v", l.last().Plan)
	}
	l.on("2026-09-07", wasHeld("2026-07-07"), booked("2026-11-10"))
	if l.last().Plan.Phase != pep.Statutory || len(l.courses) != 2 {
		t.Errorf("the first PEP after 1 September: %+v", l.last().Plan)
	}
	if other := pupil(t, toReception, booked("2026-07-07")).on("2026-06-01").on("2026-09-02", booked("2026-11-10")); other.last().Plan.Phase != pep.Statutory {
		t.Errorf("a form that never left does not follow: %+v", other.last().Plan)
	}
}

func TestLeavingCareClosesEverything(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on("2026-02-20", func(c *pep.Child) { c.LeftCare = day("2026-02-18") })
	if c := l.courses[0]; c.Open() || c.Closed != day("2026-02-20") {
		t.Errorf("goes on: %+v", c)
	}
	if l.last().Plan.Phase != pep.NoPhase || len(l.courses) != 2 {
		t.Errorf("courses %+v", l.courses)
	}
	l.on("2026-05-01", func(c *pep.Child) {
		c.BecameLookedAfter, c.PEPType = day("2026-04-28"), "Initial"
		c.Meeting = pep.Meeting{}
	})
	if l.last().Plan.Phase != pep.Statutory || l.last().Plan.Variant != pep.VariantInitial {
		t.Errorf("back in care: %+v", l.last().Plan)
	}
}

func TestLeavingCareByTheReturnCountsUntilTheChildIsBack(t *testing.T) {
	left := func(c *pep.Child) { c.Return.LeftCare = day("2026-02-18") }
	l := pupil(t, booked("2026-03-03")).on("2026-02-17", left)
	if !l.last().Open() || l.last().Plan.Phase != pep.Statutory {
		t.Errorf("closed before the day: %+v", l.last())
	}
	if l.on("2026-02-18"); l.courses[0].Open() || l.last().Plan.Phase != pep.NoPhase {
		t.Errorf("goes on after the day: %+v", l.courses)
	}
	if why := l.courses[0].ClosedWhy; !strings.Contains(why, "left care on Wed 18 February 2026") {
		t.Errorf("closed because %q", why)
	}
	// The case system's own word goes before the return's.
	own := pupil(t, booked("2026-03-03"), left).on("2026-02-19", func(c *pep.Child) { c.LeftCare = day("2026-03-01") })
	if own.last().Plan.Phase != pep.Statutory {
		t.Errorf("the return replaces what the export says: %+v", own.last().Plan)
	}
	back := pupil(t, booked("2026-03-03"), left).on("2026-02-19", func(c *pep.Child) {
		c.BecameLookedAfter = pep.Date{}
		c.Return.BecameLookedAfter = day("2026-02-19")
	})
	if back.last().Plan.Phase != pep.Statutory {
		t.Errorf("not back in care by the return: %+v", back.last().Plan)
	}
}

func TestComingOfAgeEndsCareAndNotThePlan(t *testing.T) {
	sixthFormer := func(c *pep.Child) { c.DateOfBirth = day("2008-02-18") }
	l := pupil(t, booked("2026-03-03"), sixthFormer).on("2026-02-02").sent("2026-02-03")
	l.on("2026-02-20", func(c *pep.Child) { c.Return.LeftCare = day("2026-02-18") })
	if !l.courses[0].Open() || len(l.courses) != 1 || l.last().Plan.Phase != pep.Post16 {
		t.Errorf("courses %+v", l.courses)
	}
	early := pupil(t, booked("2026-03-03"), sixthFormer).on("2026-02-02").on("2026-02-20", func(c *pep.Child) { c.LeftCare = day("2026-02-17") })
	if early.courses[0].Open() {
		t.Error("leaving care the day before the birthday is leaving care")
	}
}

func TestAChangeOfSettingWithinTheYearIsATransfer(t *testing.T) {
	toElm := func(c *pep.Child) { c.Setting = pep.Setting{Name: "Elm Primary", URN: "654321"} }
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on("2026-02-16", toElm)
	c := l.last()
	if c.Transfer == nil || c.Transfer.From.Name != "Oak Primary" || !c.Transfer.Authorised.IsZero() || len(l.courses) != 1 {
		t.Fatalf("%+v", c)
	}
	if _, err := c.AuthoriseTransfer(l.rec, day("2026-02-17"), "B", "stranger@elm.cheshire.sch.uk"); err == nil {
		t.Error("an address outside the register was confirmed")
	}
	l.act(c.AuthoriseTransfer(l.rec, day("2026-02-17"), "B", "dt@elm.cheshire.sch.uk")).on("2026-02-17")
	if len(l.courses) != 2 || l.last().Forward != pep.NewSchool || !l.last().Plan.Meeting.Date.IsZero() || l.last().Transfer != nil {
		t.Errorf("courses %+v", l.courses)
	}
	spelling := pupil(t, booked("2026-03-03")).on("2026-02-02").on("2026-02-16", func(c *pep.Child) { c.Setting.Name = "Oak Primary School" })
	if spelling.last().Transfer != nil {
		t.Error("a corrected spelling is a transfer")
	}
	gap := pupil(t, booked("2026-03-03")).on("2026-01-12").on("2026-01-19", func(c *pep.Child) { c.Setting = pep.Setting{} }).on("2026-02-16", toElm)
	if gap.last().Transfer == nil {
		t.Error("weeks without a setting hide a transfer")
	}
	september := pupil(t, booked("2026-07-07")).on("2026-06-01").sent("2026-06-15").on("2026-09-07", toElm)
	if september.last().Transfer != nil {
		t.Error("the move to another school in September needs no authorisation")
	}
}

func TestWhenAPlanIsBroughtForward(t *testing.T) {
	forward := func(why pep.BringForward) func(*pep.Child) { return func(c *pep.Child) { c.BringForward = why } }
	custody := func(c *pep.Child) { c.LegalStatus = "J1" }
	for _, row := range []struct {
		name    string
		sent    bool
		change  func(*pep.Child)
		courses int
		why     pep.BringForward
	}{
		{"excluded, no form out", false, forward(pep.Excluded), 1, pep.Excluded},
		{"excluded, form out", true, forward(pep.Excluded), 1, pep.Excluded},
		{"on request, form out", true, forward(pep.VirtualSchoolAsks), 1, pep.VirtualSchoolAsks},
		{"sentenced, no form out", false, custody, 1, pep.Sentenced},
		{"sentenced, form out", true, custody, 2, pep.Sentenced},
		{"nothing", true, func(*pep.Child) {}, 1, pep.NotBroughtForward},
	} {
		l := pupil(t, booked("2026-03-03")).on("2026-02-02")
		if row.sent {
			l.sent("2026-02-03")
		}
		l.on("2026-02-11", row.change)
		if len(l.courses) != row.courses || l.last().Forward != row.why {
			t.Errorf("%s: %d courses, %q", row.name, len(l.courses), l.last().Forward)
		}
		if row.why == pep.Sentenced && !l.last().Plan.Has(pep.InCustody) {
			t.Errorf("%s: %v", row.name, l.last().Plan.Circumstances)
		}
	}
}

func TestABookedMeetingThatIsToBeEarlierIsATaskUntilItMoves(t *testing.T) {
	excluded := func(c *pep.Child) { c.BringForward = pep.Excluded }
	l := pupil(t, booked("2026-03-17")).on("2026-02-02")
	task := func(l *life, iso string) timetable.Milestone {
		m, _ := l.rules.Look(l.rec, l.last(), timetable.Progress{}, l.cal, day(iso)).Milestone(timetable.SetMeeting)
		return m
	}
	if m := task(l, "2026-02-02"); m.Name != "" {
		t.Errorf("a booked meeting is to be set: %+v", m)
	}
	m := task(l.on("2026-02-11", excluded), "2026-02-11")
	if m.Due != day("2026-02-11") || !strings.HasPrefix(strings.Join(m.Why, "; "), "brought forward (permanent exclusion)") {
		t.Errorf("after the exclusion: %+v", m)
	}
	if m := task(l.on("2026-02-13", booked("2026-03-03")), "2026-02-13"); m.Name != "" {
		t.Errorf("it is still to be set after it was moved: %+v", m)
	}
	word := pupil(t, booked("2026-03-17")).on("2026-02-02")
	word.act(word.last().BringForward(pep.VirtualSchoolAsks, day("2026-02-03"))).on("2026-02-04")
	if m := task(word, "2026-02-04"); m.Due != day("2026-02-03") {
		t.Errorf("by an officer's word: %+v", m)
	}
	first := pupil(t, booked("2026-03-17"), excluded).on("2026-02-02")
	if m := task(first, "2026-02-02"); m.Name != "" {
		t.Errorf("the first export names the meeting with its reason: %+v", m)
	}
}

func TestThatAMeetingWasHeldIsSaidOfThePlanBefore(t *testing.T) {
	l := pupil(t, booked("2026-02-04")).on("2026-02-02").sent("2026-02-02").finalised("2026-02-05")
	l.on("2026-02-10", unbooked, wasHeld("2026-02-04"), func(c *pep.Child) {
		c.MeetingStatus, c.Setting = pep.MeetingHeld, pep.Setting{Name: "Elm Primary", URN: "654321"}
	})
	l.act(l.last().AuthoriseTransfer(l.rec, day("2026-02-11"), "B", "dt@elm.cheshire.sch.uk")).on("2026-02-12")
	if len(l.courses) != 2 || l.last().Status != pep.MeetingUnknown {
		t.Fatalf("%d plans; the next one's meeting is %q before it has a date", len(l.courses), l.last().Status)
	}
	l.on("2026-02-23", booked("2026-03-24"), func(c *pep.Child) { c.MeetingStatus = pep.MeetingBooked })
	if len(l.courses) != 2 || l.last().Plan.Meeting.Date != day("2026-03-24") || l.last().Status != pep.MeetingBooked {
		t.Errorf("%d plans; the last %+v", len(l.courses), l.last())
	}
	ahead := pupil(t, booked("2026-03-24"), func(c *pep.Child) { c.MeetingStatus = pep.MeetingHeld }).on("2026-02-02")
	if ahead.last().Status != pep.MeetingBooked {
		t.Errorf("a meeting to come is %q", ahead.last().Status)
	}
}

func TestANewTermOpensTheNextPlanWithoutADate(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").finalised("2026-03-10").on("2026-03-11")
	if len(l.courses) != 1 || l.last().Status != pep.MeetingHeld {
		t.Fatalf("%+v", l.courses)
	}
	l.on("2026-04-20")
	if len(l.courses) != 2 || l.last().Plan.Term.Name != pep.Summer || !l.last().Plan.Meeting.Date.IsZero() {
		t.Errorf("%+v", l.courses)
	}
}

func TestAClockThatRanAheadLeavesNothingBehind(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03")
	l.on("2026-02-04")
	right := slices.Clone(l.courses)
	l.on("2027-02-04", func(c *pep.Child) { c.LeftCare = day("2026-12-01") })
	l.on("2026-02-05", func(c *pep.Child) { c.LeftCare = pep.Date{} })
	if d := cmp.Diff(right, l.courses); d != "" {
		t.Errorf("(-before +after):\n%s", d)
	}
}

func TestCoursesKeepTheLaws(t *testing.T) {
	rules, cal := load(t, "cheshire-west")
	rapid.Check(t, func(rt *rapid.T) {
		rec := drawRecord(rt)
		var courses []timetable.Course
		done := map[string]timetable.Progress{}
		on := day("2025-09-01")
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			on = on.AddDays(rapid.IntRange(0, 40).Draw(rt, "days"))
			next := drawRecord(rt)
			next.Ref, next.Child.ID, next.Child.DateOfBirth = rec.Ref, rec.Child.ID, rec.Child.DateOfBirth
			courses = rules.Follow(next, courses, func(key string) timetable.Progress { return done[key] }, cal, on)
			checkCourses(rt, courses)
			if last := courses[len(courses)-1]; last.Open() && last.Plan.Phase != pep.NoPhase && rapid.Bool().Draw(rt, "sent") {
				done[last.Plan.Key()] = timetable.Progress{FormSent: on}
			}
		}
	})
}

// checkCourses: no two plans share a key, and only the newest may be without a
// form.
func checkCourses(t *rapid.T, courses []timetable.Course) {
	keys := map[string]bool{}
	for i, c := range courses {
		if c.Plan.Phase == pep.NoPhase {
			continue
		}
		if keys[c.Plan.Key()] {
			t.Fatalf("two plans have the key %s", c.Plan.Key())
		}
		keys[c.Plan.Key()] = true
		if c.Open() && i < len(courses)-1 && !c.Fixed && c.Status != pep.MeetingHeld && c.Status != pep.MeetingBooked {
			t.Fatalf("an older plan still waits for its form: %+v", c)
		}
	}
	if len(courses) == 0 {
		t.Fatal("no course")
	}
}
