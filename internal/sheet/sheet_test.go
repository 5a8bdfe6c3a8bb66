package sheet_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/sheet"
)

func TestNoCellIsAFormula(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{"", ""},
		{"reads a page", "reads a page"},
		{"1200.50", "1200.50"},
		{"-12.50", "-12.50"},
		{"2026-03-17", "2026-03-17"},
		{"=1+1", "'=1+1"},
		{"+44 1632", "'+44 1632"},
		{"-1+2", "'-1+2"},
		{"-.", "'-."},
		{"- reads daily", "'- reads daily"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"|cmd", "'|cmd"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r=1"},
		{"\ntwo lines", "'\ntwo lines"},
		{"  =1", "'  =1"},
		{"\u200b=1", "'\u200b=1"},
		{"\u00a0=1", "'\u00a0=1"},
		{"\uFF1D1", "'\uFF1D1"},
		{"\u2212 5", "'\u2212 5"},
		{"a=b", "a=b"},
		{"nul\x00=", "nul="},
		{"\x00=1", "'=1"},
	} {
		if got := sheet.Safe(c.cell); got != c.want {
			t.Errorf("%q: %q, want %q", c.cell, got, c.want)
		}
	}
}

func TestTheCSVReadsBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+@ \t\r\n-]{0,3}[a-z0-9,;"'.-]{0,8}`))
		table := sheet.Table{Heading: []string{"a", "b"}}
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			table.Rows = append(table.Rows, []string{cell.Draw(t, "one"), cell.Draw(t, "two")})
		}
		data, err := table.CSV()
		if err != nil || !bytes.HasPrefix(data, []byte("\uFEFF")) {
			t.Fatalf("%v %q", err, data)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
		if err != nil || len(rows) != len(table.Rows)+1 {
			t.Fatalf("%v: %q", err, data)
		}
		for i, row := range rows[1:] {
			for j, got := range row {
				// Carriage returns are left out: a line end in a cell is one character.
				want := strings.ReplaceAll(sheet.Safe(table.Rows[i][j]), "\r", "")
				if strings.ReplaceAll(got, "\r", "") != want {
					t.Fatalf("%q, want %q", got, want)
				}
				if first := strings.TrimLeft(got, " \u00a0"); first != "" && strings.ContainsAny(first[:1], "=+@\t\r\n") {
					t.Fatalf("a formula: %q", got)
				}
			}
		}
	})
}

func TestTheHTMLIsTextAlone(t *testing.T) {
	made := string(sheet.Table{Title: "<b>", Heading: []string{"a&b"}, Rows: [][]string{{"<script>alert(1)</script>\nsecond\x07"}}}.HTML())
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;<br>second</td>", "<caption>&lt;b&gt;</caption>", `<th scope="col">a&amp;b</th>`} {
		if !strings.Contains(made, want) {
			t.Errorf("%q is missing in %s", want, made)
		}
	}
	if strings.Contains(made, "<script") || strings.Contains(made, "\x07") {
		t.Error(made)
	}
}
