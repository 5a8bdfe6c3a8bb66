package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/schedule"
	"github.com/pepost/pepost/internal/timetable"
)

// schedules is the work of the daemon that falls due by the civil clock, at the
// times of the authority's timetable. The names are stored: one that changes
// begins anew.
func (p *program) schedules(i *installation, drafts *drafting) ([]daemon.Job, error) {
	work := map[timetable.ScheduleName]func(context.Context, schedule.Run) error{
		timetable.ScheduleForms:  func(ctx context.Context, _ schedule.Run) error { return drafts.anew(ctx) },
		timetable.ScheduleDigest: func(ctx context.Context, _ schedule.Run) error { return i.sendDigest(ctx, drafts.log) },
	}
	var jobs []daemon.Job
	for _, name := range timetable.ScheduleNames() {
		when, err := i.scheduled(name)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, daemon.Job{Schedule: when, Do: work[name]})
	}
	return jobs, nil
}

// scheduled is a schedule as the authority's timetable has it; a change of its
// hours counts from the next start.
func (i *installation) scheduled(name timetable.ScheduleName) (schedule.Schedule, error) {
	said := i.rules.runner.Load().Rules.Schedules[name]
	parsed, err := schedule.Parse(said.Cron)
	if err != nil {
		return schedule.Schedule{}, fmt.Errorf("the schedule of %s: %w", name, err)
	}
	return schedule.Schedule{
		Name: string(name), Spec: parsed, Missed: said.Missed, Oldest: time.Duration(said.Oldest) * time.Hour,
	}, nil
}

// sendDigest puts the morning's digests into the outbox, whose change wakes
// the sending, and tells why an officer gets none.
func (i *installation) sendDigest(ctx context.Context, log *slog.Logger) error {
	out, err := i.rules.runner.Load().Digest(ctx)
	if err != nil {
		return err
	}
	for _, why := range out.NotMade {
		log.Warn("no digest", "why", why)
	}
	for _, d := range out.Made {
		log.Info("digest", "delivery", d.ID, "state", d.State)
	}
	return nil
}
