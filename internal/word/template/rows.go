package template

import (
	"slices"
	"strconv"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word/draw"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// rows repeats a table's row for each row of the document. Columns that the
// document does not have are taken out of the whole table first.
func (w *filling) rows(sdt, content *xmltree.Node, key string) {
	grid, shown := w.grids[key]
	item := firstItem(content)
	if !shown || item == nil {
		remove(sdt)
		return
	}
	w.placed[key] = true
	rows := draw.RowsOf(grid, w.final)
	if len(rows) == 0 {
		w.noneRecorded(sdt, content)
		return
	}
	if has(content, "tr") {
		w.dropColumns(sdt, item, key, func(column string) bool {
			return slices.ContainsFunc(grid.Columns, func(c document.Column) bool { return c.Key == column })
		})
	}
	lines := has(content, "tr")
	if w.row = (rowAt{grid: grid}); lines {
		w.columnWords(item, true)
	}
	repeats := draw.Repeats(grid, w.final)
	content.Clear()
	for i, cells := range rows {
		one := item.Copy()
		content.Append(one)
		w.row = rowAt{grid, cells, i + 1}
		inner := one.Child(xmltree.Word, "sdtContent")
		if !lines {
			w.columnWords(inner, false)
		}
		w.children(inner)
		if !repeats {
			unwrap(one)
		}
	}
	w.row = rowAt{}
	if !repeats {
		unwrap(sdt)
		return
	}
	w.repeat(sdt, key)
}

// columnWords takes help and (needed) out of the labels of columns: in a card
// beside the answer, else in the head of the table.
func (w *filling) columnWords(item *xmltree.Node, lines bool) {
	for i, column := range w.row.grid.Columns {
		quiet := w.final || w.row.grid.Locked || !lines && column.Locked && w.row.at <= len(w.row.grid.Rows)
		if column.Required && !quiet {
			continue
		}
		if lines {
			w.headWords(item, i, quiet)
			continue
		}
		every(item, func(n *xmltree.Node) {
			if n.Is(xmltree.Word, "tr") && asks(n, w.row.grid.Key, column.Key) {
				w.quiet(n, quiet)
			}
		})
	}
}

// headWords takes them out of the cells above a column.
func (w *filling) headWords(item *xmltree.Node, column int, quiet bool) {
	table, row := ancestor(item, "tbl"), find(item, "tr")
	if table == nil || row == nil {
		return
	}
	at := positionOf(row, w.row.grid.Key, w.row.grid.Columns[column].Key)
	for head := table.First; head != nil && at >= 0; head = head.Next {
		if cell := cellAt(head, at); head.Is(xmltree.Word, "tr") && cell != nil && span(cell) == 1 {
			w.quiet(cell, quiet)
		}
	}
}

// quiet takes the words for those who fill in out of a part; all of them, or
// only the mark of what is needed.
func (w *filling) quiet(n *xmltree.Node, all bool) {
	every(n, func(c *xmltree.Node) {
		switch {
		case all && w.isGuidance(c):
			remove(c)
		case c.Is(xmltree.Word, "r"):
			dropNeeded(c)
		}
	})
}

// asks reports whether a row has the control of a column.
func asks(row *xmltree.Node, key, column string) bool {
	found := false
	every(row, func(n *xmltree.Node) {
		if n.Is(xmltree.Word, "tag") {
			at := place.ParseTag(n.Attr(xmltree.Word, "val"))
			found = found || at.Key == key && at.Column == column
		}
	})
	return found
}

// repeat writes the properties of a control around rows to which a person may
// add.
func (w *filling) repeat(sdt *xmltree.Node, key string) {
	properties := sdt.Child(xmltree.Word, "sdtPr")
	title := property(properties, "alias")
	properties.Clear()
	for _, n := range []*xmltree.Node{valued("alias", title), valued("tag", place.RowsTag(key)), valued("id", "1")} {
		properties.Append(n)
	}
	properties.Append(xmltree.NewElement(xmltree.Word15, "w15", "dataBinding", attr("prefixMappings", place.PrefixMappings),
		attr("xpath", place.ValuesPath+key+"[1]/p:row"), attr("storeItemID", place.StoreID)))
	properties.Append(xmltree.NewElement(xmltree.Word15, "w15", "repeatingSection"))
}

// noneRecorded puts a line of words in the place of a table without a row.
func (w *filling) noneRecorded(sdt, content *xmltree.Node) {
	at := sdt
	if has(content, "tr") {
		at = ancestor(sdt, "tbl")
	}
	paragraph := element("p")
	paragraph.Append(draw.Run(nil, "None recorded."))
	insertBefore(at, paragraph)
	remove(at)
}

// dropColumns takes the columns that are not shown out of the table of a row.
func (w *filling) dropColumns(sdt, item *xmltree.Node, key string, shown func(column string) bool) {
	table, row := ancestor(sdt, "tbl"), find(item, "tr")
	if table == nil || row == nil {
		return
	}
	for at := columnToDrop(row, key, shown); at >= 0; at = columnToDrop(row, key, shown) {
		if mixed(row, at, key, shown) {
			w.fail(key, "a column is withheld here and shares its cell with one that is not")
			return
		}
		dropColumn(table, at)
	}
}

// columnToDrop is the position, in the table's grid, of the first cell with a
// control that is not shown; below zero where there is none.
func columnToDrop(row *xmltree.Node, key string, shown func(column string) bool) int {
	at := 0
	for cell := row.First; cell != nil; cell = cell.Next {
		if !cell.Is(xmltree.Word, "tc") {
			continue
		}
		for _, column := range columnsIn(cell, key) {
			if !shown(column) {
				return at
			}
		}
		at += span(cell)
	}
	return -1
}

// positionOf is the position of a column's cell in the table's grid.
func positionOf(row *xmltree.Node, key, column string) int {
	return columnToDrop(row, key, func(c string) bool { return c != column })
}

// mixed reports whether a cell has controls of both kinds.
func mixed(row *xmltree.Node, at int, key string, shown func(column string) bool) bool {
	cell := cellAt(row, at)
	for _, column := range columnsIn(cell, key) {
		if shown(column) {
			return true
		}
	}
	return false
}

func columnsIn(cell *xmltree.Node, key string) []string {
	var out []string
	every(cell, func(n *xmltree.Node) {
		if n.Is(xmltree.Word, "tag") {
			if at := place.ParseTag(n.Attr(xmltree.Word, "val")); at.Key == key && at.Column != "" {
				out = append(out, at.Column)
			}
		}
	})
	return out
}

// span is how many columns of the grid a cell covers.
func span(cell *xmltree.Node) int {
	if properties := cell.Child(xmltree.Word, "tcPr"); properties != nil {
		if n, err := strconv.Atoi(property(properties, "gridSpan")); err == nil && n > 0 && n < 100 {
			return n
		}
	}
	return 1
}

// cellAt is the cell that covers a column of the grid, nil where none does.
func cellAt(row *xmltree.Node, at int) *xmltree.Node {
	from := 0
	for cell := row.First; cell != nil; cell = cell.Next {
		if cell.Is(xmltree.Word, "tc") {
			if from += span(cell); at < from {
				return cell
			}
		}
	}
	return nil
}

// dropColumn takes one column of the grid out of every row of a table, and
// gives its width to the others.
func dropColumn(table *xmltree.Node, at int) {
	every(table, func(row *xmltree.Node) {
		if !row.Is(xmltree.Word, "tr") || ancestor(row, "tbl") != table {
			return
		}
		cell := cellAt(row, at)
		switch {
		case cell == nil:
		case span(cell) > 1:
			setAttr(cell.Child(xmltree.Word, "tcPr").Child(xmltree.Word, "gridSpan"), "val", strconv.Itoa(span(cell)-1))
		default:
			row.Remove(cell)
		}
	})
	grid := table.Child(xmltree.Word, "tblGrid")
	if grid == nil {
		return
	}
	total := sumWidths(grid)
	for c := grid.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "gridCol") {
			if at--; at < 0 {
				grid.Remove(c)
				break
			}
		}
	}
	widen(table, grid, total)
}

