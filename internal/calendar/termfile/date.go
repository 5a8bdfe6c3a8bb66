package termfile

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

const dateHint = "write it like Fri 3 Apr 2026 or 2026-04-03"

// slashed is a date in figures: 03/04/2026, 3.4.2026 or 3-4-2026.
var slashed = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)

var ordinal = regexp.MustCompile(`(?i)^(\d{1,2})(st|nd|rd|th)$`)

// parseDate reads a date with or without its weekday, which must be its own.
// Figures alone that could be two days are refused unless dayFirst is proven
// elsewhere in the file.
func parseDate(text string, dayFirst bool) (pep.Date, error) {
	words := strings.Fields(strings.ReplaceAll(text, ",", " "))
	weekday := ""
	if len(words) > 1 && isWeekday(words[0]) {
		weekday, words = words[0], words[1:]
	}
	d, both, err := bareDate(words)
	if err != nil {
		return pep.Date{}, err
	}
	if weekday != "" {
		return fitWeekday(weekday, d, both)
	}
	if !both.IsZero() && !dayFirst {
		return pep.Date{}, errors.New("the date could be " + d.Long() + " or " + both.Long())
	}
	return d, nil
}

// fitWeekday lets the weekday's name choose where figures could be two days.
func fitWeekday(name string, d, both pep.Date) (pep.Date, error) {
	switch {
	case namesWeekday(name, d) && (both.IsZero() || !namesWeekday(name, both)):
		return d, nil
	case namesWeekday(name, d):
		return pep.Date{}, errors.New("the date could be " + d.Long() + " or " + both.Long())
	}
	return pep.Date{}, errors.New(d.Time().Format("2 January 2006") + " is a " + d.Weekday().String())
}

// bareDate is the date without weekday; both is its other reading, month
// first, where there is one.
func bareDate(words []string) (d, both pep.Date, err error) {
	wrong := errors.New("not a date")
	switch len(words) {
	case 1:
		if d, err := pep.ParseDate(words[0]); err == nil {
			return inRange(d, pep.Date{})
		}
		m := slashed.FindStringSubmatch(words[0])
		if m == nil {
			return d, both, wrong
		}
		a, _ := strconv.Atoi(m[1])
		b, _ := strconv.Atoi(m[2])
		y, _ := strconv.Atoi(m[3])
		d, err = pep.NewDate(y, time.Month(b), a)
		if err != nil {
			return d, both, errors.New("no such day with the day written first")
		}
		if other, err := pep.NewDate(y, time.Month(a), b); err == nil && other != d {
			both = other
		}
		return inRange(d, both)
	case 2:
		return d, both, errors.New("the date has no year")
	case 3:
		if m := ordinal.FindStringSubmatch(words[0]); m != nil {
			words[0] = m[1]
		}
		bare := strings.Join(words, " ")
		for _, layout := range []string{"2 Jan 2006", "2 January 2006"} {
			if at, err := time.Parse(layout, bare); err == nil {
				return inRange(pep.DateOf(at), pep.Date{})
			}
		}
	}
	return d, both, wrong
}

func inRange(d, both pep.Date) (pep.Date, pep.Date, error) {
	if d.Year < 2000 || d.Year > 2099 {
		return pep.Date{}, pep.Date{}, errors.New("the year lies outside 2000 to 2099")
	}
	return d, both, nil
}

func isWeekday(word string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if sameWeekday(word, day) {
			return true
		}
	}
	return false
}

func namesWeekday(word string, d pep.Date) bool { return sameWeekday(word, d.Weekday()) }

// sameWeekday takes Tue, Tues and Tuesday.
func sameWeekday(word string, day time.Weekday) bool {
	word = strings.TrimSuffix(word, ".")
	full := day.String()
	return len(word) >= 3 && len(word) <= len(full) && strings.EqualFold(word, full[:len(word)])
}

// provesDayFirst looks through the dates in figures of a file: one that only
// the day-first reading allows proves the order, one that forbids it disproves.
func provesDayFirst(cells []string) bool {
	proven := false
	for _, cell := range cells {
		words := strings.Fields(cell)
		if len(words) == 0 {
			continue
		}
		m := slashed.FindStringSubmatch(words[len(words)-1])
		if m == nil {
			continue
		}
		a, _ := strconv.Atoi(m[1])
		b, _ := strconv.Atoi(m[2])
		if b > 12 {
			return false
		}
		proven = proven || a > 12
	}
	return proven
}
