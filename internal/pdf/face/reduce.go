package face

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Reduce makes a font that stands on its own with what a document may need of
// another and no more: the outlines of these characters, without hints, and a
// character map. With shaping every glyph stays where it was, so that the
// tables by which glyphs are chosen and placed (GDEF, GSUB, GPOS) stay too. A
// character that the font lacks is left out.
func Reduce(font Font, characters []rune, shaping bool) ([]byte, error) {
	s, err := NewStack(font)
	if err != nil {
		return nil, err
	}
	from, err := directory(font.File)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", font.Name, err)
	}
	characters = slices.DeleteFunc(slices.Clone(characters), func(r rune) bool { return !s.Covers(r) })
	slices.Sort(characters)
	characters = slices.Compact(characters)
	c := cutter{stack: s, index: map[origin]uint16{}}
	if shaping {
		for glyph := range s.sources[0].metrics {
			c.take(origin{0, uint16(glyph)})
		}
	}
	c.take(origin{})
	glyphs := make([]uint16, len(characters))
	for i, r := range characters {
		glyphs[i] = c.take(origin{0, s.sources[0].glyphs[r]})
	}
	tables, err := c.tables()
	if err != nil {
		return nil, err
	}
	tables["cmap"] = characterMap(characters, glyphs)
	tables["OS/2"] = from["OS/2"]
	tables["name"] = from["name"] // copyright and licence, which must go with it
	// Version 3 names no glyphs (OpenType 1.9, table post).
	tables["post"] = append([]byte{0, 3, 0, 0}, from["post"][4:16]...)
	tables["post"] = append(tables["post"], make([]byte, 16)...)
	for _, tag := range []string{"GDEF", "GSUB", "GPOS"} {
		if shaping && len(from[tag]) > 0 {
			tables[tag] = from[tag]
		}
	}
	return assemble(tables), nil
}

// characterMap is a table cmap in format 12.
func characterMap(characters []rune, glyphs []uint16) []byte {
	var groups []byte
	count := uint32(0)
	for i := 0; i < len(characters); {
		to := i + 1
		for to < len(characters) && characters[to] == characters[to-1]+1 && glyphs[to] == glyphs[to-1]+1 {
			to++
		}
		for _, n := range []uint32{uint32(characters[i]), uint32(characters[to-1]), uint32(glyphs[i])} {
			groups = binary.BigEndian.AppendUint32(groups, n)
		}
		count, i = count+1, to
	}
	var table []byte
	for _, n := range []uint16{0, 1, 3, 10, 0, 12, 12, 0} {
		table = binary.BigEndian.AppendUint16(table, n)
	}
	for _, n := range []uint32{uint32(16 + len(groups)), 0, count} {
		table = binary.BigEndian.AppendUint32(table, n)
	}
	return append(table, groups...)
}
