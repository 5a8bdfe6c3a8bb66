package word

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// site is one place on paper where an answer stands: the controls of one cell,
// or what its label pointed at.
type site struct {
	controls []*scan.Found
	cell     *scan.CellText
}

// rowName tells the rows of a table apart.
type rowName struct {
	table  string
	node   *xmltree.Node
	number int
}

// group puts what was found into the answers it belongs to, numbers the rows
// of tables as they stand on paper, and parts the places of an answer that
// stands more than once.
func (r *reader) group(all []*scan.Found) (sites map[slot][]site, rows map[string]int) {
	g := grouping{numbers: map[slot]int{}, shelf: make([]*scan.Found, 2*len(all))}
	rows = map[string]int{}
	lined := linedTables(all)
	numbers := map[rowName]int{}
	for _, f := range all {
		at := slot{key: f.Key, column: f.Column}
		if f.Column != "" {
			name := nameRow(f, lined)
			if numbers[name] == 0 {
				rows[f.Key]++
				numbers[name] = rows[f.Key]
			}
			at.row = numbers[name]
		}
		g.add(at, f)
	}
	sites = make(map[slot][]site, len(g.answers))
	for at, number := range g.numbers {
		sites[at] = withoutMarks(g.answers[number])
	}
	return sites, rows
}

// grouping gathers the sites of answers; shelf has room for two controls of
// each site.
type grouping struct {
	numbers map[slot]int
	answers [][]site
	shelf   []*scan.Found
	// latest is the answer that grew last: neighbours often belong together.
	latest slot
	number int
}

// add puts what was found into its site: the one of its cell or, outside
// tables, of its paragraph.
func (g *grouping) add(at slot, f *scan.Found) {
	if at != g.latest || len(g.answers) == 0 {
		number, known := g.numbers[at]
		if !known {
			number = len(g.answers)
			g.numbers[at] = number
			g.answers = append(g.answers, nil)
		}
		g.latest, g.number = at, number
	}
	sites := g.answers[g.number]
	for i := range sites {
		first := sites[i].controls[0]
		if f.At.Cell != nil && sites[i].cell == f.At.Cell || f.At.Cell == nil && first.At.Cell == nil && first.At.Paragraph == f.At.Paragraph {
			sites[i].controls = append(sites[i].controls, f)
			return
		}
	}
	controls := append(g.shelf[0:0:2], f)
	g.shelf = g.shelf[2:]
	g.answers[g.number] = append(sites, site{controls, f.At.Cell})
}

// linedTables are those in which rows are lines, not cards: the same column
// stands in two lines of one table.
func linedTables(all []*scan.Found) map[*xmltree.Node]bool {
	type column struct {
		table               *xmltree.Node
		key, column, choice string
	}
	lined, first := map[*xmltree.Node]bool{}, map[column]*xmltree.Node{}
	for _, f := range all {
		if f.Column == "" || f.At.Table == nil || lined[f.At.Table] {
			continue
		}
		c := column{f.At.Table, f.Key, f.Column, f.Choice}
		if line, seen := first[c]; !seen {
			first[c] = f.At.Row
		} else if line != f.At.Row {
			lined[f.At.Table] = true
		}
	}
	return lined
}

// nameRow tells by the control around the row, else by the line or the card
// on paper, else by the binding path.
func nameRow(f *scan.Found, lined map[*xmltree.Node]bool) rowName {
	switch {
	case f.At.Item != nil:
		return rowName{table: f.Key, node: f.At.Item}
	case f.At.Table != nil && lined[f.At.Table]:
		return rowName{table: f.Key, node: f.At.Row}
	case f.At.Table != nil:
		return rowName{table: f.Key, node: f.At.Table}
	}
	return rowName{table: f.Key, number: f.Row}
}

// withoutMarks drops bookmarks where the controls themselves are still there,
// and where a control left its bookmark behind, empty.
func withoutMarks(sites []site) []site {
	kept := sites[:0]
	marked := slices.ContainsFunc(sites, func(s site) bool {
		return slices.ContainsFunc(s.controls, func(f *scan.Found) bool { return !f.Mark })
	})
	for _, s := range sites {
		controls := s.controls
		if marked {
			controls = controls[:0]
			for _, f := range s.controls {
				if !f.Mark || f.Text.String() != "" && !controlled(s.controls, f) {
					controls = append(controls, f)
				}
			}
		}
		if len(controls) > 0 {
			kept = append(kept, site{controls, s.cell})
		}
	}
	return kept
}

