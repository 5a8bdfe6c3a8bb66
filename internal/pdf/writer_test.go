package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
)

func TestEveryPageHasItsRunningLinesAndNumber(t *testing.T) {
	file := write(t, writer(t), statutory(document.BlankForm, 1))
	pages := open(t, file.Bytes, "").pageTexts(t)
	if len(pages) != file.Pages || file.Pages < 5 {
		t.Fatalf("%d pages, File says %d", len(pages), file.Pages)
	}
	for i, page := range pages {
		words := pageWords(page)
		for _, want := range []string{
			"Personal Education Plan: Reception to Year 11", "Copy for: Designated teacher",
			"PEP-7F3K-2Q, autumn term 2025-26", fmt.Sprintf("Page %d of %d", i+1, len(pages)),
		} {
			if !strings.Contains(words, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
}

func TestBlankFormHasBoxesHelpAndFillers(t *testing.T) {
	w := writer(t)
	blank := allWords(t, write(t, w, statutory(document.BlankForm, 1)))
	final := allWords(t, write(t, w, statutory(document.FinalCopy, 1)))
	for _, test := range []struct {
		words        string
		blank, final bool
	}{
		{"☒ Yes ☐ No", true, false},
		{"☐ Education, health and care plan", true, false},
		{"The day the meeting was held.", true, false},
		{"Social worker – needed for the final plan", true, false},
		{"day / month / year", true, false},
		{"Target 2", true, false},
		{"Target 1", true, true},
		{"27 March 2026", true, true},
		{"Zoë Łukasz-Ngũgĩ 1", true, true},
	} {
		if got := strings.Contains(blank, test.words); got != test.blank {
			t.Errorf("blank form: %q is there: %v", test.words, got)
		}
		if got := strings.Contains(final, test.words); got != test.final {
			t.Errorf("final copy: %q is there: %v", test.words, got)
		}
	}
}

func allWords(t testing.TB, file File) string {
	t.Helper()
	var words []string
	for _, page := range open(t, file.Bytes, "").pageTexts(t) {
		words = append(words, pageWords(page))
	}
	return strings.Join(words, " ")
}

// scripts, one for each place of a document, so that what stands in a place
// can be told from all else.
var scripts = []*unicode.RangeTable{unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian}

func wordsOf(letters string) *rapid.Generator[string] {
	long := rapid.StringOfN(rapid.RuneFrom([]rune(letters)), 1, 300, -1)
	short := rapid.StringOfN(rapid.RuneFrom([]rune(letters)), 1, 12, -1)
	word := rapid.OneOf(short, short, short, short, short, short, long)
	gap := rapid.SampledFrom([]string{" ", " ", " ", "  ", "\n", "\n\n", "\t", "\r\n"})
	return rapid.Custom(func(t *rapid.T) string {
		var text strings.Builder
		for range rapid.IntRange(0, 1).Draw(t, "any") * rapid.IntRange(1, 250).Draw(t, "words") {
			text.WriteString(word.Draw(t, "word"))
			text.WriteString(gap.Draw(t, "gap"))
		}
		return text.String()
	})
}

func randomDocument(t *rapid.T) document.Document {
	answer, one := wordsOf("αβγδέζηΘΩ"), wordsOf("абвгджЩЯ")
	two, three := wordsOf("ԱԲԳդեզ"), wordsOf("აბგდევ")
	doc := document.Document{Title: "Form", Ref: "PEP-7F3K-2Q", Purpose: rapid.SampledFrom([]document.Purpose{document.BlankForm, document.FinalCopy}).Draw(t, "purpose")}
	for i := range rapid.IntRange(1, 4).Draw(t, "sections") {
		doc.Blocks = append(doc.Blocks, document.Heading{Level: 2 + i%2, Key: "k", Text: fmt.Sprintf("Section %d", i)})
		if rapid.Bool().Draw(t, "note") {
			doc.Blocks = append(doc.Blocks, document.Note{Text: answer.Draw(t, "note text")})
		}
		doc.Blocks = append(doc.Blocks, document.Answer{
			Key: "a", Label: "Question", Locked: rapid.Bool().Draw(t, "locked"),
			Kind:    rapid.SampledFrom([]form.Kind{form.Text, form.LongText}).Draw(t, "kind"),
			Display: answer.Draw(t, "answer"), Lines: rapid.IntRange(0, 60).Draw(t, "lines"),
		})
		grid := document.Grid{
			Key: "g", Label: "Table", Spare: rapid.IntRange(0, 3).Draw(t, "spare"),
			Layout:  rapid.SampledFrom([]document.Layout{document.Rows, document.Cards}).Draw(t, "layout"),
			Columns: []document.Column{{Key: "1", Label: "One", Width: 1}, {Key: "2", Label: "Two", Width: 3}, {Key: "3", Label: "Three", Width: 2}},
		}
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			grid.Rows = append(grid.Rows, []document.Cell{{Display: one.Draw(t, "one")}, {Display: two.Draw(t, "two")}, {Display: three.Draw(t, "three")}})
		}
		doc.Blocks = append(doc.Blocks, grid)
	}
	return doc
}

// given are the letters of one script in a document, in order.
func given(doc document.Document, script *unicode.RangeTable) string {
	var text strings.Builder
	for _, b := range doc.Blocks {
		switch b := b.(type) {
		case document.Note:
			text.WriteString(b.Text)
		case document.Answer:
			text.WriteString(b.Display)
		case document.Grid:
			for _, row := range b.Rows {
				for _, cell := range row {
					text.WriteString(cell.Display)
				}
			}
		}
	}
	return only(text.String(), script)
}

func only(text string, script *unicode.RangeTable) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(script, r) {
			return r
		}
		return -1
	}, text)
}

