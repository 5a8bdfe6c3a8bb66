package roster

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster/table"
)

// maxFiles bounds one import.
const maxFiles = 256

// Read takes the files of one import. It fails never: what cannot be taken is
// among the batch's Rejects or Unread.
func Read(in Input) Batch {
	r := newReading(in)
	tables := r.open(in.Files)
	for _, kind := range kinds() {
		for i := range tables {
			if tables[i].match.layout.kind == kind {
				r.readTable(&tables[i])
			}
		}
	}
	for _, t := range tables {
		r.batch.Tables = append(r.batch.Tables, t.told)
	}
	r.conclude()
	return r.batch
}

// conclude puts what the return said into the batch and gives back the room
// that growing lists have left over: it is a third of a large batch.
func (r *reading) conclude() {
	for id, of := range r.returns {
		of.said.LeftCare = of.left()
		r.batch.Returns[id] = of.said
	}
	trim(r.batch.Contacts)
	trim(r.batch.Targets)
}

func trim[T any](lists map[string][]T) {
	for id, list := range lists {
		if len(list) < cap(list) {
			lists[id] = append(make([]T, 0, len(list)), list...)
		}
	}
}

// kinds in the order they are read: whoever is named must have been read
// before.
func kinds() []Kind {
	return []Kind{Children, Contacts, Targets, Header903, Episodes903, Reviews903, UASC903}
}

// source is one recognised table.
type source struct {
	table table.Table
	match match
	told  Table
}

// reading is the state of one Read.
type reading struct {
	in    Input
	atlas *atlas
	batch Batch
	texts texts
	// own are the children whose own row was taken, by place in batch.Children.
	own map[string]int
	// refused are the children whose own row was refused.
	refused map[string]bool
	// seen are the rows so far, by digest, to tell repeats.
	seen map[[16]byte]bool
	// targets counts the rows of targets of each child, refused ones too.
	targets map[string]int
	returns map[string]*returned
	encoded writer
}

func newReading(in Input) *reading {
	r := &reading{
		in: in, atlas: newAtlas(), texts: texts{}, own: map[string]int{}, refused: map[string]bool{},
		seen: map[[16]byte]bool{}, targets: map[string]int{}, returns: map[string]*returned{},
	}
	r.batch = Batch{Contacts: map[string][]pep.Contact{}, Targets: map[string][]pep.Target{}, Returns: map[string]pep.Return903{}}
	return r
}

// open finds the tables of all files.
func (r *reading) open(files []File) []source {
	var found []source
	for i, file := range files {
		if i == maxFiles {
			r.unread(file.Name, "", "more than 256 files in one import; this one and those after it were not read")
			break
		}
		tables, err := table.Open(file.Data, r.atlas.score)
		if err != nil {
			r.unread(file.Name, "", err.Error())
		}
		for _, t := range tables {
			if s, known := r.source(file.Name, t); known {
				found = append(found, s)
			}
		}
	}
	return found
}

func (r *reading) unread(file, sheet, reason string) {
	r.batch.Unread = append(r.batch.Unread, Unread{File: file, Sheet: sheet, Reason: reason})
}

func (r *reading) source(file string, t table.Table) (source, bool) {
	m, known := r.atlas.recognise(t.Header)
	switch {
	case t.Problem != nil:
		r.unread(file, t.Sheet, t.Problem.Error())
		return source{}, false
	case !known:
		r.unread(file, t.Sheet, r.atlas.unknown(t))
		return source{}, false
	}
	s := source{table: t, match: m, told: Table{File: file, Sheet: t.Sheet, Kind: m.layout.kind, Header: t.HeaderRow}}
	if m.layout.exact == nil {
		for at, name := range t.Header {
			if !slices.Contains(m.cells, at) && folded(name) != "" && name != table.RecordKey {
				s.told.Unknown = append(s.told.Unknown, name)
			}
		}
	}
	return s, true
}

