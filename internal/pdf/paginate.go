package pdf

// page is the strips of one page, top down; a gap is a strip without cells.
type page []strip

// paginate puts strips on pages of this height, in millimetres. Headings stay
// with what follows, table heads are repeated, long texts are split between
// lines; every line is on some page, in order.
func paginate(strips []strip, height float64) []page {
	p := paginator{height: height, bare: true}
	for i, s := range strips {
		switch {
		case p.used == 0:
		case s.breaks, p.used+s.gap+reach(strips[i:], height) > height:
			p.turn(s.heads)
		}
		p.put(s)
	}
	return append(p.pages, p.current)
}

// reach is the height that must fit for the first strip to stand here: itself
// if it is tied, and so on, up to the least part of the first that is not. A
// chain higher than a page cannot stay together and counts for its beginning.
func reach(strips []strip, height float64) float64 {
	total := 0.0
	for i, s := range strips {
		if i > 0 {
			total += s.gap
		}
		if !s.tied || i == len(strips)-1 {
			total += s.head()
			break
		}
		total += s.height()
	}
	if total > height {
		return strips[0].head()
	}
	return total
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
			head.gap, head.bookmark = 0, nil
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
