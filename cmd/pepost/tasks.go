package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

// tasksFlags are the flags of the tasks commands.
type tasksFlags struct{ on, until, note, by string }

func (p *program) tasksCommand() *cobra.Command {
	var f tasksFlags
	list := func(cmd *cobra.Command, _ []string) error { return p.tasksList(cmd.Context(), f) }
	group := &cobra.Command{
		Use: "tasks", Short: "what people have to do for the plans, and what was done",
		Example: "  pepost tasks\n  pepost tasks done PEP-7F3K-2Q child_copy --by \"A. Officer\"", Args: cobra.NoArgs, RunE: list,
	}
	one := &cobra.Command{
		Use: "list", Short: "one line a task that is open", Example: "  pepost tasks list --on 2026-02-02 --until 2026-02-28 --json", Args: cobra.NoArgs, RunE: list,
	}
	for _, cmd := range []*cobra.Command{group, one} {
		cmd.Flags().StringVar(&f.on, "on", "", "as seen on this `DATE` (default today)")
		cmd.Flags().StringVar(&f.until, "until", "", "look ahead to this `DATE` (default the day it is seen on)")
	}
	done := &cobra.Command{
		Use: "done REF MILESTONE", Short: "record that a task was done",
		Long: "done records that a task was done, by whom and when. What is done by the\n" +
			"deliveries, the returns or the register is no task. A second time changes nothing.",
		Example: "  pepost tasks done PEP-7F3K-2Q child_copy --note \"given at the visit\" --by \"A. Officer\"", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return p.taskDone(cmd.Context(), f, args[0], args[1]) },
	}
	done.Flags().StringVar(&f.note, "note", "", "what is to be remembered of it")
	done.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	group.AddCommand(one, done)
	return group
}

// taskLine is one line of tasks --json.
type taskLine struct {
	Ref       pep.Ref                 `json:"ref"`
	Milestone timetable.MilestoneName `json:"milestone"`
	Due       pep.Date                `json:"due"`
	Role      pep.Role                `json:"role"`
	Late      bool                    `json:"late"`
	Why       []string                `json:"why"`
	// Mail is the message that the task is about.
	Mail string `json:"mail,omitempty"`
}

func (p *program) tasksList(ctx context.Context, f tasksFlags) error {
	if f.on != "" {
		if _, err := day("--on", f.on, pep.Date{}); err != nil {
			return err
		}
		p.flags.now = f.on
	}
	return p.with(ctx, false, func(i *installation) error {
		until, err := day("--until", f.until, pep.DateOf(i.runner.Now()))
		if err != nil {
			return err
		}
		rows := [][]string{{"reference", "what", "due", "for", "why"}}
		err = i.runner.Tasks(ctx, until, func(task timetable.Due) error {
			line := taskLine{task.Ref, task.Milestone, task.Due, task.Role, task.Late, notNil(task.Why), ""}
			if p.flags.json {
				return p.printJSON(line)
			}
			rows = append(rows, line.cells())
			return nil
		})
		if err != nil {
			return err
		}
		open, err := i.runner.OpenMail(ctx)
		if err != nil {
			return err
		}
		for _, m := range open {
			line := mailTask(m)
			if p.flags.json {
				if err := p.printJSON(line); err != nil {
					return err
				}
			}
			rows = append(rows, line.cells())
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}

// mailTask is the task of whoever has to read a message.
func mailTask(m pipeline.Mail) taskLine {
	return taskLine{
		Ref: m.Ref, Milestone: timetable.MilestoneName(m.Errand()), Due: pep.DateOf(m.At), Role: pep.Officer,
		Why: append(notNil(m.Reasons), "pepost mail done "+m.ID+" ends it"), Mail: m.ID,
	}
}

func (l taskLine) cells() []string {
	when := "-"
	if !l.Due.IsZero() {
		when = l.Due.String()
	}
	if l.Late {
		when += " late"
	}
	return []string{string(l.Ref), string(l.Milestone), when, string(l.Role), strings.Join(l.Why, "; ")}
}

// doneLine is what tasks done --json prints.
type doneLine struct {
	Ref       pep.Ref                 `json:"ref"`
	Plan      string                  `json:"plan"`
	Milestone timetable.MilestoneName `json:"milestone"`
	Done      pep.Date                `json:"done"`
}

func (p *program) taskDone(ctx context.Context, f tasksFlags, ref, milestone string) error {
	refs, err := references([]string{ref})
	if err != nil {
		return err
	}
	name := timetable.MilestoneName(strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(milestone)))
	return p.with(ctx, false, func(i *installation) error {
		course, err := i.runner.MarkDone(ctx, refs[0], name, pipeline.By{Name: p.person(f.by), Why: f.note})
		if err != nil {
			return err
		}
		line := doneLine{Ref: refs[0], Plan: course.Plan.Key(), Milestone: name, Done: course.Done(name)}
		if p.flags.json {
			return p.printJSON(line)
		}
		p.table([][]string{{"reference", "what", "done"}, {string(line.Ref), string(line.Milestone), line.Done.String()}})
		return nil
	})
}
