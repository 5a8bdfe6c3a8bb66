package pdf

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
)

// tongues are the same few words, by language; each script that a child of the
// register may write in.
func tongues() []struct{ name, text string } {
	return []struct{ name, text string }{
		{"Polish", "Zażółć gęślą jaźń"},
		{"Vietnamese", "Nguyễn Thị Ngọc Ánh đọc sách"},
		{"Yoruba", "Ọ̀rọ̀ ẹ̀kọ́ ṣe pàtàkì"},
		{"Greek", "Η Ελένη διαβάζει καλά"},
		{"Ukrainian", "Їжак Олена читає щодня"},
		{"Amharic", "ሰላም ዓለም፣ ልጁ ያነባል።"},
		{"Tigrinya", "ቆልዓ መጽሓፍ የንብብ ኣሎ"},
		{"Arabic", "الطفل يقرأ كل يوم مع معلمته، ولا يتأخر."},
		{"Arabic with vowels", "مُحَمَّدٌ يَقْرَأُ"},
		{"Urdu", "بچہ ہر روز اپنے استاد کے ساتھ پڑھتا ہے۔"},
		{"Persian", "او می\u200cخواهد کتاب بخواند"},
		{"Hebrew", "הילד קורא כל יום"},
		{"Chinese", "孩子每天和老師一起看書。孩子每天和老师一起看书。"},
		{"mixed", "Amina said: «السلام عليكم» (15 times), then 你好 and שלום."},
	}
}

// answers is a document with one text, as an answer, in a table and in a card.
func answers(purpose document.Purpose, text string) document.Document {
	cells := [][]document.Cell{{{Display: text}, {Display: "said"}}}
	columns := []document.Column{{Key: "a", Label: "Words", Width: 3}, {Key: "b", Label: "How", Width: 1}}
	return document.Document{Title: "Form", Ref: "PEP-7F3K-2Q", Purpose: purpose, Blocks: []document.Block{
		document.Heading{Level: 1, Key: "t", Text: "Form"},
		document.Answer{Key: "long", Label: "Views", Kind: form.LongText, Display: strings.Repeat(text+"\n", 2) + text},
		document.Answer{Key: "short", Label: "Name", Kind: form.Text, Display: text},
		document.Grid{Key: "g", Label: "Table", Columns: columns, Rows: cells},
	}}
}

func TestEveryScriptIsDrawnAndReadInTheOrderOfReading(t *testing.T) {
	w := writer(t)
	for _, tongue := range tongues() {
		t.Run(tongue.name, func(t *testing.T) {
			file, err := w.Write(answers(document.FinalCopy, tongue.text))
			if err != nil {
				t.Fatal(err)
			}
			read := strings.Join(strings.Fields(strings.Join(passes(t, file.Bytes).order, " ")), " ")
			// Lines end, and pieces of several fonts meet, between any two of them.
			bare := strings.NewReplacer(" ", "")
			want := "FormViews" + strings.Repeat(tongue.text, 3) + "Name" + tongue.text + "TableWordsHow" + tongue.text + "said"
			if diff := cmp.Diff(bare.Replace(want), bare.Replace(read)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnotherScriptIsMarkedAsAnotherLanguage(t *testing.T) {
	w := writer(t)
	for text, want := range map[string]string{
		"أحمد": "und-Arab", "李明": "und-Hani", "ሰላም": "und-Ethi", "Олена": "und-Cyrl", "Ελένη": "und-Grek", "שרה": "und-Hebr", "Zoë Ngũgĩ": "",
	} {
		doc := answers(document.FinalCopy, "x "+text+" y")
		c := w.composer(doc)
		sheets, err := render(c.pages(doc, numbering{}))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Contains(string(sheets[0].content), "/Span<</Lang("+want+")>>BDC")
		if want == "" {
			got = !strings.Contains(string(sheets[0].content), "/Lang(")
		}
		if !got {
			t.Errorf("%s is not marked %s", text, want)
		}
	}
}

func TestWhatIsReadFromTheRightStandsAtTheRight(t *testing.T) {
	w := writer(t)
	right := (pageWidth - sideMargin - padding) * pointsPerMillimetre
	doc := document.Document{Title: "Form", Blocks: []document.Block{document.Paragraph{Text: "شكرا"}, document.Paragraph{Text: "thank you"}}}
	at := map[string]float64{}
	for _, drawn := range open(t, write(t, w, doc).Bytes, "").pageTexts(t)[0] {
		at[drawn.text] = drawn.x
	}
	// The first letter of a word that is read from the right is its rightmost.
	if got := at["شكرا"]; got < right-15 || got > right {
		t.Errorf("Arabic begins at %.0f of %.0f", got, right)
	}
	if got := at["thank you"]; got > (sideMargin+padding)*pointsPerMillimetre+1 {
		t.Errorf("English begins at %.0f", got)
	}
}

func TestLongArabicIsBrokenIntoLinesAndPages(t *testing.T) {
	var words []string
	for i := range 3000 {
		words = append(words, []string{"كتاب", "قلم", "مدرسة", "بيت"}[i%4])
	}
	doc := document.Document{Title: "Form", Purpose: document.FinalCopy, Blocks: []document.Block{document.Paragraph{Text: strings.Join(words, " ")}}}
	file := write(t, writer(t), doc)
	if file.Pages < 3 {
		t.Errorf("%d pages", file.Pages)
	}
	if diff := cmp.Diff(words, strings.Fields(strings.Join(passes(t, file.Bytes).order, ""))); diff != "" {
		t.Errorf("words differ:\n%s", diff)
	}
}

func TestArabicLettersTakeTheShapesOfTheirNeighbours(t *testing.T) {
	w := writer(t)
	drawn := func(text string) group {
		shaped := w.letters.shape(text, ink{face: regular, size: 10}, endless)
		if len(shaped.missing) > 0 {
			t.Fatalf("%q lacks %X", text, shaped.missing)
		}
		return shaped.lines[0].pieces[0].groups[0]
	}
	// Every letter that joins to the one after it, of Arabic, Persian and Urdu.
	for _, letter := range "بپتٹثجچحخسشصضطظعغفقکكگلمنهہھیيئ" {
		alone, first := drawn(string(letter)), drawn(string(letter)+"د")
		if cmp.Equal(alone.cluster.Parts, first.cluster.Parts) {
			t.Errorf("%c stands before another letter as it does alone", letter)
		}
		if middle := drawn(string(letter) + string(letter) + "د"); middle.text != string(letter) {
			t.Errorf("%c is read as %q", letter, middle.text)
		}
	}
	for _, letter := range "ادذرزو" {
		if !cmp.Equal(drawn(string(letter)).cluster.Parts, drawn(string(letter)+"د").cluster.Parts) {
			t.Errorf("%c joins to the letter after it", letter)
		}
	}
}
