package calendar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// Unit is what is counted.
type Unit string

// The units.
const (
	SchoolWeeks Unit = "school weeks"
	SchoolDays  Unit = "school days"
	WorkingDays Unit = "working days"
)

// Units lists every unit.
func Units() []Unit { return []Unit{SchoolWeeks, SchoolDays, WorkingDays} }

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
// week before that has a school day, else the school day before it.
func (c *Calendar) Back(from pep.Date, n int, unit Unit) (Count, error) {
	return c.count(from, n, unit, -1)
}

// Forward counts n units forward from a day, which is day 0 and need not be
// open. Days: the nth open day after. School weeks: the same weekday of the
// nth week after that has a school day, else the school day before it in that
// week, else that week's first.
func (c *Calendar) Forward(from pep.Date, n int, unit Unit) (Count, error) {
	return c.count(from, n, unit, +1)
}

func (c *Calendar) count(from pep.Date, n int, unit Unit, direction int) (Count, error) {
	if n < 0 || n > maxCount {
		return Count{}, &BoundsError{fmt.Sprintf("a count is from 0 to %d, not %d", maxCount, n)}
	}
	if from.IsZero() {
		return Count{}, &BoundsError{"there is no day to count from"}
	}
	if !slices.Contains(Units(), unit) {
		return Count{}, &BoundsError{"the unit is school weeks, school days or working days"}
	}
	w := walk{calendar: c, from: from, direction: direction}
	var err error
	if unit == SchoolWeeks {
		err = w.weeks(n)
	} else {
		err = w.days(n, unit)
	}
	if err != nil {
		return Count{}, fmt.Errorf("counting %d %s from %s: %w", n, unit, from.Long(), err)
	}
	return Count{Date: w.at, Steps: w.steps, Calendar: c.name, Source: c.source(from, w.at, unit)}, nil
}

// walk is one count under way.
type walk struct {
	calendar  *Calendar
	from      pep.Date
	direction int
	at        pep.Date
	steps     []Step
}

func (w *walk) note(d pep.Date, counted bool, why string) {
	w.steps = append(w.steps, Step{Date: d, Counted: counted, Why: why})
}

func (w *walk) days(n int, unit Unit) error {
	w.at = w.from
	for walked := 0; n > 0; walked++ {
		if walked > maxDays {
			return &BoundsError{"the calendar has too few open days for this count"}
		}
		w.at = w.at.AddDays(w.direction)
		open, why, err := w.calendar.open(w.at, unit)
		if err != nil {
			return err
		}
		if open {
			n--
		}
		w.note(w.at, open, why)
	}
	return nil
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
func (w *walk) weeks(n int) error {
	monday := w.from.Monday()
	if n == 0 {
		w.at = w.from
		return nil
	}
	for walked := 0; n > 0; walked++ {
		if walked > maxDays/7 {
			return &BoundsError{"the calendar has too few school weeks for this count"}
		}
		monday = monday.AddDays(7 * w.direction)
		days, why, err := w.calendar.week(monday)
		if err != nil {
			return err
		}
		if days > 0 {
			n--
		}
		w.note(monday, days > 0, why)
	}
	return w.land(monday, monday.AddDays(w.from.Monday().DaysUntil(w.from)))
}

// week counts the school days of the week that begins on a Monday.
func (c *Calendar) week(monday pep.Date) (int, string, error) {
	days, closed := 0, []string{}
	for offset := range 5 {
		day, err := c.Day(monday.AddDays(offset))
		if err != nil {
			return 0, "", err
		}
		if day.Kind == SchoolDay {
			days++
		} else if why := day.Why(); !slices.Contains(closed, why) {
			closed = append(closed, why)
		}
	}
	switch {
	case days == 0:
		return 0, "week of " + strings.Join(closed, ", "), nil
	case days == 5:
		return days, "school week", nil
	}
	return days, fmt.Sprintf("school week of %d %s (%s)", days, plural(days, "day"), strings.Join(closed, ", ")), nil
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// land finds the school day to end on: the wanted one, else the one before
// it; a forward count stays in the week that was counted.
func (w *walk) land(monday, wanted pep.Date) error {
	found, err := w.before(wanted, monday)
	if err != nil || !found.IsZero() {
		w.at = found
		return err
	}
	for d := monday; ; d = d.AddDays(1) {
		day, err := w.calendar.Day(d)
		if err != nil || day.Kind == SchoolDay {
			w.at = d
			return err
		}
	}
}

// before looks for the last school day not after the wanted one. A forward
// count gives the zero Date where the week has none.
func (w *walk) before(wanted, monday pep.Date) (pep.Date, error) {
	for d, walked := wanted, 0; walked <= maxDays; d, walked = d.AddDays(-1), walked+1 {
		if w.direction > 0 && d.Before(monday) {
			return pep.Date{}, nil
		}
		day, err := w.calendar.Day(d)
		if err != nil {
			return pep.Date{}, err
		}
		if day.Kind == SchoolDay {
			return d, nil
		}
		w.note(d, false, day.Why()+", so the school day before it")
	}
	return pep.Date{}, &BoundsError{"the calendar has too few school days for this count"}
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
	if unit == WorkingDays {
		return c.bankFile
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
