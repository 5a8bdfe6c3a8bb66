package pack

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
)

// Names by which an agenda asks for a part of the pack that is no section and
// no field of the form.
const (
	partLastTargets = "last-targets"
	partAttendance  = "attendance"
	partAttainment  = "attainment"
)

// The tables and questions the front pages are drawn from. Fields are named by
// their keys in forms/; what a form does not have is left out.
const (
	attendeesTable = "meet.attendees"
	reviewTable    = "review.targets"
	actionsTable   = "actions"
)

// attainmentTables are those of the three forms.
func attainmentTables() []string {
	return []string{"ey.area", "ey.eyfsp", "st.subjects", "st.prior", "st.gcse", "p16.courses", "p16.ks4"}
}

// agenda is the second part: what is talked about, who leads, how long.
func agenda(in Input) []document.Block {
	grid := document.Grid{
		Key: "agenda", Label: "In this order", Layout: document.Rows, Locked: true, AltText: "The agenda: what is talked about, who leads and how many minutes",
		Columns: []document.Column{
			{Key: "no", Label: "No", Kind: form.Number, Width: 1, Locked: true},
			{Key: "what", Label: "What we talk about", Kind: form.Text, Width: 8, Locked: true},
			{Key: "lead", Label: "Who leads", Kind: form.Text, Width: 4, Locked: true},
			{Key: "minutes", Label: "Minutes", Kind: form.Number, Width: 2, Locked: true},
		},
	}
	for i, item := range in.Agenda.of(func(key string) bool { return has(in.Form, key) }) {
		grid.Rows = append(grid.Rows, texts(strconv.Itoa(i+1), item.What, item.Lead, minutesWords(item.Minutes)))
	}
	if len(grid.Rows) == 0 {
		return nil
	}
	return []document.Block{document.Heading{Level: 2, Key: "pack_agenda", Text: "Agenda"}, grid}
}

func minutesWords(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return strconv.Itoa(minutes)
}

// has reports whether the pack has a part, a section or a field of that key.
func has(doc document.Document, key string) bool {
	switch key {
	case partLastTargets:
		return len(lastTargets(doc)) > 0
	case partAttendance:
		return len(attendanceAnswers(doc)) > 0
	case partAttainment:
		return slices.ContainsFunc(attainmentTables(), func(table string) bool { _, ok := gridOf(doc, table); return ok })
	}
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case document.Heading:
			if b.Level == 2 && b.Key == key {
				return true
			}
		case document.Answer:
			if b.Key == key {
				return true
			}
		case document.Grid:
			if b.Key == key {
				return true
			}
		}
	}
	return false
}

func texts(all ...string) []document.Cell {
	row := make([]document.Cell, len(all))
	for i, text := range all {
		row[i] = document.Cell{Value: text, Display: text}
	}
	return row
}

// people is who is invited, and whose views are here already.
func people(doc document.Document) []document.Block {
	blocks := []document.Block{document.Heading{Level: 2, Key: "pack_people", Text: "Who is invited"}}
	grid, ok := gridOf(doc, attendeesTable)
	if ok {
		grid = columnsOf(answered(grid), func(key string) bool { return key != "email" && key != "copy_due" })
		grid.Key, grid.Label, grid.Spare = "pack_attendees", "Tick who came", 2
	}
	if len(grid.Rows) == 0 {
		blocks = append(blocks, document.Paragraph{Text: "Nobody is named as invited yet."})
	} else {
		blocks = append(blocks, grid)
	}
	return append(blocks, viewsGiven(doc))
}

// viewsGiven says whose views the form holds so far.
func viewsGiven(doc document.Document) document.Facts {
	facts := document.Facts{Label: "Whose views are in this pack"}
	for _, whose := range []struct {
		words  string
		filler form.Filler
	}{
		{"The child or young person", form.ByYoungPerson},
		{"The carer", form.ByCarer},
		{"The parent", form.ByParent},
		{"The setting", form.BySetting},
		{"The social worker", form.BySocialWorker},
	} {
		if of, given := viewsOf(doc, whose.filler); of > 0 {
			text := "not yet"
			if given > 0 {
				text = "here, " + strconv.Itoa(given) + " of " + strconv.Itoa(of) + " questions answered"
			}
			facts.Pairs = append(facts.Pairs, document.Fact{Label: whose.words, Text: text})
		}
	}
	return facts
}

// viewsOf counts the questions that somebody answers in their own words, and
// how many have an answer.
func viewsOf(doc document.Document, filler form.Filler) (of, given int) {
	for _, block := range doc.Blocks {
		answer, ok := block.(document.Answer)
		if !ok || answer.Filler != filler || answer.Kind != form.Text && answer.Kind != form.LongText || !viewsKey(answer.Key, filler) {
			continue
		}
		of++
		if answer.Display != "" {
			given++
		}
	}
	return of, given
}

// viewsKey keeps a professional's facts apart from their views; a child, a
// carer and a parent are asked for nothing but views.
func viewsKey(key string, filler form.Filler) bool {
	switch filler {
	case form.BySetting:
		return key == "strengths" || key == "needs" || key == "barriers"
	case form.BySocialWorker:
		return strings.HasPrefix(key, "views.")
	}
	return true
}

// lastTargets are those of the last PEP, whose progress is to be reviewed.
func lastTargets(doc document.Document) []document.Block {
	grid, ok := gridOf(doc, reviewTable)
	if !ok {
		return nil
	}
	grid = columnsOf(answered(grid), func(key string) bool {
		return key == "no" || key == "text" || key == "progress" || key == "impact" || key == "spend"
	})
	if len(grid.Rows) == 0 {
		return nil
	}
	for i := range grid.Columns {
		grid.Columns[i].Width = reviewWidths()[grid.Columns[i].Key]
	}
	grid.Key, grid.Label, grid.Layout = "pack_review", "What was agreed, and how it went", document.Rows
	return []document.Block{document.Heading{Level: 2, Key: "pack_last_targets", Text: "Last targets to review"}, grid}
}

