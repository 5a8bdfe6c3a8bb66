package mailsink_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/mailsink"
)

// start gives a server that is closed when the test ends.
func start(t *testing.T, opts mailsink.Options) *mailsink.Server {
	t.Helper()
	server, err := mailsink.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// peer is a client that says exactly what the test wants it to say.
type peer struct {
	t      *testing.T
	server *mailsink.Server
	conn   net.Conn
	reader *bufio.Reader
}

func dial(t *testing.T, server *mailsink.Server) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &peer{t: t, server: server, conn: conn, reader: bufio.NewReader(conn)}
}

// say sends a line.
func (p *peer) say(line string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, line+"\r\n"); err != nil {
		p.t.Fatal(err)
	}
}

// hear reads one reply, all its lines.
func (p *peer) hear() string {
	p.t.Helper()
	var lines []string
	for {
		line, err := p.reader.ReadString('\n')
		if err != nil {
			p.t.Fatalf("after %q: %v", lines, err)
		}
		lines = append(lines, strings.TrimRight(line, "\r\n"))
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "\n")
		}
	}
}

// want sends a line and checks how the reply begins.
func (p *peer) want(line, prefix string) string {
	p.t.Helper()
	p.say(line)
	return p.expect(prefix)
}

func (p *peer) expect(prefix string) string {
	p.t.Helper()
	got := p.hear()
	if !strings.HasPrefix(got, prefix) {
		p.t.Fatalf("reply %q, want it to begin with %q", got, prefix)
	}
	return got
}

// gone checks that the server has closed the connection without a word.
func (p *peer) gone() {
	p.t.Helper()
	rest, err := io.ReadAll(p.reader)
	if len(rest) > 0 {
		p.t.Fatalf("the server said %q, want silence", rest)
	}
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		p.t.Fatal("the server kept the connection open")
	}
}

// secure goes through STARTTLS with a full check of the certificate.
func (p *peer) secure() {
	p.t.Helper()
	p.want("STARTTLS", "220")
	if err := p.handshake(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) handshake() error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.server.CAPEM())
	conn := tls.Client(p.conn, &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12})
	if err := conn.Handshake(); err != nil {
		return err
	}
	p.conn, p.reader = conn, bufio.NewReader(conn)
	return nil
}

// ready gives a peer that has gone as far as a second EHLO under TLS.
func ready(t *testing.T, server *mailsink.Server) *peer {
	t.Helper()
	p := dial(t, server)
	p.expect("220")
	p.want("EHLO client.example", "250")
	p.secure()
	p.want("EHLO client.example", "250")
	return p
}

// envelope names a sender and a recipient.
func (p *peer) envelope() {
	p.t.Helper()
	p.want("MAIL FROM:<peps@council.example> SIZE=10 ENVID=d-1", "250")
	p.want("RCPT TO:<head@school.example> NOTIFY=FAILURE ORCPT=rfc822;head@school.example", "250")
}
