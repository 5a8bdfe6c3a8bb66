package form_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// Every row of the field list is asked by the forms it is meant for, and
// needed there as the list says.
func TestEveryRowOfTheFieldListIsNeededAsItSays(t *testing.T) {
	data, err := os.ReadFile("testdata/field-list.tsv")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"t": true}
	forms := formsOf(t)
	for row := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(row), "\t")
		if strings.HasPrefix(row, "#") {
			continue
		}
		listed[cells[0]] = true
		for i, pair := range forms {
			if got := neededAtMost(pair, cells[0]); got != cells[i+1] {
				t.Errorf("row %s on %s: need %q, want %q", cells[0], pair[0].ID, got, cells[i+1])
			}
		}
	}
	for _, pair := range forms {
		for field := range pair[1].Fields() {
			if !listed[field.Source] || field.File == "" || field.Line == 0 {
				t.Errorf("%s:%d: %s has the source %q", field.File, field.Line, field.Key, field.Source)
			}
		}
	}
}

// formsOf are the form of every phase, bare and with all circumstances.
func formsOf(t testing.TB) [][2]form.Form {
	t.Helper()
	l := library(t)
	var out [][2]form.Form
	for _, id := range everyForm() {
		name, _, _ := strings.Cut(id, "+")
		bare, _ := l.ByID(name)
		full, ok := l.ByID(id)
		if !ok {
			t.Fatalf("no form %s", id)
		}
		out = append(out, [2]form.Form{bare, full})
	}
	return out
}

// neededAtMost is the need of a row on the bare form, or else, where only a
// circumstance asks for it, on the form with all of them.
func neededAtMost(pair [2]form.Form, row string) string {
	if need := strongestNeed(pair[0], row); need != "-" {
		return need
	}
	return strongestNeed(pair[1], row)
}

// strongestNeed is the most that any field of a row is needed where nothing
// but the phase is known.
func strongestNeed(f form.Form, row string) string {
	phase := answered("pep.phase", string(f.Phase))
	strength := []string{"-", "o", "F?", "F", "S?", "S"}
	best := 0
	for field := range f.Fields() {
		if field.Source != row {
			continue
		}
		found := "o"
		if need := needWord(field.Finalise, "F", phase); need != "" {
			found = need
		}
		if need := needWord(field.Send, "S", phase); need != "" {
			found = need
		}
		best = max(best, slices.Index(strength, found))
	}
	return strength[best]
}

func needWord(n form.Need, word string, v form.Values) string {
	switch {
	case n.Always:
		return word
	case n.Never():
		return ""
	}
	switch n.When.Judge(v) {
	case form.True:
		return word
	case form.Undecided:
		return word + "?"
	case form.False:
	}
	return ""
}

func TestEveryCircumstanceComposes(t *testing.T) {
	l := library(t)
	packs := map[pep.Circumstance]string{
		pep.InCustody: "+custody", pep.NotInSetting: "+not-in-setting", pep.NotInEducation: "+not-in-setting",
		pep.Interim: "+interim", pep.Transition: "+transition", pep.Progression: "+transition",
	}
	for phase, id := range map[pep.Phase]string{pep.EarlyYears: "early-years", pep.Statutory: "statutory", pep.Post16: "post-16"} {
		for _, circumstance := range pep.Circumstances() {
			f := l.Compose(plan(phase, circumstance))
			if want := id + packs[circumstance]; f.ID != want || f.Phase != phase || f.Title == "" || len(f.Version) != 12 {
				t.Errorf("%s, %s: form %q %q of %s, version %q, want %q", phase, circumstance, f.ID, f.Title, f.Phase, f.Version, want)
			}
		}
	}
}

// Whichever field that answers an item of law is taken out, the check, or the
// reading itself where another field asks for it, says in which file and line.
func TestNoFieldThatTheLawNeedsGoesUnseen(t *testing.T) {
	coverage := string(shipped(t)["coverage.yaml"].Data)
	for line := range strings.Lines(coverage) {
		fields, found := strings.CutPrefix(strings.TrimSpace(line), "fields: [")
		if !found {
			continue
		}
		for _, key := range strings.Split(strings.TrimSuffix(fields, "]"), ", ") {
			files := without(t, key)
			l, err := form.Load(files)
			var wrong *form.DefinitionError
			switch {
			case errors.As(err, &wrong):
				checkNames(t, wrong.Problems, key, "")
			case err != nil:
				t.Errorf("%s: %v", key, err)
			default:
				checkNames(t, l.Check(), key, "coverage.yaml")
			}
		}
	}
}

func checkNames(t *testing.T, problems []form.Problem, key, file string) {
	t.Helper()
	if !slices.ContainsFunc(problems, func(p form.Problem) bool {
		return p.Value == key && p.Line > 0 && p.Column > 0 && p.File != "" && (file == "" || p.File == file)
	}) {
		t.Errorf("without %s: %v", key, problems)
	}
}

