package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/runenames"
)

// named puts the name of a picture that no font has in its place, in brackets:
// "[grinning face]". What only changes the look of the picture before it, such
// as a tone of skin, is left out; two letters of a flag are one flag.
func named(text string, covers func(rune) bool) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return picture(r) && !covers(r) || r == enclosingKey }) {
		return text
	}
	var out strings.Builder
	letters := []rune(text)
	for i := 0; i < len(letters); i++ {
		r := letters[i]
		switch {
		case r == enclosingKey, tone(r):
		case flagLetter(r) && i+1 < len(letters) && flagLetter(letters[i+1]):
			apart(&out, "flag "+string([]rune{r - firstFlagLetter + 'A', letters[i+1] - firstFlagLetter + 'A'}))
			i++
		case picture(r) && !covers(r):
			apart(&out, strings.ToLower(runenames.Name(r)))
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// apart writes a name in brackets, with a space before it where a word ends.
func apart(out *strings.Builder, name string) {
	if text := out.String(); text != "" && !strings.HasSuffix(text, " ") && !strings.HasSuffix(text, "\n") {
		out.WriteByte(' ')
	}
	out.WriteString("[" + name + "]")
}

// enclosingKey makes a key of the digit before it.
const enclosingKey = '\u20E3'

// firstFlagLetter is A of the letters that make flags by two.
const firstFlagLetter = '\U0001F1E6'

func flagLetter(r rune) bool { return r >= firstFlagLetter && r < firstFlagLetter+26 }

// tone is a modifier of the colour of skin.
func tone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }

// picture is a symbol that has a name of its own.
func picture(r rune) bool {
	return r >= 0x2190 && unicode.In(r, unicode.So, unicode.Sk, unicode.Sm) && runenames.Name(r) != "" && !strings.HasPrefix(runenames.Name(r), "<")
}