func sumWidths(grid *xmltree.Node) int {
	total := 0
	for c := grid.First; c != nil; c = c.Next {
		width, _ := strconv.Atoi(c.Attr(xmltree.Word, "w"))
		total += width
	}
	return total
}

// widen shares the table's width out over the columns that are left.
func widen(table, grid *xmltree.Node, total int) {
	left := sumWidths(grid)
	if left <= 0 {
		return
	}
	var widths []int
	for c := grid.First; c != nil; c = c.Next {
		if !c.Is(xmltree.Word, "gridCol") {
			continue
		}
		width, _ := strconv.Atoi(c.Attr(xmltree.Word, "w"))
		widths = append(widths, width*total/left)
		setAttr(c, "w", strconv.Itoa(widths[len(widths)-1]))
	}
	every(table, func(row *xmltree.Node) {
		if row.Is(xmltree.Word, "tr") && ancestor(row, "tbl") == table {
			setWidths(row, widths)
		}
	})
}

func setWidths(row *xmltree.Node, widths []int) {
	at := 0
	for cell := row.First; cell != nil; cell = cell.Next {
		if !cell.Is(xmltree.Word, "tc") {
			continue
		}
		width := 0
		for range span(cell) {
			if at < len(widths) {
				width += widths[at]
			}
			at++
		}
		if properties := cell.Child(xmltree.Word, "tcPr"); properties != nil && width > 0 {
			if n := properties.Child(xmltree.Word, "tcW"); n != nil && n.Attr(xmltree.Word, "type") == "dxa" {
				setAttr(n, "w", strconv.Itoa(width))
			}
		}
	}
}
