package pdf

import (
	"cmp"
	"slices"
	"strings"

	"github.com/johnfercher/maroto/v2/pkg/props"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
)

const (
	// labelWidth is the room of a question beside its answer.
	labelWidth = 62.0
	// handLine is the room one line of handwriting takes.
	handLine = 8.0
	// usualLines of handwriting are given room for a long text that asks for
	// none.
	usualLines = 3
	// mostLines of handwriting are given room on a page with their question.
	mostLines = 24
	// fewLines of a long text still stand beside the question in a final copy.
	fewLines = 6
	// mostBoxes are offered; a longer list is not printed.
	mostBoxes = 30
	// manyBoxes get the whole width, so that they stand in columns.
	manyBoxes = 9
)

// answer draws a question beside its answer, or above it where the answer is
// long or long writing is expected.
func (c *composer) answer(a document.Answer) {
	row := c.answerTable().add(roleTR)
	head, body := row.header(ofRow), row.add(roleTD)
	writable := c.blank && !a.Locked
	edge := c.margin(a, writable)
	least := 0.0
	if writable {
		least = handLine
	}
	if lines, fits := c.besideQuestion(body, a, writable); fits {
		width := labelWidth - taken(edge)
		question := c.boxed(width, c.colours.label, c.question(head, a, writable, width))
		c.put(strip{least: least, cells: append(edge, question, c.byHand(a, writable, c.boxed(textWidth-labelWidth, c.ground(writable), lines)))})
		return
	}
	full := textWidth - taken(edge)
	if writable && a.Kind == form.LongText {
		least = handLine * float64(min(cmp.Or(a.Lines, usualLines), mostLines))
	}
	c.put(strip{tied: true, whole: true, cells: append(edge[:len(edge):len(edge)], c.boxed(full, c.colours.label, c.question(head, a, writable, full)))})
	reply := c.byHand(a, writable, c.boxed(full, c.ground(writable), c.reply(body, a, writable, full)))
	c.put(strip{least: least, cells: append(edge, reply)})
}

// short answers of a card stand two beside each other.
func (c *composer) short(a document.Answer) bool {
	writable := c.blank && !a.Locked
	return a.Kind != form.LongText && (!writable || len(offered(a.Kind, a.Choices)) <= fewBoxes)
}

// pair draws two questions beside each other, each beside its answer.
func (c *composer) pair(first, second document.Answer) {
	const half, question = textWidth / 2, 36.0
	s := strip{}
	for _, a := range []document.Answer{first, second} {
		row := c.answerTable().add(roleTR)
		head, body := row.header(ofRow), row.add(roleTD)
		writable := c.blank && !a.Locked
		edge := c.margin(a, writable)
		if writable {
			s.least = handLine
		}
		width := question - taken(edge)
		s.cells = append(s.cells, edge...)
		s.cells = append(
			s.cells,
			c.boxed(width, c.colours.label, c.question(head, a, writable, width)),
			c.byHand(a, writable, c.boxed(half-question, c.ground(writable), c.reply(body, a, writable, half-question))),
		)
	}
	c.put(s)
}

// besideQuestion is the reply, where it is short enough to stand beside its
// question.
func (c *composer) besideQuestion(body *element, a document.Answer, writable bool) ([]line, bool) {
	if a.Kind == form.LongText && c.blank || writable && len(offered(a.Kind, a.Choices)) >= manyBoxes {
		return nil, false
	}
	lines := c.reply(body, a, writable, textWidth-labelWidth)
	if a.Kind == form.LongText && len(lines) > fewLines {
		body.kids = nil
		return nil, false
	}
	return lines, true
}

// byHand gives a cell the lines that a hand follows, where the answer is
// written and not ticked.
func (c *composer) byHand(a document.Answer, writable bool, box cell) cell {
	box.ruled = c.ruled && writable && len(offered(a.Kind, a.Choices)) == 0
	return box
}

// margin is the coloured bar of who fills the answer in; the words stand under
// the question, so that nothing hangs on colour.
func (c *composer) margin(a document.Answer, writable bool) []cell {
	if !c.blank {
		return nil
	}
	colour := c.colours.edge
	if writable {
		colour = c.colourOf(a.Colour)
	}
	return []cell{c.bar(colour)}
}

func taken(cells []cell) float64 {
	total := 0.0
	for _, c := range cells {
		total += c.width
	}
	return total
}

// ground is white where somebody writes.
func (c *composer) ground(writable bool) *props.Color {
	if c.blank && !writable {
		return c.colours.ours
	}
	return nil
}

