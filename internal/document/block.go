package document

import (
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// Purpose is what a document is for.
type Purpose string

// The purposes.
const (
	// BlankForm is to be filled in and sent back: open answers, spare rows.
	BlankForm Purpose = "form"
	// FinalCopy is to be read: nothing is open, nothing empty is shown.
	FinalCopy Purpose = "final"
)

// Reader is the person a document is made for.
type Reader struct {
	Role pep.Role
	// Also are other roles of whoever reads the same mailbox: the document shows
	// only what every role may see.
	Also []pep.Role
	// WithholdPlacementAddress is set where this person's copy must not show
	// where the child lives.
	WithholdPlacementAddress bool
	Purpose                  Purpose
}

// Head is what the page itself says beside the form.
type Head struct {
	// Authority is the council's name, VirtualSchool the team's.
	Authority     string
	VirtualSchool string
	Ref           pep.Ref
	// ReturnBy is the last day for a filled form; zero where none is asked.
	ReturnBy pep.Date
	// ReturnTo is the mailbox a filled form goes to.
	ReturnTo string
	// Officer and Phone are whom to ring about the form.
	Officer string
	Phone   string
	// Language is a BCP 47 tag; empty means en-GB.
	Language string
	// Generated is the day the document was made, from the injected clock.
	Generated pep.Date
	// OnPaper is set for a form that goes by post and is filled in by hand.
	OnPaper bool
}

// Document is one form for one reader, ready to be drawn.
type Document struct {
	// Title names the form, never the child; it may stand in document
	// properties.
	Title       string
	Language    string
	Ref         pep.Ref
	FormID      string
	FormVersion string
	Purpose     Purpose
	// OnPaper forms are printed and filled in by hand: a drawer that draws
	// paper gives them lines to write on.
	OnPaper bool
	// CopyFor is the reader's role in words.
	CopyFor       string
	Authority     string
	VirtualSchool string
	ReturnBy      pep.Date
	ReturnTo      string
	Generated     pep.Date
	// Header and Footer are the running lines of every page; a drawer adds
	// "Page x of y". They hold the reference and no personal data.
	Header, Footer string
	Blocks         []Block
}

// Block is one piece of a document: Heading, Paragraph, Note, Facts, Answer,
// Grid or PageBreak.
type Block interface{ block() }

// Heading begins a part. Level 1 is the document's title and stands once;
// sections are level 2, tables and groups inside them level 3.
type Heading struct {
	Level int
	// Key is the section's key, for bookmarks and anchors.
	Key  string
	Text string
}

// Paragraph is plain text to be read; "\n" is a line break.
type Paragraph struct{ Text string }

// Tone is how a note is meant.
type Tone string

// The tones.
const (
	// Guidance explains how to fill something in.
	Guidance Tone = "guidance"
	// Important must not be overlooked.
	Important Tone = "important"
)

// Note is a set-off text: who fills a section in, how to send the form back.
type Note struct {
	Tone Tone
	Text string
}

// Facts are labelled texts of the page itself that are no answers of the
// form: reference, return by. They are never read back.
type Facts struct {
	// Label describes the list to those who cannot see it.
	Label string
	Pairs []Fact
}

// Fact is one labelled text.
type Fact struct{ Label, Text string }

// Answer is one question with its answer.
type Answer struct {
	// Key is the field's key, the tag of its content control.
	Key   string
	Label string
	Help  string
	Kind  form.Kind
	// Filler is the first of those who answer; FilledBy names all of them in
	// words ("Social worker or carer"); Colour is the first one's RRGGBB.
	Filler   form.Filler
	FilledBy string
	Colour   string
	// Required is set where the plan cannot be final without the answer.
	Required bool
	// Value is the canonical answer, Display the same in words; both are
	// empty where there is none. A drawer shows Display, or a placeholder in
	// a blank form.
	Value   string
	Display string
	// Locked answers are ours; in a final copy all are.
	Locked  bool
	Choices []form.Choice
	// MaxLength bounds the answer in characters; zero means no bound.
	MaxLength int
	// Lines is the writing room an empty answer needs on paper; zero means
	// one line.
	Lines int
}

// Layout is how a grid's rows are drawn.
type Layout string

// The layouts.
const (
	// Rows has a header row and one line a row.
	Rows Layout = "rows"
	// Cards draws each row as its own small table of label and answer,
	// headed "Label n".
	Cards Layout = "cards"
)

// Grid is a table of answers.
type Grid struct {
	Key      string
	Label    string
	Help     string
	Filler   form.Filler
	FilledBy string
	Colour   string
	Required bool
	Layout   Layout
	Columns  []Column
	// Rows hold one cell for every column, in order.
	Rows [][]Cell
	// Spare is how many empty rows follow for writing; MaxRows is the most a
	// reader may return, zero where unbounded.
	Spare, MaxRows int
	// FixedRows is set where the rows are given: none may be added.
	FixedRows bool
	// Locked grids are ours throughout.
	Locked bool
	// AltText describes the table to those who cannot see it.
	AltText string
}

// Column is one column of a grid.
type Column struct {
	// Key is the column's name within the row: t.outcome.
	Key     string
	Label   string
	Help    string
	Kind    form.Kind
	Choices []form.Choice
	// Width is the share of the grid's width, relative to the other columns;
	// at least 1.
	Width     int
	Required  bool
	Locked    bool
	MaxLength int
}

// Cell is one answer in a grid: Value canonical, Display in words.
type Cell struct{ Value, Display string }

// PageBreak begins a new page.
type PageBreak struct{}

func (Heading) block()   {}
func (Paragraph) block() {}
func (Note) block()      {}
func (Facts) block()     {}
func (Answer) block()    {}
func (Grid) block()      {}
func (PageBreak) block() {}

// Withheld is one thing left out of a reader's copy.
type Withheld struct {
	// Field is the key, with row and column where it is a cell.
	Field string
	Why   string
	// Holds is set where the copy must not be sent until a person has looked:
	// a free text repeats something the reader may not see.
	Holds bool
	// Sentence is the text with the hit, for that person's eyes only; never
	// for a log.
	Sentence string
}
