//go:build interop

package pdf

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
)

// told is what poppler reads when it goes by the structure: the words in the
// order of the tree.
func told(t *testing.T, path string) []string {
	t.Helper()
	var text strings.Builder
	for line := range strings.SplitSeq(mustRun(t, "pdfinfo", "-struct-text", path), "\n") {
		// Pieces of one element follow each other; elements part words.
		if piece, quoted := strings.CutPrefix(strings.TrimSpace(line), `"`); quoted {
			text.WriteString(strings.TrimSuffix(piece, `"`))
		} else {
			text.WriteByte('\n')
		}
	}
	return strings.Fields(text.String())
}

func TestPopplerReadsTheWordsInTheOrderOfTheStructure(t *testing.T) {
	w := writer(t)
	for _, doc := range []document.Document{statutory(document.BlankForm, 5), statutory(document.FinalCopy, 6)} {
		path := saved(t, write(t, w, doc).Bytes)
		if said := mustRun(t, "pdfinfo", path); !regexp.MustCompile(`(?m)^Tagged: +yes$`).MatchString(said) {
			t.Errorf("poppler sees no tags:\n%s", said)
		}
		text := strings.Join(told(t, path), " ")
		for _, b := range doc.Blocks {
			want := ""
			switch b := b.(type) {
			case document.Heading:
				want = b.Text
			case document.Note:
				want = b.Text
			case document.Answer:
				want = b.Label
			case document.Grid:
				want = b.Label
			}
			_, after, found := strings.Cut(text, strings.Join(strings.Fields(want), " "))
			if !found {
				t.Fatalf("after what was read so far poppler does not read %q", want)
			}
			text = after
		}
		if strings.Contains(text, "Page 2 of") {
			t.Error("page numbers are read aloud")
		}
	}
}
