package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

// chore is the one task that the outbox leaves; its words are empty where there
// is none.
func (s *stage) chore() (name timetable.MilestoneName, words string) {
	s.t.Helper()
	var all []timetable.Due
	err := s.Chores(s.t.Context(), pep.DateOf(s.now), func(d timetable.Due) error { all = append(all, d); return nil })
	if err != nil || len(all) > 1 {
		s.t.Fatalf("%v %v", all, err)
	}
	if len(all) == 0 {
		return "", ""
	}
	return all[0].Milestone, strings.Join(all[0].Why, " ")
}

func TestWhatNobodyTakesIsATaskAfterFourHoursAndAnotherMethodIsProposedAfterADay(t *testing.T) {
	for _, to := range []string{trusted, stranger} {
		s := newStage(t)
		person := teacher(to)
		person.Address1, person.Postcode = "1 Marl Row", "ZZ99 1AA"
		s.enter(child("1"), person)
		s.relay.answer = func(dispatch.Envelope) outbox.Outcome {
			return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451}
		}
		began := s.now
		for _, step := range []struct {
			after time.Duration
			task  timetable.MilestoneName
			says  string
		}{
			{0, "", ""},
			{4*time.Hour - time.Second, "", ""},
			{4 * time.Hour, pipeline.ChoreUndelivered, "nobody has taken it for 4 hours the last of 2 attempts: not taken this time"},
			{24*time.Hour - time.Second, pipeline.ChoreUndelivered, "for 23 hours"},
			{24 * time.Hour, pipeline.ChoreReroute, "nobody has taken it for 24 hours pepost outbox reroute"},
			{72 * time.Hour, pipeline.ChoreReroute, "for 3 days"},
		} {
			s.now = began.Add(step.after)
			s.send()
			name, words := s.chore()
			if name != step.task || !strings.Contains(words, step.says) {
				t.Errorf("%s after %v: %q %q", to, step.after, name, words)
			}
			if step.task == pipeline.ChoreReroute && !strings.Contains(words, "--method post") {
				t.Errorf("a method by the same relay is proposed: %q", words)
			}
		}
		s.relay.answer = nil
		s.now = began.Add(80 * time.Hour)
		s.send()
		if d := s.deliveryTo(to); d.State != outbox.Accepted {
			t.Errorf("%s is %s: a warning must not stop it", to, d.State)
		}
		if name, _ := s.chore(); name == pipeline.ChoreUndelivered || name == pipeline.ChoreReroute {
			t.Errorf("%s after it left", name)
		}
	}
}

func TestTheDigestTellsOnceOfWhatNobodyTakes(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.relay.answer = func(dispatch.Envelope) outbox.Outcome {
		return outbox.Outcome{Result: outbox.ResultTLSFault, Phase: outbox.PhaseTLS}
	}
	s.send()
	s.now = s.now.Add(5 * time.Hour)
	d := s.deliveryTo(trusted)
	if p := s.Proposed(t.Context(), d); p != (pipeline.Proposal{}) {
		t.Errorf("%+v", p)
	}
	name, words := s.chore()
	if name != pipeline.ChoreUndelivered || !strings.Contains(words, "verified TLS was not to be had") {
		t.Errorf("%q %q", name, words)
	}
	s.Words.Officer.Mailbox = sender
	made := must(s.Digest(t.Context()))(t).Made
	if len(made) != 1 {
		t.Fatalf("%d digests", len(made))
	}
	parcel := string(must(s.Deliveries.Parcel(t.Context(), made[0].ID))(t))
	if n := strings.Count(strings.ReplaceAll(parcel, "=\r\n", ""), "nobody has taken it for 5 hours"); n != 1 {
		t.Errorf("told %d times:\n%s", n, parcel)
	}
	if strings.Contains(parcel, "marl") {
		t.Error("it names the address")
	}
	s.now = s.now.Add(48 * time.Hour)
	digests := slices.DeleteFunc(s.stored(), func(d outbox.Delivery) bool { return d.Kind != outbox.KindDigest })
	for _, d := range digests {
		if _, waits := d.WaitsSince(); !waits {
			t.Errorf("the digest is %s", d.State)
		}
	}
	if name, _ := s.chore(); name != pipeline.ChoreUndelivered {
		t.Errorf("a digest that waits is a task of somebody: %q", name)
	}
}
