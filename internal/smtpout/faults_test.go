package smtpout_test

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/smtpout"
)

// TestF01ConnectionRefused and its neighbours are the rows of the table of
// sending faults, by number.
func TestF01ConnectionRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	client, err := smtpout.New(smtpout.Relay{Addr: address})
	if err != nil {
		t.Fatal(err)
	}
	got := client.Send(t.Context(), message(), func() error { return nil })
	if got.Result != outbox.ResultDeferred || got.Phase != outbox.PhaseConnect || got.Code != 0 {
		t.Errorf("outcome %+v, want deferred at connect without a code", got)
	}
}

// row is one fault at one point and what must come of it.
type row struct {
	name   string
	point  mailsink.Point
	fault  mailsink.Fault
	result outbox.Result
	phase  outbox.Phase
	code   int
	kept   int
	marked bool // whether the marker was asked for
}

func TestFaultTable(t *testing.T) {
	const dot, reply = outbox.PhaseDot, outbox.PhaseReply
	rows := []row{
		{"F02 421 greeting", mailsink.AtGreeting, mailsink.Fault{Reply: "421 4.3.2 later"}, outbox.ResultDeferred, outbox.PhaseConnect, 421, 0, false},
		{"F03 greeting never comes", mailsink.AtGreeting, mailsink.Fault{Delay: mailsink.Forever}, outbox.ResultDeferred, outbox.PhaseConnect, 0, 0, false},
		{"F04 554 greeting", mailsink.AtGreeting, mailsink.Fault{Reply: "554 5.3.2 no"}, outbox.ResultRouteBroken, outbox.PhaseConnect, 554, 0, false},
		{"F05 no STARTTLS", mailsink.AtHello, mailsink.Fault{Hide: []string{"STARTTLS"}}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F06 STARTTLS 454", mailsink.AtStartTLS, mailsink.Fault{Reply: "454 4.7.0 not now"}, outbox.ResultTLSFault, outbox.PhaseTLS, 454, 0, false},
		{"F07 text in clear after STARTTLS", mailsink.AtStartTLS, mailsink.Fault{Inject: "250 2.0.0 forged\r\n"}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F08 certificate of an unknown authority", mailsink.AtSecure, mailsink.Fault{Certificate: mailsink.UnknownAuthority}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F08 certificate expired", mailsink.AtSecure, mailsink.Fault{Certificate: mailsink.Expired}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F08 certificate for another name", mailsink.AtSecure, mailsink.Fault{Certificate: mailsink.WrongName}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F08 certificate signed by itself", mailsink.AtSecure, mailsink.Fault{Certificate: mailsink.SelfSigned}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F08 TLS 1.1 only", mailsink.AtSecure, mailsink.Fault{MaxTLS: tls.VersionTLS11}, outbox.ResultTLSFault, outbox.PhaseTLS, 0, 0, false},
		{"F08 handshake hangs", mailsink.AtSecure, mailsink.Fault{Delay: mailsink.Forever}, outbox.ResultDeferred, outbox.PhaseTLS, 0, 0, false},
		{"F11 MAIL 452", mailsink.AtMail, mailsink.Fault{Reply: "452 4.3.1 full"}, outbox.ResultDeferred, outbox.PhaseEnvelope, 452, 0, false},
		{"F11 MAIL 552 5.3.4", mailsink.AtMail, mailsink.Fault{Reply: "552 5.3.4 too big"}, outbox.ResultTooBig, outbox.PhaseEnvelope, 552, 0, false},
		{"F12 RCPT 450", mailsink.AtRcpt, mailsink.Fault{Reply: "450 4.7.1 greylisted"}, outbox.ResultDeferred, outbox.PhaseEnvelope, 450, 0, false},
		{"F12 RCPT 452", mailsink.AtRcpt, mailsink.Fault{Reply: "452 4.2.2 full"}, outbox.ResultDeferred, outbox.PhaseEnvelope, 452, 0, false},
		{"F13 RCPT 550 5.1.1", mailsink.AtRcpt, mailsink.Fault{Reply: "550 5.1.1 no such user"}, outbox.ResultRefused, outbox.PhaseEnvelope, 550, 0, false},
		{"F13 RCPT relay denied", mailsink.AtRcpt, mailsink.Fault{Reply: "554 5.7.1 <x>: Relay access denied"}, outbox.ResultRouteBroken, outbox.PhaseEnvelope, 554, 0, false},
		{"F14 RCPT 251", mailsink.AtRcpt, mailsink.Fault{Reply: "251 2.1.5 will forward"}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F14 RCPT 252", mailsink.AtRcpt, mailsink.Fault{Reply: "252 2.1.5 will try"}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F15 DATA 451", mailsink.AtData, mailsink.Fault{Reply: "451 4.3.0 no"}, outbox.ResultDeferred, outbox.PhaseData, 451, 0, false},
		{"F18 dropped after the dot", mailsink.AtDot, mailsink.Fault{Drop: true}, outbox.ResultUncertain, dot, 0, 1, true},
		{"F18 silence after the dot", mailsink.AtDot, mailsink.Fault{Delay: mailsink.Forever}, outbox.ResultUncertain, dot, 0, 1, true},
		{"F19 late answer to the dot", mailsink.AtDot, mailsink.Fault{Delay: 60 * time.Millisecond}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F20 250, then dropped", mailsink.AtDot, mailsink.Fault{DropAfter: true}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F21 451 after the dot", mailsink.AtDot, mailsink.Fault{Reply: "451 4.3.0 no"}, outbox.ResultDeferred, reply, 451, 0, true},
		{"F21 421 after the dot", mailsink.AtDot, mailsink.Fault{Reply: "421 4.3.0 no"}, outbox.ResultDeferred, reply, 421, 0, true},
		{"F22 554 5.7.1 after the dot", mailsink.AtDot, mailsink.Fault{Reply: "554 5.7.1 no"}, outbox.ResultRefused, reply, 554, 0, true},
		{"F22 552 5.3.4 after the dot", mailsink.AtDot, mailsink.Fault{Reply: "552 5.3.4 no"}, outbox.ResultTooBig, reply, 552, 0, true},
		{"F22 354 after the dot", mailsink.AtDot, mailsink.Fault{Reply: "354 again"}, outbox.ResultUncertain, reply, 354, 1, true},
		{"F23 several lines with a queue name", mailsink.AtDot, mailsink.Fault{Reply: "250-2.0.0 taken\n250 2.0.0 Ok: queued as 4XyZ12"}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F24 line of 100 KB", mailsink.AtDot, mailsink.Fault{Raw: "250 2.0.0 " + strings.Repeat("x", 100_000) + "\r\n"}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F24 line without end", mailsink.AtDot, mailsink.Fault{Raw: "250 2.0.0 ok"}, outbox.ResultUncertain, dot, 0, 1, true},
		{"F24 3 MB without end", mailsink.AtDot, mailsink.Fault{Raw: "250 " + strings.Repeat("x", 3<<20)}, outbox.ResultUncertain, dot, 0, 1, true},
		{"F24 lines without end", mailsink.AtMail, mailsink.Fault{Raw: strings.Repeat("250-x\r\n", 300)}, outbox.ResultDeferred, outbox.PhaseEnvelope, 0, 0, false},
		{"F24 bytes beyond ASCII", mailsink.AtDot, mailsink.Fault{Raw: "250 2.0.0 \xff\x80\x1b[2J\r\n"}, outbox.ResultAccepted, reply, 250, 1, true},
		{"F24 no SMTP at all", mailsink.AtGreeting, mailsink.Fault{Raw: "HTTP/1.1 400 Bad Request\r\n"}, outbox.ResultDeferred, outbox.PhaseConnect, 0, 0, false},
		{"F25 byte by byte in the greeting", mailsink.AtGreeting, mailsink.Fault{Trickle: 20 * time.Millisecond}, outbox.ResultDeferred, outbox.PhaseConnect, 0, 0, false},
		{"F25 byte by byte after the dot", mailsink.AtDot, mailsink.Fault{Trickle: 20 * time.Millisecond}, outbox.ResultUncertain, dot, 0, 1, true},
	}
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := begin(t, mailsink.Options{Faults: mailsink.At(tt.point, tt.fault)}, impatient)
			got := p.send(message())
			p.expect(got, tt.result, tt.phase, tt.kept)
			if got.Code != tt.code {
				t.Errorf("code %d, want %d", got.Code, tt.code)
			}
			if marked := p.marks == 1; marked != tt.marked || p.marks > 1 {
				t.Errorf("the marker was asked for %d times, want it asked: %v", p.marks, tt.marked)
			}
			if len(got.Text) > 500 || strings.ContainsFunc(got.Text, func(c rune) bool { return c < ' ' || c > '~' }) {
				t.Errorf("text of %d bytes is not safe to show: %.80q", len(got.Text), got.Text)
			}
		})
	}
}

