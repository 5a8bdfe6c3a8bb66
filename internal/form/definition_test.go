package form_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// shipped is a copy of the shipped definition files, to be broken.
func shipped(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(forms.FS, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(forms.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

func load(t testing.TB, files fs.FS) *form.Library {
	t.Helper()
	l, err := form.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// broken replaces a text of one file, and gives the line it stands on.
func broken(t *testing.T, name, was, now string) (fstest.MapFS, int) {
	t.Helper()
	files := shipped(t)
	text := string(files[name].Data)
	before, _, found := strings.Cut(text, was)
	if !found {
		t.Fatalf("%s does not hold %q", name, was)
	}
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, was, now, 1))}
	return files, 1 + strings.Count(before, "\n") + strings.Count(was[:len(was)-len(strings.TrimLeft(was, "\n"))], "\n")
}

func TestABrokenDefinitionSaysWhereAndHowToMendIt(t *testing.T) {
	for _, c := range []struct {
		what, file, was, now string
		text, hint           string
	}{
		{"a key misspelt", "interim.yaml", "finalise: always", "finalize: always", "unknown key", "did you mean finalise?"},
		{"a kind that is none", "interim.yaml", "kind: long text", "kind: longtext", "unknown kind", "did you mean long text?"},
		{"a filler that is none", "interim.yaml", "by: [social worker]", "by: [social wroker]", "unknown filler", "did you mean social worker?"},
		{"no list of choices", "core.yaml", "choices: phase", "choices: phase9", "no list of choices", "choices.yaml"},
		{"an audience that is none", "core.yaml", "audience: care_record", "audience: care_recod", "no such audience", "did you mean care_record?"},
		{"a condition on nothing", "core.yaml", "finalise: set.on_roll is no", "finalise: set.on_rol is no", "a field that does not exist", "did you mean set.on_roll?"},
		{"a condition that is none", "core.yaml", "finalise: set.on_roll is no", "finalise: set.on_roll equals no", "unknown comparison", ""},
		{"a key that stands twice", "interim.yaml", "key: interim.known", "key: interim.why", "key stands twice", "a key of its own"},
		{"a section after nothing", "interim.yaml", "after: education", "after: educaton", "no such section", "did you mean education?"},
		{"a number that is none", "interim.yaml", "lines: 2", "lines: two", "not a whole number", ""},
		{"yes or no that is neither", "core.yaml", "place: yes", "place: perhaps", "neither yes nor no", ""},
		{"a phase that is none", "statutory.yaml", "phase: statutory", "phase: statutry", "unknown phase", "did you mean statutory?"},
		{"a label that is missing", "interim.yaml", "label: Date of the full PEP meeting", "help: A day", "no label", "add label:"},
		{"a role that is none", "rights.yaml", "foster carer", "foster parent", "unknown role", ""},
		{"a colour too pale to read", "words.yaml", `"1B4F91"`, `"AACCFF"`, "read on white", "darker"},
		{"an anchor", "interim.yaml", "lines: 2", "lines: &two 2", "anchors", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			files, line := broken(t, c.file, c.was, c.now)
			_, err := form.Load(files)
			var wrong *form.DefinitionError
			if !errors.As(err, &wrong) {
				t.Fatalf("err = %v", err)
			}
			if !slices.ContainsFunc(wrong.Problems, func(p form.Problem) bool {
				return p.File == c.file && near(p.Line, line) && p.Column > 0 && strings.Contains(p.Text, c.text) && strings.Contains(p.Hint, c.hint)
			}) {
				t.Errorf("line %d: got %v", line, wrong.Problems)
			}
		})
	}
}

