package pdf

import (
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"sync"

	"github.com/johnfercher/maroto/v2/pkg/consts/border"

	"github.com/pepost/pepost/internal/document"
)

// Writer holds the fonts. It may be used by several goroutines at once; each
// call draws one document.
type Writer struct {
	letters *lettering
	packers sync.Pool
}

// File is one PDF and its number of pages.
type File struct {
	Bytes []byte
	Pages int
}

// New reads the fonts that are part of the program. It takes some tens of
// milliseconds: make one Writer and keep it.
func New() (*Writer, error) {
	letters, err := newLettering()
	if err != nil {
		return nil, err
	}
	w := &Writer{letters: letters}
	w.packers.New = func() any {
		// Level 2 is a twentieth smaller than the quickest, and a seventh slower.
		packer, _ := zlib.NewWriterLevel(io.Discard, 2) // the level is known to be valid
		return packer
	}
	return w, nil
}

// Write draws a document. Texts that cannot be drawn rightly are given as
// [UncoveredError], one for each field, joined; then there is no file.
func (w *Writer) Write(doc document.Document) (File, error) {
	c := w.composer(doc)
	return w.file(&c, doc, c.pages(doc, numbering{}))
}

// composer has the blocks of a document as strips.
func (w *Writer) composer(doc document.Document) composer {
	c := composer{
		letters: w.letters, colours: colours(), blank: doc.Purpose == document.BlankForm,
		ruled: doc.Purpose == document.BlankForm && doc.OnPaper,
	}
	c.tagging = newTagging(doc)
	for _, b := range doc.Blocks {
		c.block(b)
	}
	return c
}

// file draws pages and puts the file around them.
func (w *Writer) file(c *composer, doc document.Document, pages []page) (File, error) {
	if err := c.err(); err != nil {
		return File{}, err
	}
	sheets, err := render(pages)
	if err != nil {
		return File{}, err
	}
	return w.assemble(c, doc, sheets, places(pages))
}

// assemble cuts the fonts and puts the file around drawn pages.
func (w *Writer) assemble(c *composer, doc document.Document, sheets []sheet, bookmarks []place) (File, error) {
	of := content{sheets: sheets, places: bookmarks, root: c.root}
	of.properties = properties{title: doc.Title, language: languageTag(doc.Language), created: doc.Generated}
	for t, used := range c.used {
		if used == nil {
			continue
		}
		cut, err := w.letters.stack(typeface(t)).Cut(used.list(), used.clusters...)
		if err != nil {
			return File{}, fmt.Errorf("cutting the fonts of the PDF: %w", err)
		}
		of.fonts[t], of.meanings[t] = cut, used.meanings
	}
	packer := w.packers.Get().(*zlib.Writer)
	defer w.packers.Put(packer)
	return File{Bytes: newFile(packer).write(of), Pages: len(sheets)}, nil
}

// languageTag is the document's language tag, or British English where it has
// none or none that may stand in a file.
func languageTag(tag string) string {
	if regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`).MatchString(tag) {
		return tag
	}
	return "en-GB"
}

// numbering is how many pages stand before and after a document's own, in a
// file that holds more.
type numbering struct{ before, after int }

// pages puts the strips on pages, each with its running lines and number.
func (c *composer) pages(doc document.Document, among numbering) []page {
	header := doc.Header
	if header == "" {
		header = doc.Title
	}
	copyFor := ""
	if doc.CopyFor != "" {
		copyFor = "Copy for: " + doc.CopyFor
	}
	head := c.runningLine(header, copyFor, border.Bottom)
	const air = 3.0 // between the running lines and the text
	room := pageHeight - topMargin - bottomMargin - slack - head.height() - c.foot(doc, 1, 1).height() - 2*air
	pages := paginate(c.strips, room)
	of := among.before + len(pages) + among.after
	for i, p := range pages {
		full := page{head, {least: air}}
		full = append(full, p...)
		full = append(full, strip{least: room - p.height() + air}, c.foot(doc, among.before+i+1, of))
		pages[i] = full
	}
	return pages
}

// foot is the running line at the foot of a page.
func (c *composer) foot(doc document.Document, n, of int) strip {
	footer := doc.Footer
	if footer == "" {
		footer = string(doc.Ref)
	}
	return c.runningLine(footer, fmt.Sprintf("Page %d of %d", n, of), border.Top)
}

func (p page) height() float64 {
	high := 0.0
	for _, s := range p {
		high += s.height()
	}
	return high
}

// places finds the bookmarks on the pages.
func places(pages []page) []place {
	var found []place
	for i, p := range pages {
		top := pageHeight - topMargin
		for _, s := range p {
			if s.bookmark != nil {
				found = append(found, place{bookmark: *s.bookmark, page: i, top: (top + 2) * pointsPerMillimetre})
			}
			top -= s.height()
		}
	}
	return found
}
