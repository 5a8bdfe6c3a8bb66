package table

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// RecordKey tells the records of a JSON Lines file or of a bare list apart
// where there are several kinds in one file.
const RecordKey = "record"

var (
	errShape        = errors.New("the JSON is neither an object with lists, nor a list, nor one object a line")
	errTooManyKinds = errors.New("the JSON has more than 64 kinds of record; the others were not read")
	errTooManyKeys  = errors.New("the JSON has more than 1,024 keys; those of the later objects were not read")
)

func looksJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// pair is one key of an object with its value.
type pair struct {
	key  []byte
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
		if string(p.key) == RecordKey && p.cell.Form == Text {
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

// keys are the keys of one group's objects, by place.
type keys struct {
	group
	place map[string]int
	names []string
}

// openJSON reads the file once for the keys of each table. An object that
// cannot be read belongs to the first table of its list.
func openJSON(text []byte) ([]Table, error) {
	from := source{text, isLines(text)}
	var found []*keys
	var lists []string
	err := from.each(func(list string, _ int, o object) error {
		if o.broken != "" {
			if !slices.Contains(lists, list) && len(lists) < MaxTables {
				lists = append(lists, list)
			}
			return nil
		}
		g := group{list, o.record()}
		i := slices.IndexFunc(found, func(k *keys) bool { return k.group == g })
		if i < 0 {
			if i = len(found); i == MaxTables {
				return errTooManyKinds
			}
			found = append(found, &keys{group: g, place: map[string]int{}})
		}
		return found[i].learn(o)
	})
	if len(found) == 0 {
		return nil, cmp.Or(err, errShape)
	}
	for _, list := range lists {
		if !slices.ContainsFunc(found, func(k *keys) bool { return k.list == list }) {
			found = append(found, &keys{group: group{list: list}})
		}
	}
	var tables []Table
	for i, k := range found {
		first := i == slices.IndexFunc(found, func(other *keys) bool { return other.list == k.list })
		tables = append(tables, Table{Sheet: k.list, Header: k.names, walk: from.walk(k, first)})
	}
	if errors.Is(err, errTooManyKinds) || errors.Is(err, errTooManyKeys) {
		return tables, err
	}
	// Any other fault is met again, and told, when the tables are walked: the
	// rows before it stand.
	return tables, nil
}

// learn adds the object's keys to the header.
func (k *keys) learn(o object) error {
	for _, p := range o.pairs {
		if _, known := k.place[string(p.key)]; !known {
			k.place[string(p.key)] = len(k.names)
			k.names = append(k.names, string(p.key))
		}
	}
	if len(k.names) > MaxColumns {
		return errTooManyKeys
	}
	return nil
}

// walk gives the objects of one group as rows in the header's order.
func (from source) walk(k *keys, first bool) func(func(Record) error) error {
	return func(visit func(Record) error) error {
		cells, filled := make([]Cell, len(k.names)), make([]bool, len(k.names))
		return from.each(func(list string, row int, o object) error {
			if list != k.list || o.broken != "" && !first || o.broken == "" && o.record() != k.record {
				return nil
			}
			clear(cells)
			clear(filled)
			r := Record{Row: row, Cells: cells, Broken: o.broken}
			for _, p := range o.pairs {
				i, known := k.place[string(p.key)]
				switch {
				case !known:
					continue
				case filled[i]:
					r.Broken = "a key stands twice in one object"
				case len(p.cell.text) > MaxCell:
					r.Broken = "a value is longer than 64 KiB"
				}
				cells[i], filled[i] = p.cell, true
			}
			return visit(r)
		})
	}
}

// each visits the objects of any of the three shapes with the name of their
// list and their number in it, or their line.
func (from source) each(visit func(list string, row int, o object) error) error {
	if from.lines {
		return eachLine(from.text, visit)
	}
	w := walker{from: jsonText{from.text}, visit: visit}
	err := w.document()
	if errors.Is(err, errSyntax) || errors.Is(err, errEarly) || errors.Is(err, errTooDeep) {
		return fmt.Errorf("reading near byte %d: %w; nothing after it was read", len(from.text)-len(w.from.rest), err)
	}
	return err
}

// isLines reports whether the first line is an object of its own that holds no
// list of objects. A line that is broken inside is still a line.
func isLines(text []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, " \t\r\n"), []byte("\n"))
	line = bytes.TrimRight(line, " \t\r")
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	j := jsonText{line[1:]}
	for first := true; ; first = false {
		more, err := j.more('}', first)
		if err != nil || !more {
			return true
		}
		if _, err = j.text(); err == nil {
			err = j.take(':')
		}
		if err != nil {
			return true
		}
		if j.peek() == '[' {
			inside := jsonText{j.rest[1:]}
			if inside.peek() == '{' {
				return false
			}
		}
		if _, err := j.value(); err != nil {
			return true
		}
	}
}