// without is the shipped files without one field.
func without(t *testing.T, key string) fstest.MapFS {
	t.Helper()
	files := shipped(t)
	for name, file := range files {
		before, rest, found := strings.Cut(string(file.Data), "      - key: "+key+"\n")
		if !found {
			continue
		}
		var after strings.Builder
		inside := true
		for line := range strings.Lines(rest) {
			inside = inside && (strings.HasPrefix(line, "        ") || strings.TrimSpace(line) == "")
			if !inside {
				after.WriteString(line)
			}
		}
		files[name] = &fstest.MapFile{Data: []byte(before + after.String())}
		return files
	}
	t.Fatalf("no file has the field %s", key)
	return nil
}

func TestAConditionThatNeverHoldsIsFound(t *testing.T) {
	for _, c := range []struct{ what, file, was, now, value, hint string }{
		{"an answer no choice gives", "core.yaml", "finalise: sen.provision in K, E", "finalise: sen.provision in K, X", "X", ""},
		{"a choice misspelt", "core.yaml", "finalise: meet.mode is not online", "finalise: meet.mode is not onlin", "onlin", "did you mean online?"},
		{"neither yes nor no", "core.yaml", "finalise: set.on_roll is yes", "finalise: set.on_roll is true", "true", ""},
		{"a choice of a column", "core.yaml", "finalise: t.funding in ppplus", "finalise: t.funding in pp", "pp", ""},
		{"a part that is none", "core.yaml", "needed: [name, email]", "needed: [name, mail]", "mail", "did you mean email?"},
		{"a row that is none", "statutory.yaml", "needed: [english, maths]", "needed: [english, math]", "math", "did you mean maths?"},
		{"a choice with a separator", "statutory.yaml", "english: English", `"english; first": English`, "english; first", "write key: words"},
		{"a choice without words", "statutory.yaml", "maths: Maths", `maths: ""`, "maths", "write key: words"},
	} {
		t.Run(c.what, func(t *testing.T) {
			files, _ := broken(t, c.file, c.was, c.now)
			_, err := form.Load(files)
			var wrong *form.DefinitionError
			if !errors.As(err, &wrong) || !slices.ContainsFunc(wrong.Problems, func(p form.Problem) bool {
				return p.File == c.file && p.Line > 0 && p.Value == c.value && strings.Contains(p.Hint, c.hint)
			}) {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestAFileThatCannotBeReadIsNotSaidToBeMissing(t *testing.T) {
	files, _ := broken(t, "statutory.yaml", "phase: statutory", "phase: [")
	if _, err := form.Load(files); err == nil || strings.Contains(err.Error(), "no pack is for") {
		t.Errorf("err = %v", err)
	}
}

func TestLabelsOfEveryFieldBeginWithACapital(t *testing.T) {
	mine, err := library(t).For("", map[string]string{"virtual school": "our school", "review": "looked after review"})
	if err != nil {
		t.Fatal(err)
	}
	small := func(text string) bool { return text == "" || text[:1] != strings.ToUpper(text[:1]) }
	for _, id := range everyForm() {
		f, _ := mine.ByID(id)
		for _, section := range f.Sections {
			if small(section.Title) {
				t.Errorf("%s: section %q", id, section.Title)
			}
			for _, field := range section.Fields {
				for _, one := range append([]form.Field{field}, field.Columns...) {
					if small(one.Label) {
						t.Errorf("%s: %s is labelled %q", id, one.Key, one.Label)
					}
				}
			}
		}
	}
}

func TestEveryUPNReasonOfTheRegisterHasWords(t *testing.T) {
	field := fieldOf(t, formByID(t, "statutory"), "child.upn_reason")
	for _, code := range []string{"UN1", "UN2", "UN3", "UN4", "UN5", "UN6", "UN7", "UN8", "UN9", "UN10"} {
		reason, ok := pep.ParseUPNReason(code)
		if label := field.ChoiceLabel(string(reason)); !ok || len(label) < len(code)+10 {
			t.Errorf("%s is shown as %q", code, label)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	fields := map[string]form.Field{}
	for _, pair := range formsOf(f) {
		for field := range pair[1].Fields() {
			for _, one := range append([]form.Field{field}, field.Columns...) {
				fields[string(one.Kind)+" "+string(one.Format)] = one
			}
		}
	}
	for _, seed := range []string{"", "17/03/2026", "Tuesday 17th March 2026", "£1,200.5", "-0", "12.50%", "yes", "N; K", "A820432113001", "3.30pm", "a@b.example", "a\u2028b\r\nc\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for kind, field := range fields {
			once, err := field.Canonical(text)
			if err != nil {
				var invalid *form.InvalidAnswer
				if !errors.As(err, &invalid) {
					t.Fatalf("%s: not an invalid answer: %v", kind, err)
				}
				continue
			}
			if twice, err := field.Canonical(once); err != nil || twice != once {
				t.Fatalf("%s: %q becomes %q, then %q, %v", kind, text, once, twice, err)
			}
		}
	})
}
