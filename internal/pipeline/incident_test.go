package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

// misled is a stage on which a child's form went to a stranger as a protected
// document, and another child's is drafted for the same mailbox.
func misled(t *testing.T) (s *stage, went, waits outbox.Delivery) {
	t.Helper()
	s = newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.send()
	went = s.deliveryTo(stranger)
	if went.State != outbox.Accepted || went.Passphrase != outbox.PassphrasePending {
		t.Fatalf("not sent: %s %s", went.State, went.Passphrase)
	}
	s.ByHand = true
	s.enter(child("2"), teacher(stranger))
	s.draft(false)
	for _, d := range s.stored() {
		if d.State == outbox.Drafted {
			waits = d
		}
	}
	if waits.ID == "" {
		t.Fatal("nothing waits")
	}
	return s, went, waits
}

func (s *stage) wrong(id string) pipeline.Incident {
	s.t.Helper()
	return must(s.OpenIncident(s.t.Context(), pipeline.Wrong{ID: id, By: pipeline.By{Name: "O", Why: "she rang: it is not hers"}}))(s.t)
}

func (s *stage) get(id string) outbox.Delivery {
	s.t.Helper()
	return must(s.Deliveries.Get(s.t.Context(), id))(s.t)
}

func idsOf(all []outbox.Delivery) string {
	var names []string
	for _, d := range all {
		names = append(names, d.ID)
	}
	return strings.Join(names, " ")
}

func TestAnIncidentStopsAllMailToTheAddressAndEveryPassphrase(t *testing.T) {
	s, went, waits := misled(t)
	x := s.wrong(went.ID)
	if idsOf(x.Out) != went.ID || idsOf(x.Stopped) != waits.ID || len(x.Underway) != 0 || len(x.Withheld) != 2 || x.Already {
		t.Fatalf("out %s, stopped %s, withheld %s", idsOf(x.Out), idsOf(x.Stopped), idsOf(x.Withheld))
	}
	if left := x.Freeze.Left(s.now.Add(2 * time.Hour)); left != 70*time.Hour {
		t.Errorf("%s are left", left)
	}
	if d := s.get(waits.ID); d.State != outbox.Held || !strings.HasPrefix(d.Reason, "frozen by an incident of Tue 3 February 2026") {
		t.Errorf("it waits still: %s %q", d.State, d.Reason)
	}
	for _, id := range []string{went.ID, waits.ID} {
		var withheld *pipeline.AlreadyReadError
		if _, err := s.Passphrase(t.Context(), id, pipeline.By{Name: "O", Why: "all the same"}); !errors.As(err, &withheld) {
			t.Errorf("a passphrase was read out: %v", err)
		}
	}
	var frozen *pipeline.FrozenError
	if _, err := s.Act(t.Context(), waits.ID, outbox.Approve, pipeline.By{Name: "O", Why: "all the same"}); !errors.As(err, &frozen) {
		t.Errorf("let go though frozen: %v", err)
	}
	// A form that comes due later is held from the start, and the address stays
	// frozen in letters of any size.
	s.ByHand = false
	s.enter(child("3"), teacher(strings.ToUpper(stranger[:1])+stranger[1:]))
	s.send()
	if len(s.relay.taken) != 1 {
		t.Fatalf("%d messages left", len(s.relay.taken))
	}
	again := s.wrong(went.ID)
	if !again.Already || again.Freeze != x.Freeze || len(again.Stopped) != 2 {
		t.Errorf("a second time: %+v", again)
	}
}

func TestWhatWasReleasedBeforeTheFreezeIsHeldAtTheLastMoment(t *testing.T) {
	s, went, waits := misled(t)
	must(s.Act(t.Context(), waits.ID, outbox.Approve, pipeline.By{Name: "O"}))(t)
	must(func() (pipeline.Freeze, error) {
		f, _, err := s.Freezes.Freeze(t.Context(), pipeline.Freeze{Delivery: went.ID, Canonical: stranger, Known: s.now, Opened: s.now})
		return f, err
	}())(t)
	s.ByHand = true
	s.send()
	if d := s.get(waits.ID); d.State != outbox.Held || len(s.relay.taken) != 1 {
		t.Fatalf("%s, %d messages left", d.State, len(s.relay.taken))
	}
}

func TestAnIncidentStopsAMessageThatIsBeingHandedOver(t *testing.T) {
	s, went, waits := misled(t)
	must(s.Act(t.Context(), waits.ID, outbox.Approve, pipeline.By{Name: "O"}))(t)
	var marker error
	s.Outgoing = s.Dispatcher(conversation(func(mark func() error) outbox.Outcome {
		if x := s.wrong(went.ID); idsOf(x.Stopped) != waits.ID {
			t.Errorf("stopped %q", idsOf(x.Stopped))
		}
		marker = mark() // without it no relay gets the final dot
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseData}
	}))
	must(s.Outgoing.Run(t.Context()))(t)
	if d := s.get(waits.ID); d.State != outbox.Held || !errors.Is(marker, outbox.ErrConflict) {
		t.Fatalf("%s, marker: %v", d.State, marker)
	}
}

