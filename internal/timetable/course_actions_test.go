package timetable_test

import (
	"errors"
	"testing"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

func TestWhatAnOfficerMayNotSayOfAPlan(t *testing.T) {
	open := pupil(t, booked("2026-03-03")).on("2026-02-02").last()
	closed := open
	closed.Closed, closed.ClosedWhy = day("2026-02-03"), "left care"
	none := open
	none.Plan.Phase = pep.NoPhase
	held := open
	held.Status = pep.MeetingHeld
	meeting := func(c timetable.Course, status pep.MeetingStatus, on, date string) error {
		e := timetable.MeetingEvent{On: day(on), Status: status, By: "A"}
		if date != "" {
			e.Meeting.Date = day(date)
		}
		_, err := c.SetMeeting(e)
		return err
	}
	mark := func(c timetable.Course, m timetable.MilestoneName) error {
		_, err := c.MarkDone(timetable.Mark{Milestone: m, On: day("2026-02-05"), By: "A"})
		return err
	}
	forward := func(c timetable.Course, why pep.BringForward) error {
		_, err := c.BringForward(why, day("2026-02-03"))
		return err
	}
	for name, err := range map[string]error{
		"a closed plan's meeting":        meeting(closed, pep.MeetingBooked, "2026-02-05", "2026-03-10"),
		"a meeting without a plan":       meeting(none, pep.MeetingBooked, "2026-02-05", "2026-03-10"),
		"a state that is none":           meeting(open, "done", "2026-02-05", "2026-03-10"),
		"a booking without a date":       meeting(open, pep.MeetingBooked, "2026-02-05", ""),
		"a booking in the past":          meeting(open, pep.MeetingBooked, "2026-02-05", "2026-02-04"),
		"held before its day":            meeting(open, pep.MeetingHeld, "2026-02-05", ""),
		"held on a day to come":          meeting(open, pep.MeetingHeld, "2026-02-05", "2026-02-06"),
		"cancelled after it was held":    meeting(held, pep.MeetingCancelled, "2026-03-05", ""),
		"a task that is none":            mark(open, "tea"),
		"a chaser called done":           mark(open, timetable.ChaseDue),
		"a transfer called done":         mark(open, timetable.TransferDue),
		"a closed plan's task":           mark(closed, timetable.ChildCopy),
		"a reason that is none":          forward(open, "hurry"),
		"bringing a closed plan forward": forward(closed, pep.Excluded),
	} {
		var refused *timetable.ActionError
		if !errors.As(err, &refused) || refused.What == "" || refused.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := open.AuthoriseTransfer(pep.Record{}, day("2026-02-05"), "B", "dt@oak.cheshire.sch.uk"); err == nil {
		t.Error("a transfer was authorised where there is none")
	}
}

func TestATaskIsMarkedOnce(t *testing.T) {
	c := pupil(t, booked("2026-03-03")).on("2026-02-02").last()
	once, err := c.MarkDone(timetable.Mark{Milestone: timetable.ViewsOut, On: day("2026-02-05"), By: "A"})
	if err != nil {
		t.Fatal(err)
	}
	twice, err := once.MarkDone(timetable.Mark{Milestone: timetable.ViewsOut, On: day("2026-02-09"), By: "B"})
	if err != nil || len(twice.Marks) != 1 || twice.Done(timetable.ViewsOut) != day("2026-02-05") || len(c.Marks) != 0 {
		t.Errorf("%v %+v", err, twice.Marks)
	}
}

func TestHeldMayBeSaidWithTheDayItWasHeld(t *testing.T) {
	c := pupil(t, booked("2026-03-03")).on("2026-02-02").last()
	c, err := c.SetMeeting(timetable.MeetingEvent{On: day("2026-02-20"), Status: pep.MeetingHeld, Meeting: pep.Meeting{Date: day("2026-02-19")}, By: "A"})
	if err != nil || c.Status != pep.MeetingHeld || c.Plan.Meeting.Date != day("2026-02-19") {
		t.Errorf("%v %+v", err, c)
	}
}
