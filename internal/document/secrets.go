package document

import (
	"slices"
	"strings"
	"unicode"

	"github.com/pepost/pepost/internal/form"
)

// secrets are this child's own values that a reader may not see and that a
// free text might repeat: where the child lives and with whom.
type secrets struct {
	// phrases are matched word by word, without regard to case: full names,
	// streets, agencies, e-mail addresses.
	phrases [][]string
	// surnames are matched as phrases, but not where a field is the name of
	// somebody else.
	surnames [][]string
	// joined are matched with everything but letters and digits taken out of
	// the text: postcodes.
	joined []string
	// numbers are the last digits of telephone numbers.
	numbers []string
}

// Lengths below which a value is too common to look for.
const (
	shortestPhrase = 4
	comparedDigits = 9
	shortestNumber = 6
)

// gather collects the secrets of every field and column that tells where the
// child lives and that the reader may not see.
func gather(f form.Form, v form.Values, sees func(form.Field) bool) secrets {
	var s secrets
	for field := range f.Fields() {
		if f.Rights.Home(field.Audience) && !sees(field) && field.Kind != form.Table {
			s.add(field, v.Fields[field.Key])
		}
		if !field.People {
			continue
		}
		for _, column := range field.Columns {
			home := f.Rights.Home(field.Audience) || f.Rights.Home(column.Audience)
			if !home || (sees(field) && sees(column)) {
				continue
			}
			for _, row := range v.Tables[field.Key] {
				s.add(column, row[column.Key])
			}
		}
	}
	s.forget(v)
	return s
}

// add takes a value apart by what kind of thing it is.
func (s *secrets) add(field form.Field, value string) {
	name := field.Key[strings.LastIndexByte(field.Key, '.')+1:]
	switch {
	case value == "":
	case field.Format == form.PostcodeFormat || strings.HasSuffix(name, "postcode"):
		s.joined = append(s.joined, joined(value))
	case field.Format == form.PhoneFormat:
		if digits := onlyDigits(value); len(digits) >= shortestNumber {
			s.numbers = append(s.numbers, lastDigits(digits))
		}
	case field.Format == form.EmailFormat, name == "agency":
		s.phrase(value)
	case name == "name":
		s.person(value)
	case strings.HasSuffix(name, "address"):
		s.address(value)
	}
}

func (s *secrets) phrase(value string) {
	if found := words(value); len(strings.Join(found, "")) >= shortestPhrase {
		s.phrases = append(s.phrases, found)
	}
}

func (s *secrets) person(value string) {
	found := words(value)
	if len(found) == 0 {
		return
	}
	if len(found) > 1 {
		s.phrases = append(s.phrases, withoutTitle(found))
	}
	s.surnames = append(s.surnames, found[len(found)-1:])
}

func withoutTitle(name []string) []string {
	if len(name) > 2 && slices.Contains([]string{"mr", "mrs", "ms", "miss", "mx", "dr", "rev", "prof", "sir", "lady"}, name[0]) {
		return name[1:]
	}
	return name
}

// address looks for the street, with and without the number, and for every
// other part that has a number; a town alone tells too little.
func (s *secrets) address(value string) {
	for i, line := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '\n' }) {
		found := words(line)
		hasNumber := strings.ContainsFunc(line, unicode.IsDigit)
		if len(found) == 0 || (i > 0 && !hasNumber) {
			continue
		}
		s.phrase(line)
		if street := slices.DeleteFunc(found, isNumber); len(street) > 1 {
			s.phrases = append(s.phrases, street)
		}
	}
}

func isNumber(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }

// forget drops what cannot be told from an open fact: a surname the child
// shares, an agency that is the authority itself or the social worker's team.
func (s *secrets) forget(v form.Values) {
	open := [][]string{words(v.Fields["child.surname"]), words(v.Fields["child.forename"])}
	s.surnames = slices.DeleteFunc(s.surnames, func(name []string) bool { return contained(open, name) })
	teams := [][]string{words(v.Fields["people.sw.team"]), words(v.Fields["care.la"])}
	s.phrases = slices.DeleteFunc(s.phrases, func(phrase []string) bool { return contained(teams, phrase) })
}

func contained(all [][]string, phrase []string) bool {
	return slices.ContainsFunc(all, func(in []string) bool { return holds(in, phrase) })
}

// foundIn reports whether a text repeats a secret. Named is set for a text
// that is the name of somebody else, who may share a surname.
func (s secrets) foundIn(text string, named bool) bool {
	if text == "" {
		return false
	}
	in := words(text)
	if contained1(in, s.phrases) || (!named && contained1(in, s.surnames)) {
		return true
	}
	tight := joined(text)
	if slices.ContainsFunc(s.joined, func(secret string) bool { return strings.Contains(tight, secret) }) {
		return true
	}
	digits := onlyDigits(text)
	return slices.ContainsFunc(s.numbers, func(secret string) bool { return strings.Contains(digits, secret) })
}

func contained1(in []string, phrases [][]string) bool {
	return slices.ContainsFunc(phrases, func(phrase []string) bool { return holds(in, phrase) })
}

// holds reports whether the words of a phrase follow each other in a text.
func holds(in, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(in) && len(phrase) > 0; i++ {
		if slices.Equal(in[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// words are the runs of letters and digits of a text in lower case; marks
// that join letters (O'Brien, Smith-Jones) part words in both texts alike,
// and a possessive s is a word of its own.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

func joined(text string) string { return strings.Join(words(text), "") }

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// lastDigits makes +44 7700 900876 and 07700 900876 the same number.
func lastDigits(digits string) string {
	if len(digits) > comparedDigits {
		return digits[len(digits)-comparedDigits:]
	}
	return digits
}

// sentenceWith is the sentence of a text that repeats a secret, or the whole
// text where the secret spans sentences.
func (s secrets) sentenceWith(text string, named bool) string {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '\n' || r == '!' || r == '?' }) {
		if s.foundIn(part, named) {
			return strings.TrimSpace(part)
		}
	}
	return text
}
