package timetable

import (
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/schedule"
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

// atAnyAge is written in the rules where the social worker is meant although
// another worker has taken over at the child's age.
const atAnyAge pep.Role = "social worker at any age"

// Situations lists every situation.
func Situations() []Situation {
	return []Situation{
		SituationCustody, SituationAdult, EarlyYearsOnRoll, EarlyYearsNotOnRoll,
		StatutoryOnRoll, StatutoryNotOnRoll, Post16OnRoll, Post16NotOnRoll,
	}
}

// Off reports whether the authority has no such clock: its milestone does not
// exist.
func (c Clock) Off() bool { return c.Unit == "" }

// ReminderTo is who is reminded of a form that is not back.
type ReminderTo string

// The steps of an escalation: the setting's own people who got the form, the
// setting's head, the Virtual School.
const (
	RemindSetting       ReminderTo = "setting"
	RemindHead          ReminderTo = "head"
	RemindVirtualSchool ReminderTo = "virtual school"
)

// Reminder is one step of the escalation, counted forward from the day the
// form was due back.
type Reminder struct {
	After Clock
	To    ReminderTo
}

// Submission is a day by which plans of a term are to be submitted. Empty
// Phases and YearGroups mean all.
type Submission struct {
	Term       pep.Term
	On         pep.Date
	Phases     []pep.Phase
	YearGroups []int
	Source     string
}

// Reviews are the clocks of the statutory reviews (Care Planning, Placement and
// Case Review (England) Regulations 2010, reg 33): the first counted from the
// day the child became looked after, each later one from the one before. Before
// is how long before a review the plan must be current, CopyTargets how long
// before it the targets stand in the care plan.
type Reviews struct {
	First, Second, Later Clock
	Before, CopyTargets  Clock
}

// Hours are a time of day from and until, as minutes since midnight.
type Hours struct{ From, Until int }

// Worker is who is responsible from an age on, in whole years.
type Worker struct {
	FromAge int
	Role    pep.Role
	Source  string
}

// ScheduleName is one thing the daemon does at set times.
type ScheduleName string

// The schedules.
const (
	ScheduleForms  ScheduleName = "forms"
	ScheduleDigest ScheduleName = "digest"
)

// ScheduleNames lists every schedule.
func ScheduleNames() []ScheduleName { return []ScheduleName{ScheduleForms, ScheduleDigest} }

// Schedule is when something is done, as a five-field cron expression in civil
// time of London, and what is done about a missed time; one that is older than
// Oldest hours is told and not made up for.
type Schedule struct {
	Cron   string
	Missed schedule.Missed
	Oldest int
	Source string
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

	// LACode is the authority's own three-digit code: a setting whose LAEstab
	// begins with another is out of area.
	LACode Sourced[string]

	// ViewsOut counts back from the meeting, TellVirtualSchool forward from the
	// day its date was set, Finalise and NextMeeting and RecordProvision forward
	// from the meeting, ChildCopy forward from the day the final plan left.
	ViewsOut, CarerSheetOut, TellVirtualSchool Clock
	// Pack counts back from the meeting to the day on which its pack goes to
	// those invited; off where packs are made on demand alone.
	Pack                                              Clock
	Finalise, ChildCopy, RecordProvision, NextMeeting Clock
	// InitialMeeting counts forward from the day the child became looked after,
	// NewSetting from the day the child is off roll, Moved (the meeting after a
	// change of setting) from the day the child joined, TellEducationAuthority
	// from the day this is known.
	InitialMeeting, NewSetting, Moved, TellEducationAuthority Clock
	// Useful is how long after its day a thing that was missed is still done by
	// itself; later a person must say.
	Useful Clock

	// Reminders are the steps of the escalation in their order; the first is
	// Chase.
	Reminders   []Reminder
	Submissions []Submission
	// NoSubmissions is the source that names no submission dates, where there
	// are none.
	NoSubmissions string
	Reviews       Reviews

	// MeetingsInHolidays and MeetingsInSchoolHours say whether a meeting may
	// fall there; where it may not, the milestone warns. SchoolHours is what
	// counts as school hours.
	MeetingsInHolidays    Sourced[bool]
	MeetingsInSchoolHours Sourced[bool]
	SchoolHours           Sourced[Hours]
	// KeyStageEnds are the National Curriculum years in which a key stage ends.
	KeyStageEnds Sourced[[]int]
	// Workers are who is responsible for the child's part, by the age from which
	// they are, youngest first.
	Workers []Worker
	// Schedules are when the daemon does what.
	Schedules map[ScheduleName]Schedule

	// FormTo names the roles of each situation.
	FormTo map[Situation]Sourced[[]pep.Role]
	// FosterCarersIn are the first letters of the placement codes whose foster
	// carers the rule means.
	FosterCarersIn Sourced[[]string]
	FinalTo        Sourced[FinalTo]
}
