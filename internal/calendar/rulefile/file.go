package rulefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// What a rule file may be at most. The parser recurses once a level, so line
// length and brackets bound how deep it can be led.
const (
	maxBytes    = 256 << 10
	maxLine     = 4 << 10
	maxBrackets = 32
	maxEntries  = 1000
	maxProblems = 200
)

// File is one rule file while it is being read; it collects the problems.
type File struct {
	name     string
	problems Problems
}

// Open reads a file of the folder of rules. A file that is missing or cannot
// be parsed gives a missing node and the problem in [File.Err].
func Open(folder fs.FS, name string) (*File, Node) {
	data, err := read(folder, name)
	if err != nil {
		f := &File{name: name}
		hint := "the folder of rules has one folder an authority, with calendar.yaml, timetable.yaml and delivery.yaml"
		f.add(Problem{What: err.Error(), Hint: hint})
		return f, Node{file: f}
	}
	return Parse(name, data)
}

func read(folder fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, errors.New("not the name of a file in the folder of rules")
	}
	file, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is no such file")
	} else if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	return data, nil
}

// Parse reads the bytes of a file whose name is only used in problems.
func Parse(name string, data []byte) (*File, Node) {
	f := &File{name: name}
	if problem, ok := tooMuch(data); !ok {
		f.add(problem)
		return f, Node{file: f}
	}
	tree, err := parse(data)
	if err != nil {
		f.add(syntaxProblem(err))
		return f, Node{file: f}
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		f.add(Problem{What: "the file holds no rules, or more than one document", Hint: "copy a file that the program is shipped with and change it"})
		return f, Node{file: f}
	}
	return f, f.node(tree.Docs[0].Body, "")
}

// Err gives every problem found so far as [Problems], or nil.
func (f *File) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	return f.problems.Sorted()
}

func (f *File) add(p Problem) {
	if len(f.problems) < maxProblems {
		p.File, p.Value = f.name, shorten(p.Value)
		f.problems = append(f.problems, p)
	}
}

func shorten(value string) string {
	const most = 60
	runes := []rune(strings.ToValidUTF8(value, "?"))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most]) + "…"
}

// tooMuch refuses what could make the parser recurse or run without end.
func tooMuch(data []byte) (Problem, bool) {
	if len(data) > maxBytes {
		return Problem{What: "the file is larger than 256 KiB"}, false
	}
	depth, line, start := 0, 1, 0
	for i, c := range data {
		switch c {
		case '\n', '\r':
			line, start = line+1, i+1
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		}
		if i-start > maxLine || depth > maxBrackets {
			return Problem{Line: line, Column: i - start + 1, What: "the line is too long or nested too deep"}, false
		}
	}
	return Problem{}, true
}

// parse keeps a fault in the YAML parser from ending the program.
func parse(data []byte) (tree *ast.File, err error) {
	defer func() {
		if recover() != nil {
			tree, err = nil, errors.New("the file is not YAML")
		}
	}()
	return parser.ParseBytes(data, 0)
}

func syntaxProblem(err error) Problem {
	p := Problem{What: "not YAML", Hint: "check indentation (blanks, no tabs), colons and quotes"}
	var located yaml.Error
	if !errors.As(err, &located) {
		return p
	}
	p.What = "not YAML: " + located.GetMessage()
	if token := located.GetToken(); token != nil && token.Position != nil {
		p.Line, p.Column, p.Value = token.Position.Line, token.Position.Column, token.Value
	}
	return p
}
