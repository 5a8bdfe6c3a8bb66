package calendar

import (
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// NoTermDatesError means that a count needs the term dates of a year that the
// calendar does not have. The command line answers it with exit code 4.
type NoTermDatesError struct {
	// Calendar is the authority's folder, or authority/settings/name for a
	// setting that has term dates of its own.
	Calendar string
	// File is the file in the folder of rules that lacks the year.
	File string
	// Date is the day whose kind is not known.
	Date pep.Date
	// Reason is what the calendar's file says of the missing year, if it does.
	Reason string
}

// Error names calendar, year and day, and the file of a setting.
func (e *NoTermDatesError) Error() string {
	text := fmt.Sprintf("the calendar of %s has no term dates for %s, which %s needs",
		e.Calendar, yearOf(e.Date), e.Date.Long())
	if e.ofSetting() {
		text += "; the setting has its own term dates in " + e.File + ", and the authority's are not taken for a year that it lacks"
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

func (e *NoTermDatesError) ofSetting() bool { return strings.Contains(e.Calendar, "/settings/") }

// Hint says which command takes the dates in and which file it writes.
func (e *NoTermDatesError) Hint() string {
	authority, _, _ := strings.Cut(e.Calendar, "/")
	command, whose := "pepost calendar import FILE --authority "+authority, "the authority's"
	if e.ofSetting() {
		command, whose = command+" --setting URN", "the setting's"
	}
	return fmt.Sprintf("%s --source TEXT takes the year %s from %s own list into %s; or write it there by hand under years:",
		command, yearOf(e.Date), whose, e.File)
}

// OutOfRangeError means that a count reached a day for which no bank holidays
// are loaded.
type OutOfRangeError struct {
	Date     pep.Date
	From, To int
}

// Error names the day and the years that are loaded.
func (e *OutOfRangeError) Error() string {
	return fmt.Sprintf("bank holidays are loaded for %d to %d only, and %s lies outside", e.From, e.To, e.Date.Long())
}

// Hint says what an officer must write, and where.
func (e *OutOfRangeError) Hint() string {
	return "add the year's bank holidays to bank-holidays.yaml and move its from: or to: year"
}

// BoundsError means that a count was asked for that no timetable needs, such
// as a negative number of days or a span of many years.
type BoundsError struct{ What string }

// Error says which bound was passed.
func (e *BoundsError) Error() string { return e.What }

// academicYear is the calendar year in which the academic year of a day
// begins: 1 September to 31 August.
func academicYear(d pep.Date) int {
	if d.Month >= 9 {
		return d.Year
	}
	return d.Year - 1
}

func yearOf(d pep.Date) string { return pep.Term{Year: academicYear(d)}.AcademicYear() }
