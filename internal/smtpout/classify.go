package smtpout

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
)

// A halt ends an attempt before the message was taken. It is the only error
// that conversations give.
type halt struct {
	result outbox.Result
	phase  outbox.Phase
	reply  reply  // zero where the relay said nothing
	cause  string // in our words, where the relay said nothing
	// usable says that the relay and we still agree on the state of the
	// connection.
	usable bool
}

// Error says where the attempt ended.
func (h *halt) Error() string {
	return fmt.Sprintf("%s at %s: %s", h.result, h.phase, h.cause)
}

// outcome is the halt as the outbox knows it.
func (h *halt) outcome() outbox.Outcome {
	text := h.cause
	if h.reply.code != 0 {
		text = h.reply.text()
	}
	return outbox.Outcome{
		Result: h.result, Phase: h.phase, Code: h.reply.code, Enhanced: h.reply.enhanced, Text: safe(text),
	}
}

// refusal reads a negative reply.
func refusal(phase outbox.Phase, r reply) *halt {
	return &halt{
		result: classify(phase, r), phase: phase, reply: r,
		usable: phase == outbox.PhaseEnvelope && r.code != 421 || phase == outbox.PhaseReply && r.code != 421,
	}
}

// broken reads an error of the network, or of a peer that does not speak SMTP.
// Nothing was delivered as long as the phase is before the dot.
func broken(phase outbox.Phase, err error) *halt {
	result := outbox.ResultDeferred
	if phase == outbox.PhaseDot {
		result = outbox.ResultUncertain
	}
	return &halt{result: result, phase: phase, cause: describe(err)}
}

// noTLS says that verified TLS was not to be had.
func noTLS(cause string) *halt {
	return &halt{result: outbox.ResultTLSFault, phase: outbox.PhaseTLS, cause: cause}
}

// describe words an error for an operator. It may name the relay, never a
// recipient.
func describe(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped before the message was handed over"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "the relay did not answer in time"
	}
	return "connection to the relay: " + err.Error()
}

// classify reads a negative reply, or one that makes no sense, by the phase
// in which it came.
func classify(phase outbox.Phase, r reply) outbox.Result {
	switch {
	case phase == outbox.PhaseTLS:
		return outbox.ResultTLSFault
	case r.code >= 400 && r.code < 500:
		return outbox.ResultDeferred
	case r.code < 500 && phase == outbox.PhaseReply:
		return outbox.ResultUncertain // neither taken nor refused
	case r.code < 500:
		return outbox.ResultDeferred
	case phase == outbox.PhaseConnect || phase == outbox.PhaseAuth || refusesUs(phase, r):
		return outbox.ResultRouteBroken
	case refusesSize(r):
		return outbox.ResultTooBig
	}
	return outbox.ResultRefused
}

// refusesSize tells a message that is too big (552, 5.3.4, 5.2.3 of RFC 3463)
// from a mailbox that is full, for which some relays use 552 too.
func refusesSize(r reply) bool {
	switch r.enhanced {
	case "5.3.4", "5.2.3":
		return true
	case "5.2.2":
		return false
	}
	return r.code == 552
}

// refusesUs tells a relay that will not work for us at all from one that
// refuses this message: every other delivery would meet the same answer.
func refusesUs(phase outbox.Phase, r reply) bool {
	switch r.code {
	case 530, 534, 535, 538:
		return true
	}
	switch r.enhanced {
	case "5.7.8", "5.7.30", "5.7.54":
		return true
	case "5.7.0", "5.7.1", "":
		return phase == outbox.PhaseEnvelope && deniesRelaying(r.text())
	}
	return false
}

func deniesRelaying(text string) bool {
	text = strings.ToLower(text)
	if !strings.Contains(text, "relay") {
		return false
	}
	for _, word := range []string{"denied", "unable", "not permitted", "not allowed", "prohibited"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
