//go:build interop

package word_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word"
)

// convert lets LibreOffice save a file under another format and gives the new
// file's name.
func convert(t *testing.T, file, filter, extension string) string {
	t.Helper()
	out := t.TempDir()
	cmd := exec.Command("soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", filter, "--outdir", out, file)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v: %s", err, text)
	}
	return filepath.Join(out, strings.TrimSuffix(filepath.Base(file), ".docx")+extension)
}

// returned is a form with answers, as a setting sends it back.
func returned(t *testing.T, f form.Form, seed uint64) ([]byte, form.Values) {
	t.Helper()
	c := chance{rand.New(rand.NewPCG(seed, 7))}
	sent := c.values(f)
	data, err := word.Write(draw(t, f, sent, document.BlankForm))
	if err != nil {
		t.Fatal(err)
	}
	want := mergeOpen(f, sent, c.values(f))
	if data, err = word.Fill(data, want); err != nil {
		t.Fatal(err)
	}
	return data, want
}

func TestLibreOfficeSavesTheFormAndTheAnswersAreStillRead(t *testing.T) {
	forms := library(t)
	for i, id := range formIDs() {
		t.Run(id, func(t *testing.T) {
			f := formByID(t, id)
			data, want := returned(t, f, uint64(i))
			file := filepath.Join(t.TempDir(), "form.docx")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			saved, err := os.ReadFile(convert(t, file, "docx:MS Word 2007 XML", ".docx"))
			if err != nil {
				t.Fatal(err)
			}
			if keep := os.Getenv("PEPOST_KEEP"); keep != "" {
				_ = os.WriteFile(filepath.Join(keep, id+"-lo.docx"), saved, 0o600)
				_ = os.WriteFile(filepath.Join(keep, id+".docx"), data, 0o600)
			}
			reading, err := word.Read(saved, forms)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(form.Diff(f, want, reading.Values), []form.Change(nil)); diff != "" {
				t.Error(diff)
			}
			if len(reading.Unreadable) > 0 || len(reading.Problems) > 0 || reading.Confidence != 1 {
				t.Error(reading.Confidence, reading.Unreadable, reading.Problems)
			}
		})
	}
}

func TestLibreOfficeDrawsEveryFormAsPages(t *testing.T) {
	for _, id := range []string{"early-years", "statutory", "post-16"} {
		t.Run(id, func(t *testing.T) {
			f := formByID(t, id)
			doc, _ := document.Build(f, prefilled(t, f), document.Reader{Role: pep.DesignatedTeacher, Purpose: document.BlankForm}, document.Head{
				Authority: "Invented Council", VirtualSchool: "Invented Virtual School", Ref: ref(t), ReturnBy: pep.MustDate("2026-02-17"),
				ReturnTo: "returns@council.example", Officer: "Ola Example", Phone: "01632 960000", Generated: pep.MustDate("2026-01-12"),
			})
			data, err := word.Write(doc)
			if err != nil {
				t.Fatal(err)
			}
			if reading := mustRead(t, data, library(t)); reading.Values.Fields["child.surname"] != "Łukasz" {
				t.Error("the form that room document made is not read back")
			}
			file := filepath.Join(t.TempDir(), id+".docx")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			pages := convert(t, file, "pdf", ".pdf")
			text, err := exec.Command("pdftotext", "-layout", pages, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, wanted := range []string{string(ref(t)), "Form " + f.ID, "Page 2 of", f.Sections[len(f.Sections)-1].Title} {
				if !strings.Contains(string(text), wanted) {
					t.Errorf("the pages do not say %q", wanted)
				}
			}
			if keep := os.Getenv("PEPOST_KEEP"); keep != "" {
				kept, _ := os.ReadFile(pages)
				_ = os.WriteFile(filepath.Join(keep, id+".pdf"), kept, 0o600)
			}
		})
	}
}
