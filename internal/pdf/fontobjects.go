package pdf

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/pepost/pepost/internal/pdf/face"
)

// characters is the set of characters up to U+FFFF that a typeface draws in
// one document.
type characters [1 << 10]uint64

func (c *characters) add(text string) {
	for _, r := range text {
		c[uint16(r)>>6] |= 1 << (uint16(r) & 63)
	}
}

func (c *characters) list() []rune {
	var list []rune
	for i, word := range c {
		for ; word != 0; word &= word - 1 {
			list = append(list, rune(i<<6+bits.TrailingZeros64(word)))
		}
	}
	return list
}

// usage is what one typeface draws in one document.
type usage struct {
	characters
	clusters []face.Cluster
	// meanings are the texts of the clusters.
	meanings []string
	codes    map[string]rune
}

// code is that of a group: its character, or one given to its cluster.
func (u *usage) code(g group) rune {
	if g.plain != 0 {
		u.add(string(g.plain))
		return g.plain
	}
	key := fmt.Sprintf("%v %s", g.cluster, g.text)
	if code, known := u.codes[key]; known {
		return code
	}
	if u.codes == nil {
		u.codes = make(map[string]rune)
	}
	code := face.FirstCluster + rune(len(u.clusters))
	u.codes[key] = code
	u.clusters, u.meanings = append(u.clusters, g.cluster), append(u.meanings, g.text)
	return code
}

// fontName is the typeface's name in the pages.
func (t typeface) fontName() string {
	return [typefaces]string{"/R", "/B", "/I", "/A", "/E", "/C"}[t]
}

// addFont writes the objects of one embedded font (ISO 32000-2, 9.7.4): its
// codes are UTF-16 units, as the engine writes them.
func (f *file) addFont(t typeface, cut face.Cut, meanings []string) int {
	name := subsetName(cut) + "+PepostSans-" + [typefaces]string{"Regular", "Bold", "Italic", "Arabic", "Ethiopic", "Chinese"}[t]
	embedded := f.addStream(fmt.Sprintf("/Length1 %d", len(cut.File)), cut.File)
	look := cut.Look
	flags := 4 // symbolic: the codes are not those of a Latin alphabet
	if look.ItalicAngle != 0 {
		flags |= 1 << 6
	}
	descriptor := f.add(fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %d/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 %d 0 R>>",
		name, flags, look.Box[0], look.Box[1], look.Box[2], look.Box[3], look.ItalicAngle,
		look.Ascent, look.Descent, look.CapHeight, look.Weight/5, embedded))
	glyphs := f.addStream("", glyphMap(cut))
	codes := f.addStream("", unicodeMap(cut.Characters, meanings))
	descendant := f.add(fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/DW 0/W[%s]/CIDToGIDMap %d 0 R>>",
		name, descriptor, widths(cut), glyphs))
	return f.add(fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		name, descendant, codes))
}

// subsetName is the six capitals that mark a subset (ISO 32000-2, 9.9.2),
// drawn from the file itself.
func subsetName(cut face.Cut) string {
	sum := sha256.Sum256(cut.File)
	var name strings.Builder
	for _, b := range sum[:6] {
		name.WriteByte('A' + b%26)
	}
	return name.String()
}

// stretches parts ascending characters into those without a gap; none crosses
// a multiple of 256.
func stretches(list []rune, each func(from, to int)) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to] == list[to-1]+1 && list[to]&0xFF != 0 {
			to++
		}
		each(from, to)
		from = to
	}
}

func widths(cut face.Cut) string {
	var w strings.Builder
	stretches(cut.Characters, func(from, to int) {
		fmt.Fprintf(&w, "%d%d", cut.Characters[from], cut.Widths[from:to])
	})
	return w.String()
}

func glyphMap(cut face.Cut) []byte {
	if len(cut.Characters) == 0 {
		return nil
	}
	glyphs := make([]byte, 2*(cut.Characters[len(cut.Characters)-1]+1))
	for i, r := range cut.Characters {
		binary.BigEndian.PutUint16(glyphs[2*r:], cut.Glyphs[i])
	}
	return glyphs
}

// unicodeMap is the map by which readers search and copy (ISO 32000-2,
// 9.10.3). The last codes are clusters, whose meanings are given.
func unicodeMap(codes []rune, meanings []string) []byte {
	plain := codes[:len(codes)-len(meanings)]
	var ranges, single []string
	stretches(plain, func(from, to int) {
		ranges = append(ranges, fmt.Sprintf("<%04X><%04X><%04X>\n", plain[from], plain[to-1], plain[from]))
	})
	for i, meaning := range meanings {
		single = append(single, fmt.Sprintf("<%04X><%X>\n", codes[len(plain)+i], utf16Bytes(meaning)))
	}
	var m strings.Builder
	m.WriteString("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(ranges, mostInSection) {
		fmt.Fprintf(&m, "%d beginbfrange\n%sendbfrange\n", len(part), strings.Join(part, ""))
	}
	for part := range slices.Chunk(single, mostInSection) {
		fmt.Fprintf(&m, "%d beginbfchar\n%sendbfchar\n", len(part), strings.Join(part, ""))
	}
	m.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend")
	return []byte(m.String())
}

// mostInSection entries stand in one section of a CMap.
const mostInSection = 100

func utf16Bytes(text string) []byte {
	var list []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		list = binary.BigEndian.AppendUint16(list, unit)
	}
	return list
}
