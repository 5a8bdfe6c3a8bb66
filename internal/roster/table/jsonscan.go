package table

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Faults of JSON. They name no character of it, since that would be data.
var (
	errSyntax  = errors.New("not valid JSON")
	errEarly   = errors.New("the JSON ends too early")
	errTooDeep = errors.New("the JSON is nested deeper than 16 levels")
)

// jsonText takes values off JSON text (RFC 8259) without making a tree of
// them: encoding/json is twenty times as slow at rows, most of it garbage.
type jsonText struct{ rest []byte }

// peek gives the first character of the next token, or 0 at the end.
func (j *jsonText) peek() byte {
	for i, c := range j.rest {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			j.rest = j.rest[i:]
			return c
		}
	}
	j.rest = nil
	return 0
}

// take takes one punctuation mark.
func (j *jsonText) take(mark byte) error {
	switch j.peek() {
	case mark:
		j.rest = j.rest[1:]
		return nil
	case 0:
		return errEarly
	}
	return errSyntax
}

// more reports whether another entry follows in a list or object whose end
// mark is given, and takes the comma before it or the end.
func (j *jsonText) more(end byte, first bool) (bool, error) {
	if j.peek() == end {
		j.rest = j.rest[1:]
		return false, nil
	}
	if first {
		return true, nil
	}
	if err := j.take(','); err != nil {
		return false, err
	}
	if j.peek() == end {
		return false, errSyntax
	}
	return true, nil
}

// text takes a string. One without escapes is a slice of the text itself.
func (j *jsonText) text() ([]byte, error) {
	if err := j.take('"'); err != nil {
		return nil, err
	}
	escaped := false
	for i := 0; i < len(j.rest); i++ {
		switch c := j.rest[i]; {
		case c < ' ':
			return nil, errSyntax
		case c == '\\':
			escaped = true
			i++
		case c == '"':
			raw := j.rest[:i:i]
			j.rest = j.rest[i+1:]
			if escaped {
				return unescape(raw)
			}
			return raw, nil
		}
	}
	return nil, errEarly
}

func unescape(raw []byte) ([]byte, error) {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return nil, errSyntax
	}
	return []byte(text), nil
}

// value takes any value. A list or an object becomes an empty nested cell.
func (j *jsonText) value() (Cell, error) {
	switch c := j.peek(); {
	case c == 0:
		return Cell{}, errEarly
	case c == '"':
		text, err := j.text()
		return Cell{text: text}, err
	case c == '{' || c == '[':
		return Cell{Form: Nested}, j.skip()
	}
	end := bytes.IndexAny(j.rest, ",]} \t\r\n")
	if end < 0 {
		end = len(j.rest)
	}
	word := j.rest[:end]
	j.rest = j.rest[end:]
	switch string(word) {
	case "null":
		return Cell{}, nil
	case "true":
		return Cell{Form: Boolean, text: []byte("TRUE")}, nil
	case "false":
		return Cell{Form: Boolean, text: []byte("FALSE")}, nil
	}
	if !json.Valid(word) {
		return Cell{}, errSyntax
	}
	return Cell{Form: Number, text: plainNumber(word)}, nil
}

// skip takes a list or an object whole.
func (j *jsonText) skip() error {
	depth := 0
	whole := j.rest
	for len(j.rest) > 0 {
		switch j.rest[0] {
		case '{', '[':
			if depth++; depth > MaxDepth {
				return errTooDeep
			}
		case '}', ']':
			depth--
		case '"':
			if _, err := j.text(); err != nil {
				return err
			}
			continue
		}
		j.rest = j.rest[1:]
		if depth == 0 {
			if !json.Valid(whole[:len(whole)-len(j.rest)]) {
				return errSyntax
			}
			return nil
		}
	}
	return errEarly
}
