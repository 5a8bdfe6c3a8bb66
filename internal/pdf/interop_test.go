//go:build interop

package pdf

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
)

// saved writes a file for outside programs.
func saved(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "form.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// outside runs a program and gives all it says, and whether it was content.
func outside(t *testing.T, name string, arguments ...string) (string, bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is needed: make interop installs it", name)
	}
	said, err := exec.CommandContext(t.Context(), name, arguments...).CombinedOutput()
	return string(said), err == nil
}

func mustRun(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	said, ok := outside(t, name, arguments...)
	if !ok {
		t.Fatalf("%s refuses the file:\n%s", name, said)
	}
	return said
}

// displayed are all texts of a document's answers.
func displayed(doc document.Document) []string {
	var list []string
	for _, b := range doc.Blocks {
		switch b := b.(type) {
		case document.Answer:
			list = append(list, b.Display)
		case document.Grid:
			for _, row := range b.Rows {
				for _, cell := range row {
					list = append(list, cell.Display)
				}
			}
		}
	}
	return list
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestPopplerFindsEveryWordOfEveryAnswer(t *testing.T) {
	w := writer(t)
	for _, purpose := range []document.Purpose{document.BlankForm, document.FinalCopy} {
		doc := statutory(purpose, 5)
		file := write(t, w, doc)
		text := mustRun(t, "pdftotext", "-enc", "UTF-8", saved(t, file.Bytes), "-")
		if got := strings.Count(text, "\f"); got != file.Pages {
			t.Errorf("%s: poppler sees %d pages, File says %d", purpose, got, file.Pages)
		}
		have := make(map[string]bool)
		for _, word := range strings.Fields(text) {
			have[word] = true
		}
		for _, answer := range displayed(doc) {
			for _, word := range strings.Fields(answer) {
				// A choice's answer is drawn as a crossed box and its label.
				if !have[word] {
					t.Errorf("%s: poppler does not find %q", purpose, word)
				}
			}
		}
	}
}

func TestPopplerReadsLongAnswersInOrderAcrossPages(t *testing.T) {
	var lines []string
	for i := range 150 {
		lines = append(lines, strings.Repeat("word ", i%9)+"line-end-"+strings.Repeat("i", i%7+1))
	}
	long := strings.Join(lines, "\n")
	doc := document.Document{Title: "Form", Ref: "PEP-7F3K-2Q", Purpose: document.FinalCopy, Blocks: []document.Block{
		document.Grid{Key: "g", Label: "Table", Columns: []document.Column{{Key: "a", Label: "Comment"}}, Rows: [][]document.Cell{{{Display: long}}}},
	}}
	file := write(t, writer(t), doc)
	if file.Pages < 3 {
		t.Fatalf("the row is on %d pages", file.Pages)
	}
	text := mustRun(t, "pdftotext", "-layout", "-enc", "UTF-8", saved(t, file.Bytes), "-")
	var drawn []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "line-end-") {
			drawn = append(drawn, squeezed(line))
		}
	}
	for i, want := range lines {
		if i >= len(drawn) || drawn[i] != squeezed(want) {
			t.Fatalf("line %d differs: newlines are not kept", i)
		}
	}
}

func TestEveryFontIsEmbeddedAsANamedSubset(t *testing.T) {
	listed := mustRun(t, "pdffonts", saved(t, write(t, writer(t), statutory(document.BlankForm, 5)).Bytes))
	rows := strings.Split(strings.TrimSpace(listed), "\n")[2:]
	if len(rows) != 3 { // a text in Latin letters takes no other script's
		t.Errorf("%d fonts:\n%s", len(rows), listed)
	}
	wanted := regexp.MustCompile(`^[A-Z]{6}\+PepostSans-\w+ +CID TrueType +Identity-H +yes yes yes `)
	for _, row := range rows {
		if !wanted.MatchString(row) {
			t.Errorf("not embedded, not a subset or without Unicode: %s", row)
		}
	}
}

func TestQpdfAndPopplerFindNothingWrong(t *testing.T) {
	w := writer(t)
	for _, doc := range []document.Document{
		statutory(document.BlankForm, 5), statutory(document.FinalCopy, 6), {Title: "Form"},
	} {
		path := saved(t, write(t, w, doc).Bytes)
		if said := mustRun(t, "qpdf", "--check", path); !strings.Contains(said, "No syntax or stream encoding errors found") {
			t.Errorf("qpdf says:\n%s", said)
		}
		said := mustRun(t, "pdfinfo", path)
		if strings.Contains(said, "Error") || strings.Contains(said, "Warning") {
			t.Errorf("poppler says:\n%s", said)
		}
		if !regexp.MustCompile(`(?m)^Title: +` + regexp.QuoteMeta(doc.Title) + `$`).MatchString(said) {
			t.Errorf("no title:\n%s", said)
		}
	}
}

func TestQpdfOpensALockedFileWithThePassphraseAndRefusesAWrongOne(t *testing.T) {
	// pdftotext, unlike poppler itself, reads no more than 32 characters.
	const phrase = "amber-canoe-lilac-otter-quilt"
	locked, err := Lock(write(t, writer(t), statutory(document.FinalCopy, 5)).Bytes, phrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	path := saved(t, locked)
	if said := mustRun(t, "qpdf", "--check", "--password="+phrase, path); !strings.Contains(said, "No syntax or stream encoding errors found") {
		t.Errorf("qpdf says:\n%s", said)
	}
	said := mustRun(t, "qpdf", "--show-encryption", "--password="+phrase, path)
	for _, want := range []string{"R = 6", "stream encryption method: AESv3", "extract for accessibility: allowed", "modify anything: not allowed"} {
		if !strings.Contains(said, want) {
			t.Errorf("qpdf does not say %q:\n%s", want, said)
		}
	}
	for _, wrong := range []string{"", phrase + "s"} {
		if _, ok := outside(t, "qpdf", "--check", "--password="+wrong, path); ok {
			t.Errorf("qpdf opens it with %q", wrong)
		}
		if text, ok := outside(t, "pdftotext", "-upw", wrong, path, "-"); ok {
			t.Errorf("poppler opens it with %q: %d bytes", wrong, len(text))
		}
	}
	if text := mustRun(t, "pdftotext", "-upw", phrase, path, "-"); !strings.Contains(text, "27 March 2026") {
		t.Error("poppler does not find an answer in the opened file")
	}
}
