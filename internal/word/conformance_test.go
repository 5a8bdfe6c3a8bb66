package word_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word"
)

// wordFaults lists what Word would call unreadable, or silently repair. The
// rules are those that the schemas of ECMA-376 (transitional) and Word itself
// hold our files to; all shipped forms were found valid by the schemas.
func wordFaults(t testing.TB, data []byte) []string {
	t.Helper()
	i := inspected(t, data)
	i.packaging()
	ids := map[string]bool{}
	for name, part := range i.parts {
		if !strings.HasPrefix(name, "word/") || strings.HasSuffix(name, ".rels") {
			continue
		}
		i.order(name, part)
		i.declared(name, part)
		i.names(name, part, ids)
		i.lists(name, part)
		i.styled(name, part)
		i.bound(name, part)
		switch {
		case part.child("body") != nil:
			i.placement(name, part.child("body"), "blocks")
		case part.kind() == "hdr" || part.kind() == "ftr":
			i.placement(name, part, "blocks")
		}
	}
	slices.Sort(i.faults)
	return slices.Compact(i.faults)
}

// styled checks that every style in use is there, and that the document has
// defaults.
func (i *inspection) styled(name string, part *element) {
	sheet := i.parts["word/styles.xml"]
	if strings.HasPrefix(name, "word/glossary/") {
		sheet = i.parts["word/glossary/styles.xml"]
	} else if defaults := sheet.child("docDefaults"); defaults == nil || defaults.child("rPrDefault") == nil {
		i.fault("the styles have no defaults")
	}
	known := map[string]bool{}
	for _, style := range sheet.all("style") {
		id := style.attr("type") + " " + style.attr("styleId")
		if known[id] {
			i.fault("the style %s is there twice", id)
		}
		known[id] = true
	}
	for _, use := range []struct{ element, of string }{{"pStyle", "paragraph"}, {"rStyle", "character"}, {"tblStyle", "table"}} {
		for _, e := range part.all(use.element) {
			if !known[use.of+" "+e.attr("val")] {
				i.fault("%s: there is no %s style %s", name, use.of, e.attr("val"))
			}
		}
	}
	for _, style := range part.all("style") {
		for _, other := range []string{"basedOn", "next"} {
			if to := style.val(other); to != "" && !known[style.attr("type")+" "+to] {
				i.fault("%s: style %s is %s %s, which is not there", name, style.attr("styleId"), other, to)
			}
		}
	}
}

// bound checks that every control leads to one element of the custom XML part,
// one around rows to as many as it has rows, and that a prompt is the one that
// Word would put there itself.
func (i *inspection) bound(name string, part *element) {
	store := i.parts["customXml/itemProps1.xml"].attr("itemID")
	prompts := map[string]string{}
	for _, block := range i.parts["word/glossary/document.xml"].all("docPart") {
		prompts[block.child("docPartPr").val("name")] = block.written()
	}
	for _, control := range part.all("sdt") {
		properties := control.child("sdtPr")
		binding, want := properties.child("dataBinding"), 1
		if rows := properties.child("w15:dataBinding"); rows != nil {
			binding, want = rows, items(control.child("sdtContent"))
		}
		if binding == nil && properties.child("w15:repeatingSectionItem") == nil {
			i.fault("%s: the control %s is bound to nothing", name, properties.val("tag"))
		}
		if binding != nil {
			if got := len(i.resolve(binding.attr("xpath"))); got != want || binding.attr("storeItemID") != store {
				i.fault("%s: %s leads to %d elements of the custom XML part, not to %d", name, binding.attr("xpath"), got, want)
			}
		}
		placeholder := properties.child("placeholder")
		if placeholder == nil {
			continue
		}
		words, known := prompts[placeholder.val("docPart")]
		if !known || properties.child("showingPlcHdr") != nil && control.written() != words {
			i.fault("%s: the prompt %s of %s is not that of the glossary", name, placeholder.val("docPart"), properties.val("tag"))
		}
	}
}

// items counts the rows of a repeating section.
func items(content *element) int {
	count := 0
	for _, c := range content.children {
		if c.kind() == "sdt" && c.child("sdtPr").child("w15:repeatingSectionItem") != nil {
			count++
		}
	}
	return count
}

// resolve finds what a path such as /p:form[1]/p:values[1]/p:key[1] leads to in
// the custom XML part.
func (i *inspection) resolve(path string) []*element {
	at := []*element{{children: []*element{i.parts[storePart]}}}
	for step := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		local, place, numbered := strings.Cut(strings.TrimPrefix(step, "p:"), "[")
		var next []*element
		for _, e := range at {
			found := slices.DeleteFunc(slices.Clone(e.children), func(c *element) bool { return c.name.Local != local || c.name.Space != "urn:pepost:form:1" })
			if n := number(strings.TrimSuffix(place, "]")); numbered && (n < 1 || n > len(found)) {
				found = nil
			} else if numbered {
				found = found[n-1 : n]
			}
			next = append(next, found...)
		}
		at = next
	}
	return at
}

