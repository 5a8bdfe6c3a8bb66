package pdf

import (
	"regexp"

	"github.com/pepost/pepost/internal/document"
)

// tagging is the structure of a document while it is composed.
type tagging struct {
	root *element
	// section is where the next block belongs.
	section *element
	// answers is the table of the questions that follow each other; nil where
	// the next one begins another.
	answers *element
	// level is that of the last heading. shift is how much further out the
	// headings are in the structure than in the document, which may lack the
	// outermost one.
	level, shift int
}

func newTagging(doc document.Document) tagging {
	t := tagging{root: &element{role: roleDocument}}
	t.section = t.root
	for _, b := range doc.Blocks {
		if h, ok := b.(document.Heading); ok {
			t.shift = max(0, h.Level-1)
			break
		}
	}
	return t
}

// headed adds the element of a heading; one of the second level begins a
// section. No level is left out on the way in (ISO 14289-1, 7.4.2).
func (t *tagging) headed(level int) *element {
	switch {
	case level <= 1:
		t.section = t.root
	case level == 2:
		t.section = t.root.add(roleSect)
	}
	t.level = min(max(1, level-t.shift), t.level+1)
	return t.section.add(headingRole(t.level))
}

// answerTable is the table of questions and answers that the next one joins.
func (t *tagging) answerTable() *element {
	if t.answers == nil {
		t.answers = t.section.add(roleTable)
	}
	return t.answers
}

// linking gives an element whose whole text is an address of electronic mail or
// of the web a link; any other stays as it is.
func linking(in *element, text string) *element {
	target, alternative := text, "Open "+text
	switch {
	case regexp.MustCompile(`^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`).MatchString(text):
		target, alternative = "mailto:"+text, "Write to "+text
	case !regexp.MustCompile(`^https://[A-Za-z0-9./_?=&%-]+$`).MatchString(text):
		return in
	}
	link := in.add(roleLink)
	link.target, link.alternative = target, alternative
	return link
}
