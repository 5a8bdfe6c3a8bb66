package timetable

import (
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// Sourced is one value of the rules and where it comes from.
type Sourced[T any] struct {
	Value  T
	Source string
}

// Clock is a number of days or weeks, and where it comes from.
type Clock struct {
	N      int
	Unit   calendar.Unit
	Source string
}

// Words are what the authority calls children and people.
type Words struct {
	Child    string
	Children string
	// LookedAfter is how the authority's forms say "looked after"; empty where
	// they say just that.
	LookedAfter string
	Officer     string
}

// EarlyYearsStart is when the first plan of a young child becomes due.
type EarlyYearsStart string

// The starts: on the birthday of the youngest age, from the term after it, or
// only while the child attends a setting.
const (
	StartOnBirthday    EarlyYearsStart = "birthday"
	StartTermAfter     EarlyYearsStart = "term after"
	StartWhenAttending EarlyYearsStart = "attending"
)

// Post16Until is when plans end without anyone asking for more.
type Post16Until string

// The ends.
const (
	Until18thBirthday Post16Until = "18th birthday"
	UntilEndOfYear13  Post16Until = "end of year 13"
)

// FormDelivery is how forms reach the people who fill them.
type FormDelivery string

// By mail, or in a portal that this program does not write to: then forms
// become tasks and nothing is ever mailed.
const (
	ByEmail   FormDelivery = "email"
	ByHandoff FormDelivery = "handoff"
)

// InitialForm is when the form of a child's first plan goes out.
type InitialForm string

// At once, or counted from the meeting as any other.
const (
	InitialAtOnce      InitialForm = "at once"
	InitialFromMeeting InitialForm = "from the meeting"
)

// FinalTo is who gets the final plan unless the register says otherwise.
type FinalTo string

// Everyone who is invited, or only those for whom the register says Yes.
const (
	FinalToInvited   FinalTo = "everyone invited"
	FinalIfRequested FinalTo = "if requested"
)

// Situation is what decides who gets the blank form, unless the register says
// otherwise for one person.
type Situation string

// The situations, in the order in which they are looked for.
const (
	SituationCustody    Situation = "custody"
	SituationAdult      Situation = "adult"
	EarlyYearsOnRoll    Situation = "early_years_on_roll"
	EarlyYearsNotOnRoll Situation = "early_years_not_on_roll"
	StatutoryOnRoll     Situation = "statutory_on_roll"
	StatutoryNotOnRoll  Situation = "statutory_not_on_roll"
	Post16OnRoll        Situation = "post16_on_roll"
	Post16NotOnRoll     Situation = "post16_not_on_roll"
)

// designated is written in the rules for the setting's designated teacher,
// practitioner or person, whichever it has.
const designated pep.Role = "designated"

// Situations lists every situation.
func Situations() []Situation {
	return []Situation{
		SituationCustody, SituationAdult, EarlyYearsOnRoll, EarlyYearsNotOnRoll,
		StatutoryOnRoll, StatutoryNotOnRoll, Post16OnRoll, Post16NotOnRoll,
	}
}

// Rules are one authority's timetable. They never change once loaded and may
// be used by several goroutines at once.
type Rules struct {
	// Name is the authority's folder, Authority its name as people write it.
	Name      string
	Authority string
	Words     Words

	// YoungestAge is in whole years. EarlierIfAttending lets a younger child
	// who attends a setting have a plan too.
	YoungestAge        Sourced[int]
	EarlyYearsStart    Sourced[EarlyYearsStart]
	EarlierIfAttending Sourced[bool]
	// Reception is the form of a Reception child: early years or statutory.
	Reception   Sourced[pep.Phase]
	Post16Until Sourced[Post16Until]
	// OnRequestUntil is the last age, in whole years, at which an adult may ask
	// for a plan; 0 where there is none.
	OnRequestUntil Sourced[int]

	// FormOut and Return count back from the meeting, Chase forward from the
	// day the form was due back, Initiate and Available forward from the day
	// the child became looked after, Final forward from the meeting.
	FormOut, Return, Chase     Clock
	Initiate, Available, Final Clock

	InitialForm  Sourced[InitialForm]
	MostTargets  Sourced[int]
	FormDelivery Sourced[FormDelivery]
	// Portal is where forms are filled under handoff.
	Portal Sourced[string]
	// NeedsChildAndCarer says that a meeting goes ahead only with both.
	NeedsChildAndCarer Sourced[bool]
	MeetingSetBy       Sourced[pep.Role]

	// FormTo names the roles of each situation.
	FormTo map[Situation]Sourced[[]pep.Role]
	// FosterCarersIn are the first letters of the placement codes whose foster
	// carers the rule means.
	FosterCarersIn Sourced[[]string]
	FinalTo        Sourced[FinalTo]
}
