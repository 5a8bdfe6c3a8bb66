package pipeline_test

import (
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// mailed sends the form of one child to a trusted and to another address and
// gives the messages by whom they went to.
func mailed(t *testing.T) (*stage, map[string]dispatch.Envelope) {
	t.Helper()
	s := newStage(t)
	other := teacher(stranger)
	other.Role, other.Name, other.ReceivesForm = pep.SocialWorker, "Kim Worker", pep.Yes
	s.enter(child("1"), teacher(trusted), other)
	s.send()
	byTo := map[string]dispatch.Envelope{}
	for _, e := range s.relay.taken {
		byTo[e.To] = e
	}
	if len(byTo) != 2 || len(s.relay.taken) != 2 {
		t.Fatalf("%d mails: %v", len(s.relay.taken), s.list())
	}
	return s, byTo
}

func TestD10TwoRecipientsGetTwoMessagesAndNeitherNamesTheOther(t *testing.T) {
	s, byTo := mailed(t)
	for _, d := range s.stored() {
		want := map[string]route.Verdict{trusted: route.Secure, stranger: route.Encrypt}[d.Recipient.Address.Canonical()]
		if d.Decision.Verdict != want {
			t.Errorf("%s is %s", d.Recipient.Role, d.Decision.Verdict)
		}
	}
	for to, other := range map[string]string{trusted: stranger, stranger: trusted} {
		if text := string(byTo[to].Bytes); strings.Contains(text, other) || strings.Contains(text, "Cc:") {
			t.Errorf("the message to %s names the other", to)
		}
	}
	if byTo[trusted].ID == byTo[stranger].ID {
		t.Error("one delivery for two")
	}
}

func TestD19D21HeadersAreOursAloneAndTellNothing(t *testing.T) {
	_, byTo := mailed(t)
	for to, e := range byTo {
		m, err := netmail.ReadMessage(strings.NewReader(string(e.Bytes)))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range m.Header {
			switch name {
			case "Reply-To", "Sender", "Cc", "Bcc", "Resent-To":
				t.Errorf("to %s: there is a header %s", to, name)
			}
			text := strings.ToLower(strings.Join(values, " "))
			for _, told := range []string{"ottoline", "quillfeather", "[secure]", "[encrypt]"} {
				if strings.Contains(text, told) {
					t.Errorf("to %s: the header %s tells %s", to, name, told)
				}
			}
		}
		from, err := netmail.ParseAddress(m.Header.Get("From"))
		if err != nil || from.Address != sender || e.From != sender {
			t.Errorf("to %s: from %s, envelope %s", to, m.Header.Get("From"), e.From)
		}
		if !strings.Contains(m.Header.Get("Subject"), "PEP-") {
			t.Errorf("to %s: the subject has no reference: %s", to, m.Header.Get("Subject"))
		}
	}
}
