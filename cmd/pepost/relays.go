package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/smtpout"
	"github.com/pepost/pepost/internal/smtpout/bearer"
)

// relays hands each envelope to the relay that its decision names: one client,
// and so one kept connection, a relay.
type relays struct {
	clients map[string]*smtpout.Client
	// entrance gives the relay of an encrypting gateway by the gateway's name,
	// as the delivery policy of that moment has it; empty for none.
	entrance func(gateway string) string
}

// Send implements dispatch.Sender.
func (r relays) Send(ctx context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	client, ok := r.clients[e.Relay]
	if !ok && r.entrance != nil {
		client, ok = r.clients[r.entrance(e.Relay)]
	}
	if !ok {
		return outbox.Outcome{Result: outbox.ResultRouteBroken, Text: "not sent: the configuration has no such relay"}
	}
	return client.Send(ctx, smtpout.Message{From: e.From, ReportTo: e.ReportTo, To: e.To, Bytes: e.Bytes, ID: e.ID}, beforeDot)
}

// Close ends every kept connection.
func (r relays) Close() error {
	var errs []error
	for _, client := range r.clients {
		errs = append(errs, client.Close())
	}
	return errors.Join(errs...)
}

// sender is a client of each configured relay.
func (i *installation) sender() (relays, error) {
	out := relays{clients: map[string]*smtpout.Client{}}
	if !i.config.Relay.Configured() {
		return out, refusedConfig(fmt.Errorf("%s: relay: none is configured, so nothing can be sent", i.config.File),
			"put the mail relay behind \"relay:\", as the comments there show")
	}
	for _, each := range relaysOf(i.config) {
		relay, err := relayOf(each, i.runner.Now)
		if err != nil {
			return out, err
		}
		if out.clients[each.Name], err = newClient(relay); err != nil {
			return out, err
		}
	}
	return out.through(i.config, func() *pipeline.Runner {
		if i.rules != nil {
			return i.rules.runner.Load()
		}
		return i.runner
	}), nil
}

// through is the sender that finds a gateway's entrance, for which decisions
// give the gateway's own name, in the rules of the moment: one that is new or
// moved counts as soon as it is in force.
func (r relays) through(c config.Config, now func() *pipeline.Runner) relays {
	r.entrance = func(name string) string {
		g, ok := now().GatewayNamed(name)
		if !ok || entranceOf(c, g) != "" {
			return ""
		}
		return g.Relay
	}
	return r
}

// relaysOf are all configured relays, the main one first.
func relaysOf(c config.Config) []config.Relay {
	if !c.Relay.Configured() {
		return c.Relays
	}
	return append([]config.Relay{c.Relay}, c.Relays...)
}

func newClient(relay smtpout.Relay) (*smtpout.Client, error) {
	client, err := smtpout.New(relay)
	if err != nil {
		return nil, refusedConfig(fmt.Errorf("relay: %w", err), "")
	}
	return client, nil
}

// relayOf is a configured relay as the client needs it. Passwords, tokens and
// our own certificate are read from their files each time they are needed.
func relayOf(c config.Relay, now func() time.Time) (smtpout.Relay, error) {
	relay := smtpout.Relay{Addr: c.Address, Username: c.Username}
	if c.TLS == config.TLSImplicit {
		relay.Mode = smtpout.ImplicitTLS
	}
	if name, err := os.Hostname(); err == nil {
		relay.Hello = name
	}
	for _, step := range []func(*smtpout.Relay, config.Relay) error{trusted, signedIn, ownCertificate} {
		if err := step(&relay, c); err != nil {
			return relay, refusedConfig(fmt.Errorf("%s.%w", fieldOf(c), err), secretHint)
		}
	}
	var err error
	if relay.Token, err = tokenOf(c.Token, now); err != nil {
		return relay, refusedConfig(fmt.Errorf("%s.token: %w", fieldOf(c), err), secretHint)
	}
	return relay, nil
}

const secretHint = "certificates are PEM; a secret is one line, in a file that its owner alone may read"

// fieldOf is where a relay stands in the configuration.
func fieldOf(c config.Relay) string {
	if c.Name == config.MainRelay {
		return "relay"
	}
	return "relays: " + c.Name
}

