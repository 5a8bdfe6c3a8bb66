package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// dissected is a file of ours taken apart: enough to write it again under a key.
type dissected struct {
	head    []byte // the two first lines
	objects []object
	rows    []byte // of the table of objects, seven bytes each
	table   int    // the number of the table itself
	trailer string // its entries that say what is in the file
}

// object is one numbered object as it stands in the file.
type object struct {
	number     int
	dictionary []byte
	stream     []byte // nil where it has none
}

// The widths of a row of our table: kind, place, index.
const rowSize = 7

// mostObjects bounds what is taken apart.
const mostObjects = 1 << 20

var (
	startsAt = regexp.MustCompile(`\nstartxref\n(\d{1,10})\n%%EOF\n$`)
	numbered = regexp.MustCompile(`^(\d{1,8}) 0 obj\n`)
	lengthIs = regexp.MustCompile(`^<</Length (\d{1,10})`)
	tableIs  = regexp.MustCompile(`/Type/XRef/W\[1 4 2\]/Size (\d{1,8})(/Root \d+ 0 R/Info \d+ 0 R/ID\[<[0-9A-F]{32}><[0-9A-F]{32}>\])>>$`)
)

// What stands around the stream of an object, and behind an object.
const (
	streamMark = "\nstream\n"
	endMark    = "\nendstream"
	objectEnd  = "\nendobj\n"
)

// takeApart reads a file as [file] writes one, and no other: each thing must
// stand where the table of objects says.
func takeApart(data []byte) (*dissected, error) {
	found := startsAt.FindSubmatchIndex(data)
	if found == nil || !bytes.HasPrefix(data, []byte("%PDF-1.7\n%")) {
		return nil, errNotOurs
	}
	start, err := strconv.Atoi(string(data[found[2]:found[3]]))
	if err != nil || start <= 0 || start >= found[0] {
		return nil, errNotOurs
	}
	table, err := objectAt(data[start : found[0]+1])
	if err != nil {
		return nil, err
	}
	entries := tableIs.FindSubmatch(table.dictionary)
	if entries == nil {
		return nil, errNotOurs
	}
	a := &dissected{table: table.number, trailer: string(entries[2])}
	if a.rows, err = inflated(table.stream); err != nil || len(a.rows) != rowSize*(table.number+1) {
		return nil, errNotOurs
	}
	return a, a.read(data[:start])
}

// inflated unpacks the rows, of which there are few.
func inflated(packed []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errNotOurs
	}
	rows, err := io.ReadAll(io.LimitReader(r, mostObjects*rowSize))
	if err != nil {
		return nil, errNotOurs
	}
	return rows, r.Close()
}

// read takes the objects in the order in which they stand; together they fill
// the file.
func (a *dissected) read(data []byte) error {
	var places []int
	for row := rowSize; row < len(a.rows); row += rowSize {
		if at := a.place(row); a.rows[row] == 1 && at < len(data) {
			places = append(places, at)
		}
	}
	slices.Sort(places)
	if len(places) == 0 {
		return errNotOurs
	}
	a.head = data[:places[0]]
	for i, at := range places {
		end := len(data)
		if i+1 < len(places) {
			end = places[i+1]
		}
		o, err := objectAt(data[at:end])
		if err != nil {
			return err
		}
		if o.number >= a.table || a.place(o.number*rowSize) != at {
			return errNotOurs
		}
		a.objects = append(a.objects, o)
	}
	return nil
}

// place is where the object of a row stands.
func (a *dissected) place(row int) int {
	return int(a.rows[row+1])<<24 | int(a.rows[row+2])<<16 | int(a.rows[row+3])<<8 | int(a.rows[row+4])
}

// objectAt reads the one object that a piece of the file is.
func objectAt(piece []byte) (object, error) {
	head := numbered.FindSubmatch(piece)
	if head == nil || !bytes.HasSuffix(piece, []byte(objectEnd)) {
		return object{}, errNotOurs
	}
	number, err := strconv.Atoi(string(head[1]))
	if err != nil || number < 1 || number > mostObjects {
		return object{}, errNotOurs
	}
	body := piece[len(head[0]) : len(piece)-len(objectEnd)]
	length := lengthIs.FindSubmatch(body)
	if length == nil {
		return object{number: number, dictionary: body}, nil
	}
	size, err := strconv.Atoi(string(length[1]))
	at := bytes.Index(body, []byte(streamMark))
	if err != nil || at < 0 || at+len(streamMark)+size+len(endMark) != len(body) || !bytes.HasSuffix(body, []byte(endMark)) {
		return object{}, errNotOurs
	}
	begin := at + len(streamMark)
	return object{number: number, dictionary: body[:at], stream: body[begin : begin+size]}, nil
}

// rewritten is the file anew, everything in it sealed but the encryption
// dictionary and the table of objects.
func (a *dissected) rewritten(s sealer, encryption string) []byte {
	f := &file{places: make([]location, a.table-1)}
	for i := range f.places {
		row := (i + 1) * rowSize
		if a.rows[row] == 2 {
			f.places[i] = location{stream: a.place(row), index: int(a.rows[row+5])<<8 | int(a.rows[row+6])}
		}
	}
	f.body.WriteString("%PDF-2.0" + string(a.head[len("%PDF-2.0"):]))
	for _, o := range a.objects {
		if o.stream == nil {
			f.put(o.number, string(s.strings(o.dictionary)))
			continue
		}
		sealed := s.seal(o.stream)
		entries := s.strings(lengthIs.ReplaceAll(o.dictionary, nil))
		f.putRaw(o.number, string(bytes.TrimSuffix(entries, []byte(">>"))), sealed)
	}
	key := f.add(encryption)
	return f.sealedTable(fmt.Sprintf("%s/Encrypt %d 0 R", a.trailer, key))
}

// strings seals every string of a dictionary (ISO 32000-2, 7.3.4), and writes
// each as hexadecimal.
func (s sealer) strings(dictionary []byte) []byte {
	var out []byte
	for i := 0; i < len(dictionary); {
		c := dictionary[i]
		next := byte(0)
		if i+1 < len(dictionary) {
			next = dictionary[i+1]
		}
		var text []byte
		size := 0
		switch {
		case c == '(':
			text, size = literal(dictionary[i:])
		case c == '<' && next != '<':
			text, size = hexadecimal(dictionary[i:])
		case c == '<' || c == '>' && next == '>':
			out, i = append(out, c, c), i+2
			continue
		}
		if size == 0 {
			out, i = append(out, c), i+1
			continue
		}
		out = fmt.Appendf(out, "<%X>", s.seal(text))
		i += size
	}
	return out
}

// literal reads a string in parentheses: its bytes, and its length as written.
func literal(from []byte) (text []byte, size int) {
	depth := 0
	for i := 0; i < len(from); i++ {
		switch c := from[i]; {
		case c == '\\' && i+1 < len(from):
			i++
			text = append(text, unescaped(from[i]))
			continue
		case c == '(':
			if depth++; depth == 1 {
				continue
			}
		case c == ')':
			if depth--; depth == 0 {
				return text, i + 1
			}
		}
		text = append(text, from[i])
	}
	return nil, 0
}

// unescaped is the character that stands behind a reverse solidus; this package
// writes no octal codes.
func unescaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

func hexadecimal(from []byte) (text []byte, size int) {
	end := bytes.IndexByte(from, '>')
	if end < 0 {
		return nil, 0
	}
	text, err := hex.DecodeString(string(from[1:end]))
	if err != nil {
		return nil, 0
	}
	return text, end + 1
}
