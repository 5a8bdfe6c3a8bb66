package timetable

import (
	"errors"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/schedule"
)

// schedules reads {at: "0 7 * * 1-5", missed: latest, oldest_hours: 24,
// source: …} for everything that the daemon does at set times.
func (rd *reader) schedules(n rulefile.Node, rules *Rules) {
	names := ScheduleNames()
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = string(name)
	}
	fields := n.Fields(keys...)
	if n.Missing() {
		return
	}
	rules.Schedules = map[ScheduleName]Schedule{}
	for i, name := range names {
		rules.Schedules[name] = rd.schedule(rd.need(fields, schedulesSection, keys[i]))
	}
}

func (rd *reader) schedule(n rulefile.Node) Schedule {
	fields := n.Fields("at", "missed", "oldest_hours", "source")
	at := fields.Need("at")
	s := Schedule{
		Cron:   at.Text(),
		Missed: rulefile.OneOf(fields.Need("missed"), schedule.Latest, schedule.All, schedule.Skip),
		Oldest: fields.Need("oldest_hours").Number(1, 168),
		Source: rd.source(fields.Need("source")),
	}
	if s.Cron == "" {
		return s
	}
	var refused *schedule.SpecError
	if _, err := schedule.Parse(s.Cron); errors.As(err, &refused) {
		at.Problem("the schedule "+refused.What, refused.Hint)
	}
	return s
}
