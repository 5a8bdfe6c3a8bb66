package pack

import (
	"strings"

	"github.com/pepost/pepost/internal/document"
)

// section is one section of a form: its heading and what stands under it.
type section struct {
	key    string
	blocks []document.Block // with the heading, and the page break before it
}

// sections parts a form at its headings of level 2. What stands before the
// first, the head of a form that is sent, is left out.
func sections(doc document.Document) []section {
	var out []section
	var before []document.Block
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case document.PageBreak:
			before = append(before, b)
			continue
		case document.Heading:
			if b.Level == 2 {
				out = append(out, section{key: b.Key, blocks: append(before, b)})
				before = nil
				continue
			}
		}
		if len(out) > 0 {
			last := &out[len(out)-1]
			last.blocks = append(append(last.blocks, before...), block)
		}
		before = nil
	}
	return out
}

// answerOf finds a question by its key.
func answerOf(doc document.Document, key string) (document.Answer, bool) {
	for _, block := range doc.Blocks {
		if answer, ok := block.(document.Answer); ok && answer.Key == key {
			return answer, true
		}
	}
	return document.Answer{}, false
}

// shown is what a reader sees of an answer; empty where it is not for them.
func shown(doc document.Document, key string) string {
	answer, _ := answerOf(doc, key)
	return answer.Display
}

// gridOf finds a table by its key.
func gridOf(doc document.Document, key string) (document.Grid, bool) {
	for _, block := range doc.Blocks {
		if grid, ok := block.(document.Grid); ok && grid.Key == key {
			return grid, true
		}
	}
	return document.Grid{}, false
}

// answered keeps the rows of a table in which somebody has written something;
// with fixed rows the first column is not an answer.
func answered(grid document.Grid) document.Grid {
	first := 0
	if grid.FixedRows {
		first = 1
	}
	var rows [][]document.Cell
	for _, row := range grid.Rows {
		for _, cell := range row[min(first, len(row)):] {
			if strings.TrimSpace(cell.Display) != "" {
				rows = append(rows, row)
				break
			}
		}
	}
	grid.Rows, grid.Spare, grid.Help, grid.Required, grid.Locked = rows, 0, "", false, true
	return grid
}

// columnsOf keeps the named columns of a table, in the table's own order.
func columnsOf(grid document.Grid, keep func(key string) bool) document.Grid {
	var columns []document.Column
	var at []int
	for i, column := range grid.Columns {
		if keep(column.Key) {
			columns, at = append(columns, column), append(at, i)
		}
	}
	rows := make([][]document.Cell, len(grid.Rows))
	for i, row := range grid.Rows {
		for _, j := range at {
			rows[i] = append(rows[i], row[j])
		}
	}
	grid.Columns, grid.Rows = columns, rows
	return grid
}
