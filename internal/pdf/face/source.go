package face

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/image/font/sfnt"
)

// source is one parsed font: its outlines and which character has which.
type source struct {
	name  string
	units int
	// glyphs holds the glyph of each character up to U+FFFF, 0 for none.
	glyphs   []uint16
	outlines []byte
	// starts holds where each glyph's outline begins, and where the last ends.
	starts  []uint32
	metrics []metric
	head    []byte
	hhea    []byte
	maxp    []byte
	look    Look
}

// metric is one entry of table hmtx, in font units.
type metric struct {
	advance uint16
	bearing int16
}

// Look is what a PDF font descriptor states (ISO 32000-2, table 120), in
// thousandths of an em.
type Look struct {
	Ascent, Descent, CapHeight int
	ItalicAngle                int
	// Weight is 400 for regular, 700 for bold.
	Weight int
	// Box is left, bottom, right, top round all glyphs.
	Box [4]int
}

var errCutShort = errors.New("the font file is cut short")

func parse(name string, file []byte) (*source, error) {
	tables, err := directory(file)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	for tag, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 32, "hmtx": 4, "loca": 4, "glyf": 10, "OS/2": 78, "post": 16} {
		if len(tables[tag]) < least {
			return nil, fmt.Errorf("reading font %s: table %s: %w", name, tag, errCutShort)
		}
	}
	s := &source{
		name: name, outlines: tables["glyf"],
		head: tables["head"], hhea: tables["hhea"], maxp: tables["maxp"],
		units: int(binary.BigEndian.Uint16(tables["head"][18:])),
	}
	if s.units == 0 {
		return nil, fmt.Errorf("reading font %s: no units per em", name)
	}
	count := int(binary.BigEndian.Uint16(s.maxp[4:]))
	if s.starts, err = starts(tables["loca"], binary.BigEndian.Uint16(s.head[50:]), count, len(s.outlines)); err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	if s.metrics, err = metrics(tables["hmtx"], int(binary.BigEndian.Uint16(s.hhea[34:])), count); err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	if s.glyphs, err = coverage(file, count); err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	s.look = s.describe(tables["OS/2"], tables["post"])
	return s, nil
}

// directory finds the tables of a TrueType file (OpenType 1.9, "Organization
// of an OpenType Font").
func directory(file []byte) (map[string][]byte, error) {
	if len(file) < 12 || binary.BigEndian.Uint32(file) != 0x00010000 {
		return nil, errors.New("not a TrueType font")
	}
	count := int(binary.BigEndian.Uint16(file[4:]))
	if len(file) < 12+16*count {
		return nil, errCutShort
	}
	tables := make(map[string][]byte, count)
	for i := range count {
		entry := file[12+16*i:]
		from := uint64(binary.BigEndian.Uint32(entry[8:]))
		size := uint64(binary.BigEndian.Uint32(entry[12:]))
		if from+size > uint64(len(file)) {
			return nil, errCutShort
		}
		tables[string(entry[:4])] = file[from : from+size : from+size]
	}
	return tables, nil
}

func starts(loca []byte, format uint16, count, end int) ([]uint32, error) {
	wide := 2
	if format == 1 {
		wide = 4
	}
	if len(loca) < wide*(count+1) {
		return nil, errCutShort
	}
	list := make([]uint32, count+1)
	for i := range list {
		if wide == 4 {
			list[i] = binary.BigEndian.Uint32(loca[4*i:])
		} else {
			list[i] = 2 * uint32(binary.BigEndian.Uint16(loca[2*i:]))
		}
		if int(list[i]) > end || i > 0 && list[i] < list[i-1] {
			return nil, errors.New("table loca points outside the outlines")
		}
	}
	return list, nil
}

// metrics expands table hmtx: glyphs beyond its full entries share the last
// advance.
func metrics(hmtx []byte, full, count int) ([]metric, error) {
	if full < 1 || full > count || len(hmtx) < 4*full+2*(count-full) {
		return nil, errCutShort
	}
	list := make([]metric, count)
	for i := range list {
		if i < full {
			list[i].advance = binary.BigEndian.Uint16(hmtx[4*i:])
			list[i].bearing = int16(binary.BigEndian.Uint16(hmtx[4*i+2:]))
			continue
		}
		list[i].advance = list[full-1].advance
		list[i].bearing = int16(binary.BigEndian.Uint16(hmtx[4*full+2*(i-full):]))
	}
	return list, nil
}

func coverage(file []byte, count int) ([]uint16, error) {
	font, err := sfnt.Parse(file)
	if err != nil {
		return nil, err
	}
	var buffer sfnt.Buffer
	glyphs := make([]uint16, 1<<16)
	for r := range glyphs {
		glyph, err := font.GlyphIndex(&buffer, rune(r))
		if err != nil {
			return nil, err
		}
		if int(glyph) < count {
			glyphs[r] = uint16(glyph)
		}
	}
	return glyphs, nil
}

func (s *source) describe(os2, post []byte) Look {
	number := func(table []byte, at int) int { return int(int16(binary.BigEndian.Uint16(table[at:]))) }
	look := Look{
		Ascent:      s.thousandths(number(s.hhea, 4)),
		Descent:     s.thousandths(number(s.hhea, 6)),
		ItalicAngle: number(post, 4),
		Weight:      number(os2, 4),
	}
	if len(os2) < 90 { // before version 2 the table has no height of capitals
		look.CapHeight = look.Ascent
	} else {
		look.CapHeight = s.thousandths(number(os2, 88))
	}
	for i := range look.Box {
		look.Box[i] = s.thousandths(number(s.head, 36+2*i))
	}
	return look
}

func (s *source) thousandths(units int) int { return units * 1000 / s.units }

// outline returns a glyph's bytes; empty for a glyph without ink.
func (s *source) outline(glyph uint16) []byte {
	return s.outlines[s.starts[glyph]:s.starts[glyph+1]]
}
