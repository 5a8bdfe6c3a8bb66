package smtpout

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/outbox"
)

// A conversation is one connection to a relay, under TLS and signed in.
type conversation struct {
	relay      Relay
	ctx        context.Context // of the attempt under way
	conn       net.Conn        // raw until startTLS, then TLS
	reader     *bufio.Reader
	extensions map[string]string // by keyword in upper case (RFC 5321 section 2.2)
	tls        string            // for the evidence
	unfinished bool              // an envelope was begun and not used
	keptUntil  time.Time         // while it lies by for the next message
}

// connect goes as far as a relay that would take MAIL.
func connect(ctx context.Context, relay Relay) (*conversation, error) {
	dialer := net.Dialer{Timeout: relay.Timeouts.Connect}
	conn, err := dialer.DialContext(ctx, "tcp", relay.Addr)
	if err != nil {
		return nil, broken(outbox.PhaseConnect, err)
	}
	v := &conversation{relay: relay, conn: conn, reader: bufio.NewReader(conn)}
	release := v.follow(ctx)
	defer release()
	if err := v.open(); err != nil {
		v.drop()
		return nil, err
	}
	return v, nil
}

// follow ties the conversation to ctx until the function it gives is called.
// When ctx ends, whatever waits for the relay fails at once. Once the function
// has returned, the end of ctx touches the connection no more.
func (v *conversation) follow(ctx context.Context) (release func()) {
	v.ctx = ctx
	raw, touched := v.conn, make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = raw.SetDeadline(time.Unix(1, 0))
		close(touched)
	})
	return sync.OnceFunc(func() {
		if !stop() {
			<-touched
		}
	})
}

// arm bounds the next step.
func (v *conversation) arm(d time.Duration) error {
	if err := v.conn.SetDeadline(time.Now().Add(d)); err != nil {
		return err
	}
	// The context may have ended just before: its deadline, which was in the
	// past, is then overwritten.
	return v.ctx.Err()
}

// drop closes the connection without a word.
func (v *conversation) drop() {
	_ = v.socket().Close() // no close_notify of TLS: it would wait for a peer that may hang
}

// socket is the connection beneath TLS.
func (v *conversation) socket() net.Conn {
	if secured, ok := v.conn.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return v.conn
}

// command sends a line and reads the reply. The error is a *halt.
func (v *conversation) command(phase outbox.Phase, d time.Duration, line string) (reply, error) {
	if err := v.arm(d); err != nil {
		return reply{}, broken(phase, err)
	}
	if _, err := v.conn.Write([]byte(line + "\r\n")); err != nil {
		return reply{}, broken(phase, err)
	}
	return v.hear(phase)
}

// hear reads the next reply within the time that was armed.
func (v *conversation) hear(phase outbox.Phase) (reply, error) {
	r, err := readReply(v.reader)
	if err != nil {
		if v.ctx.Err() != nil {
			err = v.ctx.Err()
		}
		return reply{}, broken(phase, err)
	}
	return r, nil
}

// open goes from a bare connection to one that is secure and signed in.
func (v *conversation) open() error {
	if v.relay.Mode == ImplicitTLS {
		if err := v.handshake(); err != nil {
			return err
		}
	}
	if err := v.greet(); err != nil {
		return err
	}
	if err := v.hello(); err != nil {
		return err
	}
	if v.relay.Mode == StartTLS {
		if err := v.startTLS(); err != nil {
			return err
		}
	}
	return v.signIn()
}

func (v *conversation) greet() error {
	if err := v.arm(v.relay.Timeouts.Greeting); err != nil {
		return broken(outbox.PhaseConnect, err)
	}
	r, err := v.hear(outbox.PhaseConnect)
	if err != nil {
		return err
	}
	if r.code != 220 {
		return refusal(outbox.PhaseConnect, r)
	}
	return nil
}

// hello says EHLO and notes what the relay can do. HELO is not tried: a relay
// without extensions has no TLS either.
func (v *conversation) hello() error {
	r, err := v.command(outbox.PhaseConnect, v.relay.Timeouts.Hello, "EHLO "+v.relay.Hello)
	if err != nil {
		return err
	}
	if r.code != 250 {
		return refusal(outbox.PhaseConnect, r)
	}
	v.extensions = make(map[string]string)
	for _, line := range r.lines[1:] {
		keyword, params, _ := strings.Cut(line, " ")
		v.extensions[strings.ToUpper(keyword)] = params
	}
	return nil
}

// startTLS makes the connection secure or fails. What came in clear behind
// the relay's agreement was put there by someone else (CVE-2011-0411), so it
// ends the connection, and what was said before counts for nothing afterwards
// (RFC 3207 section 4.2).
func (v *conversation) startTLS() error {
	if _, offered := v.extensions["STARTTLS"]; !offered {
		return noTLS("the relay does not offer STARTTLS")
	}
	r, err := v.command(outbox.PhaseTLS, v.relay.Timeouts.Hello, "STARTTLS")
	if err != nil {
		return err
	}
	if r.code != 220 {
		return refusal(outbox.PhaseTLS, r)
	}
	if v.reader.Buffered() > 0 {
		return noTLS("the relay, or someone between, sent text in clear after STARTTLS")
	}
	if err := v.handshake(); err != nil {
		return err
	}
	return v.hello()
}
