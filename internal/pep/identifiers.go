package pep

import "strings"

// UPN is a Unique Pupil Number, permanent (letter and twelve digits) or
// temporary (the last character a letter), with its check letter verified.
type UPN string

// UPNReason says why a child has no UPN: UN1 to UN10.
type UPNReason string

// upnAlphabet values the check letter and the letter of a temporary UPN (UPN
// standard 2.0: no I, O or S).
const upnAlphabet = "ABCDEFGHJKLMNPQRTUVWXYZ"

// ParseUPN reads a UPN in any case. The check letter is the sum of characters
// 2 to 13 weighted 2 to 13, modulo 23 (UPN standard 2.0).
func ParseUPN(text string) (UPN, error) {
	s := strings.ToUpper(strings.Trim(text, " \t"))
	if len(s) != 13 {
		return "", invalid(BadUPN, "a UPN has a letter and twelve digits, a temporary one ends with a letter")
	}
	sum := 0
	for i := 1; i < 13; i++ {
		value := digit(s[i])
		if value < 0 && i == 12 {
			value = strings.IndexByte(upnAlphabet, s[i])
		}
		if value < 0 {
			return "", invalid(BadUPN, "a UPN has a letter and twelve digits, a temporary one ends with a letter")
		}
		sum += value * (i + 1)
	}
	if s[0] != upnAlphabet[sum%23] {
		return "", invalid(BadUPN, "the UPN's check letter does not fit its digits")
	}
	return UPN(s), nil
}

// Temporary reports whether the UPN is a temporary one.
func (u UPN) Temporary() bool { return len(u) == 13 && digit(u[12]) < 0 }

// ParseUPNReason reads UN1 to UN10.
func ParseUPNReason(text string) (UPNReason, bool) {
	s := strings.ToUpper(strings.Trim(text, " \t"))
	for _, reason := range []UPNReason{"UN1", "UN2", "UN3", "UN4", "UN5", "UN6", "UN7", "UN8", "UN9", "UN10"} {
		if s == string(reason) {
			return reason, true
		}
	}
	return "", false
}

func digit(c byte) int {
	if c < '0' || c > '9' {
		return -1
	}
	return int(c - '0')
}

// ULN is a Unique Learner Number of ten digits with its check digit verified.
type ULN string

// ParseULN reads a ULN. The first nine digits weighted 10 to 2, modulo 11,
// leave the check digit's complement to ten; a remainder of nought is never
// issued (HESA field ULN).
func ParseULN(text string) (ULN, error) {
	s := strings.Trim(text, " \t")
	if len(s) != 10 || s[0] == '0' {
		return "", invalid(BadULN, "a ULN has ten digits and does not begin with 0")
	}
	sum := 0
	for i := range 10 {
		if digit(s[i]) < 0 {
			return "", invalid(BadULN, "a ULN has ten digits and does not begin with 0")
		}
		if i < 9 {
			sum += digit(s[i]) * (10 - i)
		}
	}
	if sum%11 == 0 || digit(s[9]) != 10-sum%11 {
		return "", invalid(BadULN, "the ULN's check digit does not fit")
	}
	return ULN(s), nil
}

// URN is the number of a school (six digits) or of an early years provider
// at Ofsted (EY and six digits, or digits alone).
type URN string

// ParseURN reads a URN of at most eight characters.
func ParseURN(text string) (URN, error) {
	s := strings.ToUpper(strings.Trim(text, " \t"))
	digits := strings.TrimPrefix(s, "EY")
	if len(digits) < 5 || len(s) > 8 || strings.Trim(digits, "0123456789") != "" {
		return "", invalid(UnknownCode, "a URN has six digits, or EY and six digits")
	}
	return URN(s), nil
}

// LAEstab is a setting's number at the Department for Education: three
// digits for the authority and four for the establishment, as 896/1234.
type LAEstab string

// ParseLAEstab reads 896/1234, 896-1234 or 8961234.
func ParseLAEstab(text string) (LAEstab, error) {
	s := strings.NewReplacer("/", "", "-", "", " ", "").Replace(strings.Trim(text, " \t"))
	if len(s) != 7 || strings.Trim(s, "0123456789") != "" {
		return "", invalid(UnknownCode, "an LAEstab has seven digits, as 896/1234")
	}
	return LAEstab(s[:3] + "/" + s[3:]), nil
}
