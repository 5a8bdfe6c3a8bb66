package form

import (
	"errors"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds of one definition file; officers' files are far smaller.
const (
	maxFileBytes = 1 << 20
	maxDepth     = 12
)

// node is one piece of a definition file with its place: a scalar, a list, a
// mapping, or nothing.
type node struct {
	kind         nodeKind
	text         string
	list         []node
	entries      []entry
	line, column int
}

// entry is one key of a mapping and its value.
type entry struct {
	key   node
	value node
}

type nodeKind string

const (
	emptyNode   nodeKind = "nothing"
	scalarNode  nodeKind = "a text"
	listNode    nodeKind = "a list"
	mappingNode nodeKind = "a mapping"
)

// file is one definition file being read; it gathers the problems of all.
type file struct {
	name     string
	problems *[]Problem
}

func (f file) report(n node, text, hint string) {
	*f.problems = append(*f.problems, Problem{
		File: f.name, Line: n.line, Column: n.column, Value: quoted(n.text), Text: text, Hint: hint,
	})
}

// parse reads the file into nodes. Anchors, aliases, tags and merge keys are
// refused: a definition says what it says where it stands.
func (f file) parse(data []byte) (node, bool) {
	if len(data) > maxFileBytes {
		f.report(node{}, "the file is larger than 1 MiB", "split it")
		return node{}, false
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		f.reportSyntax(err)
		return node{}, false
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		f.report(node{}, "the file does not hold exactly one document", "remove the --- lines, or fill the file")
		return node{}, false
	}
	before := len(*f.problems)
	root := f.convert(tree.Docs[0].Body, 0)
	return root, len(*f.problems) == before
}

func (f file) reportSyntax(err error) {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
		at := node{text: syntax.Token.Value, line: syntax.Token.Position.Line, column: syntax.Token.Position.Column}
		f.report(at, syntax.Message, "check the indentation and the quotes")
		return
	}
	f.report(node{}, "not readable as YAML", "check the indentation and the quotes")
}

func (f file) convert(n ast.Node, depth int) node {
	at := place(n)
	if depth > maxDepth {
		f.report(at, "nested too deeply", "")
		return at
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return f.convertMapping(at, n.Values, depth)
	case *ast.MappingValueNode:
		return f.convertMapping(at, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		at.kind, at.text = listNode, ""
		for _, item := range n.Values {
			at.list = append(at.list, f.convert(item, depth+1))
		}
		return at
	case *ast.StringNode:
		at.kind, at.text = scalarNode, n.Value
		return at
	case *ast.LiteralNode:
		at.kind, at.text = scalarNode, n.Value.Value
		return at
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		at.kind = scalarNode
		return at
	case *ast.NullNode:
		return at
	default:
		f.report(at, "anchors, aliases, tags and special numbers are not taken", "write the value out")
		return at
	}
}

func (f file) convertMapping(at node, values []*ast.MappingValueNode, depth int) node {
	at.kind, at.text = mappingNode, ""
	for _, value := range values {
		key := f.convert(value.Key, depth+1)
		if key.kind != scalarNode {
			f.report(key, "a key is a plain word", "")
			continue
		}
		if slices.ContainsFunc(at.entries, func(e entry) bool { return e.key.text == key.text }) {
			f.report(key, "the key stands twice", "remove one of the two")
			continue
		}
		at.entries = append(at.entries, entry{key, f.convert(value.Value, depth+1)})
	}
	if len(at.entries) > 0 {
		at.line, at.column = at.entries[0].key.line, at.entries[0].key.column
	}
	return at
}

func place(n ast.Node) node {
	at := node{kind: emptyNode}
	if n == nil {
		return at
	}
	if token := n.GetToken(); token != nil {
		at.text = token.Value
		if token.Position != nil {
			at.line, at.column = token.Position.Line, token.Position.Column
		}
	}
	return at
}

// each hands every entry of a mapping to the reader of its key; a key without
// one is a problem.
func (f file) each(n node, what string, readers map[string]func(node)) {
	if n.kind != mappingNode {
		f.report(n, what+" is not a mapping of keys and values", "")
		return
	}
	known := make([]string, 0, len(readers))
	for key := range readers {
		known = append(known, key)
	}
	slices.Sort(known)
	for _, entry := range n.entries {
		read, ok := readers[entry.key.text]
		if !ok {
			f.report(entry.key, "unknown key in "+what, nearest(entry.key.text, known))
			continue
		}
		read(entry.value)
	}
}

func (f file) items(n node, what string) []node {
	if n.kind != listNode {
		f.report(n, what+" is not a list", "write each item on its own line after a dash")
		return nil
	}
	return n.list
}

func (f file) pairs(n node, what string) []entry {
	if n.kind != mappingNode {
		f.report(n, what+" is not a mapping of keys and values", "")
		return nil
	}
	return n.entries
}

func (f file) scalar(n node) string {
	if n.kind != scalarNode {
		f.report(n, "wanted a text, found "+string(n.kind), "")
		return ""
	}
	return n.text
}

func (f file) texts(n node, what string) []string {
	var out []string
	for _, item := range f.items(n, what) {
		out = append(out, f.scalar(item))
	}
	return out
}

func (f file) whole(n node) int {
	value, err := strconv.Atoi(f.scalar(n))
	if err != nil || value < 0 || value > 100_000 {
		f.report(n, "not a whole number from 0 to 100000", "")
		return 0
	}
	return value
}

func (f file) decimal(n node) float64 {
	value, err := strconv.ParseFloat(f.scalar(n), 64)
	if err != nil || value != value || value > 1e9 || value < -1e9 {
		f.report(n, "not a number", "")
		return 0
	}
	return value
}

func (f file) flag(n node) bool {
	switch f.scalar(n) {
	case "yes", "true":
		return true
	case "no", "false":
	default:
		f.report(n, "neither yes nor no", "")
	}
	return false
}
