package calendar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// Unit is what is counted.
type Unit string

// The units. Days are calendar days, Months calendar months; both run through
// weekends and holidays and need neither term dates nor bank holidays.
const (
	SchoolWeeks Unit = "school weeks"
	SchoolDays  Unit = "school days"
	WorkingDays Unit = "working days"
	Days        Unit = "days"
	Months      Unit = "months"
)

// Units lists the units whose counts end on an open day.
func Units() []Unit { return []Unit{SchoolWeeks, SchoolDays, WorkingDays} }

// AllUnits lists every unit, those of the civil calendar too.
func AllUnits() []Unit { return append(Units(), Days, Months) }

// Bounds of a count: nothing in a timetable is further away, and a walk ends
// even where the files are odd.
const (
	maxCount = 1000
	maxDays  = 4000
)

// Step is one day or week that a count stepped over; a week is named by its
// Monday.
type Step struct {
	Date    pep.Date `json:"date"`
	Counted bool     `json:"counted"`
	Why     string   `json:"why"`
}

// Count is the day that a count leads to and how it got there.
type Count struct {
	Date     pep.Date `json:"date"`
	Steps    []Step   `json:"steps"`
	Calendar string   `json:"calendar"`
	Source   string   `json:"source"`
}

// DayCount is how many school days and working days lie between two days.
type DayCount struct {
	Count
	SchoolDays  int `json:"school_days"`
	WorkingDays int `json:"working_days"`
}

// Back counts n units back from a day, which is day 0 and need not be open.
// Days: the nth open day before. School weeks: the same weekday of the nth
// week before that has a school day, else the school day before it. Calendar
// days and months: see [Months].
func (c *Calendar) Back(from pep.Date, n int, unit Unit) (Count, error) {
	return c.count(from, n, unit, -1)
}

// Forward counts n units forward from a day, which is day 0 and need not be
// open. Days: the nth open day after. School weeks: the same weekday of the
// nth week after that has a school day, else the school day before it in that
// week, else that week's first. Calendar days and months: see [Months].
func (c *Calendar) Forward(from pep.Date, n int, unit Unit) (Count, error) {
	return c.count(from, n, unit, +1)
}

// BackDate is the date of [Calendar.Back] without the steps, for loops over
// many children.
func (c *Calendar) BackDate(from pep.Date, n int, unit Unit) (pep.Date, error) {
	return c.date(from, n, unit, -1)
}

// ForwardDate is the date of [Calendar.Forward] without the steps.
func (c *Calendar) ForwardDate(from pep.Date, n int, unit Unit) (pep.Date, error) {
	return c.date(from, n, unit, +1)
}

func (c *Calendar) count(from pep.Date, n int, unit Unit, direction int) (Count, error) {
	steps := make([]Step, 0, stepsOf(n, unit))
	w := walk{calendar: c, direction: direction, steps: &steps}
	to, err := w.count(from, n, unit)
	if err != nil {
		return Count{}, err
	}
	return Count{Date: to, Steps: steps, Calendar: c.name, Source: c.source(from, to, unit)}, nil
}

// stepsOf is about how many steps a count takes.
func stepsOf(n int, unit Unit) int {
	if n <= 0 || n > maxCount || unit == Days || unit == Months {
		return 1
	}
	return n + n/2 + 8
}

func (c *Calendar) date(from pep.Date, n int, unit Unit, direction int) (pep.Date, error) {
	w := walk{calendar: c, direction: direction}
	return w.count(from, n, unit)
}

// walk is one count under way; it notes its steps where somebody wants them.
type walk struct {
	calendar  *Calendar
	table     *table
	direction int
	steps     *[]Step
}

func (w *walk) count(from pep.Date, n int, unit Unit) (pep.Date, error) {
	if n < 0 || n > maxCount {
		return pep.Date{}, &BoundsError{fmt.Sprintf("a count is from 0 to %d, not %d", maxCount, n)}
	}
	if from.IsZero() {
		return pep.Date{}, &BoundsError{"there is no day to count from"}
	}
	if n == 0 && slices.Contains(AllUnits(), unit) {
		return from, nil
	}
	to, err := w.units(from, n, unit)
	if err != nil {
		return pep.Date{}, fmt.Errorf("counting %d %s from %s: %w", n, unit, from.Long(), err)
	}
	return to, nil
}

func (w *walk) units(from pep.Date, n int, unit Unit) (pep.Date, error) {
	w.table = w.calendar.table()
	switch unit {
	case Months, Days:
		return w.civil(from, n, unit)
	case SchoolWeeks:
		at, err := w.weeks(number(from), n)
		return dateOf(at), err
	case SchoolDays, WorkingDays:
		at, err := w.days(number(from), n, unit)
		return dateOf(at), err
	}
	return pep.Date{}, &BoundsError{"the unit is school weeks, school days, working days, days or months"}
}

func (w *walk) note(d pep.Date, counted bool, why string) {
	*w.steps = append(*w.steps, Step{Date: d, Counted: counted, Why: why})
}

func (w *walk) days(at, n int, unit Unit) (int, error) {
	for walked := 0; n > 0; walked++ {
		if walked > maxDays {
			return 0, &BoundsError{"the calendar has too few open days for this count"}
		}
		at += w.direction
		open, err := w.open(at, unit)
		if err != nil {
			return 0, err
		}
		if open {
			n--
		}
		if w.steps != nil {
			_, why, _ := w.calendar.open(dateOf(at), unit)
			w.note(dateOf(at), open, why)
		}
	}
	return at, nil
}

