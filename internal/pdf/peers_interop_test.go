//go:build interop

package pdf

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
)

// peersContent is how many documents `.ci/peers` gives to each program.
const peersContent = 20

// TestContentForOtherPrograms writes the documents of [BenchmarkNinePages] for
// other programs to set, in the folder that .ci/peers asks for.
func TestContentForOtherPrograms(t *testing.T) {
	folder := os.Getenv("PEPOST_PEERS")
	if folder == "" {
		folder = t.TempDir()
	}
	for i := range peersContent {
		doc := statutoryFinal(t, i)
		for ending, text := range map[string]string{"html": asHTML(doc), "typ": asTypst(doc)} {
			if !strings.Contains(text, "Łukasz") {
				t.Errorf("%s has no answers", ending)
			}
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d.%s", i, ending)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func asHTML(doc document.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>%s</title><style>@page{size:A4;margin:18mm}body{font:10pt "Liberation Sans"}table{width:100%%;border-collapse:collapse}td,th{border:0.5pt solid #a0acb8;padding:1.3mm;text-align:left;vertical-align:top}th{background:#edf2f7}</style>`, html.EscapeString(doc.Title))
	cell := func(tag, text string) { fmt.Fprintf(&b, "<%s>%s</%s>", tag, html.EscapeString(text), tag) }
	for _, block := range doc.Blocks {
		switch block := block.(type) {
		case document.Heading:
			cell("h"+strconv.Itoa(block.Level), block.Text)
		case document.Answer:
			b.WriteString("<table><tr>")
			cell("th", block.Label)
			cell("td", block.Display)
			b.WriteString("</tr></table>")
		case document.Grid:
			cell("p", block.Label)
			b.WriteString("<table><thead><tr>")
			for _, column := range block.Columns {
				cell("th", column.Label)
			}
			b.WriteString("</tr></thead>")
			for _, row := range block.Rows {
				b.WriteString("<tr>")
				for _, c := range row {
					cell("td", c.Display)
				}
				b.WriteString("</tr>")
			}
			b.WriteString("</table>")
		}
	}
	return b.String() + "</html>"
}

func asTypst(doc document.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#set document(title: %q)\n#set text(lang: \"en\", region: \"GB\", size: 10pt)\n#set page(paper: \"a4\", margin: 18mm)\n", doc.Title)
	text := func(s string) string { return fmt.Sprintf("[#%q]", s) }
	for _, block := range doc.Blocks {
		switch block := block.(type) {
		case document.Heading:
			fmt.Fprintf(&b, "%s #%q\n\n", strings.Repeat("=", block.Level), block.Text)
		case document.Answer:
			fmt.Fprintf(&b, "#table(columns: (62mm, 1fr), %s, %s)\n", text(block.Label), text(block.Display))
		case document.Grid:
			fmt.Fprintf(&b, "#%q\n#table(columns: (1fr,) * %d, table.header(", block.Label, len(block.Columns))
			for _, column := range block.Columns {
				b.WriteString(text(column.Label) + ", ")
			}
			b.WriteString("), ")
			for _, row := range block.Rows {
				for _, c := range row {
					b.WriteString(text(c.Display) + ", ")
				}
			}
			b.WriteString(")\n")
		}
	}
	return b.String()
}
