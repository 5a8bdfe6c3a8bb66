package pdf

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// packet says the properties once more in XMP (ISO 16684-1), and which standard
// the file keeps: PDF/UA-1 (ISO 14289-1, 5).
func (p properties) packet() []byte {
	var title bytes.Buffer
	// Writing to a buffer cannot fail.
	_ = xml.EscapeText(&title, []byte(p.title))
	dates := ""
	if !p.created.IsZero() {
		day := p.created.String() + "T00:00:00Z"
		dates = fmt.Sprintf("<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>", day, day)
	}
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part><dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language><pdf:Producer>pepost</pdf:Producer>%s
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\uFEFF", title.Bytes(), p.language, dates)
}
