package table

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// RecordKey tells the records of a JSON Lines file or of a bare list apart
// where there are several kinds in one file.
const RecordKey = "record"

var (
	errTooDeep = errors.New("the JSON is nested deeper than 16 levels")
	errShape   = errors.New("the JSON is neither an object with lists, nor a list, nor one object a line")
)

func looksJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// pair is one key of an object with its value.
type pair struct {
	key  string
	cell Cell
}

// object is one flat object, or why there is none.
type object struct {
	pairs  []pair
	broken string
}

// group is the objects of one list and one kind of record: they make a table.
type group struct{ list, record string }

func (o object) record() string {
	for _, p := range o.pairs {
		if p.key == RecordKey && p.cell.Form == Text {
			return string(p.cell.text)
		}
	}
	return ""
}

// source is JSON text of a known shape.
type source struct {
	text  []byte
	lines bool
}

// openJSON reads the file once for the keys of each table. An object that
// cannot be read belongs to the first table of its list.
func openJSON(text []byte) ([]Table, error) {
	from := source{text, isLines(text)}
	var tables []Table
	var groups []group
	err := from.each(func(list string, _ int, o object) error {
		if o.broken != "" {
			return nil
		}
		g := group{list, o.record()}
		i := slices.Index(groups, g)
		if i < 0 {
			if i = len(groups); i == MaxTables {
				return errors.New("the JSON has more than 64 kinds of record")
			}
			groups = append(groups, g)
			tables = append(tables, Table{Sheet: list})
		}
		return tables[i].learn(o)
	})
	if len(tables) == 0 {
		return nil, cmp.Or(err, errShape)
	}
	// A fault after the first objects is met again, and told, when the tables
	// are walked: the rows before it stand.
	for i, g := range groups {
		first := slices.IndexFunc(groups, func(other group) bool { return other.list == g.list })
		tables[i].walk = from.walk(tables[i].Header, g, i == first)
	}
	return tables, nil
}

// learn adds the object's keys to the header.
func (t *Table) learn(o object) error {
	for _, p := range o.pairs {
		if !slices.Contains(t.Header, p.key) {
			t.Header = append(t.Header, p.key)
		}
	}
	if len(t.Header) > MaxColumns {
		return errors.New("the JSON has more than 1,024 keys")
	}
	return nil
}

// walk gives the objects of one group as rows in the header's order.
func (from source) walk(header []string, g group, first bool) func(func(Record) error) error {
	return func(visit func(Record) error) error {
		place := make(map[string]int, len(header))
		for i, key := range header {
			place[key] = i
		}
		cells := make([]Cell, len(header))
		return from.each(func(list string, row int, o object) error {
			if list != g.list || o.broken != "" && !first || o.broken == "" && o.record() != g.record {
				return nil
			}
			clear(cells)
			r := Record{Row: row, Cells: cells, Broken: o.broken}
			for _, p := range o.pairs {
				i, known := place[p.key]
				switch {
				case !known:
					continue
				case cells[i].text != nil:
					r.Broken = "a key stands twice in one object"
				case len(p.cell.text) > MaxCell:
					r.Broken = "a value is longer than 64 KiB"
				}
				cells[i] = p.cell
			}
			return visit(r)
		})
	}
}

// each visits the objects of any of the three shapes with the name of their
// list and their number in it, or their line.
func (from source) each(visit func(list string, row int, o object) error) error {
	if from.lines {
		return walkLines(from.text, visit)
	}
	d := json.NewDecoder(bytes.NewReader(from.text))
	d.UseNumber()
	w := walker{decoder: d, visit: visit}
	if err := w.document(); err != nil {
		return fmt.Errorf("reading the JSON near byte %d: %w", d.InputOffset(), plain(err))
	}
	return nil
}

