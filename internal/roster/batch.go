package roster

import "github.com/pepost/pepost/internal/pep"

// File is one export as it came. Name is what findings call it.
type File struct {
	Name string
	Data []byte
}

// Input is one import: all the files of it together, since children in one
// file are known to the contacts in another.
type Input struct {
	Files []File
	// AsOf is the day that dates of birth may not lie after.
	AsOf pep.Date
	// Known are the children that the register already has, by the case
	// system's identifier, with their dates of birth.
	Known map[string]pep.Date
}

// Batch is what one import says. Rows counts every row of data; each is either
// among Taken, Repeated or Rejects, so the three add up to it.
type Batch struct {
	Rows     int
	Children []pep.Child
	// Origins are where Children stand, in the same order.
	Origins []Origin
	// Contacts and Targets are all those of each child named, in file order. A
	// child whose rows were all refused is named with none.
	Contacts map[string][]pep.Contact
	Targets  map[string][]pep.Target
	// Returns are what SSDA903 files say, for children that they name.
	Returns map[string]pep.Return903
	// Taken are the rows that were taken, in the order read: children first,
	// then contacts, targets and the return.
	Taken []Row
	// Repeated counts rows that say what an earlier row of the import said.
	Repeated int
	// Rejects has one finding for each row refused, Warnings any number.
	Rejects  []Finding
	Warnings []Finding
	// Tables are the tables found, in the order of the files.
	Tables []Table
	// Unread are the files and sheets of which nothing, or not everything, was
	// read, and why.
	Unread []Unread
}

// Origin is where a child's own row stands. Its column is empty.
type Origin struct {
	Place
	// MeetingColumn is the header of the date of the PEP meeting, empty where
	// the export has none.
	MeetingColumn string
}

// Meeting is the place of the date of the PEP meeting, for a caller that has
// to say something about it.
func (o Origin) Meeting() Place {
	place := o.Place
	place.Column = o.MeetingColumn
	return place
}

// Kind is what the rows of a table are about.
type Kind string

// The kinds of table.
const (
	Children    Kind = "children"
	Contacts    Kind = "contacts"
	Targets     Kind = "targets"
	Header903   Kind = "ssda903 header"
	Episodes903 Kind = "ssda903 episodes"
	Reviews903  Kind = "ssda903 reviews"
	UASC903     Kind = "ssda903 uasc"
)

// Row identifies one taken row and what it said.
type Row struct {
	ChildID string
	Kind    Kind
	// Key names the row among the child's others of its kind: role and name of
	// a contact, date and number of a target, start of an episode.
	Key string
	// Digest is over every value of the row that was taken, as it is understood
	// and not as it was written: 17/03/2026 and 2026-03-17 say the same.
	Digest [32]byte
}

// Place is where something stands: the row as a spreadsheet numbers it, within
// the sheet where there is one, and the column by its header as the file has
// it.
type Place struct {
	File   string `json:"file"`
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row"`
	Column string `json:"column"`
}

// Finding is one fault. Neither Reason nor Value repeats what the cell holds.
type Finding struct {
	Place
	Code   pep.Code   `json:"code"`
	Value  ValueClass `json:"value"`
	Reason string     `json:"reason"`
}

// ValueClass says what sort of text a cell holds without showing it.
type ValueClass string

// The classes of value.
const (
	NoValue      ValueClass = "empty"
	DateValue    ValueClass = "date"
	NumberValue  ValueClass = "number"
	WordValue    ValueClass = "letters"
	CodeValue    ValueClass = "letters and digits"
	AddressValue ValueClass = "e-mail address"
	FormulaValue ValueClass = "formula"
	TextValue    ValueClass = "text"
)

// Table is one table found in a file: where its header stands, how many rows
// it has and which of its columns nobody asked for, by their headers.
type Table struct {
	File    string   `json:"file"`
	Sheet   string   `json:"sheet,omitempty"`
	Kind    Kind     `json:"kind"`
	Header  int      `json:"header"`
	Rows    int      `json:"rows"`
	Unknown []string `json:"unknown,omitempty"`
}

// Unread is a file or a sheet that was not read, or not to its end.
type Unread struct {
	File   string `json:"file"`
	Sheet  string `json:"sheet,omitempty"`
	Reason string `json:"reason"`
}
