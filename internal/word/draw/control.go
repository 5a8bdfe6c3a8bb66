package draw

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/place"
)

// control is one content control to be drawn.
type control struct {
	place.Place
	shape place.Shape
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

// prompt is what the control says while it is empty.
func (c control) prompt() place.Prompt {
	all, at := place.Prompts(), 0
	switch {
	case c.locked:
		at = 3
	case c.shape == place.Day:
		at = 1
	case c.shape == place.List:
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
	case place.Box:
		return strconv.FormatBool(c.value == c.Choice)
	case place.List, place.Day:
		return c.value
	default:
		return place.SpreadAll(c.shown())
	}
}

// shown is the text in the control.
func (c control) shown() string {
	if c.shape == place.Day {
		if day, err := pep.ParseDate(c.value); err == nil {
			return day.Slashed()
		}
	}
	return c.display
}

// control draws one content control within a paragraph.
func (p *pen) control(c control) {
	number := strconv.Itoa(p.bookmarks)
	p.bookmarks++
	p.put(`<w:bookmarkStart w:id="`, number, `" w:name="`, c.Bookmark(), `"/><w:sdt><w:sdtPr>`)
	shown := c.shown()
	empty := shown == "" && c.shape != place.Box
	p.properties(c, empty)
	p.put(`</w:sdtPr><w:sdtContent>`)
	switch {
	case c.shape == place.Box:
		p.run(boxFont, place.Tick(c.value == c.Choice))
	case empty:
		p.run(`<w:rStyle w:val="PlaceholderText"/>`, c.prompt().Words)
	default:
		p.run("", shown)
	}
	p.put(`</w:sdtContent></w:sdt><w:bookmarkEnd w:id="`, number, `"/>`)
}

const boxFont = `<w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic" w:cs="MS Gothic"/>`

// properties are in the order of the schema (ECMA-376 part 1, 17.5.2.38).
func (p *pen) properties(c control, empty bool) {
	if c.shape == place.Box {
		p.put("<w:rPr>", boxFont, "</w:rPr>")
	}
	p.put(`<w:alias w:val="`)
	p.text(place.Title(c.title))
	p.put(`"/><w:tag w:val="`, c.Tag(), `"/><w:id w:val="`, p.ids.Of(c.Tag()+"#"+strconv.Itoa(c.Row)), `"/>`)
	if c.locked {
		p.put(`<w:lock w:val="sdtContentLocked"/>`)
	} else {
		p.put(`<w:lock w:val="sdtLocked"/>`)
	}
	if c.shape != place.Box {
		p.put(`<w:placeholder><w:docPart w:val="`, c.prompt().Name, `"/></w:placeholder>`)
	}
	if empty {
		p.put(`<w:showingPlcHdr/>`)
	}
	p.put(`<w:dataBinding w:prefixMappings="`, place.PrefixMappings, `" w:xpath="`, c.Path(c.choiceAt), `" w:storeItemID="`, place.StoreID, `"/>`)
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
	case place.Day:
		p.put(`<w:date`)
		if c.value != "" {
			p.put(` w:fullDate="`, c.value, `T00:00:00Z"`)
		}
		p.put(`><w:dateFormat w:val="dd/MM/yyyy"/><w:lid w:val="en-GB"/><w:storeMappedDataAs w:val="date"/><w:calendar w:val="gregorian"/></w:date>`)
	case place.List:
		p.list(c)
	case place.Box:
		p.put(`<w14:checkbox><w14:checked w14:val="`, place.Bit(c.value == c.Choice),
			`"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>`)
	case place.Text:
		p.put(`<w:text w:multiLine="1"/>`)
	case place.Line:
		p.put(`<w:text/>`)
	}
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
	place.Place
	label          string
	kind           form.Kind
	value, display string
	choices        []form.Choice
	colour         string
	locked, final  bool
	narrow         bool
}

// controls are the content controls of a question: one, or a box for each
// choice. Locked answers to choices are plain words.
func (q question) controls() []control {
	c := control{
		Place: q.Place, title: q.label, value: q.value, display: place.Plain(q.display), choices: q.choices,
		locked: q.locked, quiet: q.final, narrow: q.narrow, shape: place.Line,
	}
	if !q.locked {
		c.colour = q.colour
	}
	switch {
	case q.kind == form.Date:
		c.shape = place.Day
	case q.kind == form.LongText:
		c.shape = place.Text
	case q.kind == form.OneOf && !q.locked:
		c.shape = place.List
	case len(place.Boxes(q.kind, q.choices)) > 0 && !q.locked:
		return c.boxes(place.Boxes(q.kind, q.choices))
	}
	return []control{c}
}

func (c control) boxes(choices []form.Choice) []control {
	all := make([]control, len(choices))
	chosen := strings.Split(c.value, "; ")
	for i, choice := range choices {
		box := c
		box.shape, box.Choice, box.choiceAt = place.Box, choice.Key, i+1
		box.title, box.words = c.title+": "+choice.Label, place.Plain(choice.Label)
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
