package smtpout_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/smtpout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// post is one client, the server it talks to, and what happened at the dot.
type post struct {
	t       testing.TB
	server  *mailsink.Server
	client  *smtpout.Client
	marks   int   // how often the marker was asked for
	markErr error // what it answers
	ctx     context.Context
}

// begin starts a server and a client that trusts it.
func begin(t testing.TB, opts mailsink.Options, adjust ...func(*smtpout.Relay)) *post {
	t.Helper()
	server, err := mailsink.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	roots, err := smtpout.Roots(server.CAPEM())
	if err != nil {
		t.Fatal(err)
	}
	relay := smtpout.Relay{Addr: server.Addr(), Host: "localhost", Roots: roots, Hello: "council.example"}
	for _, change := range adjust {
		change(&relay)
	}
	client, err := smtpout.New(relay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return &post{t: t, server: server, client: client, ctx: context.Background()}
}

// impatient makes every step end quickly.
func impatient(r *smtpout.Relay) {
	const brief = 400 * time.Millisecond
	r.Timeouts = smtpout.Timeouts{
		Connect: brief, Greeting: brief, Hello: brief, Handshake: 2 * time.Second,
		Envelope: brief, Data: brief, Block: brief, Dot: brief, Shutdown: brief, Quit: brief,
	}
}

func message() smtpout.Message {
	return smtpout.Message{
		From: "bounce+d1@council.example", To: "head@school.example", ID: "d1",
		Bytes: []byte("Message-ID: <d1@council.example>\r\nSubject: PEP-7F3K-2Q\r\n\r\n.begins with a dot\r\n..two\r\nend\r\n"),
	}
}

func (p *post) send(m smtpout.Message) outbox.Outcome {
	return p.client.Send(p.ctx, m, func() error {
		p.marks++
		return p.markErr
	})
}

// expect compares an outcome with result and phase, and the number of
// messages that the server holds.
func (p *post) expect(got outbox.Outcome, result outbox.Result, phase outbox.Phase, kept int) {
	p.t.Helper()
	if got.Result != result || got.Phase != phase {
		p.t.Errorf("outcome %+v, want %s at %s", got, result, phase)
	}
	p.holds(kept)
}

func (p *post) holds(kept int) {
	p.t.Helper()
	messages := p.server.Messages()
	if len(messages) != kept {
		p.t.Errorf("the relay holds %d messages, want %d", len(messages), kept)
	}
	for _, m := range messages {
		if !bytes.Equal(m.Data, message().Bytes) {
			p.t.Errorf("the relay holds other bytes: %q", m.Data)
		}
	}
}

func TestAcceptedMessage(t *testing.T) {
	p := begin(t, mailsink.Options{})
	got := p.send(message())
	if !strings.HasPrefix(got.TLS, "TLS 1.3 TLS_AES_") || !strings.Contains(got.TLS, " sha256:") {
		t.Errorf("evidence of TLS %q, want version, cipher and certificate", got.TLS)
	}
	got.TLS = ""
	want := outbox.Outcome{
		Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250, Enhanced: "2.0.0",
		Text: "Ok: queued as SINK000001", QueueID: "SINK000001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	p.holds(1)
	if p.marks != 1 {
		t.Errorf("the marker was asked for %d times, want once", p.marks)
	}
	kept := p.server.Messages()[0]
	if diff := cmp.Diff(mailsink.Params{"SIZE": "90", "RET": "HDRS", "ENVID": "d1"}, kept.MailParams); diff != "" {
		t.Errorf("MAIL (-want +got):\n%s", diff)
	}
	wantRcpt := []mailsink.Params{{"NOTIFY": "SUCCESS,FAILURE,DELAY", "ORCPT": "rfc822;head@school.example"}}
	if diff := cmp.Diff(wantRcpt, kept.RcptParams); diff != "" {
		t.Errorf("RCPT (-want +got):\n%s", diff)
	}
}

// TestPlainRelays sends to relays without one extension or another.
func TestPlainRelays(t *testing.T) {
	for _, hidden := range [][]string{{"PIPELINING"}, {"DSN"}, {"SIZE"}, {"8BITMIME"}, {"PIPELINING", "DSN", "SIZE", "8BITMIME"}} {
		p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtHello, mailsink.Fault{Hide: hidden})})
		p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
		params := p.server.Messages()[0].MailParams
		for _, absent := range hidden {
			if absent == "DSN" {
				absent = "ENVID"
			}
			if _, given := params[absent]; given {
				t.Errorf("without %v: MAIL with %v", hidden, params)
			}
		}
	}
}

