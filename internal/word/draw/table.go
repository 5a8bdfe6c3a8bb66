package draw

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
)

// Colours and measures of tables; lengths are twentieths of a point.
const (
	pageWidth  = 9638
	labelFill  = "EAF0F8"
	lockedFill = "F2F2F2"
	headFill   = "D5DFEE"
	lineHeight = 260
	// narrowCell is the width below which a prompt is a word or two, narrowDate
	// the one below which that of a date is: it is the longest.
	narrowCell, narrowDate = 1500, 2800
	// shortText is the length, in characters, of an answer that is drawn in
	// half of the page's width.
	shortText = 120
)

// openTable begins a table with the columns' widths. Name and description are
// for those who cannot see it.
func (p *pen) openTable(style, name, description string, widths []int) {
	p.put(`<w:tbl><w:tblPr><w:tblStyle w:val="`, style, `"/><w:tblW w:w="`, strconv.Itoa(sum(widths)), `" w:type="dxa"/><w:tblLayout w:type="fixed"/>`,
		`<w:tblLook w:val="0480" w:firstRow="0" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/><w:tblCaption w:val="`)
	p.text(name)
	p.put(`"/><w:tblDescription w:val="`)
	p.text(description)
	p.put(`"/></w:tblPr><w:tblGrid>`)
	for _, width := range widths {
		p.put(`<w:gridCol w:w="`, strconv.Itoa(width), `"/>`)
	}
	p.put(`</w:tblGrid>`)
}

func sum(widths []int) int {
	total := 0
	for _, width := range widths {
		total += width
	}
	return total
}

// row is how a table's row behaves: whole rows are not split over pages,
// header rows stand again on each, lines is the least height.
type row struct {
	whole, header bool
	lines         int
}

func (p *pen) openRow(r row) {
	p.put(`<w:tr>`)
	if r == (row{}) {
		return
	}
	p.put(`<w:trPr>`)
	if r.whole {
		p.put(`<w:cantSplit/>`)
	}
	if r.lines > 0 {
		p.put(`<w:trHeight w:val="`, strconv.Itoa(r.lines*lineHeight+100), `" w:hRule="atLeast"/>`)
	}
	if r.header {
		p.put(`<w:tblHeader/>`)
	}
	p.put(`</w:trPr>`)
}

// box is a table's cell: its width, the grid columns it spans, its fill, and
// the colour of a thick edge on the left that marks where to write.
type box struct {
	width, span int
	fill, edge  string
}

func (p *pen) openCell(b box) {
	p.put(`<w:tc><w:tcPr><w:tcW w:w="`, strconv.Itoa(b.width), `" w:type="dxa"/>`)
	if b.span > 1 {
		p.put(`<w:gridSpan w:val="`, strconv.Itoa(b.span), `"/>`)
	}
	if b.edge != "" {
		p.put(`<w:tcBorders><w:left w:val="single" w:sz="24" w:space="0" w:color="`, b.edge, `"/></w:tcBorders>`)
	}
	if b.fill != "" {
		p.put(`<w:shd w:val="clear" w:color="auto" w:fill="`, b.fill, `"/>`)
	}
	p.put(`</w:tcPr>`)
}

// tight reports whether a cell has room for the short prompt only; one that
// is not written in never asks for a date.
func (d *drawing) tight(kind form.Kind, locked bool, width int) bool {
	return width < narrowCell || kind == form.Date && !locked && !d.final && width < narrowDate
}

// answerColumns are the four columns of the tables of questions: label and
// answer, twice. A single question spans the last three.
func answerColumns() []int { return []int{2608, 2211, 2098, 2721} }

// facts draws labelled texts of the page itself.
func (d *drawing) facts(f document.Facts) {
	widths := []int{2608, pageWidth - 2608}
	d.openTable("FactsTable", f.Label, "Labels in the first column, texts in the second.", widths)
	for _, pair := range f.Pairs {
		d.openRow(row{whole: true})
		d.openCell(box{width: widths[0]})
		d.paragraph("Label", place.Plain(pair.Label))
		d.put(`</w:tc>`)
		d.openCell(box{width: widths[1]})
		if d.template.on {
			d.openParagraph("Answer", "")
			d.noteControl(place.FactTag(pair.Label), pair.Label, pair.Text)
			d.put(`</w:p>`)
		} else {
			d.paragraph("Answer", place.Plain(pair.Text))
		}
		d.put(`</w:tc></w:tr>`)
	}
	d.closeTable()
}

