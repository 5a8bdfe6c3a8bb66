package word

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// FillError is an answer that the form has no place for. It names the field
// and never repeats the answer.
type FillError struct {
	Field  string
	Reason string
}

// Error is the field and the reason.
func (e *FillError) Error() string { return e.Field + ": " + e.Reason }

// Fill writes canonical answers into the open controls of a form that [Write]
// made, as a setting with Word does: the content, the custom XML part, and
// further rows where a table has too few. Answers to locked questions are left
// as they are; an empty answer clears its control; what is not mentioned stays
// untouched. The error is a *[RefusedError] or a *[FillError].
func Fill(data []byte, answers form.Values) ([]byte, error) {
	f, err := openFile(data)
	if err != nil {
		return nil, asRefused(err)
	}
	if f.store == nil {
		return nil, &RefusedError{Code: UnknownForm, Detail: "the document is none of our forms, or lost its hidden copy"}
	}
	w := filling{file: f, answers: answers, used: map[string]bool{}, ids: pen{ids: map[uint32]bool{}}}
	w.noteIDs(f.main)
	w.addRows(f.main)
	if err := w.walk(f.main); err != nil {
		return nil, err
	}
	if err := w.unused(); err != nil {
		return nil, err
	}
	return f.pack.Changed(map[string][]byte{
		f.pack.Main: f.main.AppendTo([]byte(xmltree.Declaration)),
		f.storePart: f.store.AppendTo([]byte(xmltree.Declaration)),
	})
}

// filling is one form on its way to being filled in.
type filling struct {
	file    *file
	answers form.Values
	// used are the answers that have found a control.
	used map[string]bool
	ids  pen
}

// noteIDs learns the control numbers in use.
func (w *filling) noteIDs(n *xmltree.Node) {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, "id") {
			if number, err := strconv.ParseUint(c.Attr(xmltree.Word, "val"), 10, 32); err == nil {
				w.ids.ids[uint32(number)] = true
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
	at := parseTag(child(properties, "tag"))
	binding := properties.Child(xmltree.Word, "dataBinding")
	if binding == nil || at.key == "" {
		return nil
	}
	path, _ := parsePath(binding.Attr(xmltree.Word, "xpath"))
	at.row = path.row
	value, given := w.answer(at)
	if !given {
		return nil
	}
	w.used[slot{at.key, at.column, at.row}.name()] = true
	if child(properties, "lock") == "sdtContentLocked" {
		return nil
	}
	hidden, err := fillControl(properties, content, at, value)
	if err != nil {
		return err
	}
	w.store(at, path.choiceAt, hidden)
	return nil
}

// child is the value of a property of a control.
func child(properties *xmltree.Node, name string) string {
	if n := properties.Child(xmltree.Word, name); n != nil {
		return n.Attr(xmltree.Word, "val")
	}
	return ""
}

// answer is the given answer for a place.
func (w *filling) answer(at place) (value string, given bool) {
	if at.column == "" {
		value, given = w.answers.Fields[at.key]
		return value, given
	}
	rows := w.answers.Tables[at.key]
	if at.row < 1 || at.row > len(rows) {
		return "", false
	}
	value, given = rows[at.row-1][at.column]
	return value, given
}

// unused names the first answer that no control took.
func (w *filling) unused() error {
	for _, key := range slices.Sorted(maps.Keys(w.answers.Fields)) {
		if !w.used[key] {
			return &FillError{key, "the form does not ask for it"}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(w.answers.Tables)) {
		for i, row := range w.answers.Tables[key] {
			for _, column := range slices.Sorted(maps.Keys(row)) {
				if name := form.CellKey(key, i+1, column); !w.used[name] {
					return &FillError{name, "the form does not ask for it, or takes no further rows"}
				}
			}
		}
	}
	return nil
}

// fillControl changes a control's content and gives what its custom XML
// element is to hold.
func fillControl(properties, content *xmltree.Node, at place, value string) (hidden string, err error) {
	shown, hidden := plain(value), plain(value)
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
		for _, p := range prompts() {
			if p.name == part.Attr(xmltree.Word, "val") {
				return p.words
			}
		}
	}
	return ""
}

func tickControl(properties, content *xmltree.Node, at place, value string) string {
	ticked := slices.Contains(strings.Split(value, severalSeparator), at.choice)
	if state := properties.Child(xmltree.Word14, "checkbox").Child(xmltree.Word14, "checked"); state != nil {
		state.SetAttr(xmltree.Word14, "val", bit(ticked))
	}
	if run := content.Child(xmltree.Word, "r"); run != nil && run.Child(xmltree.Word, "t") != nil {
		text := run.Child(xmltree.Word, "t")
		text.Clear()
		text.Append(xmltree.NewText(tick(ticked)))
	}
	return strconv.FormatBool(ticked)
}

func chooseDate(date *xmltree.Node, at place, value string) (shown string, err error) {
	date.Attrs = slices.DeleteFunc(date.Attrs, func(a xmltree.Attr) bool { return a.Local == "fullDate" })
	if value == "" {
		return "", nil
	}
	day, err := pep.ParseDate(value)
	if err != nil {
		return "", &FillError{at.tag(), "a date is written as 2026-03-17"}
	}
	date.Attrs = append(date.Attrs, xmltree.NewAttr(xmltree.Word, "w", "fullDate", day.String()+"T00:00:00Z"))
	return day.Slashed(), nil
}

func chooseItem(list *xmltree.Node, at place, value string) (shown string, err error) {
	if value == "" {
		return "", nil
	}
	for item := list.First; item != nil; item = item.Next {
		if item.Attr(xmltree.Word, "value") == value {
			return item.Attr(xmltree.Word, "displayText"), nil
		}
	}
	return "", &FillError{at.tag(), "the list does not offer the answer"}
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
		piece.Append(xmltree.NewText(line))
		run.Append(piece)
	}
	content.Append(run)
}

