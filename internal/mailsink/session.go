package mailsink

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// errDropped ends a session that a fault, a limit or QUIT closed.
var errDropped = errors.New("connection closed by the server")

// maxLine bounds a command line; RFC 4954 section 4 asks 12,288 for AUTH.
const maxLine = 12 << 10

// session is one connection and what its client has said so far.
type session struct {
	server  *Server
	conn    net.Conn
	reader  *bufio.Reader
	number  int
	tls     uint16
	greeted bool
	authed  bool

	from       string
	hasFrom    bool
	to         []string
	mailParams Params
	rcptParams []Params
	recipient  string
	tries      int
}

func newSession(s *Server, conn net.Conn, number int) *session {
	return &session{server: s, conn: conn, reader: bufio.NewReaderSize(conn, 64<<10), number: number}
}

// serve speaks with the client until either side ends it.
func (c *session) serve() {
	if c.server.opts.Mode == ImplicitTLS {
		if err := c.secure(); err != nil {
			return
		}
	}
	if _, err := c.answer(AtGreeting, "220 "+c.server.opts.Host+" ESMTP mailsink"); err != nil {
		return
	}
	for {
		line, err := c.readLine()
		if err != nil {
			return
		}
		if err := c.command(line); err != nil {
			return
		}
	}
}

// readLine gives the next command line without its end.
func (c *session) readLine() (string, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(c.server.opts.IdleTimeout)); err != nil {
		return "", err
	}
	line, err := c.reader.ReadSlice('\n')
	if err != nil || len(line) > maxLine {
		return "", errDropped
	}
	text := strings.TrimRight(string(line), "\r\n")
	c.server.note(c.number, c.tls != 0, text)
	return text, nil
}

// command acts on one command line. The error ends the session.
func (c *session) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		return c.hello()
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.auth(rest)
	case "MAIL":
		return c.mail(rest)
	case "RCPT":
		return c.rcpt(rest)
	case "DATA":
		return c.data()
	case "RSET":
		c.reset()
		return c.say("250 2.0.0 ok")
	case "NOOP":
		return c.say("250 2.0.0 ok")
	case "QUIT":
		if _, err := c.answer(AtQuit, "221 2.0.0 goodbye"); err != nil {
			return err
		}
		return errDropped
	}
	return c.say("502 5.5.1 command not known")
}

// ask gives the fault of this moment.
func (c *session) ask(point Point) Fault {
	return c.server.opts.Faults(Session{
		Point: point, Connection: c.number, Secure: c.tls != 0,
		From: c.from, Recipient: c.recipient, Tries: c.tries, Kept: c.server.keptSoFar(),
	})
}

// answer replies at a point, as well or as badly as the hook wants, and says
// whether the client may go on.
func (c *session) answer(point Point, own string) (bool, error) {
	return c.reply(c.ask(point), own)
}

// reply sends own, or what the fault puts in its place. A refusal of the
// server's own stays a refusal whatever the fault says.
func (c *session) reply(f Fault, own string) (bool, error) {
	if err := c.pause(f.Delay); err != nil {
		return false, err
	}
	if f.Drop {
		return false, errDropped
	}
	text := f.reply(own)
	if err := c.write(text+f.Inject, f.Trickle); err != nil {
		return false, err
	}
	if f.DropAfter || strings.HasPrefix(text, "421") {
		return false, errDropped
	}
	return agrees(own) && agrees(text), nil
}

func (c *session) say(text string) error {
	return c.write(crlf(text), 0)
}

// write sends text whole, or byte by byte with a pause after each.
func (c *session) write(text string, trickle time.Duration) error {
	if trickle <= 0 {
		_, err := c.conn.Write([]byte(text))
		return err
	}
	for i := range len(text) {
		if _, err := c.conn.Write([]byte{text[i]}); err != nil {
			return err
		}
		if err := c.pause(trickle); err != nil {
			return err
		}
	}
	return nil
}

// pause waits, or ends the session when the server closes meanwhile.
func (c *session) pause(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.server.closing.Done():
		return errDropped
	}
}

// hello answers EHLO with the extensions that fit the state of the session.
func (c *session) hello() error {
	f := c.ask(AtHello)
	lines := []string{c.server.opts.Host}
	for _, extension := range c.extensions() {
		keyword, _, _ := strings.Cut(extension, " ")
		if !hides(f, keyword) {
			lines = append(lines, extension)
		}
	}
	c.reset()
	ok, err := c.reply(f, multiline(250, lines))
	c.greeted = ok
	return err
}

func (c *session) extensions() []string {
	list := []string{
		"SIZE " + strconv.FormatInt(c.server.opts.MaxMessageBytes, 10),
		"8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES", "DSN",
	}
	if c.tls == 0 {
		list = append(list, "STARTTLS")
	} else if mechanism := c.server.opts.mechanism(); mechanism != "" {
		list = append(list, "AUTH "+mechanism)
	}
	return list
}

func hides(f Fault, keyword string) bool {
	for _, hidden := range f.Hide {
		if strings.EqualFold(hidden, keyword) {
			return true
		}
	}
	return false
}

// multiline writes lines in the form of RFC 5321 section 4.2.1.
func multiline(code int, lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		separator := "-"
		if i == len(lines)-1 {
			separator = " "
		} else {
			line += "\n"
		}
		fmt.Fprintf(&b, "%d%s%s", code, separator, line)
	}
	return b.String()
}

// startTLS answers STARTTLS. Anything the client sent ahead in clear ends the
// session (RFC 3207 section 4.2).
func (c *session) startTLS() error {
	if c.tls != 0 {
		return c.say("503 5.5.1 already secure")
	}
	ahead := c.reader.Buffered() > 0
	ok, err := c.answer(AtStartTLS, "220 2.0.0 go ahead")
	if err != nil || !ok {
		return err
	}
	if ahead {
		return errDropped
	}
	return c.secure()
}

// secure does the handshake, with the certificate and version the hook wants.
func (c *session) secure() error {
	f := c.ask(AtSecure)
	if err := c.pause(f.Delay); err != nil || f.Drop {
		return errDropped
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{c.server.certs[f.Certificate]},
		MinVersion:   tls.VersionTLS12,
	}
	if f.MaxTLS != 0 {
		config.MinVersion, config.MaxVersion = min(f.MaxTLS, tls.VersionTLS12), f.MaxTLS
	}
	if c.server.opts.ClientCertificate {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, c.server.authority.pool()
	}
	conn := tls.Server(c.conn, config)
	if err := conn.SetDeadline(time.Now().Add(c.server.opts.IdleTimeout)); err != nil {
		return err
	}
	if err := conn.Handshake(); err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	c.conn, c.tls, c.greeted = conn, conn.ConnectionState().Version, false
	c.reader.Reset(conn)
	return nil
}
