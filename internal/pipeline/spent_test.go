package pipeline_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

// answered takes in the filled form of a child from somebody, protected by a
// passphrase where one is given.
func (s *stage) answered(id, from string, ref pep.Ref, phrase string) pipeline.Taken {
	s.t.Helper()
	document := s.filled(ref, map[string]string{s.openAnswer(ref): "Reads aloud every day, " + id + "."})
	if phrase != "" {
		document = must(office.Encrypt(document, phrase, rand.NewChaCha8([32]byte{2})))(s.t)
	}
	return must(s.TakeIn(s.t.Context(), mail(id, from, ref, document)))(s.t)
}

// accept accepts a form that was taken in.
func (s *stage) accept(t pipeline.Taken) {
	s.t.Helper()
	if err := s.SettleReturn(s.t.Context(), t.ID, pipeline.ReturnAccepted, pipeline.By{Name: "A. Officer", Why: "read"}); err != nil {
		s.t.Fatal(err)
	}
}

// phrase is the stored passphrase of a delivery; empty where none is.
func (s *stage) phrase(d outbox.Delivery) string {
	s.t.Helper()
	return must(s.Deliveries.Phrases(s.t.Context(), d.Ref))(s.t)[d.ID]
}

// destroyed is whose passphrases the evidence says are destroyed.
func (s *stage) destroyed() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	records := must(s.Evidence.All(s.t.Context()))(s.t)
	for _, r := range records {
		if r.Action == audit.PassphraseDestroyed {
			all[r.Delivery] = r.Why
		}
	}
	if err := audit.Verify(records); err != nil {
		s.t.Error(err)
	}
	return all
}

func TestAcceptingAReturnDestroysThePassphrasesOfItsSettingAndNoOthers(t *testing.T) {
	s := newStage(t)
	colleague, carer := teacher("second@nursery.example"), teacher("carer@mail.example")
	colleague.Name, colleague.Role, colleague.ReceivesForm = "Sam Deputy", pep.SENCO, pep.Yes
	carer.Name, carer.Role, carer.Organisation, carer.ReceivesForm = "Kim Worker", pep.SocialWorker, "", pep.Yes
	ref := s.enter(child("1"), teacher(stranger), colleague, carer)
	s.send()
	asked := s.deliveryTo(stranger)
	taken := s.answered("m1", stranger, ref, s.phrase(asked))
	if taken.Return.Verdict != receive.Filled || s.phrase(asked) == "" {
		t.Fatalf("%s %v", taken.Return.Verdict, taken.Return.Reasons)
	}
	s.accept(taken)
	for _, c := range []struct {
		to   string
		gone bool
	}{{stranger, true}, {"second@nursery.example", true}, {"carer@mail.example", false}} {
		d := s.deliveryTo(c.to)
		if is := d.Passphrase == outbox.PassphraseDestroyed; is != c.gone || (s.phrase(d) == "") != c.gone {
			t.Errorf("%s: %s", c.to, d.Passphrase)
		}
		if why := s.destroyed()[d.ID]; (why == "passphrase destroyed: the form came back and was accepted") != c.gone {
			t.Errorf("%s: evidence says %q", c.to, why)
		}
	}
	var read *pipeline.AlreadyReadError
	if _, err := s.Passphrase(t.Context(), asked.ID, pipeline.By{Name: "O", Why: "they ask again"}); !errors.As(err, &read) ||
		!strings.Contains(err.Error(), "was destroyed") {
		t.Errorf("%v", err)
	}
}

func TestAClosedPlanKeepsNoPassphrase(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.send()
	d := s.deliveryTo(stranger)
	ended := child("1")
	ended.LegalStatus = "V4"
	s.enter(ended, teacher(stranger))
	if s.phrase(d) == "" {
		t.Fatal("it was gone before the plan was closed")
	}
	s.send()
	if d := s.get(d.ID); d.Passphrase != outbox.PassphraseDestroyed || s.phrase(d) != "" || s.destroyed()[d.ID] != "passphrase destroyed: the plan is closed" {
		t.Errorf("%s, %q", d.Passphrase, s.destroyed()[d.ID])
	}
}

