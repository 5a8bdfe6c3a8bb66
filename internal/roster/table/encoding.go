package table

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

type encoding uint8

const (
	utf8Text encoding = iota
	utf16Text
	windows1252
)

// decode gives the text of a file without its byte order mark, in UTF-8 or,
// to save a copy, still in Windows-1252. A file without a mark is UTF-8 where
// nearly all of its bytes outside ASCII form valid UTF-8.
func decode(data []byte) ([]byte, encoding) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], utf8Text
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian), utf16Text
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian), utf16Text
	case mostlyUTF8(data):
		return data, utf8Text
	}
	return data, windows1252
}

// mostlyUTF8 takes three quarters for nearly all: in a file of one encoding
// the share is almost 1 or almost 0, and a mixed file shows its bad rows as
// rejects only if it is read as UTF-8.
func mostlyUTF8(data []byte) bool {
	valid, outside := 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if r != utf8.RuneError || size > 1 {
			valid += size
		}
		outside += size
		i += size
	}
	return outside == 0 || valid*4 >= outside*3
}

// fromUTF16 puts U+FFFD for half a surrogate pair and for an odd last byte.
func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(data)/2+len(data)/16)
	for len(data) >= 2 {
		r := rune(order.Uint16(data))
		data = data[2:]
		if utf16.IsSurrogate(r) {
			var low rune
			if len(data) >= 2 {
				low = rune(order.Uint16(data))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				data = data[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	if len(data) == 1 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return out
}
