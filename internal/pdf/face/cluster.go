package face

import (
	"encoding/binary"
	"fmt"
)

// Cluster is what a shaper made of one or several characters that cannot be
// told apart in drawing: a letter in the shape its neighbours ask for, a letter
// with its marks, a ligature. In the file it is one glyph, so that one code has
// one meaning and text copied from a page is what was written.
type Cluster struct {
	// Source is which font of the stack the glyphs are of, from 0.
	Source int
	Parts  []Part
	// Advance is how far the cluster moves the pen, in font units.
	Advance int
}

// Part is one glyph of a cluster and where it stands, in font units.
type Part struct {
	Glyph uint16
	X, Y  int16
}

// FirstCluster is the code of the first cluster: that of the first private
// character, which no text of ours may hold.
const FirstCluster = '\uE000'

// mostClusters have codes in one font.
const mostClusters = 0xF8FF - FirstCluster + 1

// compoundOf is the source of glyphs that no font has but were put together.
const compoundOf = 0xFF

// cluster adds a glyph put together of parts.
func (c *cutter) cluster(cluster Cluster) (uint16, error) {
	if cluster.Source < 0 || cluster.Source >= len(c.stack.sources) {
		return 0, fmt.Errorf("a cluster of font %d of %d", cluster.Source, len(c.stack.sources))
	}
	if cluster.Advance < 0 || cluster.Advance > 0xFFFF {
		return 0, fmt.Errorf("a cluster that moves the pen by %d", cluster.Advance)
	}
	from := c.stack.sources[cluster.Source]
	for _, part := range cluster.Parts {
		if int(part.Glyph) >= len(from.metrics) {
			return 0, fmt.Errorf("font %s has no glyph %d", from.name, part.Glyph)
		}
	}
	if c.clusters == nil {
		c.clusters = make(map[uint16]Cluster)
	}
	at := uint16(len(c.order))
	c.order = append(c.order, origin{source: compoundOf, glyph: at})
	c.clusters[at] = cluster
	for i, part := range cluster.Parts {
		if len(from.outline(part.Glyph)) > 0 {
			c.take(origin{uint8(cluster.Source), cluster.Parts[i].Glyph})
		}
	}
	return at, nil
}

// compound writes a glyph that refers to its parts (OpenType 1.9, table glyf);
// nothing where no part has ink.
func (c *cutter) compound(cluster Cluster) []byte {
	from := c.stack.sources[cluster.Source]
	outline := make([]byte, outlineHeader)
	binary.BigEndian.PutUint16(outline, 0xFFFF) // minus one: compound
	last := -1
	for _, part := range cluster.Parts {
		ink := from.outline(part.Glyph)
		if len(ink) < outlineHeader {
			continue
		}
		if last >= 0 {
			outline[last+1] |= moreParts
		}
		widen(outline[2:outlineHeader], ink[2:outlineHeader], part, last < 0)
		last = len(outline)
		for _, n := range []uint16{
			wordArguments | argumentsAreXY, c.take(origin{uint8(cluster.Source), part.Glyph}),
			uint16(part.X), uint16(part.Y),
		} {
			outline = binary.BigEndian.AppendUint16(outline, n)
		}
	}
	if last < 0 {
		return nil
	}
	return outline
}

// widen has a box (left, foot, right, top) hold that of a part, too.
func widen(box, part []byte, at Part, first bool) {
	for i, shift := range []int16{at.X, at.Y, at.X, at.Y} {
		edge := int16(binary.BigEndian.Uint16(part[2*i:])) + shift
		now := int16(binary.BigEndian.Uint16(box[2*i:]))
		if first || i < 2 && edge < now || i >= 2 && edge > now {
			binary.BigEndian.PutUint16(box[2*i:], uint16(edge))
		}
	}
}

// maxCompound raises the bounds of table maxp to those of the clusters: their
// parts may be compound themselves.
func (c *cutter) maxCompound(maxp []byte) {
	most := 0
	for _, cluster := range c.clusters {
		most = max(most, len(cluster.Parts))
	}
	if most == 0 {
		return
	}
	raise := func(at, to int) {
		if to > int(binary.BigEndian.Uint16(maxp[at:])) {
			binary.BigEndian.PutUint16(maxp[at:], uint16(min(to, 0xFFFF)))
		}
	}
	value := func(at int) int { return int(binary.BigEndian.Uint16(maxp[at:])) }
	raise(10, most*max(value(6), value(10))) // maxCompositePoints
	raise(12, most*max(value(8), value(12))) // maxCompositeContours
	raise(28, most)                          // maxComponentElements
	raise(30, value(30)+1)                   // maxComponentDepth
}

// NumberedAdvance is how far a glyph of one font of the stack moves the pen, in
// font units; 0 where there is none.
func (s *Stack) NumberedAdvance(source int, glyph uint16) int {
	if source < 0 || source >= len(s.sources) || int(glyph) >= len(s.sources[source].metrics) {
		return 0
	}
	return int(s.sources[source].metrics[glyph].advance)
}

// Draws reports whether the stack draws a character alone with this glyph of
// this font.
func (s *Stack) Draws(r rune, source int, glyph uint16) bool {
	return s.Covers(r) && int(s.places[r].source) == source+1 && s.sources[source].glyphs[r] == glyph
}

// Has reports whether one font of the stack has the character.
func (s *Stack) Has(source int, r rune) bool {
	return r >= 0 && r <= 0xFFFF && s.sources[source].glyphs[r] != 0
}
