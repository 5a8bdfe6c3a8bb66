package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// written is a workbook made by another program than the one under test.
func written(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	fill(book)
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t testing.TB, book *excelize.File, cell string, value any) {
	t.Helper()
	if err := book.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
}

func TestWorkbookCells(t *testing.T) {
	data := written(t, func(book *excelize.File) {
		set(t, book, "A1", "A title")
		set(t, book, "A3", "id")
		set(t, book, "B3", "a")
		for i, value := range []any{
			"text & <more> \"x\"", 12, 12.5, 0.1 + 0.2, 1234567890123.0, true, false,
			time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC), " outer ", "line\nbreak", "=not a formula cell",
		} {
			set(t, book, fmt.Sprintf("A%d", 4+i), i)
			set(t, book, fmt.Sprintf("B%d", 4+i), value)
		}
		set(t, book, "A20", "f")
		if err := book.SetCellFormula("Sheet1", "B20", "1+1"); err != nil {
			t.Fatal(err)
		}
		set(t, book, "A21", "r")
		if err := book.SetCellRichText("Sheet1", "B21", []excelize.RichTextRun{{Text: "rich "}, {Text: "text", Font: &excelize.Font{Bold: true}}}); err != nil {
			t.Fatal(err)
		}
		set(t, book, "A22", "gap")
		set(t, book, "D22", "far")
		if err := book.SetRowVisible("Sheet1", 5, false); err != nil {
			t.Fatal(err)
		}
	})
	want := []seen{
		{4, []string{"0", "text & <more> \"x\""}, false},
		{5, []string{"1", "12"}, false},
		{6, []string{"2", "12.5"}, false},
		{7, []string{"3", "0.3"}, false},
		{8, []string{"4", "1234567890123"}, false},
		{9, []string{"5", "TRUE"}, false},
		{10, []string{"6", "FALSE"}, false},
		{11, []string{"7", "46098"}, false},
		{12, []string{"8", " outer "}, false},
		{13, []string{"9", "line\nbreak"}, false},
		{14, []string{"10", "=not a formula cell"}, false},
		{20, []string{"f", "formula!"}, false},
		{21, []string{"r", "rich text"}, false},
		{22, []string{"gap", "", "", "far"}, false},
	}
	table := openOne(t, data)
	if table.HeaderRow != 3 || table.Sheet != "Sheet1" || table.Epoch1904 {
		t.Errorf("header in row %d of %q, 1904 %v", table.HeaderRow, table.Sheet, table.Epoch1904)
	}
	if diff := cmp.Diff(want, rows(t, table)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestWorkbookTellsItsDateSystem(t *testing.T) {
	yes := true
	table := openOne(t, written(t, func(book *excelize.File) {
		set(t, book, "A1", "id")
		set(t, book, "B1", "a")
		if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
	}))
	if !table.Epoch1904 {
		t.Error("the workbook counts from 1904")
	}
}

// handmade is a workbook of one sheet with the XML given.
func handmade(t testing.TB, sheet, shared string) []byte {
	t.Helper()
	const office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	return archive(t, map[string]string{
		"_rels/.rels":     `<Relationships><Relationship Id="r1" Type="` + office + `/officeDocument" Target="/xl/book.xml"/></Relationships>`,
		"xl/book.xml":     `<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="One" sheetId="1" r:id="s1"/><x:sheet name="Chart" sheetId="2" r:id="c1"/></x:sheets></x:workbook>`,
		"xl/sheets/1.xml": sheet,
		"xl/shared.xml":   shared,
		"xl/_rels/book.xml.rels": `<Relationships><Relationship Id="s1" Type="` + office + `/worksheet" Target="sheets/1.xml"/>` +
			`<Relationship Id="c1" Type="` + office + `/chartsheet" Target="c.xml"/>` +
			`<Relationship Id="t1" Type="` + office + `/sharedStrings" Target="shared.xml"/></Relationships>`,
	})
}

func archive(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const sheetHeader = `<x:row><x:c t="inlineStr"><x:is><x:t>id</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>`

func TestWorkbookMarkupOfOtherPrograms(t *testing.T) {
	sheet := `<?xml version="1.0"?><!-- a > comment --><x:worksheet a='>"' xmlns:x="m"><x:sheetData>` + sheetHeader +
		`<x:row r='2'><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v> 1 </x:v></x:c></x:row>` +
		`<x:row r="3"><x:c t="str"><x:v>a&amp;b&#233;&#xE9;_x000A_c</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c></x:row>` +
		`<x:row r="4"><x:c t="d"><x:v>2026-03-17</x:v></x:c><x:c><x:f t="shared" si="0"/><x:v>2</x:v></x:c></x:row>` +
		`<x:row r="5"/><x:row r="6"><x:c r="A6"/><x:c r="B6" t="inlineStr"><x:is><x:t><![CDATA[x<y & z]]></x:t></x:is></x:c></x:row>` +
		`<x:row r="7"><x:c t="s"><x:v>9</x:v></x:c><x:c t="str"><x:v>&unknown;</x:v></x:c></x:row>` +
		`</x:sheetData></x:worksheet>`
	shared := `<sst><si><t>first</t></si><si><r><t>se</t></r><r><t xml:space="preserve">cond </t></r><rPh><t>phonetic</t></rPh></si><si/></sst>`
	want := []seen{
		{2, []string{"first", "second "}, false},
		{3, []string{"a&béé\nc", "formula!"}, false},
		{4, []string{"2026-03-17", "formula!"}, false},
		{6, []string{"", "x<y & z"}, false},
		{7, []string{"lost!", "lost!"}, false},
	}
	if diff := cmp.Diff(want, rows(t, openOne(t, handmade(t, sheet, shared)))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestRowsBeforeAFaultInASheetStand(t *testing.T) {
	begin := `<x:worksheet><x:sheetData>` + sheetHeader + `<x:row r="2"><x:c><x:v>1</x:v></x:c></x:row>`
	for name, rest := range map[string]string{
		"cut short":             `<x:row r="3"><x:c>`,
		"rows that run back":    `<x:row r="2"/></x:sheetData>`,
		"cells that run back":   `<x:row r="3"><x:c r="B3"/><x:c r="A3"/></x:row>`,
		"a row beyond the last": `<x:row r="99999999"/>`,
		"a column of none":      `<x:row r="3"><x:c r="3"/></x:row>`,
		"an endless tag":        `<x:row ` + strings.Repeat("x", 2*maxMarkup),
		"an endless text":       `<x:row r="3"><x:c><x:v>` + strings.Repeat("x", 2*maxMarkup),
		"a document type":       `<!DOCTYPE x [<!ENTITY a "b">]><x:row r="3"/>`,
	} {
		tables, err := Open(handmade(t, begin+rest, "<sst/>"), want)
		if err != nil || len(tables) != 1 || tables[0].Problem == nil && len(tables[0].Header) == 0 {
			t.Errorf("%s: %d tables, error %v", name, len(tables), err)
			continue
		}
		count := 0
		if err := tables[0].Rows(func(Record) error { count++; return nil }); err == nil || count != 1 {
			t.Errorf("%s: %d rows and error %v, want 1 and one", name, count, err)
		}
	}
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	bomb := `<x:worksheet>` + strings.Repeat(" ", 40<<20)
	good := handmade(t, `<x:worksheet><x:sheetData>`+sheetHeader+`</x:sheetData></x:worksheet>`, "<sst/>")
	locked := bytes.Clone(good)
	for i := range len(locked) - 8 { // the flag in the directory's entries
		if string(locked[i:i+4]) == "PK\x01\x02" {
			locked[i+8] |= 1
		}
	}
	many := map[string]string{}
	for i := range maxParts + 1 {
		many[fmt.Sprint(i)] = ""
	}
	for name, data := range map[string][]byte{
		"cut short": good[:len(good)/2], "locked": locked, "another archive": archive(t, map[string]string{"x": "y"}),
		"shared texts that are a bomb": handmade(t, "<x/>", bomb), "too many parts": archive(t, many),
		"no sheet": archive(t, map[string]string{
			"_rels/.rels": `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="b.xml"/></Relationships>`,
			"b.xml":       `<workbook/>`, "_rels/b.xml.rels": `<Relationships/>`,
		}),
	} {
		if tables, err := Open(data, want); err == nil {
			t.Errorf("%s: %d tables were opened", name, len(tables))
		}
	}
	tables, err := Open(handmade(t, bomb, "<sst/>"), want)
	if err != nil || len(tables) != 1 || tables[0].Problem == nil {
		t.Errorf("a sheet that is a bomb: %d tables, error %v, want one with a problem", len(tables), err)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add("<x:worksheet>"+sheetHeader+`<row r="2"><c r="A2" t="s"><v>0</v></c><c><f>1</f><v>1e5</v></c></row>`, "<sst><si><t>x</t></si></sst>")
	f.Add(`<a><!--><row><c t="inlineStr"><is><t>_x0041_&#x110000;</t></is></c></row>`, "<si/>")
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		tables, _ := Open(handmade(t, sheet, shared), want)
		for _, table := range tables {
			last := 0
			_ = table.walk(func(r Record) error {
				if r.Row <= last || len(r.Cells) > MaxColumns {
					t.Errorf("row %d with %d cells after row %d", r.Row, len(r.Cells), last)
				}
				last = r.Row
				return nil
			})
		}
	})
}
