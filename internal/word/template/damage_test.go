package template

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/word/opc"
)

// changed is a package with some parts changed; "-" takes a part out, and a
// part that is not there yet is added.
func changed(t testing.TB, data []byte, parts map[string]func(string) string) []byte {
	t.Helper()
	pack, err := opc.OpenUnjudged(data)
	if err != nil {
		t.Fatal(err)
	}
	var out []opc.Part
	done := map[string]bool{}
	for _, name := range pack.Names() {
		content, err := pack.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if change := parts[name]; change != nil {
			done[name] = true
			was := content
			if content = []byte(change(string(content))); bytes.Equal(was, content) {
				t.Fatalf("the change of %s changes nothing", name)
			}
		}
		if string(content) != "-" {
			out = append(out, opc.Part{Name: name, Content: content})
		}
	}
	for name, change := range parts {
		if !done[name] {
			out = append(out, opc.Part{Name: name, Content: []byte(change(""))})
		}
	}
	data, err = opc.Write(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// onPage changes the page alone.
func onPage(change func(string) string) map[string]func(string) string {
	return map[string]func(string) string{"word/document.xml": change}
}

func replaced(old, new string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, new, 1) }
}

// control cuts out the control of a tag, with what is in it.
func control(text, tag string) (from, to int) {
	at := strings.Index(text, `<w:tag w:val="`+tag+`"`)
	if at < 0 {
		return 0, 0
	}
	from = strings.LastIndex(text[:at], "<w:sdt>")
	depth := 0
	for to = from; to < len(text); to++ {
		switch rest := text[to:]; {
		case strings.HasPrefix(rest, "<w:sdt>"):
			depth++
		case strings.HasPrefix(rest, "</w:sdt>"):
			if depth--; depth == 0 {
				return from, to + len("</w:sdt>")
			}
		}
	}
	return from, len(text)
}

func without(tag string) func(string) string {
	return func(text string) string {
		from, to := control(text, tag)
		return text[:from] + text[to:]
	}
}

// unwrapped takes a control away and leaves what is in it.
func unwrapped(tag string) func(string) string {
	return func(text string) string {
		from, to := control(text, tag)
		inner := text[from:to]
		return text[:from] + strings.TrimSuffix(inner[strings.Index(inner, "<w:sdtContent>")+len("<w:sdtContent>"):], "</w:sdtContent></w:sdt>") + text[to:]
	}
}

const (
	para = `<w:p><w:r><w:t>word beside it</w:t></w:r>`
	end  = `</w:p>`
)

// before puts markup in front of the title.
func before(markup string) func(string) string {
	return func(text string) string { return strings.Replace(text, "<w:body>", "<w:body>"+markup, 1) }
}

func relation(kind, target string) func(string) string {
	return replaced("</Relationships>", `<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`+kind+`" Target="`+target+`" TargetMode="External"/></Relationships>`)
}

