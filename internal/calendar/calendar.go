package calendar

import (
	"slices"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Calendar is the terms and bank holidays of one authority. It never changes
// once it is loaded and may be used by several goroutines at once.
type Calendar struct {
	name      string
	authority string
	years     []year // in order of time
	bank      map[pep.Date]string
	bankFrom  int
	bankTo    int
	bankFile  string
	inset     map[pep.Date]string
	notFound  map[int]string
	// file is where the terms stand, settings the settings with terms of their
	// own; the calendar of a setting has no settings.
	file     string
	settings settings
	// table gives the tables of days, worked out when first asked for.
	table func() *table
}

// year is one academic year, named by the calendar year it begins in.
type year struct {
	begins int
	source string
	terms  []term
}

// term is its two halves; what lies between them is half-term.
type term struct {
	name   pep.TermName
	halves [2]span
}

// span is the days from one to another, both included.
type span struct{ from, to pep.Date }

func (s span) has(d pep.Date) bool { return !d.Before(s.from) && !d.After(s.to) }

// Name is the authority's folder, such as cheshire-west; the calendar of a
// setting adds its file, as cheshire-west/settings/elm.
func (c *Calendar) Name() string { return c.name }

// Authority is the authority's name as people write it.
func (c *Calendar) Authority() string { return c.authority }

// DayKind is what kind of day a date is.
type DayKind string

// The kinds of day. A half-term is a school holiday, told apart by its name.
const (
	SchoolDay     DayKind = "school day"
	INSETDay      DayKind = "inset"
	SchoolHoliday DayKind = "school holiday"
	BankHoliday   DayKind = "bank holiday"
	Weekend       DayKind = "weekend"
)

// DayKinds lists every kind.
func DayKinds() []DayKind {
	return []DayKind{SchoolDay, INSETDay, SchoolHoliday, BankHoliday, Weekend}
}

// Day is one date and what kind of day it is. Name tells more where there is
// more: the bank holiday, the INSET day, "half-term", "Easter holiday".
type Day struct {
	Date pep.Date `json:"date"`
	Kind DayKind  `json:"kind"`
	Name string   `json:"name,omitempty"`
}

// Why is the day in an officer's words: "bank holiday: Early May".
func (d Day) Why() string {
	switch {
	case d.Kind == SchoolHoliday:
		return d.Name
	case d.Kind == INSETDay && d.Name == "INSET", d.Kind == INSETDay && d.Name == "":
		return "INSET"
	case d.Kind == INSETDay:
		return "INSET: " + d.Name
	case d.Name == "":
		return string(d.Kind)
	}
	return string(d.Kind) + ": " + d.Name
}

// Day says what kind of day a date is. Weekends and bank holidays are known
// without term dates; every other day without them is a [NoTermDatesError].
func (c *Calendar) Day(d pep.Date) (Day, error) {
	t := c.table()
	if at := t.day(number(d)); at != 0 {
		day := t.kinds[at]
		day.Date = d
		return day, nil
	}
	return c.workOut(d)
}

func (c *Calendar) workOut(d pep.Date) (Day, error) {
	if day, open, err := c.workingDay(d); err != nil || !open {
		return day, err
	}
	if name, ok := c.inset[d]; ok {
		return Day{d, INSETDay, name}, nil
	}
	name, err := c.holiday(d)
	if err != nil {
		return Day{}, err
	}
	if name != "" {
		return Day{d, SchoolHoliday, name}, nil
	}
	return Day{Date: d, Kind: SchoolDay}, nil
}

// workingDay reports whether the day is a working day: Monday to Friday, not
// Christmas Day, Good Friday or a bank holiday in England and Wales under the
// Banking and Financial Dealings Act 1971. The Day is filled where it is not.
func (c *Calendar) workingDay(d pep.Date) (Day, bool, error) {
	if weekday := d.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		return Day{Date: d, Kind: Weekend}, false, nil
	}
	if d.Year < c.bankFrom || d.Year > c.bankTo {
		return Day{}, false, &OutOfRangeError{Date: d, From: c.bankFrom, To: c.bankTo}
	}
	if name, ok := c.bank[d]; ok {
		return Day{d, BankHoliday, name}, false, nil
	}
	return Day{}, true, nil
}

// holiday names the half-term or holiday that a day lies in, or nothing where
// it lies in a term.
func (c *Calendar) holiday(d pep.Date) (string, error) {
	for _, y := range c.years {
		for _, t := range y.terms {
			switch {
			case t.halves[0].has(d), t.halves[1].has(d):
				return "", nil
			case span{t.halves[0].from, t.halves[1].to}.has(d):
				return "half-term", nil
			}
		}
	}
	y, ok := c.year(academicYear(d))
	if !ok {
		return "", c.noTermDates(d)
	}
	for _, t := range y.terms {
		if d.Before(t.halves[0].from) {
			return holidayBefore(t.name), nil
		}
	}
	return holidayBefore(pep.Autumn), nil
}

// holidayBefore is what people call the holiday that ends when a term begins.
func holidayBefore(name pep.TermName) string {
	switch name {
	case pep.Spring:
		return "Christmas holiday"
	case pep.Summer:
		return "Easter holiday"
	}
	return "summer holiday"
}

func (c *Calendar) year(begins int) (year, bool) {
	at := slices.IndexFunc(c.years, func(y year) bool { return y.begins == begins })
	if at < 0 {
		return year{}, false
	}
	return c.years[at], true
}

func (c *Calendar) noTermDates(d pep.Date) error {
	return &NoTermDatesError{Calendar: c.name, File: c.file, Date: d, Reason: c.notFound[academicYear(d)]}
}

// TermSpan is one term with its dates.
type TermSpan struct {
	pep.Term
	From     pep.Date `json:"from"`
	To       pep.Date `json:"to"`
	HalfFrom pep.Date `json:"half_term_from"`
	HalfTo   pep.Date `json:"half_term_to"`
	// Holiday is true where the day asked for lies before the term begins.
	Holiday bool   `json:"holiday"`
	Source  string `json:"source"`
}

// Term is the term of a day; a holiday belongs to the next term. After the
// last term that is loaded it is a [NoTermDatesError].
func (c *Calendar) Term(d pep.Date) (TermSpan, error) {
	if _, loaded := c.year(academicYear(d)); !loaded && !c.inTerm(d) {
		return TermSpan{}, c.noTermDates(d)
	}
	for _, y := range c.years {
		for _, t := range y.terms {
			if d.After(t.halves[1].to) {
				continue
			}
			if y.begins > academicYear(d)+1 {
				return TermSpan{}, c.noTermDates(pep.Date{Year: academicYear(d) + 1, Month: time.September, Day: 1})
			}
			return t.span(y, d), nil
		}
	}
	return TermSpan{}, c.noTermDates(pep.Date{Year: academicYear(d) + 1, Month: time.September, Day: 1})
}

func (c *Calendar) inTerm(d pep.Date) bool {
	name, err := c.holiday(d)
	return err == nil && name == ""
}

func (t term) span(y year, d pep.Date) TermSpan {
	return TermSpan{
		Term: pep.Term{Year: y.begins, Name: t.name},
		From: t.halves[0].from, To: t.halves[1].to,
		HalfFrom: t.halves[0].to.AddDays(1), HalfTo: t.halves[1].from.AddDays(-1),
		Holiday: d.Before(t.halves[0].from), Source: y.source,
	}
}
