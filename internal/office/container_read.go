package office

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// maxEntries bounds the directory of a received file. Office writes about ten
// entries; a .doc with embedded objects a few thousand.
const maxEntries = 64 << 10

// A container is a compound file that was opened for reading. All it holds
// points into the file's bytes, so it cannot grow beyond them.
type container struct {
	sectors     [][]byte // without the header's
	sectorBytes int
	fat         []uint32
	miniCutoff  uint64
	miniFAT     []uint32
	mini        []byte
	directory   []byte
	version     uint16
}

// openContainer reads the tables of a compound file. The error is
// ErrNotEncrypted where there is no compound file at all, and wraps
// ErrTampered where there is a broken one.
func openContainer(file []byte) (*container, error) {
	if len(file) < len(signature) || string(file[:len(signature)]) != signature {
		return nil, ErrNotEncrypted
	}
	if len(file) < 512 {
		return nil, damaged("compound file of %d bytes", len(file))
	}
	number := func(offset int) uint32 { return binary.LittleEndian.Uint32(file[offset:]) }
	c := &container{version: binary.LittleEndian.Uint16(file[26:]), miniCutoff: uint64(number(56))}
	shift, miniShift := binary.LittleEndian.Uint16(file[30:]), binary.LittleEndian.Uint16(file[32:])
	if !(c.version == 3 && shift == 9 || c.version == 4 && shift == 12) || miniShift != 6 || c.miniCutoff != miniCutoff {
		return nil, damaged("compound file of version %d with sectors of 2^%d and 2^%d bytes", c.version, shift, miniShift)
	}
	c.sectorBytes = 1 << shift
	for rest := file[min(c.sectorBytes, len(file)):]; len(rest) > 0; rest = rest[min(c.sectorBytes, len(rest)):] {
		c.sectors = append(c.sectors, rest[:min(c.sectorBytes, len(rest))])
	}
	if err := c.readFAT(file[76:512], number(68)); err != nil {
		return nil, err
	}
	return c, c.readDirectory(number(48), number(60))
}

// sector gives one whole sector. The last of a file may be cut short where it
// ends in filling, so what is missing is read as zeros.
func (c *container) sector(number uint32) ([]byte, error) {
	if uint64(number) >= uint64(len(c.sectors)) {
		return nil, damaged("sector %d of %d", number, len(c.sectors))
	}
	sector := c.sectors[number]
	if len(sector) == c.sectorBytes {
		return sector, nil
	}
	whole := make([]byte, c.sectorBytes)
	copy(whole, sector)
	return whole, nil
}

// readFAT gathers the FAT by the sector numbers in the header and, after
// those, in the DIFAT.
func (c *container) readFAT(inHeader []byte, difat uint32) error {
	if err := c.addFAT(numbers(inHeader)); err != nil {
		return err
	}
	for steps := 0; difat != endOfChain && difat != freeSector; steps++ {
		if steps > len(c.sectors) {
			return damaged("DIFAT runs in a circle")
		}
		sector, err := c.sector(difat)
		if err != nil {
			return err
		}
		listed := numbers(sector)
		last := len(listed) - 1
		if err := c.addFAT(listed[:last]); err != nil {
			return err
		}
		difat = listed[last]
	}
	return nil
}

func (c *container) addFAT(sectors []uint32) error {
	for _, number := range sectors {
		if number == freeSector {
			continue
		}
		sector, err := c.sector(number)
		if err != nil {
			return err
		}
		if c.fat = append(c.fat, numbers(sector)...); 4*uint64(len(c.fat)) > c.bytes() {
			return damaged("FAT is larger than the file")
		}
	}
	return nil
}

// readDirectory follows the directory, the mini FAT and the mini stream.
func (c *container) readDirectory(directory, miniFAT uint32) (err error) {
	if c.directory, err = c.chain(directory, maxEntries*entryBytes); err != nil {
		return err
	}
	if len(c.directory) < entryBytes || c.directory[66] != kindRoot {
		return damaged("compound file has no root")
	}
	table, err := c.chain(miniFAT, c.bytes())
	if err != nil {
		return err
	}
	c.miniFAT = numbers(table)
	root := c.entry(0)
	c.mini, err = c.stretch(root.start, root.size)
	return err
}

