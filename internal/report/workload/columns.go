package workload

import "github.com/pepost/pepost/internal/pep"

// columns are an officer's days, Monday to Friday, week by week; a day outside
// the term is an empty column. Work that somebody counted for a weekend is drawn
// with the Friday before, so that nothing is left out of the picture.
func (t Term) columns(officer int) [][]column {
	var weeks [][]column
	var monday pep.Date
	for _, d := range t.Days {
		if m := d.Date.Monday(); m != monday {
			monday = m
			weeks = append(weeks, make([]column, daysOfWeek))
		}
		week := weeks[len(weeks)-1]
		at := min(monday.DaysUntil(d.Date), daysOfWeek-1)
		if weekday(d.Date) {
			week[at].day = d
		}
		if officer < len(d.Officers) {
			week[at].work = week[at].work.Plus(d.Officers[officer])
		}
	}
	return weeks
}

// peak is the most work of a day and the first day that has it.
func peak(weeks [][]column) (most int, on pep.Date) {
	for _, week := range weeks {
		for _, c := range week {
			if n := c.work.Total(); n > most {
				most, on = n, c.day.Date
			}
		}
	}
	return most, on
}
