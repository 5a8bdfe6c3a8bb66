package word_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
)

// bare is a form without controls, bookmarks and hidden copy, as an editor
// leaves it that knows none of them.
func bare(t testing.TB, data []byte) []byte {
	t.Helper()
	return withoutStore(t, edited(t, data, mainPart, gone(`</?w:sdt(Content)?>|<w:sdtPr>.*?</w:sdtPr>|<w:bookmark(Start|End) [^>]*>`)))
}

func TestAFormWithoutControlsIsReadByItsLabels(t *testing.T) {
	reading, err := word.Read(bare(t, small(t)), known{smallForm()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(form.Diff(smallForm(), smallValues(), reading.Values), []form.Change(nil)); diff != "" {
		t.Error(diff)
	}
	lost := slices.ContainsFunc(reading.Problems, func(p word.Problem) bool { return p.Code == word.LayoutLost })
	if !lost || reading.Confidence > 0.5 || len(reading.Unreadable) > 0 || reading.Ref != ref(t) {
		t.Errorf("confidence %v, problems %v, unreadable %v, ref %q", reading.Confidence, reading.Problems, reading.Unreadable, reading.Ref)
	}
}

func TestLabelsNeverGiveAWrongAnswer(t *testing.T) {
	for _, id := range formIDs() {
		f := formByID(t, id)
		sent := chance{rand.New(rand.NewPCG(3, 3))}.values(f)
		data, err := word.Write(draw(t, f, sent, document.BlankForm))
		if err != nil {
			t.Fatal(err)
		}
		reading, err := word.Read(bare(t, data), library(t))
		if err != nil {
			t.Fatal(err)
		}
		asked, read := 0, 0
		for key, was := range sent.Fields {
			asked++
			if now := reading.Values.Fields[key]; now == was {
				read++
			} else if now != "" {
				t.Errorf("%s: %s is %q, was %q", id, key, now, was)
			}
		}
		if read*10 < asked*9 {
			t.Errorf("%s: %d of %d answers were read", id, read, asked)
		}
	}
}

func TestALostControlIsFoundByItsLabel(t *testing.T) {
	data := edited(t, small(t), mainPart, func(xml string) string {
		at := strings.Index(xml, `<w:tag w:val="line"/>`)
		start := strings.LastIndex(xml[:at], "<w:bookmarkStart")
		end := at + strings.Index(xml[at:], "</w:sdt>") + len("</w:sdt>")
		return xml[:start] + "<w:r><w:t>typed</w:t><w:noBreakHyphen/><w:t>over</w:t></w:r>" + xml[end:]
	})
	reading, err := word.Read(data, known{smallForm()})
	if err != nil {
		t.Fatal(err)
	}
	if got := reading.Values.Fields["line"]; got != "typed-over" || reading.Confidence >= 1 || reading.Confidence < 0.9 {
		t.Errorf("line is %q, confidence %v", got, reading.Confidence)
	}
}

func TestALostAnswerIsNamed(t *testing.T) {
	data := edited(t, small(t), mainPart, func(xml string) string {
		at := strings.Index(xml, `<w:tag w:val="sum"/>`)
		start := strings.LastIndex(xml[:at], "<w:tr>")
		end := at + strings.Index(xml[at:], "</w:tr>") + len("</w:tr>")
		return xml[:start] + xml[end:]
	})
	reading, err := word.Read(data, known{smallForm()})
	if err != nil || !slices.Contains(reading.Unreadable, "sum") {
		t.Errorf("unreadable %v (%v)", reading.Unreadable, err)
	}
	if !slices.ContainsFunc(reading.Problems, func(p word.Problem) bool { return p.Code == word.ControlLost && p.Field == "sum" }) {
		t.Errorf("problems %v", reading.Problems)
	}
}
