package pdf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// letters of the tests: fonts are read once for all of them.
func writer(t testing.TB) *Writer {
	t.Helper()
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func write(t testing.TB, w *Writer, doc document.Document) File {
	t.Helper()
	file, err := w.Write(doc)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

const prose = "Zoë has settled into the autumn term and reads every day with her key adult. " +
	"She now joins in group work without being asked, and her teachers say that she listens well. " +
	"Mathematics is still hard on Mondays; a check-in at 8.45 has helped. "

// statutory is a form of about nine pages in the manner of a statutory-age
// PEP, for an invented child.
func statutory(purpose document.Purpose, seed int) document.Document {
	doc := document.Document{
		Title: "Personal Education Plan: Reception to Year 11", Language: "en-GB", Ref: "PEP-7F3K-2Q",
		FormID: "statutory", FormVersion: "3f2a", Purpose: purpose, CopyFor: "Designated teacher",
		Authority: "Demo Cheshire Council", VirtualSchool: "Virtual School",
		Generated: pep.Date{Year: 2026, Month: time.January, Day: 12},
		Header:    "Personal Education Plan: Reception to Year 11", Footer: "PEP-7F3K-2Q, autumn term 2025-26",
	}
	add := func(blocks ...document.Block) { doc.Blocks = append(doc.Blocks, blocks...) }
	add(document.Heading{Level: 1, Key: "title", Text: doc.Title},
		document.Facts{Label: "About this form", Pairs: []document.Fact{
			{Label: "Reference", Text: "PEP-7F3K-2Q"},
			{Label: "Return by", Text: "Friday 30 January 2026"},
			{Label: "Return to", Text: "pep@vs.democheshire.example"},
			{Label: "Questions", Text: "Sam Okafor, 01632 960123"},
			{Label: "Meeting", Text: "Tuesday 10 February 2026 at 14:00, Oakfield Primary School, Room 4"},
		}},
		document.Note{Tone: document.Important, Text: "Save this form and send it back to the address above. Do not put the child's name in the subject."},
		document.Note{Tone: document.Guidance, Text: "The colour at the left and the words under each question say who fills it in. Grey answers come from our records; tell us if they are wrong."})
	for s := range 9 {
		add(section(s, purpose, seed)...)
	}
	return doc
}

func section(s int, purpose document.Purpose, seed int) []document.Block {
	titles := []string{"The child", "People", "Attendance and exclusions", "Attainment and progress", "Special educational needs", "The child's views", "Carer's views", "Pupil Premium Plus", "Next steps"}
	key := fmt.Sprintf("s%d", s)
	text := ""
	if purpose == document.FinalCopy || s%3 == 0 {
		text = strings.Repeat(prose, 1+(s+seed)%3) + fmt.Sprint(seed)
	}
	blocks := []document.Block{
		document.Heading{Level: 2, Key: key, Text: titles[s]},
		document.Note{Tone: document.Guidance, Text: "Write in full sentences; the child will read this plan."},
		document.Answer{Key: key + ".name", Label: "Child's name", Kind: form.Text, Display: fmt.Sprintf("Zoë Łukasz-Ngũgĩ %d", seed), Value: "x", Locked: true},
		document.Answer{Key: key + ".date", Label: "Date of last review", Help: "The day the meeting was held.", Kind: form.Date, FilledBy: "Social worker", Colour: "8A1C7C", Required: true},
		document.Answer{Key: key + ".yes", Label: "Has the setting named a designated teacher?", Kind: form.YesNo, FilledBy: "School or setting", Colour: "0B5394", Value: "yes", Display: "Yes"},
		document.Answer{
			Key: key + ".sen", Label: "SEN provision", Kind: form.OneOf, FilledBy: "School or setting", Colour: "0B5394",
			Choices: []form.Choice{{Key: "n", Label: "No special educational need"}, {Key: "k", Label: "SEN support"}, {Key: "e", Label: "Education, health and care plan"}},
		},
		document.Answer{
			Key: key + ".long", Label: "What is going well?", Help: "Strengths, interests, what others notice.", Kind: form.LongText,
			FilledBy: "School or setting, child", Colour: "0B5394", Display: text, Value: text, Lines: 5, Required: true,
		},
	}
	if s%2 == 0 {
		blocks = append(blocks, document.Grid{
			Key: key + ".grid", Label: "Attendance by term", Help: "One row for each term.", FilledBy: "School or setting", Colour: "0B5394",
			Layout: document.Rows, Spare: 2, Columns: []document.Column{
				{Key: "term", Label: "Term", Kind: form.Text, Width: 3},
				{Key: "possible", Label: "Possible sessions", Kind: form.Number, Width: 2},
				{Key: "attended", Label: "Attended", Kind: form.Number, Width: 2},
				{Key: "ok", Label: "On track?", Kind: form.YesNo, Width: 2},
				{Key: "note", Label: "Comment", Kind: form.LongText, Width: 5},
			},
			Rows: [][]document.Cell{
				{{Value: "a", Display: "Autumn 2025"}, {Value: "130", Display: "130"}, {Value: "121", Display: "121"}, {Value: "yes", Display: "Yes"}, {Value: "n", Display: "Two days of illness in November."}},
				{{Value: "b", Display: "Spring 2026"}, {}, {}, {}, {}},
			},
		})
	}
	if s == 8 {
		blocks = append(blocks, document.Grid{
			Key: "targets", Label: "Target", FilledBy: "School or setting", Colour: "0B5394", Layout: document.Cards, Spare: 1,
			Columns: []document.Column{{Key: "t.outcome", Label: "Outcome wanted", Kind: form.LongText, Required: true}, {Key: "t.cost", Label: "Cost", Kind: form.Money}, {Key: "t.by", Label: "By when", Kind: form.Date}},
			Rows:    [][]document.Cell{{{Value: "x", Display: prose}, {Value: "120.00", Display: "£120.00"}, {Value: "2026-03-27", Display: "27 March 2026"}}},
		})
	}
	return blocks
}
