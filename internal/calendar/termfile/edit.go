package termfile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// ErrShape means that a rule file is not laid out in lines as the shipped ones
// are, so that it cannot be changed without touching what others wrote.
var ErrShape = errors.New("the file is laid out otherwise than the shipped ones, so that the lines to change cannot be told: write the year in by hand")

// quoted is a text as YAML writes it in double quotes.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

const fileDate = "Mon 2 Jan 2006"

func dayText(d pep.Date) string { return d.Time().Format(fileDate) }

// Text is the year as calendar.yaml writes it, under years:.
func (y Year) Text(source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - year: %q\n    source: %s\n    terms:\n", pep.Term{Year: y.Begins}.AcademicYear(), quoted(source))
	for term, name := range termNames() {
		first, second := y.Halves[2*term], y.Halves[2*term+1]
		fmt.Fprintf(&b, "      - name: %s\n        first_half: \"%s to %s\"\n        second_half: \"%s to %s\"\n",
			name, dayText(first.From), dayText(first.To), dayText(second.From), dayText(second.To))
	}
	if len(y.INSET) > 0 {
		b.WriteString("    inset:\n")
		for _, day := range y.INSET {
			fmt.Fprintf(&b, "      - {on: \"%s\", name: %s}\n", dayText(day.On), quoted(day.Name))
		}
	}
	return b.String()
}

var itemYear = regexp.MustCompile(`^  - \{?\s*year:\s*["']?(20\d\d/\d\d)["']?`)

// SetYear puts a year into the text of a calendar.yaml, in the place of the
// year of that name or in order of time, and takes it out of not_found. Every
// other line stays as it is. [ErrShape] where the file is laid out otherwise.
func SetYear(text string, y Year, source string) (string, error) {
	lines := split(text)
	name := pep.Term{Year: y.Begins}.AcademicYear()
	lines = dropNotFound(lines, name)
	from, to, ok := section(lines, "years")
	if !ok {
		return "", ErrShape
	}
	if rest := strings.TrimSpace(strings.TrimPrefix(lines[from], "years:")); rest != "" {
		if rest != "[]" {
			return "", ErrShape
		}
		lines[from] = "years:"
	}
	at, end := to, to
	for i := from + 1; i < to; i++ {
		m := itemYear.FindStringSubmatch(lines[i])
		if m == nil || m[1] < name {
			continue
		}
		at, end = i, i
		if m[1] == name {
			end = itemEnd(lines, i, to)
		}
		break
	}
	return join(text, slices.Concat(lines[:at], split(y.Text(source)), lines[end:])), nil
}

func split(text string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
}

// join ends the lines as the text before ended them.
func join(before string, lines []string) string {
	ending := "\n"
	if strings.Contains(before, "\r\n") {
		ending = "\r\n"
	}
	return strings.Join(lines, ending) + ending
}

// section is the lines of a key at the margin: its own, and the one after its
// last indented line. Blank lines and remarks that follow stay outside.
func section(lines []string, key string) (from, to int, ok bool) {
	from = slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, key+":") })
	if from < 0 {
		return 0, 0, false
	}
	to = from + 1
	for i := from + 1; i < len(lines); i++ {
		switch {
		case strings.HasPrefix(lines[i], " "):
			to = i + 1
		case strings.TrimSpace(lines[i]) != "" && lines[i][0] != '#':
			return from, to, true
		}
	}
	return from, to, true
}

// itemEnd is the line after the last line of a list entry. Remarks before the
// next entry belong to that.
func itemEnd(lines []string, at, to int) int {
	end := at + 1
	for i := at + 1; i < to && !strings.HasPrefix(lines[i], "  - "); i++ {
		if strings.HasPrefix(lines[i], "    ") {
			end = i + 1
		}
	}
	return end
}

func dropNotFound(lines []string, name string) []string {
	from, to, ok := section(lines, "not_found")
	if !ok {
		return lines
	}
	for i := from + 1; i < to; i++ {
		if m := itemYear.FindStringSubmatch(lines[i]); m != nil && m[1] == name {
			end := itemEnd(lines, i, to)
			if i == from+1 && end == to {
				i = from
			}
			return slices.Concat(lines[:i], lines[end:])
		}
	}
	return lines
}

var (
	holidayLine = regexp.MustCompile(`^  - \{on: "\w{3} (\d{1,2} \w{3} \d{4})"`)
	yearLine    = regexp.MustCompile(`^(from|to): (\d{4})\s*$`)
)

// SetHolidays puts bank holidays into the text of bank-holidays.yaml and takes
// others out, in order of time; the years from and to grow where needed, and
// the source is added to the file's. Every other line stays as it is.
func SetHolidays(text string, add []NamedDay, drop []pep.Date, last int, source string) (string, error) {
	lines := split(text)
	for _, d := range drop {
		i := slices.IndexFunc(lines, func(line string) bool { return holidayOn(line) == d })
		if i < 0 {
			return "", ErrShape
		}
		lines = slices.Delete(lines, i, i+1)
	}
	for _, day := range add {
		_, to, ok := section(lines, "holidays")
		if !ok {
			return "", ErrShape
		}
		at := slices.IndexFunc(lines, func(line string) bool { d := holidayOn(line); return !d.IsZero() && d.After(day.On) })
		if at < 0 {
			at = to
		}
		lines = slices.Insert(lines, at, fmt.Sprintf("  - {on: \"%s\", name: %s}", dayText(day.On), quoted(day.Name)))
	}
	for i, line := range lines {
		if m := yearLine.FindStringSubmatch(line); m != nil && m[1] == "to" && m[2] < fmt.Sprint(last) {
			lines[i] = fmt.Sprintf("to: %d", last)
		}
		if strings.HasPrefix(line, `source: "`) && strings.HasSuffix(line, `"`) && !strings.Contains(line, quoted(source)[1:]) {
			lines[i] = strings.TrimSuffix(line, `"`) + "; " + quoted(source)[1:]
		}
	}
	return join(text, lines), nil
}

func holidayOn(line string) pep.Date {
	m := holidayLine.FindStringSubmatch(line)
	if m == nil {
		return pep.Date{}
	}
	d, _, err := bareDate(strings.Fields(m[1]))
	if err != nil {
		return pep.Date{}
	}
	return d
}
