package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

// plansFlags are the flags of the plans commands.
type plansFlags struct {
	status, date, time string
	by, why, reason    string
	authorisedBy, to   string
}

func (p *program) plansCommand() *cobra.Command {
	var f plansFlags
	list := func(cmd *cobra.Command, _ []string) error { return p.plansList(cmd.Context()) }
	group := &cobra.Command{
		Use: "plans", Short: "the course of each plan, and an officer's word on it",
		Example: "  pepost plans list\n  pepost plans show PEP-7F3K-2Q", Args: cobra.NoArgs, RunE: list,
	}
	group.AddCommand(
		&cobra.Command{Use: "list", Short: "one line a plan that goes on", Example: "  pepost plans list --json", Args: cobra.NoArgs, RunE: list},
		&cobra.Command{
			Use: "show REF", Short: "all plans of one child, with their meetings, milestones and reasons",
			Example: "  pepost plans show PEP-7F3K-2Q --json", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return p.plansShow(cmd.Context(), args[0]) },
		},
		p.meetingCommand(&f), p.forwardCommand(&f), p.transferCommand(&f),
	)
	return group
}

func (p *program) meetingCommand(f *plansFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "meeting REF", Short: "record what became of a meeting",
		Long: "meeting records an officer's word on the meeting of a child's newest plan. The\n" +
			"register counts again as soon as an export says something new.",
		Example: "  pepost plans meeting PEP-7F3K-2Q --status booked --date 2026-03-03 --time 14:00 --why \"the setting rang\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.meeting(cmd.Context(), *f, args[0]) },
	}
	cmd.Flags().StringVar(&f.status, "status", "", "proposed, booked, cancelled, reconvened or held")
	cmd.Flags().StringVar(&f.date, "date", "", "the meeting's `DATE`")
	cmd.Flags().StringVar(&f.time, "time", "", "the meeting's `TIME`, such as 14:00")
	cmd.Flags().StringVar(&f.why, "why", "", "what was said, and by whom")
	cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	return cmd
}

func (p *program) forwardCommand(f *plansFlags) *cobra.Command {
	var reasons []string
	for _, reason := range pep.BringForwards() {
		reasons = append(reasons, fmt.Sprintf("%q", reason))
	}
	cmd := &cobra.Command{
		Use: "forward REF", Short: "bring the next meeting forward",
		Long:    "forward records why the next meeting is to be held before its time. The reasons\nare " + strings.Join(reasons, ", ") + ".",
		Example: "  pepost plans forward PEP-7F3K-2Q --reason \"virtual school's request\" --by \"A. Head\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.forward(cmd.Context(), *f, args[0]) },
	}
	cmd.Flags().StringVar(&f.reason, "reason", "", "one of the reasons above")
	cmd.Flags().StringVar(&f.why, "why", "", "what else is to be remembered of it")
	cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	return cmd
}

func (p *program) transferCommand(f *plansFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "transfer REF", Short: "authorise that the full plan goes to a new setting",
		Long: "transfer records the Virtual School's word that the full plan goes to the one\n" +
			"confirmed designated teacher of the setting that the child moved to within the\n" +
			"year. The address must be that of a designated teacher, practitioner or person\n" +
			"in the register. The next send sends it.",
		Example: "  pepost plans transfer PEP-7F3K-2Q --authorised-by \"A. Head\" --to dt@newschool.sch.uk", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.transfer(cmd.Context(), *f, args[0]) },
	}
	cmd.Flags().StringVar(&f.authorisedBy, "authorised-by", "", "who of the Virtual School authorised it")
	cmd.Flags().StringVar(&f.to, "to", "", "the new designated teacher's `ADDRESS`, as the register has it")
	return cmd
}

