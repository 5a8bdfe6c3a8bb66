package form

import (
	"iter"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// Form is one composed form: core, one phase pack and the circumstance packs
// of a plan. It depends on its ID alone, so that a returned form is read with
// the very fields it was drawn with.
type Form struct {
	// ID names the packs: "statutory" or "statutory+transition+interim".
	ID string
	// Title is the form's name as its readers know it.
	Title string
	// Version is a short hash of the content of the definition files used and
	// of the authority's words.
	Version  string
	Phase    pep.Phase
	Sections []Section
	// Rights says which roles may see which audience.
	Rights Rights
	// Fillers are the words and colours of those who fill the form in.
	Fillers []FillerWords
}

// Section is a run of fields under one heading, in the words of a teacher.
type Section struct {
	Key   string
	Title string
	Help  string
	// NewPage asks a drawer to begin the section on a new page.
	NewPage bool
	// Optional sections with no answer are left out of final copies.
	Optional bool
	Fields   []Field
}

// Field is one question. In a composed form its kind is never [ContactKind]:
// a contact is taken apart into text fields key.name, key.role, key.email and
// so on when the definitions are read.
type Field struct {
	// Key is the field's name for life: child.forename, targets. In a table's
	// columns it is the name within the row: t.outcome.
	Key   string
	Label string
	// Help is a sentence for the person who fills the field in.
	Help string
	Kind Kind
	// Format narrows a text: a UPN, an e-mail address.
	Format  Format
	Fillers []Filler
	// Offered says when the field is on the form at all; the zero condition
	// means always, and an undecided one counts as true.
	Offered Condition
	// Send and Finalise say when an answer is needed before the blank form
	// goes out and before the plan is final.
	Send, Finalise Need
	// Audience names who may see the field; see [Rights].
	Audience Audience
	Choices  []Choice
	// OfferedChoices holds the conditions of those choices that are not always
	// open: money for early years stands only before Reception.
	OfferedChoices map[string]Condition
	// Min and Max bound a number, an amount in pounds or a percentage. Both
	// zero means unbounded.
	Min, Max float64
	// MaxLength bounds a text in characters; zero means the kind's own bound.
	MaxLength int
	// Lines is the writing room of an empty long text on paper.
	Lines int
	// Columns are the cells of a table's row.
	Columns []Field
	// FixedRows are the rows a table always has; the first column holds the
	// choice's key and is locked. NeededRows are the keys of those that must
	// be answered where the table is needed; without any, one row must.
	FixedRows  []Choice
	NeededRows []string
	// SpareRows are the empty rows added for writing; MaxRows bounds the table.
	SpareRows, MaxRows int
	// Cards asks that each row be drawn as a block of labelled answers,
	// because the columns do not fit a page side by side.
	Cards bool
	// Width is a column's share of the table's width, relative to the others.
	Width int
	// People marks a table whose rows are persons with a column "role".
	People bool
	// Place marks a place that may be where the child lives, such as the
	// meeting's; it is withheld where it is.
	Place bool
	// None means that a yes in the field key.none, which stands before the
	// table, answers it as well: there is nothing to record.
	None bool
	// Locked fields and columns are ours: the receiver reads them only.
	Locked bool
	// Source is the row of the field list that the field comes from: C06.
	Source string
	// Part is the field of the contact this one was taken from: "email" for
	// people.sw.email; empty for every other field.
	Part string
	// File and Line say where the field is defined.
	File string
	Line int
}

// Kind is the shape of an answer.
type Kind string

// The kinds.
const (
	// Text is one line.
	Text Kind = "text"
	// LongText may have many lines, parted by "\n".
	LongText Kind = "long text"
	// Date is a civil date, canonically 2026-03-17.
	Date Kind = "date"
	// Number is a decimal number, canonically without grouping: 12.5.
	Number Kind = "number"
	// Money is pounds with two decimals, canonically 1200.50.
	Money Kind = "money"
	// Percent is 0 to 100, canonically without the sign: 96.5.
	Percent Kind = "percent"
	// OneOf is one choice, canonically its key.
	OneOf Kind = "one of"
	// SeveralOf is any number of choices, canonically their keys in the order
	// of the definition, parted by "; ".
	SeveralOf Kind = "several of"
	// YesNo is canonically "yes" or "no".
	YesNo Kind = "yes/no"
	// ContactKind stands in definition files alone.
	ContactKind Kind = "contact"
	// Table has rows of columns.
	Table Kind = "table"
)

// Kinds lists every kind a definition may name.
func Kinds() []Kind {
	return []Kind{Text, LongText, Date, Number, Money, Percent, OneOf, SeveralOf, YesNo, ContactKind, Table}
}

// Filler is who writes an answer.
type Filler string

// The fillers. At 16 the leaving care worker stands in for the social worker,
// at 18 the personal adviser.
const (
	BySocialWorker      Filler = "social worker"
	BySetting           Filler = "setting"
	ByYoungPerson       Filler = "young person"
	ByCarer             Filler = "carer"
	ByParent            Filler = "parent"
	ByVirtualSchool     Filler = "virtual school"
	ByLeavingCareWorker Filler = "leaving care worker"
	ByPersonalAdviser   Filler = "personal adviser"
	ByBusinessSupport   Filler = "business support"
	ByHealthVisitor     Filler = "health visitor"
	// ByProgram is filled in by pepost itself and is always locked.
	ByProgram Filler = "pepost"
)

// Fillers lists every filler.
func Fillers() []Filler {
	return []Filler{
		BySocialWorker, BySetting, ByYoungPerson, ByCarer, ByParent, ByVirtualSchool,
		ByLeavingCareWorker, ByPersonalAdviser, ByBusinessSupport, ByHealthVisitor, ByProgram,
	}
}

// FillerWords is how a form speaks of a filler. Colour is RRGGBB in
// hexadecimal, dark enough to be read on white (contrast 4.5 to 1 or more);
// colour never stands alone, the words are always beside it.
type FillerWords struct {
	Filler Filler
	Words  string
	Colour string
}

// Choice is one answer of a list: Key is canonical, Label is shown.
type Choice struct {
	Key   string
	Label string
}

// Need says whether an answer is needed: never (the zero Need), always, or
// when a condition is true.
type Need struct {
	Always bool
	When   Condition
}

// Stage is a point in a plan's life at which answers are needed.
type Stage string

// The stages.
const (
	// ToSend is before the blank form leaves.
	ToSend Stage = "to send"
	// ToFinalise is before the plan is final.
	ToFinalise Stage = "to finalise"
)

// Values are the answers of one form in canonical text. A field that is not
// in the map has no answer.
type Values struct {
	Fields map[string]string
	Tables map[string][]Row
}

// Row is one row of a table: column key to canonical text.
type Row map[string]string

// Change is one answer that differs between two sets of values. Field is a
// key, or a key with row and column: targets[2].t.outcome; rows count from 1.
type Change struct {
	Field string `json:"field"`
	Was   string `json:"was"`
	Now   string `json:"now"`
}

// Fields walks every field of the form in order.
func (f Form) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for _, section := range f.Sections {
			for _, field := range section.Fields {
				if !yield(field) {
					return
				}
			}
		}
	}
}

