package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/pepost/pepost/internal/pdf/face"
	"github.com/pepost/pepost/internal/pep"
)

// file is a PDF being written; objects are numbered from 1 as they are added
// or reserved.
type file struct {
	body    bytes.Buffer
	offsets []int
	packer  *zlib.Writer
}

func newFile(packer *zlib.Writer) *file {
	f := &file{packer: packer}
	// The second line tells transfer programs that the file is binary.
	f.body.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	return f
}

// reserve numbers an object that is written later.
func (f *file) reserve() int {
	f.offsets = append(f.offsets, 0)
	return len(f.offsets)
}

func (f *file) add(object string) int {
	number := f.reserve()
	f.put(number, object)
	return number
}

func (f *file) put(number int, object string) {
	f.offsets[number-1] = f.body.Len()
	fmt.Fprintf(&f.body, "%d 0 obj\n%s\nendobj\n", number, object)
}

// addStream compresses data; entries are further dictionary entries.
func (f *file) addStream(entries string, data []byte) int {
	var packed bytes.Buffer
	f.packer.Reset(&packed)
	// Writing to a buffer cannot fail.
	_, _ = f.packer.Write(data)
	_ = f.packer.Close()
	return f.add(fmt.Sprintf("<</Length %d/Filter/FlateDecode%s>>\nstream\n%s\nendstream", packed.Len(), entries, packed.Bytes()))
}

// finish writes the table of objects and the trailer. The file's identifier
// (ISO 32000-2, 14.4) is drawn from its content, so that the same content has
// the same one.
func (f *file) finish(root, info int) []byte {
	sum := sha256.Sum256(f.body.Bytes())
	start := f.body.Len()
	fmt.Fprintf(&f.body, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, at := range f.offsets {
		fmt.Fprintf(&f.body, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&f.body, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets)+1, root, info, sum[:16], sum[:16], start)
	return f.body.Bytes()
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

// place is where a bookmark leads: page from 0, points from the page's foot.
type place struct {
	bookmark bookmark
	page     int
	top      float64
}

// write puts a whole file together: fonts, pages, outline, properties.
func (f *file) write(p properties, fonts [typefaces]face.Cut, contents [][]byte, places []place) []byte {
	resources := ""
	for t, cut := range fonts {
		if len(cut.Characters) > 0 {
			resources += fmt.Sprintf("%s %d 0 R", typeface(t).fontName(), f.addFont(typeface(t), cut))
		}
	}
	tree := f.reserve()
	kids := make([]int, 0, len(contents))
	for _, content := range contents {
		stream := f.addStream("", content)
		kids = append(kids, f.add(fmt.Sprintf("<</Type/Page/Parent %d 0 R/Contents %d 0 R>>", tree, stream)))
	}
	f.put(tree, fmt.Sprintf("<</Type/Pages/Count %d/MediaBox[0 0 595.28 841.89]/Resources<</Font<<%s>>>>/Kids[%s]>>",
		len(kids), resources, references(kids)))
	outline := ""
	if len(places) > 0 {
		outline = fmt.Sprintf("/Outlines %d 0 R", f.addOutline(places, kids))
	}
	root := f.add(fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>%s>>",
		tree, p.language, outline))
	return f.finish(root, f.add(p.dictionary()))
}

func references(numbers []int) string {
	var list strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&list, "%d 0 R ", n)
	}
	return list.String()
}
