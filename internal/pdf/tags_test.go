package pdf

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/document"
)

func TestEveryDocumentPassesWhatAMachineCanCheckOfPDFUA(t *testing.T) {
	w := writer(t)
	bare := document.Document{Title: "Form", Blocks: []document.Block{
		document.Heading{Level: 3, Text: "deep"}, document.Heading{Level: 2, Text: "less deep"}, document.Paragraph{Text: "text"},
	}}
	for name, doc := range map[string]document.Document{
		"form": statutory(document.BlankForm, 1), "final": statutory(document.FinalCopy, 2), "paper": formToPrint(),
		"empty": {Title: "Form"}, "headings out of order": bare,
	} {
		t.Run(name, func(t *testing.T) { passes(t, write(t, w, doc).Bytes) })
	}
	pack, err := w.WritePack(packed(), formToPrint())
	if err != nil {
		t.Fatal(err)
	}
	c := passes(t, pack.Bytes)
	if c.roles["Figure"] != 1 || c.roles["Part"] != 2 {
		t.Errorf("the pack has %v", c.roles)
	}
}

func TestEveryRandomDocumentPassesAndIsReadWhole(t *testing.T) {
	w := writer(t)
	rapid.Check(t, func(rt *rapid.T) {
		doc := randomDocument(rt)
		file, err := w.Write(doc)
		if err != nil {
			rt.Fatal(err)
		}
		c := matterhorn(t, file.Bytes, "")
		if len(c.faults) > 0 {
			rt.Fatalf("%d faults, first %s", len(c.faults), c.faults[0])
		}
		read := strings.Join(c.order, "")
		for _, script := range scripts {
			if diff := cmp.Diff(given(doc, script), only(read, script)); diff != "" {
				rt.Fatalf("a reader who goes by the tree reads something else (-given +read):\n%s", diff)
			}
		}
	})
}

func TestArtifactsAreRunningLinesAndRepeatedHeadsAlone(t *testing.T) {
	grid := document.Grid{Key: "g", Label: "Attendance", Columns: []document.Column{{Key: "a", Label: "Possible sessions"}}}
	for range 100 {
		grid.Rows = append(grid.Rows, []document.Cell{{Display: "130"}})
	}
	doc := document.Document{Title: "Form", Header: "Header", Footer: "Footer", Blocks: []document.Block{grid}}
	file := write(t, writer(t), doc)
	c := passes(t, file.Bytes)
	counts := map[string]int{}
	for _, text := range c.artifacts {
		if strings.HasPrefix(text, "Page ") {
			text = "Page"
		}
		counts[text]++
	}
	want := map[string]int{"Header": file.Pages, "Footer": file.Pages, "Page": file.Pages, "Possible sessions": file.Pages - 1}
	if diff := cmp.Diff(want, counts); diff != "" || file.Pages < 2 {
		t.Errorf("%d pages:\n%s", file.Pages, diff)
	}
	if c.roles["TR"] != 101 || c.roles["TH"] != 1 || c.roles["THead"] != 1 || c.roles["TBody"] != 1 || c.roles["Caption"] != 1 {
		t.Errorf("the table is %v", c.roles)
	}
}

// described is an element and what is below it as one line each.
func described(e *element, depth int) []string {
	text := strings.Repeat(" ", depth) + string(e.role)
	if e.scope != "" {
		text += " of " + string(e.scope)
	}
	lines := []string{text}
	for _, kid := range e.kids {
		lines = append(lines, described(kid, depth+1)...)
	}
	return lines
}

func TestQuestionsCardsAndFactsAreTablesWithHeadedRows(t *testing.T) {
	doc := document.Document{Title: "Form", Purpose: document.FinalCopy, Blocks: []document.Block{
		document.Heading{Level: 1, Text: "Form"},
		document.Facts{Pairs: []document.Fact{{Label: "Return to", Text: "pep@vs.democheshire.example"}}},
		document.Heading{Level: 2, Text: "Section"},
		document.Answer{Key: "a", Label: "Name", Display: "Ann"},
		document.Answer{Key: "b", Label: "Year", Display: "7"},
		document.Grid{Key: "t", Label: "Target", Layout: document.Cards, Columns: []document.Column{{Key: "o", Label: "Outcome"}}, Rows: [][]document.Cell{{{Display: "reads"}}}},
	}}
	w := writer(t)
	c := w.composer(doc)
	c.pages(doc, numbering{})
	want := []string{
		"Document", " H1",
		" Table", "  TR", "   TH of Row", "   TD", "    Link",
		" Sect", "  H2",
		"  Table", "   TR", "    TH of Row", "    TD", "   TR", "    TH of Row", "    TD",
		"  H3", "  Table", "   Caption", "    P", "   TR", "    TH of Row", "    TD",
	}
	if diff := cmp.Diff(want, described(c.root, 0)); diff != "" {
		t.Error(diff)
	}
	file := write(t, w, doc)
	if got := passes(t, file.Bytes).roles["Link"]; got != 1 {
		t.Errorf("%d links", got)
	}
}

// TestTheCheckerFindsFaults damages the structure of a good document in each
// of the ways that the checker is to find.
func TestTheCheckerFindsFaults(t *testing.T) {
	w := writer(t)
	find := func(root *element, role elementRole) *element {
		var found *element
		var look func(e *element)
		look = func(e *element) {
			if found == nil && e.role == role {
				found = e
			}
			for _, kid := range e.kids {
				look(kid)
			}
		}
		look(root)
		if found == nil {
			t.Fatalf("no %s to damage", role)
		}
		return found
	}
	for point, damage := range map[string]func(root *element){
		"02-001": func(root *element) { find(root, roleP).role = "Speech" },
		"09-004": func(root *element) { find(root, roleTR).add(roleTD).add(roleTR).add(roleLI).add(roleTH) },
		"14-003": func(root *element) { find(root, "H2").role = "H4" },
		"14-002": func(root *element) { find(root, "H1").role = "H2" },
		"15-003": func(root *element) { find(root, roleTH).scope = "" },
		"15-005": func(root *element) { find(root, roleTR).add(roleTD) },
		"28-011": func(root *element) { find(root, roleLink).role = roleSpan },
		"13-004": func(root *element) { find(root, roleLI).role = roleFigure },
		"01-005": func(root *element) { table := find(root, roleTable); table.kids = table.kids[1:] },
	} {
		doc := statutory(document.BlankForm, 1)
		c := w.composer(doc)
		pages := c.pages(doc, numbering{})
		sheets, err := render(pages)
		if err != nil {
			t.Fatal(err)
		}
		damage(c.root)
		file, err := w.assemble(&c, doc, sheets, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := matterhorn(t, file.Bytes, "").faults
		if !slices.ContainsFunc(found, func(fault string) bool { return strings.HasPrefix(fault, point) }) {
			t.Errorf("%s is not found: %q", point, found)
		}
	}
}

func TestTagsSurviveTheLock(t *testing.T) {
	plain := write(t, writer(t), statutory(document.FinalCopy, 4))
	locked, err := Lock(plain.Bytes, phrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	before, after := matterhorn(t, plain.Bytes, ""), matterhorn(t, locked, phrase)
	if len(after.faults) > 0 {
		t.Errorf("%d faults, first %s", len(after.faults), after.faults[0])
	}
	if diff := cmp.Diff(before.order, after.order); diff != "" {
		t.Error(diff)
	}
}
