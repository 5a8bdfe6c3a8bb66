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
