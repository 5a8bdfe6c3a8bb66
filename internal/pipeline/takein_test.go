package pipeline_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

// report is a delivery report of another kind than a failure.
func (s *stage) report(d outbox.Delivery, id, action, status string) []byte {
	text := string(s.bounced(d, id))
	return []byte(strings.NewReplacer("Action: failed", "Action: "+action, "Status: 5.1.1", "Status: "+status).Replace(text))
}

func TestEachReportMovesItsDeliveryOnceAndNeverBack(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	steps := []struct {
		action, status string
		verdict        receive.Verdict
		state          outbox.State
	}{
		{"delayed", "4.4.1", receive.Delayed, outbox.Accepted},
		{"relayed", "2.0.0", receive.Relayed, outbox.Accepted},
		{"delivered", "2.1.5", receive.Delivered, outbox.Delivered},
		{"failed", "5.1.1", receive.Bounced, outbox.Bounced},
		{"delivered", "2.1.5", receive.Delivered, outbox.Bounced},
	}
	for i, step := range steps {
		message := s.report(s.stored()[0], "r"+string(rune('a'+i))+"@mx.example", step.action, step.status)
		before := len(s.stored()[0].Events)
		first, again := must(s.TakeIn(t.Context(), message))(t), must(s.TakeIn(t.Context(), message))(t)
		d := s.stored()[0]
		if first.Return.Verdict != step.verdict || first.Again || !again.Again || d.State != step.state || len(d.Events) != before+1 {
			t.Errorf("%s: %s, again %v, %s with %d events after %d", step.action, first.Return.Verdict, again.Again, d.State, len(d.Events), before)
		}
	}
}

func TestAnAutomaticReplyIsNotedAndEndsNoReminders(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	d := s.stored()[0]
	reply := strings.ReplaceAll("From: <"+trusted+">\nTo: <"+sender+">\nMessage-ID: <a1@setting.example>\nIn-Reply-To: "+d.MessageID+
		"\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nBack on Monday.\n", "\n", "\r\n")
	taken := must(s.TakeIn(t.Context(), []byte(reply)))(t)
	if now := s.stored()[0]; taken.Return.Verdict != receive.Automatic || now.State != outbox.Accepted || len(now.Events) != len(d.Events)+1 {
		t.Errorf("%s, %s", taken.Return.Verdict, now.State)
	}
	s.on("2026-03-02")
	if s.send(); len(s.relay.taken) != 2 {
		t.Errorf("%v", s.recipients())
	}
}

func TestAFormThatNamesTwoChildrenIsStoredForNeither(t *testing.T) {
	s := newStage(t)
	first, second := s.enter(child("1"), teacher(trusted)), s.enter(child("2"), teacher(trusted))
	s.send()
	message := bytes.ReplaceAll(mail("m1", trusted, first, s.filled(second, nil)), []byte(first+".docx"), []byte("form.docx"))
	taken := must(s.TakeIn(t.Context(), message))(t)
	back := must(s.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}))(t)
	if taken.Return.Verdict != receive.ForPerson || taken.ID != "" || len(back) != 0 {
		t.Errorf("%s %v: %d stored", taken.Return.Verdict, taken.Return.Reasons, len(back))
	}
}

func TestAFormHandedInAsAFileBelongsToTheDeliveryThatItAnswers(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	file := s.filled(ref, map[string]string{s.openAnswer(ref): "On paper first."})
	taken := must(s.TakeInFile(t.Context(), string(ref)+".docx", file))(t)
	again := must(s.TakeInFile(t.Context(), "copy of "+string(ref)+".docx", file))(t)
	back := must(s.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}))(t)
	if taken.Return.Verdict != receive.Filled || !again.Again || len(back) != 1 {
		t.Fatalf("%s %v, again %v, %d stored", taken.Return.Verdict, taken.Return.Reasons, again.Again, len(back))
	}
	if d := s.stored()[0]; back[0].Delivery != d.ID || back[0].PlanKey != d.PlanKey {
		t.Errorf("it belongs to %q, plan %q", back[0].Delivery, back[0].PlanKey)
	}
}

// A message about a child who has no plan must not stop the mailbox.
func TestAFormForAChildWithoutAPlanWaitsForAPerson(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	record := must(s.Register.Record(t.Context(), ref))(t)
	blank := must(s.Render(t.Context(), record, pipeline.RenderAsk{Kind: outbox.KindForm, Formats: []pipeline.Format{pipeline.Word}}))(t)[0].Bytes
	ended := child("1")
	ended.LegalStatus = "V4"
	s.enter(ended, teacher(trusted))
	taken, err := s.TakeIn(t.Context(), mail("m1", trusted, ref, blank))
	if err != nil || taken.Return.Verdict != receive.ForPerson || taken.ID == "" {
		t.Errorf("%s %v: %v", taken.Return.Verdict, taken.Return.Reasons, err)
	}
}

func TestAReminderIsOwedOnlyByThePersonWhoGotTheForm(t *testing.T) {
	s := newStage(t)
	posted := pep.Contact{Role: pep.SocialWorker, Name: "Post Only", AgreedDelivery: pep.AgreedPost, Address1: "1 Marl Row", Postcode: "ZZ99 1AA", ReceivesForm: pep.Yes}
	nobody := pep.Contact{Role: pep.FosterCarer, Name: "No Address", ReceivesForm: pep.Yes}
	s.enter(child("1"), teacher(trusted), posted, nobody)
	s.send()
	for _, d := range s.stored() {
		if d.Recipient.Role == pep.SocialWorker {
			must(s.Act(t.Context(), d.ID, outbox.Post, pipeline.By{Name: "O", Why: "posted today"}))(t)
		}
	}
	s.on("2026-03-02")
	s.send()
	chased := map[string]int{}
	for _, d := range s.stored() {
		if d.Kind == outbox.KindChase {
			chased[string(d.Recipient.Role)+" "+string(d.State)]++
		}
	}
	if len(chased) != 2 || chased["designated teacher accepted"] != 1 || chased["social worker held"] != 1 {
		t.Errorf("%v", chased)
	}
}
