package opc

// quickBits is the length up to which a code is found in one step.
const quickBits = 10

// maxBits is the longest code there is.
const maxBits = 15

// codes is one Huffman code (RFC 1951 3.2.2).
type codes struct {
	// quick has, by the next bits of the input, the symbol above the four bits
	// of its length; zero where the code is longer.
	quick [1 << quickBits]uint16
	// count is how many codes have each length, symbols stand in the order of
	// their codes.
	count   [maxBits + 1]uint16
	symbols [allLiterals]uint16
}

// build makes the code of the given lengths. As the standard library's, it
// takes a whole code, a single one of one bit, and none.
func (c *codes) build(lengths []uint8) bool {
	c.quick, c.count = [1 << quickBits]uint16{}, [maxBits + 1]uint16{}
	used := 0
	for _, length := range lengths {
		if length > 0 {
			c.count[length]++
			used++
		}
	}
	left := 1
	var next, first [maxBits + 2]int
	for length := 1; length <= maxBits; length++ {
		if left = left<<1 - int(c.count[length]); left < 0 {
			return false
		}
		next[length+1] = next[length] + int(c.count[length])
		first[length+1] = (first[length] + int(c.count[length])) << 1
	}
	if left > 0 && used > 0 && (used > 1 || c.count[1] != 1) {
		return false
	}
	for symbol, length := range lengths {
		if length == 0 {
			continue
		}
		c.symbols[next[length]] = uint16(symbol)
		next[length]++
		c.guess(symbol, int(length), first[length])
		first[length]++
	}
	return true
}

// guess notes a short code under all that may follow it.
func (c *codes) guess(symbol, length, code int) {
	if length > quickBits {
		return
	}
	turned := 0
	for range length {
		turned = turned<<1 | code&1
		code >>= 1
	}
	for at := turned; at < 1<<quickBits; at += 1 << length {
		c.quick[at] = uint16(symbol<<4 | length)
	}
}

// next reads one symbol; at least 15 bits, or all there are, must be in hand.
// It is negative where the bits are no code.
func (c *codes) next(z *inflater) int {
	if found := c.quick[z.bits&(1<<quickBits-1)]; found != 0 {
		length := int(found & 15)
		z.bits >>= length
		z.count -= length
		return int(found >> 4)
	}
	code, first, index := 0, 0, 0
	for length := 1; length <= maxBits; length++ {
		code |= int(z.bits>>(length-1)) & 1
		count := int(c.count[length])
		if code-count < first {
			z.bits >>= length
			z.count -= length
			return int(c.symbols[index+code-first])
		}
		index += count
		first = (first + count) << 1
		code <<= 1
	}
	return -1
}
