package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/pepost/pepost/internal/pdf/face"
	"github.com/pepost/pepost/internal/pep"
)

// file is a PDF being written; objects are numbered from 1 as they are added
// or reserved.
type file struct {
	body   bytes.Buffer
	places []location
	packer *zlib.Writer
	packed bytes.Buffer
	tucked tucked
}

// location is where an object stands: at a byte of the file or, where stream is
// set, as one of the objects of an object stream.
type location struct{ at, stream, index int }

func newFile(packer *zlib.Writer) *file {
	f := &file{packer: packer}
	f.body.Grow(96 << 10)
	// The second line tells transfer programs that the file is binary.
	f.body.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	return f
}

// reserve numbers an object that is written later.
func (f *file) reserve() int {
	f.places = append(f.places, location{})
	return len(f.places)
}

func (f *file) add(object string) int {
	number := f.reserve()
	f.put(number, object)
	return number
}

func (f *file) put(number int, object string) {
	f.head(number)
	f.body.WriteString(object)
	f.body.WriteString("\nendobj\n")
}

func (f *file) head(number int) {
	f.places[number-1].at = f.body.Len()
	f.body.Write(append(strconv.AppendInt(f.body.AvailableBuffer(), int64(number), 10), " 0 obj\n"...))
}

// addStream compresses data; entries are further dictionary entries.
func (f *file) addStream(entries string, data []byte) int {
	number := f.reserve()
	f.putStream(number, entries, data)
	return number
}

func (f *file) putStream(number int, entries string, data []byte) {
	f.packed.Reset()
	f.packer.Reset(&f.packed)
	// Writing to a buffer cannot fail.
	_, _ = f.packer.Write(data)
	_ = f.packer.Close()
	f.putRaw(number, "/Filter/FlateDecode"+entries, f.packed.Bytes())
}

// putRaw writes a stream as it is.
func (f *file) putRaw(number int, entries string, data []byte) {
	f.head(number)
	fmt.Fprintf(&f.body, "<</Length %d%s>>\nstream\n", len(data), entries)
	f.body.Write(data)
	f.body.WriteString("\nendstream\nendobj\n")
}

// tucked collects small objects, which are compressed together (ISO 32000-1,
// 7.5.7).
type tucked struct {
	numbers []int
	starts  []int
	objects []byte
}

// mostTucked objects stand in one stream, so that a reader who wants one need
// not unpack all.
const mostTucked = 400

// tuck writes an object that is no stream among the small ones.
func (f *file) tuck(number int, write func(to []byte) []byte) {
	f.tucked.numbers = append(f.tucked.numbers, number)
	f.tucked.starts = append(f.tucked.starts, len(f.tucked.objects))
	f.tucked.objects = append(write(f.tucked.objects), '\n')
	if len(f.tucked.numbers) >= mostTucked {
		f.unload()
	}
}

// unload writes the small objects collected so far.
func (f *file) unload() {
	if len(f.tucked.numbers) == 0 {
		return
	}
	stream := f.reserve()
	var index []byte
	for i, number := range f.tucked.numbers {
		f.places[number-1] = location{stream: stream, index: i}
		index = append(strconv.AppendInt(index, int64(number), 10), ' ')
		index = append(strconv.AppendInt(index, int64(f.tucked.starts[i]), 10), ' ')
	}
	entries := fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(f.tucked.numbers), len(index))
	f.putStream(stream, entries, append(index, f.tucked.objects...))
	f.tucked = tucked{numbers: f.tucked.numbers[:0], starts: f.tucked.starts[:0], objects: f.tucked.objects[:0]}
}

// finish writes the table of objects (ISO 32000-1, 7.5.8). The file's
// identifier (14.4) is drawn from its content, so that the same content has
// the same one.
func (f *file) finish(root, info int) []byte {
	f.unload()
	sum := sha256.Sum256(f.body.Bytes())
	return f.end(fmt.Sprintf("/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]", root, info, sum[:16], sum[:16]), f.putStream)
}