func TestNoLetterIsLostAndAllStandOnTheirPages(t *testing.T) {
	w := writer(t)
	rapid.Check(t, func(rt *rapid.T) {
		doc := randomDocument(rt)
		file, err := w.Write(doc)
		if err != nil {
			rt.Fatal(err)
		}
		pages := open(t, file.Bytes, "").pageTexts(t)
		if len(pages) != file.Pages {
			rt.Fatalf("%d pages, File says %d", len(pages), file.Pages)
		}
		var all strings.Builder
		for i, page := range pages {
			standsWell(rt, w, i, page)
			all.WriteString(pageWords(page))
		}
		for _, script := range scripts {
			if diff := cmp.Diff(given(doc, script), only(all.String(), script)); diff != "" {
				rt.Fatalf("letters differ (-given +drawn):\n%s", diff)
			}
		}
	})
}

// standsWell checks that every text is inside the page's frame and that no
// heading is the last thing above the foot.
func standsWell(t *rapid.T, w *Writer, n int, page []drawnText) {
	faces := map[string]typeface{"/R": regular, "/B": bold, "/I": italic}
	for _, drawn := range page {
		right := drawn.x + w.letters.width(strings.TrimRight(drawn.text, " "), ink{faces[drawn.face], drawn.size, nil})*pointsPerMillimetre
		if drawn.x < sideMargin*pointsPerMillimetre || right > (pageWidth-sideMargin)*pointsPerMillimetre {
			t.Fatalf("page %d: a text runs from %.1f to %.1f", n+1, drawn.x, right)
		}
		if drawn.y < bottomMargin*pointsPerMillimetre || drawn.y > (pageHeight-topMargin)*pointsPerMillimetre {
			t.Fatalf("page %d: a text stands at %.1f", n+1, drawn.y)
		}
	}
	if last := page[len(page)-3].text; strings.HasPrefix(last, "Section ") {
		t.Fatalf("page %d ends with the heading %q", n+1, last)
	}
}