// question is the label and, for those who write, the help and who they are.
func (c *composer) question(head *element, a document.Answer, writable bool, width float64) []line {
	if !writable {
		return tagged(head, c.lines(a.Key, a.Label, c.label(), width))
	}
	lines := head.text(roleP, c.lines(a.Key, a.Label, c.label(), width))
	lines = append(lines, head.text(roleP, c.lines(a.Key, a.Help, c.help(), width))...)
	return append(lines, head.text(roleP, c.filler(a.Key, a.FilledBy, a.Colour, a.Required, width))...)
}

func (c *composer) filler(key, filledBy, colour string, required bool, width float64) []line {
	words := filledBy
	switch {
	case required && filledBy == "":
		words = "Needed for the final plan"
	case required:
		words += " \u2013 needed for the final plan"
	}
	return c.lines(key, words, ink{bold, 8, c.colourOf(colour)}, width)
}

// reply is what stands in the answer's box: the answer, boxes to tick, or a
// hint how to write.
func (c *composer) reply(body *element, a document.Answer, writable bool, width float64) []line {
	if choices := offered(a.Kind, a.Choices); writable && len(choices) > 0 && len(choices) <= mostBoxes {
		return c.boxes(body, a, choices, c.body(), width)
	}
	text, as := a.Display, c.body()
	switch {
	case text == "" && writable:
		text, as = hint(a.Kind), c.small()
	case text == "" && c.blank:
		text, as = "\u2014", c.small()
	}
	return tagged(body, c.lines(a.Key, text, as, width))
}

// offered are the choices of an answer; yes/no has its own.
func offered(kind form.Kind, choices []form.Choice) []form.Choice {
	switch {
	case kind == form.YesNo && len(choices) == 0:
		return []form.Choice{{Key: "yes", Label: "Yes"}, {Key: "no", Label: "No"}}
	case kind == form.OneOf, kind == form.SeveralOf, kind == form.YesNo:
		return choices
	}
	return nil
}

// hint says how an empty answer is written.
func hint(kind form.Kind) string {
	switch kind {
	case form.Date:
		return "day / month / year"
	case form.Money:
		return "\u00a3"
	case form.Percent:
		return "%"
	}
	return ""
}

// The boxes of a choice: U+2610 and U+2612.
const (
	emptyBox   = "\u2610 "
	crossedBox = "\u2612 "
)

// between is the room between two columns of choices.
const between = 2.5

// boxes sets choices in columns as wide as the longest; many stand in two at
// least. An answer that is none of the choices follows in its own line, so
// that it is not lost.
func (c *composer) boxes(body *element, a document.Answer, choices []form.Choice, as ink, width float64) []line {
	chosen := chosenKeys(a.Kind, a.Value)
	var items []string
	longest, known := 0.0, 0
	for _, choice := range choices {
		item := emptyBox + choice.Label
		if chosen[choice.Key] {
			item = crossedBox + choice.Label
			known++
		}
		items = append(items, item)
		longest = max(longest, c.letters.width(item, as))
	}
	count := max(1, int((width-2*padding+between)/(longest+between)))
	if len(items) >= manyBoxes {
		count = max(2, count)
	}
	lines := c.columns(body.add(roleL), a.Key, items, as, count, width)
	if known < len(chosen) {
		lines = append(lines, body.text(roleP, c.lines(a.Key, a.Display, as, width))...)
	}
	return lines
}

func chosenKeys(kind form.Kind, value string) map[string]bool {
	chosen := make(map[string]bool)
	keys := []string{value}
	if kind == form.SeveralOf {
		keys = strings.Split(value, ";")
	}
	for _, key := range keys {
		if key = strings.TrimSpace(key); key != "" {
			chosen[key] = true
		}
	}
	return chosen
}

// columns sets items side by side, count to a line, and breaks those that are
// wider than their column.
func (c *composer) columns(list *element, key string, items []string, as ink, count int, width float64) []line {
	const rounding = 0.01
	pitch := (width - 2*padding + between) / float64(count)
	var lines []line
	for row := range slices.Chunk(items, count) {
		var together []line
		for i, item := range row {
			entry := list.add(roleLI)
			for n, broken := range entry.text(roleLBody, c.lines(key, item, as, pitch-between+2*padding+rounding)) {
				if n == len(together) {
					together = append(together, line{height: broken.height})
				}
				for _, r := range broken.runs {
					r.x = float64(i) * pitch
					together[n].runs = append(together[n].runs, r)
				}
			}
		}
		lines = append(lines, together...)
	}
	return lines
}
