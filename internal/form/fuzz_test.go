package form_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/internal/form"
)

func FuzzDefinition(f *testing.F) {
	f.Add("pack: extra\ntitle: Extra\ncircumstances: [moved]\nsections:\n  - key: extra\n    title: More\n    after: education\n    fields:\n      - {key: extra.why, label: Why, kind: text, by: [setting]}\n")
	f.Add("pack: [\n")
	f.Add("a: &a [*a]\n")
	f.Add("pack: x\ntitle: y\nphase: statutory\nsections: {}\n")
	f.Add("? [a]\n: b\n")
	f.Add("- 1\n---\n- 2\n")
	base := shipped(f)
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
