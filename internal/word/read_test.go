package word_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
)

// typed replaces what a control shows, as an editor does that does not know of
// the custom XML part.
func typed(tag, was, now string) func(string) string {
	return func(xml string) string {
		at := strings.Index(xml, `<w:tag w:val="`+tag+`"/>`)
		if at < 0 {
			return xml
		}
		end := at + strings.Index(xml[at:], "</w:sdt>")
		return xml[:at] + strings.ReplaceAll(xml[at:end], was, now) + xml[end:]
	}
}

// gone takes out everything that matches.
func gone(pattern string) func(string) string {
	return func(xml string) string { return regexp.MustCompile(pattern).ReplaceAllString(xml, "") }
}

func both(changes ...func(string) string) func(string) string {
	return func(xml string) string {
		for _, change := range changes {
			xml = change(xml)
		}
		return xml
	}
}

// withoutStore is the form after an editor emptied the custom XML part.
func withoutStore(t testing.TB, data []byte) []byte {
	t.Helper()
	return edited(t, data, storePart, func(string) string { return "" })
}

func TestWhatEditorsDoToAFormIsRead(t *testing.T) {
	cases := []struct {
		name   string
		change func(string) string
		field  string
		want   string
	}{
		{"plain typing", typed("line", "one &amp; two", "three"), "line", "three"},
		{"runs split by the spelling checker", typed("line", "one &amp; two</w:t></w:r>", `thr</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>ee</w:t></w:r>`), "line", "three"},
		{"deleted text", typed("line", "</w:r>", `</w:r><w:del w:id="9" w:author="x"><w:r><w:delText> gone</w:delText></w:r></w:del>`), "line", "one & two"},
		{"inserted text", typed("line", "</w:r>", `</w:r><w:ins w:id="9" w:author="x"><w:r><w:t xml:space="preserve"> more</w:t></w:r></w:ins>`), "line", "one & two more"},
		{"line breaks", typed("long", "<w:br/>", "<w:cr/>"), "long", "first\nsecond"},
		{"line breaks that LibreOffice dropped", typed("long", "<w:br/>", ""), "long", "first\nsecond"},
		{"a date in words", typed("day", "17/03/2026", "18 March 2026"), "day", "2026-03-18"},
		{"a short date", typed("day", "17/03/2026", "18/3/2026"), "day", "2026-03-18"},
		{"an ISO date", typed("day", "17/03/2026", "2026-03-18"), "day", "2026-03-18"},
		{"money as people write it", typed("sum", "£12.50", "£1,200"), "sum", "1200.00"},
		{"a list answered in its own words", typed("one", ">Red &amp; black</w:t>", ">Green</w:t>"), "one", "g"},
		{"a box ticked by its sign alone", typed("many=g", "☐", "☑"), "many", "r; g; b"},
		{"a box ticked by an x", typed("many=g", "☐", "x"), "many", "r; g; b"},
		{"a box unticked", typed("many=b", "☒", "☐"), "many", "r"},
		{"yes instead of no", both(typed("yes=no", "☒", "☐"), typed("yes=yes", "☐", "☒")), "yes", "yes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := edited(t, small(t), mainPart, c.change)
			for _, data := range [][]byte{data, withoutStore(t, data)} {
				reading, err := word.Read(data, known{smallForm()})
				if err != nil {
					t.Fatal(err)
				}
				if got := reading.Values.Fields[c.field]; got != c.want || len(reading.Unreadable) > 0 {
					t.Errorf("%s is %q, want %q; unreadable %v", c.field, got, c.want, reading.Unreadable)
				}
			}
		})
	}
}

func TestTheKeyIsFoundByTagPathBookmarkOrTitle(t *testing.T) {
	tags, paths, bookmarks := gone(`<w:tag [^>]*>`), gone(`<w:dataBinding [^>]*>`), gone(`<w:bookmark(Start|End) [^>]*>`)
	titles := gone(`<w:alias [^>]*>`)
	items := gone(`<w15:repeatingSection(Item)?/>`)
	cases := []struct {
		name       string
		change     func(string) string
		confidence float64
	}{
		{"only the tag is left", both(paths, bookmarks, titles), 1},
		{"only the path is left", both(tags, bookmarks, titles), 1},
		{"only the bookmark is left", both(tags, paths, titles), 0.9},
		{"only the title is left", both(tags, paths, bookmarks), 0.8},
		{"the rows are plain rows", items, 1},
		{"the rows are plain rows with their path", both(tags, bookmarks, titles, items), 1},
		{"the controls are gone and the bookmarks stay", gone(`</?w:sdt(Content)?>|<w:sdtPr>.*?</w:sdtPr>`), 0.9},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			reading, err := word.Read(withoutStore(t, edited(t, small(t), mainPart, c.change)), known{smallForm()})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(form.Diff(smallForm(), smallValues(), reading.Values), []form.Change(nil)); diff != "" {
				t.Error(diff)
			}
			if reading.Confidence != c.confidence || len(reading.Problems) > 0 {
				t.Errorf("confidence %v, want %v; problems %v", reading.Confidence, c.confidence, reading.Problems)
			}
		})
	}
}

