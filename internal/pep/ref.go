package pep

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// Ref is the opaque reference of one child, for life, of the form
// PEP-7F3K-2Q. It tells nothing about the child and is the only name of a
// child that may stand in a subject, a file name, a log or an error.
type Ref string

// RefKey permutes serial numbers into references, so that two references say
// nothing about which child came first.
type RefKey [32]byte

// refAlphabet is Crockford's base 32: no I, L, O or U, so that a reference
// survives being read over the telephone.
const refAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// MaxSerial is the largest serial number that has a reference: five
// characters carry 25 bits, the sixth is the check character.
const MaxSerial = 1<<25 - 1

// NewRef is the reference of a serial number under a key. The map is a
// permutation: two serial numbers never share a reference. Serial numbers
// above [MaxSerial] have none.
func NewRef(key RefKey, serial uint32) (Ref, error) {
	if serial > MaxSerial {
		return "", invalid(BadNumber, "the register is full: no reference is left")
	}
	hidden := permute(key, serial)
	// A permutation of 26 bits is walked until it lands below 2^25; the walk
	// ends because serial itself lies on the same cycle.
	for hidden > MaxSerial {
		hidden = permute(key, hidden)
	}
	return formatRef(hidden), nil
}

// permute is a four-round Feistel network over two halves of 13 bits.
func permute(key RefKey, v uint32) uint32 {
	left, right := v>>13, v&(1<<13-1)
	for round := byte(0); round < 4; round++ {
		left, right = right, left^roundBits(key, round, right)
	}
	return left<<13 | right
}

func roundBits(key RefKey, round byte, half uint32) uint32 {
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte{round, byte(half >> 8), byte(half)})
	return binary.BigEndian.Uint32(mac.Sum(nil)) & (1<<13 - 1)
}

func formatRef(v uint32) Ref {
	var c [6]byte
	for i := 4; i >= 0; i-- {
		c[i] = refAlphabet[v&31]
		v >>= 5
	}
	c[5] = refCheck(string(c[:5]))
	return Ref("PEP-" + string(c[:4]) + "-" + string(c[4:]))
}

// refCheck is a Luhn mod 32 character: it catches every single wrong
// character and nearly every swap of neighbours.
func refCheck(five string) byte {
	sum, double := 0, true
	for i := len(five) - 1; i >= 0; i-- {
		n := strings.IndexByte(refAlphabet, five[i])
		if double {
			n = n*2/32 + n*2%32
		}
		sum += n
		double = !double
	}
	return refAlphabet[(32-sum%32)%32]
}

// ParseRef reads a reference as a person types it: any case, O for 0 and I or
// L for 1 as Crockford allows, hyphens optional. It refuses a wrong check character.
func ParseRef(text string) (Ref, error) {
	s := strings.ToUpper(strings.TrimSpace(text))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "PEP"), "-")
	s = strings.NewReplacer("-", "", "O", "0", "I", "1", "L", "1").Replace(s)
	if len(s) != 6 {
		return "", invalid(BadNumber, "not a reference of the form PEP-7F3K-2Q")
	}
	for i := range len(s) {
		if strings.IndexByte(refAlphabet, s[i]) < 0 {
			return "", invalid(BadNumber, "not a reference of the form PEP-7F3K-2Q")
		}
	}
	if refCheck(s[:5]) != s[5] {
		return "", invalid(BadNumber, "the reference's check character is wrong: a character was mistyped")
	}
	return Ref("PEP-" + s[:4] + "-" + s[4:]), nil
}