func TestPassphrasesStayWithheldUnlessItWasAFalseAlarm(t *testing.T) {
	for _, falseAlarm := range []bool{false, true} {
		s, went, waits := misled(t)
		s.wrong(went.ID)
		var needs *pipeline.NeedsReasonError
		if _, err := s.CloseIncident(t.Context(), waits.ID, pipeline.By{Name: "P"}, falseAlarm); !errors.As(err, &needs) {
			t.Fatalf("closed without a reason: %v", err)
		}
		must(s.CloseIncident(t.Context(), waits.ID, pipeline.By{Name: "P", Why: "she deleted it"}, falseAlarm))(t)
		if open := must(s.OpenIncidents(t.Context()))(t); len(open) != 0 {
			t.Fatalf("open still: %+v", open)
		}
		_, err := s.Passphrase(t.Context(), went.ID, pipeline.By{Name: "O", Why: "all the same"})
		if read := err == nil; read != falseAlarm {
			t.Errorf("false alarm %v: %v", falseAlarm, err)
		}
		var none *pipeline.NotFoundError
		if _, err := s.IncidentOf(t.Context(), went.ID); !errors.As(err, &none) {
			t.Errorf("open still: %v", err)
		}
		// What was held stays so until a person lets it go.
		s.send()
		if d := s.get(waits.ID); d.State != outbox.Held {
			t.Errorf("it went by itself: %s", d.State)
		}
		// Nor does a person's word on one delivery do: the address is confirmed anew.
		var held *pipeline.AddressHeldError
		if _, err := s.Act(t.Context(), waits.ID, outbox.Approve, pipeline.By{Name: "P", Why: "rang"}); !errors.As(err, &held) || held.Two || !strings.Contains(held.Why, "an incident was closed") {
			t.Fatalf("approved without the address: %v", err)
		}
		known := must(s.FindAddress(t.Context(), stranger))(t)
		must(s.SayAddress(t.Context(), known, true, pipeline.By{Name: "P", Why: "rang: it is hers"}, ""))(t)
		must(s.Act(t.Context(), waits.ID, outbox.Approve, pipeline.By{Name: "P", Why: "rang"}))(t)
		s.send()
		if d := s.get(waits.ID); d.State != outbox.Accepted {
			t.Errorf("it did not go: %s %s", d.State, d.Reason)
		}
	}
}

// conversation is a sender in the middle of its work.
type conversation func(mark func() error) outbox.Outcome

// Send implements dispatch.Sender.
func (c conversation) Send(_ context.Context, _ dispatch.Envelope, mark func() error) outbox.Outcome {
	return c(mark)
}

func TestAnOpenIncidentIsATaskWithTheHoursThatAreLeft(t *testing.T) {
	s, went, _ := misled(t)
	opened := s.now
	s.wrong(went.ID)
	for after, want := range map[time.Duration]string{
		0: "72 hours are left", 71 * time.Hour: "1 hour is left", 71*time.Hour + 30*time.Minute: "less than an hour", 73 * time.Hour: "which has passed",
	} {
		s.now = opened.Add(after)
		var first []string
		must(0, s.Tasks(t.Context(), pep.DateOf(s.now), func(d timetable.Due) error {
			if d.Milestone == pipeline.IncidentTask {
				first = append(first, d.Why...)
			}
			return nil
		}))(t)
		if len(first) != 1 || !strings.Contains(first[0], want) || !strings.Contains(first[0], "by Fri 6 February 2026 at 09:00") || strings.Contains(first[0], "@") {
			t.Errorf("after %s: %q", after, first)
		}
	}
}

func TestNoTextMessageCarriesAPassphraseToAFrozenAddress(t *testing.T) {
	s, texts := texting(t)
	s.handOver()
	d := s.deliveryTo(stranger)
	// Frozen by another process that has not come to the passphrases yet.
	if _, _, err := s.Freezes.Freeze(t.Context(), pipeline.Freeze{Delivery: d.ID, Canonical: stranger, Known: s.now, Opened: s.now}); err != nil {
		t.Fatal(err)
	}
	s.texted()
	if len(texts.texts) != 0 || s.get(d.ID).Passphrase != outbox.PassphrasePending {
		t.Fatalf("%d texts, %s", len(texts.texts), s.get(d.ID).Passphrase)
	}
}
