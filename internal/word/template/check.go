package template

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Check lists everything that is wrong with a file as the template of a form.
// It never fails: a file that is no document at all has that one fault.
func Check(data []byte, f form.Form) []Fault {
	var out faults
	pack, err := opc.OpenUnjudged(data)
	if err != nil {
		out.add(Fault{Code: Refused, Part: "the file", Text: reason(err), Hint: "save the template in Word as Word document (.docx)"})
		return out.all
	}
	dangers(pack, &out)
	if _, err := opc.Open(data); err != nil && Sound(out.all) {
		out.add(Fault{Code: Refused, Part: "the file", Text: reason(err), Hint: "open the template in Word and save it again"})
	}
	c := checking{faults: &out, pack: pack, want: expect(f), seen: map[string]int{}}
	c.parts()
	if main, err := pack.Tree(pack.Main); pack.Main != "" && err == nil {
		c.part = partWords(pack.Main)
		c.walk(main, surroundings{})
		c.lacking()
	}
	return out.all
}

// checking is one look at the controls of a template.
type checking struct {
	*faults
	pack *opc.Package
	want expected
	part string
	// edge is set in headers and footers.
	edge bool
	// seen counts the controls by tag, without the condition behind it.
	seen map[string]int
	// strangers are controls whose tags the form does not have.
	strangers []stranger
	// items counts the rows of each table.
	items map[string]int
}

type stranger struct {
	tag string
	at  *xmltree.Node
}

// surroundings are what a control stands in.
type surroundings struct {
	section, question, rows string
	item                    int
	row, cell               *xmltree.Node
	instructions            bool
}

// parts looks at the hidden parts and at headers and footers.
func (c *checking) parts() {
	c.items = map[string]int{}
	if !c.hasStore() {
		c.add(Fault{
			Code: Incomplete, Part: "the file", Text: "the hidden copy of the answers is gone, or is another form's",
			Hint: "start again from the exported file, and do not let the Document Inspector remove custom XML data",
		})
	}
	for _, kind := range []string{"custom-properties", "core-properties"} {
		if parts, err := c.pack.PackageRelated(kind); err != nil || len(parts) == 0 || !c.pack.Has(parts[0]) {
			c.add(Fault{
				Code: Incomplete, Part: "the document's properties", Text: "the properties that say which form this is are gone",
				Hint: "start again from the exported file, and do not let the Document Inspector remove document properties",
			})
			break
		}
	}
	c.edge = true
	for _, kind := range []string{"header", "footer"} {
		names, err := c.pack.Related(c.pack.Main, kind)
		if err != nil {
			continue
		}
		for _, name := range names {
			if root, err := c.pack.Tree(name); err == nil {
				c.part = partWords(name)
				c.walk(root, surroundings{})
			}
		}
	}
	c.edge = false
}

// hasStore reports whether our custom XML part is there under its own number.
func (c *checking) hasStore() bool { return storePart(c.pack) != "" }

// storePart is the name of our custom XML part; empty where there is none, or
// where controls cannot be bound to it.
func storePart(pack *opc.Package) string {
	parts, err := pack.Related(pack.Main, "customXml")
	if err != nil {
		return ""
	}
	for _, part := range parts {
		root, err := pack.Tree(part)
		if err != nil || !root.Is(place.FormSpace, "form") {
			continue
		}
		numbers, err := pack.Related(part, "customXmlProps")
		if err != nil || len(numbers) == 0 {
			continue
		}
		item, err := pack.Tree(numbers[0])
		if err == nil && slices.ContainsFunc(item.Attrs, func(a xmltree.Attr) bool { return a.Local == "itemID" && strings.EqualFold(a.Value, place.StoreID) }) {
			return part
		}
	}
	return ""
}

func (c *checking) walk(n *xmltree.Node, in surroundings) {
	for at := n.First; at != nil; at = at.Next {
		inner := in
		switch {
		case at.Is(xmltree.Word, "tr"):
			inner.row, inner.cell = at, nil
		case at.Is(xmltree.Word, "tc"):
			inner.cell = at
		case at.Is(xmltree.Word, "sectPr") && (in.section != "" || in.question != "" || in.instructions):
			c.fault(at, OutOfPlace, "", "a section break of the page layout stands inside a control that may be taken out", "move the section break out of the control")
		case at.Is(xmltree.Word, "sdt"):
			inner = c.control(at, in)
		}
		c.walk(at, inner)
	}
}

