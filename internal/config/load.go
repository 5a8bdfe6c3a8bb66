package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/pepost/pepost/internal/pep"
)

// maxFile is more than any honest configuration needs.
const maxFile = 1 << 20

// file is pepost.yaml as it is written.
type file struct {
	Authority string             `yaml:"authority"`
	From      string             `yaml:"from"`
	Officer   officer            `yaml:"officer"`
	Teams     map[string]officer `yaml:"teams"`
	Relay     relay              `yaml:"relay"`
	Relays    []namedRelay       `yaml:"relays"`
	Post      postFile           `yaml:"post"`
	OpenPGP   openPGP            `yaml:"openpgp"`
	Database  string             `yaml:"database"`
	Keys      string             `yaml:"keys"`
	Release   string             `yaml:"release"`
	FirstSend string             `yaml:"first_send"`
	Console   struct {
		Listen string `yaml:"listen"`
	} `yaml:"console"`
	Returns returns `yaml:"returns"`
	Mailbox mailbox `yaml:"mailbox"`
	Notify  notify  `yaml:"notify"`
	Folders struct {
		Forms     string `yaml:"forms"`
		Templates string `yaml:"templates"`
		Schedules string `yaml:"schedules"`
	} `yaml:"folders"`
}

type officer struct {
	Name    string `yaml:"name"`
	Phone   string `yaml:"phone"`
	Mailbox string `yaml:"mailbox"`
}

// Load reads and checks the file. The error is [Problems] where the file is
// there but does not hold.
func Load(path string) (Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return Config{}, fmt.Errorf("finding the configuration: %w", err)
	}
	data, err := readBounded(absolute)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(absolute, data)
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errors.New("it is larger than 1 MiB")
	}
	return data, err
}

// The bounds of a text that the YAML parser, which takes memory by the square
// of the depth, is given.
const (
	maxDepth = 32
	maxLine  = 4096
)

// bounded reports a text within the bounds.
func bounded(data []byte) bool {
	depth, line := 0, 0
	for _, c := range data {
		line++
		switch c {
		case '\n':
			line = 0
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth > maxDepth || line > maxLine {
			return false
		}
	}
	return true
}

// Parse checks the text of a configuration that stands at an absolute path.
func Parse(path string, data []byte) (Config, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // Windows editors begin files with it
	if !bounded(data) {
		return Config{}, Problems{{File: path, Text: "nested deeper than 32 brackets, or a line longer than 4,096 bytes", Hint: "compare it with a file written by pepost init"}}
	}
	var f file
	tree, err := parser.ParseBytes(data, 0)
	if err == nil {
		err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return Config{}, Problems{syntaxProblem(path, err)}
	}
	if len(tree.Docs) > 1 {
		return Config{}, Problems{{File: path, Text: "more than one YAML document: a line of three hyphens parts them", Hint: "keep one; the others would be passed over"}}
	}
	c := checker{path: path, tree: tree}
	config := c.check(f)
	if len(c.problems) > 0 {
		return Config{}, c.problems
	}
	return config, nil
}

func syntaxProblem(path string, err error) Problem {
	problem := Problem{File: path, Text: "not a configuration this program reads", Hint: "compare it with a file written by pepost init"}
	var positioned yaml.Error
	if errors.As(err, &positioned) {
		problem.Text = strings.ToLower(positioned.GetMessage())
		if token := positioned.GetToken(); token != nil && token.Position != nil {
			problem.Line = token.Position.Line
		}
	}
	return problem
}

type checker struct {
	path     string
	tree     *ast.File
	problems Problems
}

func (c *checker) fault(field, text, hint string) {
	c.problems = append(c.problems, Problem{File: c.path, Line: c.line(field), Field: field, Text: text, Hint: hint})
}

// line finds where a dotted field stands, or 0 where the file does not have it.
func (c *checker) line(field string) int {
	path, err := yaml.PathString("$." + field)
	if err != nil || c.tree == nil {
		return 0
	}
	node, err := path.FilterFile(c.tree)
	if err != nil || node == nil || node.GetToken() == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

func (c *checker) check(f file) Config {
	config := Config{
		File: c.path, Authority: f.Authority, Officer: Officer(f.Officer),
		Sender: pep.ParseAddress(f.From), Relay: c.relay("relay", f.Relay), Release: c.release(f.Release), FirstSend: c.firstSend(f.FirstSend), Post: c.post(f.Post),
		Console:  c.console(f.Console.Listen),
		Returns:  c.returns(f.Returns),
		Mailbox:  c.mailbox(f.Mailbox),
		Notify:   c.notify(f.Notify),
		OpenPGP:  c.openPGP(f.OpenPGP),
		Database: c.database(f.Database), Keys: c.pathOf(f.Keys),
		Forms: c.pathOf(f.Folders.Forms), Templates: c.pathOf(f.Folders.Templates), Schedules: c.pathOf(f.Folders.Schedules),
		Teams: map[string]Officer{}, Relays: c.relays(f.Relays),
	}
	for name, team := range f.Teams {
		config.Teams[name] = Officer(team)
	}
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`).MatchString(f.Authority) {
		c.fault("authority", "wanted: the name of a folder of schedules", "for example cheshire-west")
	}
	// Without a sender everything is held, and importing, counting and rendering
	// need none.
	if f.From != "" && config.Sender.Verdict() != pep.AddressGood {
		c.fault("from", config.Sender.Reason(), "one bare address, for example peps@council.example")
	}
	if config.Keys == "" {
		c.fault("keys", "no key file is named", "without its keys the database cannot be opened; pepost init writes them")
	}
	return config
}

func (c *checker) pathOf(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.path), path)
}

func (c *checker) database(text string) string {
	switch {
	case text == "":
		c.fault("database", "no database is named", "a file such as pepost.db, or postgres://…")
		return ""
	case strings.HasPrefix(text, "postgres://"), strings.HasPrefix(text, "postgresql://"):
		return text
	case strings.Contains(text, "://"):
		c.fault("database", "not a kind of database this program knows", "a file such as pepost.db, or postgres://…")
		return ""
	}
	return c.pathOf(text)
}

func (c *checker) release(text string) Release {
	switch Release(text) {
	case "":
		return ReleaseAutomatic
	case ReleaseAutomatic, ReleaseByHand:
		return Release(text)
	}
	c.fault("release", "release is automatic or by-hand", "automatic sends what is due, by-hand waits for an officer")
	return ReleaseByHand
}

func (c *checker) date(field, text string) pep.Date {
	if text == "" {
		return pep.Date{}
	}
	d, err := pep.ParseDate(text)
	if err != nil {
		c.fault(field, err.Error(), "year, month and day: 2026-03-17")
	}
	return d
}

// console is where the page is shown: on this machine alone, or nowhere.
func (c *checker) console(text string) string {
	switch text {
	case "":
		return DefaultConsole
	case "off":
		return ""
	}
	at, err := netip.ParseAddrPort(strings.Replace(text, "localhost:", "127.0.0.1:", 1))
	if err != nil || !at.Addr().IsLoopback() {
		c.fault("console.listen", "not a loopback address and a port, nor off", "for example "+DefaultConsole+"; from another machine through an ssh tunnel")
		return ""
	}
	return at.String()
}
