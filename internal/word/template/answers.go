package template

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/word/draw"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// answer fills in the control of an answer, or marks it as absent.
func (w *filling) answer(sdt, properties, content *xmltree.Node, tag string) {
	at := place.ParseTag(tag)
	switch {
	case tag == place.RefProperty:
		w.fixed(properties, content, string(w.doc.Ref))
		return
	case tag == place.FormProperty:
		w.fixed(properties, content, draw.FormLine(w.doc))
		return
	case tag == "" || w.edge:
		w.children(content)
		return
	}
	controls := w.controlsOf(at)
	if len(controls) == 0 {
		w.absent = append(w.absent, sdt)
		return
	}
	w.placed[at.Key] = true
	switch i := slices.IndexFunc(controls, func(c draw.Control) bool { return c.Choice == at.Choice }); {
	case i >= 0:
		w.set(sdt, properties, content, controls[i])
	case at.Choice != "" && controls[0].Choice == "":
		w.collapse(sdt, properties, content, controls[0])
	default:
		dropBox(sdt)
	}
}

// controlsOf are the controls that the document has for a place.
func (w *filling) controlsOf(at place.Place) []draw.Control {
	if at.Column == "" {
		if answer, asked := w.answers[at.Key]; asked {
			return draw.AnswerControls(answer, w.final)
		}
		return nil
	}
	if w.row.at == 0 || w.row.grid.Key != at.Key {
		return nil
	}
	for i, column := range w.row.grid.Columns {
		if column.Key == at.Column {
			return draw.CellControls(w.row.grid, w.row.cells, w.row.at, i, w.final)
		}
	}
	return nil
}

// fixed fills in a control of the page's foot that readers go by; only the
// page may change in it.
func (w *filling) fixed(properties, content *xmltree.Node, text string) {
	for _, name := range []string{"showingPlcHdr", "placeholder"} {
		if n := properties.Child(xmltree.Word, name); n != nil {
			properties.Remove(n)
		}
	}
	w.write(content, nil, text, false)
}

// collapse makes one control with the answer in words of the boxes of a
// question that nobody may change: the first box becomes it, the others go.
func (w *filling) collapse(sdt, properties, content *xmltree.Node, c draw.Control) {
	key := c.Bookmark()
	paragraph := ancestor(sdt, "p")
	if w.placed[key] {
		dropBox(sdt)
		return
	}
	w.placed[key] = true
	if paragraph != nil {
		dropWords(paragraph)
	}
	w.set(sdt, properties, content, c)
}

// dropBox takes out one box with the words beside it, and its paragraph where
// nothing else is in that.
func dropBox(sdt *xmltree.Node) {
	paragraph := ancestor(sdt, "p")
	if paragraph == nil || sdt.Parent != paragraph {
		remove(sdt)
		return
	}
	behind := labelsBehind(paragraph)
	from, to := sdt.Next, (*xmltree.Node)(nil)
	if !behind {
		from, to = previousControl(sdt), sdt
	}
	for c := from; c != nil && c != to && !c.Is(xmltree.Word, "sdt"); {
		next := c.Next
		if c.Is(xmltree.Word, "r") {
			paragraph.Remove(c)
		}
		c = next
	}
	paragraph.Remove(sdt)
	if find(paragraph, "sdt") == nil && strings.TrimSpace(outside(paragraph)) == "" && !lastInCell(paragraph) {
		remove(paragraph)
	}
}

// lastInCell reports whether a paragraph is all that a cell has left.
func lastInCell(paragraph *xmltree.Node) bool {
	for c := paragraph.Parent.First; c != nil; c = c.Next {
		if c != paragraph && c.Is(xmltree.Word, "p") {
			return false
		}
	}
	return paragraph.Parent.Is(xmltree.Word, "tc")
}

// previousControl is the first node behind the control before this one.
func previousControl(sdt *xmltree.Node) *xmltree.Node {
	from := sdt.Parent.First
	for c := sdt.Parent.First; c != nil && c != sdt; c = c.Next {
		if c.Is(xmltree.Word, "sdt") {
			from = c.Next
		}
	}
	return from
}

// labelsBehind reports whether the words of the boxes of a paragraph follow
// them.
func labelsBehind(paragraph *xmltree.Node) bool {
	for c := paragraph.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "sdt") {
			return true
		}
		if c.Is(xmltree.Word, "r") && strings.TrimSpace(c.Content()) != "" {
			return false
		}
	}
	return true
}

