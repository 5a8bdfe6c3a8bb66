package pipeline_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/word"
)

// filled is the form last sent for a child, filled in by its setting.
func (s *stage) filled(ref pep.Ref, answers map[string]string) []byte {
	s.t.Helper()
	_, document, err := s.Deliveries.Original(s.t.Context(), ref)
	if err != nil {
		s.t.Fatal(err)
	}
	return must(word.Fill(document, form.Values{Fields: answers}))(s.t)
}

// mail is a message from somebody with a Word form attached.
func mail(id, from string, ref pep.Ref, document []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s@setting.example>\r\nDate: Mon, 09 Feb 2026 10:00:00 +0000\r\nSubject: Re: %s\r\n", from, sender, id, ref)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nFilled in.\r\n--b\r\n")
	b.WriteString("Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document\r\nContent-Transfer-Encoding: base64\r\n")
	fmt.Fprintf(&b, "Content-Disposition: attachment; filename=\"%s.docx\"\r\n\r\n", ref)
	text := base64.StdEncoding.EncodeToString(document)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n--b--\r\n")
	return b.Bytes()
}

// openAnswer is a key of a long answer that settings write.
func (s *stage) openAnswer(ref pep.Ref) string {
	s.t.Helper()
	record := must(s.Register.Record(s.t.Context(), ref))(s.t)
	composed := s.Forms.Compose(s.Rules.Make(record, s.Calendar, pep.DateOf(s.now)).Plan)
	for field := range composed.Fields() {
		if field.Kind == form.LongText && !field.Locked && field.Audience == form.Everyone && field.FilledBy(form.BySetting) && field.Offered.Text == "" {
			return field.Key
		}
	}
	s.t.Fatal("the form has no open answer")
	return ""
}

func TestAFilledFormIsKeptOnceAcceptedAndBecomesTheFinalPlan(t *testing.T) {
	s := newStage(t)
	worker := pep.Contact{Role: pep.SocialWorker, Name: "Wren Worker", Email: pep.ParseAddress("wren@democheshire.gov.uk"), Invited: pep.Yes}
	lead := teacher(trusted)
	lead.Invited = pep.Yes
	ref := s.enter(child("1"), lead, worker)
	s.send()
	s.on("2026-02-09")
	message := mail("m1", trusted, ref, s.filled(ref, map[string]string{s.openAnswer(ref): "Ottoline reads aloud every day."}))
	first := must(s.TakeIn(t.Context(), message))(t)
	again := must(s.TakeIn(t.Context(), message))(t)
	if first.Return.Verdict != receive.Filled || first.ID == "" || first.Again || !again.Again || first.ID != again.ID {
		t.Fatalf("%s %v, then %+v", first.Return.Verdict, first.Return.Reasons, again.Again)
	}
	if s.send(); len(s.relay.taken) != 1 {
		t.Fatal("something left before the plan was final")
	}
	if err := s.SettleReturn(t.Context(), first.ID, pipeline.ReturnAccepted, pipeline.By{Name: "O"}); err != nil {
		t.Fatal(err)
	}
	s.on("2026-03-05")
	if err := s.Finalise(t.Context(), first.ID, pipeline.By{Name: "O", Why: "typed up"}); err != nil {
		t.Fatal(err)
	}
	s.send()
	s.send()
	if d := cmp.Diff([]string{trusted, trusted, "wren@democheshire.gov.uk"}, slices.Sorted(slices.Values(s.recipients()))); d != "" {
		t.Error(d)
	}
	if err := s.Finalise(t.Context(), first.ID, pipeline.By{Name: "O"}); !errors.Is(err, pipeline.ErrReturnSettled) {
		t.Errorf("finalised twice: %v", err)
	}
}

func TestAFormFromAStrangerWaitsAndNeedsAReason(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	taken := must(s.TakeIn(t.Context(), mail("m1", "other@freemail.example", ref, s.filled(ref, nil))))(t)
	if taken.Return.Verdict != receive.ForPerson || taken.ID == "" {
		t.Fatalf("%s, stored %q", taken.Return.Verdict, taken.ID)
	}
	var needs *pipeline.NeedsReasonError
	if err := s.SettleReturn(t.Context(), taken.ID, pipeline.ReturnAccepted, pipeline.By{Name: "O"}); !errors.As(err, &needs) {
		t.Errorf("accepted without a reason: %v", err)
	}
	if err := s.SettleReturn(t.Context(), taken.ID, pipeline.ReturnRejected, pipeline.By{Name: "O", Why: "not theirs"}); err != nil {
		t.Error(err)
	}
}

