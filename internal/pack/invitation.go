package pack

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/pep"
)

// Invitation is one person's entry for the calendar. It carries no word about
// the child, the placement or the purpose: the summary is neutral, and the
// place stands in it only where anybody may know it.
type Invitation struct {
	// UID is the same for every version of one person's invitation to one
	// meeting, and opaque.
	UID string
	// Sequence is 0 for the first version and grows with each change (RFC 5545,
	// 3.8.7.4).
	Sequence int
	// Stamp is when this version was made (RFC 5545, 3.8.7.2).
	Stamp time.Time
	// Day and Clock are when the meeting begins, in London; an empty Clock makes
	// it an event of the whole day.
	Day   pep.Date
	Clock string
	// Minutes is how long it takes; 0 means an hour.
	Minutes int
	// Organizer is the mailbox of the PEPs, Attendee the one person invited.
	Organizer, Attendee pep.Address
	// Place is where it is held; empty where it may not be said.
	Place string
	// Reference is what the person quotes to the organiser.
	Reference string
	// Cancelled takes the meeting out of the calendar again (RFC 5546, 3.2.5).
	Cancelled bool
}

// InvitationError says what keeps an invitation from being made.
type InvitationError struct{ Fault string }

// Error is the fault.
func (e *InvitationError) Error() string { return "making an invitation: " + e.Fault }

// london is the zone as it has been since 1996 (RFC 5545, 3.6.5): both
// observances repeat for ever.
const london = "BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n" +
	"BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nTZNAME:BST\r\nDTSTART:19810329T010000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n" +
	"BEGIN:STANDARD\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nTZNAME:GMT\r\nDTSTART:19961027T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n" +
	"END:VTIMEZONE\r\n"

// usualMinutes is how long a meeting is taken to be where nothing says it.
const usualMinutes = 60

// maxPlace bounds the place, in characters.
const maxPlace = 200

// Write gives the iCalendar object, with CRLF line ends and lines of at most
// 75 octets (RFC 5545, 3.1). The same invitation gives the same bytes.
func (i Invitation) Write() ([]byte, error) {
	begins, err := i.begins()
	if err != nil {
		return nil, err
	}
	method, status := "REQUEST", "CONFIRMED"
	if i.Cancelled {
		method, status = "CANCEL", "CANCELLED"
	}
	var c calendar
	c.raw("BEGIN:VCALENDAR", "PRODID:-//pepost//meeting//EN", "VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:"+method)
	c.b.WriteString(london)
	c.raw("BEGIN:VEVENT", "UID:"+escaped(i.UID), "SEQUENCE:"+fmt.Sprint(i.Sequence), "DTSTAMP:"+i.Stamp.UTC().Format("20060102T150405Z"))
	c.raw(i.times(begins)...)
	c.raw("SUMMARY:"+escaped("Meeting, reference "+i.Reference), "STATUS:"+status, "TRANSP:OPAQUE", "CLASS:PRIVATE")
	if i.Place != "" {
		c.raw("LOCATION:" + escaped(i.Place))
	}
	c.raw("ORGANIZER:"+mailto(i.Organizer),
		"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:"+mailto(i.Attendee),
		"END:VEVENT", "END:VCALENDAR")
	return []byte(c.b.String()), nil
}

// begins checks the invitation and gives the moment the meeting begins.
func (i Invitation) begins() (time.Time, error) {
	fault := ""
	switch {
	case i.Day.IsZero() && !i.Cancelled:
		fault = "no meeting is booked"
	case i.UID == "" || i.Reference == "":
		fault = "it has no identifier or no reference"
	case i.Organizer.Canonical() == "":
		fault = "the sender's mailbox has no usable address"
	case i.Attendee.Canonical() == "":
		fault = "the person has no usable address"
	case i.Sequence < 0 || i.Minutes < 0:
		fault = "its sequence or its length is negative"
	case utf8.RuneCountInString(i.Place) > maxPlace:
		fault = fmt.Sprintf("the place is longer than %d characters", maxPlace)
	}
	if fault != "" {
		return time.Time{}, &InvitationError{Fault: fault}
	}
	if i.Clock == "" || i.Day.IsZero() {
		return i.Day.Time(), nil
	}
	clock, err := time.Parse("15:04", i.Clock)
	if err != nil {
		return time.Time{}, &InvitationError{Fault: "the time is not like 14:30"}
	}
	// Wall time in London is written as it stands: no offset enters.
	return i.Day.Time().Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute), nil
}

// times are none for a meeting that was taken off the register with its date:
// a calendar knows it by its identifier.
func (i Invitation) times(begins time.Time) []string {
	if i.Day.IsZero() {
		return nil
	}
	if i.Clock == "" {
		return []string{"DTSTART;VALUE=DATE:" + begins.Format("20060102"), "DTEND;VALUE=DATE:" + begins.AddDate(0, 0, 1).Format("20060102")}
	}
	minutes := i.Minutes
	if minutes == 0 {
		minutes = usualMinutes
	}
	ends := begins.Add(time.Duration(minutes) * time.Minute)
	return []string{"DTSTART;TZID=Europe/London:" + begins.Format("20060102T150405"), "DTEND;TZID=Europe/London:" + ends.Format("20060102T150405")}
}

// mailto is an address as a calendar names a person (RFC 6068, 2): what has a
// meaning of its own there is written as its code.
func mailto(a pep.Address) string {
	return "mailto:" + strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", "&", "%26", "/", "%2F", "`", "%60", "{", "%7B", "}", "%7D", "|", "%7C", "^", "%5E").Replace(a.Canonical())
}

// calendar writes content lines.
type calendar struct{ b strings.Builder }

// maxOctets is the longest content line without its line break (RFC 5545, 3.1).
const maxOctets = 75

// raw writes lines, folded between characters.
func (c *calendar) raw(lines ...string) {
	for _, line := range lines {
		room := maxOctets
		for len(line) > room {
			cut := room
			for cut > 0 && !utf8.RuneStart(line[cut]) {
				cut--
			}
			c.b.WriteString(line[:cut] + "\r\n ")
			line, room = line[cut:], maxOctets-1
		}
		c.b.WriteString(line + "\r\n")
	}
}

// escaped is a text value (RFC 5545, 3.3.11). Control characters, which no
// value may hold, become blanks.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
