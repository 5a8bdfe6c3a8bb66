package typed

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
)

// The columns of a CSV that are read; others, such as the question, are for
// people.
const (
	fieldColumn  = "field"
	answerColumn = "answer"
)

// isCSV reports whether a text begins with a header of ours.
func isCSV(start []byte) bool {
	first, _, _ := bytes.Cut(start, []byte("\n"))
	record, err := readerOf(first).Read()
	return err == nil && columnOf(record, fieldColumn) >= 0 && columnOf(record, answerColumn) >= 0
}

// readerOf reads commas or, as spreadsheets of some countries write them,
// semicolons.
func readerOf(data []byte) *csv.Reader {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	if !bytes.Contains(first, []byte(",")) && bytes.Contains(first, []byte(";")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	return r
}

func columnOf(record []string, name string) int {
	for i, cell := range record {
		if strings.EqualFold(strings.TrimSpace(cell), name) {
			return i
		}
	}
	return -1
}

func fromCSV(data []byte) (all []answer, faults []Fault) {
	r := readerOf(data)
	header, err := r.Read()
	if err != nil {
		return nil, []Fault{{Reason: "the header row cannot be read"}}
	}
	field, said := columnOf(header, fieldColumn), columnOf(header, answerColumn)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, faults
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return all, append(faults, Fault{Line: bad.Line, Reason: "a quotation mark is missing or stands where none belongs"})
		}
		if err != nil || len(all) == maxAnswers {
			return all, append(faults, Fault{Reason: "more answers than a form can have"})
		}
		line, _ := r.FieldPos(0)
		if max(field, said) >= len(record) {
			if strings.TrimSpace(strings.Join(record, "")) != "" {
				faults = append(faults, Fault{Line: line, Reason: "the row has too few cells"})
			}
			continue
		}
		all = append(all, answer{line, strings.TrimSpace(record[field]), record[said]})
	}
}

// fromLines reads field=answer. A line that begins with a space goes on with the
// answer above; empty lines and those that begin with # are left out.
func fromLines(data []byte) (all []answer, faults []Fault) {
	for i, text := range strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n") {
		line := i + 1
		key, said, found := strings.Cut(text, "=")
		switch goesOn := strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t"); {
		case strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#"):
		case goesOn && len(all) > 0:
			all[len(all)-1].text += "\n" + strings.TrimSpace(text)
		case !found || strings.TrimSpace(key) == "":
			faults = append(faults, Fault{Line: line, Reason: "it is not of the kind field=answer", Hint: "begin a line with a space to go on with the answer above"})
		case len(all) == maxAnswers:
			return all, append(faults, Fault{Line: line, Reason: "more answers than a form can have"})
		default:
			all = append(all, answer{line, strings.TrimSpace(key), said})
		}
	}
	return all, faults
}

// fromJSON reads one object of answers, flat or as pepost read --json prints
// them: {"values": {…}, "tables": {"targets": [{…}]}}.
func fromJSON(data []byte) ([]answer, []Fault) {
	w := walker{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	w.decoder.UseNumber()
	err := w.value("")
	if err == nil {
		if _, more := w.decoder.Token(); !errors.Is(more, io.EOF) {
			w.faults = append(w.faults, Fault{Line: w.line(), Reason: "there is more behind the answers"})
		}
	}
	switch {
	case errors.Is(err, errTooMuch):
		w.faults = append(w.faults, Fault{Line: w.line(), Reason: err.Error()})
	case err != nil:
		w.faults = append(w.faults, Fault{Line: w.line(), Reason: "it is not JSON from here on"})
	}
	return w.answers, w.faults
}

var errTooMuch = errors.New("more answers, or deeper ones, than a form can have")

const maxDepth = 5

// walker walks through JSON by its tokens, since only they know their place.
type walker struct {
	data    []byte
	decoder *json.Decoder
	depth   int
	answers []answer
	faults  []Fault
}

func (w *walker) line() int { return 1 + bytes.Count(w.data[:w.decoder.InputOffset()], []byte("\n")) }

// value reads whatever stands under a key.
func (w *walker) value(key string) error {
	token, err := w.decoder.Token()
	if err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	if len(w.answers) == maxAnswers || w.depth == maxDepth {
		return errTooMuch
	}
	switch t := token.(type) {
	case json.Delim:
		w.depth++
		defer func() { w.depth-- }()
		if t == '{' {
			return w.object(key)
		}
		return w.list(key)
	case bool:
		w.add(key, map[bool]string{true: "yes", false: "no"}[t])
	case json.Number:
		w.add(key, t.String())
	case string:
		w.add(key, t)
	}
	return nil
}

func (w *walker) add(key, text string) { w.answers = append(w.answers, answer{w.line(), key, text}) }

// object reads the answers of a form, of its tables or of one row.
func (w *walker) object(under string) error {
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return fmt.Errorf("reading a field: %w", err)
		}
		name, _ := token.(string)
		key := name
		switch {
		case under == "" && w.depth == 1 && (name == "values" || name == "tables"):
			key = ""
		case under != "":
			key = under + "." + name
		}
		if err := w.value(key); err != nil {
			return err
		}
	}
	_, err := w.decoder.Token()
	return err
}

// list reads the rows of a table, or the several choices of one answer.
func (w *walker) list(key string) error {
	line, from := w.line(), len(w.answers)
	for row := 1; w.decoder.More(); row++ {
		if err := w.value(form.RowKey(key, row)); err != nil {
			return err
		}
	}
	if _, err := w.decoder.Token(); err != nil {
		return fmt.Errorf("reading a list: %w", err)
	}
	// Choices stand in the list itself, cells one level deeper.
	var chosen []string
	for i, a := range w.answers[from:] {
		if a.key != key+"["+strconv.Itoa(i+1)+"]" {
			return nil
		}
		chosen = append(chosen, a.text)
	}
	w.answers = append(w.answers[:from], answer{line, key, strings.Join(chosen, "; ")})
	return nil
}
