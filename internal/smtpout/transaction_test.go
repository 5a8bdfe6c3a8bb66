package smtpout

import (
	"bufio"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
)

// TestRelayThatSpeaksBeforeTheDot: what it says is final, because the message
// is not complete, and nothing about it is uncertain.
func TestRelayThatSpeaksBeforeTheDot(t *testing.T) {
	for said, want := range map[string]outbox.Result{
		"552 5.3.4 too big\r\n":    outbox.ResultTooBig,
		"554 5.7.1 no\r\n":         outbox.ResultRefused,
		"421 4.3.2 going down\r\n": outbox.ResultDeferred,
		"250 2.0.0 what\r\n":       outbox.ResultDeferred,
		"hello\r\n":                outbox.ResultDeferred,
		"":                         outbox.ResultDeferred, // gone
	} {
		near, far := net.Pipe()
		v := &conversation{relay: Relay{Timeouts: Timeouts{}.WithDefaults()}, ctx: t.Context(), conn: near, reader: bufio.NewReader(strings.NewReader(said))}
		var h *halt
		if err := v.listening(); !errors.As(err, &h) || h.result != want || h.phase != outbox.PhaseData || h.usable {
			t.Errorf("%q: %v, want %s at data and the connection dropped", said, err, want)
		}
		v.reader = bufio.NewReader(near)
		if err := v.listening(); err != nil {
			t.Errorf("a silent relay: %v, want it taken for listening", err)
		}
		near.Close()
		far.Close()
	}
}

func TestEverySilenceIsDeferredUntilTheDot(t *testing.T) {
	phases := []outbox.Phase{outbox.PhaseConnect, outbox.PhaseTLS, outbox.PhaseAuth, outbox.PhaseEnvelope, outbox.PhaseData, outbox.PhaseDot}
	for _, phase := range phases {
		want := outbox.ResultDeferred
		if phase == outbox.PhaseDot {
			want = outbox.ResultUncertain
		}
		if got := broken(phase, net.ErrClosed); got.result != want || got.usable {
			t.Errorf("connection lost at %s: %s, usable %v; want %s and a new connection", phase, got.result, got.usable, want)
		}
	}
}