// store changes the custom XML part.
func (w *filling) store(at place, choiceAt int, text string) {
	if n := w.file.storedNode(at, choiceAt); n != nil {
		n.Clear()
		n.Append(xmltree.NewText(text))
	}
}

// addRows gives tables the rows that the answers need, as Word's plus sign
// does: a copy of the last row under new numbers and paths.
func (w *filling) addRows(n *xmltree.Node) {
	for c := n.First; c != nil; c = c.Next {
		if properties := c.Child(xmltree.Word, "sdtPr"); c.Is(xmltree.Word, "sdt") && properties != nil {
			if key, isRows := strings.CutSuffix(child(properties, "tag"), rowsTag("")); isRows {
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
			c.SetAttr(xmltree.Word, "val", w.ids.id(fmt.Sprintf("%s+%d", key, number)))
		case c.Is(xmltree.Word, "dataBinding"):
			path, ok := parsePath(c.Attr(xmltree.Word, "xpath"))
			if ok && path.key == key {
				path.row = number
				path.choice = strings.Repeat("=", min(1, path.choiceAt)) // any text: the path has the position
				c.SetAttr(xmltree.Word, "xpath", path.path(path.choiceAt))
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
	if at := parseTag(child(properties, "tag")); content != nil && at.column != "" {
		_, _ = fillControl(properties, content, at, "") // an empty answer fits every kind
	}
}

func (w *filling) copyStoredRow(key string) {
	values := w.file.store.Child(formSpace, "values")
	if values == nil || values.Child(formSpace, key) == nil || values.Child(formSpace, key).Last == nil {
		return
	}
	table := values.Child(formSpace, key)
	row := table.Last.Copy()
	for column := row.First; column != nil; column = column.Next {
		if column.First != nil && column.First.Local == "" {
			column.Clear()
		}
	}
	table.Append(row)
}