func TestF05NothingAfterEHLOOnTheWire(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtHello, mailsink.Fault{Hide: []string{"STARTTLS"}})})
	p.send(message())
	if diff := cmp.Diff([]string{"EHLO"}, verbs(p.server)); diff != "" {
		t.Errorf("commands in clear (-want +got):\n%s", diff)
	}
}

// TestNoTLSNoMail: whatever goes wrong with TLS, neither an envelope nor
// credentials have been said.
func TestNoTLSNoMail(t *testing.T) {
	faults := map[mailsink.Point][]mailsink.Fault{
		mailsink.AtHello:    {{Hide: []string{"STARTTLS"}}},
		mailsink.AtStartTLS: {{Reply: "454 no"}, {Reply: "502 what"}, {Reply: "250 ok"}, {Drop: true}, {Inject: "250 x\r\n"}},
		mailsink.AtSecure:   {{Certificate: mailsink.WrongName}, {Certificate: mailsink.Expired}, {Certificate: mailsink.SelfSigned}, {Certificate: mailsink.UnknownAuthority}, {MaxTLS: tls.VersionTLS11}, {Drop: true}},
	}
	for point, list := range faults {
		for _, fault := range list {
			p := begin(t, mailsink.Options{Username: "u", Password: "p", Faults: mailsink.At(point, fault)}, impatient, func(r *smtpout.Relay) {
				r.Username, r.Password = "u", func() (string, error) { return "p", nil }
			})
			got := p.send(message())
			if got.Phase != outbox.PhaseTLS || got.Result == outbox.ResultAccepted {
				t.Errorf("%s %+v: outcome %+v", point, fault, got)
			}
			for _, verb := range verbs(p.server) {
				if verb != "EHLO" && verb != "STARTTLS" {
					t.Errorf("%s %+v: %s was said", point, fault, verb)
				}
			}
		}
	}
}

