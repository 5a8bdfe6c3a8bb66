package face

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Cut is the font file of one document.
type Cut struct {
	// File is TrueType as a PDF embeds it (ISO 32000-2, 9.9): glyf, head,
	// hhea, hmtx, loca and maxp.
	File []byte
	// Characters are those the file draws, ascending; Glyphs holds the glyph
	// of each, Widths its advance in thousandths of an em.
	Characters []rune
	Glyphs     []uint16
	Widths     []int
	Look       Look
}

// origin is one glyph of one of the stack's fonts.
type origin struct {
	source uint8
	glyph  uint16
}

// cutter collects glyphs in the order of the new file.
type cutter struct {
	stack *Stack
	order []origin
	index map[origin]uint16
}

// Cut makes the font file for these characters. The same set gives the same
// bytes, whatever its order. A character that no font covers is an error.
func (s *Stack) Cut(characters []rune) (Cut, error) {
	wanted := slices.Clone(characters)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	c := cutter{stack: s, index: make(map[origin]uint16, len(wanted)+1)}
	c.take(origin{})
	cut := Cut{Characters: wanted, Look: s.Look()}
	for _, r := range wanted {
		if !s.Covers(r) {
			return Cut{}, fmt.Errorf("no font covers U+%04X", r)
		}
		at := s.places[r].source - 1
		cut.Glyphs = append(cut.Glyphs, c.take(origin{at, s.sources[at].glyphs[r]}))
		cut.Widths = append(cut.Widths, (int(s.places[r].advance)*1000+s.units/2)/s.units)
	}
	tables, err := c.tables()
	if err != nil {
		return Cut{}, err
	}
	cut.File = assemble(tables)
	return cut, nil
}

func (c *cutter) take(o origin) uint16 {
	if at, ok := c.index[o]; ok {
		return at
	}
	at := uint16(len(c.order))
	c.index[o] = at
	c.order = append(c.order, o)
	return at
}

// tables writes the glyphs out. Parts of compound glyphs join the order while
// it is walked, so the walk ends when no glyph names a new one.
func (c *cutter) tables() (map[string][]byte, error) {
	var outlines, loca, hmtx []byte
	for i := 0; i < len(c.order); i++ {
		o := c.order[i]
		from := c.stack.sources[o.source]
		outline, err := unhinted(from.outline(o.glyph), func(part uint16) (uint16, bool) {
			return c.take(origin{o.source, part}), int(part) < len(from.metrics)
		})
		if err != nil {
			return nil, fmt.Errorf("font %s, glyph %d: %w", from.name, o.glyph, err)
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(outlines)))
		outlines = append(outlines, outline...)
		for len(outlines)%4 != 0 {
			outlines = append(outlines, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, from.metrics[o.glyph].advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(from.metrics[o.glyph].bearing))
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(outlines)))
	return map[string][]byte{
		"glyf": outlines, "loca": loca, "hmtx": hmtx,
		"head": c.head(), "hhea": c.hhea(), "maxp": c.maxp(),
	}, nil
}

func (c *cutter) head() []byte {
	head := slices.Clone(c.stack.sources[0].head)
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // table loca has four bytes an entry
	return head
}

func (c *cutter) hhea() []byte {
	hhea := slices.Clone(c.stack.sources[0].hhea)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(c.order)))
	return hhea
}

// maxp states the largest of each bound over all fonts; those of hinting
// stand at nothing.
func (c *cutter) maxp() []byte {
	maxp := slices.Clone(c.stack.sources[0].maxp[:32])
	for at := 6; at < 32; at += 2 {
		for _, from := range c.stack.sources {
			if bound := binary.BigEndian.Uint16(from.maxp[at:]); bound > binary.BigEndian.Uint16(maxp[at:]) {
				binary.BigEndian.PutUint16(maxp[at:], bound)
			}
		}
	}
	for at := 14; at < 28; at += 2 {
		binary.BigEndian.PutUint16(maxp[at:], 0)
	}
	binary.BigEndian.PutUint16(maxp[14:], 1) // maxZones is 1 or 2
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(c.order)))
	return maxp
}
