package template

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// answer looks at the control of an answer.
func (c *checking) answer(sdt, properties *xmltree.Node, want wanted, in surroundings) {
	tag := want.Tag()
	if c.edge {
		c.fault(sdt, OutOfPlace, tag, "an answer stands in a header or footer, where it would be on every page and is not read back", "move it to the page")
		return
	}
	if in.item <= 1 {
		c.seen[tag]++
	}
	if c.seen[tag] == 2 && in.item <= 1 {
		c.fault(sdt, Doubled, tag, "the control of “"+want.label+"” stands more than once", "keep one of them")
	}
	if has, multiline := shapeOf(properties); !fits(want, has, multiline) {
		c.fault(sdt, WrongKind, tag, "“"+want.label+"” needs "+shapeWords(want.Shape)+" and has "+shapeHas(has, multiline), "copy the control from the exported file")
	}
	c.placed(sdt, want, in)
	if words := looseWords(in.cell, want.labels); words != "" {
		c.fault(sdt, LooseWords, tag, "other words stand in the cell of “"+want.label+"” and would be read as part of the answer",
			"put the words into a cell of their own; the words beside a box to tick must stay as exported")
	}
}

// placed looks at where an answer stands.
func (c *checking) placed(sdt *xmltree.Node, want wanted, in surroundings) {
	tag := want.Tag()
	switch section := c.want.section[want.Key]; {
	case in.instructions:
		c.fault(sdt, OutOfPlace, tag, "“"+want.label+"” stands in the instructions, which are on no form", "move it out")
	case want.Column != "" && (in.rows != want.Key || in.item == 0):
		c.fault(sdt, OutOfPlace, tag, "“"+want.label+"” stands outside the repeating row of its table", "move it into the row")
	case want.Column == "" && in.rows != "":
		c.fault(sdt, OutOfPlace, tag, "“"+want.label+"” stands in a row that is repeated", "move it out of the table")
	case in.question != "" && in.question != want.Key:
		c.fault(sdt, OutOfPlace, tag, "“"+want.label+"” stands in the box of another question ("+in.question+")", "move it into its own box")
	case in.section != "" && in.section != section:
		c.fault(sdt, OutOfPlace, tag, "“"+want.label+"” stands in the section "+in.section+" and belongs to "+section, "move it into its section")
	case in.question == "" && in.row == nil:
		c.fault(sdt, OutOfPlace, tag, "“"+want.label+"” has lost the box around it and its label: the label would stay where the answer is withheld",
			"put both into a control with the tag "+place.QuestionTag(want.Key)+", or into a table's row")
	}
}

// shapeOf is the kind of a control; multiline is set for text that may have
// several lines.
func shapeOf(properties *xmltree.Node) (shape place.Shape, multiline bool) {
	for n := properties.First; n != nil; n = n.Next {
		switch n.Local {
		case "date":
			return place.Day, false
		case "dropDownList", "comboBox":
			return place.List, false
		case "checkbox":
			return place.Box, false
		case "text":
			value := n.Attr(xmltree.Word, "multiLine")
			return place.Line, value == "1" || value == "true" || value == "on"
		case "picture", "citation", "group", "docPartList", "docPartObj", "equation", "bibliography", "repeatingSection":
			return "", false
		}
	}
	return place.Text, true // a rich text control has no element of its own
}

func shapeHas(shape place.Shape, multiline bool) string {
	switch {
	case shape == place.Text:
		return "a rich text control"
	case shape == place.Line && multiline:
		return shapeWords(place.Text)
	}
	return shapeWords(shape)
}

// looseWords are the words of a cell outside every control, the labels of
// boxes taken away.
func looseWords(cell *xmltree.Node, labels []string) string {
	if cell == nil {
		return ""
	}
	text := outside(cell)
	for _, label := range labels {
		text = strings.Replace(text, label, "", 1)
	}
	return strings.TrimSpace(text)
}

// outside is the text of a node that stands in no control below it.
func outside(n *xmltree.Node) string {
	var b strings.Builder
	for c := n.First; c != nil; c = c.Next {
		switch {
		case c.Is(xmltree.Word, "sdt"):
		case c.Is(xmltree.Word, "t"):
			b.WriteString(c.Content())
		case c.Space == xmltree.Word && (strings.HasSuffix(c.Local, "Pr") || c.Local == "instrText"):
		default:
			b.WriteString(outside(c))
			if c.Is(xmltree.Word, "p") {
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// lacking tells what is not there, and for what a strange tag may be meant.
func (c *checking) lacking() {
	missing := map[string]bool{}
	for tag := range c.want.controls {
		if c.seen[tag] == 0 {
			missing[tag] = true
		}
	}
	for _, tag := range c.want.required {
		if c.seen[tag] == 0 {
			missing[tag] = true
		}
	}
	for _, s := range c.strangers {
		c.strange(s, missing)
	}
	c.bare(missing)
	for _, tag := range c.want.order {
		if missing[tag] {
			c.add(c.missing(tag))
		}
	}
	for _, mark := range [][2]string{{place.RefProperty, "the reference"}, {place.FormProperty, "the name of the form"}} {
		if tag := mark[0]; c.seen[tag] == 0 {
			c.add(Fault{
				Code: Missing, Part: "the foot of the page", Tag: tag, Text: mark[1] + " is nowhere: a form that lost everything else is known by it",
				Hint: "copy the control " + tag + " from the footer of the exported file",
			})
		}
	}
	slices.SortStableFunc(c.all, func(a, b Fault) int { return weight(a) - weight(b) })
}

// weight puts what keeps a template from being used before what does not.
func weight(f Fault) int {
	if f.Warning {
		return 1
	}
	return 0
}

// surely is how many letters may be wrong in a tag that is certainly meant for
// another one.
const surely = 2

func (c *checking) strange(s stranger, missing map[string]bool) {
	right := c.want.nearest(s.tag, missing)
	hint := "remove the control or give it the tag of a question"
	if right != "" {
		hint = "did you mean " + right + "?"
		if form.Edits(strings.ToLower(s.tag), strings.ToLower(right), surely+1) <= surely {
			delete(missing, right) // one slip is told once
		}
	}
	name := s.tag
	if name == "" {
		name = "(none, but bound to hidden data)"
	}
	c.fault(s.at, Unknown, s.tag, "no question of the form has the tag "+short(name), hint)
}

// bare says once, of a file that lost all tags, what has happened to it.
func (c *checking) bare(missing map[string]bool) {
	if len(missing) < len(c.want.controls) || len(c.want.controls) == 0 {
		return
	}
	clear(missing)
	c.add(Fault{
		Code: Missing, Part: c.part, Text: "no control of the form is there: the file is not made from an exported form, or a program that drops the tags saved it (LibreOffice 7 does)",
		Hint: "export the form again and change it in Word",
	})
}

func (c *checking) missing(tag string) Fault {
	fault := Fault{Code: Missing, Part: "the page", Tag: tag, Hint: "copy it from the exported file"}
	want, isAnswer := c.want.controls[tag]
	switch kind, about := place.ParsePart(tag); {
	case isAnswer && want.Choice != "":
		fault.Text = "the box “" + want.Title + "” is missing"
	case isAnswer:
		fault.Text = "the control of “" + want.label + "” is missing"
	case kind == place.Section:
		fault.Text = "the control around the section " + about + " is missing: it could not be taken out where it does not belong on a form"
	case kind == place.Rows:
		fault.Text = "the repeating row of the table " + about + " is missing"
	case kind == place.Fact:
		fault.Text = "the text “" + about + "” is missing"
	}
	return fault
}