func TestWhatCannotBeReadIsShownAndNotDropped(t *testing.T) {
	cell := func(tag, loose string) func(string) string {
		return func(xml string) string {
			at := strings.Index(xml, `<w:tag w:val="`+tag+`"/>`)
			end := at + strings.Index(xml[at:], "</w:tc>")
			return xml[:end] + "<w:p><w:r><w:t>" + loose + "</w:t></w:r></w:p>" + xml[end:]
		}
	}
	cases := []struct {
		name, field, written string
		code                 word.ProblemCode
		change               func(string) string
	}{
		{"no date", "day", "next Tuesday", word.NotAnAnswer, typed("day", "17/03/2026", "next Tuesday")},
		{"an American date", "day", "05/04/2026", word.Conflict, both(typed("day", "2026-03-17T", "2026-05-04T"), typed("day", "17/03/2026", "05/04/2026"))},
		{"free text in a list", "one", "purple", word.NotAnAnswer, typed("one", ">Red &amp; black</w:t>", ">purple</w:t>")},
		{"words instead of an amount", "sum", "about a tenner", word.NotAnAnswer, typed("sum", "£12.50", "about a tenner")},
		{"both boxes", "yes", "yes; no", word.NotAnAnswer, typed("yes=yes", "☐", "☒")},
		{"a box that is gone", "many", "r; b", word.ControlLost, gone(`<w:bookmarkStart [^>]*/><w:sdt><w:sdtPr>.{0,260}<w:tag w:val="many=g"/>.*?</w:sdt>`)},
		{"a word beside the boxes", "yes", "no\nnot sure", word.LooseText, cell("yes=no", "not sure")},
		{"an answer only in the hidden copy", "line", "one & two", word.HiddenCopyDiffers, typed("line", "one &amp; two", "")},
		{"a text in a control that says it is empty", "line", "one & two", word.NotAnAnswer, typed("line", `<w:tag w:val="line"/>`, `<w:tag w:val="line"/><w:showingPlcHdr/>`)},
		{"a cell of a table", "people[1].on", "soon", word.NotAnAnswer, typed("people/on", "01/03/2026", "soon")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			reading, err := word.Read(edited(t, small(t), mainPart, c.change), known{smallForm()})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(reading.Unreadable, []string{c.field}) || reading.AsWritten[c.field] != c.written {
				t.Errorf("unreadable %q as %q", reading.Unreadable, reading.AsWritten)
			}
			if len(reading.Problems) != 1 || reading.Problems[0].Code != c.code || reading.Problems[0].Field != c.field {
				t.Errorf("problems %v, want %s of %s", reading.Problems, c.code, c.field)
			}
			if _, taken := reading.Values.Fields[c.field]; taken || reading.Confidence >= 1 {
				t.Errorf("the answer was taken, or the confidence is %v", reading.Confidence)
			}
		})
	}
}

func TestATextBesideItsBoxIsPartOfTheAnswer(t *testing.T) {
	data := edited(t, small(t), mainPart, func(xml string) string {
		at := strings.Index(xml, `<w:tag w:val="long"/>`)
		end := at + strings.Index(xml[at:], "</w:tc>")
		return xml[:end] + "<w:p><w:r><w:t>third</w:t></w:r></w:p>" + xml[end:]
	})
	reading, err := word.Read(withoutStore(t, data), known{smallForm()})
	if err != nil {
		t.Fatal(err)
	}
	if got := reading.Values.Fields["long"]; got != "first\nsecond\nthird" {
		t.Errorf("long is %q", got)
	}
	if len(reading.Problems) != 1 || reading.Problems[0].Code != word.LooseText {
		t.Errorf("problems %v", reading.Problems)
	}
}

