package pdf

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
)

// packed is what goes in an envelope to an invented carer.
func packed() post.Pack {
	return post.Pack{
		Ref: "PEP-7F3K-2Q", On: pep.MustDate("2026-02-02"), To: post.Address{"Mrs Sandra Thornley", "37 Mill Brow", "Northwick Vale", "CH97 2GP"},
		Sender: "Demo Cheshire Council", ReturnAddress: post.Address{"Demo Cheshire Council", "Education Post Room", "4 Hall Lane", "Chestermoor", "CH97 1AA"},
		Officer: "Sam Okafor", Telephone: "01632 960123", Service: "Royal Mail Special Delivery Guaranteed", Heading: "PEP-7F3K-2Q: document to fill in by 27 February 2026",
		Text:   "Hello,\n\nA document for you to fill in is enclosed. Please send it back by 27 February 2026.\n\nThank you.\n\nDemo Cheshire Council",
		Digest: strings.Repeat("0123456789abcdef", 4), Returned: true, ReturnBy: pep.MustDate("2026-02-27"),
	}
}

// formToPrint is the form of the pack.
func formToPrint() document.Document {
	doc := statutory(document.BlankForm, 1)
	doc.OnPaper = true
	return doc
}

func TestAPackIsTheLetterTheFormAndTheLabel(t *testing.T) {
	w := writer(t)
	plain, err := w.Write(formToPrint())
	if err != nil {
		t.Fatal(err)
	}
	pack, err := w.WritePack(packed(), formToPrint())
	if err != nil || pack.Pages != plain.Pages+2 {
		t.Fatalf("%d pages around %d: %v", pack.Pages, plain.Pages, err)
	}
	again, err := w.WritePack(packed(), formToPrint())
	if err != nil || string(again.Bytes) != string(pack.Bytes) {
		t.Errorf("the same pack has other bytes: %v", err)
	}
	final := packed()
	final.Returned = false
	if pack, err = w.WritePack(final, statutory(document.FinalCopy, 1)); err != nil {
		t.Fatal(err)
	}
	if plain, err = w.Write(statutory(document.FinalCopy, 1)); err != nil || pack.Pages != plain.Pages+1 {
		t.Errorf("what is not to come back has %d pages around %d: %v", pack.Pages, plain.Pages, err)
	}
}

func TestAnAddressStandsWholeInTheWindowOrNotAtAll(t *testing.T) {
	w := writer(t)
	for name, c := range map[string]struct {
		to   post.Address
		fits bool
	}{
		"short":    {post.Address{"Mrs A B", "1 C", "CH97 2GP"}, true},
		"seven":    {slices.Repeat(post.Address{"Mrs Sandra Thornley-Fitzgerald-Hallworth of Northwick"}, 7), true},
		"eight":    {slices.Repeat(post.Address{"x"}, 8), false},
		"too wide": {post.Address{"Mrs A B", strings.Repeat("Long Lane ", 9), "CH97 2GP"}, false},
	} {
		if got := w.FitsWindow(c.to); got != c.fits {
			t.Errorf("%s: %t", name, got)
		}
		p := packed()
		p.To = c.to
		if _, err := w.WritePack(p, formToPrint()); (err == nil) != c.fits {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALetterIsOnePageOrNone(t *testing.T) {
	p := packed()
	p.Text = strings.Repeat("Much is to be said here.\n\n", 60)
	if _, err := writer(t).WritePack(p, formToPrint()); !errors.Is(err, ErrLongLetter) {
		t.Error(err)
	}
}
