package roster

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/roster/table"
)

// layout is one kind of table that an export may be.
type layout struct {
	kind    Kind
	columns []column
	// needed are columns without which the table is not of this kind; of each
	// inner list one is enough.
	needed [][]int
	// exact is the whole header set of an SSDA903 table, which is recognised by
	// nothing less.
	exact []string
}

func layouts() []layout {
	return append([]layout{
		{kind: Children, columns: childColumns(), needed: [][]int{{childID}, {childBirth}, {childForename, childSurname}}},
		{kind: Contacts, columns: contactColumns(), needed: [][]int{{contactChild}, {contactRole}, {contactEmail, contactName}}},
		{kind: Targets, columns: targetColumns(), needed: [][]int{{targetChild}, {targetText}, {targetNumber, targetPEP}}},
	}, returnLayouts()...)
}

// match says where a header has the columns of a layout: the cell for each
// column, or -1.
type match struct {
	layout *layout
	cells  []int
}

// points is how many columns the header has, or 0 where it lacks one that the
// kind needs. An exact set beats any other.
func (m match) points() int {
	if m.layout.exact != nil {
		return 1000
	}
	for _, oneOf := range m.layout.needed {
		if !slices.ContainsFunc(oneOf, func(c int) bool { return m.cells[c] >= 0 }) {
			return 0
		}
	}
	found := 0
	for _, at := range m.cells {
		if at >= 0 {
			found++
		}
	}
	return found
}

// atlas recognises headers.
type atlas struct {
	layouts []layout
	names   []map[string]int // for each layout the column of each folded header
}

func newAtlas() *atlas {
	a := &atlas{layouts: layouts()}
	for _, l := range a.layouts {
		names := map[string]int{}
		for i, c := range l.columns {
			names[folded(c.name)] = i
		}
		for i, c := range l.columns {
			for _, other := range c.others {
				if _, taken := names[folded(other)]; !taken {
					names[folded(other)] = i
				}
			}
		}
		a.names = append(a.names, names)
	}
	return a
}

// recognise gives the best match of a header, or false where it is no table
// that is known.
func (a *atlas) recognise(header []string) (match, bool) {
	var best match
	points := 0
	for i := range a.layouts {
		m, fits := a.fit(i, header)
		if fits && m.points() > points {
			best, points = m, m.points()
		}
	}
	return best, points > 0
}

// fit finds the columns of one layout. The name of our own shape goes before
// a synonym, and of two equals the first one stands.
func (a *atlas) fit(i int, header []string) (match, bool) {
	l := &a.layouts[i]
	m := match{layout: l, cells: slices.Repeat([]int{-1}, len(l.columns))}
	if l.exact != nil && !sameSet(l.exact, header) {
		return m, false
	}
	own := make([]bool, len(l.columns))
	for at, text := range header {
		name := folded(text)
		c, known := a.names[i][name]
		if !known {
			continue
		}
		isOwn := name == folded(l.columns[c].name)
		if m.cells[c] < 0 || isOwn && !own[c] {
			m.cells[c], own[c] = at, isOwn
		}
	}
	return m, true
}

// sameSet compares a header with an exact set, in any order; blank cells after
// the last header do not count.
func sameSet(exact, header []string) bool {
	var names []string
	for _, text := range header {
		if name := strings.ToUpper(strings.TrimSpace(text)); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	want := slices.Clone(exact)
	slices.Sort(want)
	return slices.Equal(names, want)
}

// score is what package table asks of a row.
func (a *atlas) score(header []string) int {
	m, known := a.recognise(header)
	if !known {
		return 0
	}
	return m.points()
}

// unknown says in words why a table is not read.
func (a *atlas) unknown(t table.Table) string {
	header := t.Header
	if len(header) == 0 {
		header = t.Guess
	}
	for name, set := range unneeded() {
		if sameSet(set, header) {
			return "it is the SSDA903 table " + name + ", which a PEP does not need: it was not read"
		}
	}
	reason := "no row among the first 30 is a header of children, contacts, targets or an SSDA903 table"
	if near := a.nearest(header); near != "" {
		reason += "; " + near
	}
	return reason
}

// nearest says what a header that is not recognised lacks.
func (a *atlas) nearest(header []string) string {
	best, reason := 1, ""
	for i, l := range a.layouts {
		if l.exact != nil {
			continue
		}
		m, _ := a.fit(i, header)
		found, missing := 0, []string{}
		for _, at := range m.cells {
			if at >= 0 {
				found++
			}
		}
		for _, oneOf := range l.needed {
			if !slices.ContainsFunc(oneOf, func(c int) bool { return m.cells[c] >= 0 }) {
				missing = append(missing, l.columns[oneOf[0]].name)
			}
		}
		if found > best {
			best, reason = found, "it looks like "+string(l.kind)+" but has no column "+strings.Join(missing, ", ")
		}
	}
	return reason
}
