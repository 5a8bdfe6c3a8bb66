package outbox

import "strings"

// Channel is how a passphrase reaches the recipient: never the mail that
// carries what it opens.
type Channel string

// The channels.
const (
	// ByTelephone is an officer who rings the recipient and reads it out.
	ByTelephone Channel = "telephone"
	// ByTextMessage is a text message to a number that was confirmed.
	ByTextMessage Channel = "text message"
	// ByAgreement is a phrase that was agreed with the setting beforehand.
	ByAgreement Channel = "agreed phrase"
)

// shownDigits is how many digits of a number evidence may keep.
const shownDigits = 2

// Masked is a telephone number of which the last two digits are left, as much
// as evidence may keep; empty where there is no number.
func Masked(number string) string {
	var digits []rune
	for _, r := range number {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	if len(digits) <= shownDigits {
		return ""
	}
	return strings.Repeat("*", len(digits)-shownDigits) + string(digits[len(digits)-shownDigits:])
}
