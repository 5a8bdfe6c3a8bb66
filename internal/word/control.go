package word

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// shape is the kind of content control that takes an answer.
type shape string

// The shapes.
const (
	lineShape shape = "line"
	textShape shape = "text"
	dateShape shape = "date"
	listShape shape = "list"
	boxShape  shape = "box"
)

// control is one content control to be drawn.
type control struct {
	place
	shape shape
	// choiceAt is the position of the choice that a box stands for, from 1,
	// and words what stands beside the box.
	choiceAt int
	words    string
	title    string
	// value is canonical, display what is shown; both empty where unanswered.
	value, display string
	choices        []form.Choice
	// locked controls cannot be written in; quiet ones show no frame.
	locked, quiet bool
	// narrow controls have room for one word of prompt.
	narrow bool
	// colour is the filler's, RRGGBB; empty for none.
	colour string
}

// prompt is what an empty control says; the names are those of the building
// blocks of parts/glossary.xml, from which Word restores the words. The last
// space of each is a no-break space: nobody types one, so that a prompt is
// never taken for an answer, nor an answer for a prompt.
type prompt struct{ name, words string }

func prompts() []prompt {
	return []prompt{
		{"PepostWrite", "Click or tap to\u00a0write"},
		{"PepostDate", "Click or tap to choose a\u00a0date"},
		{"PepostChoose", "Choose an\u00a0answer"},
		{"PepostNone", "Not\u00a0recorded"},
		{"PepostWriteNarrow", "Write\u00a0…"},
		{"PepostDateNarrow", "Date\u00a0…"},
		{"PepostChooseNarrow", "Choose\u00a0…"},
	}
}

func (c control) prompt() prompt {
	all, at := prompts(), 0
	switch {
	case c.locked:
		return all[3]
	case c.shape == dateShape:
		at = 1
	case c.shape == listShape:
		at = 2
	}
	if c.narrow {
		at += 4
	}
	return all[at]
}

// stored is the text that the custom XML part holds for the control: Word
// shows it instead of the content when it opens the file.
func (c control) stored() string {
	switch c.shape {
	case boxShape:
		return strconv.FormatBool(c.value == c.choice)
	case listShape, dateShape:
		return c.value
	default:
		return c.shown()
	}
}

// shown is the text in the control.
func (c control) shown() string {
	if c.shape == dateShape {
		if day, err := pep.ParseDate(c.value); err == nil {
			return day.Slashed()
		}
	}
	return c.display
}

// The signs of a box, the ones that Word itself uses.
const (
	ticked   = "☒"
	unticked = "☐"
)

// control draws one content control within a paragraph.
func (p *pen) control(c control) {
	number := strconv.Itoa(p.bookmarks)
	p.bookmarks++
	p.put(`<w:bookmarkStart w:id="`, number, `" w:name="`, c.bookmark(), `"/><w:sdt><w:sdtPr>`)
	shown := c.shown()
	empty := shown == "" && c.shape != boxShape
	p.properties(c, empty)
	p.put(`</w:sdtPr><w:sdtContent>`)
	switch {
	case c.shape == boxShape:
		p.run(boxFont, tick(c.value == c.choice))
	case empty:
		p.run(`<w:rStyle w:val="PlaceholderText"/>`, c.prompt().words)
	default:
		p.run("", shown)
	}
	p.put(`</w:sdtContent></w:sdt><w:bookmarkEnd w:id="`, number, `"/>`)
}

const boxFont = `<w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic" w:cs="MS Gothic"/>`

func tick(on bool) string {
	if on {
		return ticked
	}
	return unticked
}

// properties are in the order of the schema (ECMA-376 part 1, 17.5.2.38).
func (p *pen) properties(c control, empty bool) {
	if c.shape == boxShape {
		p.put("<w:rPr>", boxFont, "</w:rPr>")
	}
	p.put(`<w:alias w:val="`)
	p.text(title(c.title))
	p.put(`"/><w:tag w:val="`, c.tag(), `"/><w:id w:val="`, p.id(c.tag()+"#"+strconv.Itoa(c.row)), `"/>`)
	if c.locked {
		p.put(`<w:lock w:val="sdtContentLocked"/>`)
	} else {
		p.put(`<w:lock w:val="sdtLocked"/>`)
	}
	if c.shape != boxShape {
		p.put(`<w:placeholder><w:docPart w:val="`, c.prompt().name, `"/></w:placeholder>`)
	}
	if empty {
		p.put(`<w:showingPlcHdr/>`)
	}
	p.put(`<w:dataBinding w:prefixMappings="`, prefixMappings, `" w:xpath="`, c.path(c.choiceAt), `" w:storeItemID="`, storeID, `"/>`)
	if c.colour != "" {
		p.put(`<w15:color w:val="`, c.colour, `"/>`)
	}
	if c.quiet {
		p.put(`<w15:appearance w15:val="hidden"/>`)
	}
	p.typed(c)
}

