package word_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/word/xmltree"
)

// sequences are the children of elements that Word wants in one order (wml.xsd
// of ECMA-376 part 4, transitional), as far as the forms use them.
func sequences() map[string][]string {
	run := strings.Fields("rStyle rFonts b bCs i iCs noProof color sz szCs u shd rtl cs lang")
	return map[string][]string{
		"sdt":          {"sdtPr", "sdtContent"},
		"sdtPr":        strings.Fields("rPr alias tag id lock placeholder showingPlcHdr dataBinding w15:color w15:dataBinding w15:appearance w15:repeatingSection w15:repeatingSectionItem date dropDownList text w14:checkbox"),
		"date":         strings.Fields("dateFormat lid storeMappedDataAs calendar"),
		"tbl":          strings.Fields("tblPr tblGrid tr sdt"),
		"tblPr":        strings.Fields("tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption tblDescription"),
		"tr":           strings.Fields("trPr tc"),
		"tc":           strings.Fields("tcPr p"),
		"tcPr":         strings.Fields("tcW gridSpan tcBorders shd"),
		"pPr":          strings.Fields("pStyle keepNext keepLines pageBreakBefore pBdr shd tabs bidi spacing ind outlineLvl"),
		"rPr":          run,
		"style":        strings.Fields("name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr"),
		"w14:checkbox": strings.Fields("w14:checked w14:checkedState w14:uncheckedState"),
		"sectPr":       strings.Fields("headerReference footerReference pgSz pgMar"),
		"styles":       strings.Fields("docDefaults style"),
		"docPartPr":    strings.Fields("name category types behaviors guid"),
		"settings":     strings.Fields("zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol listSeparator"),
	}
}

// order checks the children of every element against its sequence.
func (i *inspection) order(name string, part *element) {
	all := sequences()
	var walk func(*element)
	walk = func(e *element) {
		last := 0
		for _, c := range e.children {
			walk(c)
			sequence, ruled := all[e.kind()]
			if !ruled {
				continue
			}
			switch at := slices.Index(sequence, c.kind()); {
			case at < 0:
				i.fault("%s: %s within %s is not known to be right", name, c.kind(), e.kind())
			case at < last:
				i.fault("%s: %s comes too late within %s", name, c.kind(), e.kind())
			default:
				last = at
			}
		}
	}
	walk(part)
}

// placement checks that what a control holds may stand where the control
// stands, and that every block of text ends with a paragraph.
func (i *inspection) placement(name string, e *element, place string) {
	allowed := map[string]string{
		"blocks": "p tbl sdt sectPr", "rows": "tr sdt tblPr tblGrid",
		"runs": "pPr r sdt bookmarkStart bookmarkEnd fldSimple", "cells": "trPr tc",
	}
	for n, c := range e.children {
		if !slices.Contains(strings.Fields(allowed[place]), c.kind()) {
			i.fault("%s: %s among %s", name, c.kind(), place)
		}
		switch c.kind() {
		case "sdt":
			if content := c.child("sdtContent"); content == nil || len(content.children) == 0 || c.child("sdtPr") == nil {
				i.fault("%s: a control without properties or content", name)
			} else {
				i.placement(name, content, place)
			}
		case "p":
			i.placement(name, c, "runs")
		case "tbl":
			i.placement(name, c, "rows")
			if next := n + 1; next == len(e.children) || e.children[next].kind() != "p" {
				i.fault("%s: no paragraph after a table", name)
			}
			i.table(name, c)
		case "tr":
			i.placement(name, c, "cells")
		case "tc":
			i.cell(name, c)
		}
	}
}

func (i *inspection) cell(name string, cell *element) {
	if properties := cell.child("tcPr"); properties == nil || properties.child("tcW") == nil {
		i.fault("%s: a cell has no width", name)
	}
	if last := cell.children[len(cell.children)-1]; last.kind() != "p" {
		i.fault("%s: a cell does not end with a paragraph", name)
	}
	body := &element{children: slices.DeleteFunc(slices.Clone(cell.children), func(c *element) bool { return c.kind() == "tcPr" })}
	i.placement(name, body, "blocks")
}