// closeTable ends a table with a thin line of space: two tables in a row would
// otherwise grow together.
func (p *pen) closeTable() { p.put(`</w:tbl><w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>`) }

// answers draws a run of questions as one table.
func (d *drawing) answers(answers []document.Answer) error {
	d.filledBy = ""
	if usual, only := usualFiller(answers); usual.FilledBy != "" && !d.final && !d.template.on {
		d.filledBy = usual.FilledBy
		words := d.filledBy
		if !only {
			words += exceptWhere
		}
		d.filler("Filler"+above, words, usual.Colour, false)
	}
	d.openTable("FormTable", d.heading, "Questions with the answer beside or below each.", answerColumns())
	for len(answers) > 0 {
		var err error
		if d.template.on {
			d.openPart(place.QuestionTag(answers[0].Key), d.template.conditions[answers[0].Key])
		}
		switch a := answers[0]; {
		case a.Kind == form.LongText || len(place.Boxes(a.Kind, a.Choices)) > 4:
			err = d.wideAnswer(a)
		case !d.template.on && len(answers) > 1 && d.narrow(a) && d.narrow(answers[1]) && a.Locked == answers[1].Locked:
			err = d.pairedAnswers(a, answers[1])
			answers = answers[1:]
		default:
			err = d.oneAnswer(a)
		}
		if err != nil {
			return err
		}
		if d.template.on {
			d.closePart()
		}
		answers = answers[1:]
	}
	d.closeTable()
	return nil
}

// exceptWhere follows the usual filler's name where another fills in some.
const exceptWhere = ", except where another is named"

// usualFiller finds who fills in most of the open questions of a table: that
// is then said once, above the table, and with a question only where it is
// somebody else. The answer found is the first of that filler, or none where
// nobody has two; only is set where there is no other filler.
func usualFiller(answers []document.Answer) (usual document.Answer, only bool) {
	count, most, open := map[string]int{}, 0, 0
	for _, a := range answers {
		if !a.Locked {
			open++
			count[a.FilledBy]++
			most = max(most, count[a.FilledBy])
		}
	}
	if most < min(2, open) {
		return document.Answer{}, false
	}
	i := slices.IndexFunc(answers, func(a document.Answer) bool { return !a.Locked && count[a.FilledBy] == most })
	if i < 0 || answers[i].FilledBy == "" {
		return document.Answer{}, false
	}
	return answers[i], most == open
}

// narrow reports whether an answer fits half of the page's width.
func (d *drawing) narrow(a document.Answer) bool {
	if utf8.RuneCountInString(a.Label) > 34 || a.Kind == form.LongText {
		return false
	}
	if a.Locked || d.final {
		return utf8.RuneCountInString(a.Display) <= 24
	}
	switch a.Kind {
	case form.Date, form.Number, form.Money, form.Percent, form.YesNo:
		return a.Help == ""
	case form.Text:
		return a.Help == "" && a.MaxLength > 0 && a.MaxLength <= shortText
	default:
		return false
	}
}

// answerBox is the cell to write in: marked with the filler's colour where
// open, grey where not.
func (d *drawing) answerBox(locked bool, colour string, width, span int) box {
	switch {
	case d.final:
		return box{width: width, span: span}
	case locked:
		return box{width: width, span: span, fill: lockedFill}
	}
	return box{width: width, span: span, edge: colour}
}

func (d *drawing) oneAnswer(a document.Answer) error {
	w := answerColumns()
	d.openRow(row{whole: true})
	d.label("", a, box{width: w[0], fill: labelFill})
	if err := d.answerCell(a, d.answerBox(a.Locked, a.Colour, w[1]+w[2]+w[3], 3)); err != nil {
		return err
	}
	d.put(`</w:tr>`)
	return nil
}

