package place

import (
	"fmt"
	"strconv"
	"strings"
)

// Place says where an answer belongs: a field, or a column of a table's row,
// or one choice of either. It is written into a file four ways: as the tag of
// the content control, as its binding path, as the bookmark around it, and in
// words as its title.
type Place struct {
	// Key is the field or table, Column the cell's column, empty for a field.
	Key, Column string
	// Choice is the choice that a checkbox stands for; empty for an answer
	// that is one control.
	Choice string
	// Row counts from 1; zero outside tables.
	Row int
}

// Word takes tags and titles of at most 64 characters, and bookmark names of
// at most 40.
const (
	maxTag      = 64
	maxBookmark = 40
)

// Tag is the place without its row: Word copies the tag when a person adds a
// row.
func (p Place) Tag() string {
	tag := p.Key
	if p.Column != "" {
		tag += "/" + p.Column
	}
	if p.Choice != "" {
		tag += "=" + p.Choice
	}
	return tag
}

// Alike reports whether two places are the same, whatever their rows.
func (p Place) Alike(other Place) bool {
	return p.Key == other.Key && p.Column == other.Column && p.Choice == other.Choice
}

// RowsTag is the tag of the control around a table's rows.
func RowsTag(key string) string { return key + "[]" }

// ParseTag reads a tag back.
func ParseTag(tag string) Place {
	var p Place
	tag, p.Choice, _ = strings.Cut(tag, "=")
	p.Key, p.Column, _ = strings.Cut(tag, "/")
	return p
}

// The custom XML part's vocabulary.
const (
	// FormSpace is the namespace.
	FormSpace = "urn:pepost:form:1"
	// StoreID names the custom XML part within the file (parts/custom_properties.xml).
	StoreID = "{8F2C61D4-3B7E-4D0A-9A55-6E1C7F0B2A31}"
	// PrefixMappings declares the prefix of the paths.
	PrefixMappings = "xmlns:p='" + FormSpace + "'"
	// ValuesPath begins the path of every answer.
	ValuesPath = "/p:form[1]/p:values[1]/p:"
)

// Path is the binding path of a place; choiceAt is the choice's position,
// counted from 1.
func (p Place) Path(choiceAt int) string {
	path := ValuesPath + p.Key + "[1]"
	if p.Column != "" {
		path += "/p:row[" + strconv.Itoa(p.Row) + "]/p:" + p.Column + "[1]"
	}
	if p.Choice != "" {
		path += "/p:choice[" + strconv.Itoa(choiceAt) + "]"
	}
	return path
}

// Bound is a binding path taken apart.
type Bound struct {
	Place
	// ChoiceAt is the position of a choice, from 1; zero for none.
	ChoiceAt int
}

// ParsePath reads a binding path, whatever prefix an editor gave our names.
func ParsePath(path string) (Bound, bool) {
	rest, more := strings.TrimPrefix(path, "/"), true
	var b Bound
	steps := 0
	for ; more; steps++ {
		var step string
		step, rest, more = strings.Cut(rest, "/")
		name, at := parseStep(step)
		switch {
		case steps == 6 || name == "" || steps == 0 && name != "form" || steps == 1 && name != "values":
			return Bound{}, false
		case steps == 2:
			b.Key = name
		case !more && steps != 4 && name == "choice":
			b.ChoiceAt = at
		case steps == 3 && name == "row":
			b.Row = at
		case steps == 4 && b.Row > 0:
			b.Column = name
		}
	}
	return b, steps >= 3 && (b.Row == 0 || b.Column != "")
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

// Bookmark is the name of the bookmark around a place.
func (p Place) Bookmark() string {
	name := BookmarkStem(p.Tag())
	if p.Row > 0 {
		name += "_" + strconv.Itoa(p.Row)
	}
	return name
}

// BookmarkStem begins with as much of the tag as a person needs to recognise
// it, and ends with a hash, because bookmark names hold letters, digits and
// underscores only.
func BookmarkStem(tag string) string {
	const readable = maxBookmark - len("pep__") - 8 - len("_99")
	name := append(make([]byte, 0, maxBookmark), "pep_"...)
	for _, r := range tag {
		if len(name) == len("pep_")+readable {
			break
		}
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			name = append(name, byte(r))
		} else {
			name = append(name, '_')
		}
	}
	return string(appendHash(append(name, '_'), Hash(tag)))
}

func appendHash(to []byte, hash uint32) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		to = append(to, "0123456789abcdef"[hash>>shift&15])
	}
	return to
}

// Named reports whether a bookmark's name is that of the place, in any row.
func (p Place) Named(bookmark string) bool {
	hash := hashOn(hashStart, p.Key)
	if p.Column != "" {
		hash = hashOn(hashOn(hash, "/"), p.Column)
	}
	if p.Choice != "" {
		hash = hashOn(hashOn(hash, "="), p.Choice)
	}
	var digits [8]byte
	name := appendHash(digits[:0], hash)
	if p.Row > 0 {
		if cut := strings.LastIndexByte(bookmark, '_'); cut > 0 {
			bookmark = bookmark[:cut]
		}
	}
	return len(bookmark) > 8 && bookmark[len(bookmark)-8:] == string(name)
}

// Hash is the 32-bit FNV-1a hash of a text: short, stable, and no secret.
func Hash(text string) uint32 {
	return hashOn(hashStart, text)
}

const hashStart uint32 = 2166136261

func hashOn(hash uint32, text string) uint32 {
	for i := range len(text) {
		hash = (hash ^ uint32(text[i])) * 16777619
	}
	return hash
}

// Title is a label as the title of a control, cut to what Word takes.
func Title(label string) string {
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

// Check refuses a place that Word or XML would not take.
func (p Place) Check() error {
	if len(p.Tag()) > maxTag || !xmlName(p.Key) || p.Column != "" && !xmlName(p.Column) || strings.ContainsAny(p.Choice, "=/") {
		return &KeyError{Key: p.Tag()}
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

// The names of the document's own properties that tell which form it is; they
// outlive a custom XML part that an editor emptied. CountProperty is the number
// of answers that the form has room for.
const (
	RefProperty     = "pepost.ref"
	FormProperty    = "pepost.form"
	VersionProperty = "pepost.version"
	CountProperty   = "pepost.answers"
)

// Numbers are the numbers of a file's controls that are taken.
type Numbers map[uint32]bool

// Of takes a number for a control that no other control of the file has. It
// is derived from a name, so that the same form always has the same numbers.
func (n Numbers) Of(name string) string {
	number := Hash(name) & 0x7FFFFFFF
	for number == 0 || n[number] {
		number = (number + 1) & 0x7FFFFFFF
	}
	n[number] = true
	return strconv.FormatUint(uint64(number), 10)
}