func eachLine(text []byte, visit func(string, int, object) error) error {
	var w walker
	for row := 1; len(text) > 0; row++ {
		if row > MaxRows {
			return errTooManyRows
		}
		var line []byte
		line, text, _ = bytes.Cut(text, []byte("\n"))
		w.from.rest = line
		if w.from.peek() == 0 {
			continue
		}
		o, err := w.object()
		if err == nil && w.from.peek() != 0 {
			err = errors.New("more than one value stands on it")
		}
		if err != nil {
			o = object{broken: "the line is not one JSON object: " + err.Error()}
		}
		if err := visit("", row, o); err != nil {
			return err
		}
	}
	return nil
}

// walker reads objects one after the other and keeps none.
type walker struct {
	from  jsonText
	visit func(list string, row int, o object) error
	pairs []pair
}

func (w *walker) document() error {
	if w.from.peek() == '[' {
		if err := w.list(""); err != nil {
			return err
		}
		return w.end()
	}
	if err := w.from.take('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := w.from.more('}', first)
		if err != nil {
			return err
		}
		if !more {
			return w.end()
		}
		name, err := w.key()
		if err != nil {
			return err
		}
		if w.from.peek() == '[' {
			err = w.list(string(name))
		} else {
			_, err = w.from.value()
		}
		if err != nil {
			return err
		}
	}
}

func (w *walker) end() error {
	if w.from.peek() != 0 {
		return errSyntax
	}
	return nil
}

func (w *walker) key() ([]byte, error) {
	name, err := w.from.text()
	if err == nil {
		err = w.from.take(':')
	}
	return name, err
}

// list visits the entries of a list.
func (w *walker) list(name string) error {
	if err := w.from.take('['); err != nil {
		return err
	}
	for row := 1; ; row++ {
		more, err := w.from.more(']', row == 1)
		if err != nil || !more {
			return err
		}
		if row > MaxRows {
			return errTooManyRows
		}
		o := object{broken: "an entry of the list is not an object"}
		if w.from.peek() == '{' {
			o, err = w.object()
		} else {
			_, err = w.from.value()
		}
		if err != nil {
			return err
		}
		if err := w.visit(name, row, o); err != nil {
			return err
		}
	}
}

func (w *walker) object() (object, error) {
	if err := w.from.take('{'); err != nil {
		return object{}, err
	}
	w.pairs = w.pairs[:0]
	for first := true; ; first = false {
		more, err := w.from.more('}', first)
		if err != nil || !more {
			return object{pairs: w.pairs}, err
		}
		if len(w.pairs) > MaxColumns {
			return object{}, errors.New("an object has more than 1,024 keys")
		}
		key, err := w.key()
		if err != nil {
			return object{}, err
		}
		cell, err := w.from.value()
		if err != nil {
			return object{}, err
		}
		w.pairs = append(w.pairs, pair{key, cell})
	}
}