func TestSixThousandWordsAreAllThere(t *testing.T) {
	var words []string
	for i := range 6000 {
		words = append(words, fmt.Sprintf("w%d", i))
	}
	text := strings.Join(words, " ")
	doc := document.Document{Title: "Form", Purpose: document.BlankForm, Blocks: []document.Block{
		document.Answer{Key: "views", Label: "Views", Kind: form.LongText, Display: text},
		document.Answer{Key: "short", Label: "Short", Kind: form.Text, Display: text},
	}}
	drawn := regexp.MustCompile(`\bw\d+\b`).FindAllString(allWords(t, write(t, writer(t), doc)), -1)
	if diff := cmp.Diff(append(words[:6000:6000], words...), drawn); diff != "" {
		t.Errorf("words differ:\n%s", diff)
	}
}

func TestTableHeaderStandsOnEveryPageOfTheTable(t *testing.T) {
	grid := document.Grid{Key: "g", Label: "Attendance", Columns: []document.Column{{Key: "a", Label: "Possible sessions"}, {Key: "b", Label: "Comment"}}}
	for i := range 200 {
		grid.Rows = append(grid.Rows, []document.Cell{{Display: fmt.Sprint(i)}, {Display: strings.Repeat("was ill ", i%40)}})
	}
	file := write(t, writer(t), document.Document{Title: "Form", Blocks: []document.Block{grid}})
	pages := open(t, file.Bytes, "").pageTexts(t)
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		if got := strings.Count(pageWords(page), "Possible sessions Comment"); got != 1 {
			t.Errorf("page %d has %d header rows", i+1, got)
		}
	}
}

func TestEveryDrawnCharacterHasAGlyphAndCanBeCopied(t *testing.T) {
	file := write(t, writer(t), statutory(document.BlankForm, 3))
	r := open(t, file.Bytes, "")
	fonts := r.fonts(t)
	for _, page := range r.pageTexts(t) {
		for _, drawn := range page {
			font := fonts[drawn.face]
			for _, code := range drawn.codes {
				if at := 2 * int(code); at+1 >= len(font.glyphs) || font.glyphs[at] == 0 && font.glyphs[at+1] == 0 {
					t.Fatalf("%s has no glyph for %q", drawn.face, code)
				}
				if font.unicode[code] != string(code) {
					t.Fatalf("%s copies %q as %q", drawn.face, code, font.unicode[code])
				}
			}
		}
	}
	for name, font := range fonts {
		if !regexp.MustCompile(`^[A-Z]{6}\+PepostSans-`).MatchString(font.base) || len(font.fontFile) < 1000 {
			t.Errorf("font %s is %s with %d bytes", name, font.base, len(font.fontFile))
		}
	}
}

func TestUncoveredCharactersNameTheFieldAndNeverTheText(t *testing.T) {
	w := writer(t)
	doc := document.Document{Title: "Form", Purpose: document.BlankForm, Blocks: []document.Block{
		document.Answer{Key: "child.forename", Label: "Forename", Display: "Secret ทดสอบ"},
		document.Answer{Key: "fine", Label: "Fine", Display: "Łukasz"},
		document.Grid{Key: "people", Label: "People", Columns: []document.Column{{Key: "name", Label: "Name"}}, Rows: [][]document.Cell{{{Display: "Ann"}}, {{Display: "क Private"}}}},
	}}
	file, err := w.Write(doc)
	var uncovered *UncoveredError
	if !errors.As(err, &uncovered) || len(file.Bytes) != 0 {
		t.Fatalf("got %v and %d bytes", err, len(file.Bytes))
	}
	if diff := cmp.Diff(&UncoveredError{Field: "child.forename", Codepoints: []rune{0xE14, 0xE17, 0xE1A, 0xE2A, 0xE2D}}, uncovered); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"child.forename", "U+0E14, U+0E17, U+0E1A", "people row 2, name", "U+0915"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	for _, private := range []string{"Secret", "Private", "ทดสอบ", "क", "fine"} {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error gives away %q", private)
		}
	}
}

