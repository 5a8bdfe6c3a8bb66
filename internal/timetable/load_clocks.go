package timetable

import (
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/rulefile"
)

// none is written where an authority has no such thing.
const none = "none"

// packClock is the one clock that a file need not have.
const packClock = "pack"

func (rd *reader) clocks(n rulefile.Node, rules *Rules) {
	fields := n.Fields(append(keysOf(clocksSection), "chase", packClock)...)
	need := func(key string) rulefile.Node { return rd.need(fields, clocksSection, key) }
	if fields.Has("chase") { // as files of an earlier version have it
		fields.May("chase").Problem("the chaser is the first step under reminders now", "take this out and write "+rd.ready(wholeFile, "reminders"))
	}
	// Files of an earlier version have no such clock, and send no packs: they stand.
	if fields.Has(packClock) {
		rules.Pack = rd.clockOrNone(fields.May(packClock))
	}
	// What goes out and comes back, and how long a missed thing is made up
	// for, no authority does without.
	rules.FormOut = rd.clock(need("form_out"))
	rules.Return = rd.clock(need("return"))
	rules.Final = rd.clock(need("final"))
	rules.Initiate = rd.clock(need("initiate"))
	rules.Available = rd.clock(need("available"))
	rules.Useful = rd.clock(need("useful"))
	for key, clock := range map[string]*Clock{
		"views_out": &rules.ViewsOut, "carer_sheet_out": &rules.CarerSheetOut, "tell_virtual_school": &rules.TellVirtualSchool,
		"finalise": &rules.Finalise, "child_copy": &rules.ChildCopy, "record_provision": &rules.RecordProvision,
		"next_meeting": &rules.NextMeeting, "initial_meeting": &rules.InitialMeeting, "new_setting": &rules.NewSetting,
		"moved": &rules.Moved, "tell_education_authority": &rules.TellEducationAuthority,
	} {
		*clock = rd.clockOrNone(need(key))
	}
}

func (rd *reader) reviews(n rulefile.Node, rules *Rules) {
	fields := n.Fields(keysOf(reviewsSection)...)
	for key, clock := range map[string]*Clock{
		"first": &rules.Reviews.First, "second": &rules.Reviews.Second, "later": &rules.Reviews.Later,
	} {
		*clock = rd.clock(rd.need(fields, reviewsSection, key))
	}
	rules.Reviews.Before = rd.clockOrNone(rd.need(fields, reviewsSection, "plan_current"))
	rules.Reviews.CopyTargets = rd.clockOrNone(rd.need(fields, reviewsSection, "copy_targets"))
}

// clock reads {value: 3, unit: school weeks, source: …}.
func (rd *reader) clock(n rulefile.Node) Clock {
	fields := n.Fields("value", "unit", "source")
	return Clock{
		N:      fields.Need("value").Number(0, 100),
		Unit:   rulefile.OneOf(fields.Need("unit"), calendar.AllUnits()...),
		Source: rd.source(fields.Need("source")),
	}
}

// clockOrNone is a clock that an authority may do without: {value: none,
// source: …}.
func (rd *reader) clockOrNone(n rulefile.Node) Clock {
	fields := n.Fields("value", "unit", "source")
	if !fields.May("value").Says(none) {
		return rd.clock(n)
	}
	if unit := fields.May("unit"); fields.Has("unit") {
		unit.Problem("a unit stands beside none", "take the unit out, or write a number for none")
	}
	return Clock{Source: rd.source(fields.Need("source"))}
}

// reminders are the steps in the order in which they are taken. The first goes
// to the setting: it is the chaser.
func (rd *reader) reminders(n rulefile.Node, rules *Rules) {
	items := n.Items()
	if !n.Missing() && len(items) == 0 {
		n.Problem("nobody is reminded", "write "+rd.ready(wholeFile, "reminders"))
	}
	for i, item := range items {
		fields := item.Fields("to", "value", "unit", "source")
		to := fields.Need("to")
		step := Reminder{
			To: rulefile.OneOf(to, RemindSetting, RemindHead, RemindVirtualSchool),
			After: Clock{
				N: fields.Need("value").Number(0, 100), Unit: rulefile.OneOf(fields.Need("unit"), calendar.AllUnits()...),
				Source: rd.source(fields.Need("source")),
			},
		}
		rules.inOrder(step, to, fields.May("value"), i)
		rules.Reminders = append(rules.Reminders, step)
	}
	if len(rules.Reminders) > 0 {
		rules.Chase = rules.Reminders[0].After
	}
}

// inOrder refuses a step that goes to somebody for the second time, or comes
// before the one above it.
func (r *Rules) inOrder(step Reminder, to, value rulefile.Node, at int) {
	if at == 0 {
		if step.To != RemindSetting && step.To != "" {
			to.Problem("the first reminder does not go to the setting", "write setting here: it has the form")
		}
		return
	}
	for _, earlier := range r.Reminders {
		if earlier.To == step.To && step.To != "" {
			to.Problem("this step stands twice", "keep one of them")
			return
		}
	}
	if last := r.Reminders[at-1].After; last.Unit == step.After.Unit && step.After.N < last.N {
		value.Problem("the step comes before the one above it", "write the steps in the order in which they are taken")
	}
}
