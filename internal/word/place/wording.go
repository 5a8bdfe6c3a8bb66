package place

import (
	"strings"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/form"
)

// Shape is the kind of content control that takes an answer.
type Shape string

// The shapes.
const (
	Line Shape = "line"
	Text Shape = "text"
	Day  Shape = "date"
	List Shape = "list"
	Box  Shape = "box"
)

// Prompt is what an empty control says; the names are those of the building
// blocks of draw/parts/glossary.xml, from which Word restores the words. The last
// space of each is a no-break space: nobody types one, so that a prompt is
// never taken for an answer, nor an answer for a prompt.
type Prompt struct{ Name, Words string }

// Prompts are all of them: to write, to choose a date, to choose from a list,
// for what is not recorded, and all four again for narrow places.
func Prompts() []Prompt {
	return []Prompt{
		{"PepostWrite", "Click or tap to\u00a0write"},
		{"PepostDate", "Click or tap to choose a\u00a0date"},
		{"PepostChoose", "Choose an\u00a0answer"},
		{"PepostNone", "Not\u00a0recorded"},
		{"PepostWriteNarrow", "Write\u00a0in"},
		{"PepostDateNarrow", "Add\u00a0date"},
		{"PepostChooseNarrow", "Choose\u00a0one"},
		{"PepostNoneNarrow", "–\u00a0–"},
	}
}

// The signs of a box, the ones that Word itself uses.
const (
	Ticked   = "☒"
	Unticked = "☐"
)

// Tick is the sign of a box.
func Tick(on bool) string {
	if on {
		return Ticked
	}
	return Unticked
}

// Bit is a boolean of OOXML.
func Bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// yesNo are the choices of a question that is answered by yes or no. Two boxes
// tell "no" from "not answered", which one cannot.
func yesNo() []form.Choice {
	return []form.Choice{{Key: "yes", Label: "Yes"}, {Key: "no", Label: "No"}}
}

// Several parts the keys of an answer of several choices.
const Several = "; "

// Boxes are the choices that an open question offers as boxes to tick.
func Boxes(kind form.Kind, choices []form.Choice) []form.Choice {
	switch kind {
	case form.YesNo:
		return yesNo()
	case form.SeveralOf:
		return choices
	default:
		return nil
	}
}

// Spread is one line of an answer as it is drawn: a blank line gets a blank
// more, because LibreOffice 7.4 loses line breaks when it saves, and two of
// them that stand together cannot be told from one. An answer of a single line
// stays as it is.
func Spread(line string, single bool) string {
	if !single && strings.Trim(line, " ") == "" {
		return line + " "
	}
	return line
}

// SpreadAll spreads every line of an answer, as the hidden copy holds it:
// LibreOffice shows that one.
func SpreadAll(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Spread(lines[i], false)
	}
	return strings.Join(lines, "\n")
}

// Gathered undoes [Spread] for a whole answer.
func Gathered(text string) string {
	if !strings.Contains(text, "\n ") && !strings.HasPrefix(text, " ") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(lines) > 1 && line != "" && strings.Trim(line, " ") == "" {
			lines[i] = line[1:]
		}
	}
	return strings.Join(lines, "\n")
}

// Plain is text as a form holds it: line ends are "\n", and what XML cannot
// hold is gone, so that what is drawn, bound and read back is one and the
// same.
func Plain(text string) string {
	clean := func(r rune) bool { return r >= 0x20 && r != utf8.RuneError && r < 0xFFFE || r == '\n' || r == '\t' }
	if strings.IndexFunc(text, func(r rune) bool { return !clean(r) }) < 0 {
		return text
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\v' || r == '\f':
			return '\n'
		case r == 0xFFFE || r == 0xFFFF || r < 0x20 && r != '\n' && r != '\t':
			return -1
		}
		return r
	}, text)
}
