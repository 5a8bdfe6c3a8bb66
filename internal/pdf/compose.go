package pdf

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/johnfercher/maroto/v2/pkg/consts/border"
	"github.com/johnfercher/maroto/v2/pkg/props"

	"github.com/pepost/pepost/internal/document"
)

// composer turns the blocks of one document into strips. It notes which
// characters each typeface draws, and what cannot be drawn.
type composer struct {
	letters   *lettering
	colours   palette
	blank     bool // somebody will write in it
	ruled     bool // by hand
	used      [typefaces]*usage
	uncovered []error
	strips    []strip
	tagging
}

func (c *composer) block(b document.Block) {
	if _, answer := b.(document.Answer); !answer {
		c.answers = nil
	}
	switch b := b.(type) {
	case document.Heading:
		c.heading(b)
	case document.Paragraph:
		c.put(strip{gap: 1, cells: []cell{c.open(c.section.text(roleP, c.lines("paragraph", b.Text, c.body(), textWidth)))}})
	case document.Note:
		c.note(b)
	case document.Facts:
		c.facts(b)
	case document.Answer:
		c.answer(b)
	case document.Grid:
		c.grid(b)
	case document.PageBreak:
		// A form is parted so that its pages can go through several hands; a
		// copy that is only read goes on where it is.
		if c.blank {
			c.put(strip{breaks: true})
		}
	default:
		c.uncovered = append(c.uncovered, fmt.Errorf("the PDF cannot draw a block of type %T", b))
	}
}

func (c *composer) put(s strip) { c.strips = append(c.strips, s) }

func (c *composer) err() error { return errors.Join(c.uncovered...) }

// The inks of the page.
func (c *composer) body() ink  { return ink{regular, 10, c.colours.text} }
func (c *composer) label() ink { return ink{bold, 9.5, c.colours.text} }
func (c *composer) help() ink  { return ink{italic, 8.5, c.colours.quiet} }
func (c *composer) small() ink { return ink{regular, 8, c.colours.quiet} }

// lines breaks a text for a cell of this width. The field is what an
// [UncoveredError] names.
func (c *composer) lines(field, text string, as ink, width float64) []line {
	clean, uncovered := cleaned(text, c.letters.covers)
	if len(uncovered) > 0 {
		c.uncovered = append(c.uncovered, &UncoveredError{Field: field, Codepoints: uncovered})
		return nil
	}
	if strings.Trim(clean, " \n") == "" {
		return nil
	}
	if !c.letters.simple(clean) {
		return c.shapedLines(field, clean, as, width)
	}
	var lines []line
	for _, broken := range c.letters.wrap(clean, as, width-2*padding) {
		l := line{height: as.lineHeight()}
		if broken != "" {
			c.usage(as.face).add(broken)
			l.runs = []run{{text: broken, ink: as, width: c.letters.width(strings.TrimRight(broken, " "), as)}}
		}
		lines = append(lines, l)
	}
	return lines
}

// shapedLines breaks a text whose letters must be shaped or turned round.
func (c *composer) shapedLines(field, text string, as ink, width float64) []line {
	room := width - 2*padding
	shaped := c.letters.shape(text, as, room)
	if len(shaped.missing) > 0 {
		c.uncovered = append(c.uncovered, &UncoveredError{Field: field, Codepoints: shaped.missing})
		return nil
	}
	var lines []line
	for _, from := range shaped.lines {
		l := line{height: as.lineHeight()}
		shift := 0.0
		if from.fromRight {
			shift = room - from.width
		}
		for _, p := range from.pieces {
			if p.face == arabic {
				l.height, l.drop = as.size*tallSpacing/pointsPerMillimetre, as.size*tallDrop/pointsPerMillimetre
			}
			r := run{ink: as, x: shift + p.x, width: p.width, language: p.language}
			r.ink.face = p.face
			c.spell(&r, p)
			l.runs = append(l.runs, r)
		}
		lines = append(lines, l)
	}
	return lines
}

// Lines of Arabic letters are further apart, in font sizes, and their base line
// stands lower: they reach further up and down than Latin ones.
const tallSpacing, tallDrop = 1.75, 0.25

// spell gives a run the codes of a piece and, where it is read from right to
// left, how far the pen goes back before each further code.
func (c *composer) spell(r *run, p piece) {
	used, stack := c.usage(p.face), c.letters.stack(p.face)
	var codes strings.Builder
	before := 0
	for i, g := range p.groups {
		code := used.code(g)
		codes.WriteRune(code)
		advance := g.cluster.Advance
		if g.plain != 0 {
			advance = stack.Advance(g.plain)
		}
		advance = (advance*1000 + stack.Units()/2) / stack.Units()
		switch {
		case !p.backwards:
		case i == 0:
			r.first = float64(advance) / 1000 * r.ink.size / pointsPerMillimetre
			r.back = make([]int, 0, len(p.groups))
		default:
			r.back = append(r.back, before+advance)
		}
		before = advance
	}
	r.text, r.backwards = codes.String(), p.backwards
}

