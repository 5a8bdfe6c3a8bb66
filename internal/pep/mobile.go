package pep

import (
	"regexp"
	"strings"
)

// mobileForm is a mobile number of the United Kingdom in international form:
// 71 to 75 and 77 to 79, and 7624 on the Isle of Man. 70 is a personal number
// that forwards to any other, and 76 is a pager (Ofcom, National Telephone
// Numbering Plan, part A).
var mobileForm = regexp.MustCompile(`^447(?:[1-57-9]\d{8}|624\d{6})$`)

// ParseMobile gives a mobile number of the United Kingdom in the form
// 447700900123; false for anything else, a landline among them.
func ParseMobile(text string) (string, bool) {
	digits := strings.NewReplacer(" ", "", "-", "", "(0)", "", "(", "", ")", "", ".", "").Replace(strings.TrimSpace(text))
	switch {
	case strings.HasPrefix(digits, "+44"):
		digits = digits[1:]
	case strings.HasPrefix(digits, "0044"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "07"):
		digits = "44" + digits[1:]
	default:
		return "", false
	}
	return digits, mobileForm.MatchString(digits)
}
