package pack

import (
	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/pep"
)

// Input is what the pack of one meeting for one audience is made of.
type Input struct {
	// Form is the child's form as this audience may see it, with all that is
	// known. Blank is the same form for the same audience with nothing
	// answered.
	Form, Blank document.Document
	// Audience says in words whom the pack is for.
	Audience string
	Agenda   Agenda
	// Date is the day of the meeting; zero where none is booked.
	Date pep.Date
	// Officer and Phone are whom to ring.
	Officer, Phone string
}

// Build gives the pack as one document, ready to be drawn as one file: its
// headings become the bookmarks, its pages are numbered over the whole.
func Build(in Input) document.Document {
	out := in.Form
	out.Title = "Pack for the PEP meeting"
	out.Header, out.CopyFor, out.OnPaper = out.Title, in.Audience, true
	out.Blocks = append(cover(in), agenda(in)...)
	out.Blocks = append(out.Blocks, people(in.Form)...)
	out.Blocks = append(out.Blocks, lastTargets(in.Form)...)
	out.Blocks = append(out.Blocks, attendance(in.Form)...)
	out.Blocks = append(out.Blocks, attainment(in.Form)...)
	out.Blocks = append(out.Blocks, theForm(in.Form, in.Audience)...)
	out.Blocks = append(out.Blocks, viewsPages(in.Blank)...)
	out.Blocks = append(out.Blocks, actions(in.Form)...)
	return out
}

// cover is the first page: what, whose, when and where.
func cover(in Input) []document.Block {
	facts := document.Facts{Label: "About the meeting"}
	add := func(label, text string) {
		if text != "" {
			facts.Pairs = append(facts.Pairs, document.Fact{Label: label, Text: text})
		}
	}
	add("Reference", string(in.Form.Ref))
	add("Child or young person", childName(in.Form))
	add("Form", shown(in.Form, "pep.phase"))
	add("Term", joined(shown(in.Form, "pep.term"), shown(in.Form, "pep.academic_year")))
	add("Date", dateWords(in.Date))
	add("Time", shown(in.Form, "meet.time"))
	add("Place", shown(in.Form, "meet.place"))
	add("How we meet", shown(in.Form, "meet.mode"))
	add("This pack is for", in.Audience)
	add("Questions", joined(in.Officer, in.Phone))
	blocks := []document.Block{document.Heading{Level: 1, Key: "pack", Text: "Pack for the PEP meeting"}, facts}
	if in.Date.IsZero() {
		blocks = append(blocks, document.Note{Tone: document.Important, Text: "No meeting is booked yet: the date, the time and the place follow."})
	}
	return append(blocks, document.Note{
		Tone: document.Important,
		Text: "This pack is about a child in care. Keep it with you, show it to nobody who was not given one, and hand it back or shred it after the meeting.",
	})
}

func childName(doc document.Document) string {
	first := shown(doc, "child.preferred")
	if first == "" {
		first = shown(doc, "child.forename")
	}
	surname := shown(doc, "child.surname")
	if first == "" || surname == "" {
		return first + surname
	}
	return first + " " + surname
}

func dateWords(day pep.Date) string {
	if day.IsZero() {
		return "not booked yet"
	}
	return day.Long()
}

func joined(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + ", " + second
}

// theForm is the form without the head it has when it is sent.
// The answer that says whose copy it is names the audience of the pack.
func theForm(doc document.Document, audience string) []document.Block {
	blocks := []document.Block{document.PageBreak{}}
	for i, s := range sections(doc) {
		add := s.blocks
		if _, breaks := add[0].(document.PageBreak); breaks && i == 0 {
			add = add[1:]
		}
		if i == 0 {
			note := document.Note{Tone: document.Guidance, Text: "From here on this is the form as it stands. What is empty is to be settled at the meeting."}
			add = append([]document.Block{add[0], note}, add[1:]...)
		}
		blocks = append(blocks, add...)
	}
	for i, block := range blocks {
		if answer, ok := block.(document.Answer); ok && answer.Key == "ctl.copy_for" {
			answer.Value, answer.Display = audience, audience
			blocks[i] = answer
		}
	}
	return blocks
}
