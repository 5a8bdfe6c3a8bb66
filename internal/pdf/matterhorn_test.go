package pdf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// checker holds a finished file against the points of the Matterhorn Protocol
// 1.1 (PDF Association; failure conditions of PDF/UA-1) that a machine can
// judge, by reading the file as an outside library gives it.
type checker struct {
	t      testing.TB
	r      reader
	faults []string
	// pages are the object numbers of the pages, in order.
	pages []int
	// drawn holds for each page the numbered pieces that its operators make,
	// held those that the structure tree has.
	drawn, held []map[int]int
	parents     map[int]types.Object
	// texts are what is drawn in the pieces of each element, by the number of
	// its object; artifacts what is drawn in none.
	texts     map[int][]string
	artifacts []string
	// last is the level of the last heading, roles counts the elements.
	last  int
	roles map[string]int
	// order is the text of all pieces in the order of the tree.
	order   []string
	content map[[2]int][]string
	embeds  map[string]embedded
}

func (c *checker) fault(point, format string, args ...any) {
	c.faults = append(c.faults, point+" "+fmt.Sprintf(format, args...))
}

// matterhorn checks a file and gives what is wrong with it.
func matterhorn(t testing.TB, data []byte, passphrase string) *checker {
	t.Helper()
	c := &checker{
		t: t, r: open(t, data, passphrase), parents: map[int]types.Object{}, roles: map[string]int{},
		texts: map[int][]string{}, content: map[[2]int][]string{},
	}
	c.embeds = c.r.fonts(t)
	root, err := c.r.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	c.catalog(root)
	tree := c.r.dictionary(t, root["StructTreeRoot"])
	c.parentTable(tree)
	for n := 1; n <= c.r.PageCount; n++ {
		c.page(n)
	}
	c.held = make([]map[int]int, len(c.pages))
	for i := range c.held {
		c.held[i] = map[int]int{}
	}
	reference, ok := tree["K"].(types.IndirectRef)
	if !ok {
		t.Fatalf("the tree has the root %v", tree["K"])
	}
	c.element(reference, "")
	for i := range c.pages {
		for number := range c.drawn[i] {
			if c.held[i][number] != 1 {
				c.fault("01-005", "page %d: piece %d is %d times in the tree", i+1, number, c.held[i][number])
			}
		}
		for number := range c.held[i] {
			if c.drawn[i][number] != 1 {
				c.fault("01-005", "page %d: the tree has piece %d, which is drawn %d times", i+1, number, c.drawn[i][number])
			}
		}
	}
	c.fonts()
	return c
}

// catalog checks what is said of the whole document (06, 07, 11).
func (c *checker) catalog(root types.Dict) {
	if marked := c.r.dictionary(c.t, root["MarkInfo"]); marked["Marked"] != types.Boolean(true) || marked["Suspects"] != nil {
		c.fault("01-007", "the document is not marked")
	}
	if viewer := c.r.dictionary(c.t, root["ViewerPreferences"]); viewer["DisplayDocTitle"] != types.Boolean(true) {
		c.fault("07-001", "the title is not shown")
	}
	if language, err := c.r.DereferenceText(root["Lang"]); err != nil || language == "" {
		c.fault("11-006", "no language: %v", err)
	}
	packet := string(c.r.stream(c.t, root["Metadata"]))
	for point, want := range map[string]string{"06-002": "<pdfuaid:part>1</pdfuaid:part>", "06-003": "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">"} {
		_, after, found := strings.Cut(packet, want)
		if !found || point == "06-003" && strings.HasPrefix(after, "<") {
			c.fault(point, "the metadata lacks %s", want)
		}
	}
}

// parentTable reads the table from pages and links to elements.
func (c *checker) parentTable(tree types.Dict) {
	numbers, err := c.r.DereferenceArray(c.r.dictionary(c.t, tree["ParentTree"])["Nums"])
	if err != nil {
		c.t.Fatal(err)
	}
	for pair := range slices.Chunk(numbers, 2) {
		c.parents[pair[0].(types.Integer).Value()] = pair[1]
	}
}

