package termfile

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// readHolidays reads the shape of gov.uk/bank-holidays.json.
func (r *reader) readHolidays(text string) {
	var all map[string]struct {
		Division string `json:"division"`
		Events   []struct {
			Title string `json:"title"`
			Date  string `json:"date"`
		} `json:"events"`
	}
	const hint = `the file is {"england-and-wales":{"events":[{"title":"…","date":"2026-12-25"}]}}`
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		r.fault(0, "", "not the JSON of bank holidays", hint)
		return
	}
	england, there := all["england-and-wales"]
	if !there || len(england.Events) == 0 || len(england.Events) > maxEvents {
		r.fault(0, "", "no bank holidays of england-and-wales", hint)
		return
	}
	seen := map[pep.Date]bool{}
	for _, event := range england.Events {
		d, err := pep.ParseDate(event.Date)
		title := strings.Join(strings.Fields(event.Title), " ")
		line := lineOf(text, event.Date)
		switch {
		case err != nil || title == "" || d.Year < 2000 || d.Year > 2099:
			r.fault(line, event.Date, "a bank holiday without a title or a date of the form 2026-12-25", hint)
		case seen[d]:
			r.fault(line, event.Date, "the day stands twice", "keep one of them")
		case d.Weekday() == time.Saturday || d.Weekday() == time.Sunday:
			r.fault(line, event.Date, d.Long()+" is at a weekend", "write the weekday that is kept instead")
		default:
			seen[d] = true
			r.file.Holidays = append(r.file.Holidays, NamedDay{On: d, Name: title, line: line})
		}
	}
}

// lineOf is the line on which a date of england-and-wales first stands; 0 where
// it is written in a way that cannot be found again.
func lineOf(text, date string) int {
	start := max(0, strings.Index(text, `"england-and-wales"`))
	at := strings.Index(text[start:], `"`+date+`"`)
	if at < 0 {
		return 0
	}
	return 1 + strings.Count(text[:start+at], "\n")
}
