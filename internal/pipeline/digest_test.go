package pipeline_test

import (
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// withOfficer is a stage whose officer has a mailbox of the authority's own.
func withOfficer(t testing.TB, mailbox string) *stage {
	s := newStage(t)
	s.Words.Officer.Mailbox = mailbox
	return s
}

// digests are the messages that were taken for the officer.
func (s *stage) digests(mailbox string) []string {
	var all []string
	for _, e := range s.relay.taken {
		if e.To == mailbox {
			all = append(all, string(e.Bytes))
		}
	}
	return all
}

const officer = "officer@democheshire.gov.uk"

func TestTheOfficerGetsOneDigestAMorningWithoutNames(t *testing.T) {
	s := withOfficer(t, officer)
	held := s.enter(child("held-1"), pep.Contact{Role: pep.DesignatedTeacher, Name: "Robin Teacher"})
	s.enter(child("sent-1"), teacher(trusted))
	s.send()
	for range 3 {
		out := must(s.Digest(t.Context()))(t)
		if len(out.Made) != 1 || len(out.NotMade) != 0 {
			t.Fatalf("%+v", out)
		}
		must(s.Outgoing.Run(t.Context()))(t)
	}
	all := s.digests(officer)
	if len(all) != 1 {
		t.Fatalf("%d digests", len(all))
	}
	for _, word := range []string{string(held), "held-1", "Held: somebody must look"} {
		if !strings.Contains(all[0], word) {
			t.Errorf("no %q in\n%s", word, all[0])
		}
	}
	for _, word := range []string{"Ottoline", "Quillfeather", "Robin", "Marl", "ZZ99"} {
		if strings.Contains(all[0], word) {
			t.Errorf("the digest says %q", word)
		}
	}
	s.on("2026-02-04")
	must(s.Digest(t.Context()))(t)
	must(s.Outgoing.Run(t.Context()))(t)
	if n := len(s.digests(officer)); n != 2 {
		t.Errorf("%d digests by the next morning", n)
	}
}

func TestNoDigestLeavesTheAuthoritysOwnDomain(t *testing.T) {
	for mailbox, why := range map[string]string{
		"": "no mailbox", "not an address": "usable", "officer@marl.democheshire.sch.uk": "within the domain", "officer@freemail.example": "within the domain",
	} {
		s := withOfficer(t, mailbox)
		s.enter(child("sent-1"), teacher(trusted))
		out := must(s.Digest(t.Context()))(t)
		if len(out.Made) != 0 || len(out.NotMade) != 1 || !strings.Contains(out.NotMade[0], why) {
			t.Errorf("%q: %+v", mailbox, out)
		}
	}
}

func TestYesterdaysDigestIsHeldAndNotSent(t *testing.T) {
	s := withOfficer(t, officer)
	must(s.Digest(t.Context()))(t)
	s.on("2026-02-04")
	must(s.Outgoing.Run(t.Context()))(t)
	if all := s.stored(); len(s.digests(officer)) != 0 || len(all) != 1 || all[0].State != outbox.Held {
		t.Errorf("%v", s.list())
	}
}

func TestEachTeamsOfficerHasTheirOwnChildren(t *testing.T) {
	s := withOfficer(t, officer)
	other := s.Words.Officer
	other.Mailbox = "north@democheshire.gov.uk"
	s.Words.Teams = map[string]letter.Officer{"north": other}
	worker := pep.Contact{Role: pep.SocialWorker, Name: "Kim Worker", Organisation: "North", Email: pep.ParseAddress("kim@democheshire.gov.uk")}
	mine, theirs := s.enter(child("mine"), teacher("")), s.enter(child("theirs"), teacher(""), worker)
	s.send()
	must(s.Digest(t.Context()))(t)
	must(s.Outgoing.Run(t.Context()))(t)
	for mailbox, want := range map[string][2]pep.Ref{officer: {mine, theirs}, other.Mailbox: {theirs, mine}} {
		text := strings.Join(s.digests(mailbox), "")
		if !strings.Contains(text, string(want[0])) || strings.Contains(text, string(want[1])) {
			t.Errorf("%s: %s", mailbox, text)
		}
	}
	if open := must(s.Open(t.Context()))(t); len(open) == 0 {
		t.Error("nothing is held: the test shows nothing")
	}
}
