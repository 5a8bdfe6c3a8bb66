package pep

import "testing"

func TestOnlyMobileNumbersOfTheUnitedKingdomAreTaken(t *testing.T) {
	for text, want := range map[string]string{
		"07700 900123": "447700900123", "+44 7700 900123": "447700900123", "+44 (0)7700 900123": "447700900123",
		"00447700900123": "447700900123", " 07700-900-123 ": "447700900123", "07624 900123": "447624900123",
		"01632 960123": "", "07012 345678": "", "07600 123456": "", "+1 770 090 0123": "", "07700 90012": "", "07700 9001234": "",
		"07700 900123 ext 4": "", "": "", "0770090012３": "", "447700900123": "",
	} {
		got, ok := ParseMobile(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}
