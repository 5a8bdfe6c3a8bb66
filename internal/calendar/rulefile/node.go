package rulefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Node is one value of a rule file with its place. The missing node answers
// every question with the zero value and reports nothing, because its absence
// was reported where it was asked for.
type Node struct {
	file *File
	at   ast.Node
	key  string
	line int
	col  int
}

func (f *File) node(at ast.Node, key string) Node {
	n := Node{file: f, at: at, key: key}
	n.line, n.col = place(at)
	switch at.Type() {
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType, ast.TagType:
		n.Problem("anchors, aliases and tags are not used in rule files", "write the value out")
		n.at = nil
	}
	return n
}

func place(at ast.Node) (line, column int) {
	if token := at.GetToken(); token != nil && token.Position != nil {
		return token.Position.Line, token.Position.Column
	}
	return 0, 0
}

// Missing reports whether nothing stands here.
func (n Node) Missing() bool { return n.at == nil || n.at.Type() == ast.NullType }

// Problem records that the value is wrong and what to write.
func (n Node) Problem(what, hint string) {
	n.file.add(Problem{Line: n.line, Column: n.col, Value: n.raw(), What: n.prefix() + what, Hint: hint})
}

func (n Node) prefix() string {
	if n.key == "" {
		return ""
	}
	return n.key + ": "
}

func (n Node) raw() string {
	if n.at == nil {
		return ""
	}
	if scalar, ok := n.at.(ast.ScalarNode); ok {
		return scalarText(scalar)
	}
	return ""
}

func scalarText(scalar ast.ScalarNode) string {
	switch s := scalar.(type) {
	case *ast.StringNode:
		return s.Value
	case *ast.LiteralNode:
		return strings.TrimSpace(s.Value.Value)
	}
	if token := scalar.GetToken(); token != nil {
		return token.Value
	}
	return ""
}

// Text is a line or paragraph of text, not empty.
func (n Node) Text() string {
	if n.Missing() {
		return ""
	}
	scalar, ok := n.at.(ast.ScalarNode)
	if !ok {
		n.Problem("a text is expected here", "write one value, in quotes where it has a colon")
		return ""
	}
	text := strings.TrimSpace(scalarText(scalar))
	if text == "" {
		n.Problem("the text is empty", "write it or take the key out")
	}
	return text
}

// Number is a whole number from lowest to highest.
func (n Node) Number(lowest, highest int) int {
	text := n.Text()
	if text == "" {
		return 0
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < lowest || number > highest {
		n.Problem("not a whole number that fits here", fmt.Sprintf("write a number from %d to %d", lowest, highest))
		return 0
	}
	return number
}

// Says reports whether exactly this word stands here, which is how a rule file
// says that there is no value: none.
func (n Node) Says(word string) bool {
	if n.Missing() {
		return false
	}
	scalar, ok := n.at.(ast.ScalarNode)
	return ok && strings.TrimSpace(scalarText(scalar)) == word
}

// YesNo is yes or no, also written true or false.
func (n Node) YesNo() bool {
	switch strings.ToLower(n.Text()) {
	case "", "no", "false":
		return false
	case "yes", "true":
		return true
	}
	n.Problem("neither yes nor no", "write yes or no")
	return false
}

// OneOf is one of the words that are allowed here.
func OneOf[T ~string](n Node, allowed ...T) T {
	word := T(n.Text())
	if word == "" || slices.Contains(allowed, word) {
		return word
	}
	words := make([]string, len(allowed))
	for i, w := range allowed {
		words[i] = string(w)
	}
	n.Problem("not a word that is known here", choice("write one of: ", string(word), words))
	return ""
}

// Items are the entries of a list; a missing list has none.
func (n Node) Items() []Node {
	if n.Missing() {
		return nil
	}
	list, ok := n.at.(*ast.SequenceNode)
	if !ok {
		n.Problem("a list is expected here", "write [a, b] or one entry a line after a hyphen")
		return nil
	}
	if len(list.Values) > maxEntries {
		n.Problem("the list has more than 1,000 entries", "split it")
		return nil
	}
	items := make([]Node, 0, len(list.Values))
	for _, value := range list.Values {
		items = append(items, n.file.node(value, n.key))
	}
	return items
}

// Fields are the entries of a mapping. Keys that are not among the known ones
// are problems.
func (n Node) Fields(known ...string) Fields {
	fields := Fields{owner: n, values: map[string]Node{}}
	if n.Missing() {
		return fields
	}
	entries, ok := mapping(n.at)
	if !ok || len(entries) > maxEntries {
		n.Problem("a group of keys is expected here", "write one of: "+strings.Join(known, ", "))
		return fields
	}
	for _, entry := range entries {
		fields.take(entry, known)
	}
	return fields
}

func mapping(at ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := at.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

// Fields are the keys and values of one mapping.
type Fields struct {
	owner  Node
	values map[string]Node
}

func (f Fields) take(entry *ast.MappingValueNode, known []string) {
	key := f.owner.file.node(entry.Key, "")
	name := key.raw()
	switch {
	case !slices.Contains(known, name):
		key.Problem("nobody reads this key", choice("the keys here are: ", name, known))
	case f.Has(name):
		key.Problem("the key stands twice", "keep one of them")
	case entry.Value != nil:
		f.values[name] = f.owner.file.node(entry.Value, name)
	}
}

// Has reports whether a key is written.
func (f Fields) Has(key string) bool {
	_, written := f.values[key]
	return written
}

// Need gives the value of a key and reports it where it is missing.
func (f Fields) Need(key string) Node { return f.NeedLine(key, "") }

// NeedLine is Need with the line that may be pasted where the key is missing;
// without one the hint only asks for a value.
func (f Fields) NeedLine(key, line string) Node {
	value, written := f.values[key]
	if (!written || value.Missing()) && !f.owner.Missing() {
		hint := "write " + key + ": and its value"
		if line != "" {
			hint = "write " + line
		}
		f.owner.file.add(Problem{
			Line: f.owner.line, Column: f.owner.col, Value: key,
			What: "the key is missing or has no value", Hint: hint,
		})
	}
	if !written {
		return Node{file: f.owner.file, key: key}
	}
	return value
}

// May gives the value of a key that may be left out.
func (f Fields) May(key string) Node {
	if value, written := f.values[key]; written {
		return value
	}
	return Node{file: f.owner.file, key: key}
}
