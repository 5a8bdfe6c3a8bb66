// Package sheet writes a table for people to go on with: as CSV that a
// spreadsheet opens as it stands, or as HTML that is pasted into another
// system's form.
//
// It takes a title, a heading and rows of text and gives bytes. The CSV begins
// with a byte order mark, so that Excel takes it for UTF-8, has CRLF line ends
// (RFC 4180), and no cell of it is a formula. The HTML is one table with escaped
// text and no script or style. The package knows no child and chooses nothing:
// what stands in a cell was chosen by its caller.
package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"strings"
	"unicode"
)

// Table is a heading and rows of as many cells.
type Table struct {
	Title   string
	Heading []string
	Rows    [][]string
}

// mark is the byte order mark.
const mark = "\uFEFF"

// CSV is the table for a spreadsheet.
func (t Table) CSV() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(mark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, row := range append([][]string{t.Heading}, t.Rows...) {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Safe(cell)
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("writing a table: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("writing a table: %w", err)
	}
	return out.Bytes(), nil
}

// Safe is a cell that no spreadsheet takes for a formula. One that begins as a
// formula might, with = + - @ or a full-width form of these, a tab or another
// control character, or with blanks before one, gets an apostrophe in front,
// which a spreadsheet shows or swallows but never runs (OWASP, CSV injection).
// A plain number such as -12.50 stays one.
func Safe(cell string) string {
	cell = strings.ToValidUTF8(strings.ReplaceAll(cell, "\x00", ""), "\uFFFD")
	bare := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	control := strings.ContainsFunc(cell[:len(cell)-len(bare)], unicode.IsControl) || strings.IndexFunc(bare, unicode.IsControl) == 0
	if control || strings.IndexFunc(bare, starts) == 0 && !number(cell) {
		return "'" + cell
	}
	return cell
}

func starts(r rune) bool { return strings.ContainsRune("=+-@|%\uFF1D\uFF0B\uFF0D\uFF20\u2212", r) }

// number reports whether a cell is a decimal number with nothing around it.
func number(cell string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(cell, "-"), ".")
	digits := func(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
	return digits(whole) && (!point || digits(fraction))
}

// HTML is the table ready to paste. Line ends in a cell stay line ends.
func (t Table) HTML() []byte {
	var out strings.Builder
	out.WriteString("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head><meta charset=\"utf-8\"><title>" + html.EscapeString(t.Title) + "</title></head>\n<body>\n")
	out.WriteString("<table>\n<caption>" + html.EscapeString(t.Title) + "</caption>\n<thead><tr>")
	for _, cell := range t.Heading {
		out.WriteString("<th scope=\"col\">" + escape(cell) + "</th>")
	}
	out.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		out.WriteString("<tr>")
		for _, cell := range row {
			out.WriteString("<td>" + escape(cell) + "</td>")
		}
		out.WriteString("</tr>\n")
	}
	out.WriteString("</tbody>\n</table>\n</body>\n</html>\n")
	return []byte(out.String())
}

func escape(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(cell, "\uFFFD"))
	return strings.ReplaceAll(html.EscapeString(cell), "\n", "<br>")
}
