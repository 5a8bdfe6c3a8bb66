package main

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// calendarFlags are the flags of the calendar commands.
type calendarFlags struct {
	authority   string
	from, to    string
	schoolWeeks int
	schoolDays  int
	workingDays int
	days        int
	months      int
}

func (p *program) calendarCommand() *cobra.Command {
	var f calendarFlags
	group := &cobra.Command{
		Use: "calendar", Short: "count school days, school weeks and working days, with each step explained",
		Example: "  pepost calendar back --from 2026-03-03 --school-weeks 3",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.PersistentFlags().StringVar(&f.authority, "authority", "", "the authority whose calendar counts (default: the configuration's)")
	days := &cobra.Command{
		Use: "days", Short: "school days and working days from one day to another, both included",
		Example: "  pepost calendar days --from 2026-02-23 --to 2026-04-01", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.calendarDays(f) },
	}
	days.Flags().StringVar(&f.from, "from", "", "first `DAY`")
	days.Flags().StringVar(&f.to, "to", "", "last `DAY`")
	term := &cobra.Command{
		Use: "term DAY", Short: "the term of a day; a holiday belongs to the next term",
		Example: "  pepost calendar term 2026-04-10", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.calendarTerm(f, args[0]) },
	}
	group.AddCommand(days, p.countCommand(&f, "back"), p.countCommand(&f, "forward"), term, p.calendarImportCommand(&f))
	return group
}

func (p *program) countCommand(f *calendarFlags, direction string) *cobra.Command {
	cmd := &cobra.Command{
		Use: direction, Short: "count " + direction + " from a day, which is day 0",
		Example: fmt.Sprintf("  pepost calendar %s --from 2026-03-03 --school-weeks 3", direction), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.calendarCount(cmd, *f, direction) },
	}
	cmd.Flags().StringVar(&f.from, "from", "", "the `DAY` to count from")
	cmd.Flags().IntVar(&f.schoolWeeks, "school-weeks", 0, "how many school weeks")
	cmd.Flags().IntVar(&f.schoolDays, "school-days", 0, "how many school days")
	cmd.Flags().IntVar(&f.workingDays, "working-days", 0, "how many working days")
	cmd.Flags().IntVar(&f.days, "days", 0, "how many calendar days")
	cmd.Flags().IntVar(&f.months, "months", 0, "how many calendar months (the last day where a month has no such day)")
	return cmd
}

// loadCalendar takes the authority from the flag, else from the configuration.
func (p *program) loadCalendar(authority string) (*calendar.Calendar, error) {
	schedules, name, err := p.schedulesOf(authority)
	if err != nil {
		return nil, err
	}
	return openCalendar(schedules, name)
}

func openCalendar(schedules fs.FS, authority string) (*calendar.Calendar, error) {
	c, err := calendar.Load(schedules, authority)
	if err != nil {
		return nil, refusedConfig(err, "pepost check prints every problem of the schedules")
	}
	return c, nil
}

func (p *program) calendarDays(f calendarFlags) error {
	c, err := p.loadCalendar(f.authority)
	if err != nil {
		return err
	}
	from, to, err := daySpan(f.from, f.to)
	if err != nil {
		return err
	}
	count, err := c.Between(from, to)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(count)
	}
	fmt.Fprintf(p.stdout, "%s to %s: %d school days, %d working days\n", from.Long(), to.Long(), count.SchoolDays, count.WorkingDays)
	p.printSteps(count.Count)
	return nil
}

func daySpan(from, to string) (pep.Date, pep.Date, error) {
	if from == "" || to == "" {
		return pep.Date{}, pep.Date{}, usage("name both days: --from 2026-02-23 --to 2026-04-01")
	}
	first, err := day("--from", from, pep.Date{})
	if err != nil {
		return pep.Date{}, pep.Date{}, err
	}
	last, err := day("--to", to, pep.Date{})
	return first, last, err
}

func (p *program) calendarCount(cmd *cobra.Command, f calendarFlags, direction string) error {
	n, unit, err := f.amount(cmd)
	if err != nil {
		return err
	}
	if f.from == "" {
		return usage("name the day to count from: --from 2026-03-03")
	}
	from, err := day("--from", f.from, pep.Date{})
	if err != nil {
		return err
	}
	c, err := p.loadCalendar(f.authority)
	if err != nil {
		return err
	}
	count := c.Back
	if direction == "forward" {
		count = c.Forward
	}
	result, err := count(from, n, unit)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(result)
	}
	fmt.Fprintf(p.stdout, "%d %s %s from %s: %s\n", n, unit, direction, from.Long(), result.Date.Long())
	p.printSteps(result)
	return nil
}

// amount is the one unit that was named.
func (f calendarFlags) amount(cmd *cobra.Command) (int, calendar.Unit, error) {
	named := map[string]int{
		"school-weeks": f.schoolWeeks, "school-days": f.schoolDays, "working-days": f.workingDays,
		"days": f.days, "months": f.months,
	}
	units := map[string]calendar.Unit{
		"school-weeks": calendar.SchoolWeeks, "school-days": calendar.SchoolDays, "working-days": calendar.WorkingDays,
		"days": calendar.Days, "months": calendar.Months,
	}
	var found []string
	for name := range named {
		if cmd.Flags().Changed(name) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return 0, "", usage("name one of --school-weeks, --school-days, --working-days, --days and --months")
	}
	if named[found[0]] < 0 {
		return 0, "", usage("--%s takes a number from 0 up", found[0])
	}
	return named[found[0]], units[found[0]], nil
}

func (p *program) calendarTerm(f calendarFlags, text string) error {
	d, err := day("DAY", text, pep.Date{})
	if err != nil {
		return err
	}
	c, err := p.loadCalendar(f.authority)
	if err != nil {
		return err
	}
	term, err := c.Term(d)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(term)
	}
	lies := "lies in"
	if term.Holiday {
		lies = "lies in the holiday before"
	}
	fmt.Fprintf(p.stdout, "%s %s the %s term: %s to %s, half-term %s to %s\n",
		d.Long(), lies, term.Term, term.From.Long(), term.To.Long(), term.HalfFrom.Long(), term.HalfTo.Long())
	return nil
}

func (p *program) printSteps(count calendar.Count) {
	for _, step := range count.Steps {
		mark := "  "
		if step.Counted {
			mark = " *"
		}
		fmt.Fprintf(p.stdout, "%s %-22s %s\n", mark, step.Date.Long(), step.Why)
	}
	source := count.Calendar
	if text := strings.TrimSpace(count.Source); text != "" {
		source += ", from " + text
	}
	fmt.Fprintf(p.stdout, "calendar: %s\n", source)
}
