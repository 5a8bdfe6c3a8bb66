package pdf

import (
	"fmt"
	"strconv"
)

// structure writes the tree of elements (ISO 32000-1, 14.7): one small object
// each, and the table by which a reader finds the element of a piece of a page.
type structure struct {
	file  *file
	pages []int
	// annotated are the links, in the order of their keys in the table, which
	// follow those of the pages.
	annotated []*element
}

// annotations writes the links of a page and gives the page's entry.
func (s *structure) annotations(page int, links []area) string {
	if len(links) == 0 {
		return ""
	}
	numbers := make([]int, len(links))
	for i, l := range links {
		key := len(s.pages) + len(s.annotated)
		s.annotated = append(s.annotated, l.link)
		numbers[i] = s.file.add(fmt.Sprintf("<</Type/Annot/Subtype/Link/Rect[%.2f %.2f %.2f %.2f]/Border[0 0 0]/F 4/StructParent %d/Contents%s/A<</S/URI/URI(%s)>>>>",
			l.box[0], l.box[1], l.box[2], l.box[3], key, textString(l.link.alternative), l.link.target))
		l.link.links = append(l.link.links, linked{annotation: numbers[i], page: page})
	}
	return "/Annots[" + references(numbers) + "]"
}

// write writes the tree under its root, and gives the number of the object
// that holds it.
func (s *structure) write(root *element, sheets []sheet) int {
	holder, table := s.file.reserve(), s.file.reserve()
	root.parent = holder
	root.prune()
	s.number(root)
	s.element(root)
	s.parents(table, sheets)
	s.file.put(holder, fmt.Sprintf("<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>",
		root.number, table, len(s.pages)+len(s.annotated)))
	return holder
}

// number reserves the objects of an element and all below it.
func (s *structure) number(e *element) {
	e.number = s.file.reserve()
	for _, kid := range e.kids {
		s.number(kid)
	}
}

func (s *structure) element(e *element) {
	s.file.tuck(e.number, func(to []byte) []byte { return s.dictionary(to, e) })
	for _, kid := range e.kids {
		kid.parent = e.number
		s.element(kid)
	}
}

func (s *structure) dictionary(to []byte, e *element) []byte {
	to = append(append(to, "<</S/"...), e.role...)
	to = reference(append(to, "/P "...), e.parent)
	if e.scope != "" {
		to = append(append(append(to, "/A<</O/Table/Scope/"...), e.scope...), ">>"...)
	}
	if e.summary != "" {
		to = append(append(append(to, "/A<</O/Table/Summary"...), textString(e.summary)...), ">>"...)
	}
	if e.alternative != "" {
		to = append(append(to, "/Alt"...), textString(e.alternative)...)
	}
	if e.role == roleFigure {
		to = append(to, "/A<</O/Layout/Placement/Block/BBox["...)
		for _, n := range e.box {
			to = append(appendNumber(to, n), ' ')
		}
		to = append(to, "]>>"...)
	}
	if len(e.marks) > 0 {
		to = reference(append(to, "/Pg "...), s.pages[e.marks[0].page])
	}
	return append(s.kids(to, e), ">>"...)
}

// kids states an element's own pieces of pages, then its links, then the
// elements below it: none of ours has both pieces and elements.
func (s *structure) kids(to []byte, e *element) []byte {
	if len(e.marks)+len(e.links)+len(e.kids) == 0 {
		return to
	}
	to = append(to, "/K["...)
	for _, m := range e.marks {
		if m.page == e.marks[0].page {
			to = append(strconv.AppendInt(to, int64(m.number), 10), ' ')
			continue
		}
		to = reference(append(to, "<</Type/MCR/Pg "...), s.pages[m.page])
		to = strconv.AppendInt(append(to, "/MCID "...), int64(m.number), 10)
		to = append(to, ">>"...)
	}
	for _, l := range e.links {
		to = reference(append(to, "<</Type/OBJR/Pg "...), s.pages[l.page])
		to = reference(append(to, "/Obj "...), l.annotation)
		to = append(to, ">>"...)
	}
	for _, kid := range e.kids {
		to = append(reference(to, kid.number), ' ')
	}
	return append(to, ']')
}

// parents writes the table from pages and links to elements.
func (s *structure) parents(number int, sheets []sheet) {
	s.file.tuck(number, func(to []byte) []byte {
		to = append(to, "<</Nums["...)
		for i, sheet := range sheets {
			to = append(strconv.AppendInt(to, int64(i), 10), '[')
			for _, owner := range sheet.owners {
				to = append(reference(to, owner.number), ' ')
			}
			to = append(to, ']')
		}
		for i, link := range s.annotated {
			to = append(strconv.AppendInt(to, int64(len(s.pages)+i), 10), ' ')
			to = append(reference(to, link.number), ' ')
		}
		return append(to, "]>>"...)
	})
}

func reference(to []byte, number int) []byte {
	return append(strconv.AppendInt(to, int64(number), 10), " 0 R"...)
}