// sealedTable ends a locked file: the table is the one stream in clear.
func (f *file) sealedTable(trailer string) []byte {
	return f.end(trailer, func(number int, entries string, data []byte) { f.putRaw(number, entries, data) })
}

// end writes the table of objects with the entries of the trailer.
func (f *file) end(trailer string, put func(number int, entries string, data []byte)) []byte {
	table := f.reserve()
	start := f.body.Len()
	f.places[table-1].at = start
	rows := []byte{0, 0, 0, 0, 0, 0xFF, 0xFF}
	for _, p := range f.places {
		kind, where, index := byte(1), p.at, 0
		if p.stream != 0 {
			kind, where, index = 2, p.stream, p.index
		}
		rows = append(rows, kind, byte(where>>24), byte(where>>16), byte(where>>8), byte(where), byte(index>>8), byte(index))
	}
	put(table, fmt.Sprintf("/Type/XRef/W[1 4 2]/Size %d%s", len(f.places)+1, trailer), rows)
	fmt.Fprintf(&f.body, "startxref\n%d\n%%%%EOF\n", start)
	return f.body.Bytes()
}

// textString writes a text in UTF-16 (ISO 32000-2, 7.9.2.2), as hexadecimal.
func textString(text string) string {
	var hex strings.Builder
	hex.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%04X", unit)
	}
	hex.WriteByte('>')
	return hex.String()
}

// content is all that a file holds.
type content struct {
	properties properties
	fonts      [typefaces]face.Cut
	meanings   [typefaces][]string
	sheets     []sheet
	places     []place
	root       *element
}

// write puts a whole file together: fonts, pages, structure, outline,
// properties.
func (f *file) write(c content) []byte {
	resources := ""
	for t, cut := range c.fonts {
		if len(cut.Characters) > 0 {
			resources += fmt.Sprintf("%s %d 0 R", typeface(t).fontName(), f.addFont(typeface(t), cut, c.meanings[t]))
		}
	}
	tree := f.reserve()
	pages := make([]int, len(c.sheets))
	for i := range pages {
		pages[i] = f.reserve()
	}
	s := structure{file: f, pages: pages}
	for i, sheet := range c.sheets {
		stream := f.addStream("", sheet.content)
		f.put(pages[i], fmt.Sprintf("<</Type/Page/Parent %d 0 R/Contents %d 0 R/StructParents %d/Tabs/S%s>>",
			tree, stream, i, s.annotations(i, sheet.links)))
	}
	f.put(tree, fmt.Sprintf("<</Type/Pages/Count %d/MediaBox[0 0 595.28 841.89]/Resources<</Font<<%s>>>>/Kids[%s]>>",
		len(pages), resources, references(pages)))
	structured := s.write(c.root, c.sheets)
	outline := ""
	if len(c.places) > 0 {
		outline = fmt.Sprintf("/Outlines %d 0 R", f.addOutline(c.places, pages))
	}
	described := f.reserve()
	f.putRaw(described, "/Type/Metadata/Subtype/XML", c.properties.packet())
	root := f.add(fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Metadata %d 0 R/ViewerPreferences<</DisplayDocTitle true>>%s>>",
		tree, c.properties.language, structured, described, outline))
	return f.finish(root, f.add(c.properties.dictionary()))
}

func references(numbers []int) string {
	var list strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&list, "%d 0 R ", n)
	}
	return list.String()
}

// properties are what a reader may show beside the pages. They hold no
// personal data.
type properties struct {
	title, language string
	created         pep.Date
}

// dictionary is the document information (ISO 32000-2, 14.3.3). The day is
// the document's own; a document without one states none.
func (p properties) dictionary() string {
	dates := ""
	if !p.created.IsZero() {
		day := "D:" + strings.ReplaceAll(p.created.String(), "-", "") + "000000Z"
		dates = fmt.Sprintf("/CreationDate(%s)/ModDate(%s)", day, day)
	}
	return fmt.Sprintf("<</Title%s/Producer(pepost)%s>>", textString(p.title), dates)
}
