package rehearsal

import (
	"encoding/binary"
	"hash/fnv"
)

// chance is what looks like luck in a rehearsal: numbers that a label alone
// decides, so that the same term is played every time.
type chance string

// under adds to the label, for a choice within a choice.
func (c chance) under(label string) chance { return c + "/" + chance(label) }

// below gives a number from 0 up to but not including n; 0 where n is less
// than 1.
func (c chance) below(n int) int {
	if n < 1 {
		return 0
	}
	sum := fnv.New64a()
	sum.Write([]byte(c))
	var tail [8]byte
	binary.BigEndian.PutUint64(tail[:], sum.Sum64())
	// A second round, because short labels that differ in their end differ too
	// little after one.
	sum.Write(tail[:])
	return int(sum.Sum64() >> 17 % uint64(n))
}

// in reports whether something that happens in so many of a hundred cases
// happens here.
func (c chance) in(hundredths int) bool { return c.below(100) < hundredths }

// one picks one of several.
func one[T any](c chance, from []T) T { return from[c.below(len(from))] }
