package pipeline_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

// lockedMail is a message encrypted whole to one key and signed with another.
func (s *stage) lockedMail(inner []byte, to, signer keyringtest.Made, answers string) []byte {
	s.t.Helper()
	sealed := must(keyring.Encrypt(inner, keyring.Sealing{
		To:     []keyring.Recipient{{Key: must(keyring.Parse(to.Public))(s.t), Address: pep.ParseAddress(sender)}},
		Signer: must(keyring.ReadSigner(signer.Private, nil, pep.DateOf(s.now)))(s.t), Rand: rand.NewChaCha8([32]byte{2}), At: s.now,
	}))(s.t)
	head := "From: <" + stranger + ">\nTo: <" + sender + ">\nMessage-ID: <locked@setting.example>\nSubject: ...\nIn-Reply-To: " + answers +
		"\nMIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=e\n\n--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n" +
		"--e\nContent-Type: application/octet-stream; name=encrypted.asc\n\n" + string(sealed.Armored) + "\n--e--\n"
	return []byte(strings.ReplaceAll(head, "\n", "\r\n"))
}

func TestI16AReplyEncryptedToOurKeyIsTakenInAndItsSignatureIsEvidence(t *testing.T) {
	s := keyStage(t)
	own := keyringtest.New(t, keyringtest.Options{Address: sender})
	theirs := s.pin(keyringtest.Options{})
	s.send()
	d := s.only()
	reply := s.lockedMail(mail("inner", stranger, d.Ref, s.filled(d.Ref, nil)), own, theirs, d.MessageID)

	// Without a key of ours it is kept, and a person is told why.
	taken := must(s.TakeInMail(t.Context(), "7:1", reply))(t)
	open := must(s.OpenMail(t.Context()))(t)
	if taken.Return.Verdict != receive.ForPerson || len(open) != 1 || open[0].Ref != d.Ref || !strings.Contains(strings.Join(open[0].Reasons, "; "), "no key of ours") {
		t.Fatalf("%s, %+v", taken.Return.Verdict, open)
	}

	s.OpenPGP.Opener = must(keyring.ReadOpener(own.Private, nil))(t)
	again := bytes.Replace(reply, []byte("<locked@"), []byte("<again@"), 1)
	taken = must(s.TakeInMail(t.Context(), "7:2", again))(t)
	back := must(s.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}))(t)
	if taken.Return.Verdict != receive.Filled || len(back) != 1 || back[0].Delivery != d.ID {
		t.Fatalf("%s %v, %d returns", taken.Return.Verdict, taken.Return.Reasons, len(back))
	}
	if back[0].InClear {
		t.Error("what came encrypted is marked as returned in clear")
	}
	kept := must(s.Mails.ListMail(t.Context(), pipeline.MailDone))(t)
	if len(kept) != 1 || kept[0].Signature != keyring.SignedBySender {
		t.Errorf("%+v", kept)
	}
}

func TestReturnedMailIsDestroyedWhenItsTimeIsOverAndNeverWhileSomebodyWaits(t *testing.T) {
	s := newStage(t)
	s.MailDays = 90
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	d := s.stored()[0]
	must(s.TakeInMail(t.Context(), "7:1", mail("m1", trusted, ref, s.filled(ref, nil))))(t)
	must(s.TakeInMail(t.Context(), "7:2", []byte("From: <x@elsewhere.example>\r\nSubject: hello\r\n\r\nhello\r\n")))(t)
	must(s.TakeInMail(t.Context(), "7:3", s.bounced(d, "r1@mx.example")))(t)
	destroyed := func(want int) {
		t.Helper()
		if n := must(s.DestroyMail(t.Context()))(t); n != want {
			t.Errorf("on %s: %d destroyed, want %d", s.now.Format("2 January"), n, want)
		}
	}
	s.on("2026-06-30")
	destroyed(0) // a form to accept, a mail to read, a bounce to look at

	back := must(s.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}))(t)
	if err := s.SettleReturn(t.Context(), back[0].ID, pipeline.ReturnRejected, pipeline.By{Name: "O", Why: "by telephone"}); err != nil {
		t.Fatal(err)
	}
	destroyed(1)
	for _, m := range must(s.OpenMail(t.Context()))(t) {
		if m.Verdict != receive.Bounced {
			must(s.MailIsDone(t.Context(), m.ID, pipeline.By{Name: "O", Why: "read"}))(t)
		}
	}
	destroyed(0) // it was done with today
	s.on("2026-09-29")
	destroyed(1)

	// The bounce waits until its delivery goes another way.
	if d := s.stored()[0]; d.State != outbox.Bounced {
		t.Fatalf("the delivery is %s", d.State)
	}
	s.MailDays = 0
	destroyed(0)
	for _, m := range must(s.Mails.ListMail(t.Context()))(t) {
		_, raw, err := s.Mails.GetMail(t.Context(), m.ID)
		if whole := m.Verdict == receive.Bounced; err != nil || whole != (len(raw) > 0) || whole != m.Destroyed.IsZero() {
			t.Errorf("%s: %d bytes, destroyed %v, %v", m.Verdict, len(raw), m.Destroyed, err)
		}
	}
}