// everyForm is each phase alone and with each circumstance.
func everyForm() []string {
	var ids []string
	for _, phase := range []string{"early-years", "statutory", "post-16"} {
		for _, circumstances := range []string{"", "+interim", "+transition", "+not-in-setting", "+custody"} {
			ids = append(ids, phase+circumstances)
		}
	}
	return ids
}

func TestWordOpensEveryFormOfEveryReader(t *testing.T) {
	forms := library(t)
	for n, id := range everyForm() {
		f, known := forms.ByID(id)
		if !known {
			t.Fatalf("there is no form %s", id)
		}
		values := mergeOpen(f, prefilled(t, f), chance{rand.New(rand.NewPCG(uint64(n), 3))}.values(f))
		for _, to := range []document.Reader{
			{Role: pep.SocialWorker, Purpose: document.BlankForm},
			{Role: pep.DesignatedTeacher, Purpose: document.BlankForm},
			{Role: pep.Parent, Purpose: document.FinalCopy, WithholdPlacementAddress: true},
		} {
			given := values
			if to.Role == pep.DesignatedTeacher {
				given = prefilled(t, f)
			}
			doc, _ := document.Build(f, given, to, document.Head{Ref: ref(t), Authority: "Invented Council", Generated: pep.MustDate("2026-01-12")})
			data, err := word.Write(doc)
			if err != nil {
				t.Fatal(id, err)
			}
			if faults := wordFaults(t, data); len(faults) > 0 {
				t.Errorf("%s for a %s: %s", id, to.Role, strings.Join(faults, "\n"))
			}
		}
	}
}

func TestWordOpensAFormThatWasFilledIn(t *testing.T) {
	for n, id := range formIDs() {
		f := formByID(t, id)
		c := chance{rand.New(rand.NewPCG(uint64(n), 4))}
		sent := c.values(f)
		data, err := word.Write(draw(t, f, sent, document.BlankForm))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = word.Fill(data, mergeOpen(f, sent, c.values(f))); err != nil {
			t.Fatal(err)
		}
		if faults := wordFaults(t, data); len(faults) > 0 {
			t.Errorf("%s: %s", id, strings.Join(faults, "\n"))
		}
	}
}

func TestWhatWordWouldNotOpenIsNoticed(t *testing.T) {
	for _, c := range []struct{ part, was, is, want string }{
		{mainPart, `<w:tag w:val="line"/>`, `<w:tag w:val="line"/><w:alias w:val="again"/>`, "alias comes too late within sdtPr"},
		{mainPart, `<w:bookmarkEnd w:id="1"/>`, ``, "bookmarks do not end"},
		{mainPart, `<w:bookmarkStart w:id="1"`, `<w:bookmarkStart w:id="2"`, "is there twice"},
		{mainPart, `</w:p></w:tc>`, `</w:p><w:tbl><w:tblPr/><w:tblGrid/></w:tbl></w:tc>`, "does not end with a paragraph"},
		{mainPart, `<w:gridSpan w:val="3"/>`, ``, "narrower than its table"},
		{mainPart, `p:line[1]`, `p:gone[1]`, "leads to 0 elements"},
		{mainPart, `<w:docPart w:val="PepostWrite"/>`, `<w:docPart w:val="Pepost"/>`, "not that of the glossary"},
		{mainPart, `<w:pStyle w:val="Label"/>`, `<w:pStyle w:val="Labels"/>`, "no paragraph style Labels"},
		{mainPart, `mc:Ignorable="w14 w15"`, `mc:Ignorable="w14"`, "may not be ignored"},
		{mainPart, `w:value="g"`, `w:value="r"`, "a list has"},
		{mainPart, `r:id="rId3"`, `r:id="rId33"`, "refers to rId33"},
		{mainPart, `<w:sdtContent><w:r>`, `<w:sdtContent><w:p/><w:r>`, "p among runs"},
		{mainPart, `<w15:repeatingSectionItem/>`, ``, "not to 1"},
		{"word/styles.xml", `w:docDefaults>`, `w:latentStyles>`, "no defaults"},
		{"[Content_Types].xml", `/word/footer1.xml`, `/word/footer9.xml`, "footer9.xml, which is not there"},
		{"word/_rels/document.xml.rels", `Target="styles.xml"`, `Target="style.xml"`, "which is not in the file"},
	} {
		count := 1
		if c.part == "word/styles.xml" {
			count = -1
		}
		broken := edited(t, soundForm(t), c.part, func(content string) string { return strings.Replace(content, c.was, c.is, count) })
		if faults := strings.Join(wordFaults(t, broken), "\n"); !strings.Contains(faults, c.want) {
			t.Errorf("%s for %s: the faults are %q, want %q", c.is, c.was, faults, c.want)
		}
	}
}

// soundForm is the small form without answers, which has nothing wrong.
func soundForm(t *testing.T) []byte {
	t.Helper()
	data, err := word.Write(draw(t, smallForm(), form.Values{}, document.BlankForm))
	if err != nil {
		t.Fatal(err)
	}
	if faults := wordFaults(t, data); len(faults) > 0 {
		t.Fatal(strings.Join(faults, "\n"))
	}
	return data
}
