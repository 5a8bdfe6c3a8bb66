package pack_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pep"
)

func invitation() pack.Invitation {
	return pack.Invitation{
		UID: "abc@council.example", Sequence: 2, Stamp: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC),
		Day: pep.Date{Year: 2026, Month: time.May, Day: 14}, Clock: "15:30", Minutes: 80,
		Organizer: pep.ParseAddress("peps@council.example"), Attendee: pep.ParseAddress("Jo.Park@Wyvern.example"),
		Place: "Room 4, upstairs; ring \\ the bell", Reference: "9E05-B5",
	}
}

// unfolded parts an object into content lines and checks how it is folded.
func unfolded(t interface{ Errorf(string, ...any) }, data []byte) []string {
	text := string(data)
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		t.Errorf("a line does not end with CRLF")
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n")
}

// property is the value of a property that stands once in the event.
func property(t interface{ Errorf(string, ...any) }, lines []string, name string) string {
	found, event := []string{}, false
	for _, line := range lines {
		event = event || line == "BEGIN:VEVENT"
		if rest, ok := strings.CutPrefix(line, name); event && ok && (rest[0] == ':' || rest[0] == ';') {
			found = append(found, rest)
		}
	}
	if len(found) != 1 {
		t.Errorf("%s stands %d times", name, len(found))
		return ""
	}
	return found[0]
}

func TestAnInvitationIsForOnePersonInLondonsTime(t *testing.T) {
	data, err := invitation().Write()
	if err != nil {
		t.Fatal(err)
	}
	lines := unfolded(t, data)
	for name, want := range map[string]string{
		"UID": ":abc@council.example", "SEQUENCE": ":2", "DTSTAMP": ":20260202T090000Z",
		"DTSTART": ";TZID=Europe/London:20260514T153000", "DTEND": ";TZID=Europe/London:20260514T165000",
		"SUMMARY": `:Meeting\, reference 9E05-B5`, "STATUS": ":CONFIRMED", "LOCATION": `:Room 4\, upstairs\; ring \\ the bell`,
		"ORGANIZER": ":mailto:peps@council.example",
		"ATTENDEE":  ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:Jo.Park@wyvern.example",
	} {
		if got := property(t, lines, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	again, _ := invitation().Write()
	if string(again) != string(data) {
		t.Error("the same invitation gave other bytes")
	}
}

func TestACancelledMeetingIsTakenBackByTheSameIdentifier(t *testing.T) {
	i := invitation()
	i.Cancelled, i.Sequence = true, 3
	data, err := i.Write()
	if err != nil {
		t.Fatal(err)
	}
	lines := unfolded(t, data)
	if property(t, lines, "STATUS") != ":CANCELLED" || property(t, lines, "UID") != ":abc@council.example" || !strings.Contains(string(data), "METHOD:CANCEL\r\n") {
		t.Errorf("%s", data)
	}
	i.Day, i.Clock = pep.Date{}, ""
	if data, err = i.Write(); err != nil || strings.Contains(string(data), "DTSTART;") {
		t.Errorf("off the register with its date: %v\n%s", err, data)
	}
}

func TestAMeetingWithoutATimeIsOfTheWholeDay(t *testing.T) {
	i := invitation()
	i.Clock = ""
	data, err := i.Write()
	if err != nil {
		t.Fatal(err)
	}
	lines := unfolded(t, data)
	if got := property(t, lines, "DTSTART"); got != ";VALUE=DATE:20260514" {
		t.Error(got)
	}
	if got := property(t, lines, "DTEND"); got != ";VALUE=DATE:20260515" {
		t.Error(got)
	}
}

func TestWhatCannotBeAnInvitationSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name string
		spot func(*pack.Invitation)
		want string
	}{
		{"no day", func(i *pack.Invitation) { i.Day = pep.Date{} }, "no meeting is booked"},
		{"no identifier", func(i *pack.Invitation) { i.UID = "" }, "no identifier"},
		{"no organiser", func(i *pack.Invitation) { i.Organizer = pep.Address{} }, "mailbox"},
		{"no attendee", func(i *pack.Invitation) { i.Attendee = pep.ParseAddress("two@a.example, three@a.example") }, "no usable address"},
		{"a time in words", func(i *pack.Invitation) { i.Clock = "half past" }, "not like 14:30"},
		{"a length below nothing", func(i *pack.Invitation) { i.Minutes = -1 }, "negative"},
		{"a place as long as a letter", func(i *pack.Invitation) { i.Place = strings.Repeat("é", 201) }, "longer than 200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := invitation()
			c.spot(&i)
			_, err := i.Write()
			var fault *pack.InvitationError
			if !errors.As(err, &fault) || !strings.Contains(fault.Fault, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestNothingInAPlaceBreaksOutOfItsLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := invitation()
		i.Place = rapid.StringOfN(rapid.RuneFrom([]rune("aé漢😀,;:\\\n\r\t\x00\x7f\u2028\u0085\"")), 0, 200, -1).Draw(t, "place")
		data, err := i.Write()
		if err != nil {
			t.Fatal(err)
		}
		lines := unfolded(t, data)
		attendees := 0
		for _, line := range lines {
			if strings.HasPrefix(line, "ATTENDEE") {
				attendees++
			}
		}
		if attendees != 1 || lines[len(lines)-1] != "END:VCALENDAR" {
			t.Fatalf("%q", data)
		}
	})
}