// bounced is a delivery report on a message of ours, as a mail system writes it
// that was given the envelope's identifier.
func (s *stage) bounced(d outbox.Delivery, messageID string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@mx.example
To: <%s>
Message-ID: <%s>
Date: Tue, 03 Feb 2026 10:00:00 +0000
Subject: failure
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

it failed
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: %s

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: %s
From: <%s>
To: <%s>

--b--
`, sender, messageID, s.Outgoing.Sign(d).ID, d.Recipient.Address.Canonical(), d.MessageID, sender, d.Recipient.Address.Canonical()), "\n", "\r\n"))
}

func TestABounceMovesItsDeliveryOnceAndEndsTheReminders(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	report := s.bounced(s.stored()[0], "r1@mx.example")
	if taken := must(s.TakeIn(t.Context(), report))(t); taken.Return.Verdict != receive.Bounced {
		t.Fatalf("%s %v", taken.Return.Verdict, taken.Return.Reasons)
	}
	events := len(s.stored()[0].Events)
	if taken := must(s.TakeIn(t.Context(), report))(t); !taken.Again || len(s.stored()[0].Events) != events {
		t.Error("the same report was taken twice")
	}
	if s.stored()[0].State != outbox.Bounced {
		t.Errorf("%s", s.stored()[0].State)
	}
	s.on("2026-03-02")
	if s.send(); len(s.relay.taken) != 1 {
		t.Errorf("reminded a dead mailbox: %v", s.recipients())
	}
}

func TestAReminderGoesOnceToWhoeverGotTheFormAndSaysNothingOutside(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	s.on("2026-03-02")
	s.send()
	s.send()
	if d := cmp.Diff([]string{stranger, stranger}, s.recipients()); d != "" {
		t.Fatal(d)
	}
	reminder := string(s.relay.taken[1].Bytes)
	for _, word := range []string{"Quillfeather", "education", "Education", "looked", "Content-Disposition"} {
		if strings.Contains(reminder, word) {
			t.Errorf("the reminder holds %q", word)
		}
	}
	if !strings.Contains(reminder, string(ref)) {
		t.Error("the reminder does not say what it is about")
	}
}

func TestNoReminderFollowsAFormThatCameBack(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	s.on("2026-02-20")
	must(s.TakeIn(t.Context(), mail("m1", trusted, ref, s.filled(ref, nil))))(t)
	s.on("2026-03-02")
	if s.send(); len(s.relay.taken) != 1 {
		t.Errorf("%v", s.recipients())
	}
}

func TestAPassphraseIsReadOnceAndLeavesEvidence(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(stranger))
	s.send()
	id := s.stored()[0].ID
	call := must(s.Passphrase(t.Context(), id, pipeline.By{Name: "O"}))(t)
	if len(strings.Split(call.Passphrase, "-")) < 6 || !strings.Contains(call.Script, "01632 960111") || strings.Contains(call.Script, call.Passphrase) {
		t.Errorf("%+v", call.Script)
	}
	var read *pipeline.AlreadyReadError
	if _, err := s.Passphrase(t.Context(), id, pipeline.By{Name: "O"}); !errors.As(err, &read) {
		t.Errorf("a second reading: %v", err)
	}
	again := must(s.Passphrase(t.Context(), id, pipeline.By{Name: "O", Why: "a bad line"}))(t)
	if again.Passphrase != call.Passphrase {
		t.Error("another passphrase")
	}
	readings := 0
	records := must(s.Evidence.All(t.Context()))(t)
	for _, record := range records {
		if record.Action == audit.PassphraseRead {
			readings++
		}
		if strings.Contains(fmt.Sprint(record), call.Passphrase) || strings.Contains(fmt.Sprint(record), "Quillfeather") {
			t.Error("the evidence tells")
		}
	}
	if readings != 2 || audit.Verify(records) != nil {
		t.Errorf("%d readings in evidence", readings)
	}
}

func TestThePassphraseIsReadToTheNumberOfTodayAndToALeaverOnlyWithAReason(t *testing.T) {
	s := newStage(t)
	to := teacher(stranger)
	s.enter(child("1"), to)
	s.send()
	id := s.stored()[0].ID
	to.Phone = "01632 960222"
	s.enter(child("1"), to)
	if call := must(s.Passphrase(t.Context(), id, pipeline.By{Name: "O"}))(t); !strings.Contains(call.Script, "01632 960222") || strings.Contains(call.Script, "01632 960111") {
		t.Error("the script gives a number that the register does not have any more")
	}
	s.enter(child("1"), teacher(trusted))
	s.enter(child("2"), teacher(stranger))
	s.send()
	s.enter(child("2"), teacher(trusted))
	var needs *pipeline.NeedsReasonError
	for _, d := range s.stored() {
		if d.Passphrase != outbox.PassphrasePending {
			continue
		}
		if _, err := s.Passphrase(t.Context(), d.ID, pipeline.By{Name: "O"}); !errors.As(err, &needs) {
			t.Errorf("read to a leaver: %v", err)
		}
		must(s.Passphrase(t.Context(), d.ID, pipeline.By{Name: "O", Why: "still holds the file"}))(t)
	}
	if needs == nil {
		t.Error("no passphrase was pending")
	}
}

func TestAParentsFinalCopyNeverTellsWhereTheChildLives(t *testing.T) {
	s := newStage(t)
	carer := pep.Contact{Role: pep.FosterCarer, Name: "Merrion Hollowbrook", Email: pep.ParseAddress("m@mail.example"), Address1: "7 Hidden Lane", Postcode: "ZZ99 7QX"}
	ref := s.enter(child("1"), teacher(trusted), carer)
	record := must(s.Register.Record(t.Context(), ref))(t)
	for _, kind := range []outbox.Kind{outbox.KindForm, outbox.KindFinal} {
		files := must(s.Render(t.Context(), record, pipeline.RenderAsk{Kind: kind, Role: pep.Parent, Formats: []pipeline.Format{pipeline.Word}}))(t)
		reading := must(word.Read(files[0].Bytes, s.Forms))(t)
		all := fmt.Sprint(reading.Values)
		for _, secret := range []string{"ZZ99", "Hidden Lane", "Hollowbrook"} {
			if strings.Contains(all, secret) {
				t.Errorf("a parent's %s tells %q", kind, secret)
			}
		}
		if !strings.Contains(all, "Quillfeather") {
			t.Errorf("the %s lacks the child's own name", kind)
		}
	}
}
