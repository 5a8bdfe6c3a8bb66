package letter

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/templates"
)

// shipped are the shipped templates, loaded once for all tests.
var shipped = sync.OnceValues(func() (Templates, error) { return Load(templates.FS) })

func load(tb testing.TB) Templates {
	tb.Helper()
	all, err := shipped()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// instead is a folder with one file.
func instead(name, text string) fs.FS {
	return fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
}

const goodHead = "From: {{.Authority}}\nSubject: {{.Reference}} {{.On}}\n\n"

func TestEveryKindHasALetterForEveryClass(t *testing.T) {
	all := load(t)
	for _, kind := range Kinds() {
		for _, how := range []class{secure, neutral, sealed, gateway} {
			if _, ok := all.letters[purpose{kind, how}]; !ok {
				t.Errorf("no letter for %s, %s", kind, how)
			}
		}
	}
	names, err := fs.Glob(templates.FS, "*")
	if err != nil || len(names) != len(purposes())+4 { // two scripts of calls, the digest and the agenda
		t.Errorf("the folder has %v, %v", names, err)
	}
}

func TestAnAuthoritysOwnWordsStandIn(t *testing.T) {
	text := "\ufeff# ours\r\n" + strings.ReplaceAll(goodHead, "\n", "\r\n") + "Our own words for {{.Reference}}, {{.On}}.\r\n"
	all, err := Load(templates.FS, instead(formProtected, text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := all.Write(input(Form, byProtected()))
	if err != nil {
		t.Fatal(err)
	}
	if c.Text != "Our own words for PEP-7F3K-2Q, Tue 24 February 2026.\n" || c.Subject != "PEP-7F3K-2Q Tue 24 February 2026" {
		t.Errorf("%+v", c)
	}
	if kept, err := all.Write(input(Chase, byProtected())); err != nil || !strings.Contains(kept.Text, "We have not yet had the document") {
		t.Errorf("the other letters are not the shipped ones: %v", err)
	}
}

func TestEveryMistakeIsFoundWithItsLine(t *testing.T) {
	body := "For {{.Reference}}, {{.On}}.\n"
	for name, c := range map[string]struct {
		file, text string
		line       int
		says       string
	}{
		"telling words":                 {formProtected, goodHead + body + "\nThis is about a child who is looked\nafter.\n", 6, `"looked after" says`},
		"telling subject":               {finalProtected, "From: {{.Authority}}\nSubject: The PEP {{.Reference}} {{.On}}\n\n" + body, 2, `"pep" says`},
		"telling sender":                {chaseNeutral, "# a comment may say PEP\nFrom: The Virtual School\nSubject: {{.Reference}} {{.On}}\n\n" + body, 2, `"virtual school" says`},
		"telling words in pieces":       {formProtected, goodHead + body + `A {{"P"}}EP.`, 0, "the text says pep"},
		"telling in one branch only":    {formProtected, goodHead + body + `{{if .Late}}An {{"e"}}ducation plan.{{end}}`, 0, "the text says education plan"},
		"a field that is not there":     {formSecure, goodHead + body + "\n{{.ChildName}}\n", 6, "ChildName"},
		"a field that would tell":       {formProtected, goodHead + body + "\n\n{{.VirtualSchool}}\n", 7, "VirtualSchool"},
		"a mistake in a branch":         {chaseSecure, goodHead + body + "{{if .Attached}}\n{{.Nothing}}{{end}}\n", 6, "Nothing"},
		"a bracket left open":           {finalSecure, goodHead + body + "{{if .Late}}\n", 6, "unexpected EOF"},
		"a bracket left open in a head": {finalSecure, "# x\nFrom: {{.Authority\nSubject: {{.Reference}} {{.On}}\n\n" + body, 2, "unclosed action"},
		"no From line":                  {finalSecure, "Subject: {{.Reference}} {{.On}}\n\n" + body, 1, "no From:"},
		"another head line":             {finalSecure, "Bcc: a@b.example\n" + goodHead + body, 1, "not one From:"},
		"a head line twice":             {finalSecure, "From: a\n" + goodHead + body, 2, "not one From:"},
		"no reference in the text":      {formSecure, goodHead + "On {{.On}}.\n", 0, "the text says no reference"},
		"no date in the subject":        {formSecure, "From: {{.Authority}}\nSubject: {{.Reference}}\n\n" + body, 0, "the subject says no date"},
		"another reference":             {formSecure, goodHead + body + "See PEP-0000-01.\n", 0, "another reference"},
		"a gateway's tag":               {formSecure, "From: {{.Authority}}\nSubject: [secure] {{.Reference}} {{.On}}\n\n" + body, 0, "square brackets"},
		"a subject of two lines":        {formSecure, "From: {{.Authority}}\nSubject: {{.Reference}}{{\"\\n\"}}x {{.On}}\n\n" + body, 0, "more than one line"},
		"an empty sender":               {formSecure, "From:\nSubject: {{.Reference}} {{.On}}\n\n" + body, 0, "the sender name says nothing"},
		"words without end":             {formSecure, goodHead + body + "{{range 100000}}{{$.Authority}}{{end}}", 0, "longer than 64 KiB"},
		"a file that is too large":      {formSecure, strings.Repeat("x", maxFile+1), 0, "larger than 64 KiB"},
		"not UTF-8":                     {formSecure, goodHead + "\xff", 0, "not UTF-8"},
		"a name no letter has":          {"form-protectd.txt", goodHead + body, 0, "no letter has this name"},
		"a mistake in the script":       {callScript, "# words\n\n{{.Passphrase}}\n", 3, "Passphrase"},
	} {
		_, err := Load(templates.FS, instead(c.file, c.text))
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p := problems[0]; len(problems) != 1 || p.File != c.file || p.Line != c.line || !strings.Contains(p.Text, c.says) {
			t.Errorf("%s: want line %d saying %q:\n%v", name, c.line, c.says, problems)
		}
	}
}

func TestAllMistakesAreGivenAtOnce(t *testing.T) {
	_, err := Load(fstest.MapFS{formSecure: &fstest.MapFile{Data: []byte(goodHead)}})
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != len(purposes())+3 {
		t.Fatalf("%v", err)
	}
	if text := err.Error(); strings.Count(text, "there is no such file (every letter needs one)") != len(purposes())+2 {
		t.Errorf("%s", text)
	}
}

func TestTellingWordsAreFoundHoweverWritten(t *testing.T) {
	for text, line := range map[string]int{
		"a Pep.": 1, "PEPs": 1, "the\nlooked-after\nchild": 2, "x\nvirtual\nschool": 2, "Educa\u00adtion plan": 1, "ｘ\u00a0CLA": 1,
		"PEP2026": 1, "2026pep": 1, "pep_form": 1, "Children’s Services": 1, "LOOKED \t AFTER": 1, "cared\u200bfor you; cared for": 1,
	} {
		if f, tells := telling(text); !tells || f.line != line {
			t.Errorf("%q: %+v %t, want line %d", text, f, tells, line)
		}
	}
	for _, text := range []string{"", "pepper", "a peptic school", "virtually school", "look after yourself", "virtual\nhigh school", "cared", "black lace"} {
		if f, tells := telling(text); tells {
			t.Errorf("%q is said to tell: %q", text, f.phrase)
		}
	}
}

func TestOneReferenceMeansOneReference(t *testing.T) {
	c := Contents{Subject: "PEP-7F3K-2Q", Text: "PEP-7F3K-2Q and PEP-0000-01", Attachments: []Attachment{{Name: "PEP-0000-02-x.docx"}}}
	if refs := c.References(); len(refs) != 3 {
		t.Errorf("%v", refs)
	}
}

// FuzzLoad: whatever an authority's file says, nothing panics, and what loads
// writes only letters that are silent and carry one reference.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{formProtected, chaseNeutral} {
		data, err := templates.FS.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add(goodHead + "{{.Reference}} {{.On}} {{printf \"%c\" 80}}EP")
	f.Add("From: x\nSubject: {{.Reference}}{{.On}}\n\n{{.Reference}}{{.ReturnBy}}")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "range") || strings.Contains(text, "printf") || strings.Contains(text, "template") {
			t.Skip("loops and widths only the author of a file can write: what they write is bounded elsewhere")
		}
		source, faults := readFile(formProtected, text, true)
		if len(faults) > 0 || len(tellingLines(formProtected, text)) > 0 {
			return
		}
		all := Templates{letters: map[purpose]file{{Form, neutral}: source}}
		if len(all.tryLetter(purpose{Form, neutral})) > 0 {
			return
		}
		c, err := all.Write(input(Form, byProtected()))
		if err != nil {
			return
		}
		if err := c.Silent(); err != nil || len(c.References()) != 1 || strings.ContainsAny(c.Subject+c.SenderName, "\r\n") {
			t.Fatalf("%v\n%s", err, shown(c))
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(templates.FS); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	all := load(b)
	in := input(Form, byProtected())
	for b.Loop() {
		if _, err := all.Write(in); err != nil {
			b.Fatal(err)
		}
	}
}
