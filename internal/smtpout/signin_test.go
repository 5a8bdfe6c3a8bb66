package smtpout_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/smtpout"
)

// tokens gives one after the other and notes which were refused.
type tokens struct {
	next    []string
	refused []string
}

func (k *tokens) token(_ context.Context, refused string) (string, error) {
	if refused != "" {
		k.refused = append(k.refused, refused)
	}
	if len(k.next) == 0 {
		return "", errors.New("no more")
	}
	got := k.next[0]
	k.next = k.next[1:]
	return got, nil
}

func (k *tokens) use(r *smtpout.Relay) { r.Username, r.Token = "peps@council.example", k.token }

// TestF10TokenExpired: one refresh, one retry, and then the relay counts as
// broken, which is what opens the breaker.
func TestF10TokenExpired(t *testing.T) {
	opts := mailsink.Options{Username: "peps@council.example", Bearer: func(token string) bool { return token == "good" }}
	for _, tt := range []struct {
		name    string
		tokens  []string
		result  outbox.Result
		phase   outbox.Phase
		kept    int
		refused int
	}{
		{"F10 good at once", []string{"good"}, outbox.ResultAccepted, outbox.PhaseReply, 1, 0},
		{"F10 expired, then good", []string{"old", "good"}, outbox.ResultAccepted, outbox.PhaseReply, 1, 1},
		{"F10 expired twice, good too late", []string{"old", "older", "good"}, outbox.ResultRouteBroken, outbox.PhaseAuth, 0, 1},
		{"F10 the same again", []string{"old", "old"}, outbox.ResultRouteBroken, outbox.PhaseAuth, 0, 1},
		{"F10 no other to be had", []string{"old"}, outbox.ResultRouteBroken, outbox.PhaseAuth, 0, 1},
		{"F10 none at all", nil, outbox.ResultRouteBroken, outbox.PhaseAuth, 0, 0},
		{"F10 a token that could carry a command", []string{"good\r\nRSET"}, outbox.ResultRouteBroken, outbox.PhaseAuth, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &tokens{next: tt.tokens}
			p := begin(t, opts, k.use)
			p.expect(p.send(message()), tt.result, tt.phase, tt.kept)
			if len(k.refused) != tt.refused {
				t.Errorf("refused %v, want %d", k.refused, tt.refused)
			}
			for _, line := range p.server.Commands() {
				if strings.Contains(line.Line, "good") || !line.Secure && strings.HasPrefix(line.Line, "AUTH") {
					t.Errorf("%q was said", line.Line)
				}
			}
		})
	}
	t.Run("F10 not offered", func(t *testing.T) {
		p := begin(t, mailsink.Options{}, (&tokens{next: []string{"good"}}).use)
		p.expect(p.send(message()), outbox.ResultRouteBroken, outbox.PhaseAuth, 0)
	})
}

func TestOurOwnCertificateIsShownWhereItIsWanted(t *testing.T) {
	p := begin(t, mailsink.Options{ClientCertificate: true})
	got := p.send(message())
	p.expect(got, outbox.ResultDeferred, got.Phase, 0) // without one the relay ends the connection
	certificate, key, err := p.server.ClientPEM()
	if err != nil {
		t.Fatal(err)
	}
	roots, err := smtpout.Roots(p.server.CAPEM())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		read   func() (*tls.Certificate, error)
		result outbox.Result
	}{
		"ours": {func() (*tls.Certificate, error) {
			pair, err := tls.X509KeyPair(certificate, key)
			return &pair, err
		}, outbox.ResultAccepted},
		"unreadable": {func() (*tls.Certificate, error) { return nil, errors.New("gone") }, outbox.ResultRouteBroken},
	} {
		client, err := smtpout.New(smtpout.Relay{Addr: p.server.Addr(), Host: "localhost", Roots: roots, Certificate: tt.read})
		if err != nil {
			t.Fatal(err)
		}
		if got := client.Send(t.Context(), message(), func() error { return nil }); got.Result != tt.result {
			t.Errorf("%s: %+v, want %s", name, got, tt.result)
		}
		client.Close()
	}
}

// TestF08PinnedKeys: a pin adds to the check of the certificate and replaces
// nothing of it.
func TestF08PinnedKeys(t *testing.T) {
	sound := func(t *testing.T, p *post) smtpout.Pin {
		block, _ := pem.Decode(p.server.CAPEM())
		authority, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		return smtpout.PinOf(authority)
	}
	for _, tt := range []struct {
		name   string
		pins   func(*testing.T, *post) []smtpout.Pin
		fault  mailsink.Fault
		result outbox.Result
	}{
		{"F08 the authority's key", func(t *testing.T, p *post) []smtpout.Pin { return []smtpout.Pin{{1}, sound(t, p)} }, mailsink.Fault{}, outbox.ResultAccepted},
		{"F08 another key", func(*testing.T, *post) []smtpout.Pin { return []smtpout.Pin{{1}} }, mailsink.Fault{}, outbox.ResultTLSFault},
		{"F08 the key under another name", func(t *testing.T, p *post) []smtpout.Pin { return []smtpout.Pin{sound(t, p)} }, mailsink.Fault{Certificate: mailsink.WrongName}, outbox.ResultTLSFault},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := begin(t, mailsink.Options{Faults: mailsink.At(mailsink.AtSecure, tt.fault)})
			roots, err := smtpout.Roots(p.server.CAPEM())
			if err != nil {
				t.Fatal(err)
			}
			client, err := smtpout.New(smtpout.Relay{Addr: p.server.Addr(), Host: "localhost", Roots: roots, Pins: tt.pins(t, p)})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			got := client.Send(t.Context(), message(), func() error { return nil })
			if got.Result != tt.result {
				t.Errorf("%+v, want %s", got, tt.result)
			}
			if tt.result == outbox.ResultAccepted && !strings.HasSuffix(got.TLS, "verified for localhost by the relay's own authorities and a pinned key") {
				t.Errorf("evidence %q", got.TLS)
			}
		})
	}
}

func TestPinsAreReadAsTheyAreWritten(t *testing.T) {
	pin := smtpout.Pin{1, 2, 3}
	if got, err := smtpout.ParsePin(pin.String()); err != nil || got != pin {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "sha256:", "sha1:" + pin.String()[7:], pin.String() + "00", "sha256:zz" + pin.String()[9:]} {
		if _, err := smtpout.ParsePin(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestAnIdleConnectionIsLeftAndNotReused(t *testing.T) {
	p := begin(t, mailsink.Options{}, func(r *smtpout.Relay) { r.Timeouts.Idle = time.Nanosecond })
	p.send(message())
	p.expect(p.send(message()), outbox.ResultAccepted, outbox.PhaseReply, 2)
	if got := p.server.Messages()[1].Connection; got != 2 {
		t.Errorf("the second message came by connection %d", got)
	}
	last := verbs(p.server)
	if len(last) < 8 || last[6] != "QUIT" {
		t.Errorf("the first connection was not left politely: %v", last)
	}
}
