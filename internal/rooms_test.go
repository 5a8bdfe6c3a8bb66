// Package internal_test holds the map of the rooms against the code: what
// each package under internal may import, from the project and from outside.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/pepost/pepost/"

// rooms is a statement of policy: do not change it to make a build pass. A
// wider row is a reviewed change with its reason beside it.
func rooms() map[string][]string {
	formats := []string{"addressbook", "form", "roster", "timetable", "document", "word", "pdf", "route", "office", "letter", "seal", "outbox", "dispatch", "receive", "audit", "calendar", "report", "post", "canary", "pack", "quality", "sheet"}
	return map[string][]string{
		"pep":      {},
		"calendar": {"pep"},
		"schedule": {"pep"},
		"form":     {"pep"},
		"roster":   {"pep"},
		// The hours at which the daemon works are among an authority's rules, and
		// a schedule that could not fire is refused where it is written.
		"timetable": {"pep", "calendar", "schedule"},
		"document":  {"pep", "form"},
		"word":      {"document", "form", "pep"},
		// A block carries the kind of its answer, which is form's word.
		// What goes in one envelope is drawn as one file.
		"pdf": {"document", "form", "pep", "post"},
		// Whoever waits for a letter waits working days.
		"post": {"pep", "calendar"},
		// A block carries the kind of its answer and who gives it, which are form's
		// words.
		"pack": {"pep", "document", "form"},
		// What is looked for in a filled form is an authority's rule, read as the
		// calendar's rule files are.
		// Targets are laid out as the tables that case systems want.
		"quality": {"pep", "form", "calendar", "sheet"},
		"sheet":   {},
		"route":   {"pep"},
		"office":  {},
		// Whether a message may go to an address at all is asked before how.
		"addressbook": {"pep"},
		"keyring":     {"pep"},
		// How an encrypted message looks is the delivery policy's word.
		"canary": {"pep", "route"},
		"letter": {"pep", "route"},
		"seal":   {"pep", "route", "letter", "office", "keyring", "pdf"},
		// A delivery keeps the proofs of its letter, whose words are post's.
		"outbox":   {"pep", "route", "post"},
		"dispatch": {"pep", "outbox", "route"},
		"smtpout":  {"outbox", "route"},
		"receive":  {"pep", "form", "word", "office", "keyring", "outbox"},
		"imapin":   {"receive"},
		"notify":   {"pep"},
		"audit":    {"pep"},
		// A delivery carries its decision, whose words are route's.
		"report": {"pep", "calendar", "timetable", "outbox", "route", "receive"},
		"store":  {"pep", "schedule", "form", "route", "keyring", "timetable", "outbox", "dispatch", "receive", "audit", "addressbook", "canary", "pipeline", "post", "quality"},
		// A recipient's key on file is judged before it is decided, and handed to seal.
		"pipeline": append([]string{"pep", "keyring"}, formats...),
		// A played term fills the pipeline's seams in memory, in their words, and
		// keeps its schedules as a daemon would.
		// A term has more than one export: later days' are taken in as it goes.
		"rehearsal": {"pep", "pipeline", "timetable", "form", "word", "report", "mailsink", "office", "outbox", "route", "calendar", "roster", "dispatch", "audit", "schedule", "post"},
		"daemon":    {"schedule", "pipeline", "dispatch", "receive", "store", "timetable"},
		"web":       {"pep", "outbox", "pipeline", "report"},
		"config":    {"pep"},
		"mailsink":  {},
	}
}

// outside names the rooms that alone may import a module or a package of the
// standard library, each with why.
func outside() []rule {
	return []rule{
		{"github.com/johnfercher/maroto", []string{"pdf"}, "one layout engine, one place for its traps"},
		{"github.com/pdfcpu/pdfcpu", []string{"pdf"}, "PDF objects are the pdf room's affair"},
		{"github.com/go-text/typesetting", []string{"pdf"}, "letters are shaped where they are drawn"},
		{"github.com/boombuler/barcode", []string{"pdf"}, "a code is drawn, and nothing else knows of squares"},
		{"github.com/beevik/etree", []string{"word"}, "WordprocessingML is the word room's affair"},
		{"database/sql", []string{"store", "daemon"}, "no other room sees a database"},
		{"github.com/uptrace/bun", []string{"store", "daemon"}, "no other room sees a database"},
		{"github.com/riverqueue/river", []string{"store", "daemon"}, "the engine stays behind dispatch's queue"},
		{"github.com/jackc/pgx", []string{"store", "daemon"}, "no other room sees a database"},
		{"modernc.org/sqlite", []string{"store", "daemon"}, "no other room sees a database"},
		{"github.com/pressly/goose", []string{"store"}, "migrations are the store's"},
		{"github.com/tink-crypto/tink-go", []string{"store"}, "sealing at rest is the store's"},
		{"golang.org/x/crypto/argon2", []string{"store"}, "passwords are hashed where accounts are kept"},
		{"github.com/ProtonMail/go-crypto", []string{"keyring"}, "keys are handled in one place"},
		{"github.com/wneessen/go-mail", []string{"seal"}, "it composes, it never sends"},
		{"github.com/emersion/go-message", []string{"receive", "seal"}, "mail is parsed where it comes in, and read back where it is composed"},
		{"github.com/emersion/go-msgauth", []string{"receive"}, "what a gateway says of a sender is judged with the message"},
		{"github.com/emersion/go-imap", []string{"imapin"}, "mail is fetched in one place"},
		{"github.com/emersion/go-smtp", []string{"mailsink"}, "server side only"},
		{"github.com/xuri/excelize", []string{"roster"}, "spreadsheets are read in one place"},
		{"github.com/goccy/go-yaml", []string{"calendar", "form", "timetable", "route", "config"}, "loaders of files that officers edit"},
		{"github.com/spf13/cobra", nil, "flags belong to cmd"},
		{"github.com/robfig/cron", []string{"schedule"}, "its parser panics and its runner forgets: both stay behind one guard"},
		{"net/smtp", nil, "it can fall back to clear text"},
		{"net/http", []string{"web", "daemon", "notify", "smtpout"}, "servers in web and daemon, one client in notify, one that fetches a relay's token"},
		{"os/exec", nil, "no program is started by this one"},
	}
}

