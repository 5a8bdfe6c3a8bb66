package office

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// The numbers of a compound file (MS-CFB section 2). Version 3 with sectors of
// 512 bytes is what Word itself writes, and what every reader knows.
const (
	sectorBytes     = 512
	miniSectorBytes = 64
	miniCutoff      = 4096 // streams below it live in the mini stream
	entryBytes      = 128  // one directory entry
	headerDIFAT     = 109  // FAT sectors that the header can name
	numbersInSector = sectorBytes / 4

	freeSector  = 0xFFFFFFFF
	endOfChain  = 0xFFFFFFFE
	fatSector   = 0xFFFFFFFD
	difatSector = 0xFFFFFFFC
	noEntry     = 0xFFFFFFFF

	kindStorage = 1
	kindStream  = 2
	kindRoot    = 5
)

// signature opens every compound file.
const signature = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// A node is a storage, if it has children, or else a stream.
type node struct {
	name     string
	data     []byte
	children []node
}

// writeContainer gives a compound file with nodes at its root. In the file
// come, after the header: the large streams, the mini stream, the directory,
// the mini FAT, the FAT and, for files over 6.8 MB, the DIFAT.
func writeContainer(nodes []node) []byte {
	w := &containerWriter{}
	w.body.Grow(roomFor(nodes))
	w.body.Write(make([]byte, sectorBytes)) // the header is known last
	w.entries = []entry{{name: "Root Entry", kind: kindRoot, left: noEntry, right: noEntry, child: noEntry}}
	w.entries[0].child = w.addSiblings(nodes)
	w.entries[0].size = uint64(len(w.mini))
	w.entries[0].start = w.addChain(w.mini)
	directory := w.addChain(w.directory())
	miniFAT, miniSectors := uint32(endOfChain), 0
	if len(w.miniFAT) > 0 {
		table := sectorsOfNumbers(w.miniFAT)
		miniFAT, miniSectors = w.addChain(table), len(table)/sectorBytes
	}
	fatStart, fatCount, difatCount := w.addFAT()
	w.body.Write(sectorsOfNumbers(w.fat))
	w.writeDIFAT(fatStart, fatCount, difatCount)

	file := w.body.Bytes()
	copy(file, w.header(directory, miniFAT, miniSectors, fatStart, fatCount, difatCount))
	return file
}

// roomFor estimates the size of a file: the tables take less than a fiftieth.
func roomFor(nodes []node) int {
	size := 64 * sectorBytes
	for _, n := range nodes {
		size += len(n.data) + len(n.data)/50
	}
	return size
}

// containerWriter gathers the sectors of a file and the tables about them.
type containerWriter struct {
	body    bytes.Buffer // the file so far, in whole sectors
	fat     []uint32     // the sector that follows each sector
	mini    []byte       // whole mini sectors
	miniFAT []uint32
	entries []entry
}

// An entry is one line of the directory (MS-CFB section 2.6.1).
type entry struct {
	name               string
	kind               byte
	left, right, child uint32
	start              uint32
	size               uint64
}

// addSiblings adds the entries of one storage and gives the one at the top of
// their search tree. All nodes of the tree are black, which section 2.6.4 of
// MS-CFB allows.
func (w *containerWriter) addSiblings(nodes []node) uint32 {
	sorted := append([]node(nil), nodes...)
	sortNodes(sorted)
	return w.addTree(sorted)
}

func (w *containerWriter) addTree(sorted []node) uint32 {
	if len(sorted) == 0 {
		return noEntry
	}
	middle := len(sorted) / 2
	number := w.addNode(sorted[middle])
	left, right := w.addTree(sorted[:middle]), w.addTree(sorted[middle+1:])
	w.entries[number].left, w.entries[number].right = left, right
	return number
}

// addNode adds one entry and what is below it.
func (w *containerWriter) addNode(n node) uint32 {
	number := uint32(len(w.entries))
	w.entries = append(w.entries, entry{name: n.name, kind: kindStorage, child: noEntry})
	if n.children != nil {
		child := w.addSiblings(n.children)
		w.entries[number].child = child
		return number
	}
	e := &w.entries[number]
	e.kind, e.size = kindStream, uint64(len(n.data))
	if len(n.data) < miniCutoff {
		e.start = w.addMini(n.data)
	} else {
		e.start = w.addChain(n.data)
	}
	return number
}

// sortNodes puts names in the order of MS-CFB section 2.6.4: shorter first,
// then by upper-case letters.
func sortNodes(nodes []node) {
	for i := range nodes {
		for j := i; j > 0 && nameBefore(nodes[j].name, nodes[j-1].name); j-- {
			nodes[j], nodes[j-1] = nodes[j-1], nodes[j]
		}
	}
}

func nameBefore(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return strings.ToUpper(a) < strings.ToUpper(b)
}

// addChain writes data as a chain of sectors and gives the first.
func (w *containerWriter) addChain(data []byte) uint32 {
	if len(data) == 0 {
		return endOfChain
	}
	start := uint32(len(w.fat))
	w.body.Write(data)
	w.body.Write(make([]byte, wholeSectors(len(data))-len(data)))
	w.fat = chain(w.fat, wholeSectors(len(data))/sectorBytes)
	return start
}

