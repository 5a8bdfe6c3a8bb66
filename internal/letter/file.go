package letter

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"
)

// What a template file and what is written from it may be at most.
const (
	maxFile = 64 << 10
	maxText = 64 << 10
	maxHead = 200 // of a subject or sender name, in characters
)

// file is one template file, parsed.
type file struct {
	name                string
	from, subject, body *template.Template
}

// readFile parses a template file: comment lines that begin with #, the head
// lines From: and Subject: (none in the call script), an empty line, the text.
// Every part keeps its line numbers.
func readFile(name, source string, headed bool) (file, Problems) {
	f := file{name: name}
	var problems Problems
	add := func(line int, text, hint string) {
		problems = append(problems, Problem{File: name, Line: line, Text: text, Hint: hint})
	}
	if len(source) > maxFile || !utf8.ValidString(source) {
		add(0, "the file is larger than 64 KiB or not UTF-8", "save it as plain UTF-8 text")
		return f, problems
	}
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\ufeff"), "\r\n", "\n")
	lines := strings.Split(source, "\n")
	at := 0
	for ; at < len(lines); at++ {
		line := strings.TrimSpace(lines[at])
		if strings.HasPrefix(line, "#") {
			continue
		}
		if !headed || line == "" {
			break
		}
		key, value, ok := strings.Cut(line, ":")
		var to **template.Template
		switch strings.ToLower(key) {
		case "from":
			to = &f.from
		case "subject":
			to = &f.subject
		}
		if !ok || to == nil || *to != nil {
			add(at+1, "not one From: and one Subject: line before the text", "write both once, then an empty line, then the text")
			continue
		}
		parsed, fault := parseAt(name, strings.TrimSpace(value), at+1)
		problems = append(problems, fault...)
		*to = parsed
	}
	if headed && (f.from == nil || f.subject == nil) && len(problems) == 0 {
		add(1, "the file has no From: or no Subject: line", "write both before the text")
	}
	body, fault := parseAt(name, strings.Join(lines[min(at, len(lines)):], "\n"), at+1)
	f.body = body
	return f, append(problems, fault...)
}

// parseAt parses a text that begins on a line of its file, so that the parser
// counts lines as the file has them.
func parseAt(name, text string, line int) (*template.Template, Problems) {
	parsed, err := template.New(name).Option("missingkey=error").Parse(strings.Repeat("\n", line-1) + text)
	if err != nil {
		return nil, Problems{asProblem(name, err, "mend what stands between {{ and }}")}
	}
	return parsed, nil
}

// asProblem finds the place in what text/template says.
func asProblem(name string, err error, hint string) Problem {
	text := err.Error()
	place := regexp.MustCompile(`^template: ` + regexp.QuoteMeta(name) + `:(\d+)(?::\d+)?: (?s)(.*)$`)
	p := Problem{File: name, Text: text, Hint: hint}
	if m := place.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = m[2]
	}
	if _, after, ok := strings.Cut(p.Text, " at <"); ok {
		p.Text = strings.Replace("<"+after, ">: ", ">: ", 1)
	}
	return p
}

// errTooLong stops a template that writes without end.
var errTooLong = errors.New("what it writes is longer than 64 KiB")

// bounded collects what a template writes, up to maxText.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxText {
		return 0, errTooLong
	}
	return b.Builder.Write(p)
}

// run writes one part of a template from the words it may use, without the
// empty lines at either end.
func run(t *template.Template, words any) (string, error) {
	var b bounded
	if err := t.Execute(&b, words); err != nil {
		return "", err
	}
	return strings.Trim(b.String(), "\n"), nil
}
