package template

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word"
	"github.com/pepost/pepost/internal/word/opc"
)

// everyPack has every field of every definition file in it.
const everyPack = "+custody+interim+not-in-setting+transition"

func loaded(t testing.TB, id string) *Template {
	t.Helper()
	f := whole(t, id)
	out, found := Load(id, exported(t, f), f)
	if out == nil {
		t.Fatal(found)
	}
	return out
}

// answered gives every question of a form an answer of its kind; texts gives
// the texts.
func answered(f form.Form, texts func(field form.Field, n int) string) form.Values {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	n := 0
	one := func(field form.Field) string {
		n++
		switch field.Kind {
		case form.Date:
			return fmt.Sprintf("2026-03-%02d", 1+n%28)
		case form.Number, form.Percent:
			return fmt.Sprint(max(int(field.Min), min(n%50, max(int(field.Max), 50))))
		case form.Money:
			return fmt.Sprintf("%d.50", n)
		case form.YesNo:
			return []string{"yes", "no"}[n%2]
		case form.OneOf:
			return field.Choices[n%len(field.Choices)].Key
		case form.SeveralOf:
			return field.Choices[0].Key + "; " + field.Choices[len(field.Choices)-1].Key
		}
		return texts(field, n)
	}
	for field := range f.Fields() {
		switch {
		case field.Key == "child.ncy" || field.Key == "child.age" || field.None || strings.HasSuffix(field.Key, ".none"):
		case field.Kind == form.Table:
			fixed := field.FixedRows
			if len(fixed) == 0 {
				fixed = []form.Choice{{}, {}, {}}
			}
			for _, choice := range fixed {
				row := form.Row{}
				for i, column := range field.Columns {
					if i == 0 && choice.Key != "" {
						row[column.Key] = choice.Key
						continue
					}
					row[column.Key] = one(column)
				}
				v.Tables[field.Key] = append(v.Tables[field.Key], row)
			}
		default:
			v.Fields[field.Key] = one(field)
		}
	}
	return v
}

func byID(t testing.TB, id string) form.Form {
	t.Helper()
	f, ok := library(t).ByID(id)
	if !ok {
		t.Fatalf("no form %s", id)
	}
	return f
}

func plain(field form.Field, n int) string {
	if field.Format != "" {
		return ""
	}
	return fmt.Sprintf("Text %d & <more> \"x\" ł 李 مرحبا", n)
}

func built(t testing.TB, f form.Form, v form.Values, to document.Reader) document.Document {
	t.Helper()
	doc, _ := document.Build(f, v, to, document.Head{
		Authority: "Sample", VirtualSchool: "Sample Virtual School", Ref: "PEP-7F3K-2Q", ReturnTo: "peps@sample.example",
		ReturnBy: pep.Date{Year: 2026, Month: 3, Day: 9}, Generated: pep.Date{Year: 2026, Month: 2, Day: 2}, Officer: "Jo Officer", Phone: "01632 960001",
	})
	return doc
}

