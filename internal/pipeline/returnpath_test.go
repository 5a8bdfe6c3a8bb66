package pipeline_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

// paths are the ways of leading reports back.
func paths() []pipeline.ReturnPath {
	return []pipeline.ReturnPath{{}, {Plus: pipeline.PlusAuto}, {Plus: pipeline.PlusAlways}, {Plus: pipeline.PlusAlways, Separator: "-"}, {Plus: pipeline.PlusNever}}
}

func TestADeliveryIsCalledBySignedNamesWithinTheSendersDomain(t *testing.T) {
	for _, path := range paths() {
		r := &pipeline.Runner{From: pep.ParseAddress("PEPs@democheshire.gov.uk"), ReturnPath: path, Seed: pipeline.Seed{1}}
		names := r.Dispatcher(nil).Sign(outbox.Delivery{ID: "k2v7abcdefgh2345"})
		if !strings.HasPrefix(names.ID, "k2v7abcdefgh2345.") || len(names.ID) > 100 {
			t.Errorf("%v: envelope identifier %q", path, names.ID)
		}
		plain := "PEPs@democheshire.gov.uk"
		signed := names.ReportTo
		switch path.Plus {
		case pipeline.PlusAlways:
			if names.ReportTo != "" || names.From == plain {
				t.Errorf("%v: %+v", path, names)
			}
			signed = names.From
		case pipeline.PlusNever:
			if names.From != plain || names.ReportTo != "" {
				t.Errorf("%v: %+v", path, names)
			}
			continue
		default:
			if names.From != plain {
				t.Errorf("%v: %+v", path, names)
			}
		}
		address := pep.ParseAddress(signed)
		local, domain, _ := strings.Cut(signed, "@")
		if address.Verdict() != pep.AddressGood || domain != "democheshire.gov.uk" || len(local) > 64 {
			t.Errorf("%v: the return path is %q: %s", path, signed, address.Reason())
		}
		if strings.HasSuffix(local, names.ID) {
			t.Error("one signature serves two purposes: whoever reads the message could name its envelope")
		}
	}
}

func TestAReturnPathThatWouldBeTooLongIsNotUsed(t *testing.T) {
	for length, used := range map[int]bool{34: true, 35: false, 60: false} {
		r := &pipeline.Runner{From: pep.ParseAddress(strings.Repeat("p", length) + "@democheshire.gov.uk"), ReturnPath: pipeline.ReturnPath{Plus: pipeline.PlusAlways}}
		d := outbox.Delivery{ID: r.Seed.Name("delivery")}
		if names := r.Dispatcher(nil).Sign(d); (names.From != r.From.Canonical()) != used {
			t.Errorf("%d: %q", length, names.From)
		}
	}
}

func TestTwoDeliveriesOrTwoInstallationsNeverShareASignature(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := pipeline.ReturnPath{Plus: pipeline.PlusAlways}
		one := &pipeline.Runner{From: pep.ParseAddress(sender), ReturnPath: path, Seed: pipeline.Seed{1}}
		other := &pipeline.Runner{From: pep.ParseAddress(sender), ReturnPath: path, Seed: pipeline.Seed{2}}
		a := outbox.Delivery{ID: rapid.StringMatching(`[a-z2-7]{16}`).Draw(t, "a")}
		b := outbox.Delivery{ID: rapid.StringMatching(`[a-z2-7]{16}`).Draw(t, "b")}
		first, second := one.Dispatcher(nil).Sign(a), other.Dispatcher(nil).Sign(a)
		if first.From == second.From || first.ID == second.ID {
			t.Fatal("another key signs alike")
		}
		if third := one.Dispatcher(nil).Sign(b); a.ID != b.ID && (first.From == third.From || first.ID == third.ID) {
			t.Fatal("two deliveries are called alike")
		}
	})
}

func TestAReportFindsItsDeliveryByWhatTheRelayWasGiven(t *testing.T) {
	for _, path := range paths() {
		s := newStage(t)
		s.ReturnPath = path
		s.enter(child("1"), teacher(trusted))
		s.send()
		d, sent := s.stored()[0], s.relay.taken[0]
		to := sent.From
		if sent.ReportTo != "" {
			to = sent.ReportTo
		}
		report := string(s.bounced(d, "r@mx.example"))
		unsigned := strings.Replace(report, "Original-Envelope-Id: "+sent.ID, "Arrival-Date: Tue, 03 Feb 2026 09:00:00 +0000", 1)
		bySender := strings.Replace(unsigned, "To: <"+sender+">", "To: <"+strings.ToUpper(to)+">", 1)
		taken := must(s.TakeIn(t.Context(), []byte(bySender)))(t)
		if want := to != sender; (taken.Return.Verdict == receive.Bounced) != want || (s.stored()[0].State == outbox.Bounced) != want {
			t.Errorf("%v, by the return path: %s %v, %s", path, taken.Return.Verdict, taken.Return.Reasons, s.stored()[0].State)
		}
		if must(s.TakeIn(t.Context(), []byte(report)))(t); s.stored()[0].State != outbox.Bounced {
			t.Errorf("%v, by the envelope: %s", path, s.stored()[0].State)
		}
	}
}

