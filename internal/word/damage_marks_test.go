package word_test

import (
	"archive/zip"
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Patterns of what editors take out.
const (
	tagsOf     = `<w:tag [^>]*>`
	pathsOf    = `<w:dataBinding [^>]*>`
	titlesOf   = `<w:alias [^>]*>`
	marksOf    = `<w:bookmark(Start|End) [^>]*>`
	repeatsOf  = `<w15:(repeatingSection|repeatingSectionItem)/>|<w15:dataBinding [^>]*>`
	locksOf    = `<w:lock [^>]*>`
	controlsOf = `</?w:sdt(Content)?>|<w:sdtPr>.*?</w:sdtPr>`
)

// without is a damage that takes patterns out of the document.
func without(name string, patterns ...string) damage {
	return damage{name, func(p *paper) bool {
		for _, pattern := range patterns {
			p.everywhere(pattern, "")
		}
		return true
	}}
}

// instead is a damage that writes something else all over the document.
func instead(name, pattern, with string) damage {
	return damage{name, func(p *paper) bool {
		before := p.xml
		p.everywhere(pattern, with)
		return p.xml != before
	}}
}

// lostMarks are forms that lost some of the signs by which answers are known.
func lostMarks() []damage {
	return []damage{
		{"as it was sent", func(*paper) bool { return true }},
		without("tags lost", tagsOf),
		without("tags and locks lost", tagsOf, locksOf),
		without("tags and row controls lost", tagsOf, repeatsOf),
		without("tags and paths lost", tagsOf, pathsOf, repeatsOf),
		without("only tags left", pathsOf, titlesOf, marksOf),
		without("only paths left", tagsOf, titlesOf, marksOf),
		without("only titles and places left", tagsOf, marksOf, repeatsOf),
		without("only bookmarks left", controlsOf),
		without("titles lost", titlesOf),
		without("bookmarks lost", marksOf),
		{"hidden copy emptied", func(p *paper) bool { p.others[storePart] = []byte{}; return true }},
		{"hidden copy gone", func(p *paper) bool { p.others[storePart] = nil; return true }},
		{"hidden copy of another form", func(p *paper) bool { p.others[storePart] = []byte("<other/>"); return true }},
		{"hidden copy broken off", func(p *paper) bool {
			p.part(storePart, func(xml string) string { return xml[:len(xml)/2] })
			return true
		}},
		{"hidden copy of last term", func(p *paper) bool {
			p.part(storePart, func(xml string) string {
				return regexp.MustCompile(`<(\w[\w.]*)>[^<]+</`).ReplaceAllString(xml, "<$1>last term</")
			})
			return true
		}},
		{"properties gone", func(p *paper) bool {
			if len(p.others[storePart]) == 0 {
				return false
			}
			p.others["docProps/custom.xml"] = []byte(`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`)
			return true
		}},
		{"foot of the page gone", func(p *paper) bool {
			p.others["word/footer1.xml"] = []byte(`<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p/></w:ftr>`)
			return true
		}},
		{"packed in another order", func(p *paper) bool {
			p.names = slices.Clone(p.names)
			slices.Reverse(p.names[1:])
			return true
		}},
		zippedBy("not packed", zip.Store, false),
		zippedBy("packed by another program with lengths behind", zip.Deflate, true),
		{"a thumbnail and settings added", func(p *paper) bool {
			p.others["docProps/thumbnail.jpeg"] = []byte("\xff\xd8\xff")
			p.names = append(slices.Clone(p.names), "docProps/thumbnail.jpeg")
			p.part("word/settings.xml", func(xml string) string { return strings.Replace(xml, "</w:settings>", `<w:rsids/></w:settings>`, 1) })
			return true
		}},
	}
}

// zippedBy is a form that another program packed.
func zippedBy(name string, method uint16, behind bool) damage {
	return damage{name, func(p *paper) bool {
		p.zipped = func(t testing.TB, names []string, parts map[string][]byte) []byte {
			var out bytes.Buffer
			archive := zip.NewWriter(&out)
			for _, name := range names {
				header := &zip.FileHeader{Name: name, Method: method, Extra: []byte("\x99\x99\x02\x00ab")}
				w, err := archive.CreateHeader(header)
				if err == nil && parts[name] != nil {
					_, err = w.Write(parts[name])
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := archive.Close(); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
		return behind || method == zip.Store
	}}
}

// editorsHabits are what Word and others do when they save.
func editorsHabits() []damage {
	return []damage{
		instead("runs split by the spelling checker", `(<w:t xml:space="preserve">)([^<&]{2})([^<&]+)</w:t></w:r>`,
			`$1$2</w:t></w:r><w:proofErr w:type="spellStart"/><w:r w:rsidR="00AB12CD">$1$3</w:t></w:r><w:proofErr w:type="spellEnd"/>`),
		instead("revision marks on every run and paragraph", `<w:(p|r)>`, `<w:$1 w:rsidR="00112233" w:rsidRPr="00445566">`),
		instead("last page breaks and language marks", `<w:r><w:t`, `<w:r><w:rPr><w:lang w:val="en-US"/></w:rPr><w:lastRenderedPageBreak/><w:t`),
		instead("every answer inserted under tracking", `<w:sdtContent>(<w:r>.*?)</w:sdtContent>`, `<w:sdtContent><w:ins w:id="1" w:author="a" w:date="2026-03-01T00:00:00Z">$1</w:ins></w:sdtContent>`),
		instead("a deleted word before every answer", `<w:sdtContent><w:r>`, `<w:sdtContent><w:del w:id="1" w:author="a"><w:r><w:delText>old words</w:delText></w:r></w:del><w:r>`),
		instead("a moved word before every answer", `<w:sdtContent><w:r>`, `<w:sdtContent><w:moveFrom w:id="1" w:author="a"><w:r><w:t>old words</w:t></w:r></w:moveFrom><w:r>`),
		instead("every answer commented on", `<w:sdtContent><w:r>`, `<w:sdtContent><w:commentRangeStart w:id="1"/><w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r><w:r>`),
		instead("smart tags", `<w:sdtContent>(<w:r>.*?)</w:sdtContent>`, `<w:sdtContent><w:smartTag w:uri="u" w:element="e">$1</w:smartTag></w:sdtContent>`),
		instead("every answer a hyperlink", `<w:sdtContent>(<w:r>.*?)</w:sdtContent>`, `<w:sdtContent><w:hyperlink w:anchor="x">$1</w:hyperlink></w:sdtContent>`),
		instead("every answer in the result of a field", `<w:sdtContent>(<w:r>.*?)</w:sdtContent>`,
			`<w:sdtContent><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> QUOTE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>$1<w:r><w:fldChar w:fldCharType="end"/></w:r></w:sdtContent>`),
		instead("every answer in a simple field", `<w:sdtContent>(<w:r>.*?)</w:sdtContent>`, `<w:sdtContent><w:fldSimple w:instr=" FORMTEXT ">$1</w:fldSimple></w:sdtContent>`),
		instead("marks of permission and of the last place", `<w:sdt>`, `<w:permStart w:id="7" w:edGrp="everyone"/><w:permEnd w:id="7"/><w:bookmarkStart w:id="9999" w:name="_GoBack"/><w:bookmarkEnd w:id="9999"/><w:sdt>`),
		instead("carriage returns for line breaks", `<w:br/>`, `<w:cr/>`),
		instead("line breaks dropped within a run", `<w:br/>`, ``),
		instead("soft hyphens", `(<w:t xml:space="preserve">[^<&]{3})([^<&]{3})`, `$1</w:t><w:softHyphen/></w:r><w:r><w:t xml:space="preserve">$2`),
		{"strict OOXML", func(p *paper) bool {
			strict := strings.NewReplacer(
				"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main",
				"http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/")
			p.xml = strict.Replace(p.xml)
			for name, content := range p.others {
				if !strings.HasPrefix(name, "docProps/custom") {
					p.others[name] = []byte(strict.Replace(string(content)))
				}
			}
			return true
		}},
		{"other prefixes", func(p *paper) bool {
			p.xml = strings.NewReplacer("<w:", "<ns0:", "</w:", "</ns0:", " w:", " ns0:", "xmlns:w=", "xmlns:ns0=", "<w15:", "<ns1:", "</w15:", "</ns1:", " w15:", " ns1:", "xmlns:w15=", "xmlns:ns1=", `"w14 w15"`, `"w14 ns1"`).Replace(p.xml)
			return true
		}},
		{"paths with other prefixes", func(p *paper) bool {
			p.xml = strings.ReplaceAll(strings.ReplaceAll(p.xml, "/p:", "/ns7:"), "xmlns:p=", "xmlns:ns7=")
			return true
		}},
		{"boxes wrapped twice", func(p *paper) bool {
			box := regexp.MustCompile(`<w:sdt>(<w:sdtPr>(?:<w:rPr>.{0,200}?</w:rPr>)?<w:alias [^>]*><w:tag w:val="[^"]*=[^"]*"/>.*?</w:sdtPr>)(.*?)</w:sdt>`)
			before := p.xml
			p.xml = box.ReplaceAllString(p.xml, `<w:sdt>$1<w:sdtContent><w:sdt>$1$2</w:sdt></w:sdtContent></w:sdt>`)
			return p.xml != before
		}},
		{"a page added before", func(p *paper) bool {
			p.xml = strings.Replace(p.xml, "<w:body>", `<w:body><w:p>`+run("Minutes of the meeting")+`</w:p><w:tbl><w:tr><w:tc><w:p>`+run("Present")+`</w:p></w:tc><w:tc><w:p>`+run("All")+`</w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:br w:type="page"/></w:r></w:p>`, 1)
			return true
		}},
		{"a page added behind", func(p *paper) bool {
			p.xml = strings.Replace(p.xml, "<w:sectPr>", `<w:p><w:r><w:br w:type="page"/></w:r></w:p><w:p>`+run("See also")+`</w:p><w:sectPr>`, 1)
			return true
		}},
	}
}
