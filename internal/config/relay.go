package config

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// TLSMode is how a relay's connection becomes secure. There is no mode in
// which it may stay in clear.
type TLSMode string

// The modes.
const (
	// TLSStart is SMTP with STARTTLS required (RFC 3207).
	TLSStart TLSMode = "starttls"
	// TLSImplicit is TLS from the first byte (RFC 8314).
	TLSImplicit TLSMode = "implicit"
)

// Class is what may be handed to a relay.
type Class string

// The classes of routes. One relay a class keeps them apart by port and
// sign-in, so that no rule of a mail system has to tell them apart.
const (
	// ClassCircle takes ordinary mail for recipients of the circle.
	ClassCircle Class = "circle"
	// ClassGateway is an encrypting gateway's own entrance.
	ClassGateway Class = "gateway"
	// ClassSealed takes what is encrypted already.
	ClassSealed Class = "sealed"
)

// Classes lists every class.
func Classes() []Class { return []Class{ClassCircle, ClassGateway, ClassSealed} }

// MainRelay is what decisions and the outbox call the relay under relay:, so
// that one that moves to another address keeps its deliveries.
const MainRelay = "relay"

// Relay is the mail server that messages are handed to. The zero Relay means
// that none is configured: nothing can be sent.
type Relay struct {
	Name    string
	Class   Class
	Address string // host:port
	TLS     TLSMode
	CA      string // absolute path of a PEM file; empty means the system's roots
	// Pins are the keys of which the relay's certificates must have one, each
	// "sha256:" and 64 hexadecimal digits; empty pins nothing.
	Pins         []string
	Username     string
	PasswordFile string // absolute path
	Token        Token
	// Certificate and CertificateKey are absolute paths of PEM files: what the
	// relay knows us by, where it asks for one.
	Certificate, CertificateKey string
	Onward                      Onward
}

// Configured reports whether there is a relay.
func (r Relay) Configured() bool { return r.Address != "" }

// Token is where the relay's bearer token comes from: a file that somebody
// keeps fresh, or an endpoint that is asked. The zero Token is none.
type Token struct {
	File       string // absolute path
	Endpoint   string // https
	ClientID   string
	Scope      string
	SecretFile string // absolute path
}

// Onward is who guarantees verified TLS beyond the relay. Without a stated,
// unlapsed guarantee nothing sent through the relay is secure by TLS alone.
type Onward struct {
	Guaranteed bool
	Evidence   string
	CheckedBy  string
	CheckedOn  pep.Date
	ReviewBy   pep.Date
}

type relay struct {
	Address        string    `yaml:"address"`
	TLS            string    `yaml:"tls"`
	CA             string    `yaml:"ca"`
	Pins           []string  `yaml:"pins"`
	Username       string    `yaml:"username"`
	PasswordFile   string    `yaml:"password_file"`
	Token          tokenFile `yaml:"token"`
	Certificate    string    `yaml:"certificate"`
	CertificateKey string    `yaml:"certificate_key"`
	Onward         struct {
		Guaranteed bool   `yaml:"guaranteed"`
		Evidence   string `yaml:"evidence"`
		CheckedBy  string `yaml:"checked_by"`
		CheckedOn  string `yaml:"checked_on"`
		ReviewBy   string `yaml:"review_by"`
	} `yaml:"onward_tls"`
}

// tokenFile is where a token comes from, as it is written.
type tokenFile struct {
	File       string `yaml:"file"`
	Endpoint   string `yaml:"endpoint"`
	ClientID   string `yaml:"client_id"`
	Scope      string `yaml:"scope"`
	SecretFile string `yaml:"secret_file"`
}

type namedRelay struct {
	Name  string `yaml:"name"`
	Class string `yaml:"class"`
	Relay relay  `yaml:",inline"`
}

// mostRelays bounds the list.
const mostRelays = 20

