package letter

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/pepost/pepost/internal/pep"
)

// tellingPhrases are the words that say what a document is about: the field's
// own words for the children, their plans and those who look after them.
func tellingPhrases() []string {
	return []string{
		"pep", "peps", "epep", "personal education", "education plan", "education plans", "pupil premium",
		"looked after", "cared for", "in care", "care leaver", "care leavers", "leaving care", "care plan", "care order",
		"cla", "lac", "clas", "lacs", "foster", "fostering", "fostered", "foster carer", "adopted", "adoption", "safeguarding",
		"virtual school", "virtual schools", "virtual head", "corporate parent", "corporate parenting", "children s services", "childrens services",
		"social worker", "social workers", "social care", "children s social care", "reviewing officer", "personal adviser",
		"designated teacher", "designated practitioner", "designated person", "kinship", "placement", "unaccompanied",
	}
}

// found is a telling phrase and the line on which it begins.
type found struct {
	phrase string
	line   int
}

// telling gives the first telling phrase of a text. Case, hyphens, line ends
// and hidden marks do not hide one.
func telling(text string) (found, bool) {
	words := tokens(text)
	var b strings.Builder
	b.WriteByte(' ')
	for _, t := range words {
		b.WriteString(t.word + " ")
	}
	said, first, at := b.String(), "", -1
	for _, phrase := range tellingPhrases() {
		if i := strings.Index(said, " "+phrase+" "); i >= 0 && (at < 0 || i < at) {
			first, at = phrase, i
		}
	}
	if at < 0 {
		return found{}, false
	}
	return found{first, words[strings.Count(said[:at], " ")].line}, true
}

type token struct {
	word string
	line int
}

// tokens cuts a text into runs of letters and runs of digits, in lower case.
// Marks that are not seen, such as a soft hyphen, do not end a run.
func tokens(text string) []token {
	var all []token
	var run strings.Builder
	line, digits := 1, false
	end := func() {
		if run.Len() > 0 {
			all = append(all, token{run.String(), line})
			run.Reset()
		}
	}
	for _, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if unicode.IsDigit(r) != digits {
				end()
			}
			digits = unicode.IsDigit(r)
			run.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r):
		default:
			end()
			if r == '\n' {
				line++
			}
		}
	}
	end()
	return all
}

// reference is the shape of [pep.Ref] in running text.
var reference = regexp.MustCompile(`PEP-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}`)

// parts calls see for each part of a message that is not inside a document.
func (c Contents) parts(see func(Part, string)) {
	see(PartSenderName, c.SenderName)
	see(PartSubject, c.Subject)
	see(PartText, c.Text)
	for _, a := range c.Attachments {
		see(PartFileName, a.Name)
	}
}

// References gives the distinct references that a message carries outside its
// documents, in the order in which they are met.
func (c Contents) References() []pep.Ref {
	var refs []pep.Ref
	seen := map[string]bool{}
	c.parts(func(_ Part, text string) {
		for _, ref := range reference.FindAllString(text, -1) {
			if !seen[ref] {
				seen[ref] = true
				refs = append(refs, pep.Ref(ref))
			}
		}
	})
	return refs
}

// Silent is nil where nothing outside the documents says what the message is
// about, apart from the reference itself, and else a [TellingError].
func (c Contents) Silent() error {
	var err error
	c.parts(func(part Part, text string) {
		if f, tells := telling(reference.ReplaceAllString(text, " . ")); tells && err == nil {
			err = &TellingError{Part: part, Word: f.phrase}
		}
	})
	return err
}
