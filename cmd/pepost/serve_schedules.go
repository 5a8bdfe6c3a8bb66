package main

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/schedule"
)

// schedules is the work of the daemon that falls due by the civil clock. The
// names are stored: one that changes begins anew.
func (p *program) schedules(_ *installation, drafts *drafting) ([]daemon.Job, error) {
	forms, err := scheduled("forms", "0 7-18 * * 1-5", schedule.Latest)
	if err != nil {
		return nil, err
	}
	return []daemon.Job{
		{Schedule: forms, Do: func(ctx context.Context, _ schedule.Run) error { return drafts.anew(ctx) }},
	}, nil
}

// scheduled gives a schedule of a name and a spec in cron's words.
func scheduled(name, spec string, missed schedule.Missed) (schedule.Schedule, error) {
	parsed, err := schedule.Parse(spec)
	if err != nil {
		return schedule.Schedule{}, fmt.Errorf("the schedule of %s: %w", name, err)
	}
	return schedule.Schedule{Name: name, Spec: parsed, Missed: missed}, nil
}
