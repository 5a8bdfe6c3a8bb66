package word

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// maxLooseRows bounds the rows that are read without boxes.
const maxLooseRows = 200

// ruled is a table of the page with answers of ours: which column of the
// form's table stands in which cell of a line, and the lines that have
// answers.
type ruled struct {
	key     string
	columns map[int]string
	rows    map[*xmltree.Node]bool
	// mixed is set where it is no table of lines: a card, or two tables that
	// grew together.
	mixed bool
}

// withLooseRows adds the rows that stand in a table without our controls,
// where they stand: the key Tab in the last cell of a table makes such a row,
// and who copies a row elsewhere may leave its controls behind. Lines are read
// by the place of their cells, cards by their labels.
func (r *reader) withLooseRows(all []*scan.Found) []*scan.Found {
	known := map[*xmltree.Node]*ruled{}
	keys := map[string]bool{}
	for _, f := range all {
		if f.Column == "" || f.At.Table == nil || f.At.Row == nil || f.At.Cell == nil {
			continue
		}
		t := known[f.At.Table]
		if t == nil {
			t = &ruled{key: f.Key, columns: map[int]string{}, rows: map[*xmltree.Node]bool{}}
			known[f.At.Table], keys[f.Key] = t, true
		}
		t.rows[f.At.Row] = true
		was, met := t.columns[f.At.Cell.Number]
		t.mixed = t.mixed || f.Key != t.key || met && was != f.Column
		t.columns[f.At.Cell.Number] = f.Column
	}
	var added [][]*scan.Found
	eachTable(r.file.Main, func(table *xmltree.Node) {
		switch t := known[table]; {
		case t == nil:
			if card := r.looseCard(table, keys); len(card) > 0 {
				added = append(added, card)
			}
		case !t.mixed && len(t.columns) > 1:
			added = append(added, r.looseLines(table, t)...)
		}
	})
	if len(added) == 0 {
		return all
	}
	if len(added) > maxLooseRows {
		r.problem(TooManyRows, "", "more rows were written outside the form's boxes than are read")
		added = added[:maxLooseRows]
	}
	return r.inOrder(all, added)
}

// maxNested is how deep a table may stand in tables for its words to be read;
// a form's stand in none.
const maxNested = 3

// eachTable gives every table below n.
func eachTable(n *xmltree.Node, yield func(*xmltree.Node)) { eachNested(n, 0, yield) }

func eachNested(n *xmltree.Node, depth int, yield func(*xmltree.Node)) {
	for c := n.First; c != nil; c = c.Next {
		within := depth
		if c.Is(xmltree.Word, "tbl") {
			if within++; within > maxNested {
				continue
			}
			yield(c)
		}
		if c.First != nil {
			eachNested(c, within, yield)
		}
	}
}

// inOrder puts added rows among all, in the order of the document.
func (r *reader) inOrder(all []*scan.Found, added [][]*scan.Found) []*scan.Found {
	order := map[*xmltree.Node]int{}
	var number func(n *xmltree.Node)
	number = func(n *xmltree.Node) {
		for c := n.First; c != nil; c = c.Next {
			if c.Is(xmltree.Word, "tr") {
				order[c] = len(order) + 1
			}
			number(c)
		}
	}
	number(r.file.Main)
	out := slices.Clone(all)
	for _, row := range added {
		key, line := row[0].Key, order[row[0].At.Row]
		at := slices.IndexFunc(out, func(f *scan.Found) bool { return f.Key == key && order[f.At.Row] > line })
		if at < 0 {
			at = len(out)
		}
		out = slices.Insert(out, at, row...)
		r.problem(LooseText, key, "a row was written into the table outside the form's boxes")
	}
	return out
}

// looseLines reads the lines of a table that have no answers of ours and stand
// below one that has.
func (r *reader) looseLines(table *xmltree.Node, t *ruled) (added [][]*scan.Found) {
	below := false
	for _, row := range within(table, "tr") {
		if t.rows[row] || !below || scan.Deleted(row) {
			below = below || t.rows[row]
			continue
		}
		var line []*scan.Found
		written := false
		for i, cell := range within(row, "tc") {
			text := strings.TrimSpace(scan.VisibleText(cell))
			blank := isPrompt(text, true)
			written = written || !blank
			if column, known := t.columns[i+1]; known {
				line = append(line, loose(t.key, column, text, scan.Where{Table: table, Row: row}))
			} else if !blank {
				r.problem(LooseText, t.key, "a cell beyond the table's columns was not read")
			}
		}
		if written && len(line) > 0 {
			added = append(added, line)
		}
	}
	return added
}

// looseCard reads a card that lost all its controls while others of its kind
// kept theirs.
func (r *reader) looseCard(table *xmltree.Node, keys map[string]bool) (card []*scan.Found) {
	rows := within(table, "tr")
	if len(rows) < 2 {
		return nil
	}
	title := strings.TrimSpace(scan.VisibleText(rows[0]))
	for field := range r.form.Fields() {
		if field.Kind != form.Table || !keys[field.Key] || !cardTitle(field, title) {
			continue
		}
		eachAnswer(paperTable(table)[1:], func(label, answer string) {
			if at := r.words.columnOf(field, label); at >= 0 {
				card = append(card, loose(field.Key, field.Columns[at].Key, answer, scan.Where{Table: table, Row: rows[1]}))
			}
		})
	}
	return card
}

func loose(key, column, text string, at scan.Where) *scan.Found {
	at.Cell = &scan.CellText{}
	return &scan.Found{Place: place.Place{Key: key, Column: column}, Via: scan.ByLabel, Text: scan.Said(text), At: at}
}
