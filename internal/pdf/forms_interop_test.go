//go:build interop

package pdf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// answered gives every text of a form an answer of its own, long ones over
// more than a page.
func answered(f form.Form) form.Values {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	serial := 0
	text := func(field form.Field) string {
		serial++
		switch field.Kind {
		case form.Text:
			return fmt.Sprintf("a%dx", serial)
		case form.LongText:
			return fmt.Sprintf("b%dx ", serial) + strings.Repeat("and so on ", 60*(serial%5)) + fmt.Sprintf("e%dx", serial)
		}
		return ""
	}
	for field := range f.Fields() {
		if field.Kind != form.Table {
			v.Fields[field.Key] = text(field)
			continue
		}
		for range 2 {
			row := form.Row{}
			for _, column := range field.Columns {
				row[column.Key] = text(column)
			}
			v.Tables[field.Key] = append(v.Tables[field.Key], row)
		}
	}
	return v
}

func TestEveryShippedFormIsReadWholeByPoppler(t *testing.T) {
	library, err := form.Load(forms.FS)
	if err != nil {
		t.Fatal(err)
	}
	w := writer(t)
	for _, id := range library.IDs() {
		f, known := library.ByID(id)
		if !known {
			t.Fatalf("no form %s", id)
		}
		for _, purpose := range []document.Purpose{document.BlankForm, document.FinalCopy} {
			doc, _ := document.Build(f, answered(f), document.Reader{Role: pep.SocialWorker, Purpose: purpose}, document.Head{Ref: "PEP-7F3K-2Q"})
			path := saved(t, write(t, w, doc).Bytes)
			mustRun(t, "qpdf", "--check", path)
			have := map[string]bool{}
			for _, word := range strings.Fields(mustRun(t, "pdftotext", "-raw", "-enc", "UTF-8", path, "-")) {
				have[word] = true
			}
			looked := 0
			for _, answer := range displayed(doc) {
				for _, word := range strings.Fields(answer) {
					if looked++; !have[word] && strings.HasSuffix(word, "x") {
						t.Errorf("%s, %s: poppler does not find %q", id, purpose, word)
					}
				}
			}
			if looked < 1000 {
				t.Errorf("%s, %s: only %d words were looked for", id, purpose, looked)
			}
		}
	}
}
