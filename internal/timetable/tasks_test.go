package timetable_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
)

func days(n int, unit calendar.Unit) timetable.Clock {
	return timetable.Clock{N: n, Unit: unit, Source: "the test"}
}

// whole are rules in which every clock runs.
func whole(r timetable.Rules) timetable.Rules {
	work := func(n int) timetable.Clock { return days(n, calendar.WorkingDays) }
	r.ViewsOut, r.CarerSheetOut, r.TellVirtualSchool = days(3, calendar.SchoolWeeks), days(2, calendar.SchoolWeeks), work(2)
	r.Finalise, r.ChildCopy, r.RecordProvision, r.NextMeeting = work(5), work(5), work(10), work(10)
	r.InitialMeeting, r.NewSetting, r.Moved, r.TellEducationAuthority = work(10), days(20, calendar.SchoolDays), work(20), work(5)
	r.Useful = work(5)
	r.Reminders = []timetable.Reminder{{After: work(1), To: timetable.RemindSetting}, {After: work(2), To: timetable.RemindHead}, {After: work(3), To: timetable.RemindVirtualSchool}}
	r.Reviews = timetable.Reviews{First: work(20), Second: work(60), Later: work(120), Before: work(3), CopyTargets: work(2)}
	r.LACode = timetable.Sourced[string]{Value: "896", Source: "the test"}
	r.KeyStageEnds = timetable.Sourced[[]int]{Value: []int{2, 6, 9, 11}, Source: "the test"}
	r.SchoolHours = timetable.Sourced[timetable.Hours]{Value: timetable.Hours{From: 9 * 60, Until: 15*60 + 30}, Source: "the test"}
	r.MeetingsInSchoolHours = timetable.Sourced[bool]{Source: "outside school hours"}
	r.MeetingsInHolidays = timetable.Sourced[bool]{Source: "not in holidays"}
	r.Workers = []timetable.Worker{{0, pep.SocialWorker, "the test"}, {16, pep.LeavingCareWorker, "the test"}, {18, pep.PersonalAdviser, "the test"}}
	r.Submissions = []timetable.Submission{
		{Term: pep.Term{Year: 2025, Name: pep.Spring}, On: day("2026-03-20"), Phases: []pep.Phase{pep.Post16}, Source: "the test"},
		{Term: pep.Term{Year: 2025, Name: pep.Spring}, On: day("2026-03-27"), Source: "the test"},
	}
	return r
}

