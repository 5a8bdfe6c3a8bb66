package word

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
)

// withSigns puts before a person what stands at an answer and is no text. An
// answer that is nothing else cannot be read.
func (s site) withSigns(a answer) answer {
	var signs scan.Signs
	if s.cell != nil {
		signs = s.cell.Signs
	}
	for _, f := range s.controls {
		signs = signs.And(f.Signs)
	}
	code, detail := ProblemCode(""), ""
	switch {
	case signs == scan.Signs{} || a.unreadable:
		return a
	case signs.Odd:
		return unreadable(NotAnAnswer, a.value, "a character of the answer is a picture in a font of its own")
	case signs.Picture:
		code, detail = Picture, "a picture stands at the answer; what it shows was not read"
	case signs.Hidden:
		code, detail = HiddenText, "hidden text stands at the answer; it was not read"
	case signs.Note:
		code, detail = Footnote, "a footnote hangs on the answer; it was not read"
	}
	if a.value == "" && !signs.Note {
		return unreadable(code, "", detail)
	}
	if a.problem == "" {
		a.problem, a.detail = code, detail
	}
	return a
}

// withoutPrompt takes away the words of the empty box that somebody wrote
// before or behind, and reports whether a part of them is left: then nobody
// knows what was meant.
func withoutPrompt(text string) (answer string, rest bool) {
	if !strings.Contains(text, "\u00a0") && !strings.Contains(text, "Click or tap") {
		return text, false
	}
	for _, p := range place.Prompts() {
		for _, words := range []string{p.Words, strings.ReplaceAll(p.Words, "\u00a0", " ")} {
			if (strings.HasPrefix(text, words) || strings.HasSuffix(text, words)) && len(words) > len("Add date") {
				text = strings.TrimSuffix(strings.TrimPrefix(text, words), words)
			}
		}
	}
	for _, p := range place.Prompts() {
		if at := strings.IndexByte(p.Words, 0xC2); strings.Contains(text, lastWord(p.Words[:at])+p.Words[at:]) {
			return text, true
		}
	}
	return text, strings.Contains(text, "Click or tap")
}

func lastWord(text string) string { return text[strings.LastIndexByte(text, ' ')+1:] }

// plainWords takes out of a text that is no prose what editors put in unseen:
// marks of direction, blanks without width, and blanks that do not break.
func plainWords(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\u2007':
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}

// alike is a text as far as a hurried hand keeps it: without case, kinds of
// quotes and dashes, punctuation at the end and the width of blanks.
func alike(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '’', '‘', '´', '`', 'ʼ':
			return '\''
		case '“', '”', '„':
			return '"'
		case '–', '—', '‑', '−':
			return '-'
		}
		return unicode.ToLower(r)
	}, plainWords(text))
	return strings.TrimRight(strings.Join(strings.Fields(text), " "), ".,;:!?*… ")
}

// choiceOf gives the key of the one choice that a text means, else the text.
func choiceOf(field form.Field, text string) string {
	key, found := "", 0
	for _, choice := range field.Choices {
		if alike(choice.Label) == alike(text) || alike(choice.Key) == alike(text) {
			key = choice.Key
			found++
		}
	}
	if found == 1 {
		return key
	}
	return text
}

// severalListed gives keys for the words of several choices, one to a line or
// parted by commas or semicolons, where all of them are choices.
func severalListed(field form.Field, text string) string {
	for _, signs := range []string{";\n", ";,\n"} {
		var keys []string
		all := true
		for _, item := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(signs, r) }) {
			if strings.TrimSpace(item) == "" {
				continue
			}
			key := choiceOf(field, strings.Trim(item, " \t•·-*"))
			keys, all = append(keys, key), all && field.ChoiceLabel(key) != key
		}
		if all && len(keys) > 0 {
			return strings.Join(keys, place.Several)
		}
	}
	return text
}

var (
	// monthFirst is a date as "March 3 2026"; a name cannot be taken for a day.
	monthFirst = regexp.MustCompile(`^(?i)(\p{L}+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$`)
	// thousands are commas where British readers expect them.
	thousands = regexp.MustCompile(`^[^,]*$|^[^\d,]*\d{1,3}(,\d{3})+(\.\d*)?\D*$`)
)

// plainDate puts what a date may be written like in front of what the form
// takes: "3rd of March 2026.", "Sept", month before day.
func plainDate(text string) string {
	text = strings.Join(strings.Fields(strings.TrimRight(text, ". ")), " ")
	text = strings.Replace(strings.Replace(text, " of ", " ", 1), "Sept ", "Sep ", 1)
	return monthFirst.ReplaceAllString(text, "$2 $1 $3")
}

// plainAmount reports whether the commas of an amount part thousands: "12,50"
// is twelve and a half to most of Europe.
func plainAmount(text string) bool { return thousands.MatchString(text) }
