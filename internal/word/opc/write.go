package opc

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
)

// Part is one file of a package to be written.
type Part struct {
	Name    string
	Content []byte
}

// dosEpoch is 1 January 1980, the earliest day of a ZIP archive: files made
// from the same data have the same bytes.
const dosEpoch = 1<<5 | 1

// Write packs parts in the given order. Content types should come first.
func Write(parts []Part) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	packer, err := flate.NewWriter(nil, packing)
	if err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	for _, part := range parts {
		if err := writePart(archive, packer, part); err != nil {
			return nil, fmt.Errorf("packing %s: %w", base(part.Name), err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("closing the archive: %w", err)
	}
	return out.Bytes(), nil
}

// packing trades a tenth of the size for half of the time.
const packing = 2

// Changed is the package with some parts replaced; all others keep their
// packed bytes.
func (p *Package) Changed(parts map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(p.data))
	archive := zip.NewWriter(&out)
	packer, err := flate.NewWriter(nil, packing)
	if err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	for _, e := range p.entries {
		if content, changed := parts[e.name]; changed {
			err = writePart(archive, packer, Part{e.name, content})
		} else {
			err = writePacked(archive, p.data[e.dataFrom:e.dataTo], zip.FileHeader{
				Name: e.name, Method: e.method, CRC32: e.crc, UncompressedSize64: uint64(e.size),
			})
		}
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", base(e.name), err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("closing the archive: %w", err)
	}
	return out.Bytes(), nil
}

func writePart(archive *zip.Writer, packer *flate.Writer, part Part) error {
	var packed bytes.Buffer
	packed.Grow(len(part.Content)/8 + 64)
	packer.Reset(&packed)
	if _, err := packer.Write(part.Content); err != nil {
		return err
	}
	if err := packer.Close(); err != nil {
		return err
	}
	return writePacked(archive, packed.Bytes(), zip.FileHeader{
		Name: part.Name, Method: zip.Deflate,
		CRC32: crc32.ChecksumIEEE(part.Content), UncompressedSize64: uint64(len(part.Content)),
	})
}

func writePacked(archive *zip.Writer, packed []byte, header zip.FileHeader) error {
	header.CompressedSize64 = uint64(len(packed))
	//lint:ignore SA1019 a raw entry takes the DOS date alone
	header.ModifiedDate = dosEpoch
	w, err := archive.CreateRaw(&header)
	if err != nil {
		return err
	}
	_, err = w.Write(packed)
	return err
}
