package word

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// place says where an answer belongs: a field, or a column of a table's row,
// or one choice of either. It is written into a file four ways: as the tag of
// the content control, as its binding path, as the bookmark around it, and in
// words as its title.
type place struct {
	// key is the field or table, column the cell's column, empty for a field.
	key, column string
	// choice is the choice that a checkbox stands for; empty for an answer
	// that is one control.
	choice string
	// row counts from 1; zero outside tables.
	row int
}

// Word takes tags and titles of at most 64 characters, and bookmark names of
// at most 40.
const (
	maxTag      = 64
	maxBookmark = 40
)

// tag is the place without its row: Word copies the tag when a person adds a
// row.
func (p place) tag() string {
	tag := p.key
	if p.column != "" {
		tag += "/" + p.column
	}
	if p.choice != "" {
		tag += "=" + p.choice
	}
	return tag
}

// rowsTag is the tag of the control around a table's rows.
func rowsTag(key string) string { return key + "[]" }

// parseTag reads a tag back.
func parseTag(tag string) place {
	var p place
	tag, p.choice, _ = strings.Cut(tag, "=")
	p.key, p.column, _ = strings.Cut(tag, "/")
	return p
}

// The custom XML part's vocabulary.
const (
	formSpace = "urn:pepost:form:1"
	// storeID names the custom XML part within the file (parts/custom_properties.xml).
	storeID        = "{8F2C61D4-3B7E-4D0A-9A55-6E1C7F0B2A31}"
	prefixMappings = "xmlns:p='" + formSpace + "'"
	valuesPath     = "/p:form[1]/p:values[1]/p:"
)

// path is the binding path of a place; choiceAt is the choice's position,
// counted from 1.
func (p place) path(choiceAt int) string {
	path := valuesPath + p.key + "[1]"
	if p.column != "" {
		path += "/p:row[" + strconv.Itoa(p.row) + "]/p:" + p.column + "[1]"
	}
	if p.choice != "" {
		path += "/p:choice[" + strconv.Itoa(choiceAt) + "]"
	}
	return path
}

// bound is a binding path taken apart.
type bound struct {
	place
	// choiceAt is the position of a choice, from 1; zero for none.
	choiceAt int
}

// parsePath reads a binding path, whatever prefix an editor gave our names.
func parsePath(path string) (bound, bool) {
	steps := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(steps) < 3 || len(steps) > 6 {
		return bound{}, false
	}
	var b bound
	for i, step := range steps {
		name, at := parseStep(step)
		switch {
		case name == "" || i == 0 && name != "form" || i == 1 && name != "values":
			return bound{}, false
		case i == 2:
			b.key = name
		case i == len(steps)-1 && i != 4 && name == "choice":
			b.choiceAt = at
		case i == 3 && name == "row":
			b.row = at
		case i == 4 && b.row > 0:
			b.column = name
		}
	}
	return b, b.row == 0 || b.column != ""
}

// parseStep reads "p:row[2]" as row, 2.
func parseStep(step string) (name string, at int) {
	if _, local, prefixed := strings.Cut(step, ":"); prefixed {
		step = local
	}
	name, index, indexed := strings.Cut(step, "[")
	if !indexed {
		return name, 1
	}
	at, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
	if err != nil || at < 1 {
		return "", 0
	}
	return name, at
}

// bookmark is the name of the bookmark around a place.
func (p place) bookmark() string {
	name := bookmarkStem(p.tag())
	if p.row > 0 {
		name += "_" + strconv.Itoa(p.row)
	}
	return name
}

// bookmarkStem begins with as much of the tag as a person needs to recognise
// it, and ends with a hash, because bookmark names hold letters, digits and
// underscores only.
func bookmarkStem(tag string) string {
	const readable = maxBookmark - len("pep__") - 8 - len("_99")
	var b strings.Builder
	for _, r := range tag {
		if b.Len() == readable {
			break
		}
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	return fmt.Sprintf("pep_%s_%08x", b.String(), hash(tag))
}

func hash(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // a hash never fails
	return h.Sum32()
}

// title is a label as the title of a control, cut to what Word takes.
func title(label string) string {
	runes := []rune(label)
	if len(runes) <= maxTag {
		return label
	}
	return string(runes[:maxTag-1]) + "…"
}

// KeyError is a field whose key cannot be a tag or a name in the custom XML
// part; the form's definition must change.
type KeyError struct{ Key string }

// Error names the key.
func (e *KeyError) Error() string {
	return fmt.Sprintf("field %q: a key is letters, digits, dots, hyphens and underscores, begins with a letter, and has with column and choice at most %d characters", e.Key, maxTag)
}

// check refuses a place that Word or XML would not take.
func (p place) check() error {
	if len(p.tag()) > maxTag || !xmlName(p.key) || p.column != "" && !xmlName(p.column) || strings.ContainsAny(p.choice, "=/") {
		return &KeyError{Key: p.tag()}
	}
	return nil
}

func xmlName(name string) bool {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || (r != '.' && r != '-' && (r < '0' || r > '9'))) {
			return false
		}
	}
	return name != ""
}
