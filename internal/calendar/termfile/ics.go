package termfile

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// property is one content line of RFC 5545 section 3.1, unfolded, with the
// line of the file on which it begins.
type property struct {
	name, value string
	line        int
}

// unfold joins the lines that were folded: a line that begins with a space or
// a tab continues the one before it.
func unfold(text string) []property {
	var lines []property
	for i, raw := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if raw != "" && (raw[0] == ' ' || raw[0] == '\t') && len(lines) > 0 {
			lines[len(lines)-1].value += raw[1:]
			continue
		}
		lines = append(lines, property{value: raw, line: i + 1})
	}
	for i, p := range lines {
		lines[i].name, lines[i].value = nameAndValue(p.value)
	}
	return lines
}

// nameAndValue leaves the parameters out; a colon inside quotes is theirs.
func nameAndValue(line string) (string, string) {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ':' && !quoted:
			name, _, _ := strings.Cut(line[:i], ";")
			return strings.ToUpper(strings.TrimSpace(name)), line[i+1:]
		}
	}
	return "", ""
}

// unescape undoes the escapes of text (RFC 5545 section 3.3.11).
func unescape(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\,`, ",", `\;`, ";", `\n`, " ", `\N`, " ").Replace(text)
}

func (r *reader) readICalendar(text string) {
	var event map[string]property
	depth, events := 0, 0
	for _, p := range unfold(text) {
		kind := strings.ToUpper(strings.TrimSpace(p.value))
		switch {
		case p.name == "BEGIN" && kind == "VEVENT" && event == nil:
			event, depth = map[string]property{"BEGIN": p}, 0
		case p.name == "BEGIN" && event != nil:
			depth++
		case p.name == "END" && event != nil && depth > 0:
			depth--
		case p.name == "END" && kind == "VEVENT" && event != nil:
			if events++; events > maxEvents {
				r.fault(p.line, "", "the calendar has more than 5,000 events", "export one or two years only")
				return
			}
			r.takeEvent(event)
			event = nil
		case event != nil && depth == 0:
			event[p.name] = p
		}
	}
	if event != nil {
		r.fault(event["BEGIN"].line, "", "the event does not end", "export the calendar again")
	}
}

// takeEvent judges first what the event is, so that a parents' evening at six
// o'clock is left out and not a fault.
func (r *reader) takeEvent(event map[string]property) {
	title, line := unescape(event["SUMMARY"].value), event["BEGIN"].line
	if start := event["DTSTART"]; start.line > 0 {
		line = start.line
	}
	if strings.EqualFold(strings.TrimSpace(event["STATUS"].value), "CANCELLED") {
		r.leave(line, title, "the event is cancelled")
		return
	}
	from, ok := allDay(event["DTSTART"].value)
	if !ok {
		r.leave(line, title, "not an all-day event")
		return
	}
	to, ok := lastDay(from, event)
	if !ok || from.Year < 2000 || to.Year > 2099 {
		r.fault(line, title, "the event has no end that can be read, or ends before it begins", "an all-day event ends with DTEND, the day after its last")
		return
	}
	e := entry{title: title, from: from, to: to, line: line}
	if _, repeats := event["RRULE"]; repeats && classify(e).kind != unknown {
		r.fault(line, title, "the event repeats", "write each time as an event of its own")
		return
	}
	if classify(e).kind == unknown {
		r.leave(line, title, "neither a term, a holiday nor an INSET day")
		return
	}
	r.take(e)
}

var dayOnly = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)(T000000)?$`)

// allDay reads a DATE, or midnight without a zone, which some calendars write.
func allDay(value string) (pep.Date, bool) {
	m := dayOnly.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil {
		return pep.Date{}, false
	}
	d, err := pep.ParseDate(m[1] + "-" + m[2] + "-" + m[3])
	return d, err == nil
}

var duration = regexp.MustCompile(`^P(\d{1,3})([DW])$`)

// lastDay is the last day of an all-day event: the day before DTEND, which is
// not included (RFC 5545 section 3.6.1), or DTSTART alone.
func lastDay(from pep.Date, event map[string]property) (pep.Date, bool) {
	if length, there := event["DURATION"]; there {
		m := duration.FindStringSubmatch(strings.TrimSpace(length.value))
		if m == nil {
			return pep.Date{}, false
		}
		days, _ := strconv.Atoi(m[1])
		if m[2] == "W" {
			days *= 7
		}
		return from.AddDays(days - 1), days > 0
	}
	end, there := event["DTEND"]
	if !there {
		return from, true
	}
	after, ok := allDay(end.value)
	if !ok || after.Before(from) {
		return pep.Date{}, false
	}
	if after == from {
		return from, true
	}
	return after.AddDays(-1), true
}
