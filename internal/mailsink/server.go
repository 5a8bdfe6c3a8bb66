package mailsink

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const loopbackHost = "localhost"

// Mode says how a connection becomes secure.
type Mode uint8

// The two modes; there is none without TLS.
const (
	StartTLS    Mode = iota // RFC 3207
	ImplicitTLS             // RFC 8314 section 3.3, "smtps"
)

// Options say what a server offers and keeps. The zero value is a good server
// that asks for no credentials and keeps everything in memory.
type Options struct {
	Mode Mode
	// Host is the name on the certificate and in the greeting; "localhost"
	// (the default) also covers 127.0.0.1.
	Host string
	// Username and Password, when set, make AUTH PLAIN necessary before MAIL.
	Username, Password string
	// Bearer, when set with Username, is asked for a token by AUTH XOAUTH2 in
	// place of the password: whether it is good.
	Bearer func(token string) bool
	// ClientCertificate makes a certificate of the client's own necessary, one
	// that the server's authority signed: see [Server.ClientPEM].
	ClientCertificate bool
	// Faults is asked at every point of every session; nil means never a
	// fault. It is called from several goroutines at once.
	Faults func(Session) Fault

	// Folder, when set, gets each message as a file that did not exist before.
	Folder string
	// FileName names that file; the default counts: message-000001.eml.
	FileName func(Message) string
	// EnvelopesOnly keeps the text of messages out of memory.
	EnvelopesOnly bool

	MaxMessageBytes int64         // advertised as SIZE; default 40 MiB
	MaxMessages     int           // kept in all; default 20,000; then 452
	MaxBytes        int64         // kept in memory in all; default 512 MiB; then 452
	MaxConnections  int           // at a time; default 64; then 421
	IdleTimeout     time.Duration // between commands; default 5 minutes

	// Now stamps the messages; default time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Host == "" {
		o.Host = loopbackHost
	}
	if o.Faults == nil {
		o.Faults = func(Session) Fault { return Fault{} }
	}
	if o.FileName == nil {
		o.FileName = counterName
	}
	o.MaxMessageBytes = positive(o.MaxMessageBytes, 40<<20)
	o.MaxMessages = positive(o.MaxMessages, 20_000)
	o.MaxBytes = positive(o.MaxBytes, 512<<20)
	o.MaxConnections = positive(o.MaxConnections, 64)
	o.IdleTimeout = positive(o.IdleTimeout, 5*time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// positive gives value, or otherwise where value is not above zero.
func positive[T int | int64 | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

// A Server is a running mail sink. Its methods may be called from any
// goroutine.
type Server struct {
	opts      Options
	listener  net.Listener
	authority *authority
	certs     map[Certificate]tls.Certificate
	closing   context.Context
	close     context.CancelFunc
	running   sync.WaitGroup

	mu          sync.Mutex
	open        map[net.Conn]bool
	connections int
	tries       map[string]int
	kept        int
	keptBytes   int64
	messages    []Message
	commands    []Command
}

// Start listens on a free port of 127.0.0.1 and serves until Close.
func Start(opts Options) (*Server, error) {
	opts = opts.withDefaults()
	ca, err := newAuthority("mailsink test authority")
	if err != nil {
		return nil, err
	}
	certs, err := certificates(ca, opts.Host)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on the loopback interface: %w", err)
	}
	s := &Server{
		opts: opts, listener: listener, authority: ca, certs: certs,
		open: make(map[net.Conn]bool), tries: make(map[string]int),
	}
	s.closing, s.close = context.WithCancel(context.Background())
	s.running.Go(s.accept)
	return s, nil
}

// Addr gives host:port as a dialler wants it.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// CAPEM gives the certificate of the authority that signed the server's own,
// in PEM. The authority was made by Start and ends with the process.
func (s *Server) CAPEM() []byte { return s.authority.pem() }

// ClientPEM gives a certificate that Options.ClientCertificate accepts, and its
// key, in PEM.
func (s *Server) ClientPEM() (certificate, key []byte, err error) {
	return clientPEM(s.authority)
}

// Close ends every session at once and returns when all of them are gone.
func (s *Server) Close() error {
	s.close()
	err := s.listener.Close()
	s.mu.Lock()
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("closing the mail sink: %w", err)
	}
	return nil
}

// accept takes connections until the listener is closed.
func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		number, ok := s.admit(conn)
		if !ok {
			conn.Write([]byte("421 4.7.0 too many connections\r\n"))
			conn.Close()
			continue
		}
		s.running.Go(func() {
			defer s.leave(conn)
			newSession(s, conn, number).serve()
		})
	}
}

// admit registers a connection and gives its number, unless there are enough.
func (s *Server) admit(conn net.Conn) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= s.opts.MaxConnections || s.closing.Err() != nil {
		return 0, false
	}
	s.open[conn] = true
	s.connections++
	return s.connections, true
}

func (s *Server) leave(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
}

// tried counts one more naming of a recipient.
func (s *Server) tried(recipient string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.tries[recipient]; known || len(s.tries) < s.opts.MaxMessages {
		s.tries[recipient]++
	}
	return s.tries[recipient]
}

func (s *Server) keptSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.messages)
}
