//go:build interop

package pdf

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/document"
)

// Words that no line can break, read from the left and from the right; those of
// Arabic have no vowel signs, which poppler turns round with their letters.
var (
	fromLeft  = []string{"school", "Zoë", "Łukasz", "Ngũgĩ", "Nguyễn", "it’s", "x<y>&z", "50%", "Ọ̀rọ̀", "Ελένη", "Олена", "ሰላም", "(sic)"}
	fromRight = []string{"שלום", "كتاب", "يقرأ", "پڑھتا", "اپنے", "خواندن"}
)

// saidBy is what a document says, word by word.
func saidBy(doc document.Document) []string {
	var words []string
	for _, b := range doc.Blocks {
		switch b := b.(type) {
		case document.Note:
			words = append(words, strings.Fields(b.Text)...)
		case document.Answer:
			words = append(words, strings.Fields(b.Display)...)
		case document.Grid:
			for _, row := range b.Rows {
				for _, cell := range row {
					words = append(words, strings.Fields(cell.Display)...)
				}
			}
		}
	}
	return words
}

func TestPopplerFindsEveryWordOfRandomDocuments(t *testing.T) {
	w := writer(t)
	all := append(slices.Clone(fromLeft), fromRight...)
	for seed := range 12 {
		// Where both directions stand on one line, poppler guesses which words a
		// space parts when it goes by places; by the structure it knows.
		spoken := [][]string{fromLeft, fromRight, all}[seed%3]
		file, want := randomlySpoken(t, w, spoken, seed)
		path := saved(t, file.Bytes)
		if diff := cmp.Diff(want, counted(told(t, path), all)); diff != "" {
			t.Errorf("document %d, by the structure (-given +told):\n%s", seed, diff)
		}
		if seed%3 == 2 {
			continue
		}
		// Marks of direction that poppler adds are no part of the words.
		bare := strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u200e", "", "\u200f", "")
		plain := mustRun(t, "pdftotext", "-enc", "UTF-8", path, "-")
		if diff := cmp.Diff(want, counted(strings.Fields(bare.Replace(plain)), all)); diff != "" {
			t.Errorf("document %d, by the places (-given +found):\n%s", seed, diff)
		}
	}
}

// counted is how often each of the known words stands in a list.
func counted(list, known []string) map[string]int {
	found := map[string]int{}
	for _, word := range list {
		if slices.Contains(known, word) {
			found[word]++
		}
	}
	return found
}

// randomlySpoken draws a random document of these words.
func randomlySpoken(t *testing.T, w *Writer, spoken []string, seed int) (File, map[string]int) {
	t.Helper()
	text := rapid.Custom(func(t *rapid.T) string {
		words := rapid.SliceOfN(rapid.SampledFrom(spoken), 0, 120).Draw(t, "words")
		gaps := rapid.SampledFrom([]string{" ", " ", "\n", "  ", "\n\n"})
		var all strings.Builder
		for _, word := range words {
			all.WriteString(word + gaps.Draw(t, "gap"))
		}
		return all.String()
	})
	doc := rapid.Custom(func(t *rapid.T) document.Document {
		doc := document.Document{Title: "Form", Purpose: document.FinalCopy}
		for range rapid.IntRange(1, 3).Draw(t, "sections") {
			doc.Blocks = append(doc.Blocks,
				document.Heading{Level: 2, Text: "Section"}, document.Note{Text: text.Draw(t, "note")},
				document.Answer{Key: "a", Label: "Question", Kind: "longtext", Display: text.Draw(t, "answer")},
				document.Grid{
					Key: "g", Label: "Table", Columns: []document.Column{{Key: "1", Label: "One", Width: 1}, {Key: "2", Label: "Two", Width: 1}},
					Rows: [][]document.Cell{{{Display: text.Draw(t, "one")}, {Display: text.Draw(t, "two")}}},
				})
		}
		return doc
	}).Example(seed)
	return write(t, w, doc), counted(saidBy(doc), spoken)
}
