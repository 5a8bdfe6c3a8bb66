package table

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Bounds on what is read. A cell is bounded in bytes as the file has it.
const (
	MaxFile    = 256 << 20
	MaxCell    = 64 << 10
	MaxColumns = 1024
	MaxRows    = 1 << 20
	MaxTables  = 64
	// MaxTitle is how many rows with something in them may stand above a header.
	MaxTitle = 30
	// MaxDepth is how deep JSON may be nested.
	MaxDepth = 16
)

// Form is what sort of cell the file says it is.
type Form uint8

// The forms of a cell.
const (
	Text Form = iota
	Number
	Boolean
	// Formula is a cell that is computed, whatever it shows, or the error that
	// a computation left.
	Formula
	// Nested is a JSON value that is a list or an object.
	Nested
)

// Cell is one cell. Its text is valid only until the next row is read.
type Cell struct {
	Form Form
	text []byte
	// latin says that the bytes are Windows-1252 and not UTF-8.
	latin bool
}

// Blank reports whether the cell holds nothing but spaces and tabs.
func (c Cell) Blank() bool {
	return len(bytes.Trim(c.text, " \t")) == 0 && c.Form != Nested && c.Form != Formula
}

// Value gives the cell's text, and false where its bytes mean nothing in the
// file's encoding or where an earlier program has put U+FFFD in their place.
func (c Cell) Value() (string, bool) {
	if !c.latin {
		sound := utf8.Valid(c.text) && !bytes.Contains(c.text, []byte("\uFFFD"))
		return string(c.text), sound
	}
	if ascii(c.text) {
		return string(c.text), true
	}
	runes := make([]rune, 0, len(c.text))
	sound := true
	for _, b := range c.text {
		switch b {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d: // not assigned in Windows-1252
			sound = false
		}
		runes = append(runes, charmap.Windows1252.DecodeByte(b))
	}
	return string(runes), sound
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Record is one row. Row counts as a spreadsheet does: from 1, with title rows
// and header, a line break inside quotes not counted. Cells may be fewer than
// the header's. Broken says why the row could not be read whole; it is empty
// for a sound row.
type Record struct {
	Row    int
	Cells  []Cell
	Broken string
}

func (r Record) blank() bool {
	for _, c := range r.Cells {
		if !c.Blank() {
			return false
		}
	}
	return r.Broken == ""
}

// Table is one header with the rows below it.
type Table struct {
	// Sheet is the sheet of a workbook or the list of a JSON document.
	Sheet string
	// Header is empty where no row scores as one; Guess is then the fullest of
	// the first rows. JSON has the keys of all its objects, at row 0.
	Header    []string
	HeaderRow int
	Guess     []string
	// Problem says why the first rows could not be read, nil where they could.
	Problem error
	// Epoch1904 says that day numbers count from 1 January 1904.
	Epoch1904 bool
	// fixed columns are told apart by separators alone, so that a cell beyond
	// the header means that a separator was lost or added.
	fixed bool
	walk  func(visit func(Record) error) error
}

// errEnough ends a walk early without being a fault.
var errEnough = errors.New("enough rows were read")

// Rows visits each row below the header that is not blank, until visit gives
// an error. An error that is not visit's own says why the rows after the last
// one could not be read.
func (t *Table) Rows(visit func(Record) error) error {
	return t.walk(func(r Record) error {
		if r.Row <= t.HeaderRow || r.blank() {
			return nil
		}
		if t.fixed && r.Broken == "" && len(r.Cells) > len(t.Header) && !(Record{Cells: r.Cells[len(t.Header):]}).blank() {
			r.Broken = "the row has more cells than the header: a separator inside a value is not quoted"
		}
		return visit(r)
	})
}

// findHeader looks for the best header among the first rows, and gives its
// score.
func (t *Table) findHeader(score func([]string) int) (int, error) {
	best, seen, fullest := 0, 0, 0
	err := t.walk(func(r Record) error {
		if r.blank() {
			return nil
		}
		if seen++; seen > MaxTitle {
			return errEnough
		}
		header, full := texts(r)
		if full > fullest {
			fullest, t.Guess = full, header
		}
		if points := score(header); points > best {
			best, t.Header, t.HeaderRow = points, header, r.Row
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return best, err
}

func texts(r Record) ([]string, int) {
	header, full := make([]string, len(r.Cells)), 0
	for i, c := range r.Cells {
		header[i], _ = c.Value()
		if !c.Blank() {
			full++
		}
	}
	return header, full
}

// Open finds the tables of a file. Score says how well a row would do as the
// header of a table that the caller knows; 0 is not at all. The error says in
// an officer's words why the file, or what is not among the tables given with
// it, cannot be read.
func Open(data []byte, score func(header []string) int) ([]Table, error) {
	switch {
	case len(data) > MaxFile:
		return nil, errors.New("the file is larger than 256 MiB: export fewer rows at a time")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("the file is empty")
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, errors.New("it is an old or password-protected workbook: save it as .xlsx without a password")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return openWorkbook(data, score)
	}
	text, encoding := decode(data)
	if !looksJSON(text) {
		return []Table{openText(text, encoding == windows1252, score)}, nil
	}
	tables, err := openJSON(text)
	if len(tables) > 0 {
		return tables, err
	}
	// A title such as [Official] above a CSV is no JSON.
	if t := openText(text, encoding == windows1252, score); len(t.Header) > 0 {
		return []Table{t}, nil
	}
	return nil, err
}