func TestF09SignIn(t *testing.T) {
	account := mailsink.Options{Username: "relay", Password: "secret"}
	credentials := func(password string) func(*smtpout.Relay) {
		return func(r *smtpout.Relay) {
			r.Username, r.Password = "relay", func() (string, error) { return password, nil }
		}
	}
	t.Run("535", func(t *testing.T) {
		p := begin(t, account, credentials("wrong"))
		got := p.send(message())
		p.expect(got, outbox.ResultRouteBroken, outbox.PhaseAuth, 0)
		if got.Code != 535 || got.Enhanced != "5.7.8" {
			t.Errorf("outcome %+v, want 535 5.7.8", got)
		}
	})
	t.Run("454 is for later", func(t *testing.T) {
		opts := account
		opts.Faults = mailsink.At(mailsink.AtAuth, mailsink.Fault{Reply: "454 4.7.0 try later"})
		p := begin(t, opts, credentials("secret"))
		p.expect(p.send(message()), outbox.ResultDeferred, outbox.PhaseAuth, 0)
	})
	t.Run("not offered", func(t *testing.T) {
		p := begin(t, mailsink.Options{}, credentials("secret"))
		p.expect(p.send(message()), outbox.ResultRouteBroken, outbox.PhaseAuth, 0)
	})
	t.Run("no password to be had", func(t *testing.T) {
		p := begin(t, account, func(r *smtpout.Relay) {
			r.Username, r.Password = "relay", func() (string, error) { return "", context.Canceled }
		})
		p.expect(p.send(message()), outbox.ResultRouteBroken, outbox.PhaseAuth, 0)
	})
	t.Run("sign-in forgotten", func(t *testing.T) {
		p := begin(t, account)
		p.expect(p.send(message()), outbox.ResultRouteBroken, outbox.PhaseEnvelope, 0)
	})
}

func TestF11SizeSmallerThanMessage(t *testing.T) {
	p := begin(t, mailsink.Options{MaxMessageBytes: 50})
	p.expect(p.send(message()), outbox.ResultTooBig, outbox.PhaseEnvelope, 0)
	for _, verb := range verbs(p.server) {
		if verb == "MAIL" {
			t.Error("MAIL was said for a message that the relay does not take")
		}
	}
}

func TestF12GreylistedThenDeliveredOnce(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
		if s.Point == mailsink.AtRcpt && s.Tries == 1 {
			return mailsink.Fault{Reply: "450 4.7.1 greylisted"}
		}
		return mailsink.Fault{}
	}})
	p.expect(p.send(message()), outbox.ResultDeferred, outbox.PhaseEnvelope, 0)
	p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
}

// big is a message that takes many blocks.
func big() smtpout.Message {
	m := message()
	m.Bytes = append(m.Bytes, strings.Repeat(strings.Repeat("x", 76)+"\r\n", 60_000)...)
	return m
}

func TestF16DroppedInTheBody(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtBody, mailsink.Fault{Drop: true, BodyBytes: 10_000})})
	p.expect(p.send(big()), outbox.ResultDeferred, outbox.PhaseData, 0)
	if p.marks != 0 {
		t.Error("the marker was asked for although the body did not go through")
	}
}

// TestF17DroppedBeforeTheDot: the relay goes while the marker is being kept.
// It has no whole message, and is not taken to have one.
func TestF17DroppedBeforeTheDot(t *testing.T) {
	p := begin(t, mailsink.Options{})
	got := p.client.Send(t.Context(), message(), func() error { return p.server.Close() })
	p.expect(got, outbox.ResultUncertain, outbox.PhaseDot, 0)
}