// relays checks the further relays.
func (c *checker) relays(all []namedRelay) []Relay {
	if len(all) > mostRelays {
		c.fault("relays", "more than 20 relays", "one for each class of route is enough")
		return nil
	}
	var out []Relay
	for i, each := range all {
		at := fmt.Sprintf("relays[%d]", i)
		r := c.relay(at, each.Relay)
		r.Name, r.Class = each.Name, Class(each.Class)
		switch {
		case !regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`).MatchString(r.Name) || r.Name == MainRelay:
			c.fault(at+".name", "a relay's name is small letters, digits and hyphens, and not \"relay\"", "for example egress")
		case slices.ContainsFunc(out, func(other Relay) bool { return other.Name == r.Name }):
			c.fault(at+".name", "two relays have the same name", "give each its own")
		}
		if !slices.Contains(Classes(), r.Class) {
			c.fault(at+".class", "class is circle, gateway or sealed", "circle takes ordinary mail, gateway is an encrypting gateway's entrance, sealed takes what is encrypted already")
		}
		if !r.Configured() {
			c.fault(at+".address", "the relay has no address", "for example relay.council.example:587")
		}
		out = append(out, r)
	}
	return out
}

func (c *checker) relay(at string, r relay) Relay {
	out := Relay{
		Name: MainRelay, Class: ClassCircle, Address: r.Address, TLS: TLSMode(r.TLS), CA: c.pathOf(r.CA), Pins: r.Pins,
		Username: r.Username, PasswordFile: c.pathOf(r.PasswordFile),
		Token:       c.token(r.Token),
		Certificate: c.pathOf(r.Certificate), CertificateKey: c.pathOf(r.CertificateKey),
		Onward: Onward{
			Guaranteed: r.Onward.Guaranteed, Evidence: r.Onward.Evidence, CheckedBy: r.Onward.CheckedBy,
			CheckedOn: c.date(at+".onward_tls.checked_on", r.Onward.CheckedOn),
			ReviewBy:  c.date(at+".onward_tls.review_by", r.Onward.ReviewBy),
		},
	}
	if r.Address == "" {
		return Relay{}
	}
	if !hostAndPort(r.Address) {
		c.fault(at+".address", "not of the form host:port", "for example relay.council.example:587")
	}
	if out.TLS == "" {
		out.TLS = TLSStart
	}
	if out.TLS != TLSStart && out.TLS != TLSImplicit {
		c.fault(at+".tls", "tls is starttls or implicit", "mail never leaves in clear, so there is no other way")
	}
	c.credentials(at, out)
	if out.Onward.Guaranteed && (out.Onward.Evidence == "" || out.Onward.CheckedBy == "" || out.Onward.CheckedOn.IsZero() || out.Onward.ReviewBy.IsZero()) {
		c.fault(at+".onward_tls", "a guarantee needs evidence, checked_by, checked_on and review_by", "say who guarantees TLS beyond the relay and when that is looked at again")
	}
	return out
}

// credentials checks what a relay is signed in to with.
func (c *checker) credentials(at string, r Relay) {
	for _, pin := range r.Pins {
		if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(pin) {
			c.fault(at+".pins", "a pinned key is sha256: and 64 hexadecimal digits", "the digest of the public key (SubjectPublicKeyInfo) of the relay's certificate or of its authority")
			break
		}
	}
	if (r.Certificate == "") != (r.CertificateKey == "") {
		c.fault(at+".certificate", "a certificate and its certificate_key belong together", "name both files, or neither")
	}
	token := r.Token != Token{}
	if (r.Username == "") != (r.PasswordFile == "" && !token) || r.PasswordFile != "" && token {
		c.fault(at+".username", "a user name and a password_file (or a token) belong together", "name both, or neither")
	}
	c.tokenFrom(at+".token", tokenFile(r.Token))
}

func (c *checker) token(t tokenFile) Token {
	return Token{c.pathOf(t.File), t.Endpoint, t.ClientID, t.Scope, c.pathOf(t.SecretFile)}
}

// tokenFrom checks where a token comes from.
func (c *checker) tokenFrom(at string, t tokenFile) {
	asked := t.Endpoint != "" || t.ClientID != "" || t.Scope != "" || t.SecretFile != ""
	switch {
	case t.File != "" && asked:
		c.fault(at, "a token comes from a file or from an endpoint, not from both", "keep one of them")
	case asked && (!strings.HasPrefix(t.Endpoint, "https://") || t.ClientID == "" || t.SecretFile == ""):
		c.fault(at, "a token endpoint needs endpoint (https://), client_id and secret_file", "the mail system's administrators know them")
	}
}

func hostAndPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	n, bad := strconv.Atoi(port)
	return err == nil && bad == nil && host != "" && n > 0 && n < 65536 && !strings.ContainsAny(host, " /\\@")
}
