package word_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/word"
)

// bomb is a file that is to be refused cheaply.
type bomb struct {
	name string
	data []byte
	code word.RefusalCode
}

// bombs are files made to cost time and memory.
func bombs(t testing.TB) []bomb {
	t.Helper()
	data := small(t)
	types := part(t, data, "[Content_Types].xml")
	const paragraph = `<w:p><w:r><w:t>xxxx</w:t></w:r></w:p>`
	box := `<w:sdt><w:sdtPr><w:tag w:val="line"/></w:sdtPr><w:sdtContent>`
	const endBox = `</w:sdtContent></w:sdt>`
	return []bomb{
		{"40 MB of zeros", rezipped(t, data, map[string][]byte{"word/media/zeros": make([]byte, 40<<20)}), word.Bomb},
		{"a document part of 15 MB", noisy(t, data, 15<<20), word.Bomb},
		{"parts of 9 MB each within bounds of their own", manyParts(t, data), word.Bomb},
		{"deep elements", inBody(t, data, strings.Repeat("<w:ins>", 400)+strings.Repeat("</w:ins>", 400)), word.Bomb},
		{"a million elements", inBody(t, data, strings.Repeat("<w:p/>", 1_000_000)), word.Bomb},
		{"elements one tag long", inBody(t, data, strings.Repeat(paragraph, 100_000)), word.Bomb},
		{"an element of 100,000 attributes", inBody(t, data, "<w:p"+numbered(` a%d=""`, 100_000)+"/>"), word.Bomb},
		{"half a million attributes", inBody(t, data, strings.Repeat(`<w:p`+numbered(` a%d=""`, 60)+"/>", 8_000)), word.Bomb},
		{"100,000 names", inBody(t, data, numbered("<w:n%d/>", 100_001)), word.Bomb},
		{"100,000 prefixes", inBody(t, data, strings.Repeat(`<x:a xmlns:x="u"/>`, 100_001)), word.Bomb},
		{"boxes in boxes with much text", inBody(t, data, strings.Repeat(box, 100)+"<w:p><w:r><w:t>"+strings.Repeat("x", 1<<20)+"</w:t></w:r></w:p>"+strings.Repeat(endBox, 100)), word.Bomb},
		{"10,000 boxes of one answer", inBody(t, data, strings.Repeat("<w:p>"+box+"<w:r><w:t>x</w:t></w:r>"+endBox+"</w:p>", 10_000)), word.Bomb},
		{"entries that overlap", overlapping(t), word.Bomb},
		{"2,100 parts", rezipped(t, data, many(2100)), word.Bomb},
		{"a document type with entities", edited(t, data, mainPart, billionLaughs), word.Corrupt},
		{"a macro", rezipped(t, data, map[string][]byte{"word/vbaProject.bin": []byte("x")}), word.Macro},
		{"a macro type", rezipped(t, data, map[string][]byte{"[Content_Types].xml": []byte(strings.ReplaceAll(types, "wordprocessingml.document.main", "ms-word.document.macroEnabled.main"))}), word.Macro},
		{"40 MB behind a passphrase", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), append(make([]byte, 40<<20), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...)...), word.Encrypted},
		{"a template from elsewhere", related(t, data, `<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://elsewhere.example/t.dotm" TargetMode="External"/>`), word.ExternalContent},
	}
}

func numbered(format string, count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// noisy is a form whose document part has a long text that packs badly, so
// that no ratio gives it away.
func noisy(t testing.TB, data []byte, size int) []byte {
	t.Helper()
	text := make([]byte, size)
	state := uint32(1)
	for i := range text {
		state = state*1664525 + 1013904223
		text[i] = 'a' + byte(state>>24)%26
	}
	return inBody(t, data, "<w:p><w:r><w:t>"+string(text)+"</w:t></w:r></w:p>")
}

// manyParts is a form with three heads of four megabytes.
func manyParts(t testing.TB, data []byte) []byte {
	t.Helper()
	parts, relations := map[string][]byte{}, ""
	for i := range 4 {
		name := fmt.Sprintf("word/header%d.xml", 20+i)
		parts[name] = []byte(strings.Replace(part(t, noisy(t, data, 4<<20), mainPart), "w:document", "w:hdr", 2))
		relations += fmt.Sprintf(`<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header%d.xml"/>`, 90+i, 20+i)
	}
	const rels = "word/_rels/document.xml.rels"
	parts[rels] = []byte(strings.Replace(part(t, data, rels), "</Relationships>", relations+"</Relationships>", 1))
	return rezipped(t, data, parts)
}

func billionLaughs(xml string) string {
	entities := `<!ENTITY a0 "ha">` + numbered(`<!ENTITY b%d "&a0;&a0;&a0;">`, 30)
	at := strings.Index(xml, "<w:document")
	return xml[:at] + "<!DOCTYPE d [" + entities + "]>" + xml[at:]
}

// overlapping is an archive of two entries of which the second stands in the
// first.
func overlapping(t testing.TB) []byte {
	t.Helper()
	local := []byte("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00\x05\x00\x00\x00b.xml<b/>")
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, content := range map[string][]byte{"a.xml": local, "b.xml": []byte("<b/>")} {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: name})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	data := out.Bytes()
	record := bytes.LastIndex(data, []byte("b.xml")) - 46
	binary.LittleEndian.PutUint32(data[record+42:], uint32(bytes.Index(data, local)))
	return data
}

// TestHostileFilesAreRefusedWithinBounds measures memory; time is measured by
// BenchmarkHostile.
func TestHostileFilesAreRefusedWithinBounds(t *testing.T) {
	const bound = 50 << 20
	forms := known{smallForm()}
	for _, b := range bombs(t) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := word.Read(b.data, forms)
		runtime.ReadMemStats(&after)
		var refused *word.RefusedError
		if !errors.As(err, &refused) || refused.Code != b.code || refused.Detail == "" {
			t.Errorf("%s: %v, want %s", b.name, err, b.code)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > bound {
			t.Errorf("%s: %d MB were allocated", b.name, taken>>20)
		} else {
			t.Logf("%s: %s, %d KB", b.name, b.code, taken>>10)
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	forms := known{smallForm()}
	for _, bad := range bombs(b) {
		b.Run(bad.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := word.Read(bad.data, forms); err == nil {
					b.Fatal("the file was read")
				}
			}
		})
	}
}
