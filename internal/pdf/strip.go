package pdf

import (
	"github.com/johnfercher/maroto/v2/pkg/consts/border"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// run is a text on one line in one ink, x millimetres from the left of its
// cell's text.
type run struct {
	text string
	ink  ink
	x    float64
	// width is how long the text is, in millimetres.
	width float64
	// backwards runs are read from right to left: their first code, which is
	// first millimetres wide, stands at the right, and back says how far the pen
	// goes back before each further one, in thousandths of an em.
	backwards bool
	first     float64
	back      []int
	// of is the element the text belongs to; none for running lines.
	of *element
	// language is the tag of a text that is in another than the document.
	language string
}

// line is what stands side by side in one cell; height in millimetres.
type line struct {
	runs   []run
	height float64
	// drop is how much lower than usual the base line stands.
	drop float64
}

// cell is one box of a strip. Its text has been broken into lines already.
type cell struct {
	width float64
	lines []line
	fill  *props.Color
	edge  *props.Color
	sides border.Type
	// above and below are the room between edge and text.
	above, below float64
	// ruled is set where somebody writes by hand: lines for it are drawn from
	// the foot of the cell up to its text.
	ruled bool
	// code, where set, is drawn below the text.
	code *squares
}

// strip is one row of the page: cells side by side, as high as the highest.
type strip struct {
	cells []cell
	// least is the height it has at least, for writing by hand.
	least float64
	// gap is the room above, left out at the top of a page.
	gap float64
	// tied strips stay on the page of the next one.
	tied bool
	// whole strips are never split, unless higher than a page.
	whole bool
	// breaks begins a new page.
	breaks bool
	// heads are drawn again where the table goes on on a new page.
	heads []strip
	// repeated heads were drawn on an earlier page already.
	repeated bool
	// bookmark, where set, is this strip's entry in the outline.
	bookmark *bookmark
}

// bookmark is one entry of the outline: level 1 is outermost.
type bookmark struct {
	level int
	text  string
}

func (c cell) height() float64 {
	high := c.above + c.below
	for _, l := range c.lines {
		high += l.height
	}
	return high
}

func (s strip) height() float64 {
	high := s.least
	for _, c := range s.cells {
		high = max(high, c.height())
	}
	return high
}

// longest is the number of lines of the cell that has most.
func (s strip) longest() int {
	most := 0
	for _, c := range s.cells {
		most = max(most, len(c.lines))
	}
	return most
}

// fewestLines stand together at the foot or top of a page when a long text is
// split.
const fewestLines = 3

// parts says whether the strip may be split between lines.
func (s strip) parts() bool { return !s.whole && s.longest() >= 2*fewestLines }

// head is the height of the least part of the strip that may stand at the foot
// of a page.
func (s strip) head() float64 {
	if !s.parts() {
		return s.height()
	}
	first, _ := s.after(fewestLines)
	return first.height()
}

// split parts a strip into what is no higher than room and the rest. It is
// false where there is nothing to part or too little would stand on either
// side; forced takes one line at least, so that even a strip higher than a
// page comes to its end.
func (s strip) split(room float64, forced bool) (first, rest strip, ok bool) {
	if s.longest() < 2 {
		return s, strip{}, false
	}
	fits := 0
	for n := 1; n < s.longest(); n++ {
		if part, _ := s.after(n); part.height() > room {
			break
		}
		fits = n
	}
	if left := s.longest() - fits; left > 0 && left < fewestLines {
		fits -= fewestLines - left
	}
	if fits < fewestLines && !forced {
		return s, strip{}, false
	}
	first, rest = s.after(max(fits, 1))
	return first, rest, true
}

// after parts every cell behind its first n lines.
func (s strip) after(n int) (first, rest strip) {
	first, rest = s, s
	first.cells, rest.cells = make([]cell, len(s.cells)), make([]cell, len(s.cells))
	first.least, first.tied = 0, false
	rest.gap, rest.breaks, rest.bookmark = 0, false, nil
	for i, c := range s.cells {
		at := min(n, len(c.lines))
		first.cells[i], rest.cells[i] = c, c
		first.cells[i].ruled = false
		first.cells[i].lines, rest.cells[i].lines = c.lines[:at], c.lines[at:]
	}
	rest.least = max(0, s.least-first.height())
	return first, rest
}