func TestEveryFaultOfATemplateIsListed(t *testing.T) {
	const rels = "word/_rels/document.xml.rels"
	for _, c := range []struct {
		name  string
		parts map[string]func(string) string
		code  Code
		tag   string
		// says is in the text, the words near it or the hint.
		says string
	}{
		{"a control is deleted", onPage(without("child.forename")), Missing, "child.forename", "First name"},
		{"a box is deleted", onPage(without("child.interpreter=yes")), Missing, "child.interpreter=yes", "Yes"},
		{"a column is deleted", onPage(without("targets/t.outcome")), Missing, "targets/t.outcome", "copy it"},
		{"a section's control is taken away", onPage(unwrapped("section:targets")), Missing, "section:targets", "could not be taken out"},
		{"a table's rows are taken away", onPage(unwrapped("targets[]")), Missing, "targets[]", "repeating row"},
		{"the return address is deleted", onPage(without("fact:Return to")), Missing, "fact:Return to", "Return to"},
		{"the reference is deleted from the foot", map[string]func(string) string{"word/footer1.xml": without("pepost.ref")}, Missing, "pepost.ref", "reference"},
		{"a control stands twice", onPage(func(text string) string {
			from, to := control(text, "child.forename")
			return text[:to] + text[from:to] + text[to:]
		}), Doubled, "child.forename", "more than once"},
		{"a tag is misspelt", onPage(replaced(`<w:tag w:val="child.forename"/>`, `<w:tag w:val="child.forname"/>`)), Unknown, "child.forname", "did you mean child.forename?"},
		{"a tag is in other letters", onPage(replaced(`<w:tag w:val="set.urn"/>`, `<w:tag w:val="Set.URN"/>`)), Unknown, "Set.URN", "did you mean set.urn?"},
		{"a section's tag is misspelt", onPage(replaced(`<w:tag w:val="section:targets"/>`, `<w:tag w:val="section:target"/>`)), Unknown, "section:target", "did you mean section:targets?"},
		{"a tag is another program's", onPage(replaced(`<w:tag w:val="set.urn"/>`, `<w:tag w:val="MyCompanyDocumentNumber"/>`)), Unknown, "MyCompanyDocumentNumber", "no question"},
		{"a date is plain text", onPage(func(text string) string {
			from, to := control(text, "meet.date")
			inner := text[from:to]
			date := inner[strings.Index(inner, "<w:date>"):strings.Index(inner, "</w:date>")]
			return text[:from] + strings.Replace(inner, date+"</w:date>", "<w:text/>", 1) + text[to:]
		}), WrongKind, "meet.date", "a date picker"},
		{"a long text has one line", onPage(func(text string) string {
			from, to := control(text, "strengths")
			return text[:from] + strings.Replace(text[from:to], ` w:multiLine="1"`, "", 1) + text[to:]
		}), WrongKind, "strengths", "carriage returns"},
		{"a column stands outside its row", onPage(func(text string) string {
			from, to := control(text, "targets/t.outcome")
			return strings.Replace(text[:from]+text[to:], "<w:body>", "<w:body><w:p>"+text[from:to]+"</w:p>", 1)
		}), OutOfPlace, "targets/t.outcome", "outside the repeating row"},
		{"a question stands in another section", onPage(func(text string) string {
			from, to := control(text, "question:child.forename")
			cut := text[from:to]
			text = text[:from] + text[to:]
			at := strings.Index(text, `<w:tag w:val="question:strengths"`)
			at = strings.LastIndex(text[:at], "<w:sdt>")
			return text[:at] + cut + text[at:]
		}), OutOfPlace, "child.forename", "belongs to"},
		{"an answer stands in the head", map[string]func(string) string{"word/header1.xml": replaced("</w:hdr>", `<w:p><w:sdt><w:sdtPr><w:tag w:val="child.forename"/><w:text/></w:sdtPr><w:sdtContent/></w:sdt></w:p></w:hdr>`)}, OutOfPlace, "child.forename", "header"},
		{"words stand beside an answer", onPage(func(text string) string {
			_, to := control(text, "child.forename")
			return text[:to] + `<w:r><w:t>(as on the birth certificate)</w:t></w:r>` + text[to:]
		}), LooseWords, "child.forename", "cell of their own"},
		{"a box has other words", onPage(replaced(` Yes</w:t>`, ` Oh yes</w:t>`)), LooseWords, "meet.attendees/invited=yes", "must stay as exported"},
		{"the hidden copy is removed", map[string]func(string) string{"customXml/item1.xml": func(string) string { return `<other/>` }}, Incomplete, "", "hidden copy"},
		{"the properties are removed", map[string]func(string) string{"docProps/custom.xml": func(string) string { return "-" }}, Incomplete, "", "properties"},
		{"a macro", map[string]func(string) string{"word/vbaProject.bin": func(string) string { return "x" }}, Active, "", "macro"},
		{"a file with macros", map[string]func(string) string{"[Content_Types].xml": replaced("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml")}, Active, "", ".docm"},
		{"an ActiveX control", map[string]func(string) string{"word/activeX/activeX1.xml": func(string) string { return "<x/>" }}, Active, "", "ActiveX"},
		{"an embedded file", map[string]func(string) string{"word/embeddings/sheet.xlsx": func(string) string { return "x" }}, Active, "", "embedded"},
		{"an embedded object on the page", onPage(before(para + `<w:r><w:object/></w:r>` + end)), Active, "", "word beside it"},
		{"an attached template", map[string]func(string) string{rels: relation("attachedTemplate", "file:///x.dotm")}, Active, "", "attached"},
		{"a linked picture", map[string]func(string) string{rels: relation("image", "https://tracker.example/x.png")}, Active, "", "fetched from elsewhere"},
		{"a link to a file", map[string]func(string) string{rels: relation("hyperlink", `file:///server/share`)}, Active, "", "web page"},
		{"a field that fetches", onPage(before(para + `<w:fldSimple w:instr=" INCLUDETEXT &quot;x.docx&quot; "/>` + end)), Active, "", "INCLUDETEXT"},
		{"a field in pieces", onPage(before(para + `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DD</w:instrText></w:r><w:r><w:instrText>E x y</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>` + end)), Active, "", "DDE"},
		{"a field that names the author", onPage(before(para + `<w:fldSimple w:instr=" AUTHOR "/>` + end)), Active, "", "AUTHOR"},
		{"a link field to a file", onPage(before(para + `<w:fldSimple w:instr=" HYPERLINK &quot;file:///x&quot; "/>` + end)), Active, "", "web page"},
		{"another document inside", onPage(before(`<w:altChunk/>`)), Active, "", "another document"},
		{"a comment", onPage(before(para + `<w:r><w:commentReference w:id="0"/></w:r>` + end)), Comment, "", "word beside it"},
		{"a tracked insertion", onPage(before(`<w:p><w:ins><w:r><w:t>word beside it</w:t></w:r></w:ins></w:p>`)), Tracked, "", "accept"},
		{"a tracked change of formatting", onPage(before(`<w:p><w:pPr><w:pPrChange/></w:pPr></w:p>`)), Tracked, "", "formatting"},
		{"tracking is on", map[string]func(string) string{"word/settings.xml": replaced("<w:zoom", "<w:trackRevisions/><w:zoom")}, Tracked, "", "Track Changes"},
		{"hidden text", onPage(before(`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>word beside it</w:t></w:r></w:p>`)), Hidden, "", "word beside it"},
		{"text in a hidden style", map[string]func(string) string{
			"word/document.xml": before(`<w:p><w:r><w:rPr><w:rStyle w:val="Sly"/></w:rPr><w:t>word beside it</w:t></w:r></w:p>`),
			"word/styles.xml":   replaced("</w:styles>", `<w:style w:type="character" w:styleId="Sly"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>`),
		}, Hidden, "", "word beside it"},
		{"a document variable", map[string]func(string) string{"word/settings.xml": replaced("<w:zoom", `<w:docVars><w:docVar w:name="a" w:val="b"/></w:docVars><w:zoom`)}, Hidden, "", "variable"},
		{"a mail merge", map[string]func(string) string{"word/settings.xml": replaced("<w:zoom", `<w:mailMerge/><w:zoom`)}, Active, "", "mail merge"},
		{"a page layout that would be lost", onPage(func(text string) string {
			at := strings.Index(text, `<w:tag w:val="section:targets"`)
			at += strings.Index(text[at:], "<w:p>")
			return text[:at] + `<w:p><w:pPr><w:sectPr/></w:pPr></w:p>` + text[at:]
		}), OutOfPlace, "", "section break"},
		{"broken XML", map[string]func(string) string{"word/header1.xml": func(text string) string { return text[:len(text)/2] }}, Refused, "", "broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := whole(t, "statutory")
			found := Check(changed(t, exported(t, f), c.parts), f)
			if !slices.ContainsFunc(found, func(f Fault) bool {
				return f.Code == c.code && f.Tag == c.tag && strings.Contains(f.Text+"\n"+f.Near+"\n"+f.Hint, c.says) && f.Part != "" && f.Hint != ""
			}) {
				t.Errorf("no fault %s of %q that says %q among %+v", c.code, c.tag, c.says, found)
			}
			if Sound(found) {
				t.Error("the template may be used")
			}
		})
	}
}

