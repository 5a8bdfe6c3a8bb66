package opc

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"sync"
)

var (
	// unpackers are kept for the next file: to make one takes as long as to use
	// it.
	unpackers = sync.Pool{New: func() any { return new(unpacker) }}
	// packers are kept likewise.
	packers = sync.Pool{New: func() any { return newPacker() }}
)

// unpacker unpacks parts; room is where.
type unpacker struct {
	inflater inflater
	room     []byte
}

// maxRoom is the largest room that is kept, in bytes.
const maxRoom = 2 << 20

// unpack gives a part of the size that the directory claims, and its checksum.
func (u *unpacker) unpack(packed []byte, size int) (content string, crc uint32, refused *RefusedError) {
	room := u.room
	if cap(room) < size {
		room = make([]byte, size)
	}
	if cap(room) <= maxRoom {
		u.room = room
	}
	room = room[:size]
	switch u.inflater.inflate(packed, room) {
	case tooLong:
		return "", 0, refuse(Bomb, "a part unpacks to more than the archive says")
	case broken:
		return "", 0, refuse(Corrupt, "a part cannot be unpacked")
	}
	u.inflater.in, u.inflater.out = nil, nil
	return string(room), crc32.ChecksumIEEE(room), nil
}

// packing is the level that trades a tenth of the size for half of the time.
const packing = 3

// packer packs parts.
type packer struct {
	writer *flate.Writer
	out    bytes.Buffer
}

func newPacker() *packer {
	writer, _ := flate.NewWriter(io.Discard, packing) // the level is known to be valid
	return &packer{writer: writer}
}

// pack gives content packed; the bytes are good until the next call.
func (p *packer) pack(content []byte) ([]byte, error) {
	p.out.Reset()
	p.writer.Reset(&p.out)
	if _, err := p.writer.Write(content); err != nil {
		return nil, err
	}
	if err := p.writer.Close(); err != nil {
		return nil, err
	}
	return p.out.Bytes(), nil
}