func (c *checking) fault(at *xmltree.Node, code Code, tag, text, hint string) {
	c.add(Fault{Code: code, Part: c.part, Tag: tag, Near: near(at), Text: text, Hint: hint})
}

// control looks at one content control and gives what its content stands in.
func (c *checking) control(sdt *xmltree.Node, in surroundings) surroundings {
	properties := sdt.Child(xmltree.Word, "sdtPr")
	if properties == nil {
		return in
	}
	if properties.Child(xmltree.Word15, "repeatingSectionItem") != nil {
		if in.rows != "" {
			c.items[in.rows]++
			in.item = c.items[in.rows]
		}
		return in
	}
	tag := property(properties, "tag")
	kind, about := place.ParsePart(tag)
	if kind != place.NoPart {
		return c.marking(sdt, kind, about, tag, in)
	}
	if want, known := c.want.controls[tag]; known {
		c.answer(sdt, properties, want, in)
		return in
	}
	switch {
	case tag == place.RefProperty || tag == place.FormProperty:
		c.seen[tag]++
	case tag == "" && properties.Child(xmltree.Word, "dataBinding") == nil:
		if properties.Child(xmltree.Word, "docPartObj") == nil {
			c.add(Fault{
				Code: Unknown, Part: c.part, Near: near(sdt), Text: "a control has no tag", Warning: true,
				Hint: "what is written in it is not read back; remove it or give it the tag of a question",
			})
		}
	default:
		c.strangers = append(c.strangers, stranger{tag, sdt})
	}
	return in
}

// marking looks at a control that stands around something.
func (c *checking) marking(sdt *xmltree.Node, kind place.PartKind, about, tag string, in surroundings) surroundings {
	bare := bareTag(kind, about)
	if !c.want.parts[bare] {
		c.strangers = append(c.strangers, stranger{tag, sdt})
		return in
	}
	c.seen[bare]++
	switch kind {
	case place.Section:
		if in.section != "" {
			c.fault(sdt, OutOfPlace, bare, "a section stands inside another", "move it out")
		}
		in.section = about
	case place.Question:
		in.question = about
	case place.Rows:
		if c.seen[bare] > 1 {
			c.fault(sdt, Doubled, bare, "the rows of the table stand twice", "delete one of the two tables")
		}
		if !hasItem(sdt) {
			c.fault(sdt, Missing, bare, "the table has no repeating row", "copy the table from the exported file")
		}
		in.rows = about
	case place.Instructions:
		in.instructions = true
	}
	return in
}

// bareTag is a marking tag without its condition.
func bareTag(kind place.PartKind, about string) string {
	switch kind {
	case place.Section:
		return place.SectionTag(about)
	case place.Question:
		return place.QuestionTag(about)
	case place.Rows:
		return place.RowsTag(about)
	case place.Fact:
		return place.FactTag(about)
	case place.Instructions:
		return place.InstructionsTag
	case place.RowNumber:
		return place.RowNumberTag
	}
	return about
}

func hasItem(rows *xmltree.Node) bool {
	content := rows.Child(xmltree.Word, "sdtContent")
	return content != nil && firstItem(content) != nil
}

// firstItem is the first repeating row of a table's rows, nil where there is
// none.
func firstItem(content *xmltree.Node) *xmltree.Node {
	for c := content.First; c != nil; c = c.Next {
		if properties := c.Child(xmltree.Word, "sdtPr"); c.Is(xmltree.Word, "sdt") && properties != nil &&
			properties.Child(xmltree.Word15, "repeatingSectionItem") != nil && c.Child(xmltree.Word, "sdtContent") != nil {
			return c
		}
	}
	return nil
}

// property is the value of a control's property.
func property(properties *xmltree.Node, name string) string {
	if n := properties.Child(xmltree.Word, name); n != nil {
		return n.Attr(xmltree.Word, "val")
	}
	return ""
}
