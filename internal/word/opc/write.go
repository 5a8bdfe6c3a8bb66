package opc

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
)

// Part is one file of a package to be written.
type Part struct {
	Name    string
	Content []byte
	// packed is the content as it stands in the archive, where it is known.
	packed []byte
	crc    uint32
}

// Pack packs a part beforehand, for one that stands in many packages alike.
func Pack(name string, content []byte) (Part, error) {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	packed, err := p.pack(content)
	if err != nil {
		return Part{}, fmt.Errorf("packing %s: %w", base(name), err)
	}
	return Part{name, content, bytes.Clone(packed), crc32.ChecksumIEEE(content)}, nil
}

// dosEpoch is 1 January 1980, the earliest day of a ZIP archive: files made
// from the same data have the same bytes.
const dosEpoch = 1<<5 | 1

// Write packs parts in the given order. Content types should come first.
func Write(parts []Part) ([]byte, error) {
	size := 4 << 10
	for _, part := range parts {
		size += 256 + len(part.packed) + len(part.Content)/8
	}
	w, done := newWriter(size)
	defer done()
	for _, part := range parts {
		if err := w.part(part); err != nil {
			return nil, fmt.Errorf("packing %s: %w", base(part.Name), err)
		}
	}
	return w.close()
}

// Changed is the package with some parts replaced; all others keep their
// packed bytes.
func (p *Package) Changed(parts map[string][]byte) ([]byte, error) {
	w, done := newWriter(len(p.data))
	defer done()
	for _, e := range p.entries {
		var err error
		if content, changed := parts[e.name]; changed {
			err = w.part(Part{Name: e.name, Content: content})
		} else {
			err = w.packed(p.data[e.dataFrom:e.dataTo], zip.FileHeader{
				Name: e.name, Method: e.method, CRC32: e.crc, UncompressedSize64: uint64(e.size),
			})
		}
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", base(e.name), err)
		}
	}
	return w.close()
}

// writer writes one archive.
type writer struct {
	out     bytes.Buffer
	archive *zip.Writer
	packer  *packer
}

// newWriter borrows a packer until done is called.
func newWriter(size int) (w *writer, done func()) {
	w = &writer{packer: packers.Get().(*packer)}
	w.out.Grow(size)
	w.archive = zip.NewWriter(&w.out)
	return w, func() { packers.Put(w.packer) }
}

func (w *writer) part(part Part) (err error) {
	packed, crc := part.packed, part.crc
	if packed == nil {
		crc = crc32.ChecksumIEEE(part.Content)
		if packed, err = w.packer.pack(part.Content); err != nil {
			return err
		}
	}
	return w.packed(packed, zip.FileHeader{
		Name: part.Name, Method: zip.Deflate, CRC32: crc, UncompressedSize64: uint64(len(part.Content)),
	})
}

func (w *writer) packed(packed []byte, header zip.FileHeader) error {
	header.CompressedSize64 = uint64(len(packed))
	//lint:ignore SA1019 a raw entry takes the DOS date alone
	header.ModifiedDate = dosEpoch
	entry, err := w.archive.CreateRaw(&header)
	if err != nil {
		return err
	}
	_, err = entry.Write(packed)
	return err
}

func (w *writer) close() ([]byte, error) {
	if err := w.archive.Close(); err != nil {
		return nil, fmt.Errorf("closing the archive: %w", err)
	}
	return w.out.Bytes(), nil
}
