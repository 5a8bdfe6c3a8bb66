package smtpout

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Mode says how a connection to a relay becomes secure. There is no third.
type Mode uint8

// The modes.
const (
	StartTLS    Mode = iota // STARTTLS required (RFC 3207); "smtp" in a relay's address
	ImplicitTLS             // TLS from the first byte (RFC 8314); "smtps"
)

// A Relay is a mail server that takes messages from us, and what is needed to
// be let in.
type Relay struct {
	Addr string // host:port
	Mode Mode
	// Host is the name that the certificate must carry; empty means the host
	// of Addr.
	Host string
	// Roots are the authorities whose certificates are accepted; nil means
	// those of the system.
	Roots *x509.CertPool
	// Username and Password sign in with AUTH PLAIN. An empty Username means
	// that the relay knows us by other means, such as the certificate. Password
	// is asked once for each connection.
	Username string
	Password func() (string, error)
	// Token, where set, signs Username in with XOAUTH2 in place of a password. It
	// gives a bearer token; refused is the one that the relay has just refused,
	// in place of which another is wanted, and empty otherwise.
	Token func(ctx context.Context, refused string) (string, error)
	// Certificate, where set, is our own certificate, shown to a relay that asks
	// for one. It is read once for each connection.
	Certificate func() (*tls.Certificate, error)
	// Pins, where there are any, must name a key in the chain by which the
	// relay's certificate was verified. They add to that check and replace
	// nothing of it.
	Pins []Pin
	// Hello is our own name in EHLO; empty means "localhost".
	Hello    string
	Timeouts Timeouts
}

// Timeouts bound the steps of a conversation. A zero field means the value of
// RFC 5321 section 4.5.3.2, where it has one. Each bounds a whole step, so a
// relay that sends a byte now and then gains nothing.
type Timeouts struct {
	Connect   time.Duration // TCP; 30 seconds
	Greeting  time.Duration // 5 minutes
	Hello     time.Duration // EHLO, STARTTLS and AUTH, each; 5 minutes
	Handshake time.Duration // TLS; 1 minute
	Envelope  time.Duration // MAIL and RCPT, each; 5 minutes
	Data      time.Duration // the reply to DATA; 2 minutes
	Block     time.Duration // each block of the body; 3 minutes
	Dot       time.Duration // the reply to the final dot; 10 minutes
	// Shutdown is how long the reply to the final dot is still waited for once
	// the context has ended; 7 seconds, which with the leave that is taken
	// stays below the 10 that a daemon has to stop.
	Shutdown time.Duration
	Quit     time.Duration // 2 seconds
	// Idle is how long a connection is kept for the next message; a minute. What
	// lies between may have forgotten an older one without telling either end.
	Idle time.Duration
}

// WithDefaults fills in what was left out.
func (t Timeouts) WithDefaults() Timeouts {
	for _, field := range []struct {
		value *time.Duration
		or    time.Duration
	}{
		{&t.Connect, 30 * time.Second},
		{&t.Greeting, 5 * time.Minute},
		{&t.Hello, 5 * time.Minute},
		{&t.Handshake, time.Minute},
		{&t.Envelope, 5 * time.Minute},
		{&t.Data, 2 * time.Minute},
		{&t.Block, 3 * time.Minute},
		{&t.Dot, 10 * time.Minute},
		{&t.Shutdown, 7 * time.Second},
		{&t.Quit, 2 * time.Second},
		{&t.Idle, time.Minute},
	} {
		if *field.value <= 0 {
			*field.value = field.or
		}
	}
	return t
}

// checked gives the relay with its defaults filled in, or what is wrong with it.
func (r Relay) checked() (Relay, error) {
	host, port, err := net.SplitHostPort(r.Addr)
	switch {
	case err != nil || host == "" || port == "":
		return Relay{}, fmt.Errorf("relay address %q: want host:port", r.Addr)
	case r.Mode > ImplicitTLS:
		return Relay{}, fmt.Errorf("relay mode %d is not known", r.Mode)
	case r.Username != "" && r.Password == nil && r.Token == nil:
		return Relay{}, errors.New("relay has a user name and neither password nor token")
	case r.Username == "" && r.Token != nil:
		return Relay{}, errors.New("relay has a token and no user name")
	}
	if r.Host == "" {
		r.Host = host
	}
	if r.Hello == "" {
		r.Hello = "localhost"
	}
	if strings.ContainsFunc(r.Hello, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return Relay{}, fmt.Errorf("own name %q for EHLO: want a host name", r.Hello)
	}
	r.Timeouts = r.Timeouts.WithDefaults()
	return r, nil
}

// Roots reads the authorities of a relay from PEM. It fails where there is no
// certificate in it.
func Roots(pem []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("reading the relay's authorities: no certificate in PEM form")
	}
	return pool, nil
}
