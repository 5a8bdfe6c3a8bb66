package draw

import (
	"embed"
	"fmt"
	"sync"

	"github.com/pepost/pepost/internal/word/opc"
)

// fixed holds the parts that are the same in every form: styles, settings,
// the words of empty controls, content types and relationships.
//
//go:embed parts/*.xml
var fixed embed.FS

var (
	// fixedParts are they, by name and packed, made when first asked for.
	fixedParts = sync.OnceValues(packFixed)
	// rooms are kept for the next document.
	rooms = sync.Pool{New: func() any { return &room{make([]byte, 0, 1<<20)} }}
)

// room is where a document part is drawn.
type room struct{ bytes []byte }

// keep keeps a room that grew, unless it grew out of all measure.
func (r *room) keep(drawn []byte) {
	if cap(drawn) > cap(r.bytes) && cap(drawn) <= 8<<20 {
		r.bytes = drawn
	}
}

func packFixed() (map[string]opc.Part, error) {
	parts := map[string]opc.Part{}
	for name, file := range fixedFiles() {
		content, err := fixed.ReadFile("parts/" + file)
		if err != nil {
			return nil, fmt.Errorf("reading the fixed parts: %w", err)
		}
		if parts[name], err = opc.Pack(name, content); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// fixedFiles are the embedded files by the names of their parts.
func fixedFiles() map[string]string {
	return map[string]string{
		"[Content_Types].xml":                   "content_types.xml",
		"_rels/.rels":                           "relations_package.xml",
		"word/_rels/document.xml.rels":          "relations_document.xml",
		"word/styles.xml":                       "styles.xml",
		"word/settings.xml":                     "settings.xml",
		"word/glossary/document.xml":            "glossary.xml",
		"word/glossary/styles.xml":              "glossary_styles.xml",
		"word/glossary/_rels/document.xml.rels": "relations_glossary.xml",
		"customXml/itemProps1.xml":              "custom_properties.xml",
		"customXml/_rels/item1.xml.rels":        "relations_custom.xml",
		"docProps/app.xml":                      "app.xml",
	}
}
