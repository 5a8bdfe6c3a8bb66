package calendar

import (
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// civil counts calendar days or months, as the clocks of regulation 33 of the
// Care Planning, Placement and Case Review (England) Regulations 2010 do
// ("not more than three months after").
func (w *walk) civil(from pep.Date, n int, unit Unit) (pep.Date, error) {
	to, why := dateOf(number(from)+n*w.direction), "weekends and holidays counted"
	if unit == Months {
		to, why = monthsFrom(from, n*w.direction)
	}
	if to.Year < 1 || to.Year > 9999 {
		return pep.Date{}, &BoundsError{"the count leaves the years 1 to 9999"}
	}
	if w.steps != nil {
		side := "after"
		if w.direction < 0 {
			side = "before"
		}
		amount := fmt.Sprintf("%d %s", n, unit)
		if n == 1 {
			amount = amount[:len(amount)-1]
		}
		w.note(to, true, fmt.Sprintf("%s %s %s, %s", amount, side, from.Long(), why))
	}
	return to, nil
}

// monthsFrom is the same day of another month, or that month's last day where
// it has no such day: 3 months after 31 August is 30 November.
func monthsFrom(from pep.Date, months int) (pep.Date, string) {
	first := time.Date(from.Year, from.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	to := pep.Date{Year: first.Year(), Month: first.Month(), Day: min(from.Day, last)}
	if from.Day > last {
		return to, fmt.Sprintf("the last day of the month: %s has %d days", to.Month, last)
	}
	return to, "the same day of the month"
}