func TestAuthorsAreToldAndKeepNoTemplateFromBeingUsed(t *testing.T) {
	f := whole(t, "early-years")
	data := changed(t, exported(t, f), map[string]func(string) string{
		"docProps/core.xml": replaced("<dc:language>", "<dc:creator>Jo Officer</dc:creator><dc:language>"),
	})
	found := Check(data, f)
	if len(found) != 1 || found[0].Code != Personal || !found[0].Warning || !Sound(found) {
		t.Errorf("faults are %+v", found)
	}
	if strings.Contains(found[0].String()+found[0].Hint, "Jo Officer") {
		t.Error("the fault repeats the name")
	}
}

func TestAFileThatIsNoTemplateIsSaidSoOnce(t *testing.T) {
	f := whole(t, "statutory")
	lost := changed(t, exported(t, f), map[string]func(string) string{
		"word/document.xml": func(string) string {
			return `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p/></w:body></w:document>`
		},
	})
	if found := Check(lost, f); len(found) != 1 || !strings.Contains(found[0].Text, "no control of the form is there") {
		t.Errorf("a file without controls: %+v", found)
	}
	for _, data := range [][]byte{nil, []byte("hello"), []byte("%PDF-1.7"), []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")} {
		if found := Check(data, f); len(found) != 1 || found[0].Code != Refused || found[0].Hint == "" {
			t.Errorf("%.8q: %+v", data, found)
		}
	}
}

func FuzzCheck(f *testing.F) {
	forms := whole(f, "early-years")
	f.Add(exported(f, forms))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		Check(data, forms) // must neither panic nor hang
	})
}
