package roster

import (
	"errors"
	"strings"
	"unicode"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster/table"
)

// row is one row under judgement: the texts of the columns that are read and
// the faults found so far.
type row struct {
	place     Place
	header    []string
	match     match
	epoch1904 bool
	texts     []string
	refusal   *Finding
	also      []string
	warnings  []Finding
}

// load takes the texts of the columns that a PEP needs out of the cells;
// the others are never looked at. Outer blanks go, of the texts that many rows
// share one copy is kept.
func (r *row) load(record table.Record, shared texts) {
	for c, at := range r.match.cells {
		r.texts[c] = ""
		if at < 0 || at >= len(record.Cells) {
			continue
		}
		cell := record.Cells[at]
		value, sound := cell.Value()
		r.texts[c] = value
		switch {
		case cell.Form == table.Formula || strings.HasPrefix(strings.TrimLeft(value, " \t"), "="):
			r.refuse(c, pep.FormulaCell, "the cell is a formula, or begins with = as one does: put its value in its place")
		case cell.Form == table.Nested:
			r.refuse(c, pep.BadEncoding, "the value is a list or an object where a plain value belongs")
		case !sound:
			r.refuse(c, pep.BadEncoding, "the cell has bytes that mean nothing in the file's encoding, or U+FFFD where a character was lost: export it again as UTF-8")
		case r.match.layout.columns[c].mail:
			// An address is judged as it was typed; only pep.Address trims it.
		case control(value):
			r.refuse(c, pep.BadEncoding, "the cell has a control character")
		default:
			r.texts[c] = tidy(value)
		}
		if r.match.layout.columns[c].shared {
			r.texts[c] = shared.one(r.texts[c])
		}
	}
}

// tidy trims outer blanks, no-break spaces included, and writes every line
// break in one way.
func tidy(text string) string {
	text = strings.Trim(text, " \t\r\n\u00a0")
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text
}

// control reports characters that neither a form nor a letter can hold: the
// control characters of both halves, and the two marks that turn letters about,
// so that one name shows as another. The marks that names of several scripts
// need are none of them.
func control(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool {
		switch {
		case c == '\t', c == '\n', c == '\r', c == nextLine:
			return false
		case c == leftOverride, c == rightOverride:
			return true
		}
		return unicode.IsControl(c) || c == '\uFFFE' || c == '\uFFFF'
	})
}

const (
	nextLine      = '\u0085' // the line end that mainframes write
	leftOverride  = '\u202D'
	rightOverride = '\u202E'
)

// has reports whether the export has the column at all.
func (r *row) has(c int) bool { return r.match.cells[c] >= 0 }

func (r *row) finding(c int, code pep.Code, reason string) Finding {
	f := Finding{Place: r.place, Code: code, Value: classOf(r.texts[c]), Reason: reason}
	if code == pep.FormulaCell {
		f.Value = FormulaValue // whatever result the file shows for it
	}
	f.Column = r.match.layout.columns[c].name
	if at := r.match.cells[c]; at >= 0 {
		f.Column = r.header[at]
	}
	return f
}

// refuse notes why the row is refused. The first fault is the finding, since a
// row is counted once; later ones are named in its reason.
func (r *row) refuse(c int, code pep.Code, reason string) {
	f := r.finding(c, code, reason)
	if r.refusal == nil {
		r.refusal = &f
		return
	}
	if f.Column != r.refusal.Column {
		r.also = append(r.also, f.Column+" ("+string(code)+")")
	}
}

func (r *row) warn(c int, code pep.Code, reason string) {
	r.warnings = append(r.warnings, r.finding(c, code, reason))
}

func (r *row) refusedFinding() Finding {
	f := *r.refusal
	if len(r.also) > 0 {
		f.Reason += "; also wrong in this row: " + strings.Join(r.also, ", ")
	}
	return f
}

// soft reads an optional value: a wrong one is left empty, with a warning.
func soft[T any](r *row, c int, parse func(string) (T, error)) T {
	return read(r, c, parse, r.warn)
}

// hard reads a value whose fault refuses the row.
func hard[T any](r *row, c int, parse func(string) (T, error)) T {
	return read(r, c, parse, r.refuse)
}

func read[T any](r *row, c int, parse func(string) (T, error), fault func(int, pep.Code, string)) T {
	var none T
	if r.texts[c] == "" {
		return none
	}
	value, err := parse(r.texts[c])
	var invalid *pep.Invalid
	switch {
	case err == nil:
		return value
	case errors.As(err, &invalid):
		fault(c, invalid.Code, invalid.Reason)
	default:
		fault(c, pep.UnknownCode, "the value cannot be read")
	}
	return none
}

func (r *row) date(text string) (pep.Date, error) { return parseDate(text, r.epoch1904) }

// oneOf reads one of a few words in any case and gives it as it is listed.
func (r *row) oneOf(c int) func(string) (string, error) {
	return func(text string) (string, error) {
		for _, word := range r.match.layout.columns[c].words {
			if strings.EqualFold(strings.Join(strings.Fields(text), " "), word) {
				return word, nil
			}
		}
		return "", &pep.Invalid{Code: pep.UnknownCode, Reason: "not one of " + strings.Join(r.match.layout.columns[c].words, ", ")}
	}
}

// texts keeps one copy of what many rows say alike: settings, towns, roles.
type texts map[string]string

// Bounds on what is kept, so that a column of ever new texts costs nothing.
const (
	maxShared     = 20_000
	maxSharedText = 200
)

func (t texts) one(text string) string {
	if known, is := t[text]; is {
		return known
	}
	if len(t) < maxShared && len(text) <= maxSharedText {
		t[text] = text
	}
	return text
}
