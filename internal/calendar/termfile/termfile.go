package termfile

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
)

// What a file may be at most.
const (
	maxBytes  = 2 << 20
	maxEvents = 5000
	maxFaults = 200
)

// Format is what a file was found to be, by its content and not its name.
type Format string

// The formats.
const (
	CSV          Format = "csv"
	ICalendar    Format = "ics"
	BankHolidays Format = "bank holidays"
)

// Span is the days from one to another, both included.
type Span struct {
	From pep.Date `json:"from"`
	To   pep.Date `json:"to"`
	line int
}

// NamedDay is an INSET day or a bank holiday.
type NamedDay struct {
	On   pep.Date `json:"on"`
	Name string   `json:"name"`
	line int
}

// Year is one academic year, named by the calendar year it begins in. Halves
// holds autumn 1, autumn 2, spring 1, spring 2, summer 1, summer 2.
type Year struct {
	Begins int
	Halves [6]Span
	INSET  []NamedDay
}

// Left is an entry that was not taken, and why.
type Left struct {
	Line int    `json:"line"`
	What string `json:"what"`
	Why  string `json:"why"`
}

// File is what was understood.
type File struct {
	Format Format
	Years  []Year
	// Holidays are all that a gov.uk file lists for England and Wales, or the
	// bank holidays that a term-date file names.
	Holidays []NamedDay
	Left     []Left
}

// Read understands one file. The name is used in faults only. Closed tells the
// bank holidays, because a holiday that ends before one ends after it. The
// error is [rulefile.Problems]: every fault with its line.
func Read(name string, data []byte, closed func(pep.Date) bool) (File, error) {
	r := &reader{name: name, closed: closed}
	text, ok := r.decode(data)
	if ok {
		r.read(text)
	}
	if len(r.faults) > 0 {
		return File{}, r.faults.Sorted()
	}
	return r.file, nil
}

// reader is one file under way.
type reader struct {
	name     string
	closed   func(pep.Date) bool
	file     File
	entries  []entry
	dayFirst bool
	faults   rulefile.Problems
}

func (r *reader) fault(line int, value, what, hint string) {
	if len(r.faults) >= maxFaults {
		return
	}
	p := rulefile.Problem{File: r.name, Line: line, Value: shorten(value), What: what, Hint: hint}
	if line > 0 {
		p.Column = 1
	}
	r.faults = append(r.faults, p)
}

func (r *reader) leave(line int, what, why string) {
	r.file.Left = append(r.file.Left, Left{Line: line, What: shorten(what), Why: why})
}

func shorten(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= 60 {
		return string(runes)
	}
	return string(runes[:60]) + "…"
}

// decode takes UTF-8 with or without a byte order mark, else Windows-1252, in
// which spreadsheets of this country save.
func (r *reader) decode(data []byte) (string, bool) {
	const hint = "save the list as CSV or as an iCalendar file (.ics)"
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > maxBytes:
		r.fault(0, "", "the file is larger than 2 MiB", hint)
		return "", false
	case len(bytes.TrimSpace(data)) == 0:
		r.fault(0, "", "the file is empty", hint)
		return "", false
	case bytes.IndexByte(data, 0) >= 0:
		r.fault(0, "", "the file is not text", hint)
		return "", false
	case utf8.Valid(data):
		return string(data), true
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		r.fault(0, "", "the letters of the file cannot be read", "save it as UTF-8")
		return "", false
	}
	return string(text), true
}

func (r *reader) read(text string) {
	start := strings.TrimSpace(text)
	if len(start) > 0 && start[0] == '{' {
		r.file.Format = BankHolidays
		r.readHolidays(text)
		return
	}
	if len(start) >= 15 && strings.EqualFold(start[:15], "BEGIN:VCALENDAR") {
		r.file.Format = ICalendar
		r.readICalendar(text)
	} else {
		r.file.Format = CSV
		r.readCSV(text)
	}
	if len(r.faults) == 0 {
		r.assemble()
	}
}