func (w *walk) open(at int, unit Unit) (bool, error) {
	if unit == WorkingDays {
		return w.calendar.isWorking(w.table, at)
	}
	return w.calendar.isSchool(w.table, at)
}

// open reports whether a day counts in the unit, and why or why not.
func (c *Calendar) open(d pep.Date, unit Unit) (bool, string, error) {
	if unit == WorkingDays {
		day, open, err := c.workingDay(d)
		if open {
			return true, "working day", nil
		}
		return false, day.Why(), err
	}
	day, err := c.Day(d)
	return err == nil && day.Kind == SchoolDay, day.Why(), err
}

// weeks steps from Monday to Monday and then lands on a school day.
func (w *walk) weeks(from, n int) (int, error) {
	monday := from - weekday(from)
	for walked := 0; n > 0; walked++ {
		if walked > maxDays/7 {
			return 0, &BoundsError{"the calendar has too few school weeks for this count"}
		}
		monday += 7 * w.direction
		days, err := w.week(monday)
		if err != nil {
			return 0, err
		}
		if days > 0 {
			n--
		}
		if w.steps != nil {
			w.note(dateOf(monday), days > 0, w.calendar.weekWhy(dateOf(monday), days))
		}
	}
	return w.land(monday, monday+weekday(from))
}

// week counts the school days of the week that begins on a Monday.
func (w *walk) week(monday int) (int, error) {
	days := 0
	for at := monday; at < monday+5; at++ {
		school, err := w.calendar.isSchool(w.table, at)
		if err != nil {
			return 0, err
		}
		if school {
			days++
		}
	}
	return days, nil
}

// weekWhy says why a week counts, or why not; its days are known to be loaded.
func (c *Calendar) weekWhy(monday pep.Date, days int) string {
	if days == 5 {
		return "school week"
	}
	closed := []string{}
	for offset := range 5 {
		day, err := c.Day(monday.AddDays(offset))
		if why := day.Why(); err == nil && day.Kind != SchoolDay && !slices.Contains(closed, why) {
			closed = append(closed, why)
		}
	}
	if days == 0 {
		return "week of " + strings.Join(closed, ", ")
	}
	return fmt.Sprintf("school week of %d %s (%s)", days, plural(days, "day"), strings.Join(closed, ", "))
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// land finds the school day to end on: the wanted one, else the one before
// it; a forward count stays in the week that was counted.
func (w *walk) land(monday, wanted int) (int, error) {
	found, ok, err := w.before(wanted, monday)
	if err != nil || ok {
		return found, err
	}
	for at := monday; ; at++ {
		school, err := w.calendar.isSchool(w.table, at)
		if err != nil || school {
			return at, err
		}
	}
}

// before looks for the last school day not after the wanted one. A forward
// count finds none where the week has none.
func (w *walk) before(wanted, monday int) (int, bool, error) {
	for at, walked := wanted, 0; walked <= maxDays; at, walked = at-1, walked+1 {
		if w.direction > 0 && at < monday {
			return 0, false, nil
		}
		school, err := w.calendar.isSchool(w.table, at)
		if err != nil || school {
			return at, true, err
		}
		if w.steps != nil {
			_, why, _ := w.calendar.open(dateOf(at), SchoolDays)
			w.note(dateOf(at), false, why+", so the school day before it")
		}
	}
	return 0, false, &BoundsError{"the calendar has too few school days for this count"}
}

// Between counts the school days and working days from one day to another,
// both included. Where term dates are missing the working days are complete
// and the error is a [NoTermDatesError].
func (c *Calendar) Between(from, to pep.Date) (DayCount, error) {
	if from.IsZero() || to.Before(from) || from.DaysUntil(to) > maxDays {
		return DayCount{}, &BoundsError{fmt.Sprintf("the first day must not be after the last, and at most %d days apart", maxDays)}
	}
	total := DayCount{Count: Count{Date: to, Calendar: c.name, Source: c.source(from, to, SchoolDays)}}
	var missing error
	for d := from; !d.After(to); d = d.AddDays(1) {
		_, working, err := c.workingDay(d)
		if err != nil {
			return DayCount{}, fmt.Errorf("counting days from %s: %w", from.Long(), err)
		}
		if working {
			total.WorkingDays++
		}
		school, why, err := c.open(d, SchoolDays)
		if err != nil {
			missing = firstError(missing, fmt.Errorf("counting days from %s: %w", from.Long(), err))
			continue
		}
		if school {
			total.SchoolDays++
		}
		total.Steps = append(total.Steps, Step{Date: d, Counted: school, Why: why})
	}
	return total, missing
}

func firstError(first, next error) error {
	if first != nil {
		return first
	}
	return next
}

// source names where the dates of a count come from: every year it touched,
// or the bank holidays alone.
func (c *Calendar) source(a, b pep.Date, unit Unit) string {
	switch unit {
	case WorkingDays:
		return c.bankFile
	case Days, Months:
		return ""
	}
	if b.Before(a) {
		a, b = b, a
	}
	var sources []string
	for _, y := range c.years {
		if y.begins >= academicYear(a) && y.begins <= academicYear(b) && !slices.Contains(sources, y.source) {
			sources = append(sources, y.source)
		}
	}
	return strings.Join(sources, "; ")
}
