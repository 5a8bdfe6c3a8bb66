package word

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// labels finds answers by the words beside them, in a file that an editor left
// without controls and bookmarks (Google Docs, copy and paste). Only what
// nothing else found is looked for, and a label that two questions share finds
// neither.
type labels struct {
	fields map[string]form.Field
	tables []form.Field
	// known are the labels of all questions, in plain letters: one that is
	// another's is never nearly this one's.
	known map[string]bool
	// phrases are the labels that are looked for; guesses counts how many were
	// compared with them letter by letter.
	phrases []phrase
	guesses int
	sites   map[slot][]site
	rows    map[string]int
}

// readLabels adds what labels find to what controls found.
func (r *reader) readLabels() {
	found := r.keysFound()
	if !r.misses(found) {
		return
	}
	l := labels{guesses: r.words.guesses, fields: map[string]form.Field{}, known: map[string]bool{}, sites: r.sites, rows: r.rows}
	seen := map[string]bool{}
	for field := range r.form.Fields() {
		label := place.Plain(field.Label)
		switch {
		case field.Kind == form.Table && !found[field.Key]:
			l.tables = append(l.tables, field)
		case field.Kind == form.Table:
		case seen[label]:
			delete(l.fields, label)
		case !found[field.Key]:
			l.fields[label] = field
		}
		seen[label] = true
		l.known[alike(label)] = l.known[alike(label)] || found[field.Key]
	}
	for _, label := range slices.Sorted(mapKeys(l.fields)) {
		l.phrases = append(l.phrases, newPhrase(label))
	}
	eachTable(r.file.Main, func(table *xmltree.Node) { l.table(paperTable(table)) })
}

// misses reports whether something was sent of which nothing was found.
func (r *reader) misses(found map[string]bool) bool {
	keys, count := r.file.Expected()
	if len(keys) == 0 {
		return count == 0 || len(found) < count
	}
	return slices.ContainsFunc(keys, func(key string) bool { return r.scan.Asks(key) && !found[key] })
}

// paperTable is a table's text: rows of cells.
func paperTable(table *xmltree.Node) [][]string {
	var rows [][]string
	for _, row := range within(table, "tr") {
		var cells []string
		for _, cell := range within(row, "tc") {
			cells = append(cells, strings.TrimRight(scan.VisibleText(cell), "\n"))
		}
		rows = append(rows, cells)
	}
	return rows
}

// within are the elements of a name below n, not those below one another.
func within(n *xmltree.Node, name string) []*xmltree.Node {
	var all []*xmltree.Node
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, name) {
			all = append(all, c)
		} else if c.Local != "" {
			all = append(all, within(c, name)...)
		}
	}
	return all
}

// table reads one table of the page: lines under a header row, a card under
// its title, or questions with their answers.
func (l *labels) table(rows [][]string) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	for _, field := range l.tables {
		if columns, ok := l.headed(field, rows[0]); ok {
			for _, cells := range rows[1:] {
				l.line(field, columns, cells)
			}
			return
		}
		if len(rows[0]) == 1 && cardTitle(field, rows[0][0]) {
			l.rows[field.Key]++
			l.card(field, l.rows[field.Key], rows[1:])
			return
		}
	}
	eachAnswer(rows, func(label, answer string) {
		if field, asked := l.asked(label); asked {
			l.add(slot{key: field.Key}, answer)
		}
	})
}

// asked finds the question of a label, as it is written or nearly so.
func (l *labels) asked(label string) (form.Field, bool) {
	if field, asked := l.fields[label]; asked {
		return field, true
	}
	if l.guesses++; l.guesses > maxGuesses || l.known[alike(label)] {
		return form.Field{}, false
	}
	meant, found := nearest(label, l.phrases)
	field, asked := l.fields[meant]
	return field, found && asked
}

// maxGuesses bounds the labels of one file that are compared letter by letter.
const maxGuesses = 400

// headed matches a header row with a table's columns, of which some may have
// been withheld.
func (l *labels) headed(field form.Field, cells []string) ([]form.Field, bool) {
	var columns []form.Field
	for _, cell := range cells {
		at := l.columnOf(field, firstLine(cell))
		if at < 0 || slices.ContainsFunc(columns, func(c form.Field) bool { return c.Key == field.Columns[at].Key }) {
			return nil, false
		}
		columns = append(columns, field.Columns[at])
	}
	return columns, len(columns) > 1 || len(field.Columns) == 1
}

// columnOf finds the column of a label, as it is written or nearly so; -1 for
// none.
func (l *labels) columnOf(field form.Field, label string) int {
	known := make([]phrase, len(field.Columns))
	for i, column := range field.Columns {
		if place.Plain(column.Label) == label {
			return i
		}
		known[i].label = place.Plain(column.Label)
	}
	if l.guesses++; l.guesses > maxGuesses {
		return -1
	}
	for i := range known {
		known[i] = newPhrase(known[i].label)
	}
	meant, found := nearest(label, known)
	if !found {
		return -1
	}
	return slices.IndexFunc(known, func(one phrase) bool { return one.label == meant })
}

func cardTitle(field form.Field, text string) bool {
	number, found := strings.CutPrefix(strings.TrimSpace(text), place.Plain(field.Label)+" ")
	_, err := strconv.Atoi(number)
	return found && err == nil
}

func (l *labels) line(field form.Field, columns []form.Field, cells []string) {
	l.rows[field.Key]++
	for i, column := range columns {
		if i < len(cells) {
			l.add(slot{field.Key, column.Key, l.rows[field.Key]}, cells[i])
		}
	}
}

func (l *labels) card(field form.Field, number int, rows [][]string) {
	eachAnswer(rows, func(label, answer string) {
		if at := l.columnOf(field, label); at >= 0 {
			l.add(slot{field.Key, field.Columns[at].Key, number}, answer)
		}
	})
}

// add notes an answer; one that stands twice keeps its first place.
func (l *labels) add(at slot, text string) {
	if len(l.sites[at]) > 0 {
		return
	}
	p := place.Place{Key: at.key, Column: at.column, Row: at.row}
	l.sites[at] = []site{{controls: []*scan.Found{{Place: p, Via: scan.ByLabel, Text: scan.Said(text)}}}}
}

// eachAnswer gives every label of a table with the cell beside it, or below it
// where it has the line to itself.
func eachAnswer(rows [][]string, yield func(label, answer string)) {
	for i, cells := range rows {
		if len(cells) == 1 && i+1 < len(rows) && len(rows[i+1]) == 1 {
			yield(firstLine(cells[0]), rows[i+1][0])
		}
		for j := 0; j+1 < len(cells); j += 2 {
			yield(firstLine(cells[j]), cells[j+1])
		}
	}
}

// firstLine is a label without the filler and the help below it.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(strings.TrimSpace(line), " (needed)")
}
