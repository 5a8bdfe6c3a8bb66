package form

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/pep"
)

// Bounds of answers that name none, in characters. A register's cell may be
// long, and is taken whole.
const (
	defaultTextLength = 65_536
	maxAnswerBytes    = 1 << 20
)

// InvalidAnswer says why a text is no answer of a field. It names the field
// and never repeats the text.
type InvalidAnswer struct {
	Field  string
	Reason string
}

// Error is the field and the reason.
func (e *InvalidAnswer) Error() string { return e.Field + ": " + e.Reason }

// Canonical reads what a person typed into the field and gives its canonical
// text; blank text is no answer and gives "". The error is an *InvalidAnswer.
// A table has no text of its own.
func (f Field) Canonical(text string) (string, error) {
	if len(text) > maxAnswerBytes || !utf8.ValidString(text) {
		return "", f.invalid("the text is too long or not readable")
	}
	text = strings.TrimSpace(tidyLines(text))
	if text == "" {
		return "", nil
	}
	switch f.Kind {
	case Text:
		return f.canonicalText(strings.Join(strings.Fields(text), " "))
	case LongText:
		return f.canonicalText(text)
	case Date:
		return f.canonicalDate(text)
	case Number, Money, Percent:
		return f.canonicalAmount(text)
	case OneOf:
		return f.canonicalChoice(text)
	case SeveralOf:
		return f.canonicalChoices(text)
	case YesNo:
		return f.canonicalAnswer(text)
	default:
		return "", f.invalid("a " + string(f.Kind) + " is no single answer")
	}
}

func (f Field) invalid(reason string) error { return &InvalidAnswer{f.Key, reason} }

// tidyLines makes one line break of every kind there is, a blank of a tab,
// and drops other control characters, which no one typed on purpose.
func tidyLines(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\v', '\u2028', '\u2029':
			return '\n'
		case '\t':
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

func (f Field) canonicalText(text string) (string, error) {
	limit := f.MaxLength
	if limit == 0 {
		limit = defaultTextLength
	}
	if utf8.RuneCountInString(text) > limit {
		return "", f.invalid("longer than " + strconv.Itoa(limit) + " characters")
	}
	return f.Format.canonical(f, text)
}

// Layouts of dates that a British form takes; the year is always written out.
// Numbers alone are day, month, year.
func dateLayouts() []string {
	return []string{
		time.DateOnly, "2/1/2006", "2.1.2006", "2-1-2006", "2 January 2006", "2 Jan 2006",
		"Monday 2 January 2006", "Mon 2 January 2006", "Monday 2 Jan 2006", "Mon 2 Jan 2006",
	}
}

// ordinal is the ending of a day: 17th.
var ordinal = regexp.MustCompile(`(?i)\b(\d{1,2})(st|nd|rd|th)\b`)

func (f Field) canonicalDate(text string) (string, error) {
	plain := strings.Join(strings.Fields(strings.ReplaceAll(text, ",", " ")), " ")
	plain = ordinal.ReplaceAllString(plain, "$1")
	for _, layout := range dateLayouts() {
		t, err := time.Parse(layout, plain)
		if err != nil || t.Year() < 1900 || t.Year() > 2200 {
			continue
		}
		if strings.HasPrefix(layout, "Mon") && !strings.EqualFold(plain[:3], t.Format("Mon")) {
			return "", f.invalid("the day of the week does not fit the date")
		}
		return pep.DateOf(t).String(), nil
	}
	return "", f.invalid("not a date: write day/month/year, as 17/03/2026")
}

func (f Field) canonicalAmount(text string) (string, error) {
	plain := strings.NewReplacer(",", "", "£", "", "%", "", " ", "").Replace(text)
	sign := ""
	if rest, found := strings.CutPrefix(plain, "-"); found {
		sign, plain = "-", rest
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	if whole+fraction == "" || len(whole) > 12 || len(fraction) > 2 || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", f.invalid("not a number with at most two decimals")
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if f.Kind == Money {
		fraction = (fraction + "00")[:2]
	}
	number := sign + whole
	if fraction != "" {
		number += "." + fraction
	}
	if strings.Trim(number, "-0.") == "" {
		number = strings.TrimPrefix(number, "-")
	}
	return number, f.bounded(number)
}

// bounded checks the bounds of a number; a percentage is 0 to 100, money is
// never negative, a number without bounds is not either.
func (f Field) bounded(number string) error {
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return f.invalid("not a number")
	}
	least, most := f.Min, f.Max
	switch {
	case f.Kind == Percent:
		least, most = 0, 100
	case least == 0 && most == 0:
		most = 1e9
	}
	if value < least || value > most {
		return f.invalid("not between " + strconv.FormatFloat(least, 'f', -1, 64) + " and " + strconv.FormatFloat(most, 'f', -1, 64))
	}
	return nil
}

func (f Field) canonicalChoice(text string) (string, error) {
	for _, choice := range f.Choices {
		if text == choice.Key {
			return choice.Key, nil
		}
	}
	for _, choice := range f.Choices {
		if strings.EqualFold(text, choice.Key) || strings.EqualFold(text, choice.Label) {
			return choice.Key, nil
		}
	}
	return "", f.invalid("not one of the choices")
}

// canonicalChoices takes keys or labels parted by semicolons or line breaks,
// in any order; a label may hold a comma but no semicolon.
func (f Field) canonicalChoices(text string) (string, error) {
	var chosen []string
	for _, item := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		key, err := f.canonicalChoice(item)
		if err != nil {
			return "", err
		}
		chosen = append(chosen, key)
	}
	var ordered []string
	for _, choice := range f.Choices {
		if slices.Contains(chosen, choice.Key) {
			ordered = append(ordered, choice.Key)
		}
	}
	return strings.Join(ordered, severalSeparator), nil
}

// severalSeparator parts the keys of a canonical answer of several choices.
const severalSeparator = "; "

func (f Field) canonicalAnswer(text string) (string, error) {
	answer, err := pep.ParseAnswer(text)
	if err != nil {
		return "", f.invalid("neither yes nor no")
	}
	return string(answer), nil
}
