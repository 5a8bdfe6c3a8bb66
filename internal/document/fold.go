package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// words are the runs of letters and digits of a text, folded so that the same
// name or street is the same however it was typed: without case, accents and
// invisible characters, and with a street's kind written out. Marks that join
// letters (O'Brien, Smith-Jones) part words in all texts alike, and a
// possessive s is a word of its own.
func words(text string) []string {
	found := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range found {
		found[i] = writtenOut(word)
	}
	return found
}

// joined is a text with everything but its letters and digits taken out.
func joined(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, fold(text))
}

// fold is a text without case, accents and invisible characters.
func fold(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.ToLower(text)
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Cf) {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(text)))
	return strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ß", "ss", "æ", "ae", "œ", "oe").Replace(plain)
}

// writtenOut is the word that an address abbreviates.
func writtenOut(word string) string {
	switch word {
	case "st":
		return "street"
	case "rd":
		return "road"
	case "ave", "av":
		return "avenue"
	case "ln":
		return "lane"
	case "dr":
		return "drive"
	case "cl":
		return "close"
	case "ct":
		return "court"
	case "cres":
		return "crescent"
	case "gdns":
		return "gardens"
	case "tce", "terr":
		return "terrace"
	}
	return word
}

// isStreet reports whether the words of a line end in a kind of street.
func isStreet(line []string) bool {
	return len(line) > 1 && slices.Contains([]string{
		"street", "road", "avenue", "lane", "drive", "close", "court", "crescent", "gardens", "terrace", "way", "place", "walk",
		"grove", "hill", "mews", "square", "row", "rise", "view", "park", "green", "parade", "gate", "croft", "fold", "brow",
	}, line[len(line)-1])
}
