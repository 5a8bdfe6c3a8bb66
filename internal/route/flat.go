package route

import (
	"bytes"
	"strings"
)

// What a policy file may be at most.
const (
	maxBytes = 64 << 20
	maxLine  = 4 << 10
	maxRows  = 200_000
	maxCells = 40 // of one row or gateway; the keys are fewer
)

// cell is one key and its value with the value's place.
type cell struct {
	key, value   string
	line, column int
}

// flatFile is a policy file taken apart but not yet understood.
type flatFile struct {
	name     string
	head     []cell
	rows     []entry
	gateways []entry
	cells    []cell // of all rows and gateways, in order
	problems Problems
	// state of the walk
	keyColumn int      // where the keys of the present row stand, 0 outside the list
	dash      int      // where the hyphens stand, 0 before the first
	list      *[]entry // the list that is being read, nil outside
}

// entry is one row: its cells are cells[from:to] of the file.
type entry struct{ from, to, line, column int }

// canonicalBytes are the bytes that a policy is known by: without a byte order
// mark and with LF line ends, so that saving a file on Windows changes nothing.
func canonicalBytes(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}

// readFlat takes canonical bytes apart: "key: value" lines, and under "rows:"
// a list of such groups, and another under "gateways:". It reads no flow style, no anchors, no values over
// several lines; whatever it does not read is a problem.
func readFlat(name, text string) *flatFile {
	f := &flatFile{name: name}
	if len(text) > maxBytes {
		f.add(0, 0, "", "the file is larger than 64 MiB", "split it")
		return f
	}
	lines := strings.Count(text, "\n")
	f.cells = make([]cell, 0, min(lines+1, maxRows*maxCells))
	number := 0
	for len(text) > 0 {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		number++
		f.take(line, number)
	}
	f.endRow()
	return f
}

func (f *flatFile) add(line, column int, value, text, hint string) {
	if len(f.problems) < maxProblems {
		f.problems = append(f.problems, Problem{
			File: f.name, Line: line, Column: column, Value: shorten(value), Text: text, Hint: hint,
		})
	}
}

func (f *flatFile) take(line string, number int) {
	if column := badByte(line); column > 0 {
		f.add(number, column, "", "a tab, a control character or bytes that are not UTF-8", "use spaces and plain text")
		return
	}
	if len(line) > maxLine {
		f.add(number, 1, "", "the line is longer than 4 KiB", "shorten it")
		return
	}
	rest := strings.TrimLeft(line, " ")
	if rest == "" || rest[0] == '#' {
		return
	}
	indent := len(line) - len(rest)
	if item, ok := strings.CutPrefix(rest, "- "); ok {
		inner := strings.TrimLeft(item, " ")
		f.beginRow(number, indent+1)
		f.pair(inner, number, indent+len(rest)-len(inner)+1)
		return
	}
	f.pair(rest, number, indent+1)
}

// beginRow starts the row whose hyphen stands in a column.
func (f *flatFile) beginRow(number, column int) {
	f.endRow()
	switch {
	case f.list == nil:
		f.add(number, column, "-", "a list stands where none is read", "rows are listed under rows:, gateways under gateways:")
		f.list = new([]entry)
	case f.dash != 0 && f.dash != column:
		f.add(number, column, "-", "the hyphens of the rows do not stand below each other", "indent every row alike")
	case len(*f.list) >= maxRows:
		f.add(number, column, "", "more than 200,000 rows", "split the policy")
		*f.list, f.cells = (*f.list)[:maxRows-1], f.cells[:(*f.list)[maxRows-1].from]
	}
	f.dash, f.keyColumn = column, -1
	*f.list = append(*f.list, entry{from: len(f.cells), to: len(f.cells), line: number, column: column})
}

func (f *flatFile) endRow() {
	if f.keyColumn != 0 && f.list != nil && len(*f.list) > 0 {
		(*f.list)[len(*f.list)-1].to = len(f.cells)
	}
	f.keyColumn = 0
}

// pair takes "key: value" whose key begins in a column.
func (f *flatFile) pair(text string, number, column int) {
	key, after, found := strings.Cut(text, ":")
	if !found || !plainKey(key) || (after != "" && after[0] != ' ') {
		f.add(number, column, text, "not a line of the form key: value", "write one key, a colon, a blank and one value a line")
		return
	}
	raw := strings.TrimLeft(after, " ")
	place := column + len(key) + 1 + len(after) - len(raw)
	if column == 1 {
		f.endRow()
		f.top(key, raw, number, place)
		return
	}
	switch f.keyColumn {
	case -1:
		f.keyColumn = column
	case column:
	default:
		f.add(number, column, text, "the line is indented unlike the keys it belongs to", "begin it below the first key of its row")
		return
	}
	row := (*f.list)[len(*f.list)-1]
	if len(f.cells)-row.from >= maxCells {
		f.add(number, column, key, "the row has more keys than there are", "begin the next row with a hyphen")
		return
	}
	if value, ok := f.scalar(raw, number, place); ok {
		f.cells = append(f.cells, cell{key: key, value: value, line: number, column: place})
	}
}

// top takes a key that belongs to the file, not to a row.
func (f *flatFile) top(key, raw string, number, place int) {
	if list := map[string]*[]entry{"rows": &f.rows, "gateways": &f.gateways}[key]; list != nil {
		if f.list == list || len(*list) > 0 {
			f.add(number, 1, key, "the key stands twice", "keep one list of "+key)
		}
		if raw != "" && raw[0] != '#' {
			f.add(number, place, raw, key+": has no value of its own", "list the "+key+" below it, each after a hyphen")
		}
		f.list, f.dash = list, 0
		return
	}
	if value, ok := f.scalar(raw, number, place); ok {
		f.head = append(f.head, cell{key: key, value: value, line: number, column: place})
	}
	f.list = nil
}

func plainKey(key string) bool {
	for i := range len(key) {
		if c := key[i]; (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return key != ""
}
