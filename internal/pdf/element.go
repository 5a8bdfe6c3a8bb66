package pdf

import "slices"

// elementRole is a standard structure type (ISO 32000-1, 14.8.4).
type elementRole string

// The structure types that our documents have.
const (
	roleDocument elementRole = "Document"
	rolePart     elementRole = "Part"
	roleSect     elementRole = "Sect"
	roleP        elementRole = "P"
	roleSpan     elementRole = "Span"
	roleLink     elementRole = "Link"
	roleTable    elementRole = "Table"
	roleCaption  elementRole = "Caption"
	roleTHead    elementRole = "THead"
	roleTBody    elementRole = "TBody"
	roleTR       elementRole = "TR"
	roleTH       elementRole = "TH"
	roleTD       elementRole = "TD"
	roleL        elementRole = "L"
	roleLI       elementRole = "LI"
	roleLBody    elementRole = "LBody"
	roleFigure   elementRole = "Figure"
)

// deepestHeading is the last level that has a structure type.
const deepestHeading = 6

// headingRole is H1 to H6.
func headingRole(level int) elementRole {
	return [deepestHeading]elementRole{"H1", "H2", "H3", "H4", "H5", "H6"}[min(max(level, 1), deepestHeading)-1]
}

// scope is what a header cell heads.
type scope string

const (
	ofRow    scope = "Row"
	ofColumn scope = "Column"
)

// element is one node of the structure tree: what a part of the document is,
// and which pieces of which pages it is drawn as. Its kids are in reading
// order.
type element struct {
	role  elementRole
	kids  []*element
	marks []mark
	scope scope
	// summary describes a table, alternative a figure or link, to whoever does
	// not see it.
	summary, alternative string
	// target is where a link leads.
	target string
	// box is where a figure stands, in points.
	box [4]float64

	// number, parent and links are objects of the file.
	number, parent int
	links          []linked
}

// linked is one annotation of a link, on a page from 0.
type linked struct{ annotation, page int }

// mark is one piece of a page's content: page from 0, number within it.
type mark struct{ page, number int }

// add puts a new element last among the kids.
func (e *element) add(role elementRole) *element {
	kid := &element{role: role}
	e.kids = append(e.kids, kid)
	return kid
}

// header adds the header cell of a row or column.
func (e *element) header(of scope) *element {
	cell := e.add(roleTH)
	cell.scope = of
	return cell
}

// text adds an element for lines and says so in them; nothing where there are
// none.
func (e *element) text(role elementRole, lines []line) []line {
	if len(lines) == 0 {
		return nil
	}
	return tagged(e.add(role), lines)
}

// tagged says in lines which element they belong to, unless they say already.
func tagged(e *element, lines []line) []line {
	for i := range lines {
		for j := range lines[i].runs {
			if lines[i].runs[j].of == nil {
				lines[i].runs[j].of = e
			}
		}
	}
	return lines
}

// prune takes out what has neither content nor kids, which no reader is told
// of; cells stand even when empty.
func (e *element) prune() {
	e.kids = slices.DeleteFunc(e.kids, func(kid *element) bool {
		kid.prune()
		return len(kid.kids) == 0 && len(kid.marks) == 0 && kid.role != roleTD && kid.role != roleTH
	})
}
