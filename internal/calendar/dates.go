package calendar

import (
	"fmt"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
)

const dateHint = "write it like Wed 23 Apr 2025 or 2025-04-23"

// parseDate reads "Wed 23 Apr 2025", with the names short or long and the
// weekday left out if need be, or 2025-04-23. A weekday that is not the date's
// own is refused: such a slip has been printed by councils.
func parseDate(text string) (pep.Date, error) {
	if d, err := pep.ParseDate(text); err == nil {
		return d, nil
	}
	words := strings.Fields(strings.ReplaceAll(text, ",", " "))
	weekday := ""
	if len(words) == 4 {
		weekday, words = words[0], words[1:]
	}
	if len(words) != 3 {
		return pep.Date{}, fmt.Errorf("not a date")
	}
	bare := strings.Join(words, " ")
	day, err := time.Parse("2 Jan 2006", bare)
	if err != nil {
		day, err = time.Parse("2 January 2006", bare)
	}
	if err != nil || day.Year() < 1900 || day.Year() > 2200 {
		return pep.Date{}, fmt.Errorf("not a date")
	}
	d := pep.DateOf(day)
	if weekday != "" && !namesWeekday(weekday, d) {
		return pep.Date{}, fmt.Errorf("%s %d is a %s", d.Month, d.Day, d.Weekday())
	}
	return d, nil
}

func namesWeekday(name string, d pep.Date) bool {
	full := d.Weekday().String()
	return strings.EqualFold(name, full) || strings.EqualFold(name, full[:3])
}

// DateAt reads a date of a rule file, "Fri 17 Nov 2023" or 2023-11-17. A
// weekday that is not the date's own is a problem.
func DateAt(n rulefile.Node) pep.Date {
	text := n.Text()
	if text == "" {
		return pep.Date{}
	}
	d, err := parseDate(text)
	if err != nil {
		n.Problem(err.Error(), dateHint)
	}
	return d
}

// spanAt reads "Mon 2 Sep 2024 to Fri 25 Oct 2024".
func spanAt(n rulefile.Node) span {
	text := n.Text()
	if text == "" {
		return span{}
	}
	const hint = "write it like Mon 2 Sep 2024 to Fri 25 Oct 2024"
	first, last, ok := strings.Cut(text, " to ")
	if !ok {
		n.Problem("not two dates with to between them", hint)
		return span{}
	}
	from, err := parseDate(strings.TrimSpace(first))
	if err != nil {
		n.Problem("first date: "+err.Error(), hint)
		return span{}
	}
	to, err := parseDate(strings.TrimSpace(last))
	if err != nil {
		n.Problem("last date: "+err.Error(), hint)
		return span{}
	}
	if to.Before(from) {
		n.Problem("the last date is before the first", hint)
		return span{}
	}
	return span{from, to}
}