// Field finds a field by key.
func (f Form) Field(key string) (Field, bool) {
	for field := range f.Fields() {
		if field.Key == key {
			return field, true
		}
	}
	return Field{}, false
}

// Column finds a column of a table by key.
func (f Field) Column(key string) (Field, bool) {
	for _, column := range f.Columns {
		if column.Key == key {
			return column, true
		}
	}
	return Field{}, false
}

// ChoiceLabel is the label of a choice's key, or the key itself where the
// field has no such choice.
func (f Field) ChoiceLabel(key string) string {
	for _, choice := range f.Choices {
		if choice.Key == key {
			return choice.Label
		}
	}
	return key
}

// Needed reports whether the field needs an answer at a stage, given the
// other answers. What is needed to send is needed to finalise too; a field
// that is not offered is never needed.
func (f Field) Needed(stage Stage, v Values) bool { return f.needed(stage, scope{values: v}) }

// NeededIn is Needed for a column of one row.
func (f Field) NeededIn(stage Stage, v Values, row Row) bool {
	return f.needed(stage, scope{values: v, row: row})
}

func (f Field) needed(stage Stage, s scope) bool {
	if f.Offered.judge(s) == False {
		return false
	}
	return f.Send.holds(s) || (stage == ToFinalise && f.Finalise.holds(s))
}

// FilledBy reports whether the filler is one of those who answer the field.
func (f Field) FilledBy(filler Filler) bool { return slices.Contains(f.Fillers, filler) }

// Holds reports whether the answer is needed given the other answers; an
// undecided condition does not make it so.
func (n Need) Holds(v Values) bool { return n.holds(scope{values: v}) }

func (n Need) holds(s scope) bool {
	return n.Always || (n.When.Text != "" && n.When.judge(s) == True)
}

// Never reports whether the answer is never needed.
func (n Need) Never() bool { return !n.Always && n.When.Text == "" }