// reviewWidths are the shares of a line on one sheet; the form's own table
// below has every column.
func reviewWidths() map[string]int {
	return map[string]int{"no": 1, "text": 6, "progress": 3, "impact": 4, "spend": 2}
}

func attendanceAnswers(doc document.Document) []document.Answer {
	var out []document.Answer
	for _, block := range doc.Blocks {
		if answer, ok := block.(document.Answer); ok && answer.Kind != form.LongText && strings.Contains(answer.Key, "attendance") && !strings.HasSuffix(answer.Key, "_support") {
			out = append(out, answer)
		}
	}
	return out
}

// attendance is a table of every question on it, empty lines to be written in.
func attendance(doc document.Document) []document.Block {
	all := attendanceAnswers(doc)
	if len(all) == 0 {
		return nil
	}
	grid := document.Grid{
		Key: "pack_attendance", Label: "As the setting counts it", Layout: document.Rows, AltText: "Attendance: what is counted, and the figure",
		Columns: []document.Column{
			{Key: "what", Label: "What", Kind: form.Text, Width: 3, Locked: true}, {Key: "figure", Label: "Figure", Kind: form.Text, Width: 2},
		},
	}
	for _, answer := range all {
		grid.Rows = append(grid.Rows, texts(answer.Label, answer.Display))
	}
	return []document.Block{document.Heading{Level: 2, Key: "pack_attendance", Text: "Attendance"}, grid}
}

// attainment repeats the form's tables of it that have an answer.
func attainment(doc document.Document) []document.Block {
	var blocks []document.Block
	asked := false
	for _, key := range attainmentTables() {
		grid, ok := gridOf(doc, key)
		asked = asked || ok
		if grid = answered(grid); len(grid.Rows) > 0 {
			grid.Key = "pack_" + key
			blocks = append(blocks, grid)
		}
	}
	if !asked {
		return nil
	}
	if len(blocks) == 0 {
		blocks = append(blocks, document.Paragraph{Text: "The setting has not given any yet; the form below has room for it."})
	}
	return append([]document.Block{document.Heading{Level: 2, Key: "pack_attainment", Text: "Attainment"}}, blocks...)
}

// viewsPages are the pages to be given to the child and to the carer: their
// questions once more, with nothing in them.
func viewsPages(blank document.Document) []document.Block {
	var blocks []document.Block
	for _, s := range sections(blank) {
		if childsOwn(s) {
			blocks = append(blocks, document.PageBreak{})
			blocks = append(blocks, headed(s, "pack_"+s.key, "To write on: ")...)
		}
	}
	var asked []document.Block
	for _, block := range blank.Blocks {
		if answer, ok := block.(document.Answer); ok && answer.Filler == form.ByCarer {
			answer.Lines = max(answer.Lines, 6)
			asked = append(asked, answer)
		}
	}
	if len(asked) == 0 {
		return blocks
	}
	blocks = append(blocks, document.PageBreak{}, document.Heading{Level: 2, Key: "pack_carer", Text: "To write on: the carer's views"})
	return append(blocks, asked...)
}

// headed is a section under another key and with words before its title, so
// that no two parts of the pack have one name.
func headed(s section, key, before string) []document.Block {
	out := slices.Clone(s.blocks)
	out = slices.DeleteFunc(out, func(b document.Block) bool { _, breaks := b.(document.PageBreak); return breaks })
	lines := 3
	if len(out) > manyQuestions {
		lines = 2
	}
	for i, block := range out {
		switch b := block.(type) {
		case document.Heading:
			if i == 0 {
				b.Key, b.Text = key, before+b.Text
				out[i] = b
			}
		case document.Answer:
			out[i] = roomy(b, lines)
		}
	}
	return out
}

// manyQuestions fill a sheet with fewer lines each.
const manyQuestions = 7

// roomy gives a question that is answered in words more than one line.
func roomy(a document.Answer, lines int) document.Answer {
	if words := a.Kind == form.Text && a.MaxLength >= 200 || a.Kind == form.LongText; words {
		a.Kind, a.Lines = form.LongText, max(a.Lines, lines)
	}
	return a
}

// childsOwn reports whether a section is for the child to write in: most of
// what it asks in words is asked of the child first.
func childsOwn(s section) bool {
	all, own := 0, 0
	for _, block := range s.blocks {
		if answer, ok := block.(document.Answer); ok {
			all++
			if answer.Filler == form.ByYoungPerson {
				own++
			}
		}
	}
	return own > 1 && own*2 > all
}

// actions is the sheet for what is agreed: what stands already, and room.
func actions(doc document.Document) []document.Block {
	grid := document.Grid{
		Key: "pack_actions", Label: "Who does what by when", Layout: document.Rows, Spare: 12, AltText: "Actions: what is to be done, by whom, by when",
		Columns: []document.Column{
			{Key: "action", Label: "What is to be done", Kind: form.LongText, Width: 6},
			{Key: "who", Label: "Who", Kind: form.Text, Width: 3},
			{Key: "by_when", Label: "By when", Kind: form.Text, Width: 2},
		},
	}
	if known, ok := gridOf(doc, actionsTable); ok {
		known = columnsOf(answered(known), func(key string) bool { return key == "action" || key == "who" || key == "by_when" })
		if len(known.Columns) == len(grid.Columns) {
			grid.Rows = known.Rows
		}
	}
	return []document.Block{document.PageBreak{}, document.Heading{Level: 2, Key: "pack_actions", Text: "What we agree to do"}, grid}
}
