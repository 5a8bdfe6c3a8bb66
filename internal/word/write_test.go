package word_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
	"github.com/pepost/pepost/internal/word/opc"
)

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	for _, id := range formIDs() {
		f := formByID(t, id)
		doc := draw(t, f, prefilled(t, f), document.BlankForm)
		first, err := word.Write(doc)
		if err != nil {
			t.Fatal(err)
		}
		second, err := word.Write(doc)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: the second writing differs (%v)", id, err)
		}
	}
}

// everyBlock is a document with every kind of block, in both directions of
// writing.
func everyBlock(t *testing.T) document.Document {
	t.Helper()
	doc := draw(t, smallForm(), smallValues(), document.BlankForm)
	doc.Blocks = append(doc.Blocks,
		document.Paragraph{Text: "Two\nlines"},
		document.Note{Tone: document.Guidance, Text: "How to fill this in"},
		document.Note{Tone: document.Important, Text: "Do not rename the file"},
		document.Facts{Label: "About the form", Pairs: []document.Fact{{Label: "Return by", Text: "17 March 2026"}}},
		document.PageBreak{},
		document.Heading{Level: 3, Text: "سلام"},
	)
	return doc
}

func TestTheDocumentPartIsAsItWasAgreed(t *testing.T) {
	data, err := word.Write(everyBlock(t))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(part(t, data, mainPart), "><", ">\n<")
	golden := filepath.Join("testdata", "small_document.xml")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestOursAreLockedAndTheOthersOpen(t *testing.T) {
	xml := part(t, small(t), mainPart)
	for _, control := range strings.Split(xml, "<w:sdt>")[1:] {
		if !strings.Contains(control, "<w:tag") || strings.Contains(control, "repeatingSection") {
			continue
		}
		ours := strings.Contains(control, `w:val="ours"`) || strings.Contains(control, `w:val="subjects/subject"`)
		if got := strings.Contains(control, `<w:lock w:val="sdtContentLocked"/>`); got != ours {
			t.Errorf("locked is %v, want %v: %s", got, ours, control[:min(len(control), 160)])
		}
		if !ours && !strings.Contains(control, `<w:lock w:val="sdtLocked"/>`) {
			t.Errorf("an open control can be deleted: %s", control[:min(len(control), 160)])
		}
	}
}

func TestNothingIsOpenInAFinalCopy(t *testing.T) {
	data, err := word.Write(draw(t, smallForm(), smallValues(), document.FinalCopy))
	if err != nil {
		t.Fatal(err)
	}
	if xml := part(t, data, mainPart); strings.Contains(xml, `"sdtLocked"`) || strings.Contains(xml, "repeatingSection") || strings.Contains(xml, "w14:checkbox") {
		t.Error("a final copy has something to write in")
	}
}

func TestEveryTableAndControlIsNamedForThoseWhoCannotSeeIt(t *testing.T) {
	data, err := word.Write(everyBlock(t))
	if err != nil {
		t.Fatal(err)
	}
	xml := part(t, data, mainPart)
	count := func(text string) int { return strings.Count(xml, text) }
	if tables := count("<w:tbl>"); count("<w:tblCaption") != tables || count("<w:tblDescription") != tables {
		t.Errorf("%d tables, %d names, %d descriptions", tables, count("<w:tblCaption"), count("<w:tblDescription"))
	}
	if strings.Contains(xml, `w:tblCaption w:val=""`) || strings.Contains(xml, `w:alias w:val=""`) {
		t.Error("a table or control has an empty name")
	}
	if count("<w:tag ") != count("<w:alias ") {
		t.Errorf("%d controls, %d titles", count("<w:tag "), count("<w:alias "))
	}
	// people and subjects have a header row, each of the four aims' cards too.
	if got := count("<w:tblHeader/>"); got != 6 {
		t.Errorf("%d header rows, want 6", got)
	}
	core := part(t, data, "docProps/core.xml")
	if !strings.Contains(core, "<dc:title>A small form</dc:title>") || !strings.Contains(core, "<dc:language>en-GB</dc:language>") {
		t.Errorf("title or language is missing: %s", core)
	}
	if !strings.Contains(part(t, data, "word/styles.xml"), `w:lang w:val="en-GB"`) {
		t.Error("the text has no language")
	}
}

func TestTheFillerIsNamedInWordsAndColour(t *testing.T) {
	xml := part(t, small(t), mainPart)
	if !strings.Contains(xml, `<w:color w:val="1B5E20"/></w:rPr><w:t xml:space="preserve">School or setting</w:t>`) {
		t.Error("who fills in is not said in the filler's colour")
	}
}

func TestTheReferenceStandsInTheFootOfEveryPage(t *testing.T) {
	foot := part(t, small(t), "word/footer1.xml")
	for _, want := range []string{string(ref(t)), "Form small, version abc123", "PAGE", "NUMPAGES", "sdtContentLocked"} {
		if !strings.Contains(foot, want) {
			t.Errorf("the footer lacks %q", want)
		}
	}
}

func TestPropertiesHoldNoPersonalData(t *testing.T) {
	values := smallValues()
	data := small(t)
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range pack.Names() {
		if !strings.HasPrefix(name, "docProps/") && !strings.HasPrefix(name, "word/glossary") && name != "word/settings.xml" {
			continue
		}
		seen++
		content := part(t, data, name)
		for key, value := range values.Fields {
			if len(value) > 4 && strings.Contains(content, value) {
				t.Errorf("%s holds the answer of %s", name, key)
			}
		}
		for _, tag := range []string{"<dc:creator", "lastModifiedBy", "<Company", "<Manager"} {
			if strings.Contains(content, tag) {
				t.Errorf("%s has %s", name, tag)
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d parts were looked at", seen)
	}
}

func TestTheHiddenCopyHoldsWhatTheControlsShow(t *testing.T) {
	data := small(t)
	reading := mustRead(t, data, known{smallForm()})
	if diff := cmp.Diff(form.Diff(smallForm(), smallValues(), reading.Values), []form.Change(nil)); diff != "" {
		t.Error(diff)
	}
	store := part(t, data, storePart)
	for _, want := range []string{`<line>one &amp; two</line>`, `<day>2026-03-17</day>`, `<one>r</one>`, `<choice value="b">true</choice>`, `ref="` + string(ref(t)) + `"`} {
		if !strings.Contains(store, want) {
			t.Errorf("the custom XML part lacks %s", want)
		}
	}
}

func TestAKeyThatWordCannotTakeIsRefused(t *testing.T) {
	for _, key := range []string{"", "9lives", "a b", "a=b", "ключ", strings.Repeat("long.", 13)} {
		doc := document.Document{Blocks: []document.Block{document.Answer{Key: key, Kind: form.Text}}}
		var bad *word.KeyError
		if _, err := word.Write(doc); !errors.As(err, &bad) {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

func TestCharactersThatXMLCannotHoldDoNotBreakTheForm(t *testing.T) {
	values := smallValues()
	values.Fields["line"] = "a\x00b\x1f \xff c\u2028d ]]>"
	data, err := word.Write(draw(t, smallForm(), values, document.BlankForm))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := word.Read(data, known{smallForm()}); err != nil {
		t.Error(err)
	}
}
