package pack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pep"
)

func answer(key, value string, filler form.Filler) document.Answer {
	return document.Answer{Key: key, Label: "Q " + key, Kind: form.Text, MaxLength: 500, Value: value, Display: value, Filler: filler}
}

func grid(key string, columns string, rows ...string) document.Grid {
	g := document.Grid{Key: key, Label: key, Layout: document.Cards, Spare: 3, FixedRows: key == "st.subjects"}
	for _, c := range strings.Split(columns, " ") {
		g.Columns = append(g.Columns, document.Column{Key: c, Label: c, Width: 1})
	}
	for _, row := range rows {
		var cells []document.Cell
		for _, text := range strings.Split(row, "|") {
			cells = append(cells, document.Cell{Value: text, Display: text})
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// theForm is a small form; written says whether anybody has filled it in.
func theForm(written bool) document.Document {
	said := func(text string) string {
		if written {
			return text
		}
		return ""
	}
	return document.Document{
		Title: "Form", Ref: "PEP-9E05-B5", Purpose: document.BlankForm,
		Blocks: []document.Block{
			document.Heading{Level: 1, Key: "title", Text: "Form"},
			document.Facts{Label: "About this copy"},
			document.Note{Text: "Send this back"},
			document.Heading{Level: 2, Key: "plan", Text: "About this plan"},
			answer("ctl.copy_for", "teacher", form.ByProgram),
			document.Heading{Level: 2, Key: "meeting", Text: "Our meeting"},
			answer("meet.time", "15:30", form.BySocialWorker), answer("meet.place", "Room 4", form.BySocialWorker),
			grid("meet.attendees", "role name email invited attended apologies copy_due", "social worker|Jo Park|jo@a.example|Yes|||", "||||||"),
			document.Heading{Level: 2, Key: "about", Text: "About me"},
			answer("child.forename", "Zuri", form.BySocialWorker), answer("child.surname", "Okafor", form.BySocialWorker),
			document.Heading{Level: 2, Key: "st_attendance", Text: "Attendance"},
			answer("st.attendance.year_pct", said("91%"), form.BySetting),
			grid("st.subjects", "subject level", "English|"+said("on track"), "Maths|"),
			document.PageBreak{},
			document.Heading{Level: 2, Key: "st_voice", Text: "My views"},
			answer("st.voice.well", said("I like art"), form.ByYoungPerson), answer("st.voice.helps", "", form.ByYoungPerson),
			document.Heading{Level: 2, Key: "views", Text: "What the adults think"},
			answer("views.carer", said("Doing well"), form.ByCarer),
			document.Heading{Level: 2, Key: "review", Text: "Last targets"},
			grid("review.targets", "no area text progress impact spend rag", "1|English|Read a book|met|Proud||green", "||||||"),
			document.Heading{Level: 2, Key: "agreed", Text: "Agreed"},
			grid("actions", "action who by_when status", "Ring the library|Jo|1 March|open", "|||"),
		},
	}
}

func built() document.Document {
	agenda, _ := pack.ReadAgenda([]byte("Hello | chair | 5\nVoice | child | 10 | st_voice\nMoney | all | 5 | premium\nTargets | teacher | 5 | last-targets\nFigures | teacher | 5 | attendance, attainment"))
	return pack.Build(pack.Input{
		Form: theForm(true), Blank: theForm(false), Audience: "everybody who is invited", Agenda: agenda,
		Date: pep.Date{Year: 2026, Month: time.May, Day: 14}, Officer: "PEP team", Phone: "01632 960000",
	})
}

// outline is the headings, and the keys of questions and tables between them.
func outline(doc document.Document) []string {
	var out []string
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case document.Heading:
			out = append(out, "# "+b.Text)
		case document.PageBreak:
			out = append(out, "--")
		case document.Answer:
			out = append(out, b.Key+" "+b.Display)
		case document.Grid:
			for _, row := range b.Rows {
				var cells []string
				for _, c := range row {
					cells = append(cells, c.Display)
				}
				out = append(out, b.Key+": "+strings.Join(cells, "|"))
			}
		}
	}
	return out
}

func TestAPackGoesFromCoverToActions(t *testing.T) {
	want := []string{
		"# Pack for the PEP meeting",
		"# Agenda", "agenda: 1|Hello|chair|5", "agenda: 2|Voice|child|10", "agenda: 3|Targets|teacher|5", "agenda: 4|Figures|teacher|5",
		"# Who is invited", "pack_attendees: social worker|Jo Park|Yes||",
		"# Last targets to review", "pack_review: 1|Read a book|met|Proud|",
		"# Attendance", "pack_attendance: Q st.attendance.year_pct|91%",
		"# Attainment", "pack_st.subjects: English|on track",
		"--", "# About this plan", "ctl.copy_for everybody who is invited",
		"# Our meeting", "meet.time 15:30", "meet.place Room 4", "meet.attendees: social worker|Jo Park|jo@a.example|Yes|||", "meet.attendees: ||||||",
		"# About me", "child.forename Zuri", "child.surname Okafor",
		"# Attendance", "st.attendance.year_pct 91%", "st.subjects: English|on track", "st.subjects: Maths|",
		"--", "# My views", "st.voice.well I like art", "st.voice.helps ",
		"# What the adults think", "views.carer Doing well",
		"# Last targets", "review.targets: 1|English|Read a book|met|Proud||green", "review.targets: ||||||",
		"# Agreed", "actions: Ring the library|Jo|1 March|open", "actions: |||",
		"--", "# To write on: My views", "st.voice.well ", "st.voice.helps ",
		"--", "# To write on: the carer's views", "views.carer ",
		"--", "# What we agree to do", "pack_actions: Ring the library|Jo|1 March",
	}
	if diff := cmp.Diff(want, outline(built())); diff != "" {
		t.Error(diff)
	}
}

func TestTheCoverSaysWhenWhereAndForWhom(t *testing.T) {
	facts := built().Blocks[1].(document.Facts)
	got := map[string]string{}
	for _, pair := range facts.Pairs {
		got[pair.Label] = pair.Text
	}
	for label, want := range map[string]string{
		"Reference": "PEP-9E05-B5", "Child or young person": "Zuri Okafor", "Date": "Thu 14 May 2026", "Time": "15:30", "Place": "Room 4",
		"This pack is for": "everybody who is invited", "Questions": "PEP team, 01632 960000",
	} {
		if got[label] != want {
			t.Errorf("%s: %q, want %q", label, got[label], want)
		}
	}
}

func TestAPackSaysNothingThatIsNotInTheFormOfItsAudience(t *testing.T) {
	in := pack.Input{Form: theForm(true), Blank: theForm(false), Audience: "the parent"}
	drop := func(doc document.Document) document.Document {
		var kept []document.Block
		for _, block := range doc.Blocks {
			if a, ok := block.(document.Answer); ok && (a.Key == "meet.place" || a.Key == "child.surname") {
				continue
			}
			if g, ok := block.(document.Grid); ok && (g.Key == "meet.attendees" || g.Key == "review.targets") {
				continue
			}
			kept = append(kept, block)
		}
		doc.Blocks = kept
		return doc
	}
	in.Form, in.Blank = drop(in.Form), drop(in.Blank)
	doc := pack.Build(in)
	text := strings.Join(outline(doc), "\n")
	for _, pair := range doc.Blocks[1].(document.Facts).Pairs {
		text += "\n" + pair.Label + " " + pair.Text
	}
	for _, gone := range []string{"Room 4", "Okafor", "Jo Park", "Read a book", "Place"} {
		if strings.Contains(text, gone) {
			t.Errorf("the pack says %q", gone)
		}
	}
	if !strings.Contains(text, "not booked yet") {
		t.Error("nothing says that there is no date")
	}
}

func TestNothingBuiltChangesTheFormItWasBuiltFrom(t *testing.T) {
	form := theForm(true)
	pack.Build(pack.Input{Form: form, Blank: theForm(false), Audience: "x"})
	if diff := cmp.Diff(theForm(true), form, cmp.AllowUnexported(document.Document{}, pep.Date{})); diff != "" {
		t.Error(diff)
	}
}
