package rehearsal

import (
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// Habit is how the person who gets a blank form deals with it.
type Habit string

// The habits.
const (
	// InTime answers some school days after the form came.
	InTime Habit = "answers in time"
	// AfterChaser answers only once reminded.
	AfterChaser Habit = "answers after a reminder"
	// Never does not answer; the wait for the form runs out.
	Never Habit = "never answers"
	// Elsewhere answers in time, from an address that nobody knows.
	Elsewhere Habit = "answers from another address"
	// Unreachable gets a protected document and cannot be rung, so that it is
	// never opened.
	Unreachable Habit = "cannot be rung"
)

// Habits lists every habit.
func Habits() []Habit { return []Habit{InTime, AfterChaser, Never, Elsewhere, Unreachable} }

// Mailbox is how the far end takes a message.
type Mailbox string

// The mailboxes.
const (
	// Takes is a mailbox as it should be.
	Takes Mailbox = "takes mail"
	// Greylists refuses the first message for a while (a 451 answer).
	Greylists Mailbox = "greylists"
	// Bounces takes a message and sends it back.
	Bounces Mailbox = "bounces"
	// Drops loses the connection after the first message's final dot, so that
	// nobody can tell whether it was taken.
	Drops Mailbox = "drops the line after the message"
	// Full answers that the mailbox is full, always (a 452 answer).
	Full Mailbox = "is full"
)

// Mailboxes lists every kind of mailbox.
func Mailboxes() []Mailbox { return []Mailbox{Takes, Greylists, Bounces, Drops, Full} }

// Scenario says how often settings are late or silent and which mailboxes
// misbehave. The shares are in hundredths; what they leave answers in time.
type Scenario struct {
	AfterChaser int
	Never       int
	Elsewhere   int
	Unreachable int
	// Mailboxes are the addresses, canonical, that are more than a mailbox
	// that takes mail.
	Mailboxes map[string]Mailbox
}

// Usual is the scenario of the demonstration.
func Usual() Scenario {
	return Scenario{
		AfterChaser: 22, Never: 7, Elsewhere: 3, Unreachable: 6,
		Mailboxes: map[string]Mailbox{
			"dt@sandwhin-lea-primary.democheshire.sch.uk": Bounces,
			"dt@dimmer-meadow.democheshire.sch.uk":        Greylists,
			"dt@salterswhin-primary.democheshire.sch.uk":  Greylists,
			"dt@gorsewhin-primary.democheshire.sch.uk":    Drops,
			"dt@irkwhin-primary.demoeasterly.sch.uk":      Full,
		},
	}
}

// Mailbox is how an address takes mail.
func (s Scenario) Mailbox(canonical string) Mailbox {
	if m, odd := s.Mailboxes[canonical]; odd {
		return m
	}
	return Takes
}

// Conduct is what one person does with one form.
type Conduct struct {
	Habit Habit
	// After is how many school days after the form, or the reminder, the
	// answer leaves.
	After int
}

// Conduct is what is done with the form of a child, by the case system's
// number of the child and the role of the person. Colleagues of the
// authority answer in time.
func (s Scenario) Conduct(childID string, role pep.Role) Conduct {
	luck := chance(childID).under(string(role))
	habit := s.habit(luck.below(100))
	if habit != InTime && slices.Contains(colleagues(), role) {
		habit = InTime
	}
	switch habit {
	case AfterChaser:
		return Conduct{habit, 1 + luck.under("after").below(3)}
	case Never, Unreachable:
		return Conduct{Habit: habit}
	default:
		return Conduct{habit, 2 + luck.under("after").below(9)}
	}
}

func (s Scenario) habit(roll int) Habit {
	for _, share := range []struct {
		habit Habit
		of    int
	}{{AfterChaser, s.AfterChaser}, {Never, s.Never}, {Elsewhere, s.Elsewhere}, {Unreachable, s.Unreachable}} {
		if roll < share.of {
			return share.habit
		}
		roll -= share.of
	}
	return InTime
}

// Wait is how many school days after the meeting a child's plan is made final.
func (s Scenario) Wait(childID string) int { return 2 + chance(childID).under("finalise").below(6) }

// TaskDays is how many days after it came up a task of a child is done, by what
// the task is called.
func (s Scenario) TaskDays(childID, task string) int {
	return 1 + chance(childID).under("task").under(task).below(9)
}

// LetsGo reports whether the officer lets a held copy of a child go, by the
// role of its reader, after looking at it.
func (s Scenario) LetsGo(childID string, role pep.Role) bool {
	return !chance(childID).under(string(role)).in(25)
}

// colleagues are the roles that sit in the authority itself.
func colleagues() []pep.Role {
	return []pep.Role{pep.SocialWorker, pep.VirtualSchool, pep.LeavingCareWorker, pep.PersonalAdviser}
}