// page walks the operators of a page: each stands in a numbered piece or in an
// artifact, and in one alone.
func (c *checker) page(n int) {
	dict, reference, _, err := c.r.PageDict(n, false)
	if err != nil {
		c.t.Fatal(err)
	}
	c.pages = append(c.pages, reference.ObjectNumber.Value())
	drawn := map[int]int{}
	c.drawn = append(c.drawn, drawn)
	if tabs := dict.NameEntry("Tabs"); tabs == nil || *tabs != "S" {
		c.fault("28-008", "page %d: the order of tabs is not that of the structure", n)
	}
	const none, artifact = -2, -1
	open, face := none, ""
	var stack []int
	for _, op := range operators(c.t, c.stream(dict["Contents"])) {
		switch op.name {
		case "BMC", "BDC":
			stack = append(stack, open)
			switch tag := op.operands[0]; {
			case tag == "/Artifact" && open >= 0:
				c.fault("01-003", "page %d: an artifact inside a piece", n)
			case tag == "/Artifact":
				open = artifact
			case strings.Contains(op.operands[1], "/MCID "):
				if open != none {
					c.fault("01-004", "page %d: a piece inside another or an artifact", n)
				}
				_, number, _ := strings.Cut(op.operands[1], "/MCID ")
				if open, err = strconv.Atoi(strings.Trim(number, "<> ")); err != nil {
					c.t.Fatal(err)
				}
				drawn[open]++
			}
		case "EMC":
			if len(stack) == 0 {
				c.t.Fatalf("page %d: an end without a beginning", n)
			}
			open, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case "Tj", "TJ", "S", "f", "B", "re", "l", "m":
			if open == none {
				c.fault("01-005", "page %d: %s is neither in a piece nor in an artifact", n, op.name)
			}
			if op.name != "Tj" && op.name != "TJ" {
				break
			}
			text := c.embeds[face].meant(decoded(op.operands[0]))
			if open == artifact {
				c.artifacts = append(c.artifacts, text)
			} else {
				c.content[[2]int{n - 1, open}] = append(c.content[[2]int{n - 1, open}], text)
			}
		case "Tf":
			face = op.operands[0]
		}
	}
	if len(stack) != 0 {
		c.fault("01-005", "page %d: a piece without an end", n)
	}
	c.parentsOf(n, dict, drawn)
}

func (c *checker) stream(object types.Object) []byte { return c.r.stream(c.t, object) }

func (c *checker) parentsOf(n int, page types.Dict, drawn map[int]int) {
	key := page.IntEntry("StructParents")
	if key == nil || c.parents[*key] == nil {
		c.fault("01-005", "page %d is not in the table of parents", n)
		return
	}
	owners, err := c.r.DereferenceArray(c.parents[*key])
	if err != nil || len(owners) != len(drawn) {
		c.fault("01-005", "page %d: %d pieces and %d parents: %v", n, len(drawn), len(owners), err)
	}
	annotations, _ := c.r.DereferenceArray(page["Annots"])
	for _, a := range annotations {
		dict := c.r.dictionary(c.t, a)
		key := dict.IntEntry("StructParent")
		if key == nil || c.parents[*key] == nil {
			c.fault("28-002", "page %d: a link that is not in the tree", n)
			continue
		}
		if role := c.r.dictionary(c.t, c.parents[*key]).NameEntry("S"); role == nil || *role != "Link" {
			c.fault("28-011", "page %d: a link that is no Link in the tree", n)
		}
		if text, err := c.r.DereferenceText(dict["Contents"]); err != nil || text == "" {
			c.fault("28-012", "page %d: a link without words", n)
		}
	}
}

// inside says what may stand in what (09; ISO 32000-1, 14.8.4).
var inside = map[string][]string{
	"":     {"Document"},
	"TR":   {"Table", "THead", "TBody"},
	"TH":   {"TR"},
	"TD":   {"TR"},
	"LI":   {"L"},
	"Body": {"LI"},
}

func (c *checker) element(at types.IndirectRef, parent string) {
	dict := c.r.dictionary(c.t, at)
	name := dict.NameEntry("S")
	if name == nil {
		c.fault("02-001", "an element without a type")
		return
	}
	role := *name
	c.roles[role]++
	c.role(dict, role, parent)
	kids, err := c.r.DereferenceArray(dict["K"])
	if err != nil {
		c.t.Fatal(err)
	}
	for _, kid := range kids {
		switch kid := kid.(type) {
		case types.Integer:
			c.piece(at, dict.IndirectRefEntry("Pg"), kid.Value())
		case types.IndirectRef:
			if up := c.r.dictionary(c.t, kid).IndirectRefEntry("P"); up == nil || up.ObjectNumber != at.ObjectNumber {
				c.fault("01-005", "a %s does not know its parent", role)
			}
			c.element(kid, role)
		case types.Dict:
			if number := kid.IntEntry("MCID"); number != nil {
				c.piece(at, kid.IndirectRefEntry("Pg"), *number)
			} else if kid.IndirectRefEntry("Obj") == nil {
				c.fault("01-005", "a %s with a kid of no kind", role)
			}
		}
	}
	if role == "Table" {
		c.regular(kids)
	}
}

