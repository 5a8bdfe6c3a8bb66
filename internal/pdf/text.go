package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// UncoveredError says that a text holds characters that cannot be drawn
// rightly: no font has them, or their script needs shaping. Several fields of
// one document give several of these, joined.
type UncoveredError struct {
	// Field is the key of the field, with row and column where it is a cell;
	// for other texts of the page, what it is.
	Field string
	// Codepoints are the characters, ascending, each once.
	Codepoints []rune
}

// Error names the field and the characters by number, never the text.
func (e *UncoveredError) Error() string {
	var list []string
	for _, r := range e.Codepoints {
		list = append(list, fmt.Sprintf("U+%04X", r))
	}
	return fmt.Sprintf("field %s: no font for the PDF draws %s; send the Word form, or spell it otherwise",
		e.Field, strings.Join(list, ", "))
}

// cleaned prepares a text for drawing: composed (Unicode form C), every kind
// of line end as "\n", tabs as spaces, invisible characters dropped. It gives
// the characters that cannot be drawn, too.
func cleaned(text string, covers func(rune) bool) (string, []rune) {
	if plain(text) {
		return text, nil
	}
	text = strings.ReplaceAll(norm.NFC.String(text), "\r\n", "\n")
	turned := strings.ContainsFunc(text, rightToLeft)
	var clean strings.Builder
	var uncovered []rune
	for _, r := range named(text, covers) {
		switch {
		case lineEnd(r):
			clean.WriteByte('\n')
		case r == '\t':
			clean.WriteByte(' ')
		case turned && joinsOrTurns(r):
			clean.WriteRune(r)
		case invisible(r):
		case !drawable(r) || !covers(r):
			uncovered = append(uncovered, r)
		default:
			clean.WriteRune(r)
		}
	}
	slices.Sort(uncovered)
	return clean.String(), slices.Compact(uncovered)
}

func lineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// plain is true for printable ASCII and "\n": nothing to prepare.
func plain(text string) bool {
	for i := range len(text) {
		if b := text[i]; b != '\n' && (b < ' ' || b > '~') {
			return false
		}
	}
	return true
}

// invisible characters say nothing to a reader where every character is one
// glyph: controls, joiners, marks of direction, soft hyphens, variation
// selectors, tags.
func invisible(r rune) bool {
	if unicode.Is(unicode.Variation_Selector, r) {
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !rightToLeft(r)
}

// joinsOrTurns is true for invisible characters by which letters join or lines
// turn; they count where a text is read from right to left.
func joinsOrTurns(r rune) bool {
	switch {
	case r == 0x200C, r == 0x200D, r == 0x200E, r == 0x200F, r == 0x061C:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// drawable is false for private characters, the sign of a text already damaged,
// what no font of ours has the tables to shape, and everything above U+FFFF.
func drawable(r rune) bool {
	switch {
	case r > 0xFFFF, r == unicode.ReplacementChar:
		return false
	case unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r):
		return false
	}
	return !unshaped(r)
}

// unshaped scripts have letters in a font here but take other shapes in
// company, which that font does not know.
func unshaped(r rune) bool {
	return unicode.In(r, unicode.Lao, unicode.Thai, unicode.Mongolian, unicode.Khmer, unicode.Myanmar,
		unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Sinhala, unicode.Tibetan)
}

func rightToLeft(r rune) bool {
	properties, _ := bidi.LookupRune(r)
	switch properties.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return true
	}
	return false
}
