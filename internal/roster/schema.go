package roster

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/pepost/pepost/internal/roster/table"
)

// schema is the part of JSON Schema (draft 2020-12) that our shape needs, with
// its keys in the order in which a reader wants them.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        any                `json:"type,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	MaxLength   int                `json:"maxLength,omitempty"`
	Enum        []any              `json:"enum,omitempty"`
	Const       string             `json:"const,omitempty"`
	OneOf       []schema           `json:"oneOf,omitempty"`
	AnyOf       []schema           `json:"anyOf,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Definitions map[string]*schema `json:"$defs,omitempty"`
}

// jsonDate is what a date may be written as in JSON.
const jsonDate = `^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})?$`

// Schema is the JSON Schema of our own shape: one document with the lists
// children, contacts and targets; or JSON Lines, one flat object a line, whose
// key "record" says which of the three it is. The keys are the column names of
// the CSV in lower case with underscores, and the other headers that a CSV may
// have are taken as keys too.
func Schema() []byte {
	records := map[string]*schema{}
	document := schema{Type: "object", Title: "document", Properties: map[string]*schema{}}
	whole := schema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		ID:     "urn:pepost:import",
		Title:  "pepost import",
		Description: "One document with lists of children, contacts and targets, or JSON Lines: one object a line with the key " +
			table.RecordKey + ". A list may be left out; a file of one kind needs no " + table.RecordKey + ". Other keys are listed and not read.",
		Definitions: records,
	}
	for _, l := range layouts() {
		name, is := recordNames()[l.kind]
		if !is {
			continue
		}
		records[name] = l.schema(name)
		ref := schema{Ref: "#/$defs/" + name}
		document.Properties[string(l.kind)] = &schema{Type: "array", Items: &ref}
		whole.OneOf = append(whole.OneOf, ref)
	}
	document.AnyOf = []schema{{Required: []string{string(Children)}}, {Required: []string{string(Contacts)}}, {Required: []string{string(Targets)}}}
	whole.OneOf = append([]schema{document}, whole.OneOf...)
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(whole) != nil {
		return nil // texts and lists of them always can be written
	}
	return out.Bytes()
}

// recordNames are the values of the key "record".
func recordNames() map[Kind]string {
	return map[Kind]string{Children: "child", Contacts: "contact", Targets: "target"}
}

// jsonKey is a column's name as a JSON key.
func jsonKey(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "_") }

func (l layout) schema(record string) *schema {
	s := &schema{Type: "object", Title: record, Properties: map[string]*schema{table.RecordKey: {Const: record}}}
	for _, c := range l.columns {
		s.Properties[jsonKey(c.name)] = c.schema()
	}
	for _, oneOf := range l.needed {
		if len(oneOf) == 1 {
			s.Required = append(s.Required, jsonKey(l.columns[oneOf[0]].name))
			continue
		}
		for _, c := range oneOf {
			s.AnyOf = append(s.AnyOf, schema{Required: []string{jsonKey(l.columns[c].name)}})
		}
	}
	return s
}

func (c column) schema() *schema {
	switch {
	case c.holds == dateColumn:
		return &schema{Type: []string{"string", "null"}, Pattern: jsonDate}
	case c.holds == answerColumn:
		return &schema{Enum: []any{"yes", "no", "", true, false, nil}}
	case c.holds == numberColumn:
		return &schema{Type: []string{"number", "string", "null"}}
	case c.words != nil:
		enum := []any{"", nil}
		for _, word := range c.words {
			enum = append(enum, word)
		}
		return &schema{Enum: enum}
	}
	return &schema{Type: []string{"string", "number", "null"}, MaxLength: table.MaxCell}
}
