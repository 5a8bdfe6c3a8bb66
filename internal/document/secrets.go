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
	// carers is set where the reader may not know who the carers are, so that
	// a carer is left out by role too, whom no other field names.
	carers bool
}

// Lengths below which a value is too common to look for.
const (
	shortestPhrase = 4
	// The shortest postcode is that of a district with one letter and one
	// digit: M1 1AA.
	shortestPostcode = 5
	comparedDigits   = 9
	shortestNumber   = 6
)

// nameColumn is the key of a person's name, in a row and as a contact's part.
const nameColumn = "name"

// gather collects the secrets of every field and column that tells where the
// child lives and that the reader may not see.
func gather(f form.Form, v form.Values, sees func(form.Field) bool) secrets {
	var s secrets
	for field := range f.Fields() {
		home := f.Rights.Home(field.Audience)
		s.carers = s.carers || home && field.People && !sees(field)
		if home && !sees(field) && field.Kind != form.Table {
			s.add(field, v.Fields[field.Key])
		}
		for _, column := range field.Columns {
			if !home && !f.Rights.Home(column.Audience) || sees(field) && sees(column) {
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

// isCarer reports whether a role or relationship is that of a carer.
func isCarer(role string) bool {
	return slices.ContainsFunc(words(role), func(word string) bool { return word == "carer" || word == "carers" })
}

// add takes a value apart by what kind of thing it is.
func (s *secrets) add(field form.Field, value string) {
	name := field.Key[strings.LastIndexByte(field.Key, '.')+1:]
	switch {
	case value == "":
	case field.Format == form.PostcodeFormat || strings.HasSuffix(name, "postcode"):
		if tight := joined(value); len(tight) >= shortestPostcode {
			s.joined = append(s.joined, tight)
		}
	case field.Format == form.PhoneFormat:
		if digits := onlyDigits(withoutExtension(value)); len(digits) >= shortestNumber {
			s.numbers = append(s.numbers, lastDigits(digits))
		}
	case field.Format == form.EmailFormat, name == "agency":
		s.phrase(value)
	case name == nameColumn:
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
	parts := strings.Fields(value)
	if whole := joined(parts[len(parts)-1]); whole != found[len(found)-1] {
		s.surnames = append(s.surnames, []string{whole}) // O'Brien written OBrien
	}
}

// withoutTitle takes the title off; words writes a doctor's out as a drive.
func withoutTitle(name []string) []string {
	if len(name) > 2 && slices.Contains([]string{"mr", "mrs", "ms", "miss", "mx", "drive", "rev", "prof", "sir", "lady"}, name[0]) {
		return name[1:]
	}
	return name
}

// address looks for the first line, and for every other one that has a number
// or names a street, each with and without the number; a town alone tells too
// little.
func (s *secrets) address(value string) {
	first := true
	for _, line := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '\n' }) {
		found := words(line)
		street := slices.DeleteFunc(slices.Clone(found), isNumber)
		numbered := len(street) < len(found)
		if len(found) == 0 || (!first && !numbered && !isStreet(found)) {
			continue
		}
		s.phrase(line)
		if len(street) > 1 {
			s.phrases = append(s.phrases, street)
		}
		first = first && len(street) == 0
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

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// withoutExtension cuts a telephone number before the words of an extension.
func withoutExtension(number string) string {
	if i := strings.IndexFunc(number, unicode.IsLetter); i > 0 {
		return number[:i]
	}
	return number
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
	for _, part := range sentences(text) {
		if s.foundIn(part, named) {
			return strings.TrimSpace(part)
		}
	}
	return text
}

// sentences parts a text at line breaks and after a full stop, question or
// exclamation mark that a blank follows, so that an e-mail address stays whole.
func sentences(text string) []string {
	var out []string
	begin := 0
	for i, r := range text {
		mark := i > 0 && strings.IndexByte(".!?", text[i-1]) >= 0
		if r == '\n' || mark && unicode.IsSpace(r) {
			out = append(out, text[begin:i])
			begin = i
		}
	}
	return append(out, text[begin:])
}
