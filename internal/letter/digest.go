package letter

import (
	"strings"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// maxDigestLines is how many lines of one section a digest shows; the others
// are counted.
const maxDigestLines = 100

// Digest is one morning's summary for one officer of the authority: many
// children, by reference and case-system number alone.
type Digest struct {
	On       pep.Date
	Decision route.Decision
	Officer  Officer
	Sender   Sender
	Sections []DigestSection
}

// DigestSection is one heading with its lines. A line names a reference, a
// case-system number, a role and a day, and no person.
type DigestSection struct {
	Title string
	Lines []string
}

// digestWords are what the template may speak of.
type digestWords struct {
	On                       string
	Quiet                    bool
	Sections                 []digestSection
	Officer                  Officer
	VirtualSchool, Authority string
}

type digestSection struct {
	Title string
	Lines []string
	More  int
}

// WriteDigest gives what a digest says. It is written for ordinary mail to a
// secure address only: any other decision is an [UndecidedError]. Whether the
// address is within the authority's own domain is looked at when it is sealed.
func (t Templates) WriteDigest(d Digest) (Contents, error) {
	if how, err := classOf(d.Decision); err != nil || how != secure {
		return Contents{}, &UndecidedError{Verdict: d.Decision.Verdict, Method: d.Decision.Method}
	}
	if t.digest.body == nil {
		return Contents{}, &InputError{"digest", "has no template"}
	}
	words := digestWords{
		On: d.On.Long(), Officer: d.Officer, VirtualSchool: d.Sender.VirtualSchool, Authority: d.Sender.Authority,
	}
	for _, s := range d.Sections {
		if err := s.check(); err != nil {
			return Contents{}, err
		}
		if len(s.Lines) > 0 {
			shown := s.Lines[:min(len(s.Lines), maxDigestLines)]
			words.Sections = append(words.Sections, digestSection{s.Title, shown, len(s.Lines) - len(shown)})
		}
	}
	words.Quiet = len(words.Sections) == 0
	c, err := t.digest.fill(words)
	if err != nil {
		return Contents{}, err
	}
	c.Digest = true
	return c, nil
}

func (s DigestSection) check() error {
	for _, line := range append([]string{s.Title}, s.Lines...) {
		if strings.ContainsFunc(line, unfit) || !utf8.ValidString(line) || utf8.RuneCountInString(line) > maxHead {
			return &InputError{"a line of the digest", "is longer than 200 characters or has a line end or a control character"}
		}
	}
	return nil
}

// tryDigest does for the digest what tryLetter does for a letter.
func (t Templates) tryDigest() Problems {
	var problems Problems
	for circumstances := range 1 << 2 {
		d := Digest{
			On: pep.Date{Year: 2026, Month: 2, Day: 24}, Decision: route.Decision{Verdict: route.Secure, Method: route.MethodTLS},
			Sender: Sender{Authority: "Sample Council", VirtualSchool: "Sample Virtual School"},
		}
		if circumstances&1 == 1 {
			d.Officer = Officer{Name: "Pat Sample", Telephone: "01632 960000", Mailbox: "office@council.example"}
		}
		if circumstances&2 == 2 {
			d.Sections = []DigestSection{{"Held", make([]string, maxDigestLines+1)}}
		}
		if _, err := t.WriteDigest(d); err != nil {
			problems = append(problems, t.digest.explain(err))
		}
	}
	return problems
}