// dropWords takes the words of boxes out of a paragraph.
func dropWords(paragraph *xmltree.Node) {
	for c := paragraph.First; c != nil; {
		next := c.Next
		if c.Is(xmltree.Word, "r") {
			paragraph.Remove(c)
		}
		c = next
	}
}

// set makes a control of the template the one that a drawn form would have in
// its place; its formatting stays.
func (w *filling) set(sdt, properties, content *xmltree.Node, c draw.Control) {
	prompt := c.Prompt
	if said := content.Content(); said == c.Narrow.Words || slices.ContainsFunc(place.Prompts()[4:], func(p place.Prompt) bool { return p.Words == said }) {
		prompt = c.Narrow
	}
	empty := c.Shown == "" && c.Shape != place.Box
	w.properties(properties, c, prompt, empty)
	switch {
	case c.Shape == place.Box:
		w.write(content, properties, place.Tick(c.Value == c.Choice), false)
	case empty:
		w.write(content, properties, prompt.Words, true)
	default:
		w.write(content, properties, c.Shown, false)
	}
	w.mark(sdt, c)
}

// properties writes a control's properties anew, in the order of the schema
// (ECMA-376 part 1, 17.5.2.38); the formatting of what is typed in it, its
// colour and its look are kept.
func (w *filling) properties(n *xmltree.Node, c draw.Control, prompt place.Prompt, empty bool) {
	kept := map[string]*xmltree.Node{}
	title := c.Title
	for at := n.First; at != nil; at = at.Next {
		kept[at.Local] = at
	}
	if own := kept["alias"]; own != nil && own.Attr(xmltree.Word, "val") != "" {
		title = own.Attr(xmltree.Word, "val")
	}
	n.Clear()
	add := func(nodes ...*xmltree.Node) {
		for _, one := range nodes {
			if one != nil {
				n.Append(one)
			}
		}
	}
	lock := "sdtLocked"
	if c.Locked {
		lock = "sdtContentLocked"
	}
	add(kept["rPr"], valued("alias", place.Title(title)), valued("tag", c.Tag()), valued("id", "1"), valued("lock", lock))
	if c.Shape != place.Box {
		holder := element("placeholder")
		holder.Append(valued("docPart", prompt.Name))
		add(holder)
	}
	if empty {
		add(element("showingPlcHdr"))
	}
	add(element("dataBinding", attr("prefixMappings", place.PrefixMappings), attr("xpath", c.Path(c.ChoiceAt)), attr("storeItemID", place.StoreID)))
	if !c.Locked {
		add(kept["color"])
	}
	if w.final {
		add(xmltree.NewElement(xmltree.Word15, "w15", "appearance", xmltree.NewAttr(xmltree.Word15, "w15", "val", "hidden")))
	} else {
		add(kept["appearance"])
	}
	add(typed(c, kept))
}

// typed is the element that makes a control what it is.
func typed(c draw.Control, kept map[string]*xmltree.Node) *xmltree.Node {
	switch c.Shape {
	case place.Day:
		date := kept["date"]
		if date == nil {
			date = element("date")
			for _, part := range [][2]string{{"dateFormat", "dd/MM/yyyy"}, {"lid", "en-GB"}, {"storeMappedDataAs", "date"}, {"calendar", "gregorian"}} {
				date.Append(valued(part[0], part[1]))
			}
		}
		date.Attrs = slices.DeleteFunc(date.Attrs, func(a xmltree.Attr) bool { return a.Local == "fullDate" })
		if c.Value != "" {
			date.Attrs = append(date.Attrs, attr("fullDate", c.Value+"T00:00:00Z"))
		}
		return date
	case place.List:
		return listOf(c)
	case place.Box:
		return boxOf(c)
	case place.Text:
		return element("text", attr("multiLine", "1"))
	}
	return element("text")
}

// listOf offers what the document offers, and the answer where it is none of
// the choices: a list that lacks its own answer would lose it in Word.
func listOf(c draw.Control) *xmltree.Node {
	list := element("dropDownList")
	known := c.Value == ""
	for _, choice := range c.Choices {
		list.Append(element("listItem", attr("displayText", choice.Label), attr("value", choice.Key)))
		known = known || choice.Key == c.Value
	}
	if !known {
		list.Append(element("listItem", attr("displayText", c.Shown), attr("value", c.Value)))
	}
	return list
}

