package letter

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
)

func morning(sections ...DigestSection) Digest {
	return Digest{
		On: pep.MustDate("2026-02-24"), Decision: bySecure(), Officer: Officer{Name: "Pat Sample"},
		Sender: Sender{Authority: "Sample Council", VirtualSchool: "Sample Virtual School"}, Sections: sections,
	}
}

func TestADigestListsWhatWaitsAndCountsTheRest(t *testing.T) {
	long := DigestSection{Title: "Held: somebody must look"}
	for i := range maxDigestLines + 7 {
		long.Lines = append(long.Lines, fmt.Sprintf("PEP-0000-00, %d: form", i))
	}
	c, err := load(t).WriteDigest(morning(long, DigestSection{Title: "Due today"}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(c.Text, "PEP-0000-00") != maxDigestLines || !strings.Contains(c.Text, "and 7 more") || strings.Contains(c.Text, "Due today") {
		t.Errorf("%s", c.Text)
	}
	if !c.Digest || len(c.Attachments) != 0 || strings.Contains(c.Subject, "PEP-") {
		t.Errorf("%+v", c)
	}
}

func TestAMorningWithNothingSaysSo(t *testing.T) {
	c, err := load(t).WriteDigest(morning())
	if err != nil || !strings.Contains(c.Text, "Nothing waits for you") {
		t.Errorf("%v\n%s", err, c.Text)
	}
}

func TestADigestIsWrittenForOrdinaryMailToASecureAddressOnly(t *testing.T) {
	d := morning()
	d.Decision = byProtected()
	var undecided *UndecidedError
	if _, err := load(t).WriteDigest(d); !errors.As(err, &undecided) {
		t.Errorf("%v", err)
	}
	var unfitLine *InputError
	if _, err := load(t).WriteDigest(morning(DigestSection{"Held", []string{"a\nBcc: b"}})); !errors.As(err, &unfitLine) {
		t.Errorf("%v", err)
	}
}
