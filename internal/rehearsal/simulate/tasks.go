package simulate

import (
	"context"
	"errors"
	"slices"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report/workload"
	"github.com/pepost/pepost/internal/timetable"
)

// task is one task of a plan and the day on which it will be done.
type task struct {
	ref       pep.Ref
	milestone timetable.MilestoneName
	on        pep.Date
}

// takeUp puts the tasks that came up today before the officers, each once.
func (p *play) takeUp(ctx context.Context, open []timetable.Due) error {
	for _, row := range open {
		key := row.PlanKey + "\x00" + string(row.Milestone)
		if p.tasks[key] {
			continue
		}
		p.tasks[key] = true
		p.work(row.Ref, workload.Tasks)
		record, err := p.runner.Register.Record(ctx, row.Ref)
		if err != nil {
			return err
		}
		days := p.stage.Scenario.TaskDays(record.Child.ID, string(row.Milestone))
		p.todo = append(p.todo, task{row.Ref, row.Milestone, p.day.AddDays(days)})
	}
	return nil
}

// doTasks marks the tasks done whose day has come. What a mark does not end,
// such as a date that only the next export can bring, stays open.
func (p *play) doTasks(ctx context.Context) error {
	var failed error
	p.todo = slices.DeleteFunc(p.todo, func(t task) bool {
		if failed != nil || t.on.After(p.day) {
			return false
		}
		p.touched[t.ref] = true
		_, err := p.runner.MarkDone(ctx, t.ref, t.milestone, p.by("done"))
		var not *timetable.ActionError
		if err != nil && !errors.As(err, &not) {
			failed = err
		}
		return true
	})
	return failed
}
