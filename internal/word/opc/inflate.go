package opc

import "encoding/binary"

// inflater unpacks DEFLATE data (RFC 1951) of a known size straight into its
// place: the standard library's reader, which may not know the size, takes
// twice as long, and it is a fifth of the time of reading a form. It writes
// nothing beyond the size, and what it reads past the end counts as broken.
type inflater struct {
	in  []byte
	at  int
	out []byte
	// bits holds count bits of the input, the next lowest.
	bits  uint64
	count int

	literals, distances codes
}

// fault is why data cannot be unpacked.
type fault int

const (
	sound fault = iota
	broken
	tooLong
)

// Lengths and distances (RFC 1951 3.2.5).
const (
	endOfBlock   = 256
	maxLiterals  = 286
	maxDistances = 30
	allLiterals  = 288
)

// inflate fills out with what in unpacks to.
func (z *inflater) inflate(in, out []byte) fault {
	z.in, z.at, z.out, z.bits, z.count = in, 0, out, 0, 0
	done := 0
	for last := false; !last; {
		last = z.take(1) == 1
		var why fault
		switch z.take(2) {
		case 0:
			done, why = z.stored(done)
		case 1:
			z.fixedCodes()
			done, why = z.block(done)
		case 2:
			if !z.readCodes() {
				return broken
			}
			done, why = z.block(done)
		default:
			return broken
		}
		if why != sound {
			return why
		}
	}
	if done != len(out) {
		return broken
	}
	return sound
}

// refill makes sure of at least 56 bits, zeros past the end.
func (z *inflater) refill() {
	if z.at+8 <= len(z.in) {
		z.bits |= binary.LittleEndian.Uint64(z.in[z.at:]) << z.count
		z.at += (63 - z.count) >> 3
		z.count |= 56
		return
	}
	for z.count < 56 && z.at < len(z.in) {
		z.bits |= uint64(z.in[z.at]) << z.count
		z.at++
		z.count += 8
	}
}

// take gives up to 16 bits. Past the end count falls below zero, which ends
// every loop.
func (z *inflater) take(n int) int {
	if z.count < n {
		z.refill()
	}
	bits := int(z.bits & (1<<n - 1))
	z.bits >>= n
	z.count -= n
	return bits
}

// stored copies a block that is not packed.
func (z *inflater) stored(done int) (int, fault) {
	if z.count < 0 {
		return done, broken
	}
	z.take(z.count & 7)
	size, check := z.take(16), z.take(16)
	if z.count < 0 || size != check^0xFFFF {
		return done, broken
	}
	// What was read ahead is given back.
	z.at -= z.count / 8
	z.bits, z.count = 0, 0
	switch {
	case z.at+size > len(z.in):
		return done, broken
	case done+size > len(z.out):
		return done, tooLong
	}
	copy(z.out[done:], z.in[z.at:z.at+size])
	z.at += size
	return done + size, sound
}

// block unpacks one block by the codes in hand.
func (z *inflater) block(done int) (int, fault) {
	for z.count >= 0 {
		z.refill()
		symbol := z.literals.next(z)
		switch {
		case symbol < 0:
			return done, broken
		case symbol < endOfBlock:
			if done == len(z.out) {
				return done, tooLong
			}
			z.out[done] = byte(symbol)
			done++
			continue
		case symbol == endOfBlock:
			if z.count < 0 {
				return done, broken
			}
			return done, sound
		case symbol >= maxLiterals:
			return done, broken
		}
		length := lengthOf(symbol-endOfBlock-1, z)
		code := z.distances.next(z)
		if code < 0 || code >= maxDistances {
			return done, broken
		}
		distance := distanceOf(code, z)
		switch {
		case z.count < 0 || distance > done:
			return done, broken
		case done+length > len(z.out):
			return done, tooLong
		}
		if from := z.out[done-distance:]; distance >= length {
			copy(z.out[done:done+length], from)
		} else {
			repeat(z.out[done:done+length], from)
		}
		done += length
	}
	return done, broken
}

// repeat copies what stands less than its own length before it.
func repeat(to, from []byte) {
	for i := range to {
		to[i] = from[i]
	}
}

func lengthOf(code int, z *inflater) int {
	switch {
	case code < 8:
		return code + 3
	case code == 28:
		return 258
	}
	extra := code/4 - 1
	return 3 + (4+code%4)<<extra + z.take(extra)
}

func distanceOf(code int, z *inflater) int {
	if code < 4 {
		return code + 1
	}
	extra := code/2 - 1
	return 1 + (2+code%2)<<extra + z.take(extra)
}

func (z *inflater) fixedCodes() {
	var lengths [allLiterals]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	z.literals.build(lengths[:])
	var short [maxDistances + 2]uint8
	for i := range short {
		short[i] = 5
	}
	z.distances.build(short[:])
}

// readCodes reads the two codes of a block (RFC 1951 3.2.7).
func (z *inflater) readCodes() bool {
	literals, distances, count := z.take(5)+257, z.take(5)+1, z.take(4)+4
	if literals > maxLiterals || distances > maxDistances {
		return false
	}
	var lengths [maxLiterals + maxDistances]uint8
	for _, at := range []byte("\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f")[:count] {
		lengths[at] = uint8(z.take(3))
	}
	if !z.literals.build(lengths[:19]) {
		return false
	}
	clear(lengths[:])
	if !z.readLengths(lengths[:literals+distances]) {
		return false
	}
	return z.literals.build(lengths[:literals]) && z.distances.build(lengths[literals:literals+distances])
}

// readLengths reads the lengths of codes, which are packed by a code of their
// own.
func (z *inflater) readLengths(lengths []uint8) bool {
	for i := 0; i < len(lengths); {
		z.refill()
		symbol, times, value := z.literals.next(z), 1, uint8(0)
		switch {
		case symbol < 0 || symbol == 16 && i == 0:
			return false
		case symbol < 16:
			value = uint8(symbol)
		case symbol == 16:
			times, value = 3+z.take(2), lengths[i-1]
		case symbol == 17:
			times = 3 + z.take(3)
		default:
			times = 11 + z.take(7)
		}
		if i+times > len(lengths) || z.count < 0 {
			return false
		}
		for ; times > 0; times-- {
			lengths[i] = value
			i++
		}
	}
	return true
}