// addMini does the same in the mini stream.
func (w *containerWriter) addMini(data []byte) uint32 {
	if len(data) == 0 {
		return endOfChain
	}
	start := uint32(len(w.miniFAT))
	count := (len(data) + miniSectorBytes - 1) / miniSectorBytes
	w.mini = append(w.mini, data...)
	w.mini = append(w.mini, make([]byte, count*miniSectorBytes-len(data))...)
	w.miniFAT = chain(w.miniFAT, count)
	return start
}

// chain adds count consecutive sectors to a table.
func chain(table []uint32, count int) []uint32 {
	for range count - 1 {
		table = append(table, uint32(len(table)+1))
	}
	return append(table, endOfChain)
}

// addFAT makes room in the FAT for the sectors of the FAT and the DIFAT
// themselves. How many there are depends on how many there are.
func (w *containerWriter) addFAT() (start, fats, difats int) {
	start = len(w.fat)
	for {
		needFATs := ceil(start+fats+difats, numbersInSector)
		needDIFATs := ceil(max(0, needFATs-headerDIFAT), numbersInSector-1)
		if needFATs == fats && needDIFATs == difats {
			break
		}
		fats, difats = needFATs, needDIFATs
	}
	for range fats {
		w.fat = append(w.fat, fatSector)
	}
	for range difats {
		w.fat = append(w.fat, difatSector)
	}
	return start, fats, difats
}

// writeDIFAT lists the FAT sectors that the header has no room for; the last
// number of each sector names the next (MS-CFB section 2.5).
func (w *containerWriter) writeDIFAT(fatStart, fats, difats int) {
	next := fatStart + headerDIFAT
	for i := range difats {
		var numbers []uint32
		for ; len(numbers) < numbersInSector-1 && next < fatStart+fats; next++ {
			numbers = append(numbers, uint32(next))
		}
		for len(numbers) < numbersInSector-1 {
			numbers = append(numbers, freeSector)
		}
		following := uint32(endOfChain)
		if i < difats-1 {
			following = uint32(fatStart + fats + i + 1)
		}
		w.body.Write(sectorsOfNumbers(append(numbers, following)))
	}
}

// directory gives the directory sectors, filled up with unused entries.
func (w *containerWriter) directory() []byte {
	var out []byte
	for _, e := range w.entries {
		out = append(out, e.bytes()...)
	}
	unused := entry{left: noEntry, right: noEntry, child: noEntry}
	for len(out)%sectorBytes != 0 {
		out = append(out, unused.bytes()...)
	}
	return out
}

// bytes lays one entry out (MS-CFB section 2.6.1).
func (e entry) bytes() []byte {
	const black = 1
	out := make([]byte, entryBytes)
	units := utf16.Encode([]rune(e.name))
	for i, unit := range units {
		binary.LittleEndian.PutUint16(out[2*i:], unit)
	}
	if len(units) > 0 {
		binary.LittleEndian.PutUint16(out[64:], uint16(2*len(units)+2))
		out[67] = black
	}
	out[66] = e.kind
	binary.LittleEndian.PutUint32(out[68:], e.left)
	binary.LittleEndian.PutUint32(out[72:], e.right)
	binary.LittleEndian.PutUint32(out[76:], e.child)
	binary.LittleEndian.PutUint32(out[116:], e.start)
	binary.LittleEndian.PutUint64(out[120:], e.size)
	return out
}

// header lays the first 512 bytes out (MS-CFB section 2.2).
func (w *containerWriter) header(directory, miniFAT uint32, miniSectors, fatStart, fats, difats int) []byte {
	firstDIFAT := uint32(endOfChain)
	if difats > 0 {
		firstDIFAT = uint32(fatStart + fats)
	}
	out := append([]byte(signature), make([]byte, 16)...)
	for _, v := range []uint16{0x003E, 3, 0xFFFE, 9, 6, 0, 0, 0} { // version 3.62, byte order, shifts
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	out = append(out, words(0, uint32(fats), directory, 0, miniCutoff,
		miniFAT, uint32(miniSectors), firstDIFAT, uint32(difats))...)
	for i := range headerDIFAT {
		number := uint32(freeSector)
		if i < fats {
			number = uint32(fatStart + i)
		}
		out = append(out, words(number)...)
	}
	return out
}

// sectorsOfNumbers lays a table out, its last sector filled with free marks.
func sectorsOfNumbers(table []uint32) []byte {
	out := make([]byte, 0, wholeSectors(4*len(table)))
	for _, number := range table {
		out = binary.LittleEndian.AppendUint32(out, number)
	}
	for len(out)%sectorBytes != 0 {
		out = binary.LittleEndian.AppendUint32(out, freeSector)
	}
	return out
}

func wholeSectors(n int) int { return ceil(n, sectorBytes) * sectorBytes }

func ceil(n, unit int) int { return (n + unit - 1) / unit }
