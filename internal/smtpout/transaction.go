package smtpout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
)

// blockBytes is how much of a body is written at a time, and may take
// Timeouts.Block.
const blockBytes = 64 << 10

// transact sends one message. The error is a *halt; without one the reply is
// the relay's yes.
func (v *conversation) transact(p parcel, beforeDot func() error) (reply, error) {
	release := v.follow(v.ctx)
	defer release()
	if err := v.fits(p); err != nil {
		return reply{}, err
	}
	if err := v.envelope(v.commands(p)); err != nil {
		return reply{}, err
	}
	if err := v.body(p.stuffed); err != nil {
		return reply{}, err
	}
	if err := v.listening(); err != nil {
		return reply{}, err
	}
	if err := beforeDot(); err != nil {
		return reply{}, &halt{result: outbox.ResultDeferred, phase: outbox.PhaseData, cause: "the marker before the final dot could not be kept, so the message was not completed"}
	}
	release()
	return v.dot()
}

// listening looks whether the relay still waits for the dot. One that has gone
// or has already refused is found out here, before the marker, where nothing
// can be uncertain.
func (v *conversation) listening() error {
	if v.reader.Buffered() == 0 && !pending(v.socket()) {
		return nil
	}
	// What is pending may be no reply but housekeeping of TLS, so it is read.
	const glance = 100 * time.Microsecond
	if err := v.arm(glance); err != nil {
		return broken(outbox.PhaseData, err)
	}
	_, err := v.reader.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	if err != nil {
		return broken(outbox.PhaseData, err)
	}
	if err := v.arm(v.relay.Timeouts.Data); err != nil {
		return broken(outbox.PhaseData, err)
	}
	r, err := v.hear(outbox.PhaseData)
	if err != nil {
		return err
	}
	return refusal(outbox.PhaseData, r)
}

// fits keeps back what the relay has said it will not take.
func (v *conversation) fits(p parcel) error {
	limit, err := strconv.ParseInt(v.extensions["SIZE"], 10, 64)
	if err == nil && limit > 0 && int64(len(p.Bytes)) > limit {
		return &halt{
			result: outbox.ResultTooBig, phase: outbox.PhaseEnvelope, usable: true,
			cause: fmt.Sprintf("the relay takes at most %d bytes, the message has %d", limit, len(p.Bytes)),
		}
	}
	if _, ok := v.extensions["8BITMIME"]; !ok && p.eightBit {
		return &halt{
			result: outbox.ResultRefused, phase: outbox.PhaseEnvelope, usable: true,
			cause: "the message has bytes beyond ASCII and the relay does not take them",
		}
	}
	return nil
}

// A step is one command of an envelope and what the relay must say to it.
type step struct {
	line  string
	phase outbox.Phase
	wait  time.Duration
	want  func(code int) bool
}

// commands gives the envelope of p, with the parameters that the relay knows.
// SMTPUTF8 is never among them: an address that needs it does not get here.
func (v *conversation) commands(p parcel) []step {
	from := p.From
	if _, ok := v.extensions["DSN"]; !ok && p.ReportTo != "" {
		from = p.ReportTo
	}
	mail, rcpt := "MAIL FROM:<"+from+">", "RCPT TO:<"+p.To+">"
	if _, ok := v.extensions["SIZE"]; ok {
		mail += " SIZE=" + strconv.Itoa(len(p.Bytes))
	}
	if _, ok := v.extensions["8BITMIME"]; ok && p.eightBit {
		mail += " BODY=8BITMIME"
	}
	if _, ok := v.extensions["DSN"]; ok {
		mail += " RET=HDRS"
		if id := xtext(p.ID); id != "" && len(id) <= maxEnvIDBytes {
			mail += " ENVID=" + id
		}
		rcpt += " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;" + xtext(p.To)
	}
	completed := func(code int) bool { return code >= 200 && code < 300 }
	steps := []step{
		{mail, outbox.PhaseEnvelope, v.relay.Timeouts.Envelope, completed},
		{rcpt, outbox.PhaseEnvelope, v.relay.Timeouts.Envelope, completed},
		{"DATA", outbox.PhaseData, v.relay.Timeouts.Data, func(code int) bool { return code == 354 }},
	}
	if v.unfinished {
		steps = append([]step{{"RSET", outbox.PhaseEnvelope, v.relay.Timeouts.Envelope, completed}}, steps...)
	}
	return steps
}

// envelope says the steps, all at once where the relay allows it (RFC 2920).
func (v *conversation) envelope(steps []step) error {
	v.unfinished = true
	if _, ok := v.extensions["PIPELINING"]; ok {
		return v.pipelined(steps)
	}
	for _, s := range steps {
		r, err := v.command(s.phase, s.wait, s.line)
		if err != nil {
			return err
		}
		if !s.want(r.code) {
			return refusal(s.phase, r)
		}
	}
	return nil
}

// pipelined sends every step in one write and reads every reply. A relay that
// refuses the recipient and wants a body all the same is left: an empty
// message, which would end that state, is a message too.
func (v *conversation) pipelined(steps []step) error {
	var group strings.Builder
	for _, s := range steps {
		group.WriteString(s.line + "\r\n")
	}
	if err := v.arm(steps[0].wait); err != nil {
		return broken(steps[0].phase, err)
	}
	if _, err := v.conn.Write([]byte(group.String())); err != nil {
		return broken(steps[0].phase, err)
	}
	var first *halt
	for _, s := range steps {
		if err := v.arm(s.wait); err != nil {
			return broken(s.phase, err)
		}
		r, err := v.hear(s.phase)
		switch {
		case err != nil && first != nil:
			first.usable = false
			return first
		case err != nil:
			return err
		case first == nil && !s.want(r.code):
			first = refusal(s.phase, r)
		case first != nil && r.code == 354:
			first.usable = false
		}
	}
	if first != nil {
		return first
	}
	return nil
}

// body sends the message without its final dot.
func (v *conversation) body(stuffed []byte) error {
	for len(stuffed) > 0 {
		block := stuffed[:min(blockBytes, len(stuffed))]
		if err := v.arm(v.relay.Timeouts.Block); err != nil {
			return broken(outbox.PhaseData, err)
		}
		if _, err := v.conn.Write(block); err != nil {
			if v.ctx.Err() != nil {
				err = v.ctx.Err()
			}
			return broken(outbox.PhaseData, err)
		}
		stuffed = stuffed[len(block):]
	}
	return nil
}

// dot completes the message and waits for the relay to answer for it. Once it
// is under way a context that ends shortens the wait and no more: giving up
// at once would make a delivery uncertain that is about to be certain.
func (v *conversation) dot() (reply, error) {
	if err := v.conn.SetDeadline(time.Now().Add(v.relay.Timeouts.Dot)); err != nil {
		return reply{}, broken(outbox.PhaseData, err)
	}
	raw, grace := v.conn, v.relay.Timeouts.Shutdown
	release := context.AfterFunc(v.ctx, func() { _ = raw.SetDeadline(time.Now().Add(grace)) })
	defer release()
	if _, err := v.conn.Write([]byte(".\r\n")); err != nil {
		return reply{}, broken(outbox.PhaseDot, err)
	}
	r, err := readReply(v.reader)
	if err != nil {
		return reply{}, broken(outbox.PhaseDot, err)
	}
	v.unfinished = false
	if r.code < 200 || r.code > 299 {
		return reply{}, refusal(outbox.PhaseReply, r)
	}
	return r, nil
}
