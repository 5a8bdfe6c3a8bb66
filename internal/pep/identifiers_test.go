package pep

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestUPNCheckLetter(t *testing.T) {
	for _, text := range []string{
		"B801200005001", "F896200019001", "C343200020001", "W202200019001", "P207000016049", "R89620001900A", " f896200019001\t",
	} {
		if _, err := ParseUPN(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "Q207000016049", "B801200005002", "B80120000500", "B8012000050011", "I801200005001", "B80120000500I", "B8012000A5001", "1801200005001",
	} {
		_, err := ParseUPN(text)
		wantCode(t, text, err, BadUPN)
	}
	if upn, _ := ParseUPN("R89620001900A"); !upn.Temporary() {
		t.Error("a UPN that ends with a letter is temporary")
	}
	if upn, _ := ParseUPN("B801200005001"); upn.Temporary() {
		t.Error("a UPN that ends with a digit is permanent")
	}
}

func TestUPNReasons(t *testing.T) {
	for _, text := range []string{"UN1", "un10", " UN4 "} {
		if _, ok := ParseUPNReason(text); !ok {
			t.Errorf("%q is a reason", text)
		}
	}
	for _, text := range []string{"UN0", "UN11", "UN", "U1", ""} {
		if _, ok := ParseUPNReason(text); ok {
			t.Errorf("%q is no reason", text)
		}
	}
}

func TestULNCheckDigit(t *testing.T) {
	if _, err := ParseULN("9276308686"); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"9276308685", "0276308686", "927630868", "92763086860", "927630868X", ""} {
		_, err := ParseULN(text)
		wantCode(t, text, err, BadULN)
	}
}

func TestULNRefusesRemainderNought(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := []byte{byte('1' + rapid.IntRange(0, 8).Draw(t, "first"))}
		for range 8 {
			digits = append(digits, byte('0'+rapid.IntRange(0, 9).Draw(t, "digit")))
		}
		taken := 0
		for last := byte('0'); last <= '9'; last++ {
			if _, err := ParseULN(string(append(digits[:9:9], last))); err == nil {
				taken++
			}
		}
		if taken > 1 {
			t.Fatalf("%s has %d check digits", digits, taken)
		}
	})
}

func TestURNAndLAEstab(t *testing.T) {
	for _, text := range []string{"123456", "EY123456", "ey123456", "2612345"} {
		if _, err := ParseURN(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "12", "EY", "12345X", "123456789"} {
		_, err := ParseURN(text)
		wantCode(t, text, err, UnknownCode)
	}
	for _, text := range []string{"896/1234", "8961234", "896-1234", " 896 1234 "} {
		if got, err := ParseLAEstab(text); err != nil || got != "896/1234" {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
	_, err := ParseLAEstab("896123")
	wantCode(t, "896123", err, UnknownCode)
}

func TestYearGroups(t *testing.T) {
	for text, want := range map[string]int{
		"N1": -2, "n2": -1, "R": 0, "Reception": 0, "0": 0, "7": 7, "Y7": 7, "Year 7": 7, "year14": 14, "07": 7,
	} {
		got, err := ParseYearGroup(text)
		if err != nil || !got.Known || got.Year != want {
			t.Errorf("%q: %+v %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "15", "Y", "X", "-1", "7a", "Year seven"} {
		_, err := ParseYearGroup(text)
		wantCode(t, text, err, BadNumber)
	}
	for year, want := range map[int]string{-2: "N1", -1: "N2", 0: "Reception", 7: "Year 7", 12: "Year 12"} {
		if got := (YearGroup{true, year}).String(); got != want {
			t.Errorf("%d: %q", year, got)
		}
	}
}

func TestCodeLists(t *testing.T) {
	good := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	for _, s := range LegalStatuses() {
		_, err := ParseLegalStatus(" " + string(s) + " ")
		good(err)
	}
	for _, p := range Placements() {
		_, err := ParsePlacement(string(p))
		good(err)
	}
	for _, r := range Roles() {
		_, err := ParseRole(string(r))
		good(err)
	}
	if role, err := ParseRole("  Designated   TEACHER "); err != nil || role != DesignatedTeacher {
		t.Errorf("role: %q %v", role, err)
	}
	_, err := ParseRole("caretaker")
	wantCode(t, "caretaker", err, UnknownRole)
	_, err = ParseLegalStatus("C9")
	wantCode(t, "C9", err, UnknownCode)
	_, err = ParseSENProvision("S")
	wantCode(t, "S", err, UnknownCode)
	if d, err := ParseAgreedDelivery("protected DOCUMENT"); err != nil || d != AgreedProtected {
		t.Errorf("agreed delivery: %q %v", d, err)
	}
}

func TestAnswers(t *testing.T) {
	for text, want := range map[string]Answer{"": Unanswered, "Y": Yes, "yes": Yes, "TRUE": Yes, "1": Yes, "n": No, "No": No, "False": No, "0": No} {
		if got, err := ParseAnswer(text); err != nil || got != want {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
	_, err := ParseAnswer("perhaps")
	wantCode(t, "perhaps", err, UnknownCode)
}

func TestPenceAsPounds(t *testing.T) {
	for pence, want := range map[Pence]string{0: "£0.00", 5: "£0.05", 120050: "£1,200.50", -99: "-£0.99", 123456789: "£1,234,567.89"} {
		if got := pence.String(); got != want {
			t.Errorf("%d: %s, want %s", pence, got, want)
		}
	}
}

func TestAcademicYear(t *testing.T) {
	if got := (Term{Year: 2025, Name: Spring}).String(); got != "spring 2025/26" {
		t.Error(got)
	}
	if got := (Term{Year: 2099, Name: Autumn}).AcademicYear(); got != "2099/00" {
		t.Error(got)
	}
}

func wantCode(t *testing.T, text string, err error, code Code) {
	t.Helper()
	var invalid *Invalid
	if !errors.As(err, &invalid) || invalid.Code != code || invalid.Reason == "" {
		t.Errorf("%q: %v, want code %s", text, err, code)
	}
}
