package mailsink

import (
	"strings"
	"time"
)

// A Point is a moment of an SMTP session at which the server may misbehave.
type Point uint8

// The points of a session in the order in which a good session meets them.
const (
	AtGreeting Point = iota + 1 // before the 220 of RFC 5321 section 3.1
	AtHello                     // in answer to EHLO
	AtStartTLS                  // in answer to STARTTLS, still in clear
	AtSecure                    // before the TLS handshake
	AtAuth                      // in answer to AUTH
	AtMail                      // in answer to MAIL
	AtRcpt                      // in answer to RCPT
	AtData                      // in answer to DATA
	AtBody                      // while the body is read
	AtDot                       // in answer to the final dot
	AtQuit                      // in answer to QUIT
)

// Points lists every point, in the order of a good session.
func Points() []Point {
	return []Point{
		AtGreeting, AtHello, AtStartTLS, AtSecure, AtAuth,
		AtMail, AtRcpt, AtData, AtBody, AtDot, AtQuit,
	}
}

// String gives the point as a word for test names.
func (p Point) String() string {
	names := [...]string{
		"none", "greeting", "hello", "starttls", "secure",
		"auth", "mail", "rcpt", "data", "body", "dot", "quit",
	}
	if int(p) < len(names) {
		return names[p]
	}
	return "unknown"
}

// A Certificate says which certificate the server shows in the handshake.
type Certificate uint8

// The certificates a server can show; only the first is one to accept.
const (
	GoodCertificate  Certificate = iota
	WrongName                    // from the server's own authority, for another host
	Expired                      // from the server's own authority, lapsed
	SelfSigned                   // signed by itself
	UnknownAuthority             // from an authority that CAPEM does not name
)

// Forever is a Delay that ends only when the server closes.
const Forever = time.Duration(1<<63 - 1)

// WholeBody as Fault.BodyBytes means as many bytes as MAIL announced by SIZE=.
const WholeBody = -1

// A Fault is one departure from good behaviour at one point. The zero Fault
// is good behaviour.
type Fault struct {
	// Reply replaces the server's own reply; lines are separated by "\n" and
	// get their CRLF from the server. Its first digit decides whether the
	// server goes on as if it had agreed.
	Reply string
	// Raw replaces the reply byte for byte, line ends included.
	Raw string
	// Delay is waited before the reply.
	Delay time.Duration
	// Trickle is waited after each byte of the reply.
	Trickle time.Duration
	// Drop closes the connection instead of replying. At AtBody it closes
	// once BodyBytes bytes of the body have been read; at AtDot the message
	// counts as taken unless Reply refuses it.
	Drop bool
	// DropAfter closes the connection once the reply is out.
	DropAfter bool
	// BodyBytes is how much of the body a Drop at AtBody lets through.
	BodyBytes int
	// Hide names extensions that the EHLO reply leaves out.
	Hide []string
	// Inject is sent in clear straight after the reply to STARTTLS, in the
	// same segment (the response injection class of CVE-2011-0411).
	Inject string
	// Certificate is what AtSecure shows.
	Certificate Certificate
	// MaxTLS caps the version at AtSecure, as in tls.VersionTLS11; 0 leaves it.
	MaxTLS uint16
}

// reply gives the text that goes out where the server itself would say own.
func (f Fault) reply(own string) string {
	switch {
	case f.Raw != "":
		return f.Raw
	case f.Reply != "":
		return crlf(f.Reply)
	}
	return crlf(own)
}

// crlf gives each line of a reply its line end.
func crlf(text string) string {
	return strings.ReplaceAll(text, "\n", "\r\n") + "\r\n"
}

// agrees says whether a reply lets the client go on (2yz and 3yz of RFC 5321
// section 4.2.1).
func agrees(reply string) bool {
	return reply != "" && (reply[0] == '2' || reply[0] == '3')
}

// A Session is what the hook is told about the moment it is asked about.
type Session struct {
	Point      Point
	Connection int    // 1 for the first connection since Start
	Secure     bool   // whether TLS is on
	From       string // envelope sender, from AtMail on
	Recipient  string // the recipient last named, from AtRcpt on
	Tries      int    // how often that recipient was named since Start, this time included
	Kept       int    // messages kept since Start
}

// At gives a hook that answers with fault at one point and is good elsewhere.
func At(point Point, fault Fault) func(Session) Fault {
	return func(s Session) Fault {
		if s.Point == point {
			return fault
		}
		return Fault{}
	}
}

// ForRecipients gives a hook that answers RCPT by recipient; addresses are
// compared without regard to case.
func ForRecipients(rules map[string]Fault) func(Session) Fault {
	lowered := make(map[string]Fault, len(rules))
	for address, fault := range rules {
		lowered[strings.ToLower(address)] = fault
	}
	return func(s Session) Fault {
		if s.Point == AtRcpt {
			return lowered[strings.ToLower(s.Recipient)]
		}
		return Fault{}
	}
}
