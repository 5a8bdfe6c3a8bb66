package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// saying are the folders whose words people read on a screen, in the log or in
// a file that the program leaves.
func saying() []string {
	return []string{"../cmd/pepost", "web", "report", "rehearsal", "pipeline", "outbox"}
}

// sent finds the word that must not stand for a state: a relay that took a
// message has not delivered it, and what was delivered was not read. Say
// accepted, delivered, collected, posted, or that it left.
var sent = regexp.MustCompile(`(?i)\bsent\b`)

// fair is what may stand before it within its sentence: that it was not, or may
// not be, and somebody who does it. Neither claims that anything arrived.
var fair = regexp.MustCompile(`(?i)\b(not|nothing|never|no|none|cannot|to be|somebody|program)\b[^.;:]*$`)

func TestSentNeverStandsAsAState(t *testing.T) {
	literals := 0
	for _, folder := range saying() {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err == nil && entry.Name() == "testdata":
				return fs.SkipDir
			case err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go"):
				return err
			case strings.HasSuffix(path, ".go"):
				for at, text := range literalsOf(t, path) {
					literals++
					complainOfSent(t, at, text)
				}
			case strings.HasSuffix(path, ".html"):
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				complainOfSent(t, path, string(text))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if literals < 1000 {
		t.Errorf("only %d texts were looked at: the folders have moved", literals)
	}
}

func complainOfSent(t *testing.T, at, text string) {
	t.Helper()
	for _, place := range sent.FindAllStringIndex(text, -1) {
		if !fair.MatchString(text[:place[0]]) {
			t.Errorf("%s: %q says sent as if that were a state: say accepted, delivered, collected, posted or left", at, text)
		}
	}
}

// literalsOf are the texts of a file by where they stand; the names of JSON
// fields are no words.
func literalsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			return n.Tag == nil
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				all[set.Position(n.Pos()).String()] = text
			}
		}
		return true
	})
	return all
}

func TestWhatIsFairToSayOfSent(t *testing.T) {
	for text, ok := range map[string]bool{
		"sent": false, "Sent to": false, "Everything was sent.": false, "Nothing left. It was sent": false, "on time; sent": false,
		"nothing is stored and nothing is sent": true, "uncertain: it may have left, and is not sent again by itself": true,
		"it was never released to be sent": true, "a form that this program sent": true,
	} {
		if place := sent.FindStringIndex(text); fair.MatchString(text[:place[0]]) != ok {
			t.Errorf("%q: want %v", text, ok)
		}
	}
}