func TestWhatThePageShowsWinsOverTheHiddenCopy(t *testing.T) {
	reading, err := word.Read(edited(t, small(t), mainPart, typed("line", "one &amp; two", "three")), known{smallForm()})
	if err != nil {
		t.Fatal(err)
	}
	want := []word.Problem{{Code: word.HiddenCopyDiffers, Field: "line", Detail: "the form's hidden copy has another answer; what the page shows was taken"}}
	if diff := cmp.Diff(want, reading.Problems); diff != "" || reading.Values.Fields["line"] != "three" {
		t.Error(diff, reading.Values.Fields["line"])
	}
}

func TestAPromptIsNoAnswer(t *testing.T) {
	blank, err := word.Write(draw(t, smallForm(), form.Values{}, document.BlankForm))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(string) string{
		"as sent":                      func(xml string) string { return xml + " " },
		"LibreOffice forgets the mark": gone(`<w:showingPlcHdr/>`),
		"LibreOffice splits the prompt": func(xml string) string {
			at := strings.Index(xml, `<w:tag w:val="people/on"/>`)
			start := strings.LastIndex(xml[:at], "<w:sdt>")
			end := at + strings.Index(xml[at:], "</w:sdt>") + len("</w:sdt>")
			control := gone(`<w:showingPlcHdr/>`)(xml[start:end])
			piece := strings.Replace(control, `<w:t xml:space`, `<w:t>Click</w:t><w:t xml:space`, 1)
			return xml[:start] + control + piece + control + xml[end:]
		},
		"Word's own words": func(xml string) string {
			return strings.ReplaceAll(xml, "Click or tap to\u00a0write", "Click or tap here to enter text.")
		},
	} {
		reading := mustRead(t, edited(t, blank, mainPart, change), known{smallForm()})
		if len(reading.Values.Fields) > 0 || len(reading.Values.Tables["people"]) > 0 {
			t.Errorf("%s: %v", name, reading.Values)
		}
	}
}

func TestAnAnswerInTwoPlacesIsTheChangedOne(t *testing.T) {
	doc := draw(t, smallForm(), smallValues(), document.BlankForm)
	again := document.Answer{Key: "line", Label: "One line", Kind: form.Text, Value: "one & two", Display: "one & two", FilledBy: "School or setting"}
	doc.Blocks = append(doc.Blocks, document.Heading{Level: 2, Text: "Again"}, again)
	data, err := word.Write(doc)
	if err != nil {
		t.Fatal(err)
	}
	mustRead(t, data, known{smallForm()})
	reading := mustRead(t, edited(t, data, mainPart, typed("line", "one &amp; two", "three")), known{smallForm()})
	if got := reading.Values.Fields["line"]; got != "three" {
		t.Errorf("line is %q", got)
	}
	twice := edited(t, edited(t, data, mainPart, typed("line", "one &amp; two", "three")), mainPart, func(xml string) string {
		at := strings.LastIndex(xml, "one &amp; two")
		return xml[:at] + "four" + xml[at+len("one &amp; two"):]
	})
	reading, err = word.Read(twice, known{smallForm()})
	if err != nil || !slices.Equal(reading.Unreadable, []string{"line"}) || reading.AsWritten["line"] != "three\nfour" {
		t.Errorf("unreadable %v as %q (%v)", reading.Unreadable, reading.AsWritten, err)
	}
}

