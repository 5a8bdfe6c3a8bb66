package workload

import (
	"cmp"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// Outage is what days without the program change, against the same term
// without them.
type Outage struct {
	From pep.Date `json:"from"`
	To   pep.Date `json:"to"`
	// Later left on a later day, Held was held because of the outage, Missing
	// left without the outage only and was not held either, Extra left with it
	// only, such as a reminder for a form that lay unread.
	Later   []Shift `json:"later"`
	Held    []Shift `json:"held"`
	Missing []Shift `json:"missing"`
	Extra   []Shift `json:"extra"`
	// Without are the totals of the term without the outage.
	Without Totals `json:"without"`
}

// Shift is one message under an outage: Was is the day it left without one, Is
// the day it left with it, zero where it did not.
type Shift struct {
	Ref       pep.Ref     `json:"ref"`
	Kind      outbox.Kind `json:"kind"`
	Milestone string      `json:"milestone,omitempty"`
	Role      pep.Role    `json:"recipient_role"`
	Was       pep.Date    `json:"was"`
	Is        pep.Date    `json:"is"`
	Why       string      `json:"why,omitempty"`
}

// Message is what became of one delivery by the end of a term.
type Message struct {
	// Key tells it from all others, the same in each play of the term. Plan is
	// the plan that it belongs to.
	Key, Plan string
	Ref       pep.Ref
	Kind      outbox.Kind
	Milestone string
	Role      pep.Role
	// Left is the day it left, Held the day it was first held; zero where it
	// did not or was not.
	Left, Held pep.Date
	// Why is why it was held last.
	Why string
}

// Skipped says why something of a plan is not due, by plan and milestone.
type Skipped map[[2]string]string

// Compare tells what an outage did, from what became of every message without
// it and with it, and why what did not leave with it was not due in the end.
func Compare(from, to pep.Date, without, with []Message, skipped Skipped) Outage {
	before, after := byKey(without), byKey(with)
	out := Outage{From: from, To: to, Later: []Shift{}, Held: []Shift{}, Missing: []Shift{}, Extra: []Shift{}}
	for _, was := range without {
		out.compare(was, after[was.Key], skipped)
	}
	for _, is := range with {
		if was := before[is.Key]; was.Left.IsZero() && !is.Left.IsZero() {
			out.Extra = append(out.Extra, shift(is, was, is))
		} else if _, known := before[is.Key]; !known && !is.Held.IsZero() {
			out.Held = append(out.Held, shift(is, was, is))
		}
	}
	for _, list := range [][]Shift{out.Later, out.Held, out.Missing, out.Extra} {
		slices.SortFunc(list, func(a, b Shift) int {
			return cmp.Or(a.Was.Compare(b.Was), a.Is.Compare(b.Is), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Why, b.Why))
		})
	}
	return out
}

// compare sorts one message that is known without the outage.
func (o *Outage) compare(was, is Message, skipped Skipped) {
	s := shift(was, was, is)
	switch {
	case was.Held.IsZero() && !is.Held.IsZero():
		o.Held = append(o.Held, s)
	case was.Left.IsZero():
	case is.Left.IsZero():
		s.Why = cmp.Or(s.Why, skipped[[2]string{was.Plan, was.Milestone}])
		o.Missing = append(o.Missing, s)
	case is.Left.After(was.Left):
		o.Later = append(o.Later, s)
	}
}

func byKey(list []Message) map[string]Message {
	all := make(map[string]Message, len(list))
	for _, m := range list {
		all[m.Key] = m
	}
	return all
}

func shift(of, was, is Message) Shift {
	return Shift{Ref: of.Ref, Kind: of.Kind, Milestone: of.Milestone, Role: of.Role, Was: was.Left, Is: is.Left, Why: is.Why}
}
