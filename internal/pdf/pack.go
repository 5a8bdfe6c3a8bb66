package pdf

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/post"
)

// Places on the first page of a letter in a window envelope, in millimetres
// from the left and the top edge of the sheet. They are those of GOV.UK
// Notify's letter specification
// (https://www.notifications.service.gov.uk/using-notify/guidance/letter-specification),
// as its printer's check has them (alphagov/notifications-template-preview,
// app/precompiled.py): nothing is printed within 15 mm of the sides and 5 mm
// of the head and the foot; above the window a logo may stand from 5 to 30;
// the recipient's address stands from 24.6 to 120 and from 39.5 to 66.3; the
// sender's column from 125 to 195 and from 5 to 95; all else begins at 95.
const (
	windowLeft, windowRight = 24.6, 120.0
	windowTop, windowBottom = 39.5, 66.3
	senderLeft              = 125.0
	bodyTop                 = 95.0
)

// The reference as a code: its width, and the light edge that it needs, four
// squares of the 21 that it has at least.
const codeSide, codeEdge = 18.0, 3.5

// ErrLongLetter says that a letter does not fit on its one page.
var ErrLongLetter = errors.New("the letter does not fit on one page: shorten the text of its template, or the return address")

// FitsWindow reports whether an address fits in the window of an envelope.
func (w *Writer) FitsWindow(to post.Address) bool {
	_, fits := w.letters.inWindow(to)
	return fits
}

// WritePack draws all that goes in one envelope: the letter, the form with
// lines to write on, and the label to send it back with, with page numbers
// over the whole. Sheets are printed on one side. The error is as that of
// Write, or [ErrLongLetter].
func (w *Writer) WritePack(p post.Pack, doc document.Document) (File, error) {
	c := w.composer(doc)
	among := numbering{before: 1}
	if p.Returned {
		among.after = 1
	}
	pages := c.pages(doc, among)
	of := among.before + len(pages) + among.after
	form := c.root.kids
	c.root.kids, c.section = nil, c.root.add(rolePart)
	letter, err := c.letter(p, len(pages), of)
	if err != nil {
		return File{}, err
	}
	all := append([]page{letter}, pages...)
	c.root.kids = append([]*element{c.section}, form...)
	if p.Returned {
		c.section = c.root.add(rolePart)
		all = append(all, c.returnLabel(p, of))
	}
	return w.file(&c, doc, all)
}

// letter is the page that shows the address in the window.
func (c *composer) letter(p post.Pack, sheets, of int) (page, error) {
	code, err := quickResponse(string(p.Ref), codeSide)
	if err != nil {
		return nil, err
	}
	drawn, fits := c.letterhead(p, code)
	body := c.letterBody(p, sheets)
	foot := c.foot(document.Document{Footer: string(p.Ref)}, 1, of)
	room := pageHeight - bodyTop - bottomMargin - slack - foot.height()
	if !fits || body.height() > room {
		return nil, ErrLongLetter
	}
	drawn = append(drawn, body...)
	return append(drawn, strip{least: room - body.height()}, foot), nil
}

// letterhead fills the page down to where the text begins: the authority, the
// address in the window and, right of both, whom to write to and to ring.
func (c *composer) letterhead(p post.Pack, code *squares) (drawn page, fits bool) {
	const (
		left  = senderLeft - sideMargin
		right = pageWidth - sideMargin - senderLeft
	)
	name := c.lines("authority", p.Sender, ink{bold, 13, c.colours.title}, left)
	if len(name) > 3 {
		name = c.lines("authority", p.Sender, ink{bold, 9, c.colours.title}, left)
	}
	c.section.text(roleP, name)
	ink, fits := c.letters.inWindow(p.To)
	address := c.section.text(roleP, c.lines("postal address", p.To.Text(), ink, windowRight-windowLeft))
	beside := c.senderColumn(p, right)
	code.of = c.section.add(roleFigure)
	code.of.alternative = "QR code of the reference " + string(p.Ref)
	first, beside := upTo(beside, windowTop-topMargin)
	second, beside := upTo(beside, windowBottom-windowTop)
	third, over := upTo(beside, bodyTop-windowBottom-codeSide-2*codeEdge)
	return page{
		{least: windowTop - topMargin, cells: []cell{{width: left, lines: name, above: 1}, {width: right, lines: first}}},
		{least: windowBottom - windowTop, cells: []cell{
			{width: windowLeft - sideMargin},
			{width: windowRight - windowLeft, lines: address, above: 0.4},
			{width: senderLeft - windowRight},
			{width: right, lines: second},
		}},
		{least: bodyTop - windowBottom, cells: []cell{{width: left}, {width: right, lines: third, below: codeEdge, code: code}}},
	}, fits && len(over) == 0
}

// inWindow is the largest ink in which every line of an address stands whole
// in the window; false where none is small enough.
func (l *lettering) inWindow(to post.Address) (ink, bool) {
	as := ink{face: regular, colour: colours().text}
	for _, size := range []float64{10.5, 10, 9.5, 9, 8.5, 8} {
		as.size = size
		fits := float64(len(to))*as.lineHeight() <= windowBottom-windowTop-0.8
		for _, line := range to {
			fits = fits && l.width(line, as) <= windowRight-windowLeft-2*padding
		}
		if fits {
			return as, true
		}
	}
	return as, false
}

