// Package fill writes answers into a form as a setting with Word does.
//
// [Fill] takes a form that room word made and canonical answers, and gives the
// form filled in: the content of the open controls, the custom XML part behind
// them, and further rows where a table has too few. It never writes into a
// locked control, and repeats no answer in an error.
package fill

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Error is an answer that the form has no place for. It names the field
// and never repeats the answer.
type Error struct {
	Field  string
	Reason string
}

// Error is the field and the reason.
func (e *Error) Error() string { return e.Field + ": " + e.Reason }

// Fill writes canonical answers into the open controls of a form that room
// word made, as a setting with Word does: the content, the custom XML part, and
// further rows where a table has too few. Answers to locked questions are left
// as they are; an empty answer clears its control; what is not mentioned stays
// untouched. The error is a *[opc.RefusedError] or a *[Error].
func Fill(data []byte, answers form.Values) ([]byte, error) {
	f, err := scan.Open(data)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Store == nil {
		return nil, &opc.RefusedError{Code: opc.UnknownForm, Detail: "the document is none of our forms, or lost its hidden copy"}
	}
	w := filling{file: f, answers: answers, used: map[string]bool{}, ids: place.Numbers{}}
	w.noteIDs(f.Main)
	w.addRows(f.Main)
	if err := w.walk(f.Main); err != nil {
		return nil, err
	}
	if err := w.unused(); err != nil {
		return nil, err
	}
	return f.Pack.Changed(map[string][]byte{
		f.Pack.Main: f.Main.AppendTo([]byte(xmltree.Declaration)),
		f.StorePart: f.Store.AppendTo([]byte(xmltree.Declaration)),
	})
}

// filling is one form on its way to being filled in.
type filling struct {
	file    *scan.File
	answers form.Values
	// used are the answers that have found a control.
	used map[string]bool
	ids  place.Numbers
}

// noteIDs learns the control numbers in use.
func (w *filling) noteIDs(n *xmltree.Node) {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "id") {
			if number, err := strconv.ParseUint(c.Attr(xmltree.Word, "val"), 10, 32); err == nil {
				w.ids[uint32(number)] = true
			}
		}
		w.noteIDs(c)
	}
}

// walk fills every control of ours.
func (w *filling) walk(n *xmltree.Node) error {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "sdt") {
			if err := w.control(c); err != nil {
				return err
			}
		}
		if err := w.walk(c); err != nil {
			return err
		}
	}
	return nil
}

func (w *filling) control(sdt *xmltree.Node) error {
	properties, content := sdt.Child(xmltree.Word, "sdtPr"), sdt.Child(xmltree.Word, "sdtContent")
	if properties == nil || content == nil {
		return nil
	}
	at := place.ParseTag(child(properties, "tag"))
	binding := properties.Child(xmltree.Word, "dataBinding")
	if binding == nil || at.Key == "" {
		return nil
	}
	path, _ := place.ParsePath(binding.Attr(xmltree.Word, "xpath"))
	at.Row = path.Row
	value, given := w.answer(at)
	if !given {
		return nil
	}
	w.used[nameOf(at)] = true
	if child(properties, "lock") == "sdtContentLocked" {
		return nil
	}
	hidden, err := fillControl(properties, content, at, value)
	if err != nil {
		return err
	}
	w.store(at, path.ChoiceAt, hidden)
	return nil
}

// nameOf is the key under which an answer is told.
func nameOf(at place.Place) string {
	if at.Column == "" {
		return at.Key
	}
	return form.CellKey(at.Key, at.Row, at.Column)
}

// child is the value of a property of a control.
func child(properties *xmltree.Node, name string) string {
	if n := properties.Child(xmltree.Word, name); n != nil {
		return n.Attr(xmltree.Word, "val")
	}
	return ""
}

// answer is the given answer for a place.
func (w *filling) answer(at place.Place) (value string, given bool) {
	if at.Column == "" {
		value, given = w.answers.Fields[at.Key]
		return value, given
	}
	rows := w.answers.Tables[at.Key]
	if at.Row < 1 || at.Row > len(rows) {
		return "", false
	}
	value, given = rows[at.Row-1][at.Column]
	return value, given
}

