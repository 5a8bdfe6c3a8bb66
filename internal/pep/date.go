package pep

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// Date is a day of the civil calendar without time or zone. The zero Date
// means "not known"; it sorts before every other.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate gives the day y-m-d, or an Invalid where no such day exists.
func NewDate(y int, m time.Month, d int) (Date, error) {
	t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || t.Month() != m || t.Day() != d || y < 1 || y > 9999 {
		return Date{}, invalid(BadDate, "there is no such day")
	}
	return Date{y, m, d}, nil
}

// MustDate is NewDate from "2006-01-02" for constants and tests; it panics on
// anything else and must never meet input.
func MustDate(iso string) Date {
	d, err := ParseDate(iso)
	if err != nil {
		panic("pep: " + err.Error())
	}
	return d
}

// ParseDate reads the ISO form 2006-01-02 and nothing else.
func ParseDate(iso string) (Date, error) {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil || t.Year() < 1 {
		return Date{}, invalid(BadDate, "not a date of the form 2026-03-17")
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// DateOf is the civil day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero reports whether the date is not known.
func (d Date) IsZero() bool { return d == Date{} }

// Time is midnight of the day in UTC, for arithmetic only.
func (d Date) Time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// In is the moment hour:minute of the day in the location.
func (d Date) In(where *time.Location, hour, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, where)
}

// AddDays is the day n days later (earlier where n is negative).
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// Compare is -1, 0 or +1 as d is before, the same as, or after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// DaysUntil is the number of days from d to other, negative where other is
// earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.Time().Sub(d.Time()).Hours() / 24)
}

// Monday is the Monday of the day's week (weeks run Monday to Sunday).
func (d Date) Monday() Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// AgeOn is the age in whole years on a day; a child born on 29 February has
// the birthday on 1 March of other years.
func (d Date) AgeOn(day Date) int {
	age := day.Year - d.Year
	if day.Month < d.Month || (day.Month == d.Month && day.Day < d.Day) {
		age--
	}
	return age
}

// String is the ISO form, or the empty text where the date is not known.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Long is the form officers read: "Tue 17 March 2026".
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	text := append(make([]byte, 0, 24), d.Weekday().String()[:3]...)
	text = strconv.AppendInt(append(text, ' '), int64(d.Day), 10)
	text = append(append(append(text, ' '), d.Month.String()...), ' ')
	return string(strconv.AppendInt(text, int64(d.Year), 10))
}

// Slashed is the form of British records: 17/03/2026.
func (d Date) Slashed() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format("02/01/2006")
}

// MarshalText is the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; empty text is the unknown date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
