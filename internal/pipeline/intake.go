package pipeline

import "github.com/pepost/pepost/internal/pep"

// Intake is what the taken rows of one import say, by the case system's
// identifier of the child. What a map does not name stays as it is.
type Intake struct {
	// Children are the children's own rows.
	Children []pep.Child
	// Contacts are all the contacts of each child named: the newest export
	// replaces what was known, so one that vanished from it vanishes.
	Contacts map[string][]pep.Contact
	// Targets are all the targets of each child named, likewise.
	Targets map[string][]pep.Target
	// Returns are what SSDA903 files say; a field left empty keeps what an
	// earlier file said.
	Returns map[string]pep.Return903
	// Rows are the rows themselves, for telling new from changed.
	Rows []Row
}

// RowKind is which export a row comes from, such as contacts.
type RowKind string

// Row identifies one taken row and what it said. Rows of one child, kind and
// key are told apart by their order.
type Row struct {
	ChildID string
	Kind    RowKind
	Key     string   // what names the row among the child's others of its kind
	Digest  [32]byte // of everything the row says that is stored
}

// Intaken counts the rows of one import: new, changed and known already.
type Intaken struct {
	Accepted, Changed, Unchanged int
	Changes                      []Change
	// Touched are the children of whom anything is new or changed.
	Touched []pep.Ref
}

// Change tells which fields of a child the register already had were changed,
// by name and without any value.
type Change struct {
	Ref    pep.Ref
	Fields []string
}
