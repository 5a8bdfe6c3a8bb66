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
	// Characters are the codes the file draws, ascending: characters, and from
	// [FirstCluster] on the clusters in their order. Glyphs holds the glyph of
	// each, Widths its advance in thousandths of an em.
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
	// clusters are the glyphs put together of others, by their place in order.
	clusters map[uint16]Cluster
}

// Cut makes the font file for these characters and clusters. The same set gives
// the same bytes, whatever the characters' order. A character that no font
// covers, or more clusters than there are codes for, is an error.
func (s *Stack) Cut(characters []rune, clusters ...Cluster) (Cut, error) {
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
	if len(clusters) > mostClusters {
		return Cut{}, fmt.Errorf("%d shaped clusters in one document; a font has codes for %d", len(clusters), mostClusters)
	}
	for i, cluster := range clusters {
		glyph, err := c.cluster(cluster)
		if err != nil {
			return Cut{}, err
		}
		cut.Characters = append(cut.Characters, FirstCluster+rune(i))
		cut.Glyphs = append(cut.Glyphs, glyph)
		cut.Widths = append(cut.Widths, (cluster.Advance*1000+s.units/2)/s.units)
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
		outline, m, err := c.glyph(uint16(i))
		if err != nil {
			return nil, err
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(outlines)))
		outlines = append(outlines, outline...)
		for len(outlines)%4 != 0 {
			outlines = append(outlines, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, m.advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(m.bearing))
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(outlines)))
	return map[string][]byte{
		"glyf": outlines, "loca": loca, "hmtx": hmtx,
		"head": c.head(), "hhea": c.hhea(), "maxp": c.maxp(),
	}, nil
}

// glyph is the outline and the metric of one glyph of the new file.
func (c *cutter) glyph(at uint16) ([]byte, metric, error) {
	if cluster, ok := c.clusters[at]; ok {
		outline := c.compound(cluster)
		m := metric{advance: uint16(cluster.Advance)}
		if len(outline) > 0 {
			m.bearing = int16(binary.BigEndian.Uint16(outline[2:]))
		}
		return outline, m, nil
	}
	o := c.order[at]
	from := c.stack.sources[o.source]
	outline, err := unhinted(from.outline(o.glyph), func(part uint16) (uint16, bool) {
		return c.take(origin{o.source, part}), int(part) < len(from.metrics)
	})
	if err != nil {
		return nil, metric{}, fmt.Errorf("font %s, glyph %d: %w", from.name, o.glyph, err)
	}
	return outline, from.metrics[o.glyph], nil
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
	c.maxCompound(maxp)
	binary.BigEndian.PutUint16(maxp[14:], 1) // maxZones is 1 or 2
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(c.order)))
	return maxp
}
