package termfile

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// column is what a column of a term-date list says.
type column string

const (
	yearColumn  column = "year"
	titleColumn column = "title"
	termColumn  column = "term"
	halfColumn  column = "half"
	fromColumn  column = "from"
	toColumn    column = "to"
)

func columns() []column {
	return []column{yearColumn, titleColumn, termColumn, halfColumn, fromColumn, toColumn}
}

// headings are the words that councils put above such a column.
func headings(c column) []string {
	switch c {
	case yearColumn:
		return []string{"year", "academic year", "school year"}
	case titleColumn:
		return []string{"event", "holiday", "description", "name", "title", "type", "summary", "what", "subject"}
	case termColumn:
		return []string{"term", "term name", "school term", "period"}
	case halfColumn:
		return []string{"half", "half term", "halfterm", "half of term"}
	case fromColumn:
		return []string{"from", "start", "starts", "start date", "first day", "first day of term", "begins", "opens", "date", "day", "on"}
	}
	return []string{"to", "end", "ends", "end date", "last day", "last day of term", "finish", "finishes", "closes", "until"}
}

const headerHint = "the first line names the columns, such as Year,Term,Half,From,To or Event,From,To"

func (r *reader) readCSV(text string) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes, in.TrimLeadingSpace = separator(text), -1, true, true
	var rows [][]string
	var lines []int
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(rows) > maxEvents {
			r.fault(0, "", "the file is no CSV list, or has more than 5,000 rows", headerHint)
			return
		}
		line, _ := in.FieldPos(0)
		rows, lines = append(rows, row), append(lines, line)
	}
	at, places := header(rows)
	if places == nil {
		r.fault(1, "", "no line names the columns from and to", headerHint)
		return
	}
	r.dayFirst = provesDayFirst(slices.Concat(rows[at+1:]...))
	for i := at + 1; i < len(rows); i++ {
		r.readRow(places, rows[i], lines[i])
	}
}

func separator(text string) rune {
	best, most := ',', 0
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, mark := range []rune{',', ';', '\t'} {
		if n := strings.Count(first, string(mark)); n > most {
			best, most = mark, n
		}
	}
	return best
}

// header finds the line that names the columns among the first ten.
func header(rows [][]string) (int, map[column]int) {
	for i, row := range rows[:min(10, len(rows))] {
		places := map[column]int{}
		for at, cell := range row {
			for _, c := range columns() {
				if _, taken := places[c]; !taken && slices.Contains(headings(c), plain(cell)) {
					places[c] = at
					break
				}
			}
		}
		_, title := places[titleColumn]
		_, term := places[termColumn]
		if _, from := places[fromColumn]; from && (title || term) {
			return i, places
		}
	}
	return 0, nil
}

func (r *reader) readRow(places map[column]int, row []string, line int) {
	cell := func(c column) string {
		if at, ok := places[c]; ok && at < len(row) {
			return strings.TrimSpace(row[at])
		}
		return ""
	}
	if strings.TrimSpace(strings.Join(row, "")) == "" {
		return
	}
	title := strings.TrimSpace(strings.Join([]string{cell(titleColumn), cell(termColumn), cell(halfColumn)}, " "))
	from, err := parseDate(cell(fromColumn), r.dayFirst)
	if err != nil {
		r.fault(line, cell(fromColumn), err.Error(), dateHint)
		return
	}
	to := from
	if last := cell(toColumn); last != "" {
		if to, err = parseDate(last, r.dayFirst); err != nil {
			r.fault(line, last, err.Error(), dateHint)
			return
		}
	}
	e := entry{title: title, from: from, to: to, line: line}
	if year := cell(yearColumn); year != "" && !namesYear(year, from) {
		r.fault(line, year, from.Long()+" does not lie in that academic year", "write the year like 2025/26, or check the date")
		return
	}
	r.take(e)
}
