package pipeline_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

func TestF37ABounceIsATaskUntilSomebodySaysThatItIsDone(t *testing.T) {
	s := newStage(t)
	s.Words.Officer.Mailbox = sender
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	message := s.bounced(s.stored()[0], "r1@mx.example")
	first, again := must(s.TakeInMail(t.Context(), "7:1", message))(t), must(s.TakeInMail(t.Context(), "8:1", message))(t)
	if first.Again || !again.Again || s.stored()[0].State != outbox.Bounced {
		t.Errorf("again %v, then %v, %s", first.Again, again.Again, s.stored()[0].State)
	}
	open := must(s.OpenMail(t.Context()))(t)
	if len(open) != 1 || open[0].Errand() != pipeline.MailBounced || open[0].Ref != ref || open[0].Box != "7:1" || !strings.Contains(strings.Join(open[0].Reasons, ""), "right address") {
		t.Fatalf("%+v", open)
	}
	must(s.Digest(t.Context()))(t)
	s.send()
	digest := string(s.relay.taken[len(s.relay.taken)-1].Bytes)
	if !strings.Contains(digest, open[0].ID) {
		t.Error("the digest does not tell of it")
	}
	must(s.MailIsDone(t.Context(), open[0].ID, pipeline.By{Name: "O", Why: "rang"}))(t)
	if left := must(s.OpenMail(t.Context()))(t); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	if _, err := s.MailIsDone(t.Context(), open[0].ID, pipeline.By{}); !errors.Is(err, pipeline.ErrMailDone) {
		t.Error(err)
	}
}

func TestI13WhatNeedsNobodyIsNoTask(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	d := s.stored()[0]
	reply := strings.ReplaceAll("From: <"+trusted+">\nTo: <"+sender+">\nIn-Reply-To: "+d.MessageID+"\nAuto-Submitted: auto-replied\n\nAway.\n", "\n", "\r\n")
	for name, message := range map[string][]byte{
		"out of office": []byte(reply), "delivered": s.report(d, "a@mx.example", "delivered", "2.1.5"), "a filled form": mail("m1", trusted, ref, s.filled(ref, nil)),
	} {
		taken := must(s.TakeInMail(t.Context(), "", message))(t)
		if open := must(s.OpenMail(t.Context()))(t); taken.Return.Verdict == receive.ForPerson || len(open) != 0 {
			t.Errorf("%s: %s %v, %d open", name, taken.Return.Verdict, taken.Return.Reasons, len(open))
		}
	}
	own := must(s.TakeInMail(t.Context(), "", s.relay.taken[0].Bytes))(t)
	if open := must(s.OpenMail(t.Context()))(t); own.Return.Verdict != receive.ForPerson || len(open) != 1 || len(s.relay.taken) != 1 {
		t.Errorf("our own message: %s, %d open, %d sent", own.Return.Verdict, len(open), len(s.relay.taken))
	}
}

// forgetful is a store for mail that keeps messages and then fails, as a crash
// does.
type forgetful struct {
	pipeline.Mails
	fails int
}

// MarkMail fails at first.
func (f *forgetful) MarkMail(ctx context.Context, m pipeline.Mail) error {
	if f.fails--; f.fails >= 0 {
		return errors.New("the disk is full")
	}
	return f.Mails.MarkMail(ctx, m)
}

func TestI02AMailKeptAndNotJudgedIsJudgedWhenItIsMetAgain(t *testing.T) {
	s := newStage(t)
	s.Mails = &forgetful{Mails: s.Mails, fails: 1}
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	message := mail("m1", trusted, ref, s.filled(ref, nil))
	if _, err := s.TakeInMail(t.Context(), "7:1", message); err == nil {
		t.Fatal("a failing store went unseen")
	}
	for range 2 {
		must(s.TakeInMail(t.Context(), "7:1", message))(t)
	}
	kept := must(s.Mails.ListMail(t.Context()))(t)
	back := must(s.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}))(t)
	if len(kept) != 1 || kept[0].State != pipeline.MailDone || kept[0].Verdict != receive.Filled || len(back) != 1 {
		t.Errorf("%+v, %d returns", kept, len(back))
	}
}

func TestI09AMessageTooLargeToFetchIsATaskByItsHeader(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	header := []byte("From: <" + trusted + ">\r\nSubject: " + string(ref) + "\r\nMessage-ID: <m1@x.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for _, again := range []bool{false, true} {
		if taken := must(s.TakeInHeader(t.Context(), "7:1", header))(t); taken.Again != again || taken.ID != "" {
			t.Errorf("%+v", taken)
		}
	}
	open := must(s.OpenMail(t.Context()))(t)
	if len(open) != 1 || open[0].Ref != ref || !slices.Equal(open[0].Codes, []receive.ReasonCode{receive.TooLarge}) {
		t.Errorf("%+v", open)
	}
}

// brittle is a store for deliveries that breaks the program when it is asked.
type brittle struct{ pipeline.Deliveries }

// Get breaks the program.
func (brittle) Get(context.Context, string) (outbox.Delivery, error) { panic("a fault of ours") }

func TestI15AMessageOnWhichTheProgramFailsIsForAPersonAndKeepsNobodyWaiting(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.send()
	message := []byte("From: <" + trusted + ">\r\nIn-Reply-To: " + s.stored()[0].MessageID + "\r\nSubject: x\r\n\r\nhello\r\n")
	whole := s.Deliveries
	s.Deliveries = brittle{whole}
	taken := must(s.TakeInMail(t.Context(), "7:1", message))(t)
	s.Deliveries = whole
	if open := must(s.OpenMail(t.Context()))(t); taken.Return.Verdict != receive.ForPerson || len(open) != 1 || !strings.Contains(open[0].Reasons[0], "program failed") {
		t.Errorf("%+v, %+v", taken.Return, open)
	}
}