func filledIn(t testing.TB, tpl *Template, doc document.Document) []byte {
	t.Helper()
	data, err := tpl.Fill(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What a template's form says is what the drawn form says, answer by answer,
// with nothing odd about it.
func TestAFilledTemplateIsReadBackAsTheDrawnFormIs(t *testing.T) {
	for _, id := range library(t).PhaseIDs() {
		tpl := loaded(t, id)
		for _, full := range []string{id, id + everyPack} {
			for _, purpose := range []document.Purpose{document.BlankForm, document.FinalCopy} {
				for _, role := range []pep.Role{pep.SocialWorker, pep.Parent} {
					for _, answers := range []string{"none", "all"} {
						if (full == id) != (answers == "none") {
							continue
						}
						t.Run(fmt.Sprint(full, purpose, role, answers), func(t *testing.T) {
							f := byID(t, full)
							v := form.Values{}
							if answers == "all" {
								v = answered(f, plain)
							}
							doc := built(t, f, v, document.Reader{Role: role, Purpose: purpose})
							want := reading(t, drawnBytes(t, doc))
							got := reading(t, filledIn(t, tpl, doc))
							if diff := cmp.Diff(want, got); diff != "" {
								t.Error(diff)
							}
						})
					}
				}
			}
		}
	}
}

func drawnBytes(t testing.TB, doc document.Document) []byte {
	t.Helper()
	data, err := word.Write(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func reading(t testing.TB, data []byte) word.Reading {
	t.Helper()
	out, err := word.Read(data, library(t))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	f := byID(t, "statutory")
	doc := built(t, f, answered(f, plain), document.Reader{Role: pep.SocialWorker, Purpose: document.BlankForm})
	a, b := filledIn(t, loaded(t, "statutory"), doc), filledIn(t, loaded(t, "statutory"), doc)
	if !bytes.Equal(a, b) {
		t.Error("the bytes differ")
	}
}

// allParts is every part of a file unpacked.
func allParts(t testing.TB, data []byte) map[string]string {
	t.Helper()
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range pack.Names() {
		content, err := pack.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(content)
	}
	return out
}

// What the document does not have is nowhere in the file: neither its value,
// nor its label, nor its key in the hidden copy.
func TestWhatIsWithheldLeavesNothingBehind(t *testing.T) {
	for _, id := range library(t).PhaseIDs() {
		tpl, f := loaded(t, id), byID(t, id+everyPack)
		v := answered(f, func(field form.Field, n int) string { return fmt.Sprintf("Qzx%03dy", n) })
		roles := []pep.Role{pep.DesignatedTeacher, pep.Parent, pep.YoungPerson, pep.HealthVisitor}
		if id == "statutory" {
			roles = pep.Roles()
		}
		for _, role := range roles {
			for _, withhold := range []bool{false, true} {
				for _, purpose := range []document.Purpose{document.BlankForm, document.FinalCopy} {
					doc := built(t, f, v, document.Reader{Role: role, WithholdPlacementAddress: withhold, Purpose: purpose})
					checkNothingElse(t, fmt.Sprint(id, role, withhold, purpose), f, v, doc, allParts(t, filledIn(t, tpl, doc)))
				}
			}
		}
	}
}

func checkNothingElse(t *testing.T, name string, f form.Form, v form.Values, doc document.Document, parts map[string]string) {
	t.Helper()
	shown := shownIn(doc)
	page, whole := parts["word/document.xml"], ""
	for _, content := range parts {
		whole += content
	}
	for field := range f.Fields() {
		for _, row := range v.Tables[field.Key] {
			for _, column := range field.Columns {
				if text := row[column.Key]; strings.HasPrefix(text, "Qzx") && strings.Contains(whole, text) != shown[text] {
					t.Errorf("%s: %s/%s: in the file %v, in the document %v", name, field.Key, column.Key, !shown[text], shown[text])
				}
				if tag := `"` + field.Key + "/" + column.Key + `"`; strings.Contains(page, tag) && !shown[tag] {
					t.Errorf("%s: the column %s is there", name, tag)
				}
			}
		}
		if text := v.Fields[field.Key]; strings.HasPrefix(text, "Qzx") && strings.Contains(whole, text) != shown[text] {
			t.Errorf("%s: %s: in the file %v, in the document %v", name, field.Key, !shown[text], shown[text])
		}
		if shown["key:"+field.Key] {
			continue
		}
		for _, trace := range []string{`"` + field.Key + `"`, "<" + field.Key + ">", "question:" + field.Key, `"` + field.Key + "="} {
			if strings.Contains(whole, trace) {
				t.Errorf("%s: %s is withheld and %s is in the file", name, field.Key, trace)
			}
		}
		if label := ">" + field.Label + "<"; len(field.Label) > 12 && strings.Contains(page, label) && !shown["label:"+field.Label] {
			t.Errorf("%s: the label of %s is in the file", name, field.Key)
		}
	}
	for _, marking := range []string{"section:", "question:", "only:", `"instructions`, "For the officer", "How to change this form"} {
		if strings.Contains(whole, marking) {
			t.Errorf("%s: the marking %s is in the file", name, marking)
		}
	}
}

// shownIn is what a document has: texts, keys, labels and columns.
func shownIn(doc document.Document) map[string]bool {
	out := map[string]bool{}
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case document.Heading:
			out["label:"+b.Text] = true
		case document.Answer:
			out["key:"+b.Key], out[b.Value], out["label:"+b.Label] = true, true, true
		case document.Grid:
			out["key:"+b.Key], out["label:"+b.Label] = true, true
			for _, column := range b.Columns {
				out[`"`+b.Key+"/"+column.Key+`"`], out["label:"+column.Label] = true, true
			}
			for _, row := range b.Rows {
				for _, cell := range row {
					out[cell.Value] = true
				}
			}
		}
	}
	return out
}

// What an officer changed is in the form: words, formatting, split runs.
func TestFormattingAndWordsOfATemplateStay(t *testing.T) {
	f := whole(t, "statutory")
	red := `<w:rPr><w:rFonts w:ascii="Georgia"/><w:b/><w:color w:val="FF0000"/></w:rPr>`
	data := changed(t, exported(t, f), map[string]func(string) string{
		"word/document.xml": func(text string) string {
			from, to := control(text, "child.forename")
			inner := strings.Replace(text[from:to], "<w:sdtPr>", "<w:sdtPr>"+red, 1)
			inner = strings.Replace(inner, `<w:rStyle w:val="PlaceholderText"/>`, `<w:rStyle w:val="PlaceholderText"/><w:i/>`, 1)
			text = text[:from] + inner + text[to:]
			return strings.Replace(text, "First name</w:t></w:r>", `Given </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>name</w:t></w:r>`, 1)
		},
		"word/header1.xml": replaced("Personal Education Plan", "Our own head"),
		"word/styles.xml":  replaced(`w:val="1F3864"`, `w:val="7A1F5C"`),
	})
	tpl, found := Load("statutory", data, f)
	if tpl == nil {
		t.Fatal(found)
	}
	v := form.Values{Fields: map[string]string{"child.forename": "Ottoline"}}
	parts := allParts(t, filledIn(t, tpl, built(t, byID(t, "statutory"), v, document.Reader{Role: pep.SocialWorker, Purpose: document.BlankForm})))
	page := parts["word/document.xml"]
	if !strings.Contains(page, red+`<w:t xml:space="preserve">Ottoline</w:t>`) {
		t.Error("the answer has lost its formatting")
	}
	if !strings.Contains(page, `Given </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>name</w:t>`) {
		t.Error("the officer's label has changed")
	}
	if !strings.Contains(parts["word/header1.xml"], "Our own head") || !strings.Contains(parts["word/styles.xml"], "7A1F5C") {
		t.Error("head or styles have changed")
	}
}

func TestAuthorsOfATemplateAreOnNoForm(t *testing.T) {
	f := whole(t, "statutory")
	tpl, found := Load("statutory", changed(t, exported(t, f), map[string]func(string) string{
		"docProps/core.xml":   replaced("<dc:language>", "<dc:creator>Jo Officer</dc:creator><dc:language>"),
		"docProps/app.xml":    replaced("</Properties>", "<Company>Jo Officer Ltd</Company></Properties>"),
		"customXml/item1.xml": replaced("<values>", "<values><child.forename>Jo Officer</child.forename>"),
		"word/document.xml": func(text string) string {
			from, to := control(text, "child.surname")
			return text[:from] + strings.Replace(text[from:to], "</w:t>", "Jo Officer</w:t>", 1) + text[to:]
		},
	}), f)
	if tpl == nil {
		t.Fatal(found)
	}
	doc := built(t, byID(t, "statutory"), form.Values{}, document.Reader{Role: pep.SocialWorker, Purpose: document.BlankForm})
	doc.Blocks = slices.DeleteFunc(doc.Blocks, func(b document.Block) bool { _, facts := b.(document.Facts); return facts })
	for name, content := range allParts(t, filledIn(t, tpl, doc)) {
		if strings.Contains(content, "Jo Officer") {
			t.Errorf("%s names the author", name)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	tpl, f := loaded(b, "statutory"), byID(b, "statutory")
	doc := built(b, f, answered(f, plain), document.Reader{Role: pep.SocialWorker, Purpose: document.BlankForm})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpl.Fill(doc); err != nil {
			b.Fatal(err)
		}
	}
}