func TestAFileThatNamesNoSenderDestroysNothingWhereTwoSettingsWereAsked(t *testing.T) {
	s := newStage(t)
	carer := teacher("carer@mail.example")
	carer.Name, carer.Role, carer.Organisation, carer.ReceivesForm = "Kim Worker", pep.SocialWorker, "", pep.Yes
	ref := s.enter(child("1"), teacher(stranger), carer)
	s.send()
	s.accept(must(s.TakeInFile(t.Context(), string(ref)+".docx", s.filled(ref, map[string]string{s.openAnswer(ref): "On paper."})))(t))
	s.on("2026-02-04")
	s.send()
	if gone := s.destroyed(); len(gone) != 0 {
		t.Errorf("%v", gone)
	}
}

func TestWhatIsWithdrawnBeforeItLeftTakesItsPassphraseWithIt(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.draft(false)
	d := s.deliveryTo(stranger)
	if s.phrase(d) == "" {
		t.Fatal("nothing was sealed")
	}
	must(s.Act(t.Context(), d.ID, outbox.Cancel, pipeline.By{Name: "O", Why: "not wanted"}))(t)
	if d := s.get(d.ID); d.Passphrase != outbox.PassphraseDestroyed || s.phrase(d) != "" || s.destroyed()[d.ID] != "not wanted" {
		t.Errorf("%s, %q", d.Passphrase, s.destroyed()[d.ID])
	}
}

func TestWhatMayHaveLeftKeepsItsPassphraseWhenItIsWithdrawn(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.relay.answer = func(dispatch.Envelope) outbox.Outcome {
		return outbox.Outcome{Result: outbox.ResultUncertain, Phase: outbox.PhaseReply}
	}
	s.send()
	d := s.deliveryTo(stranger)
	must(s.Act(t.Context(), d.ID, outbox.Cancel, pipeline.By{Name: "O", Why: "they say it is not there"}))(t)
	if d := s.get(d.ID); d.State != outbox.Cancelled || d.Passphrase != outbox.PassphrasePending || s.phrase(d) == "" {
		t.Errorf("%s, %s", d.State, d.Passphrase)
	}
}

func TestWhatCameBackKeepsItsPassphraseForAFortnight(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.send()
	must(s.TakeIn(t.Context(), s.bounced(s.deliveryTo(stranger), "b1@mx.example")))(t)
	for _, c := range []struct {
		day  string
		gone bool
	}{{"2026-02-16", false}, {"2026-02-17", true}} {
		s.on(c.day)
		s.send()
		if d := s.deliveryTo(stranger); d.State != outbox.Bounced || (s.phrase(d) == "") != c.gone {
			t.Errorf("%s: %s, %s", c.day, d.State, d.Passphrase)
		}
	}
}

func TestI16AProtectedFormOpensWithItsPassphraseElseTheAgreedPhraseElseWaitsForAPerson(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	own := s.phrase(s.deliveryTo(stranger))
	agreed := s.agree().Phrase
	for _, c := range []struct {
		id, phrase string
		opened     bool
	}{{"own", own, true}, {"agreed", agreed, true}, {"other", "six-words-that-nobody-gave-out", false}} {
		taken := s.answered(c.id, stranger, ref, c.phrase)
		if opened := taken.ID != ""; opened != c.opened {
			t.Errorf("%s: %s %v", c.id, taken.Return.Verdict, taken.Return.Reasons)
		}
		if !c.opened && (taken.Return.Verdict != receive.ForPerson || taken.Return.Reasons[0].Code != receive.Unopened) {
			t.Errorf("%s: %s %v", c.id, taken.Return.Verdict, taken.Return.Reasons)
		}
	}
}

func TestAnAgreedPhraseStandsWhenTheFormsCopyOfItIsDestroyed(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	phrase := s.agree().Phrase
	s.send()
	s.accept(s.answered("m1", stranger, ref, phrase))
	if d := s.deliveryTo(stranger); d.Passphrase != outbox.PassphraseDestroyed || d.Phrase == "" || s.phrase(d) != "" {
		t.Errorf("%s", d.Passphrase)
	}
	if again := s.answered("m2", stranger, ref, phrase); again.ID == "" {
		t.Errorf("the corrected form does not open: %v", again.Return.Reasons)
	}
}
