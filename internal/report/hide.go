package report

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/outbox"
)

const (
	// mostRunes of a reason are kept.
	mostRunes = 400
	// shortestOwn keeps a name of a few letters from being found inside words.
	shortestOwn = 4
)

var address = regexp.MustCompile(`[^\s<>@"',;:()\[\]]+@[^\s<>@"',;:()\[\]]+`)

// hiding takes what names the recipient out of a text.
type hiding struct{ names *strings.Replacer }

// Hide takes out of a text what names a recipient, every other e-mail address
// and whatever makes it longer than a reason is.
func Hide(r outbox.Recipient, text string) string { return hider(r).one(text) }

func hider(r outbox.Recipient) hiding {
	var pairs []string
	for _, own := range []struct{ text, instead string }{
		{r.Address.Raw(), "(address)"},
		{r.Address.Canonical(), "(address)"},
		{r.Name, "(name)"},
		{r.Phone, "(telephone)"},
	} {
		if len(own.text) >= shortestOwn {
			pairs = append(pairs, own.text, own.instead)
		}
	}
	return hiding{names: strings.NewReplacer(pairs...)}
}

// one cleans a text: the recipient's own words, every other e-mail address,
// and whatever makes it longer than a reason is.
func (h hiding) one(text string) string {
	if h.names != nil {
		text = h.names.Replace(text)
	}
	text = address.ReplaceAllString(text, "(address)")
	if utf8.RuneCountInString(text) > mostRunes {
		text = string([]rune(text)[:mostRunes-1]) + "…"
	}
	return text
}

func (h hiding) all(texts []string) []string {
	clean := make([]string, 0, len(texts))
	for _, text := range texts {
		clean = append(clean, h.one(text))
	}
	return clean
}
