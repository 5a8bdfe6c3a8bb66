package draw

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// pen writes WordprocessingML. Markup goes in as it stands, text is escaped.
type pen struct {
	out []byte
	// ids are the control numbers in use; bookmarks counts the bookmarks.
	ids       place.Numbers
	bookmarks int
	// newPage is set where the next paragraph begins a page.
	newPage bool
}

// put writes markup.
func (p *pen) put(markup ...string) {
	for _, m := range markup {
		p.out = append(p.out, m...)
	}
}

// text writes text, escaped.
func (p *pen) text(text string) { p.out = xmltree.AppendText(p.out, text) }

// paragraph writes a paragraph of plain text in a style.
func (p *pen) paragraph(style, text string) {
	p.openParagraph(style, text)
	p.run("", text)
	p.put("</w:p>")
}

// openParagraph begins a paragraph that runs in the direction of its text.
func (p *pen) openParagraph(style, text string) {
	p.put(`<w:p><w:pPr><w:pStyle w:val="`, style, `"/>`)
	if p.newPage {
		p.put(`<w:pageBreakBefore/>`)
		p.newPage = false
	}
	if rightToLeft(text) {
		p.put(`<w:bidi/>`)
	}
	p.put(`</w:pPr>`)
}

// run writes text in one run; "\n" is a line break, a tab a tab.
func (p *pen) run(properties, text string) {
	p.put("<w:r>")
	if rightToLeft(text) {
		properties += "<w:rtl/>"
	}
	if properties != "" {
		p.put("<w:rPr>", properties, "</w:rPr>")
	}
	p.runText(text)
	p.put("</w:r>")
}

func (p *pen) runText(text string) {
	for first := true; ; first = false {
		if !first {
			p.put("<w:br/>")
		}
		line, rest, more := strings.Cut(text, "\n")
		p.lineText(place.Spread(line, first && !more))
		if !more {
			return
		}
		text = rest
	}
}

func (p *pen) lineText(line string) {
	for first := true; ; first = false {
		if !first {
			p.put("<w:tab/>")
		}
		piece, rest, more := strings.Cut(line, "\t")
		if piece != "" {
			p.put(`<w:t xml:space="preserve">`)
			p.text(piece)
			p.put("</w:t>")
		}
		if !more {
			return
		}
		line = rest
	}
}

// rightToLeft reports whether the first letter of a text belongs to a script
// that is written from right to left (rules P2 and P3 of Unicode annex 9).
func rightToLeft(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= utf8.RuneSelf {
			return rightToLeftFrom(text[i:])
		} else if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return false
}

func rightToLeftFrom(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
		}
	}
	return false
}
