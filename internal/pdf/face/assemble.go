package face

import (
	"encoding/binary"
	"maps"
	"slices"
)

// assemble puts tables together to one TrueType file, with the sums that
// OpenType 1.9 asks for.
func assemble(tables map[string][]byte) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	file := binary.BigEndian.AppendUint32(nil, 0x00010000)
	power, exponent := 1, 0
	for power*2 <= len(tags) {
		power, exponent = power*2, exponent+1
	}
	for _, n := range []int{len(tags), 16 * power, exponent, 16 * (len(tags) - power)} {
		file = binary.BigEndian.AppendUint16(file, uint16(n))
	}
	at, head := 12+16*len(tags), 0
	for _, tag := range tags {
		if tag == "head" {
			head = at
		}
		file = append(file, tag...)
		file = binary.BigEndian.AppendUint32(file, sum(tables[tag]))
		file = binary.BigEndian.AppendUint32(file, uint32(at))
		file = binary.BigEndian.AppendUint32(file, uint32(len(tables[tag])))
		at += (len(tables[tag]) + 3) &^ 3
	}
	for _, tag := range tags {
		file = append(file, tables[tag]...)
		for len(file)%4 != 0 {
			file = append(file, 0)
		}
	}
	binary.BigEndian.PutUint32(file[head+8:], 0xB1B0AFBA-sum(file))
	return file
}

// sum adds the big-endian words of a table, the last one filled up with zeros.
func sum(table []byte) uint32 {
	var total uint32
	for ; len(table) >= 4; table = table[4:] {
		total += binary.BigEndian.Uint32(table)
	}
	var rest [4]byte
	copy(rest[:], table)
	return total + binary.BigEndian.Uint32(rest[:])
}

// Blank is a TrueType font with one glyph, without ink and one thousandth of
// an em wide, for an engine that insists on a font but shall not embed one.
func Blank() []byte {
	head := make([]byte, 54)
	binary.BigEndian.PutUint32(head, 0x00010000)
	binary.BigEndian.PutUint32(head[12:], 0x5F0F3CF5)
	binary.BigEndian.PutUint16(head[18:], 1000)
	hhea := make([]byte, 36)
	binary.BigEndian.PutUint32(hhea, 0x00010000)
	binary.BigEndian.PutUint16(hhea[34:], 1)
	maxp := make([]byte, 32)
	binary.BigEndian.PutUint32(maxp, 0x00010000)
	binary.BigEndian.PutUint16(maxp[4:], 1)
	return assemble(map[string][]byte{
		"head": head, "hhea": hhea, "maxp": maxp,
		"hmtx": {0, 1, 0, 0},
		"loca": make([]byte, 4),
		"glyf": {},
		"name": {0, 0, 0, 0, 0, 6, 0, 0},
		"post": make([]byte, 32),
		"cmap": blankMap(),
	})
}

// blankMap is a Unicode character map in format 4 that maps nothing.
func blankMap() []byte {
	var table []byte
	for _, n := range []uint16{0, 1, 3, 1, 0, 12, 4, 24, 0, 2, 2, 0, 0, 0xFFFF, 0, 0xFFFF, 1, 0} {
		table = binary.BigEndian.AppendUint16(table, n)
	}
	return table
}
