package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestTextIsPreparedForDrawing(t *testing.T) {
	w := writer(t)
	for _, test := range []struct {
		name, text, clean string
		uncovered         []rune
	}{
		{"plain", "As it is\nhere", "As it is\nhere", nil},
		{"composed", "Zoe\u0308", "Zoë", nil},
		{"line ends", "a\r\nb\rc\u2028d\ve", "a\nb\nc\nd\ne", nil},
		{"tabs", "a\tb", "a b", nil},
		{"invisible", "a\u200bb\u00adc\ufeffd\ufe0f\x00", "abcd", nil},
		{"Polish, Welsh, Vietnamese", "Łukasz Ŵyn Nguyễn", "Łukasz Ŵyn Nguyễn", nil},
		{"a mark without its letter's own form", "q\u0308", "q\u0308", nil},
		{"Arabic, with a letter that does not join", "می\u200cخواهم", "می\u200cخواهم", nil},
		{"Hebrew", "שלום", "שלום", nil},
		{"Thai", "ทด", "", []rune{0xE14, 0xE17}},
		{"an emoji", "well done🎉", "well done [party popper]", nil},
		{"a family, a tone of skin", "👩‍👧 👍🏽", "[woman] [girl] [thumbs up sign]", nil},
		{"a flag, a key", "🇬🇧 1\ufe0f\u20e3", "[flag GB] 1", nil},
		{"a picture that a font has", "\u2665", "\u2665", nil},
		{"damaged", "a\xffb", "ab", []rune{utf8.RuneError}},
		{"private use", "a\ue000", "a", []rune{0xE000}},
	} {
		clean, uncovered := cleaned(test.text, w.letters.covers)
		if clean != test.clean {
			t.Errorf("%s: got %q", test.name, clean)
		}
		if diff := cmp.Diff(test.uncovered, uncovered); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// FuzzCleaned holds that a character is drawn, reported or known to be
// invisible, and nothing else.
func FuzzCleaned(f *testing.F) {
	for _, seed := range []string{"", "Zoe\u0308\r\n", "محمد", "\u202eabc", "a\xffb", "👩‍👧", "\u0e01\u0e33"} {
		f.Add(seed)
	}
	w := writer(f)
	f.Fuzz(func(t *testing.T, text string) {
		clean, uncovered := cleaned(text, w.letters.covers)
		bad := make(map[rune]bool)
		for _, r := range uncovered {
			bad[r] = true
		}
		rest := clean
		for _, r := range norm.NFC.String(text) {
			switch {
			case bad[r], invisible(r) && !lineEnd(r):
			case picture(r) && !w.letters.covers(r), tone(r), flagLetter(r), r == enclosingKey:
				if strings.ContainsRune(clean, r) {
					t.Fatalf("U+%04X stands without its name", r)
				}
			case r == '\n' || r == '\r' || lineEnd(r) || r == '\t' || r == ' ':
			default:
				at := strings.IndexRune(rest, r)
				if at < 0 {
					t.Fatalf("U+%04X is lost", r)
				}
				rest = rest[at+utf8.RuneLen(r):]
			}
		}
		for _, r := range clean {
			if r != '\n' && (!w.letters.covers(r) || !drawable(r)) {
				t.Fatalf("U+%04X cannot be drawn", r)
			}
		}
	})
}

func FuzzWrappedTextKeepsItsLetters(f *testing.F) {
	f.Add("some words to wrap, and averyveryveryverylongonetoo", 20.0)
	f.Add("a  b\n\n c ", 1.0)
	w := writer(f)
	f.Fuzz(func(t *testing.T, text string, width float64) {
		if !(width > 0.5) || width > 500 {
			return
		}
		clean, _ := cleaned(text, w.letters.covers)
		as := ink{face: regular, size: 10}
		lines := w.letters.wrap(clean, as, width)
		spaceless := func(text string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(text) }
		if got, want := spaceless(strings.Join(lines, "")), spaceless(clean); got != want {
			t.Fatalf("letters differ: %q, want %q", got, want)
		}
		for _, line := range lines {
			line = strings.TrimSuffix(line, " ")
			if wide := w.letters.width(line, as); wide > width+0.001 && utf8.RuneCountInString(strings.TrimRight(line, " ")) > 1 {
				t.Fatalf("a line of %.2f in %.2f", wide, width)
			}
		}
	})
}
