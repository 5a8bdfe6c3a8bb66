package timetable_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// drawn is one plan: its register, its course and what happened to it.
type drawn struct {
	rules  timetable.Rules
	cal    *calendar.Calendar
	rec    pep.Record
	course timetable.Course
	done   timetable.Progress
	asOf   pep.Date
}

func (d drawn) look() timetable.Outlook { return d.rules.Look(d.rec, d.course, d.done, d.cal, d.asOf) }

func (d drawn) due(o timetable.Outlook, until pep.Date) []timetable.Due {
	return d.rules.Due(o, d.done, d.cal, until)
}

// authorities are the rules of several, every clock running.
func authorities(t *testing.T) func(*rapid.T) drawn {
	names := []string{"cheshire-west", "sefton", "st-helens", "sample"}
	all := map[string]drawn{}
	for _, name := range names {
		rules, cal := load(t, name)
		all[name] = drawn{rules: whole(rules), cal: cal}
	}
	return func(t *rapid.T) drawn {
		d := all[rapid.SampledFrom(names).Draw(t, "authority")]
		d.rec = drawRecord(t)
		d.rec.Child.SocialWorkerPart = rapid.SampledFrom(answers).Draw(t, "worker's part")
		d.rec.Child.NextCLAReview = drawDate(t, "review", "2025-01-01", 700)
		opened := day("2024-09-01").AddDays(rapid.IntRange(0, 500).Draw(t, "opened"))
		d.asOf = opened.AddDays(rapid.IntRange(0, 120).Draw(t, "as of"))
		nothing := func(string) timetable.Progress { return timetable.Progress{} }
		d.course = d.rules.Follow(d.rec, nil, nothing, d.cal, opened)[0]
		d.done = drawProgress(t, opened)
		return d
	}
}

// drawProgress is what may have happened to a plan, in the order in which it
// happens.
func drawProgress(t *rapid.T, from pep.Date) timetable.Progress {
	var p timetable.Progress
	for _, step := range []*pep.Date{&p.FormSent, &p.Returned, &p.Finalised, &p.FinalLeft} {
		if !rapid.Bool().Draw(t, "happened") {
			break
		}
		from = from.AddDays(rapid.IntRange(0, 30).Draw(t, "days"))
		*step = from
	}
	return p
}

func TestNothingIsDueBeforeItsDayAndNobodyTwice(t *testing.T) {
	draw := authorities(t)
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		o, until := d.look(), d.asOf.AddDays(rapid.IntRange(0, 40).Draw(t, "until"))
		seen := map[string]bool{}
		for _, row := range d.due(o, until) {
			if row.Skipped {
				continue
			}
			if row.Due.IsZero() || row.Due.After(until) {
				t.Fatalf("%s %s is due on %s, asked up to %s", row.Kind, row.Milestone, row.Due, until)
			}
			if row.Recipient.Role == pep.Parent && o.Plan.Has(pep.PlacedForAdoption) {
				t.Fatalf("%s goes to a birth parent of a child placed for adoption", row.Kind)
			}
			key := fmt.Sprintf("%s %s %s %s %s", row.Kind, row.Milestone, row.Occasion, row.Role, row.Recipient.Contact.Email.Canonical())
			if address := row.Recipient.Contact.Email.Canonical(); address != "" {
				key = fmt.Sprintf("%s %s %s to %s", row.Kind, row.Milestone, row.Occasion, address)
			} else if row.Recipient.Contact != (pep.Contact{}) {
				continue // several people without an address are several
			}
			if seen[key] {
				t.Fatalf("twice: %s", key)
			}
			seen[key] = true
		}
	})
}

func TestEveryMilestoneStandsOnceInItsPlaceWithItsReason(t *testing.T) {
	draw, order := authorities(t), timetable.MilestoneNames()
	rapid.Check(t, func(t *rapid.T) {
		last := -1
		for _, m := range draw(t).look().Milestones {
			at := slices.Index(order, m.Name)
			if at <= last {
				t.Fatalf("%s stands twice or out of its place", m.Name)
			}
			last = at
			if len(m.Why) == 0 || m.Late && !m.Done.IsZero() {
				t.Fatalf("a milestone without a reason, or done and late: %+v", m)
			}
		}
	})
}

func TestAClosedPlanHasNothingDue(t *testing.T) {
	draw := authorities(t)
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		d.course.Closed, d.course.ClosedWhy = d.asOf, "left care"
		rows := d.due(d.look(), d.asOf.AddDays(400))
		if len(rows) == 0 || slices.ContainsFunc(rows, func(r timetable.Due) bool { return !r.Skipped }) {
			t.Fatalf("of a closed plan is due: %v", lines(rows))
		}
	})
}

func TestTheSamePlanSeenTwiceIsTheSame(t *testing.T) {
	draw := authorities(t)
	addresses := cmp.Comparer(func(a, b pep.Address) bool { return a == b })
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		a, b := d.look(), d.look()
		if diff := cmp.Diff(a, b, addresses); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(d.due(a, d.asOf), d.due(b, d.asOf), addresses); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhatIsDoneMakesNothingElseEarlier(t *testing.T) {
	draw := authorities(t)
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		before := d.look()
		if !d.course.Open() || d.course.Plan.Phase == pep.NoPhase {
			return
		}
		mark := rapid.SampledFrom(timetable.MilestoneNames()).Draw(t, "done")
		marked, err := d.course.MarkDone(timetable.Mark{Milestone: mark, On: d.asOf, By: "A"})
		if err != nil {
			return
		}
		d.course = marked
		for _, m := range d.look().Milestones {
			was, ok := before.Milestone(m.Name)
			if ok && !was.Due.IsZero() && !m.Due.IsZero() && m.Due.Before(was.Due) {
				t.Fatalf("%s is done, and %s moves from %s to %s", mark, m.Name, was.Due, m.Due)
			}
			if m.Name == mark && m.Done.IsZero() {
				t.Fatalf("%s was marked and is not done", mark)
			}
		}
	})
}
