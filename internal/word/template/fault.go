package template

import (
	"strings"

	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Code names what is wrong with a template in one word.
type Code string

// The codes.
const (
	// Missing is a control that the form needs and the template lacks.
	Missing Code = "missing"
	// Doubled is a control that stands more than once.
	Doubled Code = "doubled"
	// Unknown is a tag that no question of the form has.
	Unknown Code = "unknown"
	// WrongKind is a control of another kind than the question needs.
	WrongKind Code = "wrong_kind"
	// OutOfPlace is a control outside the row, question or section it is of.
	OutOfPlace Code = "out_of_place"
	// LooseWords are words in an answer's cell, which would be read as part of
	// the answer.
	LooseWords Code = "loose_words"
	// Incomplete is a template that lost a part which a form cannot do without.
	Incomplete Code = "incomplete"
	// Refused is a file that is not looked at any further.
	Refused Code = "refused"
	// Active is what runs, fetches or embeds something.
	Active Code = "active"
	// Comment is a remark in the margin.
	Comment Code = "comment"
	// Tracked is a change that nobody accepted.
	Tracked Code = "tracked_change"
	// Hidden is text that nobody sees.
	Hidden Code = "hidden_text"
	// Personal is what the file says of the people who made it.
	Personal Code = "personal_metadata"
)

// Codes lists every code.
func Codes() []Code {
	return []Code{
		Missing, Doubled, Unknown, WrongKind, OutOfPlace, LooseWords, Incomplete, Refused, Active, Comment, Tracked, Hidden, Personal,
	}
}

// Fault is one thing wrong with a template.
type Fault struct {
	Code Code `json:"code"`
	// Part is the part of the file: the page, a header, the settings.
	Part string `json:"part"`
	// Tag is the control's, empty where the fault is no control's.
	Tag string `json:"tag,omitempty"`
	// Near are words of the template that stand by.
	Near string `json:"near,omitempty"`
	Text string `json:"text"`
	Hint string `json:"hint"`
	// Warning is a fault that does not keep the template from being used.
	Warning bool `json:"warning,omitempty"`
}

// String is the fault in one line.
func (f Fault) String() string {
	text := f.Part + ": " + f.Text
	if f.Near != "" {
		text += ", near “" + f.Near + "”"
	}
	return text
}

// maxFaults bounds the list of a file that was made to be wrong.
const maxFaults = 1000

// faults gathers what is found.
type faults struct{ all []Fault }

func (f *faults) add(one Fault) {
	if len(f.all) < maxFaults {
		f.all = append(f.all, one)
	}
}

// Sound reports whether a template with these faults may be used.
func Sound(all []Fault) bool {
	for _, one := range all {
		if !one.Warning {
			return false
		}
	}
	return true
}

// maxNear is how many characters of the template's own words a fault repeats.
const maxNear = 60

// near are the words that stand by a node: of its own row, paragraph or cell,
// else of whatever comes before. What boxes say while they are empty counts
// only where there is nothing else.
func near(n *xmltree.Node) string {
	if content := n.Child(xmltree.Word, "sdtContent"); content != nil {
		if words := short(outside(content)); words != "" {
			return words
		}
	}
	for at := n; at != nil && at.Parent != nil; at = at.Parent {
		switch at.Local {
		case "p", "tc", "tr", "tbl":
			if words := short(outside(at)); words != "" {
				return words
			}
		}
		words := ""
		for c := at.Parent.First; c != nil && c != at; c = c.Next {
			if text := lastLine(scan.VisibleText(c)); text != "" {
				words = text
			}
		}
		if words != "" {
			return short(words)
		}
	}
	return short(scan.VisibleText(n))
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxNear {
		return string(runes[:maxNear-1]) + "…"
	}
	return text
}

// partWords is a part of the package in an officer's words.
func partWords(name string) string {
	file := name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case strings.HasPrefix(file, "header"):
		return "a header (" + file + ")"
	case strings.HasPrefix(file, "footer"):
		return "a footer (" + file + ")"
	case strings.HasPrefix(name, "docProps/"):
		return "the document's properties"
	case strings.HasPrefix(name, "word/glossary/"):
		return "the words of empty boxes"
	case file == "document.xml":
		return "the page"
	case file == "settings.xml":
		return "the settings"
	case strings.HasSuffix(file, ".rels"):
		return "the links of " + strings.TrimSuffix(file, ".rels")
	}
	return short(file)
}
