package dispatch_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/smtpout"
)

// overSMTP hands over by the real client.
type overSMTP struct{ client *smtpout.Client }

func (o overSMTP) Send(ctx context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	return o.client.Send(ctx, smtpout.Message{From: e.From, To: e.To, Bytes: e.Bytes, ID: e.ID}, beforeDot)
}

func overTLS(t testing.TB, options mailsink.Options) (*mailsink.Server, overSMTP) {
	t.Helper()
	server, err := mailsink.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	roots, err := smtpout.Roots(server.CAPEM())
	if err != nil {
		t.Fatal(err)
	}
	client, err := smtpout.New(smtpout.Relay{Addr: server.Addr(), Host: "localhost", Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return server, overSMTP{client}
}

// TestOverSMTPAndTLS: the dispatcher and the client together, against a real
// server that refuses one recipient, puts one off and loses one answer.
func TestOverSMTPAndTLS(t *testing.T) {
	server, sender := overTLS(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
		switch {
		case s.Point == mailsink.AtRcpt && s.Recipient == "dt@gone.example":
			return mailsink.Fault{Reply: "550 5.1.1 no such user"}
		case s.Point == mailsink.AtRcpt && s.Recipient == "dt@grey.example":
			return mailsink.Fault{Reply: "450 4.7.1 greylisted"}
		case s.Point == mailsink.AtDot && s.Recipient == "dt@silent.example":
			return mailsink.Fault{Drop: true}
		}
		return mailsink.Fault{}
	}})
	b := newBench(t, "first", "gone", "grey", "silent", "zlast")
	x := b.process()
	x.Sender = sender
	tally := b.run(x)
	if tally.Accepted != 2 || tally.Refused != 1 || tally.Deferred != 1 || tally.Uncertain != 1 {
		t.Errorf("%+v", tally)
	}
	b.run(b.process())
	messages := server.Messages()
	if len(messages) != 3 { // the lost answer was for a message that arrived
		t.Fatalf("%d messages arrived, want 3", len(messages))
	}
	for _, m := range messages {
		if len(m.To) != 1 || m.From != "pep@council.example" {
			t.Errorf("from %s to %d recipients", m.From, len(m.To))
		}
	}
	d := b.shelf.row("first")
	if a := d.Attempts[0]; a.TLS == "" || a.Code != 250 || a.Step != outbox.PhaseReply {
		t.Errorf("the evidence of %+v is not whole", a)
	}
}

func BenchmarkHandover(b *testing.B) {
	_, sender := overTLS(b, mailsink.Options{EnvelopesOnly: true, MaxMessages: 1 << 30})
	const batch = 100 // the queue in memory is slow when it is long
	for done := 0; done < b.N; done += batch {
		bench := newBench(b)
		for i := range min(batch, b.N-done) {
			bench.shelf.put(released(fmt.Sprintf("s%08d", i)))
		}
		x := bench.process()
		x.Sender = sender
		if tally := bench.run(x); tally.Accepted != min(batch, b.N-done) {
			b.Fatalf("%+v", tally)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
