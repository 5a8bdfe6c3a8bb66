package keyring

import (
	"bytes"
	"encoding/base64"
)

const (
	armorBegin = "-----BEGIN PGP MESSAGE-----\n\n"
	armorEnd   = "-----END PGP MESSAGE-----\n"
	// armorLine is how many bytes stand on a line of 64 characters.
	armorLine = 48
)

// armored writes a message as ASCII (RFC 9580 section 6.2), with the checksum
// that older readers want to see.
func armored(data []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(armorBegin) + len(data)/armorLine*65 + 128)
	b.WriteString(armorBegin)
	line := make([]byte, base64.StdEncoding.EncodedLen(armorLine)+1)
	for rest := data; len(rest) > 0; {
		n := min(armorLine, len(rest))
		base64.StdEncoding.Encode(line, rest[:n])
		end := base64.StdEncoding.EncodedLen(n)
		line[end] = '\n'
		b.Write(line[:end+1])
		rest = rest[n:]
	}
	sum := crc24(data)
	b.WriteByte('=')
	b.WriteString(base64.StdEncoding.EncodeToString([]byte{byte(sum >> 16), byte(sum >> 8), byte(sum)}))
	b.WriteByte('\n')
	b.WriteString(armorEnd)
	return b.Bytes()
}

// crc24 is the checksum of the armor (RFC 9580 section 6.1), a byte at a time.
func crc24(data []byte) uint32 {
	const start, polynomial = 0xB704CE, 0x1864CFB
	var table [256]uint32
	for i := range table {
		c := uint32(i) << 16
		for range 8 {
			if c <<= 1; c&0x1000000 != 0 {
				c ^= polynomial
			}
		}
		table[i] = c
	}
	sum := uint32(start)
	for _, b := range data {
		sum = (sum<<8 ^ table[byte(sum>>16)^b]) & 0xFFFFFF
	}
	return sum
}