// unused names the first answer that no control took.
func (w *filling) unused() error {
	for _, key := range slices.Sorted(maps.Keys(w.answers.Fields)) {
		if !w.used[key] {
			return &Error{key, "the form does not ask for it"}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(w.answers.Tables)) {
		for i, row := range w.answers.Tables[key] {
			for _, column := range slices.Sorted(maps.Keys(row)) {
				if name := form.CellKey(key, i+1, column); !w.used[name] {
					return &Error{name, "the form does not ask for it, or takes no further rows"}
				}
			}
		}
	}
	return nil
}

// fillControl changes a control's content and gives what its custom XML
// element is to hold.
func fillControl(properties, content *xmltree.Node, at place.Place, value string) (hidden string, err error) {
	shown, hidden := place.Plain(value), place.SpreadAll(place.Plain(value))
	switch {
	case properties.Child(xmltree.Word14, "checkbox") != nil:
		return tickControl(properties, content, at, value), nil
	case properties.Child(xmltree.Word, "date") != nil:
		if shown, err = chooseDate(properties.Child(xmltree.Word, "date"), at, value); err != nil {
			return "", err
		}
	case properties.Child(xmltree.Word, "dropDownList") != nil:
		if shown, err = chooseItem(properties.Child(xmltree.Word, "dropDownList"), at, value); err != nil {
			return "", err
		}
	}
	style := ""
	if prompt := properties.Child(xmltree.Word, "showingPlcHdr"); prompt != nil {
		properties.Remove(prompt)
	}
	if shown == "" {
		shown, style = emptied(properties), "PlaceholderText"
	}
	write(content, style, shown)
	return hidden, nil
}

// emptied gives a control its prompt back.
func emptied(properties *xmltree.Node) string {
	holder := properties.Child(xmltree.Word, "placeholder")
	if holder == nil {
		return ""
	}
	holder.InsertAfter(xmltree.NewElement(xmltree.Word, "w", "showingPlcHdr"))
	if part := holder.Child(xmltree.Word, "docPart"); part != nil {
		for _, p := range place.Prompts() {
			if p.Name == part.Attr(xmltree.Word, "val") {
				return p.Words
			}
		}
	}
	return ""
}

func tickControl(properties, content *xmltree.Node, at place.Place, value string) string {
	on := slices.Contains(strings.Split(value, place.Several), at.Choice)
	if state := properties.Child(xmltree.Word14, "checkbox").Child(xmltree.Word14, "checked"); state != nil {
		state.SetAttr(xmltree.Word14, "val", place.Bit(on))
	}
	if run := content.Child(xmltree.Word, "r"); run != nil && run.Child(xmltree.Word, "t") != nil {
		text := run.Child(xmltree.Word, "t")
		text.Clear()
		text.Append(xmltree.NewText(place.Tick(on)))
	}
	return strconv.FormatBool(on)
}

func chooseDate(date *xmltree.Node, at place.Place, value string) (shown string, err error) {
	date.Attrs = slices.DeleteFunc(date.Attrs, func(a xmltree.Attr) bool { return a.Local == "fullDate" })
	if value == "" {
		return "", nil
	}
	day, err := pep.ParseDate(value)
	if err != nil {
		return "", &Error{at.Tag(), "a date is written as 2026-03-17"}
	}
	date.Attrs = append(date.Attrs, xmltree.NewAttr(xmltree.Word, "w", "fullDate", day.String()+"T00:00:00Z"))
	return day.Slashed(), nil
}

func chooseItem(list *xmltree.Node, at place.Place, value string) (shown string, err error) {
	if value == "" {
		return "", nil
	}
	for item := list.First; item != nil; item = item.Next {
		if item.Attr(xmltree.Word, "value") == value {
			return item.Attr(xmltree.Word, "displayText"), nil
		}
	}
	return "", &Error{at.Tag(), "the list does not offer the answer"}
}

// write replaces the content by one run.
func write(content *xmltree.Node, style, text string) {
	content.Clear()
	run := xmltree.NewElement(xmltree.Word, "w", "r")
	if style != "" {
		properties := xmltree.NewElement(xmltree.Word, "w", "rPr")
		properties.Append(xmltree.NewElement(xmltree.Word, "w", "rStyle", xmltree.NewAttr(xmltree.Word, "w", "val", style)))
		run.Append(properties)
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			run.Append(xmltree.NewElement(xmltree.Word, "w", "br"))
		}
		piece := xmltree.NewElement(xmltree.Word, "w", "t", xmltree.NewAttr("http://www.w3.org/XML/1998/namespace", "xml", "space", "preserve"))
		piece.Append(xmltree.NewText(place.Spread(line, text == line)))
		run.Append(piece)
	}
	content.Append(run)
}

