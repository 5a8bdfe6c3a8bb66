package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// ways lead a sealed draft into every state, by what happens to it.
func ways() map[outbox.State][]outbox.Action {
	return map[outbox.State][]outbox.Action{
		outbox.Drafted:   nil,
		outbox.Approved:  {outbox.Approve},
		outbox.Held:      {outbox.Hold},
		outbox.Sending:   {outbox.Approve, outbox.Start},
		outbox.Accepted:  {outbox.Approve, outbox.Start, outbox.Accept},
		outbox.Delivered: {outbox.Approve, outbox.Start, outbox.Accept, outbox.Deliver},
		outbox.Deferred:  {outbox.Approve, outbox.Start, outbox.Defer},
		outbox.Refused:   {outbox.Approve, outbox.Start, outbox.Refuse},
		outbox.Uncertain: {outbox.Approve, outbox.Start, outbox.Lose},
		outbox.Bounced:   {outbox.Approve, outbox.Start, outbox.Accept, outbox.Bounce},
		outbox.Posted:    {outbox.Approve, outbox.Post},
		outbox.Cancelled: {outbox.Cancel},
	}
}

// officers are the actions that a person may do in each state.
func officers() map[outbox.State][]outbox.Action {
	return map[outbox.State][]outbox.Action{
		outbox.Drafted:   {outbox.Approve, outbox.Hold, outbox.Cancel},
		outbox.Approved:  {outbox.Hold, outbox.Cancel, outbox.Post},
		outbox.Held:      {outbox.Approve, outbox.Cancel, outbox.Post},
		outbox.Sending:   {outbox.Hold},
		outbox.Accepted:  {outbox.Deliver, outbox.Bounce},
		outbox.Delivered: {outbox.Bounce},
		outbox.Deferred:  {outbox.Hold, outbox.Cancel, outbox.Retry},
		outbox.Refused:   {outbox.Retry, outbox.Hold, outbox.Cancel},
		outbox.Uncertain: {outbox.Accept, outbox.Deliver, outbox.Bounce, outbox.Retry, outbox.Cancel},
		outbox.Posted:    {outbox.Deliver, outbox.Bounce},
	}
}

func TestAnOfficerDoesInEachStateWhatMayBeDoneAndSaysWhy(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted))
	s.draft(false)
	sample := s.deliveryTo(trusted)
	n := 0
	for state, way := range ways() {
		for _, action := range outbox.Actions() {
			for _, why := range []string{"", "  ", "they rang"} {
				n++
				d := sample
				d.ID, d.Key, d.Version = fmt.Sprint("d", n), fmt.Sprint("k", n), 0
				for _, step := range way {
					d = must(outbox.Advance(d, step, outbox.Occasion{At: s.now}))(t)
				}
				must(s.Deliveries.Add(t.Context(), d, pipeline.Contents{Parcel: []byte("sealed")}))(t)
				s.checkAct(d, action, why, slices.Contains(officers()[state], action))
			}
		}
	}
}

func (s *stage) checkAct(was outbox.Delivery, action outbox.Action, why string, may bool) {
	s.t.Helper()
	_, err := s.Act(s.t.Context(), was.ID, action, pipeline.By{Name: "O", Why: why})
	is := must(s.Deliveries.Get(s.t.Context(), was.ID))(s.t)
	reasoned := why == "they rang" || action == outbox.Approve && was.State == outbox.Drafted
	var not *outbox.NotAllowedError
	var needs *pipeline.NeedsReasonError
	switch {
	case may && reasoned:
		if err != nil || is.State == was.State || is.Events[len(is.Events)-1].By != "O" {
			s.t.Errorf("%s of a %s delivery: %v, now %s", action, was.State, err, is.State)
		}
	case may && !errors.As(err, &needs), !may && !errors.As(err, &not) && !errors.As(err, &needs), is.State != was.State:
		s.t.Errorf("%s of a %s delivery for %q: %v, now %s", action, was.State, why, err, is.State)
	}
}

func TestAReleaseGoesOnWhereSomebodyElseDecidedMeanwhile(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	for _, id := range []string{"1", "2", "3"} {
		s.enter(child(id), teacher("dt"+id+"@marl.democheshire.sch.uk"))
	}
	s.draft(false)
	s.Deliveries = &busy{Deliveries: s.Deliveries, at: 2}
	released := must(s.Release(t.Context(), pipeline.By{Name: "O"}))(t)
	if len(released) != 2 {
		t.Errorf("%d released", len(released))
	}
}

