package draw

import (
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// The prefixes that the drawn parts use.
const declarations = ` xmlns:w="` + xmltree.Word + `" xmlns:r="` + xmltree.Relation +
	`" xmlns:mc="` + xmltree.Compatibility + `" xmlns:w14="` + xmltree.Word14 + `" xmlns:w15="` + xmltree.Word15 + `" mc:Ignorable="w14 w15"`

// Write draws a document as a Word form: A4, one content control for every
// answer. The same document gives the same bytes. The error is a *[KeyError]
// where a field's key cannot stand in a Word file.
func Write(doc document.Document) ([]byte, error) {
	return newDrawing(doc).write()
}

func newDrawing(doc document.Document) *drawing {
	return &drawing{pen: pen{ids: place.Numbers{}}, doc: doc, final: doc.Purpose == document.FinalCopy}
}

func (d *drawing) write() ([]byte, error) {
	doc := d.doc
	always, err := fixedParts()
	if err != nil {
		return nil, err
	}
	room := rooms.Get().(*room)
	defer rooms.Put(room)
	d.out = room.bytes[:0]
	body, err := d.body()
	room.keep(body)
	if err != nil {
		return nil, err
	}
	return opc.Write([]opc.Part{
		always["[Content_Types].xml"],
		always["_rels/.rels"],
		{Name: "word/document.xml", Content: body},
		{Name: "word/header1.xml", Content: d.header()},
		{Name: "word/footer1.xml", Content: d.footer()},
		{Name: "customXml/item1.xml", Content: d.record.xml(doc)},
		{Name: "docProps/core.xml", Content: coreProperties(doc)},
		{Name: "docProps/custom.xml", Content: customProperties(doc, len(d.record.order))},
		always["word/_rels/document.xml.rels"],
		always["word/styles.xml"],
		always["word/settings.xml"],
		always["word/glossary/document.xml"],
		always["word/glossary/styles.xml"],
		always["word/glossary/_rels/document.xml.rels"],
		always["customXml/itemProps1.xml"],
		always["customXml/_rels/item1.xml.rels"],
		always["docProps/app.xml"],
	})
}

// drawing is one document on its way to paper.
type drawing struct {
	pen
	doc    document.Document
	final  bool
	record record
	// heading is the text of the latest heading: tables are described by it.
	heading string
	// filledBy is the filler that stands above the current table of questions.
	filledBy string
	template
}

// body draws the document part.
func (d *drawing) body() ([]byte, error) {
	d.put(xmltree.Declaration, `<w:document`, declarations, `><w:body>`)
	d.instructions()
	blocks := d.doc.Blocks
	for i := 0; i < len(blocks); i++ {
		answers := leadingAnswers(blocks[i:])
		if notes := leadingNotes(blocks[i:]); d.template.on && !d.inSection && len(notes) > 0 {
			d.notes(notes)
			i += len(notes) - 1
			continue
		}
		if len(answers) == 0 {
			if err := d.block(blocks[i]); err != nil {
				return nil, err
			}
			continue
		}
		if err := d.answers(answers); err != nil {
			return nil, err
		}
		i += len(answers) - 1
	}
	d.closeSection()
	d.put(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/>`,
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1304" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="510" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	body := d.out
	d.out = nil
	return body, nil
}

func leadingAnswers(blocks []document.Block) []document.Answer {
	var answers []document.Answer
	for _, block := range blocks {
		answer, ok := block.(document.Answer)
		if !ok {
			break
		}
		answers = append(answers, answer)
	}
	return answers
}

func leadingNotes(blocks []document.Block) []document.Note {
	var notes []document.Note
	for _, block := range blocks {
		note, ok := block.(document.Note)
		if !ok {
			break
		}
		notes = append(notes, note)
	}
	return notes
}

func (d *drawing) block(block document.Block) error {
	switch b := block.(type) {
	case document.Heading:
		d.heading = b.Text
		d.beginSection(b)
		d.paragraph(headingStyle(b.Level), place.Plain(b.Text))
	case document.Paragraph:
		d.paragraph("BodyText", place.Plain(b.Text))
	case document.Note:
		d.note(b)
	case document.Facts:
		d.facts(b)
	case document.Grid:
		return d.grid(b)
	case document.PageBreak:
		// A paragraph that holds a break could itself come to stand on a page
		// of its own.
		d.newPage = true
	default:
		return fmt.Errorf("drawing a block of type %T: Word has no shape for it", block)
	}
	return nil
}

func (d *drawing) note(n document.Note) {
	style := "Guidance"
	if n.Tone == document.Important {
		style = "Important"
	}
	d.paragraph(style, place.Plain(n.Text))
}

func headingStyle(level int) string {
	switch {
	case level <= 1:
		return "Heading1"
	case level == 2:
		return "Heading2"
	}
	return "Heading3"
}

// ask gives the controls of a question, and keeps what the custom XML part is
// to hold.
func (d *drawing) ask(q question) ([]control, error) {
	if q.final = d.final; d.final {
		q.locked = true
	}
	controls := q.controls()
	for _, c := range controls {
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	d.record.keep(controls)
	return controls, nil
}

// header is the running head: the form's title and whose copy it is.
func (d *drawing) header() []byte {
	h := pen{}
	h.put(xmltree.Declaration, `<w:hdr`, declarations, `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>`)
	h.run("", place.Plain(d.doc.Header))
	h.put(`</w:p></w:hdr>`)
	return h.out
}

// The places of the reference and the form's own name in the foot of every
// page; they are no answers, but a file that lost everything else is known by
// them.
const (
	refKey  = place.RefProperty
	formKey = place.FormProperty
)

// formLine names the form and its version, for people and for the reader.
func formLine(doc document.Document) string {
	return "Form " + doc.FormID + ", version " + doc.FormVersion
}

// footer is the running foot: the reference and the form, both locked and
// bound, and the page number.
func (d *drawing) footer() []byte {
	f := pen{ids: d.ids, bookmarks: d.bookmarks}
	f.put(xmltree.Declaration, `<w:ftr`, declarations, `>`)
	rest, hasRef := strings.CutPrefix(d.doc.Footer, string(d.doc.Ref))
	if rest != "" && (!hasRef || d.doc.Ref == "") {
		f.put(`<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>`)
		f.run("", place.Plain(rest))
		f.put(`</w:p>`)
		rest = ""
	}
	f.put(`<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>`)
	f.fixedControl(refKey, "Reference", "/p:form[1]/p:ref[1]", string(d.doc.Ref))
	if d.template.on {
		f.noteControl(place.FooterTag, "When it was made", rest)
	} else if rest != "" {
		f.run("", place.Plain(rest))
	}
	f.put(`<w:r><w:tab/></w:r>`)
	f.fixedControl(formKey, "Form", "/p:form[1]/p:name[1]", formLine(d.doc))
	f.put(`<w:r><w:tab/><w:t xml:space="preserve">Page </w:t></w:r>`)
	f.field("PAGE")
	f.put(`<w:r><w:t xml:space="preserve"> of </w:t></w:r>`)
	f.field("NUMPAGES")
	f.put(`</w:p></w:ftr>`)
	return f.out
}

func (p *pen) field(instruction string) {
	p.put(`<w:fldSimple w:instr=" `, instruction, ` "><w:r><w:rPr><w:noProof/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>`)
}

func (p *pen) fixedControl(tag, name, path, text string) {
	p.put(`<w:sdt><w:sdtPr><w:alias w:val="`, name, `"/><w:tag w:val="`, tag, `"/><w:id w:val="`, p.ids.Of(tag),
		`"/><w:lock w:val="sdtContentLocked"/><w:dataBinding w:prefixMappings="`, place.PrefixMappings, `" w:xpath="`, path,
		`" w:storeItemID="`, place.StoreID, `"/><w:text/></w:sdtPr><w:sdtContent>`)
	p.run("", text)
	p.put(`</w:sdtContent></w:sdt>`)
}

func coreProperties(doc document.Document) []byte {
	p := pen{}
	p.put(xmltree.Declaration, `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" `,
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`)
	p.text(place.Plain(doc.Title))
	p.put(`</dc:title><dc:language>`)
	p.text(language(doc))
	p.put(`</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z</dcterms:created>`,
		`<dcterms:modified xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>`)
	return p.out
}

func language(doc document.Document) string {
	if doc.Language == "" {
		return "en-GB"
	}
	return doc.Language
}
