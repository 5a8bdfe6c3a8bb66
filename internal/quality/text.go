package quality

import (
	"slices"
	"strings"
	"unicode"
)

// plain is a text as it is compared: small letters and digits, everything else
// one blank.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	}), " ")
}

// says reports whether one of the phrases stands in the text as whole words.
func says(text string, phrases []string) bool {
	padded := " " + plain(text) + " "
	return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(padded, " "+phrase+" ") })
}

// isOne reports whether the text is one of the phrases and nothing else. A text
// without a letter or a digit, such as a dash, is a placeholder too.
func isOne(text string, phrases []string) bool {
	bare := plain(text)
	return bare == "" && strings.TrimSpace(text) != "" && !drawn(text) || slices.Contains(phrases, bare)
}

// drawn reports whether a text speaks by pictures: a young child's answer may
// be a smile.
func drawn(text string) bool { return strings.ContainsFunc(text, unicode.IsSymbol) }

// measurable reports whether a text holds a number, in digits or in words, or
// one of the words of measure.
func measurable(text string, measures []string) bool {
	numbers := []string{
		"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "once", "twice", "half", "all", "every",
	}
	return strings.ContainsFunc(text, unicode.IsNumber) || says(text, numbers) || says(text, measures)
}

// adultWords reports whether a text is about the child and not by them: it
// speaks of him, her, them or by the name, and never of I, me, my or we.
func adultWords(text, name string) bool {
	own := []string{"i", "im", "ive", "me", "my", "mine", "we", "our", "us", "myself"}
	if says(text, own) || strings.ContainsAny(text, "\"“”") {
		return false
	}
	about := []string{"he", "she", "they", "his", "child", "pupil", "student", "young person", "yp"}
	if name = plain(name); name != "" {
		about = append(about, name)
	}
	return says(text, about)
}