// planLine is one plan of plans --json.
type planLine struct {
	Ref        pep.Ref                  `json:"ref"`
	Plan       string                   `json:"plan"`
	Phase      pep.Phase                `json:"phase"`
	Variant    pep.Variant              `json:"variant,omitempty"`
	Opened     pep.Date                 `json:"opened"`
	Fixed      bool                     `json:"fixed"`
	Status     pep.MeetingStatus        `json:"status,omitempty"`
	Meeting    *pep.Date                `json:"meeting,omitempty"`
	Time       string                   `json:"time,omitempty"`
	Meetings   []timetable.MeetingEvent `json:"meetings,omitempty"`
	Forward    pep.BringForward         `json:"forward,omitempty"`
	Transfer   *transferLine            `json:"transfer,omitempty"`
	Marks      []timetable.Mark         `json:"marks,omitempty"`
	Milestones []timetable.Milestone    `json:"milestones,omitempty"`
	Closed     *pep.Date                `json:"closed,omitempty"`
	ClosedWhy  string                   `json:"closed_why,omitempty"`
	Why        []string                 `json:"why"`
}

// transferLine is a transfer without the settings' names.
type transferLine struct {
	On         pep.Date  `json:"on"`
	Authorised *pep.Date `json:"authorised,omitempty"`
	By         string    `json:"by,omitempty"`
	To         string    `json:"to,omitempty"`
}

func planLineOf(o timetable.Outlook) planLine {
	c := o.Course
	line := planLine{
		Ref: o.Plan.Ref, Plan: o.Plan.Key(), Phase: o.Plan.Phase, Variant: o.Plan.Variant, Opened: c.Opened, Fixed: c.Fixed,
		Status: c.Status, Meeting: dated(o.Plan.Meeting.Date), Time: o.Plan.Meeting.Time, Meetings: c.Meetings, Forward: c.Forward,
		Marks: c.Marks, Milestones: milestonesOf(o), Closed: dated(c.Closed), ClosedWhy: c.ClosedWhy, Why: notNil(o.Plan.Why),
	}
	if t := c.Transfer; t != nil {
		line.Transfer = &transferLine{On: t.On, Authorised: dated(t.Authorised), By: t.By, To: t.To}
	}
	return line
}

// dated is a date that is known, else nothing.
func dated(d pep.Date) *pep.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

// milestonesOf are those of a plan; the days of a closed one are over.
func milestonesOf(o timetable.Outlook) []timetable.Milestone {
	switch {
	case o.Plan.Phase == pep.NoPhase || !o.Course.Open():
		return nil
	case len(o.Milestones) > 0:
		return o.Milestones
	}
	var all []timetable.Milestone
	for _, m := range []timetable.Milestone{o.InitialBy10, o.InitialBy20, o.FormDue, o.ReturnDue, o.FinalDue} {
		if m.Name != "" {
			all = append(all, m)
		}
	}
	return all
}

func (p *program) plansList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		rows := [][]string{{"reference", "plan", "opened", "meeting", "status", "what became of it"}}
		err := i.runner.EachPlan(ctx, func(o timetable.Outlook) error {
			line := planLineOf(o)
			line.Milestones, line.Meetings = nil, nil
			if p.flags.json {
				return p.printJSON(line)
			}
			rows = append(rows, line.cells())
			return nil
		})
		if err == nil && !p.flags.json {
			p.table(rows)
		}
		return err
	})
}

func (l planLine) cells() []string {
	meeting := "-"
	if l.Meeting != nil {
		meeting = strings.TrimSpace(l.Meeting.String() + " " + l.Time)
	}
	return []string{string(l.Ref), l.Plan, l.Opened.String(), meeting, string(l.Status), l.news()}
}

// news is what is out of the ordinary about a plan.
func (l planLine) news() string {
	var news []string
	tell := func(is bool, text string) {
		if is {
			news = append(news, text)
		}
	}
	tell(l.Phase == pep.NoPhase, "no plan: "+strings.Join(l.Why, "; "))
	tell(l.Fixed, "form out")
	tell(l.Forward != "", "brought forward: "+string(l.Forward))
	tell(l.Transfer != nil && l.Transfer.Authorised == nil, "transfer to be authorised")
	tell(l.Transfer != nil && l.Transfer.Authorised != nil, "transfer authorised")
	tell(l.Closed != nil, "closed: "+l.ClosedWhy)
	return strings.Join(news, "; ")
}

