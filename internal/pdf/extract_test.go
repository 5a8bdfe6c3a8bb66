package pdf

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// drawnText is one text as a page of a finished file draws it, in points from
// the page's foot.
type drawnText struct {
	face string
	size float64
	x, y float64
	// text is what the codes mean to a reader who copies them.
	codes, text string
}

// reader is a finished file opened by an outside library.
type reader struct{ *model.Context }

func open(t testing.TB, data []byte, passphrase string) reader {
	t.Helper()
	ctx, err := api.ReadAndValidate(bytes.NewReader(data), settings(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return reader{ctx}
}

// pageTexts lists the texts of each page in the order of drawing.
func (r reader) pageTexts(t testing.TB) [][]drawnText {
	t.Helper()
	var pages [][]drawnText
	fonts := r.fonts(t)
	for n := 1; n <= r.PageCount; n++ {
		content, err := pdfcpu.ExtractPageContent(r.Context, n)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, texts(t, data, fonts))
	}
	return pages
}

// texts lists what the text operators of a page draw.
func texts(t testing.TB, content []byte, fonts map[string]embedded) []drawnText {
	t.Helper()
	var list []drawnText
	var now drawnText
	for _, op := range operators(t, content) {
		switch op.name {
		case "Tf":
			now.face, now.size = op.operands[0], number(t, []byte(op.operands[1]))
		case "Td":
			now.x, now.y = number(t, []byte(op.operands[0])), number(t, []byte(op.operands[1]))
		case "Tj", "TJ":
			now.codes = decoded(op.operands[0])
			now.text = fonts[now.face].meant(now.codes)
			list = append(list, now)
		}
	}
	return list
}

// decoded reads codes of two bytes as UTF-16.
func decoded(raw string) string {
	var units []uint16
	for j := 0; j+1 < len(raw); j += 2 {
		units = append(units, uint16(raw[j])<<8|uint16(raw[j+1]))
	}
	return string(utf16.Decode(units))
}

func number(t testing.TB, text []byte) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pageWords joins all texts of a page with spaces.
func pageWords(page []drawnText) string {
	var words []string
	for _, drawn := range page {
		words = append(words, drawn.text)
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// embedded is what a file's font says of itself.
type embedded struct {
	base     string
	glyphs   []byte
	unicode  map[rune]string
	fontFile []byte
}

// meant is the text of codes.
func (e embedded) meant(codes string) string {
	var text strings.Builder
	for _, code := range codes {
		text.WriteString(e.unicode[code])
	}
	return text.String()
}

func (r reader) fonts(t testing.TB) map[string]embedded {
	t.Helper()
	_, _, inherited, err := r.PageDict(1, false)
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := r.DereferenceDict(inherited.Resources["Font"])
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]embedded)
	for name, object := range fonts {
		font := r.dictionary(t, object)
		list, err := r.DereferenceArray(font["DescendantFonts"])
		if err != nil {
			t.Fatal(err)
		}
		descendant := r.dictionary(t, list[0])
		found["/"+name] = embedded{
			base:     font["BaseFont"].String(),
			glyphs:   r.stream(t, descendant["CIDToGIDMap"]),
			unicode:  codes(t, string(r.stream(t, font["ToUnicode"]))),
			fontFile: r.stream(t, r.dictionary(t, descendant["FontDescriptor"])["FontFile2"]),
		}
	}
	return found
}

func (r reader) dictionary(t testing.TB, object types.Object) types.Dict {
	t.Helper()
	d, err := r.DereferenceDict(object)
	if err != nil || d == nil {
		t.Fatalf("no dictionary: %v", err)
	}
	return d
}

func (r reader) stream(t testing.TB, object types.Object) []byte {
	t.Helper()
	s, _, err := r.DereferenceStreamDict(object)
	if err != nil || s == nil {
		t.Fatalf("no stream: %v", err)
	}
	if err := s.Decode(); err != nil {
		t.Fatal(err)
	}
	return s.Content
}

// codes reads the ranges and the single codes of a ToUnicode map.
func codes(t testing.TB, stream string) map[rune]string {
	t.Helper()
	found := make(map[rune]string)
	for _, match := range regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]{4})><([0-9A-F]{4})>`).FindAllStringSubmatch(stream, -1) {
		var from, to, unicode rune
		if _, err := fmt.Sscanf(strings.Join(match[1:], " "), "%x %x %x", &from, &to, &unicode); err != nil {
			t.Fatal(err)
		}
		for code := from; code <= to; code++ {
			found[code] = string(unicode + code - from)
		}
	}
	for _, match := range regexp.MustCompile(`(?m)^<([0-9A-F]{4})><([0-9A-F]+)>$`).FindAllStringSubmatch(stream, -1) {
		code, err := strconv.ParseInt(match[1], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := hex.DecodeString(match[2])
		if err != nil {
			t.Fatal(err)
		}
		found[rune(code)] = decoded(string(raw))
	}
	return found
}
