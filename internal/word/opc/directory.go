package opc

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// The bounds of an archive, judged from its central directory.
const (
	maxFile    = 48 << 20
	maxEntries = 2000
	maxTotal   = 200 << 20
	maxRatio   = 200
	// ratioFrom is the size below which a ratio says nothing: a short part of
	// repeated markup packs very well.
	ratioFrom = 64 << 10
	maxName   = 512
)

// The records of a ZIP archive (APPNOTE 4.3).
const (
	localSignature   = "PK\x03\x04"
	centralSignature = "PK\x01\x02"
	endSignature     = "PK\x05\x06"
	localSize        = 30
	centralSize      = 46
	endSize          = 22
)

// The methods of packing that a Word document may use.
const (
	stored   = 0
	deflated = 8
)

// entry is one file of the archive.
type entry struct {
	name             string
	method           uint16
	crc              uint32
	packedSize, size uint32
	offset           uint32
	flags            uint16
	dataFrom, dataTo int
}

// directory reads and judges the central directory.
func directory(data []byte) ([]entry, *RefusedError) {
	start, count, err := findEnd(data)
	if err != nil {
		return nil, err
	}
	at := start
	entries := make([]entry, 0, count)
	seen := make(map[string]bool, count)
	for len(entries) < count {
		e, next, err := centralEntry(data, at)
		if err != nil {
			return nil, err
		}
		if err := judgeName(e.name, seen); err != nil {
			return nil, err
		}
		entries = append(entries, e)
		at = next
	}
	if err := judgeSizes(entries); err != nil {
		return nil, err
	}
	return entries, locate(data[:start], entries)
}

// findEnd finds the end record, which must close the file, and gives where
// the central directory starts and how many entries it has.
func findEnd(data []byte) (at, count int, refused *RefusedError) {
	// A comment may follow, of at most 65,535 bytes; the last record that fits
	// exactly is the true one.
	for i := len(data) - endSize; i >= max(0, len(data)-endSize-0xFFFF); i-- {
		if string(data[i:i+4]) != endSignature || i+endSize+int(u16(data[i+20:])) != len(data) {
			continue
		}
		end := data[i:]
		start, size := int(u32(end[16:])), int(u32(end[12:]))
		count = int(u16(end[10:]))
		switch {
		case u16(end[4:]) != 0 || u16(end[6:]) != 0 || u16(end[8:]) != u16(end[10:]):
			return 0, 0, refuse(Corrupt, "the archive says that it is split over several files")
		case count > maxEntries:
			return 0, 0, refuse(Bomb, "the archive has more than 2,000 entries")
		case start+size > i:
			return 0, 0, refuse(Corrupt, "the archive's directory is not where it should be")
		}
		return start, count, nil
	}
	return 0, 0, refuse(Corrupt, "the archive has no end record; the file may be cut short")
}

func centralEntry(data []byte, at int) (e entry, next int, refused *RefusedError) {
	if at < 0 || at+centralSize > len(data) || string(data[at:at+4]) != centralSignature {
		return entry{}, 0, refuse(Corrupt, "the archive's directory is cut short")
	}
	h := data[at:]
	name, extra, comment := int(u16(h[28:])), int(u16(h[30:])), int(u16(h[32:]))
	next = at + centralSize + name + extra + comment
	if next > len(data) || name > maxName {
		return entry{}, 0, refuse(Corrupt, "the archive's directory is cut short")
	}
	return entry{
		flags:      u16(h[8:]),
		method:     u16(h[10:]),
		crc:        u32(h[16:]),
		packedSize: u32(h[20:]),
		size:       u32(h[24:]),
		offset:     u32(h[42:]),
		name:       string(h[centralSize : centralSize+name]),
	}, next, nil
}

// judgeName refuses what could be read as another place than it seems.
func judgeName(name string, seen map[string]bool) *RefusedError {
	folded := strings.ToLower(name)
	switch {
	case name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\:\x00") ||
		slices.Contains(strings.Split(name, "/"), ".."):
		return refuse(Corrupt, "an entry's name points outside the archive")
	case seen[folded]:
		return refuse(Corrupt, "two entries have the same name")
	}
	seen[folded] = true
	return nil
}

func judgeSizes(entries []entry) *RefusedError {
	total, packed := uint64(0), uint64(0)
	for _, e := range entries {
		total += uint64(e.size)
		packed += uint64(e.packedSize)
		switch {
		case e.flags&1 != 0 || e.flags&(1<<6) != 0:
			return refuse(Encrypted, "an entry of the archive is encrypted")
		case e.size > ratioFrom && uint64(e.size) > maxRatio*uint64(e.packedSize):
			return refuse(Bomb, "an entry unpacks to more than 200 times its size")
		case total > maxTotal:
			return refuse(Bomb, "the archive unpacks to more than 200 MB")
		case e.method != stored && e.method != deflated:
			return refuse(Corrupt, "an entry is packed in a way that Word does not use")
		}
	}
	if total > ratioFrom && total > maxRatio*packed {
		return refuse(Bomb, "the archive unpacks to more than 200 times its size")
	}
	return nil
}

// locate finds each entry's data and refuses entries that overlap.
func locate(data []byte, entries []entry) *RefusedError {
	for i := range entries {
		e := &entries[i]
		at := int(e.offset)
		if at+localSize > len(data) || string(data[at:at+4]) != localSignature {
			return refuse(Corrupt, "an entry is not where the directory says")
		}
		name, extra := int(u16(data[at+26:])), int(u16(data[at+28:]))
		e.dataFrom = at + localSize + name + extra
		e.dataTo = e.dataFrom + int(e.packedSize)
		if e.dataTo > len(data) || u16(data[at+8:]) != e.method ||
			!bytes.Equal(data[at+localSize:at+localSize+min(name, len(data)-at-localSize)], []byte(e.name)) {
			return refuse(Corrupt, "an entry contradicts the directory")
		}
	}
	order := slices.Clone(entries)
	slices.SortFunc(order, func(a, b entry) int { return int(a.offset) - int(b.offset) })
	for i := 1; i < len(order); i++ {
		if int(order[i].offset) < order[i-1].dataTo {
			return refuse(Bomb, "entries of the archive overlap")
		}
	}
	return nil
}

func u16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
