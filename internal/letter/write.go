package letter

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/route"
)

// openWords are what a letter to a secure address may speak of. Dates are in
// the long form, and empty where they are not known.
type openWords struct {
	Reference, On, ReturnBy      string
	Late, Professional, Attached bool
	Officer                      Officer
	VirtualSchool, Authority     string
}

// neutralWords are what any other letter may speak of: it cannot say more.
type neutralWords struct {
	Reference, On, ReturnBy string
	Late                    bool
	Officer                 neutralOfficer
	Authority               string
	Agreed                  string
	Texted                  bool
}

type neutralOfficer struct{ Name, Telephone string }

// Write gives what one message says. It fails with an [UndecidedError] where
// the decision permits no message, with an [InputError] where something is
// missing, and with a [TellingError] where the words would say more than they
// may.
func (t Templates) Write(in Input) (Contents, error) {
	how, err := classOf(in.Decision)
	if err != nil {
		return Contents{}, err
	}
	if err := in.check(how); err != nil {
		return Contents{}, err
	}
	f, ok := t.letters[purpose{in.Kind, how}]
	if !ok {
		return Contents{}, &InputError{"kind", "has no template"}
	}
	c, err := f.write(in, how)
	if err != nil {
		return Contents{}, err
	}
	if in.carries(how) {
		c.Attachments = []Attachment{{Name: fileName(in), Type: in.Extension.MediaType(), Data: in.Document}}
		if how != neutral && len(in.Calendar) > 0 {
			invitation := in
			invitation.Extension = Calendar
			c.Attachments = append(c.Attachments, Attachment{Name: fileName(invitation), Type: Calendar.MediaType(), Data: in.Calendar})
		}
	}
	return c, checkWritten(c, in, how)
}

// classOf gives how freely a message under a decision may speak.
func classOf(d route.Decision) (class, error) {
	switch verdict := d.Settled(); {
	case verdict == route.Secure && d.Method == route.MethodTLS:
		return secure, nil
	case verdict == route.Encrypt && d.Method == route.MethodProtectedDocument:
		return neutral, nil
	case verdict == route.Encrypt && d.Method == route.MethodOpenPGP:
		return sealed, nil
	case verdict == route.Encrypt && d.Method == route.MethodPost:
		return posted, nil
	case verdict == route.Encrypt && d.Method == route.MethodGateway:
		return gateway, nil
	default:
		return "", &UndecidedError{Verdict: verdict, Method: d.Method}
	}
}

// carries reports whether the message has the document with it; what goes by
// post has it beside it.
func (in Input) carries(how class) bool {
	return how != posted && in.Kind != Escalate && (in.Kind != Chase || how == secure && len(in.Document) > 0)
}

// check finds what a letter cannot be written from.
func (in Input) check(how class) error {
	if reference.FindString(string(in.Ref)) != string(in.Ref) || in.Ref == "" {
		return &InputError{"reference", "is not of the form PEP-7F3K-2Q"}
	}
	if in.On.IsZero() {
		return &InputError{"day of sending", "is not given"}
	}
	if in.carries(how) {
		switch {
		case len(in.Document) == 0:
			return &InputError{"document", "is empty"}
		case in.Extension.MediaType() == "":
			return &InputError{"document", "is of an unknown kind"}
		}
	}
	if strings.TrimSpace(in.Sender.Authority) == "" {
		return &InputError{"authority", "has no name"}
	}
	for _, value := range []struct{ field, text string }{
		{"authority", in.Sender.Authority},
		{"virtual school", in.Sender.VirtualSchool},
		{"officer's name", in.Officer.Name},
		{"officer's telephone", in.Officer.Telephone},
		{"officer's mailbox", in.Officer.Mailbox},
	} {
		if strings.ContainsFunc(value.text, unfit) || !utf8.ValidString(value.text) {
			return &InputError{value.field, "has a line end or a control character"}
		}
		if utf8.RuneCountInString(value.text) > maxHead {
			return &InputError{value.field, "is longer than 200 characters"}
		}
	}
	return nil
}