// busy is a store in which somebody else is first at the nth change.
type busy struct {
	pipeline.Deliveries
	at int
}

func (b *busy) Save(ctx context.Context, d outbox.Delivery) error {
	if b.at--; b.at == 0 {
		return fmt.Errorf("storing: %w", outbox.ErrConflict)
	}
	return b.Deliveries.Save(ctx, d)
}

func TestADraftGoesOnWhereADeliveryToBeTakenBackIsBeingSent(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted), worker())
	s.draft(false)
	s.enter(child("1"), teacher("new@marl.democheshire.sch.uk"), worker())
	whole := s.Deliveries
	s.Deliveries = &busy{Deliveries: whole, at: 1}
	drafted := s.draft(false)
	if len(drafted.Withdrawn) != 0 || len(drafted.Drafts) != 2 {
		t.Errorf("%d withdrawn, %d drafted", len(drafted.Withdrawn), len(drafted.Drafts))
	}
	s.Deliveries = whole
	if drafted = s.draft(false); len(drafted.Withdrawn) != 1 {
		t.Errorf("then %d withdrawn", len(drafted.Withdrawn))
	}
}

func TestAPolicyThatTrustsLessHoldsWhatWasSealedUnderTheOldOne(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted))
	s.enter(child("2"), teacher(stranger))
	s.draft(false)
	s.release()
	s.Policy = nil
	s.handOver()
	for _, d := range s.stored() {
		if d.State != outbox.Held || d.Reason == "" {
			t.Errorf("%s: %s", d.State, d.Reason)
		}
	}
	if len(s.relay.taken) != 0 {
		t.Errorf("it went to %v", s.recipients())
	}
}

func TestAFormThatCannotBeMadeIsToldAndTheOthersStand(t *testing.T) {
	s := newStage(t)
	s.Means.OpenPGPKey = true // a key is said to be on file, and there is none
	s.enter(child("1"), teacher(trusted))
	ref := s.enter(child("2"), teacher(stranger))
	drafted := s.draft(false)
	if len(drafted.Failures) != 1 || drafted.Failures[0].Ref != ref || drafted.Failures[0].Err == nil {
		t.Fatalf("%+v", drafted.Failures)
	}
	s.Means.OpenPGPKey = false
	s.send()
	if got := slices.Sorted(slices.Values(s.recipients())); !slices.Equal(got, []string{trusted, stranger}) {
		t.Errorf("%v", got)
	}
}

func TestAStoreThatCannotBeReadEndsTheRunAndIsNoFailureOfAForm(t *testing.T) {
	s := newStage(t)
	s.Book = nil
	s.enter(child("1"), teacher(trusted))
	for _, blind := range []*unreadable{{list: true}, {ever: true}} {
		blind.Deliveries = s.Deliveries
		s.Deliveries = blind
		if _, err := s.Draft(t.Context(), pep.DateOf(s.now), false); !errors.Is(err, errFull) {
			t.Errorf("%v", err)
		}
		s.Deliveries = blind.Deliveries
	}
}

type unreadable struct {
	pipeline.Deliveries
	list, ever bool
}

func (u *unreadable) List(ctx context.Context, f pipeline.Filter) ([]outbox.Delivery, error) {
	if u.list {
		return nil, errFull
	}
	return u.Deliveries.List(ctx, f)
}

func (u *unreadable) EverSentTo(ctx context.Context, canonical string) (bool, error) {
	if u.ever {
		return false, errFull
	}
	return u.Deliveries.EverSentTo(ctx, canonical)
}

func TestWhatTheRegisterCannotTellAtTheLastMomentDoesNotLeave(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.draft(false)
	whole := s.Register
	s.Register = lost{whole}
	s.handOver()
	if d := s.deliveryTo(trusted); d.State != outbox.Held || len(s.relay.taken) != 0 {
		t.Errorf("%s: %s", d.State, d.Reason)
	}
}

type lost struct{ pipeline.Register }

func (lost) Record(context.Context, pep.Ref) (pep.Record, error) { return pep.Record{}, errFull }
