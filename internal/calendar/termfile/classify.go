package termfile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pepost/pepost/internal/pep"
)

// kind is what one entry of a list is.
type kind int

const (
	unknown kind = iota
	inset
	bankHoliday
	termBegins
	termEnds
	wholeTerm
	half
	halfTermHoliday
	holiday
)

// entry is one row or event: its words and its days.
type entry struct {
	title    string
	from, to pep.Date
	line     int
}

// meaning is an entry understood: its kind, its term (0 autumn to 2 summer)
// and, of a half, which (0 or 1).
type meaning struct {
	kind kind
	term int
	half int
}

// plain is text in small letters with single spaces and no marks.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

func has(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return strings.Contains(" "+text+" ", " "+word+" ")
	})
}

// longHoliday is more days than a half-term holiday has, and fewer than half a
// term.
const longHoliday = 18

// classify tells what an entry is from its words, and from its month where the
// words leave the term open. What it cannot tell is unknown.
func classify(e entry) meaning {
	text := plain(e.title)
	halfTerm := has(text, "half term", "halfterm", "mid term", "half terms")
	away := has(text, "holiday", "holidays", "break", "vacation", "christmas", "easter", "closed")
	switch {
	case has(text, "inset", "training", "staff development", "professional development", "pd day", "non pupil day", "non pupil"):
		return meaning{kind: inset}
	case has(text, "bank holiday", "good friday", "easter monday", "may day", "early may", "boxing day", "christmas day", "new year s day"):
		return meaning{kind: bankHoliday}
	}
	if term, which, ok := namesHalf(text, halfTerm); ok && !away {
		return meaning{kind: half, term: term, half: which}
	}
	season, named := namesTerm(text)
	if !named {
		season = termAbout(e.from)
	}
	switch {
	case halfTerm && e.from.DaysUntil(e.to) < longHoliday:
		return meaning{kind: halfTermHoliday, term: season}
	case halfTerm:
		return meaning{}
	case away:
		return meaning{kind: holiday}
	case has(text, "first day", "start", "starts", "begin", "begins", "commences", "opens", "reopens", "return"):
		return meaning{kind: termBegins, term: season}
	case has(text, "last day", "end", "ends", "closes", "finishes", "finish", "break up", "breaks up"):
		return meaning{kind: termEnds, term: season}
	case named && e.from.DaysUntil(e.to) > 40:
		return meaning{kind: wholeTerm, term: season}
	}
	return meaning{}
}

// termNames are the terms in their order.
func termNames() [3]pep.TermName { return [3]pep.TermName{pep.Autumn, pep.Spring, pep.Summer} }

func namesTerm(text string) (int, bool) {
	for i, name := range termNames() {
		if has(text, string(name)) {
			return i, true
		}
	}
	return 0, false
}

var numbered = regexp.MustCompile(`\b(?:half term|term) ([1-6])\b`)

// namesHalf reads "Autumn 1", "Spring second half", "Summer term 2", and the
// six terms that some councils number.
func namesHalf(text string, halfTerm bool) (term, which int, ok bool) {
	bare := strings.NewReplacer("first day", "", "last day", "").Replace(text)
	term, named := namesTerm(bare)
	first := has(bare, "1", "1st", "first", "one")
	second := has(bare, "2", "2nd", "second", "two")
	switch {
	case named && first != second:
		return term, map[bool]int{true: 1}[second], true
	case named:
		return 0, 0, false
	}
	m := numbered.FindStringSubmatch(bare)
	if m == nil {
		return 0, 0, false
	}
	n, _ := strconv.Atoi(m[1])
	return (n - 1) / 2, (n - 1) % 2, true
}

// termAbout is the term that a day of a half-term, a first or a last day
// belongs to by its month.
func termAbout(d pep.Date) int {
	switch {
	case d.Month >= time.August:
		return 0
	case d.Month <= time.March, d.Month == time.April && d.Day <= 12:
		return 1
	}
	return 2
}

// academicYear is the calendar year in which a day's academic year begins. A
// term may begin in the last days of August.
func academicYear(d pep.Date) int {
	if d.Month > time.August || (d.Month == time.August && d.Day >= 15) {
		return d.Year
	}
	return d.Year - 1
}

var twoYears = regexp.MustCompile(`^(?:AY )?(20\d\d) ?[/–-] ?(?:20)?(\d\d)$`)

// namesYear reports whether a text such as 2025/26 or 2025-2026 names the
// academic year of a day. A single year may be either of its two.
func namesYear(text string, d pep.Date) bool {
	begins := academicYear(d)
	text = strings.TrimSpace(text)
	if m := twoYears.FindStringSubmatch(text); m != nil {
		first, _ := strconv.Atoi(m[1])
		last, _ := strconv.Atoi(m[2])
		return first == begins && last == (begins+1)%100
	}
	year, err := strconv.Atoi(text)
	return err == nil && year == d.Year
}
