package pep

import "slices"

// Phase is which of the three forms a PEP uses.
type Phase string

// The phases; NoPhase means that no PEP is made, with a reason beside it.
const (
	EarlyYears Phase = "early_years"
	Statutory  Phase = "statutory"
	Post16     Phase = "post16"
	NoPhase    Phase = "none"
)

// Phases lists every phase.
func Phases() []Phase { return []Phase{EarlyYears, Statutory, Post16, NoPhase} }

// Circumstance is something about a child's situation that adds a pack to
// the form or changes who gets it. Several may hold at once.
type Circumstance string

// The circumstances.
const (
	InCustody         Circumstance = "custody"
	Initial           Circumstance = "initial"
	NotInSetting      Circumstance = "not_in_setting"
	NotInEducation    Circumstance = "not_in_education"
	Interim           Circumstance = "interim"
	Transition        Circumstance = "transition"
	Progression       Circumstance = "progression"
	Moved             Circumstance = "moved"
	PlacedForAdoption Circumstance = "placed_for_adoption"
	Adult             Circumstance = "adult"
	ShortBreaks       Circumstance = "short_breaks"
)

// Circumstances lists every circumstance.
func Circumstances() []Circumstance {
	return []Circumstance{
		InCustody, Initial, NotInSetting, NotInEducation, Interim, Transition,
		Progression, Moved, PlacedForAdoption, Adult, ShortBreaks,
	}
}

// Variant is the kind of one PEP.
type Variant string

// The variants; a child for whom no PEP is made has the empty one.
const (
	VariantNone         Variant = ""
	VariantCustody      Variant = "custody"
	VariantInitial      Variant = "initial"
	VariantNotInSetting Variant = "not_in_setting"
	VariantInterim      Variant = "interim"
	VariantTransition   Variant = "transition"
	VariantProgression  Variant = "progression"
	VariantReview       Variant = "review"
)

// TermName is one of the three terms of an academic year.
type TermName string

// The terms.
const (
	Autumn TermName = "autumn"
	Spring TermName = "spring"
	Summer TermName = "summer"
)

// Term is one term of one academic year; Year is the calendar year in which
// the academic year begins (2025 for 2025/26).
type Term struct {
	Year int      `json:"year"`
	Name TermName `json:"name"`
}

// AcademicYear is the year as forms print it: 2025/26.
func (t Term) AcademicYear() string {
	return itoa(t.Year) + "/" + itoa(t.Year%100 + 101)[1:]
}

// String is the term as officers write it: spring 2025/26.
func (t Term) String() string { return string(t.Name) + " " + t.AcademicYear() }

// Meeting is a PEP meeting as booked. A zero Date means none is booked.
type Meeting struct {
	Date  Date   `json:"date"`
	Time  string `json:"time,omitempty"`
	Place string `json:"place,omitempty"`
}

// MeetingStatus is where a PEP meeting stands.
type MeetingStatus string

// The states of a meeting. One that is reconvened has a new date after it was
// cancelled or did not take place.
const (
	MeetingUnknown    MeetingStatus = ""
	MeetingProposed   MeetingStatus = "proposed"
	MeetingBooked     MeetingStatus = "booked"
	MeetingCancelled  MeetingStatus = "cancelled"
	MeetingReconvened MeetingStatus = "reconvened"
	MeetingHeld       MeetingStatus = "held"
)

// MeetingStatuses lists every state but the unknown one.
func MeetingStatuses() []MeetingStatus {
	return []MeetingStatus{MeetingProposed, MeetingBooked, MeetingCancelled, MeetingReconvened, MeetingHeld}
}

// BringForward is why a meeting is held before its time (Camden, Care planning
// for the education of looked after children, 3.4).
type BringForward string

// The reasons; the zero value is none.
const (
	NotBroughtForward BringForward = ""
	NewSchool         BringForward = "change of school"
	Excluded          BringForward = "permanent exclusion"
	Sentenced         BringForward = "custodial sentence"
	VirtualSchoolAsks BringForward = "virtual school's request"
	ReviewerAsks      BringForward = "iro's request"
)

// BringForwards lists every reason.
func BringForwards() []BringForward {
	return []BringForward{NewSchool, Excluded, Sentenced, VirtualSchoolAsks, ReviewerAsks}
}

// Plan is one Personal Education Plan of one child: a child may have several
// in a term (initial, interim, brought forward). Its phase is fixed when it is
// created and never changes with the academic year.
type Plan struct {
	Ref           Ref            `json:"ref"`
	Phase         Phase          `json:"phase"`
	Variant       Variant        `json:"variant"`
	Circumstances []Circumstance `json:"circumstances"`
	YearGroup     int            `json:"year_group"`
	Term          Term           `json:"term"`
	Meeting       Meeting        `json:"meeting"`
	// Again tells a second plan of the same term and variant from the first; 0
	// and 1 are the first.
	Again int      `json:"again,omitempty"`
	Why   []string `json:"why"`
}

// Has reports whether a circumstance holds.
func (p Plan) Has(c Circumstance) bool { return slices.Contains(p.Circumstances, c) }

// Key names this plan among the child's others, stable over runs: the term,
// the variant and, where one is booked, the meeting's date does not enter, so
// that a moved meeting is the same plan.
func (p Plan) Key() string {
	key := string(p.Ref) + "/" + p.Term.AcademicYear() + "-" + string(p.Term.Name) + "/" + string(p.Variant)
	if p.Again > 1 {
		key += "/" + itoa(p.Again)
	}
	return key
}
