package web

import (
	"context"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// MostRows is how many rows of a section are shown.
const MostRows = 200

// Source gives what the Today page shows, anew for each request.
type Source func(context.Context) (Today, error)

// Today is one moment of an installation. It has no place for a name, an
// address, a date of birth or a passphrase.
type Today struct {
	Authority string
	// On is the day it is seen on, Until the last day looked ahead to.
	On, Until   pep.Date
	At          time.Time
	Due         Section[DueRow]
	Held        Section[HeldRow]
	Late        Section[DueRow]
	Tasks       Section[DueRow]
	Passphrases Section[PassphraseRow]
	Daemon      Daemon
}

// Section is the first [MostRows] rows of a kind and how many there are more.
type Section[R any] struct {
	Rows []R
	More int
}

// Add takes a row, or counts it where the section is full.
func (s *Section[R]) Add(row R) {
	if len(s.Rows) >= MostRows {
		s.More++
		return
	}
	s.Rows = append(s.Rows, row)
}

// DueRow is something that goes out, or that a person must do.
type DueRow struct {
	Ref pep.Ref
	// CaseNumber is the case system's number of the child.
	CaseNumber string
	// What and How are words: "form to fill in", "mail over verified TLS".
	What, How string
	Due       pep.Date
	Role      pep.Role
	State     outbox.State
	Late      bool
	Why       []string
}

// HeldRow is a delivery that waits for a person.
type HeldRow struct {
	ID         string
	Ref        pep.Ref
	CaseNumber string
	What       string
	Due        pep.Date
	Role       pep.Role
	State      outbox.State
	Why        []string
}

// PassphraseRow is a delivery whose passphrase nobody has read out yet.
type PassphraseRow struct {
	ID         string
	Ref        pep.Ref
	CaseNumber string
	Role       pep.Role
	// Since is when the message left.
	Since time.Time
	// Tried is how often the recipient was rung in vain, as far as it was
	// recorded.
	Tried int
}

// Daemon is how the program itself does.
type Daemon struct {
	Schedules []ScheduleRow
	// Rules are the rules in force; Warning says why newer ones are refused.
	Rules, Warning string
	Relay          string
}

// ScheduleRow is one schedule. Zero moments are unknown.
type ScheduleRow struct {
	Name       string
	Last, Next time.Time
	Lapsed     int
}
