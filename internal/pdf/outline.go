package pdf

import "fmt"

// place is where a bookmark leads: page from 0, points from the page's foot.
type place struct {
	bookmark bookmark
	page     int
	top      float64
}

// entry is one bookmark in the tree of the outline.
type entry struct {
	number, parent       int
	previous, next       int
	first, last, visible int
}

// addOutline writes the outline (ISO 32000-2, 12.3.3) and gives the number of
// its root. A bookmark belongs to the last one before it that is further out.
func (f *file) addOutline(places []place, pages []int) int {
	root := entry{number: f.reserve()}
	entries := make([]entry, len(places))
	for i := range entries {
		entries[i].number = f.reserve()
	}
	open := []int{} // the entries around the current one, outermost first
	for i, p := range places {
		for len(open) > 0 && places[open[len(open)-1]].bookmark.level >= p.bookmark.level {
			open = open[:len(open)-1]
		}
		parent := &root
		if len(open) > 0 {
			parent = &entries[open[len(open)-1]]
		}
		entries[i].parent = parent.number
		if parent.last == 0 {
			parent.first = entries[i].number
		} else {
			before := &entries[parent.last-entries[0].number]
			before.next, entries[i].previous = entries[i].number, before.number
		}
		parent.last = entries[i].number
		parent.visible++
		open = append(open, i)
	}
	for i, e := range entries {
		f.put(e.number, fmt.Sprintf("<</Title%s/Parent %d 0 R/Dest[%d 0 R/XYZ null %.2f null]%s>>",
			textString(places[i].bookmark.text), e.parent, pages[places[i].page], places[i].top, e.links()))
	}
	f.put(root.number, fmt.Sprintf("<</Type/Outlines%s>>", root.links()))
	return root.number
}

// links states an entry's neighbours and children; children are shown closed
// below the outermost level.
func (e entry) links() string {
	links := ""
	if e.previous != 0 {
		links += fmt.Sprintf("/Prev %d 0 R", e.previous)
	}
	if e.next != 0 {
		links += fmt.Sprintf("/Next %d 0 R", e.next)
	}
	if e.first != 0 {
		count := e.visible
		if e.parent != 0 {
			count = -count
		}
		links += fmt.Sprintf("/First %d 0 R/Last %d 0 R/Count %d", e.first, e.last, count)
	}
	return links
}
