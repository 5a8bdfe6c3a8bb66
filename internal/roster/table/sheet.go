package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Limits of a sheet (ECMA-376 part 1, 18.3.1.73 and 18.18.7).
const (
	maxSheetRow    = 1 << 20
	maxSheetColumn = 1 << 14
)

// sharedStrings are the texts of a workbook end to end, with where each ends:
// a slice of strings would cost three times as much.
type sharedStrings struct {
	text []byte
	ends []uint32
}

func (s *sharedStrings) at(i int) ([]byte, bool) {
	if i < 0 || i >= len(s.ends) {
		return nil, false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.text[from:s.ends[i]], true
}

func (b *workbook) readStrings(part string) error {
	r, err := b.open(part, maxStringsPart)
	if err != nil {
		return err
	}
	defer r.Close()
	x := newScanner(r)
	phonetic := false
	for {
		t, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case t.name == "rPh":
			phonetic = !t.close && !t.empty
		case t.name == "t" && t.close && !phonetic:
			b.strings.text = appendText(b.strings.text, t.text)
		case t.name == "si" && (t.close || t.empty):
			if len(b.strings.text) > math.MaxUint32 {
				return errBomb
			}
			b.strings.ends = append(b.strings.ends, uint32(len(b.strings.text)))
		}
	}
}

// walk visits the rows of a sheet, hidden ones too.
func (b *workbook) walk(part string) func(func(Record) error) error {
	return func(visit func(Record) error) error {
		r, err := b.open(part, maxSheetPart)
		if err != nil {
			return err
		}
		defer r.Close()
		s := sheetReader{x: newScanner(r), book: b}
		for {
			t, err := s.x.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err == nil && t.name == "row" && !t.close {
				err = s.readRow(t, visit)
			}
			if err != nil {
				return err
			}
		}
	}
}

// sheetReader reads rows one after the other and keeps none.
type sheetReader struct {
	x     *scanner
	book  *workbook
	row   int
	cells []Cell
	// space holds the texts of the row's cells that had to be put together.
	space []byte
}

func (s *sheetReader) readRow(t tag, visit func(Record) error) error {
	row := s.row + 1
	if number := t.attr("r"); number != nil {
		row, _ = strconv.Atoi(string(number))
	}
	if row <= s.row || row > maxSheetRow {
		return fmt.Errorf("the rows after row %d are numbered wrongly", s.row)
	}
	s.row = row
	s.cells, s.space = s.cells[:0], s.space[:0]
	record := Record{Row: row}
	for !t.empty {
		next, err := s.x.next()
		if err != nil {
			return endOf(err, true)
		}
		if next.name == "row" && next.close {
			break
		}
		if next.name != "c" || next.close {
			continue
		}
		if broken, err := s.readCell(next); err != nil {
			return err
		} else if broken != "" {
			record.Broken = broken
		}
	}
	record.Cells = s.cells
	return visit(record)
}

// readCell puts one cell where its reference says (ECMA-376 part 1, 18.3.1.4).
func (s *sheetReader) readCell(t tag) (broken string, err error) {
	column := len(s.cells)
	if ref := t.attr("r"); ref != nil {
		column = columnOf(ref)
	}
	if column < len(s.cells) || column >= maxSheetColumn {
		return "", fmt.Errorf("the cells of row %d are not in order", s.row)
	}
	kind := string(t.attr("t"))
	cell := Cell{}
	if !t.empty {
		if cell, err = s.content(kind); err != nil {
			return "", err
		}
	}
	switch {
	case column >= MaxColumns && cell.Blank():
		return "", nil
	case column >= MaxColumns:
		return "the row has more than 1,024 cells", nil
	case len(cell.text) > MaxCell:
		return "a cell is longer than 64 KiB", nil
	}
	for len(s.cells) < column {
		s.cells = append(s.cells, Cell{})
	}
	s.cells = append(s.cells, cell)
	return "", nil
}

// content reads up to the end of a cell.
func (s *sheetReader) content(kind string) (Cell, error) {
	from := len(s.space)
	formula, phonetic := false, false
	for {
		t, err := s.x.next()
		if err != nil {
			return Cell{}, endOf(err, true)
		}
		switch {
		case t.name == "c" && t.close:
			cell := s.cell(kind, s.space[from:])
			if formula {
				cell.Form = Formula
			}
			return cell, nil
		case t.name == "f":
			formula = true
		case t.name == "rPh":
			phonetic = !t.close && !t.empty
		case t.close && !phonetic && (t.name == "v" || t.name == "t"):
			s.space = appendText(s.space, t.text)
		}
	}
}

// cell makes a cell of the text between its tags (ECMA-376 part 1, 18.18.11).
func (s *sheetReader) cell(kind string, text []byte) Cell {
	switch kind {
	case "s":
		i, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		shared, there := s.book.strings.at(i)
		if err != nil || !there {
			return Cell{text: []byte("\uFFFD")}
		}
		return Cell{text: shared}
	case "b":
		if string(bytes.TrimSpace(text)) == "1" {
			return Cell{Form: Boolean, text: []byte("TRUE")}
		}
		return Cell{Form: Boolean, text: []byte("FALSE")}
	case "e":
		return Cell{Form: Formula, text: text}
	case "inlineStr", "str", "d":
		return Cell{text: text}
	}
	return Cell{Form: Number, text: plainNumber(bytes.TrimSpace(text))}
}

// columnOf gives the column of a reference such as AA12, counted from 0, or
// one too large where it is not a reference.
func columnOf(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > maxSheetColumn {
			break
		}
	}
	if n == 0 {
		return maxSheetColumn
	}
	return n - 1
}