func TestSameDocumentGivesSameBytes(t *testing.T) {
	if os.Getenv("PEPOST_PDF_DIGEST") != "" {
		fmt.Printf("digest %x\n", sha256.Sum256(write(t, writer(t), statutory(document.BlankForm, 7)).Bytes))
		return
	}
	w := writer(t)
	first := write(t, w, statutory(document.BlankForm, 7)).Bytes
	write(t, w, statutory(document.FinalCopy, 3))
	for range 5 {
		if again := write(t, w, statutory(document.BlankForm, 7)).Bytes; !bytes.Equal(first, again) {
			t.Fatal("the same document gives other bytes")
		}
	}
	other := exec.Command(os.Args[0], "-test.run=^TestSameDocumentGivesSameBytes$")
	other.Env = append(os.Environ(), "PEPOST_PDF_DIGEST=1")
	out, err := other.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("digest %x", sha256.Sum256(first)); !strings.Contains(string(out), want) {
		t.Errorf("another process gives other bytes: %s", out)
	}
}

func TestOneWriterServesSeveralGoroutines(t *testing.T) {
	w := writer(t)
	want := write(t, w, statutory(document.BlankForm, 2)).Bytes
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if file, err := w.Write(statutory(document.BlankForm, 2)); err != nil || !bytes.Equal(file.Bytes, want) {
				t.Errorf("differs: %v", err)
			}
		})
	}
	group.Wait()
}

func TestPropertiesHoldTitleAndLanguageAlone(t *testing.T) {
	doc := statutory(document.BlankForm, 1)
	file := write(t, writer(t), doc)
	r := open(t, file.Bytes, "")
	if r.Title != doc.Title || r.Author != "" || r.Subject != "" || r.Keywords != "" {
		t.Errorf("title %q, author %q, subject %q, keywords %q", r.Title, r.Author, r.Subject, r.Keywords)
	}
	for _, want := range []string{"/Lang(en-GB)", "/DisplayDocTitle true", "/CreationDate(D:20260112000000Z)", "/Producer(pepost)"} {
		if !bytes.Contains(file.Bytes, []byte(want)) {
			t.Errorf("the file lacks %s", want)
		}
	}
	doc.Language = "en)/JavaScript("
	if file := write(t, writer(t), doc); !bytes.Contains(file.Bytes, []byte("/Lang(en-GB)")) {
		t.Error("a wrong language tag is written into the file")
	}
}

func TestOutlineListsSectionsInOrder(t *testing.T) {
	r := open(t, write(t, writer(t), statutory(document.BlankForm, 1)).Bytes, "")
	root, err := r.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	outline := r.dictionary(t, root["Outlines"])
	var titles []string
	for at := outline["First"]; at != nil; {
		entry := r.dictionary(t, at)
		title, err := r.DereferenceText(entry["Title"])
		if err != nil {
			t.Fatal(err)
		}
		titles, at = append(titles, title), entry["Next"]
	}
	want := []string{"The child", "People", "Attendance and exclusions", "Attainment and progress", "Special educational needs", "The child's views", "Carer's views", "Pupil Premium Plus", "Next steps"}
	if diff := cmp.Diff(want, titles); diff != "" {
		t.Error(diff)
	}
	if got := *outline.IntEntry("Count"); got != len(want) {
		t.Errorf("the outline counts %d", got)
	}
}

func TestEmptyDocumentIsOnePage(t *testing.T) {
	file := write(t, writer(t), document.Document{Title: "Form", Ref: "PEP-7F3K-2Q"})
	if file.Pages != 1 || !strings.Contains(allWords(t, file), "PEP-7F3K-2Q Page 1 of 1") {
		t.Errorf("%d pages", file.Pages)
	}
}

func TestPageBreakBeginsAPageOfAFormAlone(t *testing.T) {
	blocks := []document.Block{
		document.PageBreak{}, document.Paragraph{Text: "one"}, document.PageBreak{}, document.Heading{Level: 2, Text: "two"},
	}
	w := writer(t)
	file := write(t, w, document.Document{Title: "Form", Purpose: document.BlankForm, Blocks: blocks})
	pages := open(t, file.Bytes, "").pageTexts(t)
	if len(pages) != 2 || !strings.Contains(pageWords(pages[0]), "one") || !strings.Contains(pageWords(pages[1]), "two") {
		t.Errorf("%d pages", len(pages))
	}
	if file := write(t, w, document.Document{Title: "Form", Purpose: document.FinalCopy, Blocks: blocks}); file.Pages != 1 {
		t.Errorf("a final copy has %d pages", file.Pages)
	}
}

