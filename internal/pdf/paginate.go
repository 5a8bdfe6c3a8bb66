package pdf

// page is the strips of one page, top down; a gap is a strip without cells.
type page []strip

// paginate puts strips on pages of this height, in millimetres. Headings stay
// with what follows, table heads are repeated, long texts are split between
// lines; every line is on some page, in order.
func paginate(strips []strip, height float64) []page {
	p := paginator{height: height, bare: true}
	for len(strips) > 0 {
		first := strips[0]
		count, reach := together(strips, height)
		if p.used > 0 && (first.breaks || p.used+first.gap+reach > height) {
			p.turn(first.heads)
		}
		for _, s := range strips[:count] {
			p.put(s)
		}
		strips = strips[count:]
	}
	return append(p.pages, p.current)
}

// together says how many strips stand on one page, and the height that must
// fit for that: those tied to each other, and the least part of the one after
// them. Where they are higher than a page they are parted in the first long
// text; if even that is too high, before the one that is.
func together(strips []strip, height float64) (count int, reach float64) {
	total, parted, partedReach := 0.0, 0, 0.0
	for i, s := range strips {
		if i > 0 {
			total += s.gap
		}
		if total+s.head() > height && parted == 0 && i > 0 {
			return i, reach
		}
		if parted == 0 && s.parts() {
			parted, partedReach = i+1, total+s.head()
		}
		count = i + 1
		if !s.tied || count == len(strips) || strips[count].breaks {
			total += s.head()
			break
		}
		total += s.height()
		reach = total
	}
	switch {
	case total <= height:
		return count, total
	case parted > 0 && partedReach <= height:
		return parted, partedReach
	}
	return 1, strips[0].head()
}

type paginator struct {
	height float64
	used   float64
	// bare is true where the page holds nothing but repeated table heads, so
	// that turning it would gain nothing.
	bare    bool
	pages   []page
	current page
}

// turn begins a new page, with the heads of the table that goes on there.
// Heads that would fill half a page are not repeated.
func (p *paginator) turn(heads []strip) {
	p.pages = append(p.pages, p.current)
	p.current, p.used = nil, 0
	high := 0.0
	for _, head := range heads {
		high += head.height()
	}
	if high < p.height/2 {
		for _, head := range heads {
			head.gap, head.bookmark, head.repeated = 0, nil, true
			p.place(head)
		}
	}
	p.bare = true
}

// put places a strip, in parts where it does not fit in one.
func (p *paginator) put(s strip) {
	if p.used > 0 && s.gap > 0 {
		p.place(strip{least: min(s.gap, p.height-p.used)})
	}
	for p.used+s.height() > p.height {
		if s.whole && !p.bare {
			p.turn(s.heads)
			continue
		}
		first, rest, ok := s.split(p.height-p.used, p.bare)
		switch {
		case ok:
			p.place(first)
			s = rest
		case p.bare:
			// Nothing to split: an empty box higher than a page is as high as
			// the page.
			s.least = p.height - p.used
			p.place(s)
			return
		}
		p.turn(s.heads)
	}
	p.place(s)
}

func (p *paginator) place(s strip) {
	p.current = append(p.current, s)
	p.used += s.height()
	p.bare = false
}