// TestF17DroppedAsTheBodyEnds: here the client may or may not have noticed.
// It never takes the message for accepted.
func TestF17DroppedAsTheBodyEnds(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtBody, mailsink.Fault{Drop: true, BodyBytes: mailsink.WholeBody})})
	got := p.send(message())
	if got.Result != outbox.ResultDeferred && got.Result != outbox.ResultUncertain {
		t.Errorf("outcome %+v, want deferred or uncertain", got)
	}
	p.holds(0)
}

// TestF18ResentByHandIsTheSame: what goes out a second time, by a person's
// decision, are the same bytes under the same Message-ID.
func TestF18ResentByHandIsTheSame(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
		return mailsink.Fault{Drop: s.Point == mailsink.AtDot && s.Kept == 0}
	}})
	p.expect(p.send(message()), outbox.ResultUncertain, outbox.PhaseDot, 1)
	p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 2)
}

func TestF19DefaultWaitsAreThoseOfTheStandard(t *testing.T) {
	waits := smtpout.Timeouts{}.WithDefaults()
	if waits.Dot != 10*time.Minute || waits.Envelope != 5*time.Minute || waits.Block != 3*time.Minute || waits.Data != 2*time.Minute {
		t.Errorf("waits %+v, want those of RFC 5321 section 4.5.3.2", waits)
	}
}

func TestF20NextMessageAfterADrop(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtDot, mailsink.Fault{DropAfter: true})})
	p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
	p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 2)
}

func TestF23QueueNameIsKept(t *testing.T) {
	p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtDot, mailsink.Fault{Reply: "250-2.0.0 taken\n250 2.0.0 Ok: queued as 4XyZ12"})})
	got := p.send(message())
	if got.QueueID != "4XyZ12" || got.Text != "taken Ok: queued as 4XyZ12" {
		t.Errorf("queue name %q in %q, want 4XyZ12", got.QueueID, got.Text)
	}
}

// TestF28BytesThatWouldNotArriveAsTheyAre never reach a socket.
func TestF28BytesThatWouldNotArriveAsTheyAre(t *testing.T) {
	p := begin(t, mailsink.Options{})
	for name, text := range map[string]string{
		"nothing": "", "bare LF": "a\nb\r\n", "bare CR": "a\rb\r\n", "CR CR LF": "a\r\r\n", "NUL": "a\x00b\r\n",
		"line of 999": strings.Repeat("x", 999) + "\r\n", "no end": "a\r\nb", "LF first": "\n",
	} {
		m := message()
		m.Bytes = []byte(text)
		if got := p.send(m); got.Result != outbox.ResultRefused || got.Phase != outbox.PhaseNone || got.Text == "" {
			t.Errorf("%s: outcome %+v, want refused before connecting", name, got)
		}
	}
	if got := p.server.Commands(); len(got) != 0 {
		t.Errorf("%d commands were said", len(got))
	}
	m := message()
	m.Bytes = []byte(strings.Repeat("x", 998) + "\r\n\r\n.\r\n")
	if got := p.send(m); got.Result != outbox.ResultAccepted {
		t.Errorf("line of 998 bytes and a lone dot: %+v", got)
	}
}

func TestAddressesThatCouldCarryACommandAreRefused(t *testing.T) {
	p := begin(t, mailsink.Options{})
	for _, address := range []string{
		"", "a", "@b.example", "a@", "a@b@c.example", "a@b.example\r\nRCPT TO:<c@d.example>", "a b@c.example",
		"<a@b.example>", `"a"@b.example`, "a@b.example>", "jörg@b.example", strings.Repeat("x", 250) + "@b.example",
	} {
		m := message()
		m.To = address
		if got := p.send(m); got.Result != outbox.ResultRefused || got.Phase != outbox.PhaseNone {
			t.Errorf("recipient %q: outcome %+v, want refused before connecting", address, got)
		}
		m = message()
		m.From = address
		if got := p.send(m); address != "" && got.Phase != outbox.PhaseNone {
			t.Errorf("sender %q: outcome %+v, want refused before connecting", address, got)
		}
	}
}

func TestEightBitMessages(t *testing.T) {
	m := message()
	m.Bytes = []byte("Subject: a\r\n\r\nGrüße\r\n")
	p := begin(t, mailsink.Options{})
	if got := p.send(m); got.Result != outbox.ResultAccepted || p.server.Messages()[0].MailParams["BODY"] != "8BITMIME" {
		t.Errorf("outcome %+v with %v", got, p.server.Messages()[0].MailParams)
	}
	p = begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtHello, mailsink.Fault{Hide: []string{"8BITMIME"}})})
	p.expect(p.send(m), outbox.ResultRefused, outbox.PhaseEnvelope, 0)
}
