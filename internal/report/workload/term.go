package workload

import (
	"time"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// Term is a whole term in numbers. Every slice is in order of time.
type Term struct {
	Term      string `json:"term"`
	Authority string `json:"authority"`
	// From and To are the first and the last day of the term.
	From     pep.Date `json:"from"`
	To       pep.Date `json:"to"`
	Children int      `json:"children"`
	// Officers are whose work is told apart: the teams of the configuration and
	// everybody else.
	Officers []string `json:"officers"`
	Days     []Day    `json:"days"`
	// Late are the messages that left after their day, Held those that were
	// held for a person, each with the reason.
	Late   []Row  `json:"late"`
	Held   []Row  `json:"held"`
	Totals Totals `json:"totals"`
	// Failures are forms that could not be made, by reference.
	Failures []Failure `json:"failures"`
	// Outage is set where the program did not run on some days.
	Outage *Outage `json:"outage,omitempty"`
}

// Day is one day of the term.
type Day struct {
	Date pep.Date `json:"day"`
	// Kind and Why say what kind of day it is, as the calendar words it.
	Kind calendar.DayKind `json:"kind"`
	Why  string           `json:"why"`
	// Down is set where the program did not run.
	Down bool `json:"down,omitempty"`
	Sent Sent `json:"sent"`
	// Returned counts the forms that came back, Late the messages that left
	// late, Held those that were held.
	Returned int     `json:"returned"`
	Late     int     `json:"late"`
	Held     int     `json:"held"`
	Work     Amounts `json:"work"`
	// Officers is the same work by officer, in the order of the term's.
	Officers []Amounts `json:"by_officer"`
}

// Sent counts the messages that left, by what they carried.
type Sent struct {
	Forms   int `json:"forms"`
	Chasers int `json:"chasers"`
	// Finals counts full plans to a child's new setting too.
	Finals int `json:"finals"`
}

// All is every message.
func (s Sent) All() int { return s.Forms + s.Chasers + s.Finals }

// Count adds one message of a kind.
func (s *Sent) Count(k outbox.Kind) {
	switch k {
	case outbox.KindForm:
		s.Forms++
	case outbox.KindChase:
		s.Chasers++
	case outbox.KindFinal, outbox.KindTransfer:
		s.Finals++
	case outbox.KindPack, outbox.KindDigest:
	}
}

// Row is one delivery that was late or held, by reference.
type Row struct {
	Ref       pep.Ref     `json:"ref"`
	Kind      outbox.Kind `json:"kind"`
	Milestone string      `json:"milestone,omitempty"`
	Role      pep.Role    `json:"recipient_role"`
	Due       pep.Date    `json:"due"`
	// On is the day it left or was held.
	On  pep.Date `json:"on"`
	Why string   `json:"why"`
}

// Totals are the sums of the days.
type Totals struct {
	Sent     Sent    `json:"sent"`
	Returned int     `json:"returned"`
	Late     int     `json:"late"`
	Held     int     `json:"held"`
	Work     Amounts `json:"work"`
	// Busiest is the day with the most work, the first of several; zero where
	// there is none.
	Busiest pep.Date `json:"busiest"`
	// Most is how much work that day has.
	Most int `json:"most"`
}

// Failure is one form that could not be made.
type Failure struct {
	Ref pep.Ref  `json:"ref"`
	Why string   `json:"why"`
	Day pep.Date `json:"day"`
}

// Sum counts the totals of the days.
func (t Term) Sum() Totals {
	var sum Totals
	for _, d := range t.Days {
		sum.take(d)
	}
	return sum
}

func (s *Totals) take(d Day) {
	s.Sent.Forms += d.Sent.Forms
	s.Sent.Chasers += d.Sent.Chasers
	s.Sent.Finals += d.Sent.Finals
	s.Returned += d.Returned
	s.Late += d.Late
	s.Held += d.Held
	s.Work = s.Work.Plus(d.Work)
	if n := d.Work.Total(); n > s.Most {
		s.Busiest, s.Most = d.Date, n
	}
}

// Week is the days of one week, counted together.
type Week struct {
	// Monday is the day it begins, which may lie before the term.
	Monday pep.Date
	Totals
	// Down is how many days the program did not run.
	Down int
}

// Weeks are the weeks of the term in order.
func (t Term) Weeks() []Week {
	var weeks []Week
	for _, d := range t.Days {
		monday := d.Date.Monday()
		if n := len(weeks); n == 0 || weeks[n-1].Monday != monday {
			weeks = append(weeks, Week{Monday: monday})
		}
		week := &weeks[len(weeks)-1]
		week.take(d)
		if d.Down {
			week.Down++
		}
	}
	return weeks
}

// weekday reports whether a day is one of Monday to Friday.
func weekday(d pep.Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}
