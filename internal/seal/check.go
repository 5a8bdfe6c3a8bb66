package seal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// check finds an envelope that is not the one that was decided on.
func (e Envelope) check(d route.Decision) error {
	switch {
	case e.To.Verdict() != pep.AddressGood:
		return mismatch("recipient", "is not an address that mail is sent to")
	case e.To.Canonical() != d.Canonical:
		return mismatch("recipient", "is not the address that was decided on")
	case e.From.Verdict() != pep.AddressGood:
		return mismatch("sender", "is not a usable address")
	case e.Date.IsZero() || e.Date.Year() < 1900 || e.Date.Year() > 9999:
		return mismatch("date", "is not given")
	}
	return checkMessageID(e.MessageID, e.From.Domain())
}

// checkMessageID wants <identifier@domain> with the sender's domain.
func checkMessageID(id, domain string) error {
	inner, ok := strings.CutPrefix(id, "<")
	inner, closed := strings.CutSuffix(inner, ">")
	left, right, at := strings.Cut(inner, "@")
	if !ok || !closed || !at || right != domain || !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`).MatchString(left) {
		return mismatch("message identifier", "is not <letters, digits, dots or hyphens@the sender's domain>")
	}
	return nil
}

// checkDigest keeps a summary of many children where it belongs: ordinary mail
// by verified TLS, within the sender's own domain, with nothing attached.
func checkDigest(d route.Decision, c letter.Contents, e Envelope) error {
	switch {
	case !c.Digest:
	case d.Settled() != route.Secure || d.Method != route.MethodTLS:
		return mismatch("digest", "would leave by another way than verified TLS")
	case e.To.Domain() == "" || e.To.Domain() != e.From.Domain():
		return mismatch("digest", "would leave the sender's own domain")
	case len(c.Attachments) > 0:
		return mismatch("digest", "has a document")
	}
	return nil
}

// checkContents finds what could break out of its place in a message.
func checkContents(c letter.Contents) error {
	for _, line := range []struct{ what, text string }{{"sender name", c.SenderName}, {"subject", c.Subject}} {
		switch {
		case strings.TrimSpace(line.text) == "":
			return mismatch(line.what, "is empty")
		case !utf8.ValidString(line.text) || strings.ContainsFunc(line.text, unfit):
			return mismatch(line.what, "has a line end or a character that is not seen")
		case utf8.RuneCountInString(line.text) > 200:
			return mismatch(line.what, "is longer than 200 characters")
		case strings.Contains(line.text, "=?"):
			return mismatch(line.what, "has what looks like an encoded word")
		}
	}
	plain := strings.NewReplacer("\n", "", "\t", "").Replace(c.Text)
	if strings.TrimSpace(plain) == "" || !utf8.ValidString(plain) || strings.ContainsFunc(plain, unicode.IsControl) {
		return mismatch("text", "is empty or has a control character")
	}
	for _, a := range c.Attachments {
		switch {
		case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,60}\.(docx|pdf|ics)$`).MatchString(a.Name):
			return mismatch("file name", "is not letters, digits and hyphens with .docx, .pdf or .ics")
		case a.Type != letter.Extension(a.Name[strings.LastIndexByte(a.Name, '.')+1:]).MediaType():
			return mismatch("file", "has a name and a media type that differ")
		case len(a.Data) == 0:
			return mismatch("file", "is empty")
		}
	}
	if !c.Digest && len(c.References()) != 1 {
		return mismatch("message", "does not carry exactly one reference")
	}
	return nil
}

func unfit(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}
