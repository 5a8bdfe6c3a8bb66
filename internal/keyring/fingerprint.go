package keyring

import (
	"encoding/hex"
	"errors"
	"strings"
	"unicode"
)

// Fingerprint is that of a version 4 key (RFC 9580 section 5.5.4.2): 40
// hexadecimal digits in upper case.
type Fingerprint string

const fingerprintDigits = 40

// ErrFingerprint says that a text is no whole fingerprint.
var ErrFingerprint = errors.New("not a whole fingerprint: 40 digits 0 to 9 and A to F, blanks as you like")

// ParseFingerprint reads a fingerprint as a person typed it: blanks and the
// case of letters do not matter. Anything shorter, such as a key ID, is an
// [ErrFingerprint]: keys with a chosen key ID are easily made.
func ParseFingerprint(text string) (Fingerprint, error) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
	if _, err := hex.DecodeString(digits); err != nil || len(digits) != fingerprintDigits {
		return "", ErrFingerprint
	}
	return Fingerprint(digits), nil
}

func fingerprintOf(sum []byte) Fingerprint {
	return Fingerprint(strings.ToUpper(hex.EncodeToString(sum)))
}

// Grouped is the fingerprint in ten groups of four digits, as it is read out.
func (f Fingerprint) Grouped() string {
	var groups []string
	for rest := string(f); rest != ""; {
		n := min(4, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return strings.Join(groups, " ")
}
