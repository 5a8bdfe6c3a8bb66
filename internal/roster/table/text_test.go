package table

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// want scores rows that begin with "id".
func want(header []string) int {
	if len(header) > 1 && header[0] == "id" {
		return len(header)
	}
	return 0
}

// seen is one row as a test likes to compare it.
type seen struct {
	Row    int
	Texts  []string
	Broken bool
}

func rows(t testing.TB, table Table) []seen {
	t.Helper()
	var all []seen
	err := table.Rows(func(r Record) error {
		s := seen{Row: r.Row, Broken: r.Broken != ""}
		for _, c := range r.Cells {
			if s.Broken {
				break
			}
			text, sound := c.Value()
			switch {
			case c.Form == Formula:
				text = "formula!"
			case c.Form == Nested:
				text = "nested!"
			case !sound:
				text = "lost!"
			}
			s.Texts = append(s.Texts, text)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Errorf("walking the rows: %v", err)
	}
	return all
}

func openOne(t testing.TB, data []byte) Table {
	t.Helper()
	tables, err := Open(data, want)
	if err != nil || len(tables) != 1 {
		t.Fatalf("%d tables, error %v: want one", len(tables), err)
	}
	return tables[0]
}

func TestTextRowsAreNumberedAsASpreadsheetShowsThem(t *testing.T) {
	for _, test := range []struct {
		name, text string
		header     int
		rows       []seen
	}{
		{"plain", "id,a\n1,x\n2,y\n", 1, []seen{{2, []string{"1", "x"}, false}, {3, []string{"2", "y"}, false}}},
		{"no line break at the end", "id,a\n1,x", 1, []seen{{2, []string{"1", "x"}, false}}},
		{"carriage returns", "id,a\r\n1,x\r\n\r\n2,y\r\n", 1, []seen{{2, []string{"1", "x"}, false}, {4, []string{"2", "y"}, false}}},
		{"carriage returns alone", "id,a\r1,x\r2,y", 1, []seen{{2, []string{"1", "x"}, false}, {3, []string{"2", "y"}, false}}},
		{"titles above", "Export of Friday\n\nfor all, teams\nid;a\n1;x\n", 4, []seen{{5, []string{"1", "x"}, false}}},
		{"tab", "id\ta\n1\tx,y\n", 1, []seen{{2, []string{"1", "x,y"}, false}}},
		{"line break in quotes", "id,a\n1,\"x\r\ny\"\n2,z\n", 1, []seen{{2, []string{"1", "x\r\ny"}, false}, {3, []string{"2", "z"}, false}}},
		{"quotes in quotes", "id,a\n1,\"say \"\"yes\"\" now\"\n", 1, []seen{{2, []string{"1", `say "yes" now`}, false}}},
		{"quote inside a bare cell", "id,a\n1,5\" tall\n", 1, []seen{{2, []string{"1", `5" tall`}, false}}},
		{"blank and empty rows", "id,a\n,\n  ,\t\n1,x\n,,,\n", 1, []seen{{4, []string{"1", "x"}, false}}},
		{"short row", "id,a,b\n1,x\n", 1, []seen{{2, []string{"1", "x"}, false}}},
		{"separator not quoted", "id,a\n1,x,y\n2,z,\n", 1, []seen{{2, nil, true}, {3, []string{"2", "z", ""}, false}}},
		{"separator named in the first line", "sep=;\nid;a\n1;x\n", 1, []seen{{2, []string{"1", "x"}, false}}},
		{"quote never closed", "id,a\n1,\"x\n2,y\n3,z\n", 1, []seen{{2, nil, true}, {3, []string{"2", "y"}, false}, {4, []string{"3", "z"}, false}}},
		{"text after the closing quote", "id,a\n1,\"x\"y\n2,z\n", 1, []seen{{2, nil, true}, {3, []string{"2", "z"}, false}}},
		{"trailing empty cell", "id,a\n1,\n", 1, []seen{{2, []string{"1", ""}, false}}},
		{"quoted last cell without a line break", "id,a\n1,\"x\"", 1, []seen{{2, []string{"1", "x"}, false}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := openOne(t, []byte(test.text))
			if table.HeaderRow != test.header {
				t.Errorf("header in row %d, want %d", table.HeaderRow, test.header)
			}
			if diff := cmp.Diff(test.rows, rows(t, table)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func utf16Of(text string, little, mark bool) []byte {
	var out []byte
	units := utf16.Encode([]rune(text))
	if mark {
		units = slices.Insert(units, 0, 0xfeff)
	}
	for _, u := range units {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return out
}

func TestEncodingsGiveTheSameText(t *testing.T) {
	const text = "id,a\r\n1,Seán “Núñez” € Œuvre\r\n"
	latin := strings.NewReplacer("á", "\xe1", "ú", "\xfa", "ñ", "\xf1", "“", "\x93", "”", "\x94", "€", "\x80", "Œ", "\x8c").Replace(text)
	for name, data := range map[string][]byte{
		"utf-8": []byte(text), "utf-8 with mark": []byte("\xef\xbb\xbf" + text), "windows-1252": []byte(latin),
		"utf-16 little": utf16Of(text, true, true), "utf-16 big": utf16Of(text, false, true),
	} {
		got := rows(t, openOne(t, data))
		if diff := cmp.Diff([]seen{{2, []string{"1", "Seán “Núñez” € Œuvre"}, false}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestLostCharactersAreSeen(t *testing.T) {
	sound := strings.Repeat("é", 20)
	for name, test := range map[string]struct {
		data []byte
		cell string
	}{
		"broken UTF-8 in a file of UTF-8":     {[]byte("id,a\n1," + sound + "\n2,x\xe9y\n"), "lost!"},
		"U+FFFD in UTF-8":                     {[]byte("id,a\n1," + sound + "\n2,x\uFFFDy\n"), "lost!"},
		"a byte that Windows-1252 has not":    {[]byte("id,a\n1,\xe9\n2,x\x81y\n"), "lost!"},
		"a byte that Windows-1252 has":        {[]byte("id,a\n1,\xe9\n2,x\x80y\n"), "x€y"},
		"half a pair in UTF-16":               {append(utf16Of("id,a\n1,b\n2,x", true, true), 0x00, 0xd8, 'y', 0), "lost!"},
		"an odd last byte in UTF-16":          {append(utf16Of("id,a\n1,b\n2,x", true, true), 'y'), "lost!"},
		"a whole pair in UTF-16":              {utf16Of("id,a\n1,b\n2,x𝒳", true, true), "x𝒳"},
		"UTF-8 with mark and a broken letter": {[]byte("\xef\xbb\xbfid,a\n1,b\n2,x\xe9y\n"), "lost!"},
	} {
		got := rows(t, openOne(t, test.data))
		if len(got) != 2 || got[1].Texts[1] != test.cell || got[0].Texts[1] == "lost!" {
			t.Errorf("%s: rows %v, want %q in the second", name, got, test.cell)
		}
	}
}

func TestBoundsOfText(t *testing.T) {
	whole := strings.Repeat("x", MaxCell)
	got := rows(t, openOne(t, []byte("id,a\n1,"+whole+"\n2,"+whole+"x\n3,\""+whole+"\"\n4,\"x"+whole+"\"\n5,y\n")))
	var broken []bool
	for _, r := range got {
		broken = append(broken, r.Broken)
	}
	if !slices.Equal(broken, []bool{false, true, false, true, false}) {
		t.Errorf("broken rows %v: a cell of 64 KiB is whole, one more is not", broken)
	}
	got = rows(t, openOne(t, []byte("id,a\n1"+strings.Repeat(",", MaxColumns)+"\n2,y\n")))
	if len(got) != 2 || !got[0].Broken || got[1].Broken {
		t.Errorf("rows %v: 1,025 cells are too many", got)
	}
	if _, err := Open(nil, want); err == nil {
		t.Error("an empty file was opened")
	}
	if _, err := Open([]byte("\xd0\xcf\x11\xe0 old"), want); err == nil {
		t.Error("an old workbook was opened")
	}
	table := openOne(t, bytes.Repeat([]byte("id,a\n"), MaxRows+1))
	if err := table.Rows(func(Record) error { return nil }); err == nil {
		t.Error("more rows than a table may have were read without a word")
	}
}

// TestWellFormedTextReadsAsTheStandardLibraryReadsIt compares with
// encoding/csv on what it writes itself.
func TestWellFormedTextReadsAsTheStandardLibraryReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab ,;\t\"\nüé'=")))
		records := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 8).Draw(t, "records")
		separator := rapid.SampledFrom([]rune(",;\t")).Draw(t, "separator")
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = separator, false
		all := append([][]string{{"id", "a", "b"}}, records...)
		if err := w.WriteAll(all); err != nil {
			t.Fatal(err)
		}
		tables, err := Open(text.Bytes(), want)
		if err != nil || len(tables) != 1 {
			t.Fatalf("%d tables, error %v", len(tables), err)
		}
		got := map[int][]string{}
		err = tables[0].Rows(func(r Record) error {
			var texts []string
			for _, c := range r.Cells {
				text, _ := c.Value()
				texts = append(texts, text)
			}
			got[r.Row] = texts
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, record := range all[1:] {
			blank := strings.Trim(strings.Join(record, ""), " \t") == ""
			if !blank && !slices.Equal(got[i+2], record) {
				t.Errorf("row %d is %q, want %q", i+2, got[i+2], record)
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"id,a\n1,x\n", "id;a\r\n1;\"x\r\n\"\"y\"", "sep=|\nid|a\n", "\xff\xfei\x00d\x00,\x00a\x00", "id,a\n\"", "id,a\n1,\x81\xe9",
		`[{"id":1,"a":[{}]},{"id":2}]`, "{\"id\":1,\"record\":\"x\"}\n{\"id\":\n", `{"rows":[{"id":"\ud800"}],"x":null}`, "[[[[", `{"a":1}{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tables, _ := Open(data, want)
		for _, table := range tables {
			last := -1
			_ = table.Rows(func(r Record) error {
				if r.Row <= last || r.Row <= table.HeaderRow && table.HeaderRow > 0 {
					t.Errorf("row %d comes after row %d", r.Row, last)
				}
				last = r.Row
				for _, c := range r.Cells {
					if len(c.text) > MaxCell && r.Broken == "" {
						t.Errorf("a cell of %d bytes", len(c.text))
					}
					_, _ = c.Value()
				}
				return nil
			})
		}
	})
}