// The signed return path stands in only where a relay takes no identifier.
func TestAReportFindsItsWayBackWhateverTheRelayTakes(t *testing.T) {
	for hidden, want := range map[string]string{"": "peps@council.example", "DSN": "peps+d1.tag@council.example"} {
		p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtHello, mailsink.Fault{Hide: []string{hidden}})})
		m := message()
		m.From, m.ReportTo = "peps@council.example", "peps+d1.tag@council.example"
		p.expect(p.send(m), outbox.ResultAccepted, outbox.PhaseReply, 1)
		if kept := p.server.Messages()[0]; kept.From != want {
			t.Errorf("without %q: MAIL FROM %s", hidden, kept.From)
		}
	}
	m := message()
	if m.ReportTo = "two words@council.example"; m.Check() == nil {
		t.Error("a return path that is no address is taken")
	}
}

func TestConnectionIsReusedAndLeftPolitely(t *testing.T) {
	p := begin(t, mailsink.Options{Username: "relay", Password: "secret"}, func(r *smtpout.Relay) {
		r.Username, r.Password = "relay", func() (string, error) { return "secret", nil }
	})
	for i := range 3 {
		p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, i+1)
	}
	if err := p.client.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "QUIT",
	}, verbs(p.server)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func verbs(server *mailsink.Server) []string {
	var list []string
	for _, command := range server.Commands() {
		verb, _, _ := strings.Cut(command.Line, " ")
		list = append(list, verb)
	}
	return list
}

func TestImplicitTLS(t *testing.T) {
	p := begin(t, mailsink.Options{Mode: mailsink.ImplicitTLS}, func(r *smtpout.Relay) { r.Mode = smtpout.ImplicitTLS })
	p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
}

func TestStaleConnectionIsReplaced(t *testing.T) {
	for name, fault := range map[string]mailsink.Fault{
		"closed": {Drop: true},
		"421":    {Reply: "421 4.7.0 too many messages on this connection"},
	} {
		t.Run("F02 between messages: "+name, func(t *testing.T) {
			p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
				if s.Point == mailsink.AtMail && s.Connection == 1 && s.Kept == 1 {
					return fault
				}
				return mailsink.Fault{}
			}})
			p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
			p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 2)
			if got := p.server.Messages()[1].Connection; got != 2 {
				t.Errorf("second message came by connection %d, want 2", got)
			}
		})
	}
}

func TestMarkerThatFailsKeepsTheDotBack(t *testing.T) {
	p := begin(t, mailsink.Options{})
	p.markErr = errors.New("disk full")
	got := p.send(message())
	p.expect(got, outbox.ResultDeferred, outbox.PhaseData, 0)
	if p.marks != 1 {
		t.Errorf("the marker was asked for %d times, want once", p.marks)
	}
	for _, verb := range verbs(p.server) {
		if verb == "QUIT" {
			t.Error("QUIT was said inside DATA")
		}
	}
}

func TestContextEnds(t *testing.T) {
	t.Run("before anything", func(t *testing.T) {
		p := begin(t, mailsink.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		p.ctx = ctx
		p.expect(p.send(message()), outbox.ResultDeferred, outbox.PhaseConnect, 0)
	})
	for _, point := range []mailsink.Point{mailsink.AtGreeting, mailsink.AtStartTLS, mailsink.AtSecure, mailsink.AtMail, mailsink.AtData} {
		t.Run("at "+point.String(), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
				if s.Point != point {
					return mailsink.Fault{}
				}
				cancel()
				return mailsink.Fault{Delay: mailsink.Forever}
			}})
			p.ctx = ctx
			if got := p.send(message()); got.Result != outbox.ResultDeferred {
				t.Errorf("outcome %+v, want deferred", got)
			}
			p.holds(0)
		})
	}
	t.Run("before the marker is kept", func(t *testing.T) {
		p := begin(t, mailsink.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		got := p.client.Send(ctx, message(), func() error { cancel(); return ctx.Err() })
		p.expect(got, outbox.ResultDeferred, outbox.PhaseData, 0)
	})
	t.Run("once the marker is kept the message is completed", func(t *testing.T) {
		p := begin(t, mailsink.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		got := p.client.Send(ctx, message(), func() error { cancel(); return nil })
		p.expect(got, outbox.ResultAccepted, outbox.PhaseReply, 1)
	})
	t.Run("after the dot the answer still counts", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
			if s.Point != mailsink.AtDot {
				return mailsink.Fault{}
			}
			cancel()
			return mailsink.Fault{Delay: 50 * time.Millisecond}
		}})
		p.ctx = ctx
		p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
	})
}

