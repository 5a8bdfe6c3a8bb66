package smtpout

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
)

// A Pin is the SHA-256 digest of a public key as a certificate holds it
// (SubjectPublicKeyInfo; RFC 7469 section 2.4). It outlives the certificate
// where the key does.
type Pin [sha256.Size]byte

// ParsePin reads a pin: "sha256:" and 64 hexadecimal digits.
func ParsePin(text string) (Pin, error) {
	digits, found := strings.CutPrefix(strings.TrimSpace(text), "sha256:")
	raw, err := hex.DecodeString(digits)
	if !found || err != nil || len(raw) != sha256.Size {
		return Pin{}, errors.New("a pinned key is sha256: and 64 hexadecimal digits")
	}
	return Pin(raw), nil
}

// PinOf is the pin of a certificate's key.
func PinOf(c *x509.Certificate) Pin { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// String writes the pin as [ParsePin] reads it.
func (p Pin) String() string { return "sha256:" + hex.EncodeToString(p[:]) }

var errUnpinned = errors.New("the relay's certificate is sound, but no key of its chain is one that was pinned")

// handshake checks the relay's certificate against its name, the authorities
// and the pinned keys, under TLS 1.2 or better.
func (v *conversation) handshake() error {
	config, err := v.relay.secured()
	if err != nil {
		return &halt{result: outbox.ResultRouteBroken, phase: outbox.PhaseTLS, cause: "our own certificate could not be read"}
	}
	if err := v.arm(v.relay.Timeouts.Handshake); err != nil {
		return broken(outbox.PhaseTLS, err)
	}
	secured := tls.Client(v.conn, config)
	if err := secured.HandshakeContext(v.ctx); err != nil {
		var timeout net.Error
		if v.ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
			return broken(outbox.PhaseTLS, err)
		}
		return noTLS(err.Error())
	}
	v.conn, v.reader = secured, bufio.NewReader(secured)
	v.tls = v.relay.evidence(secured.ConnectionState())
	return nil
}

// secured is what TLS with the relay must be. Our own certificate is shown
// where it is asked for.
func (r Relay) secured() (*tls.Config, error) {
	config := &tls.Config{ServerName: r.Host, RootCAs: r.Roots, MinVersion: tls.VersionTLS12}
	if r.Certificate != nil {
		own, err := r.Certificate()
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{*own}
	}
	if len(r.Pins) > 0 {
		config.VerifyConnection = func(state tls.ConnectionState) error {
			for _, chain := range state.VerifiedChains {
				if slices.ContainsFunc(chain, func(c *x509.Certificate) bool { return slices.Contains(r.Pins, PinOf(c)) }) {
					return nil
				}
			}
			return errUnpinned
		}
	}
	return config, nil
}

// evidence words what a connection was secured with, and how the relay was
// verified.
func (r Relay) evidence(state tls.ConnectionState) string {
	by := "the system's authorities"
	if r.Roots != nil {
		by = "the relay's own authorities"
	}
	if len(r.Pins) > 0 {
		by += " and a pinned key"
	}
	return fmt.Sprintf("%s %s sha256:%x verified for %s by %s", tls.VersionName(state.Version),
		tls.CipherSuiteName(state.CipherSuite), sha256.Sum256(state.PeerCertificates[0].Raw), r.Host, by)
}
