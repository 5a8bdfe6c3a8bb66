package xmltree_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/word/xmltree"
)

func TestATreeIsWrittenAsItWasRead(t *testing.T) {
	for _, text := range []string{
		`<a/>`,
		`<a b="1" c="&lt;&amp;&quot;"/>`,
		`<w:p xmlns:w="urn:w"><w:t xml:space="preserve"> a &amp; b </w:t></w:p>`,
		`<a xmlns="urn:one"><b xmlns="urn:two"/><c/></a>`,
	} {
		root, err := xmltree.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(root.AppendTo(nil)); got != text {
			t.Errorf("%s is written as %s", text, got)
		}
	}
}

func TestWhatXMLAllowsAndAFormDoesNotNeedIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a document type":     `<!DOCTYPE a><a/>`,
		"an unknown entity":   `<a>&xxe;</a>`,
		"a null":              `<a>&#0;</a>`,
		"two roots":           `<a/><b/>`,
		"text outside":        `<a/>x`,
		"an open element":     `<a><b></a>`,
		"an open end":         `<a>`,
		"no quotes":           `<a b=1/>`,
		"an attribute twice":  `<a b="1" b="2"/>`,
		"the same name twice": `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`,
		"no declared prefix":  `<p:a/>`,
		"a control character": "<a>\x01</a>",
		"no UTF-8":            "<a>\xff</a>",
		"nothing":             "",
	} {
		_, err := xmltree.Parse(text)
		var syntax *xmltree.SyntaxError
		if !errors.As(err, &syntax) || syntax.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBoundsAreKept(t *testing.T) {
	for name, text := range map[string]string{
		"depth":      strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300),
		"elements":   "<a>" + strings.Repeat("<b/>", 300_001) + "</a>",
		"attributes": "<a" + manyAttributes(65) + "/>",
		"size":       "<a>" + strings.Repeat(" ", xmltree.MaxBytes) + "</a>",
	} {
		_, err := xmltree.Parse(text)
		var syntax *xmltree.SyntaxError
		if !errors.As(err, &syntax) || !syntax.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyAttributes(count int) string {
	var b strings.Builder
	for i := range count {
		b.WriteString(" a" + strings.Repeat("b", i) + `=""`)
	}
	return b.String()
}

func TestTextSurvivesWritingAndReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Map(func(r rune) rune {
			if !xmltree.Allowed(r) {
				return -1
			}
			return r
		}, rapid.String().Draw(t, "text"))
		written := append(xmltree.AppendText([]byte(`<a b="`), text), `">`...)
		written = append(xmltree.AppendText(written, text), "</a>"...)
		root, err := xmltree.Parse(string(written))
		if err != nil || root.Content() != text || root.Attr("", "b") != text {
			t.Fatalf("%q reads as %q (%v)", text, written, err)
		}
	})
}

// FuzzParse holds the parser against the standard library's: what ours takes,
// that takes too, with the same text.
func FuzzParse(f *testing.F) {
	f.Add(`<a xmlns:w="u" w:b="1">x<w:c/><![CDATA[y]]><!-- z -->&amp;</a>`)
	f.Add(`<?xml version="1.0"?><a/>`)
	f.Add("\ufeff<a>\r\n</a>")
	f.Fuzz(func(t *testing.T, text string) {
		root, err := xmltree.Parse(text)
		if err != nil {
			return
		}
		again, err := xmltree.Parse(string(root.AppendTo(nil)))
		if err != nil || again.Content() != root.Content() {
			t.Fatalf("written and read again: %v", err)
		}
		if want, ok := standardText(text); ok && want != root.Content() {
			t.Fatalf("text is %q, the standard library reads %q", root.Content(), want)
		}
	})
}

// standardText is what the standard library reads; not ok where it is
// stricter.
func standardText(text string) (string, bool) {
	decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var b strings.Builder
	depth := 0
	for {
		token, err := decoder.Token()
		if err != nil {
			return b.String(), errors.Is(err, io.EOF)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth > 0 {
				b.Write(token)
			}
		}
	}
}
