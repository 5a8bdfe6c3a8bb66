package post

import (
	"fmt"
	"strings"
	"unicode"
)

// Number is a Royal Mail tracking number in the form of the Universal Postal
// Union's standard S10: two letters, eight digits, a check digit and GB,
// without spaces, in capitals: RN123456785GB.
type Number string

// String is the number in the groups in which labels print it.
func (n Number) String() string {
	if len(n) != numberLength {
		return string(n)
	}
	return string(n[:2]) + " " + string(n[2:6]) + " " + string(n[6:10]) + " " + string(n[10:11]) + string(n[11:])
}

const (
	numberLength = 13
	serialLength = 8
	country      = "GB"
)

// NumberError says why a text is no Royal Mail number. The number is nobody's
// personal data, but what was typed instead of one may be: it is not repeated.
type NumberError struct{ Why string }

// Error says what is wrong and where to look.
func (e *NumberError) Error() string {
	return "not a Royal Mail number: " + e.Why + "; it stands on the receipt as two letters, nine digits and GB"
}

// ParseNumber reads a number as it stands on a receipt: spaces, hyphens and
// small letters are tolerated, anything else that is not as it should be is a
// [NumberError] that names the place.
func ParseNumber(text string) (Number, error) {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '\u2011' || r == '\u2013' {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
	if plain == "" {
		return "", &NumberError{"there is none"}
	}
	places := []rune(plain)
	for i, r := range places[:min(len(places), numberLength)] {
		if why := misplaced(i, r); why != "" {
			return "", &NumberError{why}
		}
	}
	switch {
	case len(places) != numberLength:
		return "", &NumberError{fmt.Sprintf("%d characters instead of %d", len(places), numberLength)}
	case plain[11:] != country:
		return "", &NumberError{"it ends in other letters than GB, so it is not Royal Mail's"}
	}
	if want := CheckDigit(plain[2 : 2+serialLength]); plain[10] != want {
		return "", &NumberError{"its check digit does not fit, so at least one digit is wrong or two are changed about"}
	}
	return Number(plain), nil
}

// misplaced is what is wrong with one character at its place, counted from
// nought.
func misplaced(at int, r rune) string {
	letter := at < 2 || at > 10
	switch {
	case letter && (r < 'A' || r > 'Z'):
		return fmt.Sprintf("character %d is not a letter", at+1)
	case !letter && (r == 'O' || r == 'I' || r == 'L'):
		return fmt.Sprintf("character %d is the letter %c where a digit belongs", at+1, r)
	case !letter && (r < '0' || r > '9'):
		return fmt.Sprintf("character %d is not a digit", at+1)
	}
	return ""
}

// CheckDigit is the ninth digit that S10 puts behind eight: their sum with the
// weights 8 6 4 2 3 5 9 7, taken modulo 11 and from 11, where 10 is written 0
// and 11 is written 5. The text must be eight digits.
func CheckDigit(serial string) byte {
	weights := [serialLength]int{8, 6, 4, 2, 3, 5, 9, 7}
	sum := 0
	for i, w := range weights {
		sum += w * int(serial[i]-'0')
	}
	switch check := 11 - sum%11; check {
	case 10:
		return '0'
	case 11:
		return '5'
	default:
		return byte('0' + check)
	}
}
