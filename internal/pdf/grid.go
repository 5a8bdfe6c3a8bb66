package pdf

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/document"
)

// cardLines of handwriting are given room for a long text in a card.
const cardLines = 2

// fewBoxes are offered in a table's cell; longer lists stand above the table.
const fewBoxes = 4

// grid draws a table, or a card a row.
func (c *composer) grid(g document.Grid) {
	rows := len(g.Rows) + c.spare(g)
	switch {
	case rows == 0:
		c.caption(g, c.section, roleP)
		none := c.section.text(roleP, c.lines(g.Key, "None recorded.", c.small(), textWidth))
		c.put(strip{cells: []cell{c.boxed(textWidth, nil, none)}})
	case g.Layout == document.Cards:
		c.caption(g, c.section, headingRole(c.level+1))
		for i := range rows {
			c.card(g, i)
		}
	default:
		table := c.section.add(roleTable)
		table.summary = g.AltText
		c.caption(g, table.add(roleCaption), roleP)
		c.table(table, g, rows)
	}
	c.put(strip{least: 2})
}

// caption stands above a table: what it is and, for those who write, how to
// fill it in and who they are.
func (c *composer) caption(g document.Grid, in *element, as elementRole) {
	caption := in.text(as, c.lines(g.Key, g.Label, ink{bold, 10.5, c.colours.title}, textWidth))
	if c.blank && !g.Locked {
		caption = append(caption, in.text(roleP, c.lines(g.Key, g.Help, c.help(), textWidth))...)
		if g.Layout != document.Cards {
			caption = append(caption, in.text(roleP, c.lists(g))...)
		}
		caption = append(caption, in.text(roleP, c.filler(g.Key, g.FilledBy, g.Colour, g.Required, textWidth))...)
	}
	c.put(strip{gap: 3, tied: true, whole: true, cells: []cell{{width: textWidth, lines: caption, below: 0.8}}})
}

// spare is how many empty rows follow the given ones, as in the Word form.
// Where a column is ours, the rows are those that the register knows; without
// any, the spare rows are open throughout.
func (c *composer) spare(g document.Grid) int {
	ours := slices.ContainsFunc(g.Columns, func(column document.Column) bool { return column.Locked })
	switch {
	case !c.blank, g.Locked, g.FixedRows, ours && len(g.Rows) > 0:
		return 0
	case g.MaxRows > 0:
		return min(g.Spare, max(0, g.MaxRows-len(g.Rows)))
	}
	return g.Spare
}

// lists names the choices of columns that have too many for boxes.
func (c *composer) lists(g document.Grid) []line {
	var lines []line
	for _, column := range g.Columns {
		choices := offered(column.Kind, column.Choices)
		if column.Locked || len(choices) <= fewBoxes || len(choices) > mostBoxes {
			continue
		}
		var labels []string
		for _, choice := range choices {
			labels = append(labels, choice.Label)
		}
		lines = append(lines, c.lines(g.Key, column.Label+": "+strings.Join(labels, ", "), c.small(), textWidth)...)
	}
	return lines
}

// table has a header row, repeated on every page, and a strip a row.
func (c *composer) table(table *element, g document.Grid, rows int) {
	widths := columnWidths(g.Columns)
	head := strip{tied: true, whole: true}
	names := table.add(roleTHead).add(roleTR)
	for i, column := range g.Columns {
		lines := c.lines(g.Key+"."+column.Key, column.Label, ink{bold, 8.5, c.colours.paper}, widths[i])
		cell := c.boxed(widths[i], c.colours.band, tagged(names.header(ofColumn), lines))
		head.cells = append(head.cells, cell)
	}
	c.put(head)
	body := table.add(roleTBody)
	for n := range rows {
		s, row := strip{heads: []strip{head}}, body.add(roleTR)
		for i := range g.Columns {
			a := cellAnswer(g, n, i)
			writable := c.blank && !a.Locked
			if writable {
				s.least = handLine
			}
			reply := c.cellReply(tableCell(row, g, i), a, writable, widths[i])
			s.cells = append(s.cells, c.boxed(widths[i], c.ground(writable), reply))
		}
		c.put(s)
	}
}

// tableCell is the element of a cell; the first of a given row names the row.
func tableCell(row *element, g document.Grid, column int) *element {
	if column == 0 && g.FixedRows && len(g.Columns) > 1 {
		return row.header(ofRow)
	}
	return row.add(roleTD)
}

// cellReply is the answer in a cell, with boxes only where there are few.
func (c *composer) cellReply(of *element, a document.Answer, writable bool, width float64) []line {
	as := ink{regular, 9, c.colours.text}
	choices := offered(a.Kind, a.Choices)
	if writable && len(choices) > 0 && len(choices) <= fewBoxes {
		return c.boxes(of, a, choices, as, width)
	}
	return tagged(of, c.lines(a.Key, a.Display, as, width))
}

// card draws a row as questions with answers, headed with its number. A final
// copy has no question without an answer.
func (c *composer) card(g document.Grid, n int) {
	title := fmt.Sprintf("%s %d", g.Label, n+1)
	c.answers = c.section.add(roleTable)
	lines := c.answers.add(roleCaption).text(roleP, c.lines(g.Key, title, ink{bold, 10.5, c.colours.title}, textWidth))
	head := c.boxed(textWidth, c.colours.label, lines)
	c.put(strip{gap: 2, tied: true, whole: true, cells: []cell{head}})
	var asked []document.Answer
	for i := range g.Columns {
		if a := cellAnswer(g, n, i); c.blank || a.Display != "" {
			a.FilledBy = "" // stands above the cards
			asked = append(asked, a)
		}
	}
	for len(asked) > 0 {
		if len(asked) > 1 && c.short(asked[0]) && c.short(asked[1]) {
			c.pair(asked[0], asked[1])
			asked = asked[2:]
			continue
		}
		c.answer(asked[0])
		asked = asked[1:]
	}
	c.answers = nil
}

// cellAnswer is one cell as a question with its answer.
func cellAnswer(g document.Grid, row, column int) document.Answer {
	of := g.Columns[column]
	a := document.Answer{
		Key:   fmt.Sprintf("%s row %d, %s", g.Key, row+1, of.Key),
		Label: of.Label, Help: of.Help, Kind: of.Kind, Choices: of.Choices,
		FilledBy: g.FilledBy, Colour: g.Colour, Required: of.Required,
		Locked: g.Locked || of.Locked && row < len(g.Rows),
		Lines:  cardLines,
	}
	if row < len(g.Rows) && column < len(g.Rows[row]) {
		a.Value, a.Display = g.Rows[row][column].Value, g.Rows[row][column].Display
	}
	return a
}

// columnWidths shares the page's width out by the columns' weights, in steps
// of the engine's grid; the last column takes what rounding leaves.
func columnWidths(columns []document.Column) []float64 {
	total := 0
	for _, column := range columns {
		total += max(1, column.Width)
	}
	widths := make([]float64, len(columns))
	left := textWidth
	for i, column := range columns {
		share := textWidth * float64(max(1, column.Width)) / float64(total)
		widths[i] = math.Round(share/gridUnit) * gridUnit
		if i == len(columns)-1 {
			widths[i] = left
		}
		left -= widths[i]
	}
	return widths
}