// typed writes the element that makes the control what it is.
func (p *pen) typed(c control) {
	switch c.shape {
	case dateShape:
		p.put(`<w:date`)
		if c.value != "" {
			p.put(` w:fullDate="`, c.value, `T00:00:00Z"`)
		}
		p.put(`><w:dateFormat w:val="dd/MM/yyyy"/><w:lid w:val="en-GB"/><w:storeMappedDataAs w:val="date"/><w:calendar w:val="gregorian"/></w:date>`)
	case listShape:
		p.list(c)
	case boxShape:
		p.put(`<w14:checkbox><w14:checked w14:val="`, bit(c.value == c.choice),
			`"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>`)
	case textShape:
		p.put(`<w:text w:multiLine="1"/>`)
	case lineShape:
		p.put(`<w:text/>`)
	}
}

func bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// list writes the choices, and the answer itself where it is none of them: a
// list that lacks its own answer would lose it in Word.
func (p *pen) list(c control) {
	p.put(`<w:dropDownList>`)
	known := c.value == ""
	for _, choice := range c.choices {
		p.listItem(choice)
		known = known || choice.Key == c.value
	}
	if !known {
		p.listItem(form.Choice{Key: c.value, Label: c.display})
	}
	p.put(`</w:dropDownList>`)
}

func (p *pen) listItem(choice form.Choice) {
	p.put(`<w:listItem w:displayText="`)
	p.text(choice.Label)
	p.put(`" w:value="`)
	p.text(choice.Key)
	p.put(`"/>`)
}

// question is what an answer and a grid's cell have in common.
type question struct {
	place
	label          string
	kind           form.Kind
	value, display string
	choices        []form.Choice
	colour         string
	locked, final  bool
	narrow         bool
}

// yesNo are the choices of a question that is answered by yes or no. Two boxes
// tell "no" from "not answered", which one cannot.
func yesNo() []form.Choice {
	return []form.Choice{{Key: "yes", Label: "Yes"}, {Key: "no", Label: "No"}}
}

// boxes are the choices that an open question offers as boxes to tick.
func boxes(kind form.Kind, choices []form.Choice) []form.Choice {
	switch kind {
	case form.YesNo:
		return yesNo()
	case form.SeveralOf:
		return choices
	default:
		return nil
	}
}

// controls are the content controls of a question: one, or a box for each
// choice. Locked answers to choices are plain words.
func (q question) controls() []control {
	c := control{
		place: q.place, title: q.label, value: q.value, display: plain(q.display), choices: q.choices,
		locked: q.locked, quiet: q.final, narrow: q.narrow, shape: lineShape,
	}
	if !q.locked {
		c.colour = q.colour
	}
	switch {
	case q.kind == form.Date:
		c.shape = dateShape
	case q.kind == form.LongText:
		c.shape = textShape
	case q.kind == form.OneOf && !q.locked:
		c.shape = listShape
	case len(boxes(q.kind, q.choices)) > 0 && !q.locked:
		return c.boxes(boxes(q.kind, q.choices))
	}
	return []control{c}
}

func (c control) boxes(choices []form.Choice) []control {
	all := make([]control, len(choices))
	chosen := strings.Split(c.value, "; ")
	for i, choice := range choices {
		box := c
		box.shape, box.choice, box.choiceAt = boxShape, choice.Key, i+1
		box.title, box.words = c.title+": "+choice.Label, plain(choice.Label)
		box.choices, box.display, box.value = nil, "", ""
		for _, key := range chosen {
			if key == choice.Key {
				box.value = key
			}
		}
		all[i] = box
	}
	return all
}