// controlled reports whether a control of the same answer, or box, is there.
func controlled(all []*scan.Found, mark *scan.Found) bool {
	return slices.ContainsFunc(all, func(f *scan.Found) bool { return !f.Mark && f.Choice == mark.Choice })
}

// innermost drops of nested controls of one answer all but the innermost
// typed one: LibreOffice wraps a control into a second one when it saves.
func innermost(all []*scan.Found) []*scan.Found {
	if !slices.ContainsFunc(all, func(f *scan.Found) bool { return f.Within != nil }) {
		return all
	}
	dropped := map[*scan.Found]bool{}
	for _, f := range all {
		if f.Within == nil {
			continue
		}
		if f.Shape == "" && f.Within.Shape != "" {
			dropped[f] = true
			continue
		}
		dropped[f.Within] = true
		if f.Shape != place.Box && strings.Contains(f.Within.Text.String(), f.Text.String()) {
			f.Text = f.Within.Text
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(f *scan.Found) bool { return dropped[f] })
}

// text is what the controls of one site say together, and whether all of them
// say that they show a prompt. Controls in one paragraph are pieces of one
// line, those of different paragraphs are lines.
func (s site) text() (text string, prompted bool) {
	if len(s.controls) == 1 {
		f := s.controls[0]
		if text = f.Text.String(); isPrompt(text, f.Prompted) {
			return "", false
		}
		return text, f.Prompted
	}
	var lines [][]string
	var paragraph *xmltree.Node
	prompted = true
	for _, f := range innermost(s.controls) {
		text := f.Text.String()
		if strings.TrimSpace(text) == "" {
			continue
		}
		prompted = prompted && f.Prompted
		if len(lines) == 0 || paragraph != f.At.Paragraph {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], text)
		paragraph = f.At.Paragraph
	}
	var whole []string
	for _, pieces := range lines {
		if line := joinPieces(pieces); !isPrompt(line, prompted) {
			whole = append(whole, line)
		}
	}
	return strings.Join(whole, "\n"), prompted && len(whole) > 0
}

// Bounds of the pieces of one answer that are put together: how many, and how
// much text in all, in bytes.
const (
	maxPieces = 200
	maxPieced = 1 << 20
)

// shredded reports whether an answer is in more pieces than any editor makes.
func (s site) shredded() bool {
	if len(s.controls) == 1 {
		return false
	}
	length := 0
	for _, f := range s.controls {
		length += f.Text.Len()
	}
	return len(s.controls) > maxPieces || length > maxPieced && len(s.controls) > 16
}

// joinPieces puts the pieces of a control that LibreOffice split together.
// It writes a control for every change of script, and into each of them the
// whole answer, with or without the piece itself before it: the shortest that
// has every line of all the others is the answer. Where none has, the pieces
// follow each other.
func joinPieces(pieces []string) string {
	best := -1
	for i, piece := range pieces {
		if (best < 0 || len(piece) < len(pieces[best])) && holdsAll(piece, pieces) {
			best = i
		}
	}
	if best >= 0 {
		return pieces[best]
	}
	return strings.Join(pieces, "")
}

func holdsAll(whole string, pieces []string) bool {
	for _, piece := range pieces {
		for line := range strings.SplitSeq(piece, "\n") {
			if !strings.Contains(whole, line) {
				return false
			}
		}
	}
	return true
}

// isPrompt reports whether a text is what an empty control says. Word's own
// words count only while the control says that it shows a prompt.
func isPrompt(text string, prompted bool) bool {
	text = strings.TrimSpace(text)
	if text == "" {
		return true
	}
	if !prompted && !strings.Contains(text, "\u00a0") {
		return false
	}
	for _, p := range place.Prompts() {
		if text == p.Words || prompted && text == strings.ReplaceAll(p.Words, "\u00a0", " ") {
			return true
		}
	}
	return prompted && slices.Contains([]string{
		"Click or tap here to enter text.", "Click or tap to enter a date.", "Choose an item.",
		"Click here to enter text.", "Click here to enter a date.",
	}, text)
}

// loose is the text of the cell beside the answer: what is left once the
// words of the boxes are taken away.
func (s site) loose(field form.Field) string {
	if s.cell == nil {
		return ""
	}
	text := string(s.cell.Loose)
	if slices.ContainsFunc(s.controls, func(f *scan.Found) bool { return !f.Mark }) {
		text += string(s.cell.Marked)
	}
	if slices.ContainsFunc(s.controls, func(f *scan.Found) bool { return f.Choice != "" }) {
		for _, choice := range place.Boxes(field.Kind, field.Choices) {
			text = strings.Replace(text, place.Plain(choice.Label), "", 1)
		}
	}
	return strings.TrimSpace(text)
}