func (p *program) plansShow(ctx context.Context, text string) error {
	refs, err := references([]string{text})
	if err != nil {
		return err
	}
	return p.with(ctx, false, func(i *installation) error {
		all, err := i.runner.PlansOf(ctx, refs[0])
		if err != nil {
			return err
		}
		for _, o := range all {
			if err := p.tellPlan(o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *program) tellPlan(o timetable.Outlook) error {
	line := planLineOf(o)
	if p.flags.json {
		return p.printJSON(line)
	}
	p.table([][]string{{"reference", "plan", "opened", "meeting", "status", "what became of it"}, line.cells()})
	rows := [][]string{{"  when", "what", "by", "why"}}
	for _, event := range line.Meetings {
		what := "meeting " + string(event.Status)
		if !event.Meeting.Date.IsZero() {
			what += ": " + event.Meeting.Date.Long()
		}
		rows = append(rows, []string{"  " + event.On.String(), what, event.By, event.Why})
	}
	for _, mark := range line.Marks {
		rows = append(rows, []string{"  " + mark.On.String(), "done: " + string(mark.Milestone), mark.By, mark.Note})
	}
	for _, m := range line.Milestones {
		due := "not known"
		if !m.Due.IsZero() {
			due = m.Due.String()
		}
		switch {
		case !m.Done.IsZero():
			due += ", done " + m.Done.String()
		case m.Late:
			due += " late"
		}
		rows = append(rows, []string{"  " + due, string(m.Name), string(m.By), strings.Join(m.Why, "; ")})
	}
	p.table(rows)
	fmt.Fprintln(p.stdout)
	return nil
}

// change says an officer's word on one child's plan and prints the plan.
func (p *program) change(ctx context.Context, text string, say func(*pipeline.Runner, pep.Ref) (timetable.Course, error)) error {
	refs, err := references([]string{text})
	if err != nil {
		return err
	}
	return p.with(ctx, false, func(i *installation) error {
		course, err := say(i.runner, refs[0])
		if err != nil {
			return err
		}
		all, err := i.runner.PlansOf(ctx, refs[0])
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Plan.Key() == course.Plan.Key() {
				return p.tellPlan(o)
			}
		}
		return p.tellPlan(all[len(all)-1])
	})
}

func (p *program) meeting(ctx context.Context, f plansFlags, ref string) error {
	status := pep.MeetingStatus(f.status)
	if !slices.Contains(pep.MeetingStatuses(), status) {
		return usage("--status takes proposed, booked, cancelled, reconvened or held")
	}
	date, err := day("--date", f.date, pep.Date{})
	if err != nil {
		return err
	}
	if f.time != "" && !clockTime(f.time) {
		return usage("--time takes a time of the form 14:00")
	}
	return p.change(ctx, ref, func(r *pipeline.Runner, ref pep.Ref) (timetable.Course, error) {
		return r.SetMeeting(ctx, ref, status, pep.Meeting{Date: date, Time: f.time}, pipeline.By{Name: p.person(f.by), Why: f.why})
	})
}

// clockTime reports whether a text is a time of day of the form 14:00.
func clockTime(text string) bool {
	var hour, minute int
	n, err := fmt.Sscanf(text, "%2d:%2d", &hour, &minute)
	return err == nil && n == 2 && fmt.Sprintf("%02d:%02d", hour, minute) == text && hour < 24 && minute < 60
}

func (p *program) forward(ctx context.Context, f plansFlags, ref string) error {
	why := pep.BringForward(strings.ToLower(f.reason))
	if !slices.Contains(pep.BringForwards(), why) {
		return usage("--reason takes one of the reasons of pepost plans forward --help")
	}
	return p.change(ctx, ref, func(r *pipeline.Runner, ref pep.Ref) (timetable.Course, error) {
		return r.BringForward(ctx, ref, why, pipeline.By{Name: p.person(f.by), Why: f.why})
	})
}

func (p *program) transfer(ctx context.Context, f plansFlags, ref string) error {
	if strings.TrimSpace(f.authorisedBy) == "" || f.to == "" {
		return usage("say who authorised it and to whom: --authorised-by NAME --to ADDRESS")
	}
	to := pep.ParseAddress(f.to)
	if to.Canonical() == "" {
		return usage("--to takes a whole e-mail address")
	}
	return p.change(ctx, ref, func(r *pipeline.Runner, ref pep.Ref) (timetable.Course, error) {
		return r.AuthoriseTransfer(ctx, ref, to, pipeline.By{Name: f.authorisedBy})
	})
}
