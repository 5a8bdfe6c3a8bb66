package word

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// site is one place on paper where an answer stands: the controls of one cell,
// or what its label pointed at.
type site struct {
	controls []*found
	cell     *cellText
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
func (r *reader) group(all []*found) (sites map[slot][]site, rows map[string]int) {
	sites, rows = map[slot][]site{}, map[string]int{}
	lined := linedTables(all)
	numbers := map[rowName]int{}
	for _, f := range all {
		at := slot{key: f.key, column: f.column}
		if f.column != "" {
			name := f.rowName(lined)
			if numbers[name] == 0 {
				rows[f.key]++
				numbers[name] = rows[f.key]
			}
			at.row = numbers[name]
		}
		sites[at] = place1(sites[at], f)
	}
	for at := range sites {
		sites[at] = withoutMarks(sites[at])
	}
	return sites, rows
}

// place1 puts an answer into its site: the one of its cell or, outside
// tables, of its paragraph.
func place1(sites []site, f *found) []site {
	for i := range sites {
		first := sites[i].controls[0]
		if f.at.cell != nil && sites[i].cell == f.at.cell || f.at.cell == nil && first.at.cell == nil && first.at.paragraph == f.at.paragraph {
			sites[i].controls = append(sites[i].controls, f)
			return sites
		}
	}
	return append(sites, site{[]*found{f}, f.at.cell})
}

// linedTables are those in which rows are lines, not cards: the same column
// stands in two lines of one table.
func linedTables(all []*found) map[*xmltree.Node]bool {
	type column struct {
		table *xmltree.Node
		tag   string
	}
	lined, first := map[*xmltree.Node]bool{}, map[column]*xmltree.Node{}
	for _, f := range all {
		if f.column == "" || f.at.table == nil {
			continue
		}
		c := column{f.at.table, f.tag()}
		if line, seen := first[c]; !seen {
			first[c] = f.at.row
		} else if line != f.at.row {
			lined[f.at.table] = true
		}
	}
	return lined
}

// rowName tells by the control around the row, else by the line or the card
// on paper, else by the binding path.
func (f *found) rowName(lined map[*xmltree.Node]bool) rowName {
	switch {
	case f.at.item != nil:
		return rowName{table: f.key, node: f.at.item}
	case f.at.table != nil && lined[f.at.table]:
		return rowName{table: f.key, node: f.at.row}
	case f.at.table != nil:
		return rowName{table: f.key, node: f.at.table}
	}
	return rowName{table: f.key, number: f.row}
}

// withoutMarks drops bookmarks where the controls themselves are still there.
func withoutMarks(sites []site) []site {
	var kept []site
	marked := slices.ContainsFunc(sites, func(s site) bool {
		return slices.ContainsFunc(s.controls, func(f *found) bool { return !f.mark })
	})
	for _, s := range sites {
		controls := s.controls
		if marked {
			controls = nil
			for _, f := range s.controls {
				if !f.mark || !controlled(s.controls, f) {
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
func controlled(all []*found, mark *found) bool {
	return slices.ContainsFunc(all, func(f *found) bool { return !f.mark && f.choice == mark.choice })
}

// innermost drops of nested controls of one answer all but the innermost
// typed one: LibreOffice wraps a control into a second one when it saves.
func innermost(all []*found) []*found {
	dropped := map[*found]bool{}
	for _, f := range all {
		if f.within == nil {
			continue
		}
		if f.shape == "" && f.within.shape != "" {
			dropped[f] = true
			continue
		}
		dropped[f.within] = true
		if f.shape != boxShape && strings.Contains(string(f.within.text), string(f.text)) {
			f.text = f.within.text
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(f *found) bool { return dropped[f] })
}

// text is what the controls of one site say together, and whether all of it
// is a prompt. Controls in one paragraph are pieces of one line, those of
// different paragraphs are lines.
func (s site) text() (text string, prompted bool) {
	var lines [][]string
	var paragraph *xmltree.Node
	prompted = true
	for _, f := range innermost(s.controls) {
		piece := string(f.text)
		if isPrompt(piece, f.prompted) {
			continue
		}
		prompted = prompted && f.prompted
		if len(lines) == 0 || paragraph != f.at.paragraph {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], piece)
		paragraph = f.at.paragraph
	}
	whole := make([]string, len(lines))
	for i, pieces := range lines {
		whole[i] = joinPieces(pieces)
	}
	return strings.Join(whole, "\n"), prompted && len(lines) > 0
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
	for _, p := range prompts() {
		if text == p.words || prompted && text == strings.ReplaceAll(p.words, "\u00a0", " ") {
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
	if s.cell == nil || s.cell.answers == 0 {
		return ""
	}
	text := string(s.cell.loose)
	if slices.ContainsFunc(s.controls, func(f *found) bool { return !f.mark }) {
		text += string(s.cell.marked)
	}
	if slices.ContainsFunc(s.controls, func(f *found) bool { return f.choice != "" }) {
		for _, choice := range boxes(field.Kind, field.Choices) {
			text = strings.Replace(text, plain(choice.Label), "", 1)
		}
	}
	return strings.TrimSpace(text)
}
