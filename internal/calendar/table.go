package calendar

import (
	"slices"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// number counts days from 1 January 1970, so that a walk is plain arithmetic.
func number(d pep.Date) int { return int(d.Time().Unix() / secondsOfDay) }

func dateOf(n int) pep.Date { return pep.DateOf(time.Unix(int64(n)*secondsOfDay, 0).UTC()) }

const secondsOfDay = 86400

// weekday is 0 on a Monday and 6 on a Sunday; day 0 was a Thursday.
func weekday(n int) int { return ((n+3)%7 + 7) % 7 }

// table is what a count asks most, worked out once: for each day of the bank
// holiday years whether it is a working day, for each day of the academic
// years what kind of day it is.
type table struct {
	workingFrom int
	working     []bool
	years       []yearTable
	// kinds are the days that occur, without their dates; a year holds places
	// in it. Place 0 means that the day cannot be told, place 1 a school day.
	kinds []Day
}

type yearTable struct {
	from int
	days []uint16
}

// fill works out the tables. A day that cannot be told is left out and asked
// for again where it is needed, so that the error is made there.
func (c *Calendar) fill() *table {
	t := &table{kinds: []Day{{}, {Kind: SchoolDay}}, workingFrom: number(pep.Date{Year: c.bankFrom, Month: time.January, Day: 1})}
	for n := t.workingFrom; n < number(pep.Date{Year: c.bankTo + 1, Month: time.January, Day: 1}); n++ {
		_, open, err := c.workingDay(dateOf(n))
		t.working = append(t.working, open && err == nil)
	}
	for _, y := range c.years {
		t.years = append(t.years, c.fillYear(t, y))
	}
	return t
}

func (c *Calendar) fillYear(t *table, y year) yearTable {
	filled := yearTable{from: number(pep.Date{Year: y.begins, Month: time.August, Day: 15})}
	for n := filled.from; n <= number(pep.Date{Year: y.begins + 1, Month: time.August, Day: 31}); n++ {
		day, err := c.workOut(dateOf(n))
		if err != nil {
			day = Day{}
		}
		day.Date = pep.Date{}
		at := slices.Index(t.kinds, day)
		if at < 0 {
			at, t.kinds = len(t.kinds), append(t.kinds, day)
		}
		filled.days = append(filled.days, uint16(at))
	}
	return filled
}

// day is the place of a day in kinds, 0 where it cannot be told.
func (t *table) day(n int) uint16 {
	for i := range t.years {
		if at := n - t.years[i].from; at >= 0 && at < len(t.years[i].days) && t.years[i].days[at] != 0 {
			return t.years[i].days[at]
		}
	}
	return 0
}

// isWorking reports whether a day is a working day.
func (c *Calendar) isWorking(t *table, n int) (bool, error) {
	if at := n - t.workingFrom; at >= 0 && at < len(t.working) {
		return t.working[at], nil
	}
	_, open, err := c.workingDay(dateOf(n))
	return open, err
}

// isSchool reports whether a day is a school day.
func (c *Calendar) isSchool(t *table, n int) (bool, error) {
	if at := t.day(n); at != 0 {
		return t.kinds[at].Kind == SchoolDay, nil
	}
	day, err := c.workOut(dateOf(n))
	return err == nil && day.Kind == SchoolDay, err
}
