package draw

import (
	"slices"
	"strconv"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
)

// grid draws a table of answers: a line for each row, or a card for each.
func (d *drawing) grid(g document.Grid) error {
	if d.template.on {
		d.openPart(place.QuestionTag(g.Key), d.template.conditions[g.Key])
		defer d.closePart()
	}
	if g.Label != d.heading {
		d.paragraph("Heading3", place.Plain(g.Label))
		d.heading = g.Label
	}
	if !g.Locked && !d.final {
		d.filler("Filler"+above, g.FilledBy, g.Colour, g.Required)
		if g.Help != "" {
			d.paragraph("Help"+above, place.Plain(g.Help))
		}
	}
	rows := RowsOf(g, d.final)
	if d.template.on {
		rows = [][]document.Cell{nil}
	}
	if len(rows) == 0 {
		d.paragraph("BodyText", "None recorded.")
		return nil
	}
	if g.Layout == document.Cards {
		return d.cards(g, rows)
	}
	return d.lines(g, rows)
}

// spare is how many empty rows follow the given ones.
//
// Where a column is ours, the rows are those that the register knows; without
// any, the spare rows are open throughout.
func spare(g document.Grid, final bool) int {
	if final || g.Locked || g.FixedRows || len(g.Rows) > 0 && slices.ContainsFunc(g.Columns, func(c document.Column) bool { return c.Locked }) {
		return 0
	}
	if g.MaxRows > 0 {
		return min(g.Spare, max(0, g.MaxRows-len(g.Rows)))
	}
	return g.Spare
}

// repeats reports whether a person may add rows with Word's plus sign.
func (d *drawing) repeats(g document.Grid) bool { return d.template.on || Repeats(g, d.final) }

// lockedCell reports whether a cell cannot be written in.
func lockedCell(g document.Grid, column document.Column, number int) bool {
	return g.Locked || column.Locked && number <= len(g.Rows)
}

// openRows begins the control around all rows, openItem that around one; an
// editor that knows neither shows plain rows.
func (d *drawing) openRows(g document.Grid) {
	if !d.repeats(g) {
		return
	}
	d.put(`<w:sdt><w:sdtPr><w:alias w:val="`)
	d.text(place.Title(g.Label))
	d.put(`"/><w:tag w:val="`, place.RowsTag(g.Key), `"/><w:id w:val="`, d.ids.Of(place.RowsTag(g.Key)), `"/><w15:dataBinding w:prefixMappings="`, place.PrefixMappings,
		`" w:xpath="`, place.ValuesPath, g.Key, `[1]/p:row" w:storeItemID="`, place.StoreID, `"/><w15:repeatingSection/></w:sdtPr><w:sdtContent>`)
}

func (d *drawing) openItem(g document.Grid, number int) {
	if d.repeats(g) {
		d.put(`<w:sdt><w:sdtPr><w:id w:val="`, d.ids.Of(place.RowsTag(g.Key)+"#"+strconv.Itoa(number)), `"/><w15:repeatingSectionItem/></w:sdtPr><w:sdtContent>`)
	}
}

func (d *drawing) closeItem(g document.Grid) {
	if d.repeats(g) {
		d.put(`</w:sdtContent></w:sdt>`)
	}
}

// lines draws the grid with a header row and one line for each row.
func (d *drawing) lines(g document.Grid, rows [][]document.Cell) error {
	widths := columnWidths(g.Columns)
	d.openTable("FormTable", g.Label, altText(g), widths)
	d.openRow(row{whole: true, header: true})
	for i, column := range g.Columns {
		d.openCell(box{width: widths[i], fill: headFill})
		d.paragraph("GridHead", columnWords(column, d.final || g.Locked))
		if column.Help != "" && !d.final && !g.Locked {
			d.paragraph("Help", place.Plain(column.Help))
		}
		d.put(`</w:tc>`)
	}
	d.put(`</w:tr>`)
	d.openRows(g)
	for i, cells := range rows {
		d.openItem(g, i+1)
		d.openRow(row{whole: true})
		for j, column := range g.Columns {
			if err := d.cell(g, column, cells, i+1, j, d.answerBox(lockedCell(g, column, i+1), "", widths[j], 1)); err != nil {
				return err
			}
		}
		d.put(`</w:tr>`)
		d.closeItem(g)
	}
	d.closeItem(g)
	d.closeTable()
	return nil
}

func altText(g document.Grid) string {
	if g.AltText != "" {
		return g.AltText
	}
	return g.Label + ": one row for each entry, one column for each question."
}

func columnWords(column document.Column, plainly bool) string {
	if column.Required && !plainly {
		return place.Plain(column.Label) + Needed
	}
	return place.Plain(column.Label)
}