// isLines reports whether the first line is an object of its own that holds no
// list of objects. A line that is broken inside is still a line.
func isLines(text []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, " \t\r\n"), []byte("\n"))
	line = bytes.TrimRight(line, " \t\r")
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(line))
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return true
		}
		switch token {
		case json.Delim('['):
			if token, _ := d.Token(); depth == 1 && token == json.Delim('{') {
				return false
			}
			return true
		case json.Delim('{'):
			depth++
		case json.Delim('}'):
			depth--
		}
	}
}

func walkLines(text []byte, visit func(string, int, object) error) error {
	for row := 1; len(text) > 0; row++ {
		if row > MaxRows {
			return errTooManyRows
		}
		var line []byte
		line, text, _ = bytes.Cut(text, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if err := visit("", row, lineObject(line)); err != nil {
			return err
		}
	}
	return nil
}

func lineObject(line []byte) object {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	w := walker{decoder: d}
	o, err := w.object()
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return o
		}
		err = errors.New("more than one object stands on the line")
	}
	return object{broken: "the line is not one JSON object: " + plain(err).Error()}
}

// plain takes the quoted characters out of a decoder's error: they are data.
func plain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return errors.New("not valid JSON")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	}
	return err
}

// walker reads JSON token by token, so that no depth of nesting costs stack.
type walker struct {
	decoder *json.Decoder
	visit   func(list string, row int, o object) error
	pairs   []pair
}

func (w *walker) document() error {
	opening, err := w.decoder.Token()
	if err != nil {
		return err
	}
	if opening == json.Delim('[') {
		return w.list("")
	}
	for w.decoder.More() {
		key, err := w.decoder.Token()
		if err != nil {
			return err
		}
		value, err := w.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if value == json.Delim('[') {
			err = w.list(name)
		} else {
			err = w.skip(value)
		}
		if err != nil {
			return err
		}
	}
	_, err = w.decoder.Token()
	return err
}

// list visits the elements of a list whose opening bracket has been read.
func (w *walker) list(name string) error {
	for row := 1; w.decoder.More(); row++ {
		if row > MaxRows {
			return errTooManyRows
		}
		o, err := w.object()
		if errors.Is(err, errNotObject) {
			o, err = object{broken: "an entry of the list is not an object"}, nil
		}
		if err != nil {
			return err
		}
		if err := w.visit(name, row, o); err != nil {
			return err
		}
	}
	_, err := w.decoder.Token()
	return err
}

var errNotObject = errors.New("not an object")

func (w *walker) object() (object, error) {
	opening, err := w.decoder.Token()
	if err != nil {
		return object{}, err
	}
	if opening != json.Delim('{') {
		if err := w.skip(opening); err != nil {
			return object{}, err
		}
		return object{}, errNotObject
	}
	w.pairs = w.pairs[:0]
	for w.decoder.More() {
		key, err := w.decoder.Token()
		if err != nil {
			return object{}, err
		}
		value, err := w.decoder.Token()
		if err != nil {
			return object{}, err
		}
		name, _ := key.(string)
		w.pairs = append(w.pairs, pair{name, jsonCell(value)})
		if err := w.skip(value); err != nil {
			return object{}, err
		}
	}
	_, err = w.decoder.Token()
	return object{pairs: w.pairs}, err
}

func jsonCell(value json.Token) Cell {
	switch v := value.(type) {
	case string:
		return Cell{Form: Text, text: []byte(v)}
	case json.Number:
		return Cell{Form: Number, text: plainNumber([]byte(v.String()))}
	case bool:
		if v {
			return Cell{Form: Boolean, text: []byte("TRUE")}
		}
		return Cell{Form: Boolean, text: []byte("FALSE")}
	case json.Delim:
		return Cell{Form: Nested, text: []byte{}}
	}
	return Cell{text: []byte{}}
}

// skip reads to the end of the value that token begins.
func (w *walker) skip(token json.Token) error {
	depth := 0
	for {
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > MaxDepth {
				return errTooDeep
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if token, err = w.decoder.Token(); err != nil {
			return err
		}
	}
}
