package table

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestThreeShapesOfJSONGiveTables(t *testing.T) {
	type part struct {
		Sheet  string
		Header []string
		Rows   []seen
	}
	for _, test := range []struct {
		name, text string
		want       []part
	}{
		{"lines", "{\"id\":\"1\",\"a\":2.50}\n\n{\"a\":null,\"id\":true,\"b\":1e3}\n", []part{
			{"", []string{"id", "a", "b"}, []seen{{1, []string{"1", "2.5", ""}, false}, {3, []string{"TRUE", "", "1000"}, false}}},
		}},
		{"list", "[{\"id\":\"1\"},\n\n{\"id\":\"x\\ny \\u00e9\"}]", []part{
			{"", []string{"id"}, []seen{{1, []string{"1"}, false}, {2, []string{"x\ny é"}, false}}},
		}},
		{"document", `{"made":"today","of":{"x":[1]},"one":[{"id":1}],"two":[{"id":2,"a":"x"}]}`, []part{
			{"one", []string{"id"}, []seen{{1, []string{"1"}, false}}}, {"two", []string{"id", "a"}, []seen{{1, []string{"2", "x"}, false}}},
		}},
		{"kinds of record", "{\"id\":1,\"record\":\"x\"}\n{\"record\":\"y\",\"b\":2}\n{\"record\":\"x\",\"id\":3}", []part{
			{"", []string{"id", "record"}, []seen{{1, []string{"1", "x"}, false}, {3, []string{"3", "x"}, false}}},
			{"", []string{"record", "b"}, []seen{{2, []string{"y", "2"}, false}}},
		}},
		{"a broken line", "{\"id\":1}\n{\"id\":\n{\"id\":3} x\nnull\n{\"id\":4}", []part{
			{"", []string{"id"}, []seen{{1, []string{"1"}, false}, {2, nil, true}, {3, nil, true}, {4, nil, true}, {5, []string{"4"}, false}}},
		}},
		{"values that are not plain", `[{"id":[1,{"x":"]"}],"a":{}},3,{"id":1,"id":2}]`, []part{
			{"", []string{"id", "a"}, []seen{{1, []string{"nested!", "nested!"}, false}, {2, nil, true}, {3, nil, true}}},
		}},
		{"a list of no objects beside others", `{"one":[{"id":1}],"two":[1]}`, []part{
			{"one", []string{"id"}, []seen{{1, []string{"1"}, false}}}, {"two", nil, []seen{{1, nil, true}}},
		}},
		{"bytes that are not UTF-8", "\xef\xbb\xbf[{\"id\":\"x\xe9y\"},{\"id\":\"\\ud800\"}]", []part{
			{"", []string{"id"}, []seen{{1, []string{"lost!"}, false}, {2, []string{"lost!"}, false}}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tables, err := Open([]byte(test.text), want)
			if err != nil {
				t.Fatal(err)
			}
			var got []part
			for _, table := range tables {
				got = append(got, part{table.Sheet, table.Header, rows(t, table)})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("tables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowsBeforeAFaultInADocumentStand(t *testing.T) {
	for name, text := range map[string]string{
		"cut short":       `[{"id":1},{"id":2},{"id"`,
		"a missing comma": `[{"id":1},{"id":2} {"id":3}]`,
		"too deep":        `[{"id":1},{"id":2},{"id":` + strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1) + `}]`,
		"more after it":   `[{"id":1},{"id":2}] [`,
		"a bad number":    `[{"id":1},{"id":2},{"id":01}]`,
		"a bad escape":    `[{"id":1},{"id":2},{"id":"\q"}]`,
		"a bad nest":      `[{"id":1},{"id":2},{"id":[1,]}]`,
		"a raw newline":   "[{\"id\":1},{\"id\":2},{\"id\":\"\n\"}]",
	} {
		tables, err := Open([]byte(text), want)
		if err != nil || len(tables) != 1 {
			t.Errorf("%s: %d tables, error %v", name, len(tables), err)
			continue
		}
		count := 0
		err = tables[0].Rows(func(Record) error { count++; return nil })
		if err == nil || count != 2 {
			t.Errorf("%s: %d rows and error %v, want 2 and one", name, count, err)
		}
	}
}

func TestBoundsOfJSON(t *testing.T) {
	long := strings.Repeat("x", MaxCell)
	table := openOne(t, []byte(`[{"id":"`+long+`"},{"id":"`+long+`x"},{"id":1}]`))
	if got := rows(t, table); len(got) != 3 || got[0].Broken || !got[1].Broken || got[2].Broken {
		t.Error("a value of 64 KiB is whole, one more is not")
	}
	var keys, kinds strings.Builder
	for i := range MaxColumns + 2 {
		fmt.Fprintf(&keys, "{\"k%d\":1}\n", i)
	}
	for i := range MaxTables + 1 {
		fmt.Fprintf(&kinds, "{\"record\":\"k%d\"}\n", i)
	}
	for name, text := range map[string]string{"keys": keys.String(), "kinds": kinds.String(), "nothing": "[]", "a text": `{"x":"y"`} {
		if _, err := Open([]byte(text), want); err == nil {
			t.Errorf("%s: read without a word", name)
		}
	}
}

// TestWhatTheStandardLibraryWritesIsReadBack holds the own reader to
// encoding/json.
func TestWhatTheStandardLibraryWritesIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		line, err := json.Marshal(map[string]any{"id": text, "a": map[string]any{text: []string{text}}, "b": 12})
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{line, append(append([]byte("["), line...), ']')} {
			tables, err := Open(data, want)
			if err != nil || len(tables) != 1 {
				t.Fatalf("%d tables, error %v", len(tables), err)
			}
			err = tables[0].Rows(func(r Record) error {
				for i, name := range tables[0].Header {
					got, _ := r.Cells[i].Value()
					if name == "id" && r.Broken == "" && got != text || name == "b" && got != "12" || name == "a" && r.Cells[i].Form != Nested {
						t.Errorf("%s is %q, want %q", name, got, text)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTitleInBracketsIsNoJSON(t *testing.T) {
	got := rows(t, openOne(t, []byte("[Official]\nid,a\n1,x\n")))
	if diff := cmp.Diff([]seen{{3, []string{"1", "x"}, false}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