func TestRefusedRecipientDoesNotSpoilTheNextMessage(t *testing.T) {
	for name, hidden := range map[string][]string{"pipelined": nil, "one by one": {"PIPELINING"}} {
		t.Run(name, func(t *testing.T) {
			p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
				switch {
				case s.Point == mailsink.AtHello:
					return mailsink.Fault{Hide: hidden}
				case s.Point == mailsink.AtRcpt && s.Recipient == "gone@school.example":
					return mailsink.Fault{Reply: "550 5.1.1 no such user"}
				}
				return mailsink.Fault{}
			}})
			gone := message()
			gone.To = "gone@school.example"
			p.expect(p.send(gone), outbox.ResultRefused, outbox.PhaseEnvelope, 0)
			p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 1)
			if got := p.server.Messages()[0]; got.Connection != 1 || len(got.To) != 1 {
				t.Errorf("next message came by connection %d to %d recipients, want the same connection and one", got.Connection, len(got.To))
			}
		})
	}
}

// TestRelayThatWantsABodyForNobody: it refused the recipient and agreed to
// DATA. An empty message must not be the way out.
func TestRelayThatWantsABodyForNobody(t *testing.T) {
	raw := "550 5.1.1 no such user\r\n"
	p := begin(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
		switch s.Point {
		case mailsink.AtRcpt:
			return mailsink.Fault{Raw: raw}
		case mailsink.AtData:
			return mailsink.Fault{Raw: "354 go on\r\n"}
		}
		return mailsink.Fault{}
	}})
	p.expect(p.send(message()), outbox.ResultRefused, outbox.PhaseEnvelope, 0)
	p.send(message())
	if got := p.server.Commands()[len(p.server.Commands())-1].Connection; got != 2 {
		t.Errorf("the next message went over connection %d, want a new one", got)
	}
}

func TestCheckSendsNothing(t *testing.T) {
	p := begin(t, mailsink.Options{})
	got := p.client.Check(t.Context())
	p.expect(got, outbox.ResultAccepted, outbox.PhaseAuth, 0)
	if diff := cmp.Diff([]string{"EHLO", "STARTTLS", "EHLO", "QUIT"}, verbs(p.server)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func TestRelaysThatCannotBe(t *testing.T) {
	for name, relay := range map[string]smtpout.Relay{
		"no address":           {},
		"no port":              {Addr: "relay.example"},
		"no host":              {Addr: ":25"},
		"unknown mode":         {Addr: "relay.example:25", Mode: 2},
		"user name alone":      {Addr: "relay.example:25", Username: "u"},
		"own name with a line": {Addr: "relay.example:25", Hello: "a\r\nMAIL"},
	} {
		if _, err := smtpout.New(relay); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := smtpout.Roots([]byte("not PEM")); err == nil {
		t.Error("authorities that are none: accepted")
	}
}

func BenchmarkSend(b *testing.B) {
	line := strings.Repeat("x", 76) + "\r\n"
	for _, size := range []struct {
		name  string
		lines int
	}{{"1KB", 12}, {"411KB", 411_000 / len(line)}} {
		b.Run(size.name, func(b *testing.B) {
			p := begin(b, mailsink.Options{EnvelopesOnly: true, MaxMessages: 1 << 30})
			m := message()
			m.Bytes = append(m.Bytes, strings.Repeat(line, size.lines)...)
			b.SetBytes(int64(len(m.Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				if got := p.send(m); got.Result != outbox.ResultAccepted {
					b.Fatal(got)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