// boxOf shows the signs that the reader knows, whatever the template's own were.
func boxOf(c draw.Control) *xmltree.Node {
	box := xmltree.NewElement(xmltree.Word14, "w14", "checkbox")
	state := func(local, value, font string) {
		n := xmltree.NewElement(xmltree.Word14, "w14", local, xmltree.NewAttr(xmltree.Word14, "w14", "val", value))
		if font != "" {
			n.Attrs = append(n.Attrs, xmltree.NewAttr(xmltree.Word14, "w14", "font", font))
		}
		box.Append(n)
	}
	state("checked", place.Bit(c.Value == c.Choice), "")
	state("checkedState", "2612", "MS Gothic")
	state("uncheckedState", "2610", "MS Gothic")
	return box
}

// mark puts the bookmark around a control by which it is known where an editor
// drops its tag.
func (w *filling) mark(sdt *xmltree.Node, c draw.Control) {
	number := strconv.Itoa(w.bookmarks)
	w.bookmarks++
	insertBefore(sdt, element("bookmarkStart", attr("id", number), attr("name", c.Bookmark())))
	sdt.InsertAfter(element("bookmarkEnd", attr("id", number)))
}

// write replaces the text of a control by one run with the formatting that the
// template gives to what is typed there.
func (w *filling) write(content, properties *xmltree.Node, text string, prompt bool) {
	holder := content
	if cell := content.Child(xmltree.Word, "tc"); cell != nil {
		holder = cell
	}
	format := w.format(content, properties, prompt)
	if paragraph := holder.Child(xmltree.Word, "p"); paragraph != nil {
		for c := holder.First; c != nil; {
			next := c.Next
			if c != paragraph && !c.Is(xmltree.Word, "tcPr") {
				holder.Remove(c)
			}
			c = next
		}
		holder = paragraph
	}
	layout := holder.Child(xmltree.Word, "pPr")
	holder.Clear()
	if layout != nil {
		holder.Append(layout)
	}
	text = place.Plain(text)
	holder.Append(draw.Run(format, text))
	if paragraph := paragraphOf(holder); draw.RightToLeft(text) && paragraph != nil && ancestor(paragraph, "tc") != nil {
		turn(paragraph)
	}
}

func paragraphOf(n *xmltree.Node) *xmltree.Node {
	if n.Is(xmltree.Word, "p") {
		return n
	}
	return ancestor(n, "p")
}

// turn makes a paragraph run from right to left; its properties stand in the
// order of the schema (ECMA-376 part 1, 17.3.1.26).
func turn(paragraph *xmltree.Node) {
	properties := paragraph.Child(xmltree.Word, "pPr")
	if properties == nil {
		properties = element("pPr")
		if paragraph.First == nil {
			paragraph.Append(properties)
		} else {
			insertBefore(paragraph.First, properties)
		}
	}
	if properties.Child(xmltree.Word, "bidi") != nil {
		return
	}
	behind := []string{
		"adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection",
		"textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
	}
	for c := properties.First; c != nil; c = c.Next {
		if slices.Contains(behind, c.Local) {
			insertBefore(c, element("bidi"))
			return
		}
	}
	properties.Append(element("bidi"))
}

// format is the formatting of the text in a control: that of its first run, or
// what the control itself says of what is typed in it.
func (w *filling) format(content, properties *xmltree.Node, prompt bool) *xmltree.Node {
	var own *xmltree.Node
	if run := find(content, "r"); run != nil {
		own = run.Child(xmltree.Word, "rPr")
	}
	wasPrompt := own != nil && own.Child(xmltree.Word, "rStyle") != nil && property(own, "rStyle") == w.placeholder
	if prompt {
		if wasPrompt {
			return own.Copy()
		}
		format := element("rPr")
		if w.placeholder != "" {
			format.Append(valued("rStyle", w.placeholder))
		}
		return format
	}
	if typed := typedFormat(properties); typed != nil && (own == nil || wasPrompt) {
		return typed.Copy()
	}
	if own == nil {
		return nil
	}
	format := own.Copy()
	if wasPrompt {
		format.Remove(format.Child(xmltree.Word, "rStyle"))
	}
	return format
}

func typedFormat(properties *xmltree.Node) *xmltree.Node {
	if properties == nil {
		return nil
	}
	return properties.Child(xmltree.Word, "rPr")
}
