package smtpout

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/outbox"
)

// A Client sends messages to one relay, one at a time over one connection
// that it keeps between them. Its methods may be called from any goroutine;
// they wait for each other.
type Client struct {
	relay Relay

	mu   sync.Mutex
	open *conversation // nil when there is none to reuse
}

// New gives a client for a relay. It connects when there is something to send.
func New(relay Relay) (*Client, error) {
	relay, err := relay.checked()
	if err != nil {
		return nil, err
	}
	return &Client{relay: relay}, nil
}

// Send hands one message over and says what became of it. When the whole
// message but for the final dot has been sent, beforeDot is called, at most
// once; if it fails the message is not completed. A ctx that ends stops the
// attempt before that call has returned; afterwards the message is completed
// and the reply is still waited for, for Timeouts.Shutdown.
//
// The text of the outcome may repeat the recipient's address, as relays do:
// keep it where the address may be kept.
func (c *Client) Send(ctx context.Context, m Message, beforeDot func() error) outbox.Outcome {
	p, err := m.ready()
	if err != nil {
		return outbox.Outcome{Result: outbox.ResultRefused, Phase: outbox.PhaseNone, Text: "not sent: " + err.Error()}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	reused := c.open != nil
	outcome := c.attempt(ctx, p, beforeDot)
	if reused && wentStale(outcome) && ctx.Err() == nil {
		outcome = c.attempt(ctx, p, beforeDot)
	}
	return outcome
}

// wentStale recognises a kept connection that the relay had closed meanwhile,
// or closes now: nothing of the message was sent over it.
func wentStale(o outbox.Outcome) bool {
	return o.Result == outbox.ResultDeferred && o.Phase == outbox.PhaseEnvelope && (o.Code == 0 || o.Code == 421)
}

// attempt sends over the open connection, or a new one.
func (c *Client) attempt(ctx context.Context, p parcel, beforeDot func() error) outbox.Outcome {
	v := c.kept()
	if v == nil {
		var err error
		if v, err = connect(ctx, c.relay); err != nil {
			return ended(err, "")
		}
	}
	v.ctx = ctx
	r, err := v.transact(p, beforeDot)
	if err == nil {
		c.keep(v)
		return outbox.Outcome{
			Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: r.code, Enhanced: r.enhanced,
			Text: r.text(), QueueID: r.queueID(), TLS: v.tls,
		}
	}
	var h *halt
	if errors.As(err, &h) && h.usable {
		c.keep(v)
	} else {
		v.drop()
	}
	return ended(err, v.tls)
}

// kept takes the connection that was kept, unless it lay idle for too long.
func (c *Client) kept() *conversation {
	v := c.open
	c.open = nil
	if v != nil && time.Now().After(v.keptUntil) {
		v.quit()
		return nil
	}
	return v
}

// keep lays the connection by for the next message.
func (c *Client) keep(v *conversation) {
	v.keptUntil = time.Now().Add(c.relay.Timeouts.Idle)
	c.open = v
}

// ended words the end of an attempt that did not succeed.
func ended(err error, tls string) outbox.Outcome {
	var h *halt
	if !errors.As(err, &h) {
		h = broken(outbox.PhaseConnect, err)
	}
	outcome := h.outcome()
	outcome.TLS = tls
	return outcome
}

// Check connects, secures the connection and signs in, and sends nothing. The
// outcome is accepted, with the phase reached, if a message could be sent.
func (c *Client) Check(ctx context.Context) outbox.Outcome {
	v, err := connect(ctx, c.relay)
	if err != nil {
		return ended(err, "")
	}
	v.quit()
	return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseAuth, TLS: v.tls}
}

// Close ends the kept connection, if there is one. The client can be used
// again afterwards.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open != nil {
		c.open.quit()
		c.open = nil
	}
	return nil
}

// quit takes leave and closes. It is only said where no message is under way.
func (v *conversation) quit() {
	defer v.drop()
	if v.conn.SetDeadline(time.Now().Add(v.relay.Timeouts.Quit)) != nil {
		return
	}
	if _, err := v.conn.Write([]byte("QUIT\r\n")); err == nil {
		_, _ = readReply(v.reader) // nothing hangs on what it says
	}
}
