package timetable

import (
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// National Curriculum years that rules turn on; Reception is 0.
const (
	firstYearHeld   = -2
	lastYearHeld    = 14
	firstStatutory  = 1
	firstPost16     = 12
	lastOfSixthForm = 13
	adulthood       = 18
)

// academicYear is the calendar year in which the academic year of a day
// begins: 1 September to 31 August.
func academicYear(d pep.Date) int {
	if d.Month >= time.September {
		return d.Year
	}
	return d.Year - 1
}

// yearGroup is the child's National Curriculum year on a day. The year of the
// record (as of today) beats the one from the date of birth, because a child
// may be held back, delayed or accelerated. It is not yet held to -2 to 14.
func yearGroup(c pep.Child, asOf, on pep.Date) (int, string) {
	if c.YearGroup.Known {
		year := c.YearGroup.Year + academicYear(on) - academicYear(asOf)
		return year, fmt.Sprintf("NC year %d from the record", year)
	}
	year := academicYear(on) - (academicYear(c.DateOfBirth) + 5)
	return year, fmt.Sprintf("NC year %d from the date of birth", year)
}

func hold(year int) int { return min(max(year, firstYearHeld), lastYearHeld) }

// planDay is the day on which the child's year counts: today, or the meeting
// where that lies in the next academic year, because the first PEP after 1
// September uses the new year's form.
func planDay(meeting, asOf pep.Date) pep.Date {
	if !meeting.IsZero() && academicYear(meeting) == academicYear(asOf)+1 {
		return meeting
	}
	return asOf
}

// birthday is the day a child reaches an age; a child born on 29 February has
// it on 1 March of other years.
func birthday(born pep.Date, age int) pep.Date {
	return pep.DateOf(time.Date(born.Year+age, born.Month, born.Day, 0, 0, 0, 0, time.UTC))
}

// termAfter is the first day of the term after a day, by the dates that
// funding and compulsory school age use: 1 January, 1 April, 1 September.
func termAfter(d pep.Date) pep.Date {
	for _, month := range []time.Month{time.January, time.April, time.September} {
		start := pep.Date{Year: d.Year, Month: month, Day: 1}
		if start.After(d) {
			return start
		}
	}
	return pep.Date{Year: d.Year + 1, Month: time.January, Day: 1}
}