// store changes the custom XML part.
func (w *filling) store(at place.Place, choiceAt int, text string) {
	if n := w.file.StoredNode(at, choiceAt); n != nil {
		n.Clear()
		n.Append(xmltree.NewText(text))
	}
}

// addRows gives tables the rows that the answers need, as Word's plus sign
// does: a copy of the last row under new numbers and paths.
func (w *filling) addRows(n *xmltree.Node) {
	for c := n.First; c != nil; c = c.Next {
		if properties := c.Child(xmltree.Word, "sdtPr"); c.Is(xmltree.Word, "sdt") && properties != nil {
			if key, isRows := strings.CutSuffix(child(properties, "tag"), place.RowsTag("")); isRows {
				w.extend(c.Child(xmltree.Word, "sdtContent"), key)
				continue
			}
		}
		w.addRows(c)
	}
}

func (w *filling) extend(section *xmltree.Node, key string) {
	if section == nil || section.Last == nil {
		return
	}
	have := 0
	for item := section.First; item != nil; item = item.Next {
		have++
	}
	for ; have < len(w.answers.Tables[key]); have++ {
		item := section.Last.Copy()
		w.renumber(item, key, have+1)
		section.Append(item)
		w.copyStoredRow(key)
	}
}

// renumber makes a copied row one of its own: no bookmark twice, no number
// twice, paths to the new row.
func (w *filling) renumber(n *xmltree.Node, key string, number int) {
	for c := n.First; c != nil; {
		next := c.Next
		switch {
		case c.Is(xmltree.Word, "bookmarkStart") || c.Is(xmltree.Word, "bookmarkEnd"):
			n.Remove(c)
		case c.Is(xmltree.Word, "id"):
			c.SetAttr(xmltree.Word, "val", w.ids.Of(fmt.Sprintf("%s+%d", key, number)))
		case c.Is(xmltree.Word, "dataBinding"):
			path, ok := place.ParsePath(c.Attr(xmltree.Word, "xpath"))
			if ok && path.Key == key {
				path.Row = number
				path.Choice = strings.Repeat("=", min(1, path.ChoiceAt)) // any text: the path has the position
				c.SetAttr(xmltree.Word, "xpath", path.Path(path.ChoiceAt))
			}
		}
		if properties := c.Child(xmltree.Word, "sdtPr"); properties != nil {
			w.blank(properties, c.Child(xmltree.Word, "sdtContent"))
		}
		w.renumber(c, key, number)
		c = next
	}
}

// blank empties a copied control.
func (w *filling) blank(properties, content *xmltree.Node) {
	if at := place.ParseTag(child(properties, "tag")); content != nil && at.Column != "" {
		_, _ = fillControl(properties, content, at, "") // an empty answer fits every kind
	}
}

func (w *filling) copyStoredRow(key string) {
	values := w.file.Store.Child(place.FormSpace, "values")
	if values == nil || values.Child(place.FormSpace, key) == nil || values.Child(place.FormSpace, key).Last == nil {
		return
	}
	table := values.Child(place.FormSpace, key)
	row := table.Last.Copy()
	for column := row.First; column != nil; column = column.Next {
		if column.First != nil && column.First.Local == "" {
			column.Clear()
		}
	}
	table.Append(row)
}
