// Package table reads the bytes of a spreadsheet-like file into rows of cells:
// CSV with any separator and encoding that councils' systems write, the sheets
// of an XLSX workbook, JSON documents and JSON Lines.
//
// It takes the whole file and a way to score a row as a header, and gives
// tables that are walked row by row, so that a large file is never held twice.
// It says of each cell what form it has (text, number, formula, …) and of each
// row whether it could be read at all; one unreadable row never ends a table.
//
// It knows no meaning of any column, evaluates no formula, follows no link,
// writes nothing to disk and holds every size, depth and count to a bound.
package table