type rule struct {
	prefix string
	rooms  []string
	why    string
}

type source struct {
	room string
	path string
	file *ast.File
	set  *token.FileSet
}

func TestRoomsImportWhatTheMapAllows(t *testing.T) {
	table := rooms()
	for _, s := range sources(t) {
		allowed, known := table[s.room]
		if !known {
			t.Errorf("%s: the room %q is not on the map", s.path, s.room)
			continue
		}
		for _, imported := range imports(s.file) {
			rest, ours := strings.CutPrefix(imported, module+"internal/")
			if !ours {
				continue
			}
			target, _, _ := strings.Cut(rest, "/")
			if target != s.room && !slices.Contains(allowed, target) {
				t.Errorf("%s: %s may not import %s; the map allows %v", s.path, s.room, target, allowed)
			}
		}
	}
}

func TestOutsidePackagesStayInTheirRooms(t *testing.T) {
	for _, s := range sources(t) {
		for _, imported := range imports(s.file) {
			for _, r := range outside() {
				if (imported == r.prefix || strings.HasPrefix(imported, r.prefix+"/")) && !slices.Contains(r.rooms, s.room) {
					t.Errorf("%s: %s may not import %s: %s", s.path, s.room, imported, r.why)
				}
			}
		}
	}
}

func TestEveryRoomIsDocumentedAndOnTheMap(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, s := range sources(t) {
		folder := filepath.ToSlash(filepath.Dir(s.path))
		if s.file.Doc != nil {
			docs[folder] += s.file.Doc.Text()
		} else if _, seen := docs[folder]; !seen {
			docs[folder] = ""
		}
	}
	for folder, doc := range docs {
		if !strings.HasPrefix(doc, "Package ") || len(doc) < 120 {
			t.Errorf("%s: the package has no doc that says what it is for, takes, gives and never does", folder)
		}
		if !strings.Contains(string(page), "`"+folder+"`") {
			t.Errorf("%s: internal/README.md does not have the room", folder)
		}
	}
}

func TestNoHiddenStateAndNoLongFunctions(t *testing.T) {
	for _, s := range sources(t) {
		for _, declaration := range s.file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: init() hides work from the reader", s.path)
				}
				from, to := s.set.Position(d.Pos()).Line, s.set.Position(d.End()).Line
				if length := to - from + 1; length > 80 {
					t.Errorf("%s: %s has %d lines; cut it at its verbs", s.path, d.Name.Name, length)
				}
			case *ast.GenDecl:
				checkVariables(t, s, d)
			}
		}
	}
}

// checkVariables allows what cannot change state: embedded files, errors made
// once, compile-time assertions, compiled expressions and what is worked out
// once and never changed.
func checkVariables(t *testing.T, s source, d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			if name.Name == "_" || d.Doc != nil && strings.Contains(docAndDirectives(d), "go:embed") || v.Doc != nil {
				continue
			}
			if i < len(v.Values) && isConstantLike(v.Values[i]) {
				continue
			}
			t.Errorf("%s: package variable %s: pass what is needed", s.path, name.Name)
		}
	}
}

func docAndDirectives(d *ast.GenDecl) string {
	var b strings.Builder
	for _, c := range d.Doc.List {
		b.WriteString(c.Text)
	}
	return b.String()
}

func isConstantLike(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	owner, ok := selector.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch owner.Name + "." + selector.Sel.Name {
	case "errors.New", "regexp.MustCompile", "sync.OnceValues":
		return true
	}
	return false
}

func TestStagesHaveNoClock(t *testing.T) {
	for _, s := range sources(t) {
		if s.room == "mailsink" {
			continue // a server on the loopback keeps real time
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if owner, ok := selector.X.(*ast.Ident); ok && owner.Name == "time" {
				switch selector.Sel.Name {
				case "Now", "Sleep", "Since", "Until":
					if !(s.room == "smtpout" && selector.Sel.Name == "Now") {
						t.Errorf("%s: time.%s in a stage: the clock is given", s.path, selector.Sel.Name)
					}
				}
			}
			return true
		})
	}
}

func TestNoDrawerPackages(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(s.path)), "/") {
			if slices.Contains([]string{"util", "utils", "common", "helpers", "manager", "core", "models", "service"}, part) {
				t.Errorf("%s: %q says nothing about what is inside", s.path, part)
			}
		}
	}
}

// sources parses every file of the rooms that is not a test.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "zz") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		room, _, _ := strings.Cut(filepath.ToSlash(path), "/")
		found = append(found, source{room: room, path: path, file: file, set: set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func imports(file *ast.File) []string {
	var paths []string
	for _, spec := range file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}