// table checks that every row fills the grid, and that header rows come first.
func (i *inspection) table(name string, table *element) {
	var grid []int
	for _, column := range table.all("gridCol") {
		grid = append(grid, number(column.attr("w")))
	}
	headers := true
	for _, row := range table.all("tr") {
		properties := row.child("trPr")
		isHeader := properties != nil && properties.child("tblHeader") != nil
		if isHeader && !headers {
			i.fault("%s: a header row below others", name)
		}
		headers = isHeader
		at := 0
		for _, cell := range row.all("tc") {
			span := max(1, number(cell.child("tcPr").val("gridSpan")))
			if at+span > len(grid) {
				i.fault("%s: a row is wider than its table", name)
				return
			}
			wide := 0
			for _, width := range grid[at : at+span] {
				wide += width
			}
			if at += span; number(cell.child("tcPr").child("tcW").attr("w")) != wide {
				i.fault("%s: a cell is not as wide as its columns", name)
			}
		}
		if at != len(grid) {
			i.fault("%s: a row is narrower than its table", name)
		}
	}
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// names checks that the numbers and names of controls and bookmarks are Word's:
// each once, none too long. Numbers are those of the whole file.
func (i *inspection) names(name string, part *element, ids map[string]bool) {
	for _, properties := range part.all("sdtPr") {
		id := properties.val("id")
		if n, err := strconv.ParseInt(id, 10, 32); err != nil || n == 0 || ids[id] {
			i.fault("%s: the control number %q is none, or used twice", name, id)
		}
		ids[id] = true
		if len(properties.val("tag")) > 64 || len([]rune(properties.val("alias"))) > 64 {
			i.fault("%s: a tag or title is longer than 64 characters", name)
		}
	}
	numbers, words, open := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, start := range part.all("bookmarkStart") {
		id, bookmark := start.attr("id"), start.attr("name")
		if numbers[id] || words[strings.ToLower(bookmark)] || !bookmarkName.MatchString(bookmark) {
			i.fault("%s: bookmark %s (%s) is there twice or has no sound name", name, id, bookmark)
		}
		numbers[id], words[strings.ToLower(bookmark)], open[id] = true, true, true
	}
	for _, end := range part.all("bookmarkEnd") {
		if !open[end.attr("id")] {
			i.fault("%s: bookmark %s ends but does not begin", name, end.attr("id"))
		}
		delete(open, end.attr("id"))
	}
	if len(open) > 0 {
		i.fault("%s: %d bookmarks do not end", name, len(open))
	}
}

var bookmarkName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,39}$`)

// lists checks that a list offers every answer once.
func (i *inspection) lists(name string, part *element) {
	for _, list := range part.all("dropDownList") {
		seen := map[string]bool{}
		for _, item := range list.children {
			value, shown := "value "+item.attr("value"), "words "+strings.ToLower(item.attr("displayText"))
			if seen[value] || seen[shown] || item.attr("value") == "" || item.attr("displayText") == "" {
				i.fault("%s: a list has the %s twice, or empty", name, value)
			}
			seen[value], seen[shown] = true, true
		}
	}
}

// declared checks that the extensions of a part are declared and that older
// programs are told to pass over them.
func (i *inspection) declared(name string, part *element) {
	spaces := map[string]string{}
	for _, a := range part.attrs {
		if a.Name.Space == "xmlns" {
			spaces[a.Name.Local] = a.Value
		}
	}
	var ignorable []string
	for _, prefix := range strings.Fields(part.attr("Ignorable")) {
		if spaces[prefix] == "" {
			i.fault("%s: the prefix %s may be ignored but is not declared", name, prefix)
		}
		ignorable = append(ignorable, spaces[prefix])
	}
	var walk func(*element)
	walk = func(e *element) {
		if space := e.name.Space; (space == xmltree.Word14 || space == xmltree.Word15) && !slices.Contains(ignorable, space) {
			i.fault("%s: %s is an extension that may not be ignored", name, e.kind())
		}
		for _, c := range e.children {
			walk(c)
		}
	}
	walk(part)
}
