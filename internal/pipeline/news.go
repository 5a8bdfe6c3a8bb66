package pipeline

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// newsOf says in an officer's words what became of a child's plans, without
// any particular of the child: no dates of care, no places, no reasons.
func newsOf(was, now []timetable.Course) string {
	var news []string
	for i, course := range now {
		var before timetable.Course
		if i < len(was) {
			before = was[i]
		} else if course.Plan.Phase != pep.NoPhase {
			news = append(news, "a plan opened")
		}
		news = append(news, newsOfOne(before, course)...)
	}
	return strings.Join(slices.Compact(news), "; ")
}

// newsOfOne is what became of one plan.
func newsOfOne(was, now timetable.Course) []string {
	var news []string
	tell := func(is bool, what string) {
		if is {
			news = append(news, what)
		}
	}
	for _, event := range now.Meetings[min(len(was.Meetings), len(now.Meetings)):] {
		news = append(news, "the meeting is "+string(event.Status))
	}
	tell(now.Fixed && !was.Fixed, "its form left: the plan is fixed")
	tell(now.Forward != was.Forward && now.Forward != pep.NotBroughtForward, "brought forward")
	tell(now.Transfer != nil && (was.Transfer == nil || was.Transfer.On != now.Transfer.On), "the child changed setting within the year")
	tell(now.Transfer != nil && !now.Transfer.Authorised.IsZero() && (was.Transfer == nil || was.Transfer.Authorised.IsZero()), "the transfer of the full plan is authorised")
	for _, mark := range now.Marks[min(len(was.Marks), len(now.Marks)):] {
		news = append(news, "done: "+string(mark.Milestone))
	}
	tell(!now.Open() && was.Open(), "closed")
	tell(now.Open() && !was.Open(), "open again")
	return news
}