func TestF37ALateBounceReopensTheDelivery(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	must(s.TakeIn(t.Context(), s.report(s.stored()[0], "a@mx.example", "delivered", "2.1.5")))(t)
	s.on("2026-02-12")
	must(s.TakeIn(t.Context(), s.report(s.stored()[0], "b@mx.example", "failed", "5.7.1")))(t)
	d := s.stored()[0]
	if d.State != outbox.Bounced || d.BouncedFor() != outbox.CausePolicy || !strings.Contains(d.Reason, "5.7.1") || !strings.Contains(d.Reason, "another method") {
		t.Errorf("%s for %q: %s", d.State, d.BouncedFor(), d.Reason)
	}
}

func TestF38AForgedReportHasNoEffect(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	was := s.stored()[0]
	genuine := string(s.bounced(was, "r@mx.example"))
	id := s.relay.taken[0].ID
	for name, forged := range map[string]string{
		"no envelope":             strings.Replace(genuine, "Original-Envelope-Id: "+id, "Arrival-Date: now", 1),
		"an unsigned one":         strings.Replace(genuine, id, was.ID, 1),
		"another signature":       strings.Replace(genuine, id, was.ID+".aaaaaaaaaaaa", 1),
		"a cut signature":         strings.Replace(genuine, id, id[:len(id)-1], 1),
		"a longer signature":      strings.Replace(genuine, id, id+"a", 1),
		"another recipient":       strings.Replace(genuine, "rfc822; "+trusted, "rfc822; head@marl.democheshire.sch.uk", 1),
		"another delivery's name": strings.Replace(genuine, id, "a"+id[1:], 1),
	} {
		taken := must(s.TakeIn(t.Context(), []byte(forged)))(t)
		is := s.stored()[0]
		if taken.Return.Verdict != receive.ForPerson || is.State != was.State || len(is.Events) != len(was.Events) {
			t.Errorf("%s: %s, %s with %d events after %d", name, taken.Return.Verdict, is.State, len(is.Events), len(was.Events))
		}
	}
}

func TestF39ADelayIsNotedAndThenItIsDelivered(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	events := len(s.stored()[0].Events)
	must(s.TakeIn(t.Context(), s.report(s.stored()[0], "a@mx.example", "delayed", "4.4.1")))(t)
	if d := s.stored()[0]; d.State != outbox.Accepted || len(d.Events) != events+1 {
		t.Errorf("delayed: %s with %d events", d.State, len(d.Events))
	}
	must(s.TakeIn(t.Context(), s.report(s.stored()[0], "b@mx.example", "delivered", "2.1.5")))(t)
	if d := s.stored()[0]; d.State != outbox.Delivered {
		t.Errorf("delivered: %s", d.State)
	}
}

func TestF18AnUncertainDeliveryIsSettledByAReport(t *testing.T) {
	for action, want := range map[string]outbox.State{
		"failed": outbox.Bounced, "delivered": outbox.Delivered, "delayed": outbox.Accepted, "relayed": outbox.Accepted,
	} {
		s := newStage(t)
		s.loseTheAnswer()
		s.enter(child("1"), teacher(trusted))
		s.send()
		d := s.stored()[0]
		if d.State != outbox.Uncertain {
			t.Fatalf("%s", d.State)
		}
		forged := strings.Replace(string(s.report(d, "f@mx.example", action, "5.1.1")), s.Outgoing.Sign(d).ID, d.ID+".forged", 1)
		if must(s.TakeIn(t.Context(), []byte(forged)))(t); s.stored()[0].State != outbox.Uncertain {
			t.Errorf("a forged report settled it as %s", s.stored()[0].State)
		}
		if must(s.TakeIn(t.Context(), s.report(d, "r@mx.example", action, "5.1.1")))(t); s.stored()[0].State != want {
			t.Errorf("%s: %s, want %s", action, s.stored()[0].State, want)
		}
	}
}

func TestAMessageThatArrivedIsNotSentAgainUnasked(t *testing.T) {
	s := newStage(t)
	s.loseTheAnswer()
	s.enter(child("1"), teacher(trusted))
	s.send()
	id := s.stored()[0].ID
	must(s.Act(t.Context(), id, outbox.Retry, pipeline.By{Name: "O", Why: "nobody knows"}))(t)
	must(s.TakeIn(t.Context(), s.report(s.stored()[0], "r@mx.example", "delivered", "2.1.5")))(t)
	if d := s.stored()[0]; d.State != outbox.Held || !strings.Contains(d.Reason, "reported it delivered") {
		t.Errorf("%s: %s", d.State, d.Reason)
	}
}

// loseTheAnswer has the relay go silent after the final dot.
func (s *stage) loseTheAnswer() {
	s.relay.answer = func(dispatch.Envelope) outbox.Outcome {
		return outbox.Outcome{Result: outbox.ResultUncertain, Phase: outbox.PhaseDot}
	}
}