// senderColumn says who writes, from where, and whom to ring.
func (c *composer) senderColumn(p post.Pack, width float64) []line {
	plain := ink{regular, 9, c.colours.text}
	var lines []line
	add := func(title, text string) {
		if text != "" {
			lines = append(lines, c.section.text(roleP, c.lines(title, title, ink{bold, 8, c.colours.quiet}, width))...)
			lines = append(lines, c.section.text(roleP, c.lines(title, text, plain, width))...)
			lines = append(lines, line{height: 1.2})
		}
	}
	add("Our address", p.ReturnAddress.Text())
	add("Questions", strings.Trim(strings.Join([]string{p.Officer, p.Telephone}, ", "), ", "))
	add("Sent", p.On.Long()+", by "+p.Service)
	return append(lines, c.section.text(roleP, c.lines("reference", string(p.Ref), ink{bold, 9, c.colours.text}, width))...)
}

// upTo takes lines until a height is filled.
func upTo(lines []line, height float64) (first, rest []line) {
	for i, l := range lines {
		if height -= l.height; height < 0 {
			return lines[:i], lines[i:]
		}
	}
	return lines, nil
}

// letterBody is what the letter says and what the envelope holds.
func (c *composer) letterBody(p post.Pack, sheets int) page {
	body := page{
		{cells: []cell{c.open(c.section.text(headingRole(1), c.lines("heading", p.Heading, ink{bold, 12, c.colours.title}, textWidth)))}},
		{least: 2},
	}
	for paragraph := range strings.SplitSeq(strings.Trim(p.Text, "\n"), "\n\n") {
		body = append(body, strip{cells: []cell{c.open(c.section.text(roleP, c.lines("letter", paragraph, c.body(), textWidth)))}}, strip{least: 2})
	}
	body = append(body, strip{least: 1}, strip{cells: []cell{c.open(c.section.text(headingRole(2), c.lines("contents", "This envelope holds", c.label(), textWidth)))}}, strip{least: 1})
	list := c.section.add(roleTable)
	body = append(body, c.holds(list, "This letter", "1 sheet, page 1"))
	form := fmt.Sprintf("%s, pages 2 to %d\nSHA-256 of the document as we keep it:\n%s", sheetsOf(sheets), sheets+1, grouped(p.Digest))
	body = append(body, c.holds(list, "The document "+string(p.Ref), form))
	if p.Returned {
		body = append(body, c.holds(list, "A label to send it back with", fmt.Sprintf("1 sheet, page %d", sheets+2)))
	}
	return body
}

func (c *composer) holds(list *element, what, how string) strip {
	row := list.add(roleTR)
	label := tagged(row.header(ofRow), c.lines("contents", what, ink{regular, 9, c.colours.text}, labelWidth))
	words := tagged(row.add(roleTD), c.lines("contents", how, ink{regular, 8.5, c.colours.text}, textWidth-labelWidth))
	return strip{cells: []cell{c.boxed(labelWidth, c.colours.label, label), c.boxed(textWidth-labelWidth, nil, words)}}
}

func sheetsOf(n int) string {
	if n == 1 {
		return "1 sheet"
	}
	return fmt.Sprintf("%d sheets", n)
}

// grouped parts a digest so that it can be read aloud.
func grouped(digest string) string {
	var b strings.Builder
	for i, r := range digest {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// returnLabel is the last sheet: what to put on the envelope that comes back.
func (c *composer) returnLabel(p post.Pack, of int) page {
	const high, inset, indent = 74.0, 14.0, 8.0
	title := c.section.text(headingRole(1), c.lines("label", "To send it back", ink{bold, 14, c.colours.title}, textWidth))
	how := "Put all sheets of the document in an envelope, stick this label on it and post it as registered post (" + p.Service + "). Keep the receipt."
	if !p.ReturnBy.IsZero() {
		how += " It is needed by " + p.ReturnBy.Long() + "."
	}
	said := c.section.text(roleP, c.lines("label", how, c.body(), textWidth))
	part := func(text string, as ink) []line {
		return c.section.text(roleP, c.lines("label", text, as, textWidth-inset-indent))
	}
	to := append(part("TO", ink{bold, 9, c.colours.quiet}), part(p.ReturnAddress.Text(), ink{bold, 15, c.colours.text})...)
	to = append(to, line{height: 6})
	to = append(to, part("Our reference "+string(p.Ref), ink{regular, 11, c.colours.text})...)
	if p.Telephone != "" {
		to = append(to, part("If found, please ring "+p.Telephone, ink{regular, 11, c.colours.text})...)
	}
	box := c.boxed(textWidth-inset, nil, to)
	for i := range box.lines {
		for j := range box.lines[i].runs {
			box.lines[i].runs[j].x = indent
		}
	}
	box.above, box.below = 8, 6
	pad := cell{width: inset / 2}
	drawn := page{
		{cells: []cell{c.open(title)}},
		{least: 2},
		{cells: []cell{c.open(said)}},
		{least: 6},
		{least: high, cells: []cell{pad, box, pad}},
	}
	foot := c.foot(document.Document{Footer: string(p.Ref)}, of, of)
	rest := pageHeight - topMargin - bottomMargin - slack - foot.height() - drawn.height()
	return append(drawn, strip{least: rest}, foot)
}