// readTable judges every row of a table.
func (r *reading) readTable(s *source) {
	one := row{
		place: Place{File: s.told.File, Sheet: s.told.Sheet}, header: s.table.Header, match: s.match,
		epoch1904: s.table.Epoch1904, texts: make([]string, len(s.match.cells)),
	}
	r.missingColumns(&one, s.table.HeaderRow)
	err := s.table.Rows(func(record table.Record) error {
		s.told.Rows++
		r.batch.Rows++
		one.place.Row = record.Row
		one.refusal, one.also, one.warnings = nil, one.also[:0], one.warnings[:0]
		if record.Broken != "" {
			r.batch.Rejects = append(r.batch.Rejects, Finding{Place: one.place, Code: pep.BadEncoding, Value: TextValue, Reason: record.Broken})
			return nil
		}
		one.load(record, r.texts)
		r.judge(&one)
		return nil
	})
	if err != nil {
		r.unread(s.told.File, s.told.Sheet, err.Error())
	}
}

// missingColumns warns once where the export lacks a column whose absence in a
// row is a warning.
func (r *reading) missingColumns(one *row, header int) {
	wanted := map[Kind]int{Children: childLookedAfter, Contacts: contactEmail}
	c, is := wanted[one.match.layout.kind]
	if !is || one.has(c) {
		return
	}
	one.place.Row = header
	f := one.finding(c, pep.MissingRequired, "the export has no such column")
	f.Value = NoValue
	r.batch.Warnings = append(r.batch.Warnings, f)
}

func (r *reading) judge(one *row) {
	switch one.match.layout.kind {
	case Children:
		r.takeChild(one)
	case Contacts:
		r.takeContact(one)
	case Targets:
		r.takeTarget(one)
	case Header903:
		r.takeHeader(one)
	case Episodes903:
		r.takeEpisode(one)
	case Reviews903:
		r.takeReview(one)
	case UASC903:
		r.takeUASC(one)
	}
}

// childOf gives the child that a row is about and whether it is known: its own
// row was taken, or the register has it and no row of its own was refused.
func (r *reading) childOf(one *row) (id string, known bool) {
	id = one.texts[0]
	if id == "" {
		one.refuse(0, pep.MissingRequired, "the row names no child")
		return "", false
	}
	if _, taken := r.own[id]; taken {
		return id, true
	}
	if _, registered := r.in.Known[id]; registered && !r.refused[id] {
		return id, true
	}
	one.refuse(0, pep.UnknownChild, "no child with this number was taken in this import or is in the register")
	return id, false
}

// birthOf is a known child's date of birth.
func (r *reading) birthOf(id string) pep.Date {
	if at, taken := r.own[id]; taken {
		return r.batch.Children[at].DateOfBirth
	}
	return r.in.Known[id]
}

// reject counts a row as refused.
func (r *reading) reject(one *row) {
	r.batch.Rejects = append(r.batch.Rejects, one.refusedFinding())
}

// take counts a row as taken.
func (r *reading) take(one *row, id, key string, digest [32]byte) {
	r.remember(digest)
	r.batch.Taken = append(r.batch.Taken, Row{ChildID: id, Kind: one.match.layout.kind, Key: key, Digest: digest})
	r.batch.Warnings = append(r.batch.Warnings, one.warnings...)
}

func (r *reading) remember(digest [32]byte) { r.seen[[16]byte(digest[:16])] = true }

func (r *reading) known(digest [32]byte) bool { return r.seen[[16]byte(digest[:16])] }

// repeats counts a row that says what an earlier one said.
func (r *reading) repeats(digest [32]byte) bool {
	if !r.known(digest) {
		return false
	}
	r.batch.Repeated++
	return true
}

// writer makes digests without leaving a copy of each row behind.
type writer struct{ buffer []byte }

// Write appends, so that encoding/json can write into the buffer.
func (w *writer) Write(part []byte) (int, error) {
	w.buffer = append(w.buffer, part...)
	return len(part), nil
}

func (w *writer) digest(kind Kind, id string, value any) [32]byte {
	w.buffer = append(w.buffer[:0], kind...)
	w.buffer = binary.BigEndian.AppendUint32(w.buffer, uint32(len(id)))
	w.buffer = append(w.buffer, id...)
	// Plain values of our own always can be written.
	_ = json.NewEncoder(w).Encode(value)
	return sha256.Sum256(w.buffer)
}
