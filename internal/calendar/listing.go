package calendar

import (
	"maps"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// YearDates are the dates of one academic year, named by the calendar year it
// begins in: the first and last day of each half of autumn, spring and summer,
// and the INSET days in order.
type YearDates struct {
	Begins int
	Source string
	Halves [6][2]pep.Date
	INSET  []pep.Date
}

// Years are the academic years that are loaded, in order.
func (c *Calendar) Years() []YearDates {
	var all []YearDates
	for _, y := range c.years {
		dates := YearDates{Begins: y.begins, Source: y.source}
		for i, t := range y.terms {
			for half, s := range t.halves {
				dates.Halves[2*i+half] = [2]pep.Date{s.from, s.to}
			}
		}
		for d := range c.inset {
			if !d.Before(dates.Halves[0][0]) && !d.After(dates.Halves[5][1]) {
				dates.INSET = append(dates.INSET, d)
			}
		}
		slices.SortFunc(dates.INSET, pep.Date.Compare)
		all = append(all, dates)
	}
	return all
}

// File is where the terms stand in the folder of rules.
func (c *Calendar) File() string { return c.file }

// BankHolidays are the bank holidays that are loaded, in order, and the first
// and last year of which all are known.
func (c *Calendar) BankHolidays() (days []Day, from, to int) {
	for _, d := range slices.SortedFunc(maps.Keys(c.bank), pep.Date.Compare) {
		days = append(days, Day{Date: d, Kind: BankHoliday, Name: c.bank[d]})
	}
	return days, c.bankFrom, c.bankTo
}

// IsBankHoliday reports whether a day is a bank holiday that is loaded.
func (c *Calendar) IsBankHoliday(d pep.Date) bool { _, is := c.bank[d]; return is }

// WorkingDaysFrom counts the working days from one day to another, both
// included, as councils print them for half a term: INSET days included.
func (c *Calendar) WorkingDaysFrom(from, to pep.Date) int {
	t, days := c.table(), 0
	for n := number(from); n <= number(to) && n <= number(from)+maxDays; n++ {
		if open, err := c.isWorking(t, n); err == nil && open {
			days++
		}
	}
	return days
}