func TestRowsAreAddedAndTakenOut(t *testing.T) {
	answers := form.Values{Tables: map[string][]form.Row{"aims": {{}, {}, {"what": "three"}, {}, {"what": "five", "who": "b"}}}}
	longer, err := word.Fill(small(t), answers)
	if err != nil {
		t.Fatal(err)
	}
	reading := mustRead(t, longer, known{smallForm()})
	want := append(slices.Clone(smallValues().Tables["aims"]), form.Row{"what": "three"}, form.Row{}, form.Row{"what": "five", "who": "b"})
	if diff := cmp.Diff(want, reading.Values.Tables["aims"]); diff != "" {
		t.Error(diff)
	}
	first := regexp.MustCompile(`(<w:tag w:val="people\[\]"/>.*?<w:sdtContent>)<w:sdt>.*?</w:tr></w:sdtContent></w:sdt>`)
	shorter := edited(t, small(t), mainPart, func(xml string) string { return first.ReplaceAllString(xml, "$1") })
	reading, err = word.Read(withoutStore(t, shorter), known{smallForm()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallValues().Tables["people"][1:], reading.Values.Tables["people"]); diff != "" {
		t.Error(diff)
	}
}

func TestMoreRowsThanAllowedAreReadAndTold(t *testing.T) {
	rows := []form.Row{{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}}
	data, err := word.Fill(small(t), form.Values{Tables: map[string][]form.Row{"people": rows}})
	if err != nil {
		t.Fatal(err)
	}
	reading, err := word.Read(data, known{smallForm()})
	if err != nil || len(reading.Values.Tables["people"]) != 4 || len(reading.Problems) != 1 || reading.Problems[0].Code != word.TooManyRows {
		t.Errorf("%d rows, problems %v (%v)", len(reading.Values.Tables["people"]), reading.Problems, err)
	}
}

func TestTheReferenceMustBeOne(t *testing.T) {
	other := edited(t, small(t), "word/footer1.xml", func(xml string) string {
		return strings.Replace(xml, string(ref(t)), otherRef(t), 1)
	})
	reading, err := word.Read(other, known{smallForm()})
	if err != nil || reading.Ref != "" || reading.Confidence != 0.5 || reading.Problems[0].Code != word.NoReference {
		t.Errorf("ref %q, confidence %v, problems %v (%v)", reading.Ref, reading.Confidence, reading.Problems, err)
	}
	for _, name := range []string{"word/footer1.xml", "docProps/custom.xml"} {
		lost := edited(t, withoutStore(t, small(t)), name, gone(string(ref(t))))
		if reading := mustRead(t, lost, known{smallForm()}); reading.Ref != ref(t) {
			t.Errorf("without it in %s the reference is %q", name, reading.Ref)
		}
	}
}

func TestRemarksInTheMarginAreGivenWithTheirAnswer(t *testing.T) {
	data := edited(t, small(t), mainPart, func(xml string) string {
		at := strings.Index(xml, `<w:tag w:val="line"/>`)
		run := at + strings.Index(xml[at:], "<w:r>")
		return xml[:run] + `<w:commentRangeStart w:id="3"/>` + xml[run:]
	})
	const comments = `<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="3" w:author="A teacher"><w:p><w:r><w:t>Please ring</w:t></w:r></w:p></w:comment></w:comments>`
	data = edited(t, data, "word/_rels/document.xml.rels", func(xml string) string {
		return strings.Replace(xml, "</Relationships>", `<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="settings.xml"/></Relationships>`, 1)
	})
	data = edited(t, data, "word/settings.xml", func(string) string { return comments })
	reading, err := word.Read(data, known{smallForm()})
	want := []word.Comment{{Field: "line", Author: "A teacher", Text: "Please ring"}}
	if diff := cmp.Diff(want, reading.Comments); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestAnOlderVersionOfTheFormIsReadAndTold(t *testing.T) {
	newer := smallForm()
	newer.Version = "def456"
	reading, err := word.Read(small(t), known{newer})
	if err != nil || reading.Version != "abc123" || len(reading.Problems) != 1 || reading.Problems[0].Code != word.OtherVersion {
		t.Errorf("version %q, problems %v (%v)", reading.Version, reading.Problems, err)
	}
}

func TestAnswersWithoutAPlaceAreNotFilledIn(t *testing.T) {
	for name, answers := range map[string]form.Values{
		"no such field":  {Fields: map[string]string{"nowhere": "x"}},
		"no such choice": {Fields: map[string]string{"one": "purple"}},
		"no date":        {Fields: map[string]string{"day": "tomorrow"}},
		"a fourth row of three": {Tables: map[string][]form.Row{"subjects": {
			{"subject": "maths"}, {"subject": "other1"}, {"subject": "other2"}, {"mark": "1"},
		}}},
	} {
		if _, err := word.Fill(small(t), answers); err == nil || strings.Contains(err.Error(), "purple") {
			t.Errorf("%s: %v", name, err)
		}
	}
	data, err := word.Fill(small(t), form.Values{Fields: map[string]string{"ours": "theirs", "line": ""}})
	if err != nil {
		t.Fatal(err)
	}
	reading := mustRead(t, data, known{smallForm()})
	if _, answered := reading.Values.Fields["line"]; answered || reading.Values.Fields["ours"] != "Zoë Example" {
		t.Errorf("line and ours are %q", reading.Values.Fields)
	}
}