func (c *checker) piece(at types.IndirectRef, page *types.IndirectRef, number int) {
	if page == nil {
		c.fault("01-005", "piece %d of no page", number)
		return
	}
	n := slices.Index(c.pages, page.ObjectNumber.Value())
	if n < 0 {
		c.fault("01-005", "piece %d of no page of the document", number)
		return
	}
	c.held[n][number]++
	text := c.content[[2]int{n, number}]
	c.texts[at.ObjectNumber.Value()] = append(c.texts[at.ObjectNumber.Value()], text...)
	c.order = append(c.order, text...)
	owners, _ := c.r.DereferenceArray(c.parents[n])
	if number >= len(owners) || owners[number].(types.IndirectRef).ObjectNumber != at.ObjectNumber {
		c.fault("01-005", "page %d: the table has another parent for piece %d", n+1, number)
	}
}

// role checks one element by its kind.
func (c *checker) role(dict types.Dict, role, parent string) {
	known := []string{"Document", "Part", "Sect", "P", "Span", "Link", "Table", "Caption", "THead", "TBody", "TR", "TH", "TD", "L", "LI", "LBody", "Figure", "H1", "H2", "H3", "H4", "H5", "H6"}
	if !slices.Contains(known, role) {
		c.fault("02-001", "%s is no standard type", role)
	}
	if allowed, bound := inside[role]; bound && !slices.Contains(allowed, parent) {
		c.fault("09-004", "a %s in a %s", role, parent)
	}
	only := map[string][]string{"Table": {"Caption", "THead", "TBody", "TR"}, "THead": {"TR"}, "TBody": {"TR"}, "TR": {"TH", "TD"}, "L": {"LI"}, "LI": {"LBody"}}
	if allowed, bound := only[parent]; bound && !slices.Contains(allowed, role) {
		c.fault("09-004", "a %s in a %s", role, parent)
	}
	attributes, _ := c.r.DereferenceDict(dict["A"])
	switch {
	case role == "TH" && (attributes.NameEntry("Scope") == nil || *attributes.NameEntry("O") != "Table"):
		c.fault("15-003", "a header cell that does not say what it heads")
	case role == "Figure":
		if alternative, err := c.r.DereferenceText(dict["Alt"]); err != nil || alternative == "" {
			c.fault("13-004", "a figure without words")
		}
		if box := attributes.ArrayEntry("BBox"); len(box) != 4 {
			c.fault("13-004", "a figure without a box")
		}
	case len(role) == 2 && role[0] == 'H':
		level := int(role[1] - '0')
		if c.last == 0 && level != 1 {
			c.fault("14-002", "the first heading is %s", role)
		} else if level > c.last+1 {
			c.fault("14-003", "%s follows a heading of level %d", role, c.last)
		}
		c.last = level
	}
}

// regular checks that the rows of a table have the same number of cells.
func (c *checker) regular(kids types.Array) {
	cells := -1
	var look func(kids types.Array)
	look = func(kids types.Array) {
		for _, kid := range kids {
			dict := c.r.dictionary(c.t, kid)
			below, _ := c.r.DereferenceArray(dict["K"])
			switch *dict.NameEntry("S") {
			case "THead", "TBody":
				look(below)
			case "TR":
				if cells >= 0 && cells != len(below) {
					c.fault("15-005", "rows of %d and %d cells", cells, len(below))
				}
				cells = len(below)
			}
		}
	}
	look(kids)
}

// fonts checks that each font is embedded and each character of a page has a
// glyph and a meaning (10, 31).
func (c *checker) fonts() {
	fonts := c.embeds
	for i, page := range c.r.pageTexts(c.t) {
		for _, drawn := range page {
			font, known := fonts[drawn.face]
			if !known || len(font.fontFile) == 0 {
				c.fault("31-009", "page %d: the font %s is not embedded", i+1, drawn.face)
				continue
			}
			for _, code := range drawn.codes {
				if at := 2 * int(code); at+1 >= len(font.glyphs) || font.glyphs[at] == 0 && font.glyphs[at+1] == 0 {
					c.fault("31-030", "page %d: %s has no glyph for %X", i+1, drawn.face, code)
				}
				if meaning := font.unicode[code]; meaning == "" || strings.ContainsAny(meaning, "\x00\uFEFF\uFFFE") {
					c.fault("31-027", "page %d: %s does not say what %X means", i+1, drawn.face, code)
				}
			}
		}
	}
}

// passes fails a test for every fault of a file.
func passes(t testing.TB, data []byte) *checker {
	t.Helper()
	c := matterhorn(t, data, "")
	for i, fault := range c.faults {
		if i == 20 {
			t.Fatalf("and %d more", len(c.faults)-i)
		}
		t.Error(fault)
	}
	return c
}
