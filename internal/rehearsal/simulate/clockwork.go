package simulate

import (
	"fmt"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/timetable"
)

// unnamed is when it is looked what is due where the authority's rules name no
// schedule. The daemon then looks every hour of the working day; twice is
// enough for a play, since plans are made final and returns accepted in one
// hour of it.
const unnamed = "0 7,10 * * 1-5"

// clockwork is one schedule as a daemon would keep it.
type clockwork struct {
	schedule schedule.Schedule
	last     schedule.Moment
	zone     *time.Location
}

// newClockwork begins the schedule of forms just before a moment.
func newClockwork(rules timetable.Rules, begin time.Time, zone *time.Location) (*clockwork, error) {
	said, named := rules.Schedules[timetable.ScheduleForms]
	if !named {
		said = timetable.Schedule{Cron: unnamed}
	}
	spec, err := schedule.Parse(said.Cron)
	if err != nil {
		return nil, fmt.Errorf("reading the schedule of forms: %w", err)
	}
	return &clockwork{
		schedule: schedule.Schedule{
			Name: string(timetable.ScheduleForms), Spec: spec, Missed: said.Missed, Oldest: time.Duration(said.Oldest) * time.Hour,
		},
		last: schedule.MomentOf(begin, zone) - 1, zone: zone,
	}, nil
}

// moments are the hours of a day and the moments at which the schedule fires,
// in order.
func (c *clockwork) moments(day pep.Date) []schedule.Moment {
	first := schedule.MomentOf(day.In(c.zone, 0, 0), c.zone)
	var all []schedule.Moment
	for hour := range schedule.Moment(24) {
		all = append(all, first+60*hour)
	}
	for m := c.schedule.Spec.Next(first - 1); m != 0 && m.Date() == day; m = c.schedule.Spec.Next(m) {
		all = append(all, m)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// owed reports whether the schedule owes a run now, one that was missed and is
// still to be made up for included, and takes all of them for done: forms are
// drafted up to today, so that one run does for several. Like the daemon it
// makes up for nothing after an absence so long that the clock is to be
// doubted.
func (c *clockwork) owed(now time.Time) bool {
	runs, note := schedule.Owed(c.schedule, schedule.Past{Last: c.last}, now, c.zone)
	c.last = schedule.MomentOf(now, c.zone)
	return slices.ContainsFunc(runs, func(r schedule.Run) bool { return note.Gap == 0 || !r.Late })
}
