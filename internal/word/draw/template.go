package draw

import (
	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word/place"
)

// Frame is what a template says beside the form.
type Frame struct {
	// Conditions says, by section as "section:KEY" and by field, when that
	// part is on a form; what always is has none.
	Conditions map[string]string
	// Instructions stand on a first page of their own, which no form has; the
	// first is its heading.
	Instructions []string
	// Paper are the notes of a form that is filled in by hand.
	Paper []document.Note
}

// template is a drawing for officers to change: everything stands in a control
// that says what it is, tables have one row, nothing is drawn in pairs.
type template struct {
	on bool
	Frame
	conditions map[string]string
	// inSection is set while a section's control is open.
	inSection bool
}

// Template draws a form's whole document, as [document.Whole] makes it, as a
// file that officers may change in Word. The same form gives the same bytes.
func Template(doc document.Document, frame Frame) ([]byte, error) {
	d := newDrawing(doc)
	d.template = template{on: true, Frame: frame, conditions: frame.Conditions}
	return d.write()
}

// openPart begins a control around a part of the page.
func (p *pen) openPart(tag, condition string) {
	p.put(`<w:sdt><w:sdtPr><w:alias w:val="`)
	title := tag
	if condition != "" {
		title = "Shown if " + condition
	}
	p.text(place.Title(title))
	p.put(`"/><w:tag w:val="`)
	p.text(place.WithCondition(tag, condition))
	p.put(`"/><w:id w:val="`, p.ids.Of(tag), `"/></w:sdtPr><w:sdtContent>`)
}

func (p *pen) closePart() { p.put(`</w:sdtContent></w:sdt>`) }

// noteControl is a locked control with a text of the page itself.
func (p *pen) noteControl(tag, title, text string) {
	p.put(`<w:sdt><w:sdtPr><w:alias w:val="`)
	p.text(place.Title(title))
	p.put(`"/><w:tag w:val="`)
	p.text(tag)
	p.put(`"/><w:id w:val="`, p.ids.Of(tag), `"/><w:lock w:val="sdtLocked"/><w:text/></w:sdtPr><w:sdtContent>`)
	p.run("", place.Plain(text))
	p.closePart()
}

// instructions draws the officer's own page.
func (d *drawing) instructions() {
	if len(d.Instructions) == 0 {
		return
	}
	d.openPart(place.InstructionsTag, "")
	d.paragraph("Heading1", d.Instructions[0])
	for _, text := range d.Instructions[1:] {
		d.paragraph("BodyText", place.Plain(text))
	}
	d.put(`<w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>`)
	d.closePart()
}

// beginSection closes the section before and opens the control of the next;
// its condition stands in words as well, for the officer alone.
func (d *drawing) beginSection(h document.Heading) {
	if !d.template.on || h.Level != 2 {
		return
	}
	d.closeSection()
	tag := place.SectionTag(h.Key)
	condition := d.conditions[tag]
	d.openPart(tag, condition)
	d.inSection = true
	if condition != "" {
		d.openPart(place.InstructionsTag+" "+h.Key, "")
		d.paragraph("Help", "For the officer: this section is on a form if "+place.Plain(condition)+".")
		d.closePart()
	}
}

func (d *drawing) closeSection() {
	if d.inSection {
		d.closePart()
		d.inSection = false
	}
}

// notes draws the head's notes: those of a form filled in with Word, and those
// of one filled in by hand, each in a control of its own.
func (d *drawing) notes(form []document.Note) {
	for _, part := range []struct {
		tag   string
		notes []document.Note
	}{{place.OnlyFormTag, form}, {place.OnlyPaperTag, d.Paper}} {
		d.openPart(part.tag, "")
		for _, note := range part.notes {
			d.note(note)
		}
		d.closePart()
	}
}