// usage is what a typeface draws.
func (c *composer) usage(t typeface) *usage {
	if c.used[t] == nil {
		c.used[t] = &usage{}
	}
	return c.used[t]
}

// open is a cell over the whole width without edges.
func (c *composer) open(lines []line) cell {
	return cell{width: textWidth, lines: lines}
}

// boxed is a cell with edges all round.
func (c *composer) boxed(width float64, fill *props.Color, lines []line) cell {
	return cell{
		width: width, fill: fill, edge: c.colours.edge, sides: border.Full, lines: lines,
		above: 1.3, below: 1.3,
	}
}

// bar is a narrow cell of one colour, at the left of what it marks.
func (c *composer) bar(colour *props.Color) cell {
	return cell{width: barWidth, fill: colour, edge: colour, sides: border.Full}
}

// barWidth is the width of the bar that shows who fills something in.
const barWidth = 1.4

func (c *composer) heading(h document.Heading) {
	field, as := "heading "+h.Key, c.headed(h.Level)
	s := strip{tied: true, whole: true, gap: 5}
	switch h.Level {
	case 1:
		title := c.open(tagged(as, c.lines(field, h.Text, ink{bold, 20, c.colours.title}, textWidth)))
		title.below, title.edge, title.sides = 1.5, c.colours.title, border.Bottom
		s.cells = []cell{title}
	case 2:
		band := c.boxed(textWidth, c.colours.band, tagged(as, c.lines(field, h.Text, ink{bold, 12, c.colours.paper}, textWidth)))
		band.edge = c.colours.band
		s.cells = []cell{band}
	default:
		title := c.open(tagged(as, c.lines(field, h.Text, ink{bold, 11, c.colours.title}, textWidth)))
		title.below = 0.8
		s.cells, s.gap = []cell{title}, 3
	}
	if h.Level > 1 {
		s.bookmark = &bookmark{level: h.Level - 1, text: h.Text}
	}
	c.put(s)
	if h.Level <= 2 {
		c.put(strip{least: 1, tied: true})
	}
}

func (c *composer) note(n document.Note) {
	as, colour := ink{regular, 9, c.colours.text}, c.colours.title
	if n.Tone == document.Important {
		as.face, colour = bold, c.colours.alarm
	}
	words := c.boxed(textWidth-barWidth, c.colours.label, c.section.text(roleP, c.lines("note", n.Text, as, textWidth-barWidth)))
	words.edge = c.colours.label
	c.put(strip{gap: 1, tied: c.followsHeading(), cells: []cell{c.bar(colour), words}})
	c.put(strip{least: 1, tied: c.followsHeading()})
}

// followsHeading is true while nothing but what belongs to a heading stands
// after it.
func (c *composer) followsHeading() bool {
	return len(c.strips) > 0 && c.strips[len(c.strips)-1].tied
}

// facts stand two beside each other.
func (c *composer) facts(f document.Facts) {
	const labelWidth, half = 30, textWidth / 2
	table := c.section.add(roleTable)
	table.summary = f.Label
	for pair := range slices.Chunk(f.Pairs, 2) {
		s := strip{whole: true, tied: true}
		wordsWidth := float64(half - labelWidth)
		if len(pair) == 1 {
			wordsWidth += half
		}
		for _, fact := range pair {
			row := table.add(roleTR)
			label := tagged(row.header(ofRow), c.lines("facts", fact.Label, ink{bold, 8.5, c.colours.quiet}, labelWidth))
			words := tagged(linking(row.add(roleTD), fact.Text), c.lines(fact.Label, fact.Text, c.body(), wordsWidth))
			s.cells = append(s.cells, c.boxed(labelWidth, c.colours.label, label), c.boxed(wordsWidth, nil, words))
		}
		c.put(s)
	}
	c.put(strip{least: 2})
}

// runningLine is the strip at the head or foot of a page: left and right text
// with a rule between it and the page.
func (c *composer) runningLine(left, right string, rule border.Type) strip {
	const rightWidth = 60
	words := cell{width: textWidth - rightWidth, lines: c.lines("running line", left, c.small(), textWidth-rightWidth)}
	words.edge, words.sides, words.above, words.below = c.colours.edge, rule, 1, 1
	side := words
	side.width, side.lines = rightWidth, c.lines("running line", right, c.small(), rightWidth)
	for i := range side.lines {
		for j, r := range side.lines[i].runs {
			side.lines[i].runs[j].x = rightWidth - 2*padding - r.width
		}
	}
	return strip{cells: []cell{words, side}, whole: true}
}

// colourOf reads RRGGBB; anything else is the page's own colour.
func (c *composer) colourOf(hex string) *props.Color {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return c.colours.title
	}
	return &props.Color{Red: int(n >> 16), Green: int(n >> 8 & 0xFF), Blue: int(n & 0xFF)}
}