// near allows a fault of a field to be named at the field's first line.
func near(got, line int) bool { return got <= line && got > line-12 }

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	files, _ := broken(t, "interim.yaml", "kind: long text", "kind: prose")
	text := strings.ReplaceAll(string(files["custody.yaml"].Data), "kind: date", "kind: day")
	files["custody.yaml"] = &fstest.MapFile{Data: []byte(text)}
	_, err := form.Load(files)
	var wrong *form.DefinitionError
	if !errors.As(err, &wrong) || len(wrong.Problems) < 3 || wrong.Problems[0].File != "custody.yaml" {
		t.Fatalf("err = %v", err)
	}
	for _, p := range wrong.Problems {
		if !strings.Contains(err.Error(), p.String()) {
			t.Errorf("the error does not say %s", p)
		}
	}
}

func TestFilesThatMustBeThere(t *testing.T) {
	for _, name := range []string{"choices.yaml", "words.yaml", "rights.yaml", "coverage.yaml", "core.yaml", "statutory.yaml"} {
		files := shipped(t)
		delete(files, name)
		if _, err := form.Load(files); err == nil {
			t.Errorf("nobody misses %s", name)
		}
	}
}

func TestTheShippedFormsCoverTheLaw(t *testing.T) {
	for _, p := range library(t).Check() {
		t.Error(p)
	}
}

func TestAFormThatIsThinInLawIsFound(t *testing.T) {
	for _, c := range []struct{ what, file, was, now, value, hint string }{
		{"an item nobody covers", "coverage.yaml", "  - item: schedule-1-2-4\n    says: leisure interests\n    source: Schedule 1, paragraph 2(4)\n    fields: [leisure]\n", "", "schedule-1-2-4", "add the item"},
		{"a field renamed", "core.yaml", "- key: leisure\n", "- key: hobbies\n", "leisure", ""},
		{"a field misspelt", "coverage.yaml", "[catch_up]", "[cach_up]", "cach_up", "did you mean catch_up?"},
		{"a form without conduct", "coverage.yaml", "[ey.conduct, st.conduct, st.suspensions, p16.conduct]", "[ey.conduct, st.conduct]", "schedule-1-2-1-conduct", "name such a field"},
		{"careers dropped", "coverage.yaml", "[st.careers.guidance, st.fehe_finance, p16.careers.plan_a, p16.fehe_finance]", "[p16.careers.plan_a]", "guidance-careers-finance", "name such a field"},
		{"filled in by the program alone", "coverage.yaml", "[leisure]", "[ctl.version]", "schedule-1-2-4", "name such a field"},
	} {
		t.Run(c.what, func(t *testing.T) {
			files, _ := broken(t, c.file, c.was, c.now)
			problems := load(t, files).Check()
			if !slices.ContainsFunc(problems, func(p form.Problem) bool {
				return p.File == "coverage.yaml" && p.Line > 0 && p.Column > 0 && p.Value == c.value && strings.Contains(p.Hint, c.hint)
			}) {
				t.Errorf("got %v", problems)
			}
		})
	}
}

func TestEveryItemOfLawIsMissedWhereNothingCoversIt(t *testing.T) {
	files := shipped(t)
	files["coverage.yaml"] = &fstest.MapFile{Data: []byte("coverage: []\n")}
	missed := load(t, files).Check()
	for _, item := range form.Coverages() {
		if !slices.ContainsFunc(missed, func(p form.Problem) bool { return p.Value == string(item) && p.File == "coverage.yaml" }) {
			t.Errorf("nobody misses %s", item)
		}
	}
}

func TestAParentIsNeverGivenTheHome(t *testing.T) {
	files, _ := broken(t, "rights.yaml", "health visitor, foster carer]", "health visitor, foster carer, parent]")
	l := load(t, files)
	if problems := l.Check(); len(problems) != 1 || problems[0].File != "rights.yaml" || problems[0].Value != "home_address" {
		t.Errorf("problems %v", problems)
	}
	f, _ := l.ByID("statutory")
	if l.MaySee(fieldOf(t, f, "care.placement_address"), pep.Parent) {
		t.Error("the matrix as edited shows a parent where the child lives")
	}
}
