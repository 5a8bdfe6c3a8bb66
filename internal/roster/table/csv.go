package table

import (
	"bytes"
	"errors"
)

// separators in the order they are tried; where two score alike the first one
// stands.
const separators = ",;\t|"

// maxQuoted is how far the end of a quoted cell is looked for, so that a
// quotation mark that never closes costs one row and not the file.
const maxQuoted = 1 << 20

var errTooManyRows = errors.New("the table has more than 1,048,576 rows; the rows after that were not read")

// openText finds separator and header. A first line "sep=;" is a word to the
// spreadsheet, which does not show it as a row.
func openText(text []byte, latin bool, score func([]string) int) Table {
	candidates := separators
	if rest, is := bytes.CutPrefix(text, []byte("sep=")); is && len(rest) > 0 {
		candidates = string(rest[:1])
		_, text, _ = bytes.Cut(rest, []byte("\n"))
	}
	var best Table
	points := -1
	for i := range len(candidates) {
		t := textTable(text, candidates[i], latin)
		// A walk over text cannot fail before it has too many rows.
		found, _ := t.findHeader(score)
		if found > points || found == points && len(t.Guess) > len(best.Guess) {
			best, points = t, found
		}
	}
	return best
}

func textTable(text []byte, separator byte, latin bool) Table {
	oldMac := !bytes.Contains(text, []byte("\n"))
	return Table{fixed: true, walk: func(visit func(Record) error) error {
		s := splitter{text: text, separator: separator, latin: latin, lineEnd: '\n'}
		if oldMac {
			s.lineEnd = '\r'
		}
		for len(s.text) > 0 {
			if s.row == MaxRows {
				return errTooManyRows
			}
			if err := visit(s.next()); err != nil {
				return err
			}
		}
		return nil
	}}
}

// splitter cuts text into rows (RFC 4180). Unlike encoding/csv it counts blank
// lines as rows, takes a quotation mark inside an unquoted cell as itself, and
// goes on after a row that it cannot read.
type splitter struct {
	text      []byte
	separator byte
	lineEnd   byte
	latin     bool
	row       int
	cells     []Cell
	unquoted  []byte
}

func (s *splitter) next() Record {
	s.row++
	s.cells, s.unquoted = s.cells[:0], s.unquoted[:0]
	start := s.text
	for {
		more, broken := s.cell()
		if broken == "" && len(s.cells) > MaxColumns {
			broken = "the row has more than 1,024 cells"
		}
		if broken != "" {
			s.text = s.afterLine(start)
			return Record{Row: s.row, Cells: s.cells, Broken: broken}
		}
		if !more {
			return Record{Row: s.row, Cells: s.cells}
		}
	}
}

// afterLine is what follows the first line of text.
func (s *splitter) afterLine(text []byte) []byte {
	if end := bytes.IndexByte(text, s.lineEnd); end >= 0 {
		return text[end+1:]
	}
	return nil
}

// cell takes one cell off the text and reports whether another follows in the
// same row.
func (s *splitter) cell() (more bool, broken string) {
	if len(s.text) > 0 && s.text[0] == '"' {
		return s.quoted()
	}
	end := 0
	for end < len(s.text) && s.text[end] != s.separator && s.text[end] != s.lineEnd {
		end++
	}
	value := s.text[:end]
	if s.lineEnd == '\n' && (end == len(s.text) || s.text[end] == '\n') {
		value = bytes.TrimSuffix(value, []byte("\r"))
	}
	s.text = s.text[end:]
	return s.add(value)
}

func (s *splitter) quoted() (more bool, broken string) {
	rest := s.text[1:]
	window := rest[:min(len(rest), maxQuoted)]
	from, value := len(s.unquoted), []byte(nil)
	for {
		end := bytes.IndexByte(window, '"')
		if end < 0 {
			return false, "a quotation mark opens in this row and never closes"
		}
		part := window[:end]
		window = window[end+1:]
		rest = rest[end+1:]
		if len(window) > 0 && window[0] == '"' {
			s.unquoted = append(append(s.unquoted, part...), '"')
			window, rest = window[1:], rest[1:]
			continue
		}
		if value = part; len(s.unquoted) > from {
			s.unquoted = append(s.unquoted, part...)
			value = s.unquoted[from:]
		}
		break
	}
	if s.lineEnd == '\n' && bytes.HasPrefix(rest, []byte("\r\n")) {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0] != s.separator && rest[0] != s.lineEnd {
		return false, "text follows the closing quotation mark of a cell"
	}
	s.text = rest
	return s.add(value)
}

func (s *splitter) add(value []byte) (more bool, broken string) {
	if len(value) > MaxCell {
		return false, "a cell is longer than 64 KiB"
	}
	s.cells = append(s.cells, Cell{text: value, latin: s.latin})
	if len(s.text) == 0 {
		return false, ""
	}
	more = s.text[0] == s.separator
	s.text = s.text[1:]
	return more, ""
}