func (d *drawing) pairedAnswers(a, b document.Answer) error {
	w := answerColumns()
	d.openRow(row{whole: true})
	for i, answer := range []document.Answer{a, b} {
		d.label("", answer, box{width: w[2*i], fill: labelFill})
		if err := d.answerCell(answer, d.answerBox(answer.Locked, answer.Colour, w[2*i+1], 1)); err != nil {
			return err
		}
	}
	d.put(`</w:tr>`)
	return nil
}

// shortEnough reports whether a row with an answer is kept on one page.
func shortEnough(shown string) bool { return len(shown) <= 600 && strings.Count(shown, "\n") < 8 }

// wideAnswer draws the question above and the room to write below it.
func (d *drawing) wideAnswer(a document.Answer) error {
	d.openRow(row{whole: true})
	d.label(above, a, box{width: pageWidth, span: 4, fill: labelFill})
	d.put(`</w:tr>`)
	lines := a.Lines
	if lines == 0 && a.Kind == form.LongText {
		lines = 3
	}
	if a.Display != "" && (a.Locked || d.final) {
		lines = 1
	}
	d.openRow(row{lines: lines, whole: shortEnough(a.Display)})
	if err := d.answerCell(a, d.answerBox(a.Locked, a.Colour, pageWidth, 4)); err != nil {
		return err
	}
	d.put(`</w:tr>`)
	return nil
}

// Needed follows what must be answered before the plan is final.
const Needed = " (needed)"

// above ends the styles of what must stay on one page with what follows.
const above = "Above"

// label draws what is asked and whether it must be answered, by whom where
// that is not said above the table, and the help.
func (d *drawing) label(where string, a document.Answer, b box) {
	d.openCell(b)
	label, writable := place.Plain(a.Label), !a.Locked && !d.final
	d.openParagraph("Label"+where, label)
	d.run("", label)
	if writable && a.Required {
		d.run(colourProperty(a.Colour), Needed)
	}
	d.put(`</w:p>`)
	if writable && a.FilledBy != d.filledBy {
		d.filler("Filler"+where, a.FilledBy, a.Colour, false)
	}
	if writable && a.Help != "" {
		d.paragraph("Help"+where, place.Plain(a.Help))
	}
	d.put(`</w:tc>`)
}

// filler names who writes, in words and in colour.
func (p *pen) filler(style, words, colour string, required bool) {
	if words == "" {
		return
	}
	if required {
		words += Needed
	}
	p.put(`<w:p><w:pPr><w:pStyle w:val="`, style, `"/></w:pPr>`)
	p.run(colourProperty(colour), words)
	p.put(`</w:p>`)
}

func colourProperty(colour string) string {
	if colour == "" {
		return ""
	}
	return `<w:color w:val="` + colour + `"/>`
}

func (d *drawing) answerCell(a document.Answer, b box) error {
	asked := answerQuestion(a)
	asked.narrow = d.tight(a.Kind, a.Locked, b.width)
	controls, err := d.ask(asked)
	if err != nil {
		return err
	}
	d.openCell(b)
	d.controls("Answer", controls, a.Display)
	d.put(`</w:tc>`)
	return nil
}

func answerQuestion(a document.Answer) question {
	return question{
		Place: place.Place{Key: a.Key}, label: a.Label, kind: a.Kind, value: a.Value, display: a.Display,
		choices: a.Choices, colour: a.Colour, locked: a.Locked,
	}
}

// controls draws the controls of one question: few boxes in one line, many
// each in a line of its own.
func (d *drawing) controls(style string, controls []control, shown string) {
	d.openParagraph(style, shown)
	for i, c := range controls {
		if i > 0 && len(controls) > 3 {
			d.put(`</w:p>`)
			d.openParagraph(style, "")
		} else if i > 0 {
			d.run("", "     ")
		}
		d.control(c)
		if c.shape == place.Box {
			d.run("", " "+c.words)
		}
	}
	d.put(`</w:p>`)
}
