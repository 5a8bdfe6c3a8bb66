package form_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// smallest are the fewest definitions that make a library, so that a fuzzer
// gets through many.
func smallest() fstest.MapFS {
	const pack = "pack: %s\ntitle: %s\n%ssections:\n  - key: %s\n    title: Section\n    %sfields:\n" +
		"      - {key: %s.why, label: Why, kind: text, by: [setting]}\n"
	words := "words: {looked after: looked after}\nfillers:\n"
	for _, filler := range form.Fillers() {
		words += "  " + string(filler) + ": {words: somebody, colour: \"333333\"}\n"
	}
	files := map[string]string{
		"choices.yaml": "choices: {term: {autumn: autumn, spring: spring}}\n", "words.yaml": words,
		"rights.yaml": "audiences:\n  - {key: record, label: The record, roles: [iro]}\n", "coverage.yaml": "coverage: []\n",
		"core.yaml": fmt.Sprintf(pack, "core", "Core", "", "education", "", "education"),
	}
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		name := string(phase)
		files[name+".yaml"] = fmt.Sprintf(pack, name, name, "phase: "+name+"\n", name, "after: education\n    ", name)
	}
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func FuzzDefinition(f *testing.F) {
	f.Add("pack: extra\ntitle: Extra\ncircumstances: [moved]\nsections:\n  - key: extra\n    title: More\n    after: education\n    fields:\n      - {key: extra.why, label: Why, kind: text, by: [setting]}\n")
	f.Add("pack: [\n")
	f.Add("a: &a [*a]\n")
	f.Add("pack: x\ntitle: y\nphase: statutory\nsections: {}\n")
	f.Add("? [a]\n: b\n")
	f.Add("- 1\n---\n- 2\n")
	f.Add("pack: t\ntitle: T\ncircumstances: [custody]\nchoices: {own: {1: one, 2: {label: two, when: education.why is given}}}\nsections:\n" +
		"  - key: education\n    fields:\n      - key: t.rows\n        label: Rows\n        kind: table\n        by: [setting]\n        rows: term\n" +
		"        needed: [spring]\n        audience: record\n        columns:\n          - {key: a, label: A, kind: text}\n" +
		"          - {key: b, label: B, kind: one of, choices: term, finalise: a is autumn}\n" +
		"      - {key: t.who, label: Who, kind: contact, by: [setting], send: always, parts: {name: name, email: e-mail}}\n")
	base := smallest()
	if _, err := form.Load(base); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := fstest.MapFS{"extra.yaml": {Data: []byte(text)}}
		for name, file := range base {
			files[name] = file
		}
		l, err := form.Load(files)
		var wrong *form.DefinitionError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("not a definition error: %v", err)
		}
		if err != nil {
			for _, p := range wrong.Problems {
				if p.File == "" || p.Text == "" {
					t.Fatalf("a problem without place or words: %+v", p)
				}
			}
			return
		}
		for _, id := range l.IDs() {
			if again, ok := l.ByID(id); !ok || again.ID != id {
				t.Fatalf("%s is not found again", id)
			}
		}
	})
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"a is b", "a.b is not given or c within 6 months", "a in 1, 2, -3 and b >= 7", "a 12 months ago", "is is is", "a and or b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := form.ParseCondition(text)
		if err != nil {
			return
		}
		again, err := form.ParseCondition(c.Text)
		if err != nil || again.Text != c.Text {
			t.Fatalf("%q does not read back: %v", c.Text, err)
		}
		c.Judge(form.Values{})
	})
}