// chain gives the sectors from start on, up to the end of their chain or to
// limit bytes. It never gives more than the file has, so that a chain that
// turns back on itself comes to an end too.
func (c *container) chain(start uint32, limit uint64) ([]byte, error) {
	limit = min(limit, c.bytes())
	var data []byte
	for number := start; number != endOfChain && number != freeSector && uint64(len(data)) < limit; {
		sector, err := c.sector(number)
		if err != nil {
			return nil, err
		}
		data = append(data, sector...)
		if uint64(number) >= uint64(len(c.fat)) {
			return nil, damaged("sector %d is not in the FAT", number)
		}
		number = c.fat[number]
	}
	return data, nil
}

// bytes is the size of the file without its header, in whole sectors.
func (c *container) bytes() uint64 { return uint64(len(c.sectors)) * uint64(c.sectorBytes) }

// stretch gives exactly size bytes from the chain at start.
func (c *container) stretch(start uint32, size uint64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	if size > c.bytes() {
		return nil, damaged("stream of %d bytes is larger than the file", size)
	}
	data, err := c.chain(start, size)
	if err != nil {
		return nil, err
	}
	if uint64(len(data)) < size {
		return nil, damaged("stream of %d bytes ends after %d", size, len(data))
	}
	return data[:size], nil
}

// miniStretch does the same in the mini stream.
func (c *container) miniStretch(start uint32, size uint64) ([]byte, error) {
	var data []byte
	for number := uint64(start); uint64(len(data)) < size; number = uint64(c.miniFAT[number]) {
		end := (number + 1) * miniSectorBytes
		if number >= uint64(len(c.miniFAT)) || end > uint64(len(c.mini)) {
			return nil, damaged("short stream ends after %d of %d bytes", len(data), size)
		}
		data = append(data, c.mini[number*miniSectorBytes:end]...)
	}
	return data[:size], nil
}

// entry reads one line of the directory; what is beyond it reads as unused.
func (c *container) entry(number uint32) entry {
	if uint64(number) >= uint64(len(c.directory)/entryBytes) {
		return entry{left: noEntry, right: noEntry, child: noEntry}
	}
	b := c.directory[int(number)*entryBytes:][:entryBytes]
	at := func(offset int) uint32 { return binary.LittleEndian.Uint32(b[offset:]) }
	e := entry{
		kind: b[66], left: at(68), right: at(72), child: at(76),
		start: at(116), size: binary.LittleEndian.Uint64(b[120:]),
	}
	if c.version == 3 {
		e.size &= 0xFFFFFFFF // the upper half may be anything (section 2.6.1)
	}
	length := min(int(binary.LittleEndian.Uint16(b[64:])), 64)
	var units []uint16
	for i := 0; i+2 < length; i += 2 {
		units = append(units, binary.LittleEndian.Uint16(b[i:]))
	}
	e.name = string(utf16.Decode(units))
	return e
}

// stream gives the bytes of a stream at the root. A compound file without it
// is some other kind of document, so the error is ErrNotEncrypted.
func (c *container) stream(name string) ([]byte, error) {
	found, ok := c.find(name)
	switch {
	case !ok:
		return nil, ErrNotEncrypted
	case found.size < c.miniCutoff:
		return c.miniStretch(found.start, found.size)
	}
	return c.stretch(found.start, found.size)
}

// find walks the whole tree of the root's children. It does not rely on their
// order, which not every writer keeps, and passes by each entry once.
func (c *container) find(name string) (entry, bool) {
	seen := make(map[uint32]bool)
	waiting := []uint32{c.entry(0).child}
	for len(waiting) > 0 {
		number := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if number == noEntry || seen[number] || len(seen) > maxEntries {
			continue
		}
		seen[number] = true
		e := c.entry(number)
		if e.kind == kindStream && strings.EqualFold(e.name, name) {
			return e, true
		}
		waiting = append(waiting, e.left, e.right)
	}
	return entry{}, false
}

// numbers reads a table.
func numbers(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}