// unfit characters could begin a new header line or turn text about.
func unfit(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// write fills the template in.
func (f file) write(in Input, how class) (c Contents, err error) {
	if how == secure {
		return f.fill(in.openWords())
	}
	return f.fill(in.neutralWords())
}

// fill writes every part from the words it may use.
func (f file) fill(words any) (c Contents, err error) {
	if c.SenderName, err = run(f.from, words); err != nil {
		return Contents{}, fmt.Errorf("writing the sender name: %w", err)
	}
	if c.Subject, err = run(f.subject, words); err != nil {
		return Contents{}, fmt.Errorf("writing the subject: %w", err)
	}
	if c.Text, err = run(f.body, words); err != nil {
		return Contents{}, fmt.Errorf("writing the text: %w", err)
	}
	// Blanks side by side do not survive the folding of header lines.
	c.SenderName, c.Subject = oneBlank(c.SenderName), oneBlank(c.Subject)
	c.Text = oneEmptyLine(c.Text) + "\n"
	return c, nil
}

// blanks stand side by side, gaps are what {{if}} lines leave.
var (
	blanks = regexp.MustCompile(`[ \t\x{00a0}]{2,}|\t`)
	gaps   = regexp.MustCompile(`\n(?:[ \t]*\n){2,}`)
)

func oneBlank(line string) string { return blanks.ReplaceAllString(strings.Trim(line, " \t"), " ") }

func oneEmptyLine(text string) string { return gaps.ReplaceAllString(text, "\n\n") }

func (in Input) openWords() openWords {
	w := openWords{
		Reference: string(in.Ref), On: in.On.Long(), ReturnBy: in.ReturnBy.Long(),
		Late: in.Late, Professional: in.Role.Professional(), Attached: in.carries(secure),
		Officer: in.Officer, VirtualSchool: in.Sender.VirtualSchool, Authority: in.Sender.Authority,
	}
	if w.VirtualSchool == "" {
		w.VirtualSchool = "Virtual School"
	}
	return w
}

// neutralWords leaves out names that say what the office is for.
func (in Input) neutralWords() neutralWords {
	return neutralWords{
		Reference: string(in.Ref), On: in.On.Long(), ReturnBy: in.ReturnBy.Long(), Late: in.Late,
		Officer:   neutralOfficer{Name: unless(in.Officer.Name, "our office"), Telephone: unless(in.Officer.Telephone, "")},
		Authority: unless(in.Sender.Authority, "The council"), Agreed: in.Agreed.Long(), Texted: in.Texted,
	}
}

// unless gives a text, or other words where it is empty or tells.
func unless(text, instead string) string {
	if _, tells := telling(text); tells || strings.TrimSpace(text) == "" {
		return instead
	}
	return text
}

// fileName is the reference and the day of sending, and nothing else.
func fileName(in Input) string {
	return string(in.Ref) + "-" + in.On.String() + "." + string(in.Extension)
}

// checkWritten looks through what was written, whatever the template was.
func checkWritten(c Contents, in Input, how class) error {
	dated := func(text string) bool {
		return strings.Contains(text, in.On.Long()) || !in.ReturnBy.IsZero() && strings.Contains(text, in.ReturnBy.Long())
	}
	for _, part := range []struct {
		name Part
		text string
	}{{PartSubject, c.Subject}, {PartText, c.Text}} {
		switch {
		case !strings.Contains(part.text, string(in.Ref)):
			return &TellingError{part.name, "no reference"}
		case !dated(part.text):
			return &TellingError{part.name, "no date"}
		}
	}
	for _, part := range []struct {
		name Part
		text string
	}{{PartSenderName, c.SenderName}, {PartSubject, c.Subject}} {
		switch {
		case strings.TrimSpace(part.text) == "":
			return &TellingError{part.name, "nothing"}
		case strings.ContainsFunc(part.text, unfit):
			return &TellingError{part.name, "more than one line"}
		case utf8.RuneCountInString(part.text) > maxHead:
			return &TellingError{part.name, "more than 200 characters"}
		case strings.ContainsAny(part.text, "[]"):
			// Gateways take such tags as orders, and fail open without them.
			return &TellingError{part.name, "a tag in square brackets"}
		}
	}
	if refs := c.References(); len(refs) != 1 || refs[0] != in.Ref {
		return &TellingError{PartText, "another reference than its own"}
	}
	if how == secure {
		return nil
	}
	return c.Silent()
}
