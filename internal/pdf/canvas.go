package pdf

import (
	"strconv"

	"github.com/johnfercher/maroto/v2/pkg/consts/border"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// sheet is one drawn page: its operators, and the element of each numbered
// piece of its content.
type sheet struct {
	content []byte
	owners  []*element
	links   []area
}

// area is where on a page a link is followed: left, foot, right, top in points.
type area struct {
	box  [4]float64
	link *element
}

// canvas is where maroto draws: it writes the operators of a page (ISO
// 32000-2, annex A) and, in the same pass, says of every one which element of
// the structure it belongs to, or that it is an artifact.
type canvas struct {
	x, y  float64 // where the next cell stands, millimetres from the top left
	page  int
	sheet sheet
	open  span
	// repeated is set while what is drawn was drawn on an earlier page already.
	repeated bool
	// pen is what the page was told last.
	pen pen
	// unwanted notes what was asked for and is not drawn here.
	unwanted error
}

// span is the marked content that operators are written into.
type span struct {
	of       *element
	artifact artifact
	language string
}

// artifact is why something is no part of the text (ISO 32000-2, 14.8.2.2).
type artifact string

const (
	// layout is edges, grounds and lines to write on.
	layout artifact = "/Artifact<</Type/Layout>>BDC\n"
	// pagination is running lines, page numbers and repeated table heads.
	pagination artifact = "/Artifact<</Type/Pagination>>BDC\n"
)

// pen is the state that a page keeps between operators.
type pen struct {
	face         typeface
	size         float64
	fill, stroke props.Color
	thickness    float64
	known        struct{ font, fill, stroke, thickness bool }
}

// begin clears the canvas for a page, counted from 0.
func (c *canvas) begin(page int) {
	c.x, c.y, c.page = sideMargin, topMargin, page
	c.pen = pen{}
	// Pages of one document are about as long as each other.
	c.sheet = sheet{content: make([]byte, 0, max(8<<10, len(c.sheet.content)+len(c.sheet.content)/4))}
}

// end gives the finished page.
func (c *canvas) end() sheet {
	c.close()
	return c.sheet
}

func (c *canvas) close() {
	if c.open.language != "" {
		c.write("EMC\n")
	}
	if c.open != (span{}) {
		c.write("EMC\n")
	}
	c.open = span{}
}

// within has all that follows belong to an element, or be an artifact.
func (c *canvas) within(next span) {
	if next == c.open {
		return
	}
	c.close()
	if next.of == nil {
		c.write(string(next.artifact))
	} else {
		number := len(c.sheet.owners)
		c.sheet.owners = append(c.sheet.owners, next.of)
		next.of.marks = append(next.of.marks, mark{page: c.page, number: number})
		c.write("/", string(next.of.role), "<</MCID ")
		c.sheet.content = strconv.AppendInt(c.sheet.content, int64(number), 10)
		c.write(">>BDC\n")
		if next.language != "" {
			c.write("/Span<</Lang(", next.language, ")>>BDC\n")
		}
	}
	c.open = next
}

func (c *canvas) write(texts ...string) {
	for _, t := range texts {
		c.sheet.content = append(c.sheet.content, t...)
	}
}

// numbers writes operands in points.
func (c *canvas) numbers(list ...float64) {
	for _, n := range list {
		c.sheet.content = append(appendNumber(c.sheet.content, n), ' ')
	}
}

// appendNumber writes a number to the hundredth, which is finer than a printer.
func appendNumber(to []byte, n float64) []byte {
	hundredths := int64(n*100 + 0.5)
	if n < 0 {
		hundredths = int64(n*100 - 0.5)
	}
	if hundredths < 0 {
		to, hundredths = append(to, '-'), -hundredths
	}
	to = strconv.AppendInt(to, hundredths/100, 10)
	switch rest := hundredths % 100; {
	case rest == 0:
		return to
	case rest%10 == 0:
		return append(to, '.', byte('0'+rest/10))
	default:
		return append(to, '.', byte('0'+rest/10), byte('0'+rest%10))
	}
}

// Points of a place given in millimetres from the top left.
func across(x float64) float64 { return x * pointsPerMillimetre }
func up(y float64) float64     { return (pageHeight - y) * pointsPerMillimetre }

func (c *canvas) fillWith(colour props.Color) {
	if c.pen.known.fill && c.pen.fill == colour {
		return
	}
	c.pen.fill, c.pen.known.fill = colour, true
	c.colour(colour)
	c.write("rg\n")
}

func (c *canvas) strokeWith(colour props.Color, thickness float64) {
	if !c.pen.known.stroke || c.pen.stroke != colour {
		c.pen.stroke, c.pen.known.stroke = colour, true
		c.colour(colour)
		c.write("RG\n")
	}
	if !c.pen.known.thickness || c.pen.thickness != thickness {
		c.pen.thickness, c.pen.known.thickness = thickness, true
		c.numbers(thickness * pointsPerMillimetre)
		c.write("w\n")
	}
}

func (c *canvas) colour(colour props.Color) {
	for _, part := range []int{colour.Red, colour.Green, colour.Blue} {
		c.sheet.content = strconv.AppendFloat(c.sheet.content, float64(part)/255, 'f', 3, 64)
		c.sheet.content = append(c.sheet.content, ' ')
	}
}

// CreateCol draws the ground and the edges of a cell and moves beside it.
func (c *canvas) CreateCol(width, height float64, _ *entity.Config, look *props.Cell) {
	if look != nil {
		c.box(c.x, c.y, width, height, look)
	}
	c.x += width
}

// CreateRow moves below a row.
func (c *canvas) CreateRow(height float64) { c.x, c.y = sideMargin, c.y+height }

func (c *canvas) box(x, y, width, height float64, look *props.Cell) {
	c.within(span{artifact: layout})
	rectangle := func(operator string) {
		c.numbers(across(x), up(y+height), width*pointsPerMillimetre, height*pointsPerMillimetre)
		c.write("re ", operator, "\n")
	}
	if look.BackgroundColor != nil {
		c.fillWith(*look.BackgroundColor)
	}
	if look.BorderColor != nil && look.BorderType != border.None {
		c.strokeWith(*look.BorderColor, look.BorderThickness)
	}
	switch {
	case look.BorderType == border.Full && look.BackgroundColor != nil:
		rectangle("B")
		return
	case look.BackgroundColor != nil:
		rectangle("f")
	}
	switch look.BorderType {
	case border.Full:
		rectangle("S")
	case border.Top:
		c.line(x, y, x+width)
	case border.Bottom:
		c.line(x, y+height, x+width)
	}
}

// line draws a level line in the current stroke.
func (c *canvas) line(x, y, to float64) {
	c.numbers(across(x), up(y))
	c.write("m ")
	c.numbers(across(to), up(y))
	c.write("l S\n")
}

// AddLine draws a level line in the middle of a room.
func (c *canvas) AddLine(room *entity.Cell, look *props.Line) {
	c.strokeWith(*look.Color, look.Thickness)
	c.line(room.X, room.Y, room.X+room.Width)
}

// text draws a run whose baseline begins at a place.
func (c *canvas) text(r run, x, baseline float64) {
	if c.repeated || r.of == nil {
		c.within(span{artifact: pagination})
	} else {
		c.within(span{of: r.of, language: r.language})
		if r.of.role == roleLink {
			c.sheet.links = append(c.sheet.links, area{link: r.of, box: [4]float64{
				across(x), up(baseline) - 0.3*r.ink.size, across(x + r.width), up(baseline) + r.ink.size,
			}})
		}
	}
	c.fillWith(*r.ink.colour)
	c.write("BT ")
	if !c.pen.known.font || c.pen.face != r.ink.face || c.pen.size != r.ink.size {
		c.pen.face, c.pen.size, c.pen.known.font = r.ink.face, r.ink.size, true
		c.write(r.ink.face.fontName(), " ")
		c.numbers(r.ink.size)
		c.write("Tf ")
	}
	if r.backwards {
		x += r.width - r.first
	}
	c.numbers(across(x), up(baseline))
	c.write("Td ")
	if !r.backwards {
		c.write("(")
		c.sheet.content = appendCodes(c.sheet.content, r.text)
		c.write(")Tj ET\n")
		return
	}
	c.write("[")
	n := 0
	for at, code := range r.text {
		if at > 0 {
			c.sheet.content = strconv.AppendInt(c.sheet.content, int64(r.back[n]), 10)
			n++
		}
		c.write("(")
		c.sheet.content = appendCodes(c.sheet.content, string(code))
		c.write(")")
	}
	c.write("]TJ ET\n")
}

// appendCodes writes the codes of a text, two bytes each, as the inside of a
// literal string (ISO 32000-2, 7.3.4.2).
func appendCodes(to []byte, text string) []byte {
	for _, r := range text {
		for _, b := range [2]byte{byte(r >> 8), byte(r)} {
			switch b {
			case '(', ')', '\\':
				to = append(to, '\\', b)
			case '\r':
				to = append(to, '\\', 'r')
			default:
				to = append(to, b)
			}
		}
	}
	return to
}
