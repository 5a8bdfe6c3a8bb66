package workload

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
)

// Measures of the picture, in user units; one is a pixel at 100 %.
const (
	left, right   = 56, 24
	headHeight    = 92
	plotHeight    = 170
	panelHeight   = plotHeight + 72
	dayWidth      = 11
	barWidth      = 9
	weekGap       = 7
	weekWidth     = daysOfWeek*dayWidth + weekGap
	legendHeight  = 56
	legendPerRow  = 3
	smallestWidth = 660
)

// SVG gives the work of each officer, day by day, as one picture (SVG 1.1)
// without script, link or outside font. Kinds differ in lightness and hatching,
// so that it reads in grey; every bar says in words what it shows.
func SVG(t Term) []byte {
	p := picture{term: t, weeks: t.columns(0)}
	p.width = max(smallestWidth, left+len(p.weeks)*weekWidth+right)
	height := headHeight + len(t.Officers)*panelHeight + legendHeight
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="13" fill="#111">`,
		p.width, height, p.width, height)
	p.add(`<title id="title">%s</title>`, text(t.heading()))
	p.add(`<desc id="desc">%s</desc>`, text(t.summary()))
	p.add("%s", patterns)
	p.add(`<rect width="%d" height="%d" fill="#fff"/>`, p.width, height)
	p.add(`<text x="%d" y="30" font-size="18" font-weight="bold">%s</text>`, left, text(t.heading()))
	p.add(`<text x="%d" y="52">%s</text>`, left, text(t.counts()))
	p.add(`<text x="%d" y="72">%s</text>`, left, text(t.shading()))
	for at, officer := range t.Officers {
		p.panel(officer, t.columns(at), headHeight+at*panelHeight)
	}
	p.legend(headHeight + len(t.Officers)*panelHeight)
	p.add("</svg>")
	return []byte(p.b.String())
}

// patterns are the hatchings of the kinds of work that have one.
const patterns = `<defs>` +
	`<pattern id="holds" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/><path d="M-1 1 1-1M0 4 4 0M3 5 5 3" stroke="#111" stroke-width="1.2"/></pattern>` +
	`<pattern id="returns" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/><circle cx="2" cy="2" r="1.1" fill="#111"/></pattern>` +
	`<pattern id="tasks" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/><path d="M0 2H4" stroke="#777" stroke-width="1"/></pattern>` +
	`</defs>`

// fill is how a kind of work is drawn.
func (w Work) fill() string {
	switch w {
	case Release:
		return "#12303c"
	case Calls:
		return "#5f8c9b"
	case Finals:
		return "#c3dbe2"
	case Holds, Returns, Tasks:
		return "url(#" + string(w) + ")"
	}
	return "none"
}

type picture struct {
	b     strings.Builder
	term  Term
	weeks [][]column
	width int
}

func (p *picture) add(format string, values ...any) {
	fmt.Fprintf(&p.b, format+"\n", values...)
}

// panel is one officer's chart, its upper edge at top.
func (p *picture) panel(officer string, weeks [][]column, top int) {
	most, on := peak(weeks)
	scale := roundUp(most)
	floor := top + 28 + plotHeight
	p.add(`<g role="img" aria-label="%s">`, text(officer))
	p.add(`<text x="%d" y="%d" font-size="15" font-weight="bold">%s</text>`, left, top+16, text(officer))
	if most > 0 {
		p.add(`<text x="%d" y="%d" text-anchor="end">%s</text>`, p.width-right, top+16, text("most on "+on.Long()+": "+things(most)))
	}
	for i := range 3 {
		y, n := floor-plotHeight*i/2, scale*i/2
		p.add(`<path d="M%d %d H%d" stroke="#bbb"/><text x="%d" y="%d" text-anchor="end">%d</text>`, left, y, p.width-right, left-6, y+4, n)
	}
	for i, week := range weeks {
		x := left + i*weekWidth
		p.add(`<text x="%d" y="%d" font-size="12">%s</text>`, x, floor+18, text(monthLabel(week)))
		for day, c := range week {
			p.bar(officer, c, x+day*dayWidth, floor, scale)
		}
	}
	p.add(`<path d="M%d %d H%d" stroke="#111"/></g>`, left, floor, p.width-right)
}

// bar is one day: its shading and its work, stacked.
func (p *picture) bar(officer string, c column, x, floor, scale int) {
	if c.day.Date.IsZero() && c.work.Total() == 0 {
		return
	}
	p.add(`<g><title>%s</title>`, text(officer+", "+c.words()))
	switch {
	case c.day.Down:
		p.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="#d0d0d0"/><text x="%d" y="%d" font-size="12" text-anchor="middle">×</text>`,
			x-1, floor-plotHeight, dayWidth, plotHeight, x+barWidth/2, floor-plotHeight+14)
	case c.day.Kind != calendar.SchoolDay:
		p.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="#f1f1f1"/>`, x-1, floor-plotHeight, dayWidth, plotHeight)
	}
	below := 0
	for _, w := range Works() {
		if n := c.work.Of(w); n > 0 {
			from, to := plotHeight*below/scale, plotHeight*(below+n)/scale
			p.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="#111" stroke-width="0.5"/>`,
				x, floor-to, barWidth, to-from, w.fill())
			below += n
		}
	}
	p.add("</g>")
}

func (p *picture) legend(top int) {
	step := (p.width - left - right) / legendPerRow
	for i, w := range Works() {
		x, y := left+i%legendPerRow*step, top+i/legendPerRow*22
		p.add(`<rect x="%d" y="%d" width="16" height="14" fill="%s" stroke="#111" stroke-width="0.5"/><text x="%d" y="%d">%s</text>`,
			x, y, w.fill(), x+24, y+12, text(w.Words()))
	}
}

// roundUp gives a top of the scale that is even and not less than n.
func roundUp(n int) int {
	for _, top := range []int{2, 4, 6, 8} {
		if top >= n {
			return top
		}
	}
	for power := 1; ; power *= 10 {
		for _, step := range []int{10, 12, 16, 20, 24, 30, 40, 50, 60, 80} {
			if step*power >= n {
				return step * power
			}
		}
	}
}

// text makes words safe within XML.
func text(words string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(words)) // a builder takes everything
	return b.String()
}
