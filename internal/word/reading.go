package word

import (
	"errors"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/scan"
)

// Forms knows the forms that were sent.
type Forms interface {
	// ByID finds a composed form by its ID, as "statutory+transition".
	ByID(id string) (form.Form, bool)
}

// Reading is what a returned form says.
type Reading struct {
	// Ref is empty where the file tells none, or tells two.
	Ref pep.Ref
	// Form and Version name the form as it was sent.
	Form    string
	Version string
	// Values are the canonical answers. What could not be read is not among
	// them but in Unreadable; an answer that was cleared is in neither.
	Values form.Values
	// Unreadable are the keys of answers that are there and could not be read,
	// or whose place in the file is gone: child.dob, targets[2].t.cost.
	Unreadable []string
	// AsWritten is the text of an unreadable answer as the file has it, by the
	// same keys; an answer whose place is gone has none.
	AsWritten map[string]string
	Problems  []Problem
	// Comments are what people noted in the margin, for the case worker.
	Comments []Comment
	// Confidence is the share of the answers sent that were read for certain,
	// 0 to 1: each counts by how it was found (tag or binding path 1, bookmark
	// 0.9, title 0.8, label 0.6; lost, unreadable or contradicted 0). With the
	// layout lost it is at most 0.5, and without one certain reference half of
	// what it would be.
	Confidence float64
}

// ProblemCode names what is odd about a returned form.
type ProblemCode string

// The codes.
const (
	// LayoutLost is a form of which less than nine tenths of the answers were
	// found by their controls; labels were used for the rest.
	LayoutLost ProblemCode = "layout_lost"
	// ControlLost is an answer whose control somebody deleted.
	ControlLost ProblemCode = "control_lost"
	// Conflict is an answer that stands in two places and differs.
	Conflict ProblemCode = "conflict"
	// NotAnAnswer is a text that the field does not take: no date, no choice.
	NotAnAnswer ProblemCode = "not_an_answer"
	// TooManyRows is a table with more rows than the form allows; all are read.
	TooManyRows ProblemCode = "too_many_rows"
	// OtherVersion is a form that has changed since it was sent.
	OtherVersion ProblemCode = "other_version"
	// NoReference is a form that does not say, or says in two ways, whose it is.
	NoReference ProblemCode = "no_reference"
	// LooseText is a text beside an answer's box: it was read as part of the
	// answer where that is a text, and is unreadable where it is not.
	LooseText ProblemCode = "loose_text"
	// HiddenCopyDiffers is an answer of which the custom XML part holds
	// another text than the page shows; what is shown was taken.
	HiddenCopyDiffers ProblemCode = "hidden_copy_differs"
	// Picture is a picture at an answer, which is not read.
	Picture ProblemCode = "picture"
	// HiddenText is a text at an answer that the page does not show; it is not
	// read.
	HiddenText ProblemCode = "hidden_text"
	// Footnote is a footnote at an answer, which is not read.
	Footnote ProblemCode = "footnote"
	// TrackedChanges is a form with changes not yet accepted; insertions are
	// read, deletions are not.
	TrackedChanges ProblemCode = "tracked_changes"
)

// Problem is one thing for a person to look at. Detail names fields and never
// quotes answers.
type Problem struct {
	Code   ProblemCode
	Field  string
	Detail string
}

// Comment is one remark in the margin.
type Comment struct {
	// Field is the key of the answer it stands beside, empty for none.
	Field  string
	Author string
	Text   string
}

// RefusedError is a file that is not read; see package opc.
type RefusedError = opc.RefusedError

// RefusalCode says why; see package opc.
type RefusalCode = opc.RefusalCode

// The codes of refusal.
const (
	NotDocx         = opc.NotDocx
	Macro           = opc.Macro
	Encrypted       = opc.Encrypted
	Bomb            = opc.Bomb
	ExternalContent = opc.ExternalContent
	EmbeddedObject  = opc.EmbeddedObject
	Corrupt         = opc.Corrupt
	UnknownForm     = opc.UnknownForm
)

// Read reads a returned form. The error is always a *[RefusedError]; whatever
// else is wrong with a form is told in the reading.
func Read(data []byte, forms Forms) (Reading, error) {
	file, err := scan.OpenToRead(data)
	if err != nil {
		return Reading{}, asRefused(err)
	}
	defer file.Close()
	about := file.Identify()
	f, known := forms.ByID(about.Form)
	if !known {
		return Reading{}, &RefusedError{Code: UnknownForm, Detail: "the document is none of our forms, or no longer says which"}
	}
	s := scan.New(f)
	if err := s.All(file); err != nil {
		return Reading{}, asRefused(err)
	}
	r := reader{form: f, scan: s, file: file}
	r.out = Reading{
		Ref: about.Ref, Form: about.Form, Version: about.Version, AsWritten: map[string]string{},
		Values: form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}},
	}
	r.problemsOf(about)
	r.answers()
	r.comments()
	return r.out, nil
}

func asRefused(err error) error {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused
	}
	return &RefusedError{Code: Corrupt, Detail: "the document cannot be read"}
}
