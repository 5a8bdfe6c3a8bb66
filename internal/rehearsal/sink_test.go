package rehearsal

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/mailsink"
)

func TestMailboxesBehaveAsTheScenarioSays(t *testing.T) {
	s := Scenario{Mailboxes: map[string]Mailbox{
		"grey@a.example": Greylists, "full@a.example": Full, "drop@a.example": Drops, "gone@a.example": Bounces,
	}}
	for _, c := range []struct {
		name    string
		session mailsink.Session
		want    mailsink.Fault
	}{
		{"greylisted at first", mailsink.Session{Point: mailsink.AtRcpt, Recipient: "Grey@A.example", Tries: 1}, mailsink.Fault{Reply: "451 4.7.1 greylisted: come again in ten minutes"}},
		{"and then taken", mailsink.Session{Point: mailsink.AtRcpt, Recipient: "grey@a.example", Tries: 2}, mailsink.Fault{}},
		{"full for ever", mailsink.Session{Point: mailsink.AtRcpt, Recipient: "full@a.example", Tries: 9}, mailsink.Fault{Reply: "452 4.2.2 the mailbox is full"}},
		{"dropped after the dot", mailsink.Session{Point: mailsink.AtDot, Recipient: "drop@a.example", Tries: 1}, mailsink.Fault{Drop: true}},
		{"not before it", mailsink.Session{Point: mailsink.AtData, Recipient: "drop@a.example", Tries: 1}, mailsink.Fault{}},
		{"bounced later, taken now", mailsink.Session{Point: mailsink.AtDot, Recipient: "gone@a.example", Tries: 1}, mailsink.Fault{}},
		{"everybody else", mailsink.Session{Point: mailsink.AtDot, Recipient: "dt@a.example", Tries: 1}, mailsink.Fault{}},
	} {
		if diff := cmp.Diff(c.want, s.Faults(c.session)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestEveryKindOfMailboxIsInTheUsualScenario(t *testing.T) {
	found := map[Mailbox]bool{Takes: true}
	for _, box := range Usual().Mailboxes {
		found[box] = true
	}
	for _, box := range Mailboxes() {
		if !found[box] {
			t.Errorf("no mailbox %s", box)
		}
	}
}

func TestAMessageIsNamedByItsDeliveryAlone(t *testing.T) {
	for _, c := range []struct {
		message mailsink.Message
		want    string
	}{
		{mailsink.Message{Number: 7, MailParams: mailsink.Params{"ENVID": "k2v7/x.ab34"}}, "0007-k2v7x.eml"},
		{mailsink.Message{Number: 8, Data: []byte("Message-ID: <abc234@democheshire.gov.uk>\r\n\r\nx")}, "0008-abc234.eml"},
		{mailsink.Message{Number: 9, Data: []byte("\x00")}, "0009-.eml"},
	} {
		if got := FileName(c.message); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTheClockNeverGoesBack(t *testing.T) {
	var c Clock
	noon := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	c.Set(noon)
	c.Set(noon.Add(-time.Hour))
	if !c.Now().Equal(noon) {
		t.Errorf("the clock shows %s", c.Now())
	}
}
