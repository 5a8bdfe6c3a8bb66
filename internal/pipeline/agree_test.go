package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

// agree agrees a phrase with the stranger and confirms it a moment later.
func (s *stage) agree() pipeline.PhraseCall {
	s.t.Helper()
	call := must(s.AgreePhrase(s.t.Context(), stranger, false, pipeline.By{Name: "A. Officer"}))(s.t)
	must(s.ConfirmPhrase(s.t.Context(), call.Agreed.ID, pipeline.By{Name: "A. Officer"}))(s.t)
	return call
}

// chores are the milestones of what is left for people to do.
func (s *stage) chores(until string) (all []timetable.MilestoneName) {
	s.t.Helper()
	err := s.Chores(s.t.Context(), pep.MustDate(until), func(d timetable.Due) error {
		all = append(all, d.Milestone)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestAConfirmedPhraseOpensWhatIsSentFromThenOn(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	call := must(s.AgreePhrase(t.Context(), "marl school", false, pipeline.By{Name: "A. Officer"}))(t)
	if !strings.Contains(call.Script, "01632 960111") || strings.Count(call.Phrase, "-") != 6 || strings.Contains(call.Script, call.Phrase) {
		t.Errorf("%s", call.Script)
	}
	s.draft(false)
	if d := s.deliveryTo(stranger); d.Passphrase != outbox.PassphrasePending || d.Phrase != "" {
		t.Fatalf("used before it was confirmed: %s", d.Passphrase)
	}
	must(s.ConfirmPhrase(t.Context(), stranger, pipeline.By{Name: "A. Officer"}))(t)
	second := child("2")
	second.Forename = "Peregrine"
	ref := s.enter(second, teacher(stranger))
	s.send()
	for _, d := range s.stored() {
		if d.Ref != ref {
			continue
		}
		if d.Passphrase != outbox.PassphraseAgreed || d.Phrase != call.Agreed.ID || d.State != outbox.Accepted {
			t.Errorf("%s, %s", d.Passphrase, d.State)
		}
		if opened := must(s.Deliveries.Phrases(t.Context(), ref))(t); opened[d.ID] != call.Phrase {
			t.Error("it is sealed with something else")
		}
		var read *pipeline.AlreadyReadError
		if _, err := s.Passphrase(t.Context(), d.ID, pipeline.By{Name: "O"}); !errors.As(err, &read) {
			t.Errorf("the phrase was shown again without a reason: %v", err)
		}
	}
	for _, e := range s.relay.taken {
		message := strings.ReplaceAll(string(e.Bytes), "=\r\n", "")
		if said := strings.Contains(message, "the phrase that we agreed with you by telephone on Tue 3 February 2026"); said != strings.Contains(message, string(ref)) {
			t.Errorf("the letter of %s: %v", ref, said)
		}
		if first, _, _ := strings.Cut(call.Phrase, "-"); strings.Contains(message, first+"-") {
			t.Error("a message hints at the phrase")
		}
	}
}

func TestAPhraseIsUsedForNobodyElseAndForAYearOnly(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stage, *pep.Contact)
		used   bool
	}{
		"as agreed":       {func(*stage, *pep.Contact) {}, true},
		"another name":    {func(_ *stage, to *pep.Contact) { to.Name = "Somebody Else" }, false},
		"another address": {func(_ *stage, to *pep.Contact) { to.Email = pep.ParseAddress("new@nursery.example") }, false},
		"a year later":    {func(s *stage, _ *pep.Contact) { s.on("2027-02-03") }, false},
		"withdrawn": {func(s *stage, _ *pep.Contact) {
			must(s.WithdrawPhrase(s.t.Context(), stranger, pipeline.By{Name: "O", Why: "it was written on the door"}))(s.t)
		}, false},
	} {
		s := newStage(t)
		first := child("0")
		first.Meeting.Date = pep.MustDate("2026-07-01")
		s.enter(first, teacher(stranger))
		s.agree()
		to, later := teacher(stranger), child("1")
		c.change(s, &to)
		if !c.used && to != teacher(stranger) {
			s.enter(first, to) // the export names the new contact for every child
		}
		later.Meeting.Date = pep.DateOf(s.now).AddDays(28)
		ref := s.enter(later, to)
		s.draft(false)
		for _, d := range s.stored() {
			if d.Ref == ref && (d.Phrase != "") != c.used {
				t.Errorf("%s: %s", name, d.Passphrase)
			}
		}
		chores := s.chores("2027-03-01")
		if asked := strings.Contains(strings.Join(stringsOf(chores), " "), string(pipeline.ChorePhrase)); asked == c.used {
			t.Errorf("%s: chores %v", name, chores)
		}
	}
}

func stringsOf(all []timetable.MilestoneName) (out []string) {
	for _, each := range all {
		out = append(out, string(each))
	}
	return out
}

func TestWhatAWithdrawnPhraseOpensDoesNotLeaveAndIsSealedAnew(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.agree()
	s.draft(false)
	must(s.WithdrawPhrase(t.Context(), stranger, pipeline.By{Name: "O", Why: "it was overheard"}))(t)
	s.handOver()
	if d := s.deliveryTo(stranger); d.State != outbox.Held || len(s.relay.taken) != 0 {
		t.Fatalf("%s: %s", d.State, d.Reason)
	}
	s.send()
	for _, d := range s.stored() {
		if d.State != outbox.Cancelled && (d.State != outbox.Accepted || d.Passphrase != outbox.PassphrasePending || d.Phrase != "") {
			t.Errorf("%s, %s: %s", d.State, d.Passphrase, d.Reason)
		}
	}
	if len(s.relay.taken) != 1 {
		t.Errorf("%d messages", len(s.relay.taken))
	}
}

func TestNoAgreementIsMadeWithSeveralPeopleOrNobody(t *testing.T) {
	s := newStage(t)
	other := teacher(stranger)
	other.Name = "Another Teacher"
	s.enter(child("1"), teacher(stranger))
	s.enter(child("2"), other)
	for who, why := range map[string]string{stranger: "2 people", "Marl School": "2 people", "nobody@nursery.example": "no such contact", "": "no such contact"} {
		var refused *pipeline.AgreementError
		if _, err := s.AgreePhrase(t.Context(), who, false, pipeline.By{}); !errors.As(err, &refused) || !strings.Contains(refused.Why, why) {
			t.Errorf("%q: %v", who, err)
		}
	}
}

func TestOnlyTheRegistersOwnMobileNumberIsConfirmed(t *testing.T) {
	s := newStage(t)
	to := teacher(stranger)
	s.enter(child("1"), to)
	var refused *pipeline.AgreementError
	if _, err := s.ConfirmPhone(t.Context(), stranger, pipeline.By{}); !errors.As(err, &refused) {
		t.Errorf("without a mobile number: %v", err)
	}
	to.Mobile = "+44 7700 900123"
	s.enter(child("1"), to)
	if p := must(s.ConfirmPhone(t.Context(), stranger, pipeline.By{Name: "O"}))(t); p.Number != "447700900123" || p.ConfirmedBy != "O" {
		t.Errorf("%+v", p)
	}
}

func TestAPassphraseThatWaitsIsATaskAfterTwoWorkingDays(t *testing.T) {
	s := newStage(t) // Tuesday 3 February 2026
	s.enter(child("1"), teacher(stranger))
	s.send()
	if got := s.chores("2026-02-04"); len(got) != 0 {
		t.Errorf("after one day: %v", got)
	}
	if got := s.chores("2026-02-05"); len(got) != 1 || got[0] != pipeline.ChorePassphrase {
		t.Errorf("after two: %v", got)
	}
	must(s.Passphrase(t.Context(), s.deliveryTo(stranger).ID, pipeline.By{Name: "O"}))(t)
	if got := s.chores("2026-02-20"); len(got) != 0 {
		t.Errorf("once read: %v", got)
	}
}
