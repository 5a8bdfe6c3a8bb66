package face

import (
	"encoding/binary"
	"slices"
)

// Flags of a compound glyph's part (OpenType 1.9, table glyf).
const (
	wordArguments  = 0x0001
	argumentsAreXY = 0x0002
	oneScale       = 0x0008
	moreParts      = 0x0020
	twoScales      = 0x0040
	fourScales     = 0x0080
	hasHints       = 0x0100
	outlineHeader  = 10
	partHeaderSize = 4
)

// unhinted copies an outline without its hints. Each part of a compound glyph
// is renumbered; renumber says false for a part the font does not have.
func unhinted(outline []byte, renumber func(uint16) (uint16, bool)) ([]byte, error) {
	if len(outline) == 0 {
		return nil, nil
	}
	if len(outline) < outlineHeader {
		return nil, errCutShort
	}
	if contours := int16(binary.BigEndian.Uint16(outline)); contours >= 0 {
		return unhintedSimple(outline, int(contours))
	}
	return renumbered(slices.Clone(outline), renumber)
}

func unhintedSimple(outline []byte, contours int) ([]byte, error) {
	at := outlineHeader + 2*contours
	if len(outline) < at+2 {
		return nil, errCutShort
	}
	hints := int(binary.BigEndian.Uint16(outline[at:]))
	if len(outline) < at+2+hints {
		return nil, errCutShort
	}
	plain := make([]byte, 0, len(outline)-hints)
	plain = append(plain, outline[:at]...)
	plain = append(plain, 0, 0)
	return append(plain, outline[at+2+hints:]...), nil
}

func renumbered(outline []byte, renumber func(uint16) (uint16, bool)) ([]byte, error) {
	at := outlineHeader
	for {
		if len(outline) < at+partHeaderSize {
			return nil, errCutShort
		}
		flags := binary.BigEndian.Uint16(outline[at:])
		part, known := renumber(binary.BigEndian.Uint16(outline[at+2:]))
		if !known {
			return nil, errCutShort
		}
		binary.BigEndian.PutUint16(outline[at:], flags&^hasHints)
		binary.BigEndian.PutUint16(outline[at+2:], part)
		at += partHeaderSize + argumentBytes(flags)
		if len(outline) < at {
			return nil, errCutShort
		}
		if flags&moreParts == 0 {
			return outline[:at], nil
		}
	}
}

func argumentBytes(flags uint16) int {
	size := 2
	if flags&wordArguments != 0 {
		size = 4
	}
	switch {
	case flags&oneScale != 0:
		size += 2
	case flags&twoScales != 0:
		size += 4
	case flags&fourScales != 0:
		size += 8
	}
	return size
}