// told is an outlook's milestones as "name day by kind", done ones marked.
func toldOf(all []timetable.Milestone) []string {
	var out []string
	for _, m := range all {
		line := fmt.Sprintf("%s %s %s %s", m.Name, m.Due, m.Kind, m.By)
		if !m.Done.IsZero() {
			line += " done " + m.Done.String()
		}
		if m.Late {
			line += " late"
		}
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return out
}

func TestEveryMilestoneOfATermlyPlan(t *testing.T) {
	l := pupil(t, booked("2026-03-17"), func(c *pep.Child) { c.NextCLAReview, c.SocialWorkerPart = day("2026-04-30"), pep.No })
	l.rec.Contacts = append(l.rec.Contacts, person(pep.FosterCarer, "carer@mail.example"))
	l.rec.Child.Placement, l.rec.Child.Setting.LAEstab = "U1", "8951234"
	l.on("2026-02-02")
	o := whole(l.rules).Look(l.rec, l.last(), timetable.Progress{}, l.cal, day("2026-02-02"))
	want := []string{
		"social_worker_part 2026-02-24 task social worker",
		"tell_education_authority 2026-02-09 task officer",
		"tell_virtual_school 2026-02-04 task social worker",
		"form_out 2026-02-24 form officer",
		"views_out 2026-02-24 task designated teacher",
		"carer_sheet_out 2026-03-03 task social worker",
		"return_due 2026-03-12 designated teacher",
		"chase 2026-03-13 chase officer",
		"meeting 2026-03-17 task social worker",
		"finalise 2026-03-24 task social worker",
		"final_due 2026-03-31 final officer",
		"child_copy task social worker",
		"submission 2026-03-27 task designated teacher",
		"current_for_review 2026-04-27 task social worker",
		"copy_targets 2026-04-28 task social worker",
		"record_provision 2026-03-31 task social worker",
		"next_meeting 2026-03-31 task social worker",
	}
	if d := cmp.Diff(want, toldOf(o.Milestones)); d != "" {
		t.Error(d)
	}
	for _, m := range o.Milestones {
		if len(m.Why) == 0 {
			t.Errorf("%s has no reason", m.Name)
		}
	}
}

func TestWhatEachMilestoneIsDoneBy(t *testing.T) {
	l := pupil(t, booked("2026-03-17")).on("2026-02-02").sent("2026-02-24").finalised("2026-03-19").on("2026-03-23", wasHeld("2026-03-17"), booked("2026-06-09"))
	first := l.courses[0]
	for _, m := range []timetable.MilestoneName{timetable.TellVirtualSchool, timetable.RecordProvision} {
		var err error
		if first, err = first.MarkDone(timetable.Mark{Milestone: m, On: day("2026-03-20"), By: "A"}); err != nil {
			t.Fatal(err)
		}
	}
	done := timetable.Progress{FormSent: day("2026-02-24"), Returned: day("2026-03-10"), Finalised: day("2026-03-19"), FinalLeft: day("2026-03-20")}
	o := whole(l.rules).Look(l.rec, first, done, l.cal, day("2026-03-30"))
	open := slices.DeleteFunc(toldOf(o.Milestones), func(line string) bool { return strings.Contains(line, " done ") })
	if d := cmp.Diff([]string{"child_copy 2026-03-27 task social worker late"}, open); d != "" {
		t.Error(d)
	}
}

func TestAFirstPlansClocksAndItsMeeting(t *testing.T) {
	l := pupil(t, func(c *pep.Child) {
		c.PEPType, c.PreviousPEP, c.BecameLookedAfter = "Initial", pep.Date{}, day("2026-01-26")
		c.Meeting.Date = day("2026-02-12")
	}).on("2026-02-02")
	o := whole(l.rules).Look(l.rec, l.last(), timetable.Progress{}, l.cal, day("2026-02-02"))
	for name, want := range map[timetable.MilestoneName]string{
		timetable.Initiate: "2026-02-09", timetable.InitialMeeting: "2026-02-09", timetable.Available: "2026-02-23",
	} {
		if m, ok := o.Milestone(name); !ok || m.Due.String() != want {
			t.Errorf("%s: %+v, want %s", name, m, want)
		}
	}
	if m, _ := o.Milestone(timetable.InitialMeeting); !m.Late || !strings.Contains(strings.Join(m.Why, "\n"), "is later than that") {
		t.Errorf("a first meeting after its day is not called late: %+v", m)
	}
	if m, ok := o.Milestone(timetable.CurrentForReview); !ok || m.Due != day("2026-02-18") || !strings.Contains(strings.Join(m.Why, "\n"), "the register names none") {
		t.Errorf("the first review: %+v", m)
	}
}

func TestWhoIsResponsibleFollowsTheAge(t *testing.T) {
	for dob, want := range map[string]pep.Role{"2012-05-05": pep.SocialWorker, "2010-02-02": pep.LeavingCareWorker, "2010-02-03": pep.SocialWorker, "2008-02-02": pep.PersonalAdviser} {
		l := pupil(t, booked("2026-03-17"), func(c *pep.Child) { c.DateOfBirth = day(dob) }).on("2026-02-02")
		o := whole(l.rules).Look(l.rec, l.last(), timetable.Progress{}, l.cal, day("2026-02-02"))
		if m, ok := o.Milestone(timetable.Finalise); !ok || m.By != want {
			t.Errorf("born %s: by the %s, want %s", dob, m.By, want)
		}
	}
}

func TestWhatSpeaksAgainstAMeeting(t *testing.T) {
	for _, row := range []struct {
		meeting pep.Meeting
		says    string
	}{
		{pep.Meeting{Date: day("2026-03-17"), Time: "10:30"}, "within school hours"},
		{pep.Meeting{Date: day("2026-03-17"), Time: "15:30"}, ""},
		{pep.Meeting{Date: day("2026-03-17"), Time: "after tea"}, ""},
		{pep.Meeting{Date: day("2026-02-18"), Time: "16:00"}, "no school day: half-term"},
	} {
		l := pupil(t, func(c *pep.Child) { c.Meeting = row.meeting }).on("2026-02-02")
		o := whole(l.rules).Look(l.rec, l.last(), timetable.Progress{}, l.cal, day("2026-02-02"))
		m, _ := o.Milestone(timetable.HoldMeeting)
		if why := strings.Join(m.Why[1:], "\n"); (row.says == "") != (why == "") || !strings.Contains(why, row.says) {
			t.Errorf("%v: %q, want %q", row.meeting, why, row.says)
		}
	}
}

func TestAnIncompletePartOfTheSocialWorkerHoldsTheForm(t *testing.T) {
	for answer, held := range map[pep.Answer]bool{pep.No: true, pep.Yes: false, "": false} {
		l := pupil(t, booked("2026-02-23"), func(c *pep.Child) { c.SocialWorkerPart = answer }).on("2026-02-02")
		rules := whole(l.rules)
		o := rules.Look(l.rec, l.last(), timetable.Progress{}, l.cal, day("2026-02-02"))
		for _, r := range rules.Due(o, timetable.Progress{}, l.cal, day("2026-02-02")) {
			if r.Kind == timetable.KindForm && (r.Hold != "") != held {
				t.Errorf("%q: held for %q", answer, r.Hold)
			}
		}
		if m, ok := o.Milestone(timetable.SocialWorkerPart); ok != (answer != "") || ok && m.Done.IsZero() != held {
			t.Errorf("%q: %+v", answer, m)
		}
	}
}

func TestRemindersGoFromTheSettingToTheHeadToTheVirtualSchool(t *testing.T) {
	l := pupil(t, booked("2026-03-24"))
	l.rec.Contacts = []pep.Contact{person(pep.DesignatedTeacher, "dt@oak.cheshire.sch.uk"), person(pep.Head, "head@oak.cheshire.sch.uk")}
	l.on("2026-02-02")
	rules := whole(l.rules)
	done := timetable.Progress{FormSent: day("2026-03-03")}
	var got []string
	for _, on := range []string{"2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24"} {
		o := rules.Look(l.rec, l.last(), done, l.cal, day(on))
		for _, r := range rules.Due(o, done, l.cal, day(on)) {
			if r.Milestone == timetable.ChaseDue && !r.Skipped && r.Due == day(on) {
				got = append(got, strings.Join([]string{on, string(r.Kind), string(r.Role), r.Occasion}, " "))
			}
		}
	}
	want := []string{"2026-03-20 chase designated teacher ", "2026-03-23 chase head reminder 2", "2026-03-24 task officer reminder 3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	done.Returned = day("2026-03-20")
	o := rules.Look(l.rec, l.last(), done, l.cal, day("2026-03-24"))
	for _, r := range rules.Due(o, done, l.cal, day("2026-03-24")) {
		if r.Kind == timetable.KindChase || r.Milestone == timetable.ChaseDue && !r.Skipped {
			t.Errorf("the return does not end the reminders: %+v", r)
		}
	}
}

func TestWhatWasMissedForLongIsForAPerson(t *testing.T) {
	l := pupil(t, booked("2026-03-24")).on("2026-02-02")
	rules := whole(l.rules)
	for on, missed := range map[string]bool{"2026-03-03": false, "2026-03-10": false, "2026-03-11": true} {
		o := rules.Look(l.rec, l.last(), timetable.Progress{}, l.cal, day(on))
		for _, r := range noTasks(rules.Due(o, timetable.Progress{}, l.cal, day(on))) {
			if (r.Missed != "") != missed || r.Hold != "" {
				t.Errorf("%s: %q", on, r.Missed)
			}
		}
	}
	late := pupil(t, booked("2026-03-24")).on("2026-03-11")
	o := rules.Look(late.rec, late.last(), timetable.Progress{}, late.cal, day("2026-03-11"))
	for _, r := range noTasks(rules.Due(o, timetable.Progress{}, late.cal, day("2026-03-11"))) {
		if r.Missed != "" || !r.Late {
			t.Errorf("what could not be known before is missed: %+v", r)
		}
	}
}

func TestTheFullPlanGoesToTheConfirmedAddressAndNoOther(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on("2026-02-16", func(c *pep.Child) { c.Setting = pep.Setting{Name: "Elm Primary", URN: "654321"} })
	rules := whole(l.rules)
	due := func(c timetable.Course) []timetable.Due {
		o := rules.Look(l.rec, c, timetable.Progress{}, l.cal, day("2026-02-17"))
		return slices.DeleteFunc(rules.Due(o, timetable.Progress{}, l.cal, day("2026-02-17")), func(r timetable.Due) bool {
			return r.Milestone != timetable.TransferDue
		})
	}
	if rows := due(l.last()); len(rows) != 1 || rows[0].Kind != timetable.KindTask || rows[0].Role != pep.VirtualSchool {
		t.Fatalf("not authorised: %+v", rows)
	}
	c, err := l.last().AuthoriseTransfer(l.rec, day("2026-02-17"), "B", "dt@elm.cheshire.sch.uk")
	if err != nil {
		t.Fatal(err)
	}
	if rows := due(c); len(rows) != 1 || rows[0].Kind != timetable.KindTransfer || rows[0].Recipient.Contact.Email.Canonical() != "dt@elm.cheshire.sch.uk" {
		t.Errorf("authorised: %+v", rows)
	}
	l.rec.Contacts = l.rec.Contacts[:1]
	if rows := due(c); len(rows) != 1 || !rows[0].Recipient.Contact.Email.Empty() {
		t.Errorf("the address is not in the register any more: %+v", rows)
	}
}

func TestAClosedPlanAsksForNothing(t *testing.T) {
	l := pupil(t, booked("2026-03-03")).on("2026-02-02").sent("2026-02-03").on("2026-02-20", func(c *pep.Child) { c.LeftCare = day("2026-02-18") })
	rules := whole(l.rules)
	o := rules.Look(l.rec, l.courses[0], timetable.Progress{FormSent: day("2026-02-03")}, l.cal, day("2026-03-30"))
	if rows := rules.Due(o, timetable.Progress{FormSent: day("2026-02-03")}, l.cal, day("2026-03-30")); len(rows) != 1 || !rows[0].Skipped || !strings.Contains(rows[0].Why[0], "left care") {
		t.Errorf("%+v", rows)
	}
}

func TestASettingsOwnTermDatesCountForItsSchoolWeeks(t *testing.T) {
	files := fstest.MapFS{"cheshire-west/settings/oak.yaml": &fstest.MapFile{Data: []byte(`setting: {name: Oak Primary, urn: "123456"}
source: "the school's own list"
years:
  - year: "2025/26"
    source: "the school's own list"
    terms:
      - name: autumn
        first_half: "Mon 1 Sep 2025 to Fri 17 Oct 2025"
        second_half: "Mon 3 Nov 2025 to Fri 19 Dec 2025"
      - name: spring
        first_half: "Mon 5 Jan 2026 to Fri 6 Feb 2026"
        second_half: "Mon 23 Feb 2026 to Wed 1 Apr 2026"
      - name: summer
        first_half: "Mon 20 Apr 2026 to Fri 22 May 2026"
        second_half: "Mon 1 Jun 2026 to Wed 22 Jul 2026"
`)}}
	for _, name := range []string{"cheshire-west/calendar.yaml", "bank-holidays.yaml"} {
		data, err := fs.ReadFile(schedules.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	cal, err := calendar.Load(files, "cheshire-west")
	if err != nil {
		t.Fatal(err)
	}
	l := pupil(t, booked("2026-03-03"))
	l.cal = cal
	l.on("2026-01-12")
	o := whole(l.rules).Look(l.rec, l.last(), timetable.Progress{}, cal, day("2026-01-12"))
	if why := strings.Join(o.FormDue.Why, "\n"); o.FormDue.Due != day("2026-01-27") || !strings.Contains(why, "the school's own list") {
		t.Errorf("form due %s, want a week earlier than by the authority's dates (3 February): %s", o.FormDue.Due, why)
	}
	if o.ReturnDue.Due != day("2026-02-26") {
		t.Errorf("working days are the authority's: %s", o.ReturnDue.Due)
	}
	l.rec.Child.Setting = pep.Setting{Name: "Far Primary", URN: "999999", LAEstab: "8951234"}
	far := l.on("2026-01-13").last()
	o = whole(l.rules).Look(l.rec, far, timetable.Progress{}, cal, day("2026-01-13"))
	if why := strings.Join(o.FormDue.Why, "\n"); o.FormDue.Due != day("2026-02-03") || !strings.Contains(why, "the responsible authority's term dates count") {
		t.Errorf("out of area: %s, %s", o.FormDue.Due, why)
	}
}
