package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

const sampleExport = "../../internal/roster/testdata/cheshire-west"

// command runs the program in a test and gives its output and exit code.
func command(t *testing.T, stdin string, args ...string) (string, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(context.Background(), surroundings{
		args: args, stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs,
		getenv: func(string) string { return "" }, wall: time.Now,
	})
	if code != 0 && code != int(exitPartly) {
		t.Fatalf("pepost %s: exit %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return out.String(), code
}

// lines reads JSON Lines.
func lines[T any](t *testing.T, text string) []T {
	t.Helper()
	var all []T
	for line := range strings.Lines(text) {
		var one T
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// truth is what expected.json says of one child.
type truth struct {
	Import  struct{ Outcome string }
	Phase   pep.Phase
	Year    int         `json:"year_group"`
	Variant pep.Variant `json:"variant"`
	FormDue string      `json:"form_due"`
	Late    bool
	To      []struct {
		Role     pep.Role
		Decision route.Verdict
	} `json:"recipients"`
}

// promised is one form as the truth or the program tells it.
type promised struct {
	Role     pep.Role
	Decision route.Verdict
	Due      string
	Late     bool
}

func TestEveryChildOfTheSampleIsDueAndDecidedAsExpected(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(sampleExport, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct{ Children map[string]truth }
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	children, due := importSample(t)
	for id, want := range expected.Children {
		got, known := children[id]
		if known == (want.Import.Outcome == "rejected") {
			t.Errorf("child %s is in the register: %v, import: %s", id, known, want.Import.Outcome)
		}
		if !known {
			continue
		}
		if got.Phase != want.Phase || got.YearGroup != want.Year || got.Variant != want.Variant {
			t.Errorf("child %s: %s, year %d, %q", id, got.Phase, got.YearGroup, got.Variant)
		}
		if d := cmp.Diff(want.forms(), due[got.Ref]); d != "" {
			t.Errorf("child %s: forms (-want +got):\n%s", id, d)
		}
	}
}

func (w truth) forms() []promised {
	var all []promised
	for _, to := range w.To {
		if w.FormDue != "" {
			all = append(all, promised{to.Role, to.Decision, w.FormDue, w.Late})
		}
	}
	return sorted(all)
}

func sorted(all []promised) []promised {
	slices.SortFunc(all, func(a, b promised) int {
		return strings.Compare(string(a.Role)+string(a.Decision), string(b.Role)+string(b.Decision))
	})
	return all
}

// importSample imports the whole export and gives its children and the forms
// of the year.
func importSample(t *testing.T) (map[string]childLine, map[pep.Ref][]promised) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "here")
	command(t, "", "init", folder, "--authority", "cheshire-west", "--from", "peps@cheshirewestandchester.gov.uk")
	global := []string{"--config", filepath.Join(folder, "pepost.yaml"), "--now", "2026-02-02", "--json"}
	args := append([]string{"import"}, global...)
	for _, name := range []string{"children.csv", "contacts.csv", "targets.csv", "children.xlsx"} {
		args = append(args, filepath.Join(sampleExport, name))
	}
	returns, err := filepath.Glob(filepath.Join(sampleExport, "ssda903", "*.csv"))
	if err != nil || len(returns) != 4 {
		t.Fatalf("%d files of the return: %v", len(returns), err)
	}
	if _, code := command(t, "", append(args, returns...)...); code != int(exitPartly) {
		t.Errorf("an import with rejected rows is exit %d", code)
	}
	children := map[string]childLine{}
	out, _ := command(t, "", append([]string{"children"}, global...)...)
	for _, line := range lines[childLine](t, out) {
		children[line.ChildID] = line
	}
	due := map[pep.Ref][]promised{}
	out, _ = command(t, "", append([]string{"due", "--until", "2026-12-31"}, global...)...)
	for _, line := range lines[dueLine](t, out) {
		if line.Kind == timetable.KindForm {
			due[line.Ref] = sorted(append(due[line.Ref], promised{line.Role, line.Decision, line.Due.String(), *line.Late}))
		}
	}
	return children, due
}

func TestEveryRowOfTheRoutingContractFromTheCommandLine(t *testing.T) {
	data, err := os.ReadFile("../../internal/route/testdata/routing.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var questions strings.Builder
	var want []string
	for i, row := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		cells := strings.Split(row, "\t")
		if i == 0 || strings.HasPrefix(row, "#") {
			continue
		}
		from, err := json.Marshal(cells[1])
		if err != nil {
			t.Fatal(err)
		}
		questions.WriteString(`{"to":` + cells[2] + `,"from":` + string(from) + "}\n")
		want = append(want, cells[0]+" "+cells[3])
	}
	out, _ := command(t, questions.String(), "route", "--stdin", "--json", "--authority", "cheshire-west",
		"--from", "peps@cheshirewestandchester.gov.uk", "--now", "2026-02-02")
	answers := lines[route.Decision](t, out)
	if len(answers) != len(want) || len(want) < 30 {
		t.Fatalf("%d answers to %d questions", len(answers), len(want))
	}
	for i, answer := range answers {
		if id, verdict, _ := strings.Cut(want[i], " "); string(answer.Verdict) != verdict {
			t.Errorf("%s: %s, want %s", id, answer.Verdict, verdict)
		}
	}
}
