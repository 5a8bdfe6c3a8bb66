// Package timetable says of one child what must happen when, to whom, and why.
//
// It takes an authority's timetable.yaml as [Rules], a record of the register
// and a calendar. [Rules.Follow] takes the [Course] of each of the child's
// plans on to a day: opened, moved, brought forward, closed. [Rules.Look] gives
// the [Outlook] of one: phase and variant, every milestone, the people who get
// the blank form and those who must not, and what is not possible, each with
// its reasons in words an officer would use. From an outlook and what has
// already happened, [Rules.Due] says what is due up to a day, tasks included.
//
// It is pure: no clock, no I/O, no mail. It never guesses a date for which the
// calendar has no term dates, never puts somebody else in the place of a role
// that nobody has, and never lets a birth parent of a child placed for
// adoption be written to.
package timetable