// trusted sets what the relay's certificate must be.
func trusted(relay *smtpout.Relay, c config.Relay) error {
	if c.CA != "" {
		pem, err := readFile(c.CA, maxCA)
		if err != nil {
			return fmt.Errorf("ca: %w", err)
		}
		if relay.Roots, err = smtpout.Roots(pem); err != nil {
			return fmt.Errorf("ca: %w", err)
		}
	}
	for _, text := range c.Pins {
		pin, err := smtpout.ParsePin(text)
		if err != nil {
			return fmt.Errorf("pins: %w", err)
		}
		relay.Pins = append(relay.Pins, pin)
	}
	return nil
}

// signedIn sets the password.
func signedIn(relay *smtpout.Relay, c config.Relay) error {
	if c.PasswordFile == "" {
		return nil
	}
	if _, err := secretLine(c.PasswordFile); err != nil {
		return fmt.Errorf("password_file: %w", err)
	}
	relay.Password = func() (string, error) { return secretLine(c.PasswordFile) }
	return nil
}

// ownCertificate sets what the relay knows us by.
func ownCertificate(relay *smtpout.Relay, c config.Relay) error {
	if c.Certificate == "" {
		return nil
	}
	relay.Certificate = func() (*tls.Certificate, error) {
		if err := ownersAlone(c.CertificateKey); err != nil {
			return nil, err
		}
		pair, err := tls.LoadX509KeyPair(c.Certificate, c.CertificateKey)
		return &pair, err
	}
	if _, err := relay.Certificate(); err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	return nil
}

// tokenOf is where a bearer token comes from, nil where none is configured. A
// token file may come into being later; a secret must be there.
func tokenOf(c config.Token, now func() time.Time) (func(context.Context, string) (string, error), error) {
	switch {
	case c.File != "":
		return bearer.Filed(func() (string, error) { return secretLine(c.File) }), nil
	case c.Endpoint != "":
		if _, err := secretLine(c.SecretFile); err != nil {
			return nil, err
		}
		endpoint := &bearer.Endpoint{
			URL: c.Endpoint, ClientID: c.ClientID, Scope: c.Scope, Now: now,
			Secret: func() (string, error) { return secretLine(c.SecretFile) },
		}
		return endpoint.Token, endpoint.Check()
	}
	return nil, nil
}

// maxSecret bounds a file with a password or a token in it.
const maxSecret = 16 << 10

// secretLine is the first line of a file that nobody but its owner may read or
// write.
func secretLine(path string) (string, error) {
	if err := ownersAlone(path); err != nil {
		return "", err
	}
	data, err := readFile(path, maxSecret)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", fmt.Errorf("the first line of %s is empty", path)
	}
	return line, nil
}

func ownersAlone(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%s: others may read it (mode %04o): chmod 600 it, and change the secret if anybody did", path, mode)
	}
	return nil
}

// meansOf is what an installation can send with; without a relay the policy
// alone is asked, as if the one that is still to come were guaranteed.
func meansOf(c *config.Config, on pep.Date) route.Means {
	if c == nil || !c.Relay.Configured() {
		return route.Means{Relay: route.RelayFacts{Name: config.MainRelay, OnwardTLS: true, ReviewBy: on}}
	}
	means := route.Means{Relay: factsOf(c.Relay)}
	for _, each := range c.Relays {
		switch each.Class {
		case config.ClassCircle:
			means.Bound = append(means.Bound, factsOf(each))
		case config.ClassSealed:
			if means.Sealed == "" {
				means.Sealed = each.Name
			}
		case config.ClassGateway:
		}
	}
	return means
}

func factsOf(r config.Relay) route.RelayFacts {
	return route.RelayFacts{Name: r.Name, OnwardTLS: r.Onward.Guaranteed, ReviewBy: r.Onward.ReviewBy}
}

// guaranteesOf are the configured relays with what each is trusted with.
func guaranteesOf(c config.Config) []route.Guarantee {
	var all []route.Guarantee
	for _, r := range relaysOf(c) {
		all = append(all, route.Guarantee{
			Name: r.Name, Class: string(r.Class), Host: route.Host(r.Address), OnwardTLS: r.Onward.Guaranteed, ReviewBy: r.Onward.ReviewBy,
		})
	}
	return all
}