func TestSpareRowsFollowOnlyWhereTheyCanBeWritten(t *testing.T) {
	w := writer(t)
	columns := []document.Column{{Key: "a", Label: "Area"}, {Key: "b", Label: "Result"}}
	ours := []document.Column{{Key: "a", Label: "Area", Locked: true}, {Key: "b", Label: "Result"}}
	rows := [][]document.Cell{{{Display: "x"}, {}}, {{Display: "y"}, {}}}
	for _, test := range []struct {
		name    string
		purpose document.Purpose
		grid    document.Grid
		want    int
	}{
		{"a form", document.BlankForm, document.Grid{Columns: columns, Rows: rows, Spare: 3}, 5},
		{"a form with a bound", document.BlankForm, document.Grid{Columns: columns, Rows: rows, Spare: 3, MaxRows: 4}, 4},
		{"a form already over its bound", document.BlankForm, document.Grid{Columns: columns, Rows: rows, Spare: 3, MaxRows: 1}, 2},
		{"given rows", document.BlankForm, document.Grid{Columns: columns, Rows: rows, Spare: 3, FixedRows: true}, 2},
		{"ours", document.BlankForm, document.Grid{Columns: columns, Rows: rows, Spare: 3, Locked: true}, 2},
		{"rows that the register knows", document.BlankForm, document.Grid{Columns: ours, Rows: rows, Spare: 3}, 2},
		{"rows that the register should know", document.BlankForm, document.Grid{Columns: ours, Spare: 3}, 3},
		{"a final copy", document.FinalCopy, document.Grid{Columns: columns, Rows: rows, Spare: 3}, 2},
	} {
		test.grid.Key, test.grid.Label, test.grid.Layout = "g", "Card", document.Cards
		words := allWords(t, write(t, w, document.Document{Title: "Form", Purpose: test.purpose, Blocks: []document.Block{test.grid}}))
		if got := len(regexp.MustCompile(`Card \d`).FindAllString(words, -1)); got != test.want {
			t.Errorf("%s: %d cards, want %d", test.name, got, test.want)
		}
		if strings.Contains(words, "\u2014") && !test.grid.Locked {
			t.Errorf("%s: a row that nobody can fill in", test.name)
		}
	}
}

func TestLongListsOfChoicesStandInColumns(t *testing.T) {
	var choices []form.Choice
	for i := range 12 {
		choices = append(choices, form.Choice{Key: fmt.Sprint(i), Label: fmt.Sprintf("choice %c of several", 'a'+i)})
	}
	choices[11].Label += strings.Repeat(" that is long", 8)
	file := write(t, writer(t), document.Document{Title: "Form", Purpose: document.BlankForm, Blocks: []document.Block{
		document.Answer{Key: "k", Label: "Kind", Kind: form.OneOf, Choices: choices, Value: "3", Display: "choice d of several"},
	}})
	heights := make(map[float64]int)
	for _, drawn := range open(t, file.Bytes, "").pageTexts(t)[0] {
		if strings.Contains(drawn.text, "choice") {
			heights[drawn.y]++
		}
	}
	if len(heights) > 6 {
		t.Errorf("12 choices take %d lines", len(heights))
	}
	if words := allWords(t, file); strings.Count(words, "that is long") != 8 || strings.Count(words, "\u2610") != 11 || !strings.Contains(words, "\u2612 choice d") {
		t.Errorf("the boxes are not as they should be: %s", words)
	}
}

func BenchmarkWrite(b *testing.B) {
	w := writer(b)
	b.ReportAllocs()
	pages, bytes := 0, 0
	for i := 0; b.Loop(); i++ {
		file := write(b, w, statutory(document.BlankForm, i))
		pages, bytes = pages+file.Pages, bytes+len(file.Bytes)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(pages), "µs/page")
	b.ReportMetric(float64(pages)/float64(b.N), "pages")
	b.ReportMetric(float64(bytes)/float64(b.N), "bytes")
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		writer(b)
	}
}
