package word_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/word/xmltree"
)

// element is a part of a file as the standard decoder reads it, so that the
// rules of Word are not checked with the eyes of our own reader.
type element struct {
	name     xml.Name
	attrs    []xml.Attr
	children []*element
	text     string
}

// parsed reads a part; one that is not well-formed is an error.
func parsed(content []byte) (*element, error) {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	open := []*element{{}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && len(open[0].children) == 1 {
			return open[0].children[0], nil
		}
		if err != nil {
			return nil, err
		}
		at := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &element{name: token.Name, attrs: slices.Clone(token.Attr)}
			at.children = append(at.children, child)
			open = append(open, child)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			at.text += string(token)
		}
	}
}

// kind is the name of an element of WordprocessingML, with a prefix for those
// of the two extensions that the forms use; others have none.
func (e *element) kind() string {
	switch e.name.Space {
	case xmltree.Word:
		return e.name.Local
	case xmltree.Word14:
		return "w14:" + e.name.Local
	case xmltree.Word15:
		return "w15:" + e.name.Local
	}
	return ""
}

// attr is the value of an attribute of any namespace.
func (e *element) attr(local string) string {
	for _, a := range e.attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// val is the w:val of a child.
func (e *element) val(kind string) string {
	if child := e.child(kind); child != nil {
		return child.attr("val")
	}
	return ""
}

func (e *element) child(kind string) *element {
	for _, c := range e.children {
		if c.kind() == kind {
			return c
		}
	}
	return nil
}

// all are the elements of a kind at or below e, in the order of the file.
func (e *element) all(kind string) []*element {
	var found []*element
	if e.kind() == kind {
		found = append(found, e)
	}
	for _, c := range e.children {
		found = append(found, c.all(kind)...)
	}
	return found
}

// written is the text of all runs.
func (e *element) written() string {
	var words strings.Builder
	for _, t := range e.all("t") {
		words.WriteString(t.text)
	}
	return words.String()
}

// inspection gathers what is wrong with a file.
type inspection struct {
	parts  map[string]*element
	faults []string
}

func (i *inspection) fault(format string, values ...any) {
	i.faults = append(i.faults, fmt.Sprintf(format, values...))
}

// inspected opens a file and reads all its parts.
func inspected(t testing.TB, data []byte) *inspection {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	i := &inspection{parts: map[string]*element{}}
	for n, file := range archive.File {
		if i.parts[file.Name] != nil {
			i.fault("%s is there twice", file.Name)
		}
		if n == 0 && file.Name != contentTypes {
			i.fault("the package does not begin with its content types")
		}
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(file.Name, err)
		}
		if i.parts[file.Name], err = parsed(content); err != nil {
			t.Fatal(file.Name, err)
		}
	}
	return i
}

const contentTypes = "[Content_Types].xml"

// packaging checks the types and relationships of parts (ECMA-376 part 2,
// clauses 8 and 10).
func (i *inspection) packaging() {
	byName, byEnding := map[string]bool{}, map[string]bool{}
	for _, c := range i.parts[contentTypes].children {
		name := strings.TrimPrefix(c.attr("PartName"), "/")
		if byEnding[c.attr("Extension")] = true; name != "" {
			byName[name] = true
			if i.parts[name] == nil {
				i.fault("a content type is given for %s, which is not there", name)
			}
		}
	}
	reached := map[string]bool{contentTypes: true}
	for name, part := range i.parts {
		if !byName[name] && !byEnding[strings.TrimPrefix(path.Ext(name), ".")] {
			i.fault("%s has no content type", name)
		}
		if path.Ext(name) == ".rels" {
			reached[name] = true
			i.relationships(name, part, reached)
		}
	}
	for name := range i.parts {
		if !reached[name] {
			i.fault("nothing leads to %s", name)
		}
	}
}

func (i *inspection) relationships(name string, part *element, reached map[string]bool) {
	ids := map[string]bool{}
	for _, r := range part.children {
		target := path.Join(path.Dir(path.Dir(name)), r.attr("Target"))
		if i.parts[target] == nil || r.attr("TargetMode") != "" {
			i.fault("%s leads to %s, which is not in the file", name, target)
		}
		if ids[r.attr("Id")] {
			i.fault("%s uses %s twice", name, r.attr("Id"))
		}
		ids[r.attr("Id")], reached[target] = true, true
	}
	owner := path.Join(path.Dir(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".rels"))
	if main := i.parts[owner]; main != nil {
		for _, kind := range []string{"headerReference", "footerReference"} {
			for _, reference := range main.all(kind) {
				if !ids[reference.attr("id")] {
					i.fault("%s refers to %s, which %s lacks", owner, reference.attr("id"), name)
				}
			}
		}
	}
}
