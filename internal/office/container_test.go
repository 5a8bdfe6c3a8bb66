package office

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestContainerGivesItsStreamsBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var nodes []node
		for i := range rapid.IntRange(1, 12).Draw(r, "streams") {
			size := rapid.OneOf(rapid.IntRange(0, 200), rapid.IntRange(4090, 4100), rapid.IntRange(0, 40_000)).Draw(r, "size")
			nodes = append(nodes, node{name: fmt.Sprintf("stream %d", i), data: content(size)})
		}
		nodes = append(nodes, dataSpaces())
		c, err := openContainer(writeContainer(nodes))
		if err != nil {
			r.Fatal(err)
		}
		for _, n := range nodes[:len(nodes)-1] {
			if got, err := c.stream(n.name); err != nil || !bytes.Equal(got, n.data) {
				r.Fatalf("%s: %d bytes, %v; want %d", n.name, len(got), err, len(n.data))
			}
		}
		if _, err := c.stream("\x06DataSpaces"); !errors.Is(err, ErrNotEncrypted) {
			r.Fatalf("a storage read as a stream: %v", err)
		}
	})
}

// TestContainerTables checks, at the sizes where a table begins a new sector
// or the header runs out of room, that every sector is accounted for once.
func TestContainerTables(t *testing.T) {
	const perFAT = numbersInSector * sectorBytes
	for _, size := range []int{
		0, 4095, 4096, perFAT - 3*sectorBytes, perFAT, 109 * perFAT, 109*perFAT - 110*sectorBytes,
		109*perFAT - 113*sectorBytes, 109*perFAT - 114*sectorBytes, 236 * perFAT, 237 * perFAT, 500 * perFAT,
	} {
		file := writeContainer([]node{{name: packageStream, data: make([]byte, size)}})
		if len(file)%sectorBytes != 0 {
			t.Fatalf("%d bytes: file of %d is not in whole sectors", size, len(file))
		}
		c, err := openContainer(file)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		checkTables(t, file, c)
	}
}

func checkTables(t *testing.T, file []byte, c *container) {
	t.Helper()
	fats, difats := binary.LittleEndian.Uint32(file[44:]), binary.LittleEndian.Uint32(file[72:])
	count := map[uint32]uint32{}
	pointed := map[uint32]int{}
	for number, next := range c.fat {
		count[next]++
		if next < uint32(len(c.sectors)) {
			pointed[next]++
		}
		if number < len(c.sectors) == (next == freeSector) {
			t.Fatalf("sector %d of %d is marked %#x", number, len(c.sectors), next)
		}
	}
	if count[fatSector] != fats || count[difatSector] != difats {
		t.Errorf("FAT marks %d FAT and %d DIFAT sectors, header says %d and %d", count[fatSector], count[difatSector], fats, difats)
	}
	for number, times := range pointed {
		if times > 1 {
			t.Errorf("sector %d is in %d chains", number, times)
		}
	}
}

func TestNamesAreInDirectoryOrder(t *testing.T) {
	nodes := []node{{name: "EncryptedPackage"}, {name: "EncryptionInfo"}, {name: "version"}, {name: "Alpha"}, {name: "\x06DataSpaces"}, {name: "TransformInfo"}, {name: "DataSpaceInfo"}}
	sortNodes(nodes)
	want := []string{"Alpha", "version", "\x06DataSpaces", "DataSpaceInfo", "TransformInfo", "EncryptionInfo", "EncryptedPackage"}
	for i, n := range nodes {
		if n.name != want[i] {
			t.Fatalf("place %d: %q, want %q", i, n.name, want[i])
		}
	}
}

// TestDataSpacesAreThoseOfWord compares with the streams in a file that Word
// for Windows wrote; there is nothing in them that differs between files.
func TestDataSpacesAreThoseOfWord(t *testing.T) {
	const fromWord = "8fed3259ab680dd6eeb58bae6a998f9ea9d91a0d09029bd7c9a4fd00d9a40d97"
	all := join(dataSpaceVersion(), dataSpaceMap(), dataSpaceDefinition(), transformInfo())
	if got := fmt.Sprintf("%x", sha256.Sum256(all)); got != fromWord {
		t.Errorf("data spaces have SHA-256 %s, want %s", got, fromWord)
	}
}

func TestBrokenContainersAreRefused(t *testing.T) {
	good := writeContainer([]node{{name: infoStream, data: content(5000)}, {name: packageStream, data: content(90)}})
	directory := binary.LittleEndian.Uint32(good[48:])
	fat := binary.LittleEndian.Uint32(good[76:])
	at := func(sector uint32) int { return int(sector+1) * sectorBytes }
	put := func(offset int, value uint32) func([]byte) {
		return func(b []byte) { binary.LittleEndian.PutUint32(b[offset:], value) }
	}
	tests := map[string]func([]byte){
		"another version":           func(b []byte) { b[26] = 7 },
		"another sector size":       func(b []byte) { b[30] = 20 },
		"another cutoff":            put(56, 1<<20),
		"FAT beyond the file":       put(76, 1<<20),
		"more FAT than file":        func(b []byte) { copy(b[80:512], bytes.Repeat(b[76:80], 108)) },
		"directory beyond the file": put(48, 1<<20),
		"no directory":              put(48, endOfChain),
		"mini FAT beyond the file":  put(60, 1<<20),
		"no mini FAT":               put(60, endOfChain),
		"DIFAT in a circle":         func(b []byte) { circle(b, fat) },
		"no root":                   func(b []byte) { b[at(directory)+66] = kindStream },
		"mini stream too long":      put(at(directory)+120, 1<<30),
		"chain leaves the file":     put(at(fat)+4, 1<<20),
		"chain ends early":          put(at(fat)+4, endOfChain),
	}
	for name, breakIt := range tests {
		file := bytes.Clone(good)
		breakIt(file)
		if _, _, err := openFile(file); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v, want ErrTampered", name, err)
		}
	}
}

// circle makes an empty sector, behind the last, the DIFAT that names itself.
func circle(b []byte, sector uint32) {
	binary.LittleEndian.PutUint32(b[68:], sector)
	for i := range numbersInSector {
		binary.LittleEndian.PutUint32(b[int(sector+1)*sectorBytes+4*i:], freeSector)
	}
	binary.LittleEndian.PutUint32(b[int(sector+2)*sectorBytes-4:], sector)
}

func TestTreeThatRunsInACircleEnds(t *testing.T) {
	file := writeContainer([]node{{name: "a", data: content(10)}, {name: "b", data: content(10)}})
	directory := int(binary.LittleEndian.Uint32(file[48:])+1) * sectorBytes
	for _, entry := range []int{1, 2} {
		for _, link := range []int{68, 72, 76} {
			binary.LittleEndian.PutUint32(file[directory+entry*entryBytes+link:], 1)
		}
	}
	c, err := openContainer(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.stream("c"); !errors.Is(err, ErrNotEncrypted) {
		t.Errorf("looking for what is not there: %v", err)
	}
}

func FuzzContainer(f *testing.F) {
	f.Add(writeContainer([]node{dataSpaces(), {name: infoStream, data: content(1000)}, {name: packageStream, data: content(5000)}}))
	f.Add(writeContainer(nil))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := openContainer(file)
		if err != nil {
			return
		}
		for number := range uint32(len(c.directory) / entryBytes) {
			if data, err := c.stream(c.entry(number).name); err == nil && len(data) > len(file)+4096 {
				t.Errorf("stream of %d bytes out of a file of %d", len(data), len(file))
			}
		}
	})
}