// columnWidths shares the page's width out.
func columnWidths(columns []document.Column) []int {
	shares := 0
	for _, column := range columns {
		shares += max(1, column.Width)
	}
	widths, left := make([]int, len(columns)), pageWidth
	for i, column := range columns {
		widths[i] = pageWidth * max(1, column.Width) / shares
		left -= widths[i]
	}
	if len(widths) > 0 {
		widths[len(widths)-1] += left
	}
	return widths
}

// cell draws the controls of one cell; a row may be shorter than the columns.
func (d *drawing) cell(g document.Grid, column document.Column, cells []document.Cell, number, at int, b box) error {
	asked := cellQuestion(g, column, cells, number, at)
	asked.narrow = d.tight(column.Kind, asked.locked, b.width)
	controls, err := d.ask(asked)
	if err != nil {
		return err
	}
	d.openCell(b)
	d.controls("GridCell", controls, asked.display)
	d.put(`</w:tc>`)
	return nil
}

func cellQuestion(g document.Grid, column document.Column, cells []document.Cell, number, at int) question {
	var given document.Cell
	if at < len(cells) {
		given = cells[at]
	}
	return question{
		Place: place.Place{Key: g.Key, Column: column.Key, Row: number}, label: column.Label, kind: column.Kind,
		value: given.Value, display: given.Display, choices: column.Choices, colour: g.Colour,
		locked: lockedCell(g, column, number),
	}
}

// cards draws each row as its own table of label and answer.
func (d *drawing) cards(g document.Grid, rows [][]document.Cell) error {
	d.openRows(g)
	for i, cells := range rows {
		d.openItem(g, i+1)
		if err := d.card(g, cells, i+1); err != nil {
			return err
		}
		d.closeItem(g)
	}
	d.closeItem(g)
	return nil
}

func (d *drawing) card(g document.Grid, cells []document.Cell, number int) error {
	w := answerColumns()
	name := g.Label + " " + strconv.Itoa(number)
	d.openTable("FormTable", name, altText(g), w)
	d.openRow(row{whole: true, header: true})
	d.openCell(box{width: pageWidth, span: 4, fill: headFill})
	if d.template.on {
		d.openParagraph("GridHead", "")
		d.run("", place.Plain(g.Label)+" ")
		d.noteControl(place.RowNumberTag, "Number of the row", strconv.Itoa(number))
		d.put(`</w:p>`)
	} else {
		d.paragraph("GridHead", place.Plain(name))
	}
	d.put(`</w:tc></w:tr>`)
	for at := 0; at < len(g.Columns); at++ {
		paired := !d.template.on && at+1 < len(g.Columns) && d.halfCard(g, at, cells) && d.halfCard(g, at+1, cells)
		d.openRow(row{whole: shortEnough(shownIn(cells, at))})
		if err := d.cardCell(g, cells, number, at, w[0], pageWidth-w[0], paired, w[1]); err != nil {
			return err
		}
		if paired {
			at++
			if err := d.cardCell(g, cells, number, at, w[2], w[3], true, w[3]); err != nil {
				return err
			}
		}
		d.put(`</w:tr>`)
	}
	d.closeTable()
	return nil
}

// shownIn is what a cell shows; a row may be shorter than the columns.
func shownIn(cells []document.Cell, at int) string {
	if at < len(cells) {
		return cells[at].Display
	}
	return ""
}

// halfCard reports whether a cell fits half of a card.
func (d *drawing) halfCard(g document.Grid, at int, cells []document.Cell) bool {
	column := g.Columns[at]
	if d.final || g.Locked || column.Locked {
		return len(cells) > at && len(cells[at].Display) <= 24
	}
	switch column.Kind {
	case form.Date, form.Number, form.Money, form.Percent, form.YesNo:
		return true
	case form.OneOf:
		return len(cells) <= at || len(cells[at].Display) <= 24
	case form.Text:
		return column.MaxLength > 0 && column.MaxLength <= 60
	default:
		return false
	}
}

func (d *drawing) cardCell(g document.Grid, cells []document.Cell, number, at, labelWidth, wide int, half bool, halfWidth int) error {
	column := g.Columns[at]
	quiet := d.final || lockedCell(g, column, number)
	style := "Label"
	if at < 2 {
		// The title of a card takes two rows along to the next page.
		style += above
	}
	d.openCell(box{width: labelWidth, fill: labelFill})
	d.paragraph(style, columnWords(column, quiet))
	if column.Help != "" && !quiet {
		d.paragraph("Help", place.Plain(column.Help))
	}
	d.put(`</w:tc>`)
	b := d.answerBox(lockedCell(g, column, number), g.Colour, wide, 3)
	if half {
		b.width, b.span = halfWidth, 1
	}
	return d.cell(g, column, cells, number, at, b)
}
