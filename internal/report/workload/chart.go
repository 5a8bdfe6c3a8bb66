package workload

import (
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
)

// How a chart of characters is built: an axis on the left, one column for each
// of Monday to Friday.
const (
	chartRows   = 6
	axisWidth   = 6
	daysOfWeek  = 5
	narrowest   = axisWidth + daysOfWeek
	stepsInCell = 8
)

// blocks are the eighths of a cell, from empty to full.
func blocks() []rune { return []rune(" ▁▂▃▄▅▆▇█") }

// column is one day as a chart draws it.
type column struct {
	day  Day
	work Amounts
}

// Charts gives a bar chart of the work of each officer, day by day, no line
// wider than width; a term that does not fit is broken between weeks.
func Charts(t Term, width int) string {
	var b strings.Builder
	for at, officer := range t.Officers {
		weeks := t.columns(at)
		most, on := peak(weeks)
		if most == 0 {
			fmt.Fprintf(&b, "%s: no work\n\n", officer)
			continue
		}
		fmt.Fprintf(&b, "%s: most on %s, %s\n", officer, on.Long(), things(most))
		gap := 0
		if axisWidth+len(weeks)*(daysOfWeek+1) <= width {
			gap = 1
		}
		fits := max(1, (max(width, narrowest)-axisWidth)/(daysOfWeek+gap))
		for len(weeks) > 0 {
			n := min(fits, len(weeks))
			draw(&b, weeks[:n], most, gap)
			weeks = weeks[n:]
		}
	}
	return b.String()
}

func things(n int) string {
	if n == 1 {
		return "1 thing to do"
	}
	return fmt.Sprintf("%d things to do", n)
}

// draw writes one chart of some weeks.
func draw(b *strings.Builder, weeks [][]column, most, gap int) {
	for row := chartRows - 1; row >= 0; row-- {
		line := axis(row, most)
		for _, week := range weeks {
			for _, c := range week {
				line += string(cell(c.work.Total(), most, row))
			}
			line += strings.Repeat(" ", gap)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	marks, names := strings.Repeat(" ", axisWidth), strings.Repeat(" ", axisWidth)
	for _, week := range weeks {
		for _, c := range week {
			marks += c.mark()
		}
		marks += strings.Repeat(" ", gap)
		names += fmt.Sprintf("%-*s", daysOfWeek+gap, label(week))
	}
	b.WriteString(strings.TrimRight(marks, " ") + "\n" + strings.TrimRight(names, " ") + "\n\n")
}

// Legend says what the marks below a chart mean.
func Legend() string {
	return "each column is a day, Monday to Friday\nbelow it: - a school day, . no school, x the program did not run\n"
}

// axis is the left edge of a row: the most on top, nought at the bottom.
func axis(row, most int) string {
	switch row {
	case chartRows - 1:
		return fmt.Sprintf("%*d |", axisWidth-2, most)
	case 0:
		return fmt.Sprintf("%*d |", axisWidth-2, 0)
	}
	return strings.Repeat(" ", axisWidth-1) + "|"
}

// cell is the part of a bar that lies in one row. Whatever there is shows.
func cell(work, most, row int) rune {
	steps := (work*chartRows*stepsInCell + most - 1) / most
	return blocks()[min(max(steps-row*stepsInCell, 0), stepsInCell)]
}

func (c column) mark() string {
	switch {
	case c.day.Date.IsZero():
		return " "
	case c.day.Down:
		return "x"
	case c.day.Kind == calendar.SchoolDay:
		return "-"
	}
	return "."
}

// label names a week by the first of its days in the term.
func label(week []column) string {
	for _, c := range week {
		if !c.day.Date.IsZero() {
			return fmt.Sprintf("%d/%d", c.day.Date.Day, c.day.Date.Month)
		}
	}
	return ""
}
