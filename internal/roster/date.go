package roster

import (
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Day numbers of a spreadsheet that can be the date of a child's life: 1954 to
// 2064. A bare number outside them is not a date.
const (
	firstSerial = 20_000
	lastSerial  = 60_000
)

// Years that a date of an export may have.
const (
	firstYear = 1900
	lastYear  = 2100
)

// parseDate reads dd/mm/yyyy, yyyy-mm-dd (each with or without a time of day,
// which is dropped) and the day number of a spreadsheet. A date that is only
// possible as mm/dd/yyyy is ambiguous: the whole column may be in that order.
func parseDate(text string, epoch1904 bool) (pep.Date, error) {
	if d, is := serialDate(text, epoch1904); is {
		return d, nil
	}
	day := withoutTime(text)
	if parts, is := numbers(day, '/', 2, 2, 4); is {
		return slashed(parts[0], parts[1], parts[2])
	}
	if parts, is := numbers(day, '-', 4, 2, 2); is {
		return civil(parts[0], parts[1], parts[2])
	}
	return pep.Date{}, badDate()
}

func badDate() error {
	return &pep.Invalid{Code: pep.BadDate, Reason: "not a date: write dd/mm/yyyy or yyyy-mm-dd"}
}

func slashed(day, month, year int) (pep.Date, error) {
	d, err := civil(year, month, day)
	if err == nil {
		return d, nil
	}
	if _, swapped := civil(year, day, month); swapped == nil {
		return pep.Date{}, &pep.Invalid{Code: pep.AmbiguousDate, Reason: "possible only with the month first: is the whole column in that order? write dd/mm/yyyy"}
	}
	return pep.Date{}, err
}

func civil(year, month, day int) (pep.Date, error) {
	if year < firstYear || year > lastYear {
		return pep.Date{}, &pep.Invalid{Code: pep.BadDate, Reason: "the year is not between 1900 and 2100"}
	}
	d, err := pep.NewDate(year, time.Month(month), day)
	if err != nil {
		return pep.Date{}, &pep.Invalid{Code: pep.BadDate, Reason: "there is no such day in the calendar"}
	}
	return d, nil
}

// serialDate counts days from the last day of 1899 (the spreadsheet's own day
// 60, which never was, lies before the numbers taken) or from 1 January 1904.
func serialDate(text string, epoch1904 bool) (pep.Date, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) != 5 || strings.Trim(whole+fraction, "0123456789") != "" {
		return pep.Date{}, false
	}
	n, err := strconv.Atoi(whole)
	if err != nil || n < firstSerial || n > lastSerial {
		return pep.Date{}, false
	}
	if epoch1904 {
		return pep.Date{Year: 1904, Month: time.January, Day: 1}.AddDays(n), true
	}
	return pep.Date{Year: 1899, Month: time.December, Day: 30}.AddDays(n), true
}

// withoutTime drops a time of day after a blank or a T.
func withoutTime(text string) string {
	at := strings.IndexAny(text, " T")
	if at < 0 {
		return text
	}
	rest := strings.TrimSuffix(text[at+1:], "Z")
	if len(rest) < len("0:00") || strings.Trim(rest, "0123456789:.") != "" || !strings.Contains(rest, ":") {
		return text
	}
	return text[:at]
}

// numbers cuts text at two separators into digits of at most the given
// widths; a year has all four of its digits.
func numbers(text string, separator byte, widths ...int) ([3]int, bool) {
	var parts [3]int
	for i, width := range widths {
		end := strings.IndexByte(text, separator)
		if i == 2 {
			end = len(text)
		}
		if end < 1 || end > width || width == 4 && end != 4 {
			return parts, false
		}
		for _, c := range []byte(text[:end]) {
			if c < '0' || c > '9' {
				return parts, false
			}
			parts[i] = parts[i]*10 + int(c-'0')
		}
		if i < 2 {
			text = text[end+1:]
		}
	}
	return parts, true
}

// clock makes hh:mm of the fraction of a day that a spreadsheet holds for a
// time; other texts stay as they are.
func clock(text string) string {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value <= 0 || value >= 1 || !strings.HasPrefix(text, "0.") {
		return text
	}
	minutes := int(value*24*60 + 0.5)
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}

// monthFirst reads mm/dd/yyyy, to compare with a date that is sure.
func monthFirst(text string) (pep.Date, bool) {
	parts, is := numbers(withoutTime(text), '/', 2, 2, 4)
	if !is {
		return pep.Date{}, false
	}
	d, err := civil(parts[2], parts[0], parts[1])
	return d, err == nil
}
